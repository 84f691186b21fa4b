//! Thirty-two secret bytes, and the one place that turns them into working keys.
//!
//! **Invariant:** the bytes live on the heap, so a move copies a pointer and leaves nothing behind
//! on the stack; they are zeroed on drop and have no `Clone`, `Debug` or comparison.

use ring::aead::{AES_256_GCM, LessSafeKey, UnboundKey};
use ring::hkdf::{HKDF_SHA256, Prk};
use ring::hmac;
use zeroize::Zeroizing;

use crate::{Entropy, VaultError};

pub(crate) const SECRET_BYTES: usize = 32;

pub(crate) struct Secret(Box<Zeroizing<[u8; SECRET_BYTES]>>);

impl Secret {
    /// Lets `fill` write the bytes in their final place.
    pub(crate) fn filled(
        fill: impl FnOnce(&mut [u8; SECRET_BYTES]) -> Result<(), VaultError>,
    ) -> Result<Self, VaultError> {
        let mut secret = Self(Box::new(Zeroizing::new([0; SECRET_BYTES])));
        fill(&mut secret.0)?;
        Ok(secret)
    }

    pub(crate) fn random(entropy: &dyn Entropy) -> Result<Self, VaultError> {
        Self::filled(|out| entropy.fill(out))
    }

    pub(crate) fn expose(&self) -> &[u8; SECRET_BYTES] {
        &self.0
    }

    /// HKDF-Expand (RFC 5869, 2.3) with the secret as PRK and the parts joined as info. The Extract
    /// step is left out as 3.3 allows, because the secret is uniform already.
    pub(crate) fn expand(&self, info: &[&[u8]]) -> Result<Self, VaultError> {
        Self::filled(|out| {
            Prk::new_less_safe(HKDF_SHA256, self.expose())
                .expand(info, HKDF_SHA256)
                .and_then(|okm| okm.fill(out))
                .map_err(|_| VaultError::Backend)
        })
    }

    /// The same expansion, straight into an AES-256-GCM key.
    pub(crate) fn expand_cipher(&self, info: &[&[u8]]) -> Result<LessSafeKey, VaultError> {
        let prk = Prk::new_less_safe(HKDF_SHA256, self.expose());
        let okm = prk.expand(info, &AES_256_GCM).map_err(|_| VaultError::Backend)?;
        Ok(LessSafeKey::new(UnboundKey::from(okm)))
    }

    pub(crate) fn hmac_key(&self) -> hmac::Key {
        hmac::Key::new(hmac::HMAC_SHA256, self.expose())
    }
}
