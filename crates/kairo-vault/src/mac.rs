//! Keyed digests: HMAC-SHA256 over a list of parts.
//!
//! **Invariant:** parts are length-prefixed, so two lists never have one digest by joining alike.
//! **Invariant:** comparison takes constant time; a digest is a credential somewhere.
//!
//! A plain hash of a person's text must never be stored: whoever holds the database could guess the
//! text and compare. A keyed one tells nothing without the key.

use std::fmt;

use ring::hmac;
use zeroize::Zeroizing;

use crate::bytes::{length_prefixed, length_prefixed_len};
use crate::key_ring::KeyId;
use crate::place::check_name;
use crate::secret::Secret;
use crate::{DataKey, VaultError};

pub(crate) const DIGEST_BYTES: usize = 32;

const DATA_KEY_LABEL: &[u8] = b"kairo/mac/v1/";
const SUBKEY_LABEL: &[u8] = b"kairo/root/v1/subkey/";

/// A MAC key of one purpose, derived from a root key.
///
/// A rotation of the ring changes it. Keep [`Subkey::key_id`] beside digests that must outlive one,
/// or try [`crate::KeyRing::subkeys`] in turn.
pub struct Subkey {
    key_id: KeyId,
    secret: Secret,
}

impl Subkey {
    pub(crate) fn derive(key_id: KeyId, root: &Secret, purpose: &str) -> Result<Self, VaultError> {
        check_name(purpose)?;
        Ok(Self { key_id, secret: root.expand(&[SUBKEY_LABEL, purpose.as_bytes()])? })
    }

    /// The root key that this one comes from.
    #[must_use]
    pub fn key_id(&self) -> KeyId {
        self.key_id
    }

    /// The digest of the parts.
    #[must_use]
    pub fn mac(&self, parts: &[&[u8]]) -> [u8; DIGEST_BYTES] {
        sign(&self.secret, parts)
    }

    /// Compares a digest with that of the parts, in constant time.
    ///
    /// # Errors
    /// [`VaultError::NotAuthentic`] where they differ.
    pub fn verify(&self, parts: &[&[u8]], digest: &[u8]) -> Result<(), VaultError> {
        verify(&self.secret, parts, digest)
    }
}

impl fmt::Debug for Subkey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subkey").field("key_id", &self.key_id).finish_non_exhaustive()
    }
}

impl DataKey {
    /// The digest of the parts under this key: for a cache key, or to know a repeated request again.
    ///
    /// # Errors
    /// [`VaultError::Name`] where the purpose is not a name.
    pub fn mac(&self, purpose: &str, parts: &[&[u8]]) -> Result<[u8; DIGEST_BYTES], VaultError> {
        Ok(sign(&self.mac_secret(purpose)?, parts))
    }

    /// Compares a digest with that of the parts, in constant time.
    ///
    /// # Errors
    /// [`VaultError::NotAuthentic`] where they differ, [`VaultError::Name`] as [`DataKey::mac`].
    pub fn verify_mac(
        &self,
        purpose: &str,
        parts: &[&[u8]],
        digest: &[u8],
    ) -> Result<(), VaultError> {
        verify(&self.mac_secret(purpose)?, parts, digest)
    }

    fn mac_secret(&self, purpose: &str) -> Result<Secret, VaultError> {
        check_name(purpose)?;
        self.secret().expand(&[DATA_KEY_LABEL, purpose.as_bytes()])
    }
}

fn message(parts: &[&[u8]]) -> Zeroizing<Vec<u8>> {
    let mut message = Zeroizing::new(Vec::with_capacity(length_prefixed_len(parts)));
    length_prefixed(&mut message, parts);
    message
}

fn sign(secret: &Secret, parts: &[&[u8]]) -> [u8; DIGEST_BYTES] {
    let tag = hmac::sign(&secret.hmac_key(), &message(parts));
    let mut digest = [0; DIGEST_BYTES];
    for (to, from) in digest.iter_mut().zip(tag.as_ref()) {
        *to = *from;
    }
    digest
}

fn verify(secret: &Secret, parts: &[&[u8]], digest: &[u8]) -> Result<(), VaultError> {
    hmac::verify(&secret.hmac_key(), &message(parts), digest).map_err(|_| VaultError::NotAuthentic)
}
