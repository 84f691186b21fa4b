//! A data key: one an owner, and all that the owner wrote hangs on it.
//!
//! **Invariant:** the owner travels with the key and is bound into all it seals and into its own
//! wrapping, so no caller can name another owner for it later.
//!
//! Erasing the wrapped key erases the owner's text everywhere, backups included once they expire. So
//! a data key must never be derived from something that stays, a root key above all; the keys of
//! Kairo itself ([`crate::KeyRing::system_key`]) are the one exception, and hold nothing that lasts.

use std::fmt;

use crate::secret::Secret;
use crate::{Entropy, Owner, VaultError};

/// The key that seals one owner's records. Zeroed on drop; share it by reference or `Arc`.
pub struct DataKey {
    id: [u8; 16],
    owner: Owner,
    secret: Secret,
}

impl DataKey {
    /// Makes a new key. `id` is the bytes of a new UUID, which every sealed record will carry.
    ///
    /// # Errors
    /// [`VaultError::Entropy`].
    pub fn generate(id: [u8; 16], owner: Owner, entropy: &dyn Entropy) -> Result<Self, VaultError> {
        Ok(Self { id, owner, secret: Secret::random(entropy)? })
    }

    pub(crate) fn from_secret(id: [u8; 16], owner: Owner, secret: Secret) -> Self {
        Self { id, owner, secret }
    }

    /// The id that sealed records carry; see [`crate::sealed_key_id`].
    #[must_use]
    pub fn id(&self) -> [u8; 16] {
        self.id
    }

    /// The owner.
    #[must_use]
    pub fn owner(&self) -> Owner {
        self.owner
    }

    pub(crate) fn secret(&self) -> &Secret {
        &self.secret
    }
}

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DataKey")
            .field("id", &KeyIdHex(&self.id))
            .field("owner", &self.owner)
            .finish_non_exhaustive()
    }
}

struct KeyIdHex<'a>(&'a [u8]);

impl fmt::Debug for KeyIdHex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}
