//! Wrapping data keys with root keys; the format is in the crate's first page.
//!
//! **Invariant:** a wrapped key opens only as the data key, for the owner and under the root key it
//! was wrapped for. Otherwise whoever writes the key table could hand one owner's key to another.
//! **Invariant:** only the active key wraps, so a rotation ends.

use ring::aead::{Aad, NONCE_LEN, Nonce};
use zeroize::Zeroizing;

use crate::bytes::{length_prefixed, take};
use crate::entropy::draw;
use crate::limits::WRAPPED_BYTES;
use crate::secret::{SECRET_BYTES, Secret};
use crate::{DataKey, Entropy, KeyId, KeyRing, Owner, RootKey, VaultError};

const LABEL: &[u8] = b"kairo/root/v1/wrap/";
const VERSION: u8 = 1;
const ALGORITHM_AES_256_GCM: u8 = 1;
const SALT_BYTES: usize = 16;
const HEADER_BYTES: usize = 2 + SALT_BYTES + NONCE_LEN;

/// A data key as the database keeps it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Wrapped {
    /// The root key that wrapped it.
    pub kek_id: KeyId,
    /// The wrapped key, [`WRAPPED_BYTES`] bytes.
    pub bytes: Vec<u8>,
}

impl KeyRing {
    /// Wraps a data key with the active root key.
    ///
    /// # Errors
    /// [`VaultError::Entropy`].
    pub fn wrap(&self, key: &DataKey, entropy: &dyn Entropy) -> Result<Wrapped, VaultError> {
        let root = self.active();
        let (salt, nonce) = (draw::<SALT_BYTES>(entropy)?, draw::<NONCE_LEN>(entropy)?);
        let mut bytes = Vec::with_capacity(WRAPPED_BYTES);
        bytes.extend_from_slice(&[VERSION, ALGORITHM_AES_256_GCM]);
        bytes.extend_from_slice(&salt);
        bytes.extend_from_slice(&nonce);
        let aad = additional_data(&bytes, key.id(), key.owner(), root.id());
        bytes.extend_from_slice(key.secret().expose());
        let body = bytes.get_mut(HEADER_BYTES..).ok_or(VaultError::Backend)?;
        let tag = root
            .secret()
            .expand_cipher(&[LABEL, &salt])?
            .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), Aad::from(aad), body)
            .map_err(|_| VaultError::Backend)?;
        bytes.extend_from_slice(tag.as_ref());
        Ok(Wrapped { kek_id: root.id(), bytes })
    }

    /// Unwraps a data key.
    ///
    /// # Errors
    /// [`VaultError::UnknownKey`] and [`VaultError::RetiredKey`] for a root key that cannot serve;
    /// [`VaultError::Truncated`] for a length other than [`WRAPPED_BYTES`];
    /// [`VaultError::UnknownFormat`]; [`VaultError::NotAuthentic`] where the ids, the owner or the
    /// bytes are others.
    pub fn unwrap(
        &self,
        dek_id: [u8; 16],
        owner: Owner,
        kek_id: KeyId,
        wrapped: &[u8],
    ) -> Result<DataKey, VaultError> {
        let root = self.serving(kek_id)?;
        let secret = unwrap_secret(root, dek_id, owner, wrapped)?;
        Ok(DataKey::from_secret(dek_id, owner, secret))
    }

    /// Moves a wrapped key to the active root key, without the data key leaving the vault. `None`
    /// where it is there already.
    ///
    /// # Errors
    /// As [`KeyRing::unwrap`] and [`KeyRing::wrap`].
    pub fn rewrap(
        &self,
        dek_id: [u8; 16],
        owner: Owner,
        kek_id: KeyId,
        wrapped: &[u8],
        entropy: &dyn Entropy,
    ) -> Result<Option<Wrapped>, VaultError> {
        if kek_id == self.active().id() {
            return Ok(None);
        }
        self.wrap(&self.unwrap(dek_id, owner, kek_id, wrapped)?, entropy).map(Some)
    }
}

fn unwrap_secret(
    root: &RootKey,
    dek_id: [u8; 16],
    owner: Owner,
    wrapped: &[u8],
) -> Result<Secret, VaultError> {
    if wrapped.len() != WRAPPED_BYTES {
        return Err(VaultError::Truncated);
    }
    let (header, body) =
        wrapped.split_first_chunk::<HEADER_BYTES>().ok_or(VaultError::Truncated)?;
    let mut rest = header.as_slice();
    if take(&mut rest) != Some([VERSION, ALGORITHM_AES_256_GCM]) {
        return Err(VaultError::UnknownFormat);
    }
    let salt = take::<SALT_BYTES>(&mut rest).ok_or(VaultError::Truncated)?;
    let nonce = take::<NONCE_LEN>(&mut rest).ok_or(VaultError::Truncated)?;
    let mut text = Zeroizing::new(body.to_vec());
    let opened = root
        .secret()
        .expand_cipher(&[LABEL, &salt])?
        .open_in_place(
            Nonce::assume_unique_for_key(nonce),
            Aad::from(additional_data(header, dek_id, owner, root.id())),
            &mut text,
        )
        .map_err(|_| VaultError::NotAuthentic)?;
    let key: &[u8; SECRET_BYTES] = (&*opened).try_into().map_err(|_| VaultError::NotAuthentic)?;
    Secret::filled(|out| {
        out.copy_from_slice(key);
        Ok(())
    })
}

fn additional_data(header: &[u8], dek_id: [u8; 16], owner: Owner, kek_id: KeyId) -> Vec<u8> {
    let mut aad = Vec::with_capacity(160);
    let kind = owner.kind.as_str().as_bytes();
    length_prefixed(&mut aad, &[header, &dek_id, kind, &owner.id, &kek_id.into_bytes()]);
    aad
}

#[cfg(test)]
mod tests;
