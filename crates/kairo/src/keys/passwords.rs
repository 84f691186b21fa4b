//! The passwords of the runtime roles on an external server: the file `database` beside the ring.
//!
//! **Invariant:** a password is written here, and synced, before the server is given it: a server
//! that knows one that nobody kept would be lost to this Kairo.
//! **Invariant:** as with the ring, a file that others can read is refused.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::source::{KeyError, RingStore};
use crate::clock::{NoRandomness, Random};
use crate::config::FolderError;
use crate::config::file::{publish_file, read_file, replace_file};
use crate::config::folder::owned_and_closed;

/// The passwords cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum PasswordsError {
    /// The key source, or its file.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// The file is missing, open to others, or somebody else's.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The file was cut or edited.
    #[error("{0} holds no passwords of Kairo's roles. Restore it from its backup")]
    Damaged(std::path::PathBuf),
    /// No randomness.
    #[error(transparent)]
    Random(#[from] NoRandomness),
}

/// A password for each runtime role.
#[derive(Serialize, Deserialize)]
pub struct Passwords {
    roles: BTreeMap<String, Zeroizing<String>>,
    /// Whether the server was given all of them.
    given: bool,
}

impl Passwords {
    /// What the key source keeps; `None` where no external server was migrated with it.
    ///
    /// # Errors
    /// Open to others, somebody else's, or damaged.
    pub fn load(store: &RingStore) -> Result<Option<Self>, PasswordsError> {
        let path = store.folder().join("database");
        let Some((text, meta)) = read_file(&path)? else { return Ok(None) };
        let text = Zeroizing::new(text);
        owned_and_closed(&path, &meta, 0o600, store.account())?;
        serde_json::from_str(&text).map(Some).map_err(|_| PasswordsError::Damaged(path))
    }

    /// Draws a password of 256 bits for each of `roles` and keeps them; of two nodes that begin at
    /// once, both get those of the first.
    ///
    /// # Errors
    /// As [`Passwords::load`]; no randomness, or a full disk.
    pub fn load_or_make(
        store: &RingStore,
        roles: &[&str],
        random: &Random,
    ) -> Result<Self, PasswordsError> {
        if let Some(kept) = Self::load(store)? {
            return Ok(kept);
        }
        let mut drawn = BTreeMap::new();
        for role in roles {
            let secret = Zeroizing::new(random.bytes::<32>()?);
            drawn.insert((*role).to_owned(), Zeroizing::new(URL_SAFE_NO_PAD.encode(*secret)));
        }
        let made = Self { roles: drawn, given: false };
        let path = store.folder().join("database");
        if publish_file(&path, made.text(&path)?.as_bytes(), 0o600)? {
            return Ok(made);
        }
        Self::load(store)?.ok_or(PasswordsError::Damaged(path))
    }

    /// Notes that the server has them all.
    ///
    /// # Errors
    /// A full disk.
    pub fn were_given(&mut self, store: &RingStore) -> Result<(), PasswordsError> {
        self.given = true;
        let path = store.folder().join("database");
        Ok(replace_file(&path, self.text(&path)?.as_bytes(), 0o600)?)
    }

    /// Whether the server was given all of them.
    pub fn given(&self) -> bool {
        self.given
    }

    /// One role's.
    pub fn of(&self, role: &str) -> Option<&Zeroizing<String>> {
        self.roles.get(role)
    }

    /// Each role with its password.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Zeroizing<String>)> {
        self.roles.iter().map(|(role, password)| (role.as_str(), password))
    }

    fn text(&self, path: &std::path::Path) -> Result<Zeroizing<String>, PasswordsError> {
        let text = serde_json::to_string(self);
        text.map(Zeroizing::new).map_err(|_| PasswordsError::Damaged(path.to_owned()))
    }
}
