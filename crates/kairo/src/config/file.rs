//! Files that are read whole and written whole.
//!
//! **Invariant:** a reader, or a power cut, sees the old text or the new one, never a part.
//! **Invariant:** neither a link nor a pipe is followed in the last step of a path.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use rustix::fs::OFlags;

use super::folder::FolderError;

/// Longest file that is read from the data folder, in bytes: far beyond what Kairo writes there.
pub const FILE_BYTES_MAX: u64 = 1024 * 1024;

/// Puts `bytes` at `path` so that a reader, or a power cut, sees the old file or the new one.
///
/// # Errors
/// Refused by the system.
pub fn replace_file(path: &Path, bytes: &[u8], mode: u32) -> Result<(), FolderError> {
    let draft = write_draft(path, bytes, mode)?;
    fs::rename(&draft, path).map_err(FolderError::io("write", path))?;
    sync_parent(path)
}

/// Puts `bytes` at `path` unless something is there already; `false` when it was. A hard link is
/// the one step that both publishes a whole file and fails when the name is taken.
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
