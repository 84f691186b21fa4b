//! The data folder: where this node keeps its keys, certificates, cluster, outbox and notes.
//!
//! **Invariant:** a folder that holds secrets is a real folder (never a link), belongs to the
//! account that runs Kairo, and is closed to everybody else.
//! **Invariant:** at most one process holds the folder's lock, and only that one runs the cluster.
//! Must never change the mode of a folder that is not Kairo's: `KAIRO_DATA_DIR=/tmp` is refused.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::fs::OFlags;

use super::file::hex;
use super::os_account::OsAccount;
use crate::clock::Random;

/// Wait for a holder of the folder that will soon be gone.
const LOCK_WAIT_MAX: Duration = Duration::from_secs(10);
const LOCK_LOOK: Duration = Duration::from_millis(10);

/// The data folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// Keys beside sources get committed and pushed; it has happened to everybody.
    #[error(
        "the folder {path} lies inside the git work tree {tree}; keys kept there end in a commit. \
         Set KAIRO_DATA_DIR to a folder outside of it"
    )]
    GitWorkTree {
        /// The folder that was asked for.
        path: PathBuf,
        /// The ancestor that holds `.git`.
        tree: PathBuf,
    },
    /// `KAIRO_DATA_DIR` names a folder with other things in it, whose mode Kairo would change.
    #[error(
        "{0} holds other files and no Kairo. Set KAIRO_DATA_DIR to an empty folder or one that \
         does not exist yet"
    )]
    Foreign(PathBuf),
    /// Kairo was started before as another user, or somebody else made the folder first.
    #[error(
        "{path} belongs to user id {owner}, and Kairo runs as user id {uid}. Start Kairo as that \
         user, or set KAIRO_DATA_DIR to another folder"
    )]
    NotOurs {
        /// The folder or file.
        path: PathBuf,
        /// Who it belongs to.
        owner: u32,
        /// Who runs Kairo.
        uid: u32,
    },
    /// A link or a file lies where a folder of Kairo's should be.
    #[error("{0} is not a folder. Move it away; Kairo makes the folder itself")]
    NotFolder(PathBuf),
    /// A secret that others can read is no secret.
    #[error("{path} can be read by others (mode {mode:o}). Run: chmod go= {path}")]
    OpenToOthers {
        /// The folder or file.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// The system refused (permissions, a full disk, a read-only file system).
    #[error("cannot {action} {path}: {source}")]
    Io {
        /// What was tried.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl FolderError {
    /// Gives an error of the system its path and verb.
    pub fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::Io { action, path, source }
    }
}

/// The data folder is in use.
#[derive(Debug, thiserror::Error)]
pub enum AlreadyServed {
    /// Another process of Kairo holds the lock.
    #[error(
        "{what} (process {pid}) already holds the data folder {path}. Stop it, or set \
         KAIRO_DATA_DIR and KAIRO_LISTEN to start a second, independent Kairo"
    )]
    Held {
        /// What kind of process.
        what: Holder,
        /// Its process id, 0 when it has not yet said.
        pid: u32,
        /// The data folder.
        path: PathBuf,
    },
    /// The lock cannot be tried.
    #[error(transparent)]
    Folder(#[from] FolderError),
}

/// What a process holds the data folder for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// `kairo serve`, for as long as it runs.
    Serve,
    /// A host command, for as long as it takes.
    Command,
}

impl std::fmt::Display for Holder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Serve => "kairo serve",
            Self::Command => "a kairo command",
        })
    }
}

/// An opened data folder. Cheap to clone.
#[derive(Debug, Clone)]
pub struct DataFolder {
    root: Arc<Path>,
    account: Arc<OsAccount>,
}

impl DataFolder {
    /// Opens the folder at `path` and makes what is missing in it.
    ///
    /// # Errors
    /// Inside a git work tree, somebody else's, not a folder, or refused by the system.
    pub fn open(path: &Path, account: &OsAccount) -> Result<Self, FolderError> {
        let path = std::path::absolute(path).map_err(FolderError::io("find", path))?;
        refuse_git(&path)?;
        make_root(&path, account)?;
        let root = fs::canonicalize(&path).map_err(FolderError::io("find", &path))?;
        refuse_git(&root)?;
        let folder = Self { root: root.into(), account: Arc::new(account.clone()) };
        make_inner(&folder.keys(), 0o700, account)?;
        make_inner(&folder.outbox(), 0o700, account)?;
        make_inner(&folder.tls(), 0o711, account)?;
        make_inner(&folder.run(), 0o711, account)?;
        Ok(folder)
    }

    /// Takes the exclusive lock, which the kernel frees when this process ends, however it ends.
    ///
    /// # Errors
    /// Another process holds it, or the lock file cannot be written.
    pub fn lock(&self, holder: Holder) -> Result<Lock, AlreadyServed> {
        let path = self.root.join("lock");
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false).mode(0o600);
        let mut file = options
            .custom_flags(OFlags::NOFOLLOW.bits().cast_signed())
            .open(&path)
            .map_err(FolderError::io("open", &path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(self.held(&mut file)),
            Err(TryLockError::Error(error)) => {
                return Err(FolderError::io("lock", &path)(error).into());
            }
        }
        let drawn: [u8; 8] = Random::system()
            .bytes()
            .map_err(|error| FolderError::io("lock", &path)(io::Error::other(error)))?;
        let instance = hex(&drawn);
        let text = format!("{} {} {instance}\n", holder.word(), std::process::id());
        file.set_len(0)
            .and_then(|()| file.write_all(text.as_bytes()))
            .map_err(FolderError::io("write", &path))?;
        Ok(Lock { folder: self.clone(), instance, _file: file })
    }

    /// As [`DataFolder::lock`], but waits for a holder that will soon be gone: a command, or a
    /// process that was killed and has not quite ended.
    ///
    /// # Errors
    /// As [`DataFolder::lock`].
    pub fn lock_soon(&self, holder: Holder) -> Result<Lock, AlreadyServed> {
        let until = Instant::now() + LOCK_WAIT_MAX;
        loop {
            match self.lock(holder) {
                Err(AlreadyServed::Held { what, pid, .. })
                    if Instant::now() < until && (what == Holder::Command || is_ending(pid)) =>
                {
                    sleep(LOCK_LOOK);
                }
                other => return other,
            }
        }
    }

    /// What the holder wrote into the lock file: kind, process id, instance.
    pub(super) fn holder(&self) -> Option<(Holder, u32, String)> {
        let file = File::open(self.root.join("lock")).ok()?;
        read_holder(&file)
    }

    fn held(&self, file: &mut File) -> AlreadyServed {
        let (what, pid, _) = read_holder(file).unwrap_or((Holder::Command, 0, String::new()));
        AlreadyServed::Held { what, pid, path: self.root.to_path_buf() }
    }

    /// The folder itself, without links.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The account that opened it.
    pub fn account(&self) -> &OsAccount {
        &self.account
    }

    /// `kairo.toml`.
    pub fn config_file(&self) -> PathBuf {
        self.root.join("kairo.toml")
    }

    /// Key rings and runtime passwords (0700).
    pub fn keys(&self) -> PathBuf {
        self.root.join("keys")
    }

    /// The certificate authority and the certificates.
    pub fn tls(&self) -> PathBuf {
        self.root.join("tls")
    }

    /// The private cluster; belongs to the cluster's user.
    pub fn pg(&self) -> PathBuf {
        self.root.join("pg")
    }

    /// Mail of a development node (0700).
    pub fn outbox(&self) -> PathBuf {
        self.root.join("outbox")
    }

    /// What the running node says about itself.
    pub fn run(&self) -> PathBuf {
        self.root.join("run")
    }

    /// Sixteen hexadecimal digits that name this folder: two folders, two independent Kairos.
    pub fn hash(&self) -> String {
        use std::os::unix::ffi::OsStrExt;
        let path = self.root.as_os_str().as_bytes();
        let digest = ring::digest::digest(&ring::digest::SHA256, path);
        hex(digest.as_ref().get(..8).unwrap_or_default())
    }
}

/// The exclusive hold on a data folder; dropping it gives the folder free.
#[derive(Debug)]
pub struct Lock {
    folder: DataFolder,
    instance: String,
    _file: File,
}

impl Lock {
    /// The folder that is held.
    pub fn folder(&self) -> &DataFolder {
        &self.folder
    }

    /// A name drawn for this hold, by which a reader tells a fresh `node.json` from an old one.
    pub fn instance(&self) -> &str {
        &self.instance
    }
}

impl Holder {
    fn word(self) -> &'static str {
        match self {
            Self::Serve => "serve",
            Self::Command => "command",
        }
    }
}

fn read_holder(file: &File) -> Option<(Holder, u32, String)> {
    let mut text = String::new();
    file.take(256).read_to_string(&mut text).ok()?;
    let mut words = text.split_whitespace();
    let holder = match words.next()? {
        "serve" => Holder::Serve,
        "command" => Holder::Command,
        _ => return None,
    };
    Some((holder, words.next()?.parse().ok()?, words.next()?.to_owned()))
}

/// Whether the process has ended, or holds nothing but its number any more (a zombie).
fn is_ending(pid: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let state = stat.rsplit_once(") ").and_then(|(_, rest)| rest.chars().next());
    matches!(state, None | Some('Z' | 'X'))
}

/// Refuses a path with a `.git` beside any of its ancestors.
///
/// # Errors
/// [`FolderError::GitWorkTree`].
pub fn refuse_git(path: &Path) -> Result<(), FolderError> {
    match path.ancestors().find(|ancestor| ancestor.join(".git").exists()) {
        None => Ok(()),
        Some(tree) => {
            let (path, tree) = (path.to_path_buf(), tree.to_path_buf());
            Err(FolderError::GitWorkTree { path, tree })
        }
    }
}

/// Makes the data folder itself, 0711: the cluster's user has to reach `pg/` through it, and nobody
/// may list it.
fn make_root(path: &Path, account: &OsAccount) -> Result<(), FolderError> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(FolderError::io("make the folder", parent))?;
    }
    match DirBuilder::new().mode(0o711).create(path) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => recognise(path, account)?,
        Err(error) => return Err(FolderError::io("make the folder", path)(error)),
    }
    set_mode(path, 0o711)
}

/// Passes an existing folder that is empty or was made by Kairo.
fn recognise(path: &Path, account: &OsAccount) -> Result<(), FolderError> {
    let meta = fs::metadata(path).map_err(FolderError::io("read", path))?;
    if !meta.is_dir() {
        return Err(FolderError::NotFolder(path.to_path_buf()));
    }
    // Root may use a folder that belongs to the user it is to run the cluster as.
    if meta.uid() != account.uid && !account.is_root() {
        let (path, owner, uid) = (path.to_path_buf(), meta.uid(), account.uid);
        return Err(FolderError::NotOurs { path, owner, uid });
    }
    let entries = fs::read_dir(path).map_err(FolderError::io("read", path))?;
    // A volume that is mounted here comes with this folder.
    let foreign = entries.flatten().any(|entry| entry.file_name() != "lost+found");
    let ours = ["lock", "kairo.toml", "keys"].iter().any(|name| path.join(name).exists());
    if foreign && !ours {
        return Err(FolderError::Foreign(path.to_path_buf()));
    }
    Ok(())
}

/// Makes a folder inside the data folder, or checks the one that is there. `symlink_metadata`,
/// because a link planted there would lead root's writes elsewhere.
fn make_inner(path: &Path, mode: u32, account: &OsAccount) -> Result<(), FolderError> {
    match DirBuilder::new().mode(mode).create(path) {
        Ok(()) => return set_mode(path, mode),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(FolderError::io("make the folder", path)(error)),
    }
    let meta = fs::symlink_metadata(path).map_err(FolderError::io("read", path))?;
    if !meta.is_dir() {
        return Err(FolderError::NotFolder(path.to_path_buf()));
    }
    owned_and_closed(path, &meta, mode, account)?;
    // Closed further than it should be, by a copy or a restore: the cluster's user must pass
    // through.
    if meta.mode() & 0o777 == mode { Ok(()) } else { set_mode(path, mode) }
}

/// Passes what belongs to the account that runs Kairo and is open to nobody beyond `mode`.
///
/// # Errors
/// Somebody else's, or open to others.
pub fn owned_and_closed(
    path: &Path,
    meta: &fs::Metadata,
    mode: u32,
    account: &OsAccount,
) -> Result<(), FolderError> {
    let path = path.to_path_buf();
    if meta.uid() != account.uid {
        return Err(FolderError::NotOurs { path, owner: meta.uid(), uid: account.uid });
    }
    if meta.mode() & 0o077 & !mode != 0 {
        return Err(FolderError::OpenToOthers { path, mode: meta.mode() & 0o7777 });
    }
    Ok(())
}

fn set_mode(path: &Path, mode: u32) -> Result<(), FolderError> {
    let permissions = fs::Permissions::from_mode(mode);
    fs::set_permissions(path, permissions).map_err(FolderError::io("set the mode of", path))
}
