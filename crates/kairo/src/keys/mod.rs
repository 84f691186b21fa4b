//! The keys of the people who write here, unwrapped for one request.
//!
//! Owns the root key ring in memory, and turns the wrapped data keys of a caller into a
//! [`Keychain`] that seals and opens that caller's text.
//!
//! **Invariant:** a keychain opens only its owner's rows: the owner is bound into each sealed
//! value.
//! **Invariant:** no key is written anywhere from here, nor logged; keys are zeroed when dropped.

pub mod certificate;
pub mod passwords;
pub mod source;

use std::sync::Arc;

use kairo_vault::{
    DataKey, Entropy, KeyId, KeyRing, Owner, Place, Subkey, SystemEntropy, VaultError,
};
use ring::signature::Ed25519KeyPair;
use uuid::Uuid;
use zeroize::Zeroizing;

/// A key or a sealed value that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The person has no key: the account is being erased.
    #[error("there is no data key for this account")]
    None,
    /// A key or value was made under another ring, changed, or moved from its place.
    #[error("a sealed value does not open: {0}")]
    Vault(#[from] VaultError),
    /// A sealed value holds something else than it should.
    #[error("a sealed value opened to something unexpected")]
    Content,
}

/// The root keys and the derived keys of this node.
#[derive(Clone)]
pub struct Keys(Arc<Inner>);

struct Inner {
    ring: KeyRing,
    entropy: SystemEntropy,
    codes: Subkey,
    addresses: Subkey,
}

/// A data key as the database keeps it.
pub struct WrappedKey {
    /// Its id, which every sealed value names.
    pub id: Uuid,
    /// The root key that wrapped it.
    pub root_key_id: String,
    /// The wrapped key.
    pub wrapped: Vec<u8>,
}

impl Keys {
    /// Takes a ring into use.
    pub fn new(ring: KeyRing) -> Result<Self, KeyError> {
        let codes = ring.subkey("sign-in-code")?;
        let addresses = ring.subkey("source-address")?;
        Ok(Self(Arc::new(Inner { ring, entropy: SystemEntropy::new(), codes, addresses })))
    }

    /// What the database keeps of the ring, to know another one.
    pub fn fingerprint(&self) -> Result<[u8; 32], KeyError> {
        Ok(self.0.ring.fingerprint()?)
    }

    /// The key of mailed codes: a code of 40 bits must not be guessable from a dump of the
    /// database.
    pub fn codes(&self) -> &Subkey {
        &self.0.codes
    }

    /// The pepper of source addresses on this node.
    pub fn address_pepper(&self) -> [u8; 32] {
        self.0.addresses.mac(&[b"pepper"])
    }

    /// Whether some root key's bytes stand in `haystack`; see [`KeyRing::appears_in`].
    pub fn appear_in(&self, haystack: &[u8]) -> bool {
        self.0.ring.appears_in(haystack)
    }

    /// The key that signs roots of evidence. It is derived from the ring, which is not in the
    /// database: whoever can write there cannot sign what was written.
    pub fn evidence_signer(&self) -> Result<Ed25519KeyPair, KeyError> {
        let seed = Zeroizing::new(self.0.ring.subkey("evidence-root")?.mac(&[b"ed25519 seed"]));
        Ed25519KeyPair::from_seed_unchecked(&*seed).map_err(|_| KeyError::Content)
    }

    /// The keys of Kairo itself for a purpose: what belongs to nobody and is erased soon. The one
    /// that seals stands first.
    pub fn system(&self, purpose: &str) -> Result<Vec<DataKey>, KeyError> {
        Ok(self.0.ring.system_keys(purpose)?)
    }

    /// The keys of digests of a purpose, which must be known again after a rotation: the one that
    /// makes new ones stands first.
    pub fn digests(&self, purpose: &str) -> Result<Vec<Subkey>, KeyError> {
        Ok(self.0.ring.subkeys(purpose)?)
    }

    /// Makes a data key for a person, wrapped by the active root key.
    pub fn new_data_key(&self, id: Uuid, owner: Uuid) -> Result<WrappedKey, KeyError> {
        let owner = Owner::user(owner.into_bytes());
        let key = DataKey::generate(id.into_bytes(), owner, &self.0.entropy)?;
        let wrapped = self.0.ring.wrap(&key, &self.0.entropy)?;
        Ok(WrappedKey { id, root_key_id: wrapped.kek_id.to_string(), wrapped: wrapped.bytes })
    }

    /// Unwraps a person's keys; the newest first, which seals.
    pub fn keychain(&self, owner: Uuid, rows: &[WrappedKey]) -> Result<Keychain, KeyError> {
        let mut keys = Vec::with_capacity(rows.len());
        for row in rows {
            let root: KeyId = row.root_key_id.parse()?;
            let person = Owner::user(owner.into_bytes());
            keys.push(self.0.ring.unwrap(row.id.into_bytes(), person, root, &row.wrapped)?);
        }
        if keys.is_empty() {
            return Err(KeyError::None);
        }
        Ok(Keychain { owner, keys, inner: Arc::clone(&self.0) })
    }
}

/// One person's keys, for the length of a request.
pub struct Keychain {
    owner: Uuid,
    keys: Vec<DataKey>,
    inner: Arc<Inner>,
}

/// Where a sealed column stands.
#[derive(Clone, Copy)]
pub struct Column {
    /// Schema and table.
    pub table: &'static str,
    /// Column.
    pub column: &'static str,
}

impl Column {
    fn place(self, row: Uuid) -> Place<'static> {
        Place { table: self.table, column: self.column, row: row.into_bytes(), purpose: "text" }
    }
}

impl Keychain {
    /// Whose keys they are.
    pub fn owner(&self) -> Uuid {
        self.owner
    }

    /// Seals bytes for one row's column.
    pub fn seal(&self, column: Column, row: Uuid, plain: &[u8]) -> Result<Vec<u8>, KeyError> {
        let key = self.keys.first().ok_or(KeyError::None)?;
        let entropy: &dyn Entropy = &self.inner.entropy;
        Ok(key.seal(&column.place(row), plain, entropy)?)
    }

    /// Opens what was sealed for the same row and column.
    pub fn open(
        &self,
        column: Column,
        row: Uuid,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        let id = kairo_vault::sealed_key_id(sealed)?;
        let key = self.keys.iter().find(|key| key.id() == id).ok_or(VaultError::NotAuthentic)?;
        Ok(key.open(&column.place(row), sealed)?)
    }

    /// Opens text.
    pub fn open_text(&self, column: Column, row: Uuid, sealed: &[u8]) -> Result<String, KeyError> {
        let bytes = self.open(column, row, sealed)?;
        String::from_utf8(bytes.to_vec()).map_err(|_| KeyError::Content)
    }

    /// A keyed digest under the oldest key, which stays the same when a newer key begins to seal.
    pub fn mac(&self, purpose: &'static str, parts: &[&[u8]]) -> Result<[u8; 32], KeyError> {
        let key = self.keys.last().ok_or(KeyError::None)?;
        Ok(key.mac(purpose, parts)?)
    }
}

#[cfg(test)]
mod tests;
