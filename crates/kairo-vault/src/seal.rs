//! Sealing and opening a record; the format is in the crate's first page.
//!
//! **Invariant:** the whole header is additional data, so no byte of it can change unseen.
//! **Invariant:** salt and nonce are fresh for every seal, the second of the same text too; two equal
//! texts never look equal.

use ring::aead::{Aad, LessSafeKey, NONCE_LEN, Nonce};
use zeroize::Zeroizing;

use crate::bytes::{length_prefixed, take};
use crate::entropy::draw;
use crate::limits::{PLAINTEXT_BYTES_MAX, SEAL_OVERHEAD_BYTES};
use crate::{DataKey, Entropy, Place, VaultError};

const LABEL: &[u8] = b"kairo/v1/";
const VERSION: u8 = 1;
const ALGORITHM_AES_256_GCM: u8 = 1;
const FLAGS: [u8; 2] = [0, 0];
const HEADER_BYTES: usize = 48;
const SALT_BYTES: usize = 16;
const TAG_BYTES: usize = 16;

struct Header {
    key_id: [u8; 16],
    salt: [u8; SALT_BYTES],
    nonce: [u8; NONCE_LEN],
}

impl Header {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&[VERSION, ALGORITHM_AES_256_GCM]);
        out.extend_from_slice(&self.key_id);
        out.extend_from_slice(&FLAGS);
        out.extend_from_slice(&self.salt);
        out.extend_from_slice(&self.nonce);
    }

    fn read(bytes: &[u8; HEADER_BYTES]) -> Result<Self, VaultError> {
        let mut rest = bytes.as_slice();
        let known = (
            take(&mut rest).ok_or(VaultError::Truncated)?,
            take(&mut rest).ok_or(VaultError::Truncated)?,
            take(&mut rest).ok_or(VaultError::Truncated)?,
        );
        let ([VERSION], [ALGORITHM_AES_256_GCM], key_id) = known else {
            return Err(VaultError::UnknownFormat);
        };
        if take(&mut rest).ok_or(VaultError::Truncated)? != FLAGS {
            return Err(VaultError::UnknownFormat);
        }
        let salt = take(&mut rest).ok_or(VaultError::Truncated)?;
        let nonce = take(&mut rest).ok_or(VaultError::Truncated)?;
        Ok(Self { key_id, salt, nonce })
    }
}

/// The id of the data key that sealed the bytes, so that the caller can find it. It is a claim until
/// [`DataKey::open`] has agreed.
///
/// # Errors
/// [`VaultError::Truncated`], [`VaultError::UnknownFormat`].
pub fn sealed_key_id(sealed: &[u8]) -> Result<[u8; 16], VaultError> {
    let (header, _) = split(sealed)?;
    Ok(Header::read(header)?.key_id)
}

fn split(sealed: &[u8]) -> Result<(&[u8; HEADER_BYTES], &[u8]), VaultError> {
    let (header, body) = sealed.split_first_chunk().ok_or(VaultError::Truncated)?;
    if body.len() < TAG_BYTES { Err(VaultError::Truncated) } else { Ok((header, body)) }
}

impl DataKey {
    /// Seals `plaintext` for `place`. The answer is 64 bytes longer.
    ///
    /// # Errors
    /// [`VaultError::TooLong`], [`VaultError::Name`], [`VaultError::Entropy`].
    pub fn seal(
        &self,
        place: &Place<'_>,
        plaintext: &[u8],
        entropy: &dyn Entropy,
    ) -> Result<Vec<u8>, VaultError> {
        place.check()?;
        if plaintext.len() > PLAINTEXT_BYTES_MAX {
            return Err(VaultError::TooLong);
        }
        let (salt, nonce) = (draw(entropy)?, draw(entropy)?);
        let header = Header { key_id: self.id(), salt, nonce };
        let mut sealed = Vec::with_capacity(plaintext.len() + SEAL_OVERHEAD_BYTES);
        header.write(&mut sealed);
        let cipher = self.record_cipher(place, &salt)?;
        let aad = self.additional_data(place, &sealed);
        sealed.extend_from_slice(plaintext);
        let body = sealed.get_mut(HEADER_BYTES..).ok_or(VaultError::Backend)?;
        let tag = cipher
            .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), Aad::from(aad), body)
            .map_err(|_| VaultError::Backend)?;
        sealed.extend_from_slice(tag.as_ref());
        Ok(sealed)
    }

    /// Opens what [`DataKey::seal`] made for the same place.
    ///
    /// # Errors
    /// [`VaultError::NotAuthentic`] where key, owner, place or bytes are others;
    /// [`VaultError::Truncated`], [`VaultError::UnknownFormat`], [`VaultError::TooLong`] where the
    /// bytes cannot be a sealed record; [`VaultError::Name`].
    pub fn open(&self, place: &Place<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        place.check()?;
        if sealed.len() > PLAINTEXT_BYTES_MAX + SEAL_OVERHEAD_BYTES {
            return Err(VaultError::TooLong);
        }
        let (header_bytes, body) = split(sealed)?;
        let header = Header::read(header_bytes)?;
        if header.key_id != self.id() {
            return Err(VaultError::NotAuthentic);
        }
        let cipher = self.record_cipher(place, &header.salt)?;
        let aad = self.additional_data(place, header_bytes);
        let mut text = Zeroizing::new(body.to_vec());
        let nonce = Nonce::assume_unique_for_key(header.nonce);
        let len = cipher
            .open_in_place(nonce, Aad::from(aad), &mut text)
            .map_err(|_| VaultError::NotAuthentic)?
            .len();
        text.truncate(len);
        Ok(text)
    }

    fn record_cipher(
        &self,
        place: &Place<'_>,
        salt: &[u8; SALT_BYTES],
    ) -> Result<LessSafeKey, VaultError> {
        self.secret().expand_cipher(&[LABEL, place.purpose.as_bytes(), salt])
    }

    fn additional_data(&self, place: &Place<'_>, header: &[u8]) -> Vec<u8> {
        let owner = self.owner();
        let mut aad = Vec::with_capacity(256);
        length_prefixed(
            &mut aad,
            &[
                header,
                place.table.as_bytes(),
                place.column.as_bytes(),
                &place.row,
                owner.kind.as_str().as_bytes(),
                &owner.id,
            ],
        );
        aad
    }
}

#[cfg(test)]
mod tests;
