//! One root key: its id, its state, its secret.
//!
//! **Invariant:** the secret leaves only through [`RootKey::secret`], which the crate keeps to
//! itself, and through the text of the ring.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

use crate::secret::{SECRET_BYTES, Secret};
use crate::{Entropy, VaultError};

const COMMITMENT_LABEL: &[u8] = b"kairo/root/v1/commitment";

/// The id of a root key: a UUID.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct KeyId([u8; 16]);

impl KeyId {
    /// From the bytes of a UUID.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The bytes of the UUID.
    #[must_use]
    pub const fn into_bytes(self) -> [u8; 16] {
        self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, byte) in self.0.iter().enumerate() {
            let dash = if matches!(index, 4 | 6 | 8 | 10) { "-" } else { "" };
            write!(f, "{dash}{byte:02x}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for KeyId {
    type Err = VaultError;

    /// Reads the one form that [`KeyId`] is written in, so that an id has one text.
    fn from_str(text: &str) -> Result<Self, VaultError> {
        if text.len() != 36 {
            return Err(VaultError::KeyId);
        }
        let hex: String = text.chars().filter(|c| *c != '-').collect();
        let number = u128::from_str_radix(&hex, 16).map_err(|_| VaultError::KeyId)?;
        let id = Self(number.to_be_bytes());
        if id.to_string() == text { Ok(id) } else { Err(VaultError::KeyId) }
    }
}

/// What a root key may do.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum KeyState {
    /// Wraps and unwraps.
    Active,
    /// Unwraps, until all it wraps is wrapped anew.
    DecryptOnly,
    /// Does neither; kept while a backup may need it.
    Retired,
}

impl KeyState {
    /// The word in the text of a ring.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::DecryptOnly => "decrypt-only",
            Self::Retired => "retired",
        }
    }

    pub(super) fn from_word(word: &str) -> Option<Self> {
        [Self::Active, Self::DecryptOnly, Self::Retired]
            .into_iter()
            .find(|state| state.as_str() == word)
    }
}

/// A root key of 256 bits. Zeroed on drop, never cloned, never shown.
pub struct RootKey {
    id: KeyId,
    created: String,
    state: KeyState,
    secret: Secret,
}

impl RootKey {
    pub(super) fn generate(
        id: KeyId,
        created: &str,
        entropy: &dyn Entropy,
    ) -> Result<Self, VaultError> {
        Self::new(id, created, KeyState::Active, Secret::random(entropy)?)
    }

    pub(super) fn new(
        id: KeyId,
        created: &str,
        state: KeyState,
        secret: Secret,
    ) -> Result<Self, VaultError> {
        if is_rfc3339(created) {
            Ok(Self { id, created: created.to_owned(), state, secret })
        } else {
            Err(VaultError::Created)
        }
    }

    /// The id.
    #[must_use]
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// When it was made, RFC 3339, as the maker gave it.
    #[must_use]
    pub fn created(&self) -> &str {
        &self.created
    }

    /// What it may do.
    #[must_use]
    pub fn state(&self) -> KeyState {
        self.state
    }

    /// Whether the key's bytes stand in `haystack` in one of the forms that a file would have them.
    pub(super) fn appears_in(&self, haystack: &[u8]) -> bool {
        let raw = self.secret.expose();
        let lower = Zeroizing::new(raw.iter().flat_map(|byte| hex(*byte)).collect::<Vec<u8>>());
        let upper = Zeroizing::new(lower.to_ascii_uppercase());
        let text = Zeroizing::new(URL_SAFE_NO_PAD.encode(raw));
        // Base64 of a longer run begins its groups elsewhere; what Kairo itself writes is this.
        let forms: [&[u8]; 4] = [raw, &lower, &upper, text.as_bytes()];
        forms.iter().any(|form| contains(haystack, form))
    }

    pub(super) fn set_state(&mut self, state: KeyState) {
        self.state = state;
    }

    pub(crate) fn secret(&self) -> &Secret {
        &self.secret
    }

    /// An HMAC of a fixed label under the key (that is what one block of HKDF-Expand is). It names
    /// the key; to find the key from it means to try 2^256 keys.
    pub(super) fn commitment(&self) -> Result<[u8; SECRET_BYTES], VaultError> {
        Ok(*self.secret.expand(&[COMMITMENT_LABEL])?.expose())
    }
}

impl fmt::Debug for RootKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RootKey")
            .field("id", &self.id)
            .field("created", &self.created)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

/// The shape of RFC 3339, 5.6, with upper-case letters and up to nine digits of a second. Whether
/// the day exists is left to those who compute with it: here the text must only be safe in a line.
fn is_rfc3339(text: &str) -> bool {
    let Some((whole, rest)) = text.split_at_checked(19) else { return false };
    let (fraction, zone) = match rest.find(['Z', '+', '-']) {
        Some(at) => rest.split_at(at),
        None => return false,
    };
    let fraction_fits = match fraction.strip_prefix('.') {
        Some(digits) => (1..=9).contains(&digits.len()) && has_shape(digits, "ddddddddd"),
        None => fraction.is_empty(),
    };
    let zone_fits = match zone.strip_prefix(['+', '-']) {
        Some(offset) => offset.len() == 5 && has_shape(offset, "dd:dd"),
        None => zone == "Z",
    };
    has_shape(whole, "dddd-dd-ddTdd:dd:dd") && fraction_fits && zone_fits
}

/// Whether each byte of `text` is a digit where `shape` has `d`, and the byte of `shape` otherwise.
fn has_shape(text: &str, shape: &str) -> bool {
    text.bytes().zip(shape.bytes()).all(|(byte, want)| match want {
        b'd' => byte.is_ascii_digit(),
        other => byte == other,
    })
}

#[cfg(test)]
mod tests;

fn hex(byte: u8) -> [u8; 2] {
    let digit = |nibble: u8| if nibble < 10 { b'0' + nibble } else { b'a' + nibble - 10 };
    [digit(byte >> 4), digit(byte & 15)]
}

/// Looks at the last byte of each place where the needle could stand: it says how far on the next
/// such place is (Horspool's search). A whole program is searched for keys, and most of it is
/// passed over in steps as long as a key.
fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    let Some((last, before)) = needle.split_last() else { return false };
    // As secret as the needle.
    let mut steps = Zeroizing::new([needle.len(); 256]);
    for (at, byte) in before.iter().enumerate() {
        if let Some(step) = steps.get_mut(usize::from(*byte)) {
            *step = before.len() - at;
        }
    }
    let mut end = before.len();
    while let Some(byte) = haystack.get(end) {
        if byte == last && haystack.get(..=end).is_some_and(|read| read.ends_with(needle)) {
            return true;
        }
        end += steps.get(usize::from(*byte)).copied().unwrap_or(1);
    }
    false
}
