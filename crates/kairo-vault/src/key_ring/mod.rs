//! The root keys of one Kairo.
//!
//! **Invariant:** exactly one key is active; the shape of [`KeyRing`] leaves no room for another.
//! **Invariant:** no two keys have one id or one value, so an id names a key for ever.
//! **Invariant:** a root key is never used itself, only what HKDF makes of it under a label.

mod key;
mod text;

use std::fmt;

use ring::digest::{Context, SHA256};
use zeroize::Zeroizing;

pub use self::key::{KeyId, KeyState, RootKey};
use crate::bytes::length_prefixed;
use crate::limits::{RING_KEYS_MAX, RING_TEXT_BYTES_MAX};
use crate::place::check_name;
use crate::{DataKey, Entropy, Owner, Subkey, VaultError};

const FINGERPRINT_LABEL: &[u8] = b"kairo/v1/ring-fingerprint";
const SYSTEM_LABEL: &[u8] = b"kairo/root/v1/system/";
const SYSTEM_ID_LABEL: &[u8] = b"kairo/root/v1/system-id/";

/// The ring of root keys, as the secrets store keeps it.
///
/// # Text
/// ASCII, each line ended by `\n`, fields parted by one space, nothing else anywhere:
/// ```text
/// kairo-keyring 1
/// key ID CREATED STATE KEY
/// fingerprint FINGERPRINT
/// ```
/// One `key` line a key, 1 to 64 of them. `ID` is a UUID in lower case, `CREATED` an RFC 3339 time,
/// `STATE` one of `active`, `decrypt-only` and `retired`, `KEY` 32 bytes in base64url without
/// padding, `FINGERPRINT` that of [`KeyRing::fingerprint`] in the same encoding. The last line
/// shows a cut file and a damaged key before either can do harm. It does not cover times and
/// states, so an operator may set a state by hand.
pub struct KeyRing {
    active: RootKey,
    others: Vec<RootKey>,
}

impl KeyRing {
    /// A ring of one new key. `created` is an RFC 3339 time.
    ///
    /// # Errors
    /// [`VaultError::Created`], [`VaultError::Entropy`].
    pub fn generate(id: KeyId, created: &str, entropy: &dyn Entropy) -> Result<Self, VaultError> {
        let active = RootKey::generate(id, created, entropy)?;
        Ok(Self { active, others: Vec::new() })
    }

    /// Reads the text of a ring.
    ///
    /// # Errors
    /// The `Ring…` variants of [`VaultError`], [`VaultError::DuplicateKey`],
    /// [`VaultError::NoActiveKey`], [`VaultError::TwoActiveKeys`].
    pub fn parse(text: &str) -> Result<Self, VaultError> {
        if text.len() > RING_TEXT_BYTES_MAX {
            return Err(VaultError::RingTooLarge);
        }
        let parsed = text::parse(text)?;
        let ring = Self::from_keys(parsed.keys)?;
        if ring.fingerprint()? == parsed.fingerprint {
            Ok(ring)
        } else {
            Err(VaultError::RingFingerprint)
        }
    }

    fn from_keys(keys: Vec<RootKey>) -> Result<Self, VaultError> {
        if keys.len() > RING_KEYS_MAX {
            return Err(VaultError::RingTooLarge);
        }
        let (mut active, others): (Vec<_>, Vec<_>) =
            keys.into_iter().partition(|key| key.state() == KeyState::Active);
        let first = active.pop().ok_or(VaultError::NoActiveKey)?;
        if !active.is_empty() {
            return Err(VaultError::TwoActiveKeys);
        }
        let mut ring = Self { active: first, others: Vec::with_capacity(others.len()) };
        for key in others {
            ring.refuse_duplicate(&key)?;
            ring.others.push(key);
        }
        Ok(ring)
    }

    /// The text of the ring, with the active key first. Write it to a file that only the user of
    /// Kairo can read, and replace that file in one step.
    ///
    /// # Errors
    /// [`VaultError::Backend`].
    pub fn render(&self) -> Result<Zeroizing<String>, VaultError> {
        text::render(self.keys(), &self.fingerprint()?)
    }

    /// The key that wraps.
    #[must_use]
    pub fn active(&self) -> &RootKey {
        &self.active
    }

    /// The key of that id, in whatever state.
    #[must_use]
    pub fn find(&self, id: KeyId) -> Option<&RootKey> {
        self.keys().find(|key| key.id() == id)
    }

    /// All keys, the active one first.
    pub fn keys(&self) -> impl Iterator<Item = &RootKey> {
        std::iter::once(&self.active).chain(&self.others)
    }

    /// Says which keys the ring holds, without telling anything about them: SHA-256 over each id
    /// and a commitment to each key, by id. Two nodes with one fingerprint hold the same keys.
    ///
    /// # Errors
    /// [`VaultError::Backend`].
    pub fn fingerprint(&self) -> Result<[u8; 32], VaultError> {
        let mut entries = Vec::with_capacity(RING_KEYS_MAX);
        for key in self.keys() {
            entries.push((key.id(), key.commitment()?));
        }
        entries.sort_unstable();
        let mut message = Vec::new();
        length_prefixed(&mut message, &[FINGERPRINT_LABEL]);
        for (id, commitment) in &entries {
            length_prefixed(&mut message, &[&id.into_bytes(), commitment]);
        }
        let mut context = Context::new(&SHA256);
        context.update(&message);
        context.finish().as_ref().try_into().map_err(|_| VaultError::Backend)
    }

    /// Whether some key's bytes stand in `haystack`: as they are, in hexadecimal of either case, or
    /// in base64url as the ring's own text has them. For whoever looks whether a key has leaked:
    /// the question is asked here, so that no key has to leave the ring for it.
    #[must_use]
    pub fn appears_in(&self, haystack: &[u8]) -> bool {
        self.keys().any(|key| key.appears_in(haystack))
    }

    /// Makes a new active key; the old one may only decrypt from now on. On an error the ring is as
    /// it was. Where several nodes hold the ring, [`KeyRing::stage`] the key first.
    ///
    /// # Errors
    /// As [`KeyRing::stage`].
    pub fn rotate(
        &mut self,
        id: KeyId,
        created: &str,
        entropy: &dyn Entropy,
    ) -> Result<(), VaultError> {
        self.stage(id, created, entropy)?;
        self.activate(id)
    }

    /// Makes a new key that only decrypts for now. Once every node has read the ring,
    /// [`KeyRing::activate`] it: a node that does not have the key yet could not open what another
    /// one wraps with it.
    ///
    /// # Errors
    /// [`VaultError::DuplicateKey`], [`VaultError::RingTooLarge`], and as [`KeyRing::generate`].
    pub fn stage(
        &mut self,
        id: KeyId,
        created: &str,
        entropy: &dyn Entropy,
    ) -> Result<(), VaultError> {
        if self.keys().count() >= RING_KEYS_MAX {
            return Err(VaultError::RingTooLarge);
        }
        let mut key = RootKey::generate(id, created, entropy)?;
        self.refuse_duplicate(&key)?;
        key.set_state(KeyState::DecryptOnly);
        self.others.insert(0, key);
        Ok(())
    }

    /// Makes a key that decrypts the active one, and lets the active one only decrypt.
    ///
    /// # Errors
    /// [`VaultError::KeyInUse`] where it is active already, [`VaultError::RetiredKey`],
    /// [`VaultError::UnknownKey`].
    pub fn activate(&mut self, id: KeyId) -> Result<(), VaultError> {
        let key = match self.others.iter_mut().find(|key| key.id() == id) {
            Some(key) if key.state() == KeyState::Retired => return Err(VaultError::RetiredKey),
            Some(key) => key,
            None if id == self.active.id() => return Err(VaultError::KeyInUse),
            None => return Err(VaultError::UnknownKey),
        };
        self.active.set_state(KeyState::DecryptOnly);
        key.set_state(KeyState::Active);
        std::mem::swap(&mut self.active, key);
        Ok(())
    }

    /// Retires a key that wraps nothing any more. It stays in the ring for the backups that still
    /// need it.
    ///
    /// # Errors
    /// [`VaultError::KeyInUse`] for the active key, [`VaultError::UnknownKey`].
    pub fn retire(&mut self, id: KeyId) -> Result<(), VaultError> {
        self.other_mut(id)?.set_state(KeyState::Retired);
        Ok(())
    }

    /// Lets a retired key decrypt again, after a restore of a backup that needs it.
    ///
    /// # Errors
    /// As [`KeyRing::retire`].
    pub fn revive(&mut self, id: KeyId) -> Result<(), VaultError> {
        self.other_mut(id)?.set_state(KeyState::DecryptOnly);
        Ok(())
    }

    /// Destroys a retired key. What it wraps, in whatever backup, is lost for good.
    ///
    /// # Errors
    /// [`VaultError::KeyInUse`] for a key that is not retired, [`VaultError::UnknownKey`].
    pub fn remove(&mut self, id: KeyId) -> Result<(), VaultError> {
        if self.other_mut(id)?.state() != KeyState::Retired {
            return Err(VaultError::KeyInUse);
        }
        self.others.retain(|key| key.id() != id);
        Ok(())
    }

    fn other_mut(&mut self, id: KeyId) -> Result<&mut RootKey, VaultError> {
        if id == self.active.id() {
            return Err(VaultError::KeyInUse);
        }
        self.others.iter_mut().find(|key| key.id() == id).ok_or(VaultError::UnknownKey)
    }

    /// Compares commitments, so that the keys themselves are never compared in variable time.
    fn refuse_duplicate(&self, new: &RootKey) -> Result<(), VaultError> {
        let commitment = new.commitment()?;
        for key in self.keys() {
            if key.id() == new.id() || key.commitment()? == commitment {
                return Err(VaultError::DuplicateKey);
            }
        }
        Ok(())
    }

    /// The key of that id, if it may still open something.
    pub(crate) fn serving(&self, id: KeyId) -> Result<&RootKey, VaultError> {
        let key = self.find(id).ok_or(VaultError::UnknownKey)?;
        if key.state() == KeyState::Retired { Err(VaultError::RetiredKey) } else { Ok(key) }
    }

    fn all_serving(&self) -> impl Iterator<Item = &RootKey> {
        self.keys().filter(|key| key.state() != KeyState::Retired)
    }

    /// The MAC key of a purpose, from the active root key.
    ///
    /// # Errors
    /// [`VaultError::Name`].
    pub fn subkey(&self, purpose: &str) -> Result<Subkey, VaultError> {
        Subkey::derive(self.active.id(), self.active.secret(), purpose)
    }

    /// The MAC key of a purpose from the root key named, for a digest that was stored with its id.
    ///
    /// # Errors
    /// [`VaultError::UnknownKey`], [`VaultError::RetiredKey`], [`VaultError::Name`].
    pub fn subkey_of(&self, id: KeyId, purpose: &str) -> Result<Subkey, VaultError> {
        Subkey::derive(id, self.serving(id)?.secret(), purpose)
    }

    /// The MAC keys of a purpose from every key that is not retired, the active one first: a
    /// sign-in code that was sent before a rotation is still good after it.
    ///
    /// # Errors
    /// [`VaultError::Name`].
    pub fn subkeys(&self, purpose: &str) -> Result<Vec<Subkey>, VaultError> {
        self.all_serving().map(|key| Subkey::derive(key.id(), key.secret(), purpose)).collect()
    }

    /// The key that seals what belongs to nobody and is erased soon, such as mail on its way out.
    /// Its owner is [`crate::OwnerKind::System`] with the id of the root key. It cannot be erased
    /// apart from its root key, so nothing of a person may stay under it.
    ///
    /// # Errors
    /// [`VaultError::Name`].
    pub fn system_key(&self, purpose: &str) -> Result<DataKey, VaultError> {
        system_key(&self.active, purpose)
    }

    /// The system keys of a purpose from every key that is not retired, the one that seals first:
    /// mail that was sealed before a rotation still leaves after it.
    ///
    /// # Errors
    /// [`VaultError::Name`].
    pub fn system_keys(&self, purpose: &str) -> Result<Vec<DataKey>, VaultError> {
        self.all_serving().map(|root| system_key(root, purpose)).collect()
    }

    /// The system key of a purpose that sealed `sealed`, also from before a rotation.
    ///
    /// # Errors
    /// [`VaultError::UnknownKey`] where no key of the ring that may decrypt has it; as
    /// [`crate::sealed_key_id`]; [`VaultError::Name`].
    pub fn system_key_of(&self, purpose: &str, sealed: &[u8]) -> Result<DataKey, VaultError> {
        let id = crate::sealed_key_id(sealed)?;
        for root in self.all_serving() {
            let key = system_key(root, purpose)?;
            if key.id() == id {
                return Ok(key);
            }
        }
        Err(VaultError::UnknownKey)
    }
}

fn system_key(root: &RootKey, purpose: &str) -> Result<DataKey, VaultError> {
    check_name(purpose)?;
    let secret = root.secret().expand(&[SYSTEM_LABEL, purpose.as_bytes()])?;
    let full = root.secret().expand(&[SYSTEM_ID_LABEL, purpose.as_bytes()])?;
    let id = full.expose().first_chunk::<16>().ok_or(VaultError::Backend)?;
    Ok(DataKey::from_secret(*id, Owner::system(root.id().into_bytes()), secret))
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.keys()).finish()
    }
}

#[cfg(test)]
mod tests;
