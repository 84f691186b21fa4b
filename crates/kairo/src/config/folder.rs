//! The data folder: where this node keeps its keys, certificates, cluster, outbox and notes.
//!
//! **Invariant:** a folder that holds secrets is a real folder (never a link), belongs to the account
//! that runs Kairo, and is closed to everybody else.
//! **Invariant:** at most one process holds the folder's lock, and only that one runs the cluster.
//! Must never change the mode of a folder that is not Kairo's: `KAIRO_DATA_DIR=/tmp` is refused.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rustix::fs::OFlags;

use super::os_account::OsAccount;
use crate::clock::Random;

/// Longest file that is read from the data folder, in bytes: far beyond what Kairo writes there.
pub const FILE_BYTES_MAX: u64 = 1024 * 1024;

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
        "{0} holds other files and no Kairo. Set KAIRO_DATA_DIR to an empty folder or one that does \
         not exist yet"
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
        "{what} (process {pid}) already holds the data folder {path}. Stop it, or set KAIRO_DATA_DIR \
         and KAIRO_LISTEN to start a second, independent Kairo"
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
    owned_and_closed(path, &meta, mode, account)
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

/// Puts `bytes` at `path` so that a reader, or a power cut, sees the old file or the new one.
///
/// # Errors
/// Refused by the system.
pub fn replace_file(path: &Path, bytes: &[u8], mode: u32) -> Result<(), FolderError> {
    let draft = write_draft(path, bytes, mode)?;
    fs::rename(&draft, path).map_err(FolderError::io("write", path))?;
    sync_parent(path)
}

/// Puts `bytes` at `path` unless something is there already; `false` when it was. A hard link is the
/// one step that both publishes a whole file and fails when the name is taken.
///
/// # Errors
/// Refused by the system.
pub fn publish_file(path: &Path, bytes: &[u8], mode: u32) -> Result<bool, FolderError> {
    let draft = write_draft(path, bytes, mode)?;
    let linked = fs::hard_link(&draft, path);
    let _ = fs::remove_file(&draft);
    match linked {
        Ok(()) => sync_parent(path).map(|()| true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(FolderError::io("write", path)(error)),
    }
}

fn write_draft(path: &Path, bytes: &[u8], mode: u32) -> Result<PathBuf, FolderError> {
    // The name need not be secret: the folder is nobody else's, and `create_new` follows no link.
    static DRAFTS: AtomicU64 = AtomicU64::new(0);
    let number = DRAFTS.fetch_add(1, Ordering::Relaxed);
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".{}-{number}", std::process::id()));
    let draft = path.with_file_name(name);
    let written = (|| {
        let mut options = OpenOptions::new();
        let mut file = options.write(true).create_new(true).mode(mode).open(&draft)?;
        file.set_permissions(fs::Permissions::from_mode(mode))?;
        file.write_all(bytes)?;
        file.sync_all()
    })();
    if let Err(error) = written {
        let _ = fs::remove_file(&draft);
        return Err(FolderError::io("write", path)(error));
    }
    Ok(draft)
}

/// Makes a rename or a link in the folder of `path` last through a power cut.
///
/// # Errors
/// Refused by the system.
pub fn sync_parent(path: &Path) -> Result<(), FolderError> {
    let parent = path.parent().unwrap_or(Path::new("/"));
    File::open(parent).and_then(|folder| folder.sync_all()).map_err(FolderError::io("sync", parent))
}

/// Reads a file of the data folder: no link, no pipe, at most [`FILE_BYTES_MAX`]; `None` when it is
/// not there. The cluster's user could plant either in its own folder.
///
/// # Errors
/// Refused by the system, not UTF-8, or too long.
pub fn read_file(path: &Path) -> Result<Option<(String, fs::Metadata)>, FolderError> {
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed();
    let file = match OpenOptions::new().read(true).custom_flags(flags).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(FolderError::io("read", path)(error)),
    };
    let read = || -> io::Result<(String, fs::Metadata)> {
        let meta = file.metadata()?;
        if !meta.is_file() || meta.len() > FILE_BYTES_MAX {
            return Err(io::Error::other("not a plain file of a sensible length"));
        }
        // Room for the whole at once: a text that grew would leave copies of a key behind.
        let room = usize::try_from(meta.len()).unwrap_or(0).saturating_add(1);
        let mut text = String::with_capacity(room);
        (&file).take(FILE_BYTES_MAX).read_to_string(&mut text)?;
        Ok((text, meta))
    };
    read().map(Some).map_err(FolderError::io("read", path))
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}
