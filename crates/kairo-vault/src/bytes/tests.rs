//! What length-prefixing and cutting promise.

use proptest::prelude::*;

use super::{length_prefixed, length_prefixed_len, take};

fn joined(parts: &[Vec<u8>]) -> Vec<u8> {
    let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
    let mut out = Vec::new();
    length_prefixed(&mut out, &parts);
    assert_eq!(out.len(), length_prefixed_len(&parts));
    out
}

proptest! {
    // Goal: two lists have one encoding only where they are equal, however their bytes fall. Small
    // bytes and parts make lists that join alike likely.
    #[test]
    fn injective(
        one in prop::collection::vec(prop::collection::vec(0_u8..2, 0..3), 0..4),
        two in prop::collection::vec(prop::collection::vec(0_u8..2, 0..3), 0..4),
    ) {
        prop_assert_eq!(one == two, joined(&one) == joined(&two));
    }
}

// Goal: taking more than is there is refused and takes nothing.
#[test]
fn take_stops_at_the_end() {
    let mut rest: &[u8] = &[1, 2, 3];

    assert_eq!(take(&mut rest), Some([1, 2]));
    assert_eq!(take::<2>(&mut rest), None);
    assert_eq!(rest, [3]);
}
