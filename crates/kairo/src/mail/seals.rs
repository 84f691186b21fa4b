//! What makes letters and addresses unreadable in the database.
//!
//! **Invariant:** a letter opens only in its own row. It is sealed with a key of Kairo itself,
//! which is derived from the ring and lies in no table, so nothing of a person may stay under it:
//! the row is erased when the letter has left.
//! **Invariant:** an address's digest needs a key of the ring, so that whoever holds the database
//! cannot try addresses.

use kairo_vault::{DataKey, Place, Subkey, SystemEntropy, VaultError, sealed_key_id};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::Letter;
use crate::limits::MAIL_LETTER_BYTES_MAX;

/// Purpose of the system key of letters.
pub const LETTERS: &str = "mail-letter";
/// Purpose of the keys of addresses.
pub const ADDRESSES: &str = "mail-address";

/// A letter cannot be sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// A template of ours made more than a mail should hold.
    #[error("the mail is longer than {MAIL_LETTER_BYTES_MAX} bytes")]
    TooLong,
    /// No key, no randomness, or the bytes were changed or moved.
    #[error("the mail cannot be sealed or opened: {0}")]
    Vault(#[from] VaultError),
    /// It opened to something else than a letter.
    #[error("a sealed mail holds something unexpected")]
    Content,
}

/// A letter as its row keeps it.
pub struct SealedLetter {
    /// The row, which the seal is bound to.
    pub id: Uuid,
    /// The sealed letter.
    pub sealed: Vec<u8>,
    /// The address's digest under each key that serves.
    pub address_macs: Vec<Vec<u8>>,
}

/// The keys of mail.
pub struct Seals {
    letters: Vec<DataKey>,
    addresses: Vec<Subkey>,
    entropy: SystemEntropy,
}

impl Seals {
    /// From the system keys of [`LETTERS`] and the digest keys of [`ADDRESSES`]; of both, the first
    /// makes what is new.
    pub fn new(letters: Vec<DataKey>, addresses: Vec<Subkey>) -> Self {
        Self { letters, addresses, entropy: SystemEntropy::new() }
    }

    /// Seals a letter for its row.
    ///
    /// # Errors
    /// Longer than `MAIL_LETTER_BYTES_MAX`, or no randomness.
    pub fn seal(&self, id: Uuid, letter: &Letter) -> Result<SealedLetter, SealError> {
        let plain = serde_json::to_vec(letter).map_err(|_| SealError::Content)?;
        let plain = Zeroizing::new(plain);
        if plain.len() > MAIL_LETTER_BYTES_MAX {
            return Err(SealError::TooLong);
        }
        let key = self.letters.first().ok_or(VaultError::NoActiveKey)?;
        let sealed = key.seal(&place(id), &plain, &self.entropy)?;
        Ok(SealedLetter { id, sealed, address_macs: self.address_macs(&letter.to) })
    }

    pub(super) fn open(&self, id: Uuid, sealed: &[u8]) -> Result<Letter, SealError> {
        let key_id = sealed_key_id(sealed)?;
        let key = self.letters.iter().find(|key| key.id() == key_id);
        let plain = key.ok_or(VaultError::UnknownKey)?.open(&place(id), sealed)?;
        serde_json::from_slice(&plain).map_err(|_| SealError::Content)
    }

    /// The digests of an address as it is written to: under each key, the newest first.
    pub fn address_macs(&self, address: &str) -> Vec<Vec<u8>> {
        self.addresses.iter().map(|key| key.mac(&[address.as_bytes()]).to_vec()).collect()
    }
}

fn place(row: Uuid) -> Place<'static> {
    Place { table: "mail.letters", column: "sealed", row: row.into_bytes(), purpose: LETTERS }
}
