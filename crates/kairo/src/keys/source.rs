//! Where the ring of root keys is kept: the file `ring` in a folder of its own.
//!
//! **Invariant:** the folder and the file belong to the account that runs Kairo and are closed to
//! everybody else; anything else is refused, not repaired, for the keys may have been read already.
//! **Invariant:** a ring is made once. Of two first starts one publishes its ring, and the other
//! reads it. A ring is replaced in one step.
//! Must never make a ring where one is damaged: rows that the lost keys sealed could not be opened.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use kairo_vault::{Entropy, KeyId, KeyRing, VaultError};
use zeroize::Zeroizing;

use crate::config::file::{publish_file, read_file, replace_file, sync_parent};
use crate::config::folder::{owned_and_closed, refuse_git};
use crate::config::{FolderError, KeySource, OsAccount};

/// The keys cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The folder or the file is missing, open to others, somebody else's, or in a git work tree.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The file was cut or edited.
    #[error("{path} holds no valid key ring: {source}. Restore it from its backup")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What the vault found.
        source: VaultError,
    },
    /// No ring could be made.
    #[error("no key ring can be made: {0}")]
    Vault(VaultError),
}

/// An opened key source.
#[derive(Debug, Clone)]
pub struct RingStore {
    folder: PathBuf,
    account: OsAccount,
}

impl RingStore {
    /// Opens the source and makes its folder (0700) when it is missing; the folder above must be
    /// there.
    ///
    /// # Errors
    /// In a git work tree, open to others, somebody else's, or refused by the system.
    pub fn open(source: &KeySource, account: &OsAccount) -> Result<Self, KeyError> {
        let KeySource::File(path) = source;
        refuse_git(path)?;
        match DirBuilder::new().mode(0o700).create(path) {
            Ok(()) => sync_parent(path)?,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(FolderError::io("make the folder", path)(error).into()),
        }
        let folder = fs::canonicalize(path).map_err(FolderError::io("find", path))?;
        refuse_git(&folder)?;
        let meta = fs::metadata(&folder).map_err(FolderError::io("read", &folder))?;
        if !meta.is_dir() {
            return Err(FolderError::NotFolder(folder).into());
        }
        owned_and_closed(&folder, &meta, 0o700, account)?;
        Ok(Self { folder, account: account.clone() })
    }

    /// The folder, which holds the runtime passwords of an external server, too.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Who the files belong to.
    pub fn account(&self) -> &OsAccount {
        &self.account
    }

    fn file(&self) -> PathBuf {
        self.folder.join("ring")
    }

    /// The ring that is kept; `None` before the first start.
    ///
    /// # Errors
    /// Open to others, somebody else's, or damaged.
    pub fn load(&self) -> Result<Option<KeyRing>, KeyError> {
        let path = self.file();
        let Some((text, meta)) = read_file(&path)? else { return Ok(None) };
        let text = Zeroizing::new(text);
        owned_and_closed(&path, &meta, 0o600, &self.account)?;
        let parsed = KeyRing::parse(&text);
        parsed.map(Some).map_err(|source| KeyError::Damaged { path, source })
    }

    /// The ring that is kept, or a new one of one key, made now under `id`.
    ///
    /// # Errors
    /// As [`RingStore::load`]; no randomness, or a full disk.
    pub fn load_or_make(
        &self,
        id: KeyId,
        now: Timestamp,
        entropy: &dyn Entropy,
    ) -> Result<KeyRing, KeyError> {
        if let Some(ring) = self.load()? {
            return Ok(ring);
        }
        // Whole seconds: the form that RFC 3339 and every reader of the ring agree on.
        let created = Timestamp::from_second(now.as_second()).unwrap_or(now).to_string();
        let ring = KeyRing::generate(id, &created, entropy).map_err(KeyError::Vault)?;
        let text = ring.render().map_err(KeyError::Vault)?;
        if publish_file(&self.file(), text.as_bytes(), 0o600)? {
            return Ok(ring);
        }
        let gone = || FolderError::io("read", &self.file())(io::ErrorKind::NotFound.into());
        Ok(self.load()?.ok_or_else(gone)?)
    }

    /// Puts `ring` in the place of the one that is kept, in one step.
    ///
    /// # Errors
    /// Refused by the system.
    pub fn replace(&self, ring: &KeyRing) -> Result<(), KeyError> {
        let text = ring.render().map_err(KeyError::Vault)?;
        Ok(replace_file(&self.file(), text.as_bytes(), 0o600)?)
    }
}
