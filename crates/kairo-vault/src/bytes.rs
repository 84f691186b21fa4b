//! Unambiguous concatenation, and taking bytes apart without indexing.
//!
//! **Invariant:** `length_prefixed` is injective over lists of parts. Plain concatenation is not,
//! and lets ("item", "sbody") stand in for ("items", "body").

/// Appends each part after its length as eight big-endian bytes.
pub(crate) fn length_prefixed(out: &mut Vec<u8>, parts: &[&[u8]]) {
    for part in parts {
        out.extend_from_slice(&(part.len() as u64).to_be_bytes());
        out.extend_from_slice(part);
    }
}

/// The length of what [`length_prefixed`] appends, so that a buffer is allocated once. A buffer that
/// grows leaves copies of its content behind that nobody zeroes.
pub(crate) fn length_prefixed_len(parts: &[&[u8]]) -> usize {
    parts.iter().fold(0, |sum: usize, part| sum.saturating_add(8).saturating_add(part.len()))
}

/// Takes `N` bytes off the front of `rest`.
pub(crate) fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (head, tail) = rest.split_first_chunk::<N>()?;
    *rest = tail;
    Some(*head)
}
