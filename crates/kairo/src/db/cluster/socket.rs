//! The folder of the server's socket: short, because a socket's path holds 107 bytes (unix(7)), and
//! closed, because whoever can put a socket there can play the server.
//!
//! **Invariant:** the folder is a real folder, belongs to the cluster's user (in a folder where
//! anybody may make one, such as `/tmp`, somebody may have been first) and is open to nobody else.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, fchown};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;

use super::ClusterError;
use super::user::User;
use crate::config::{DataFolder, FolderError};

/// Longest path of a socket on Linux, in bytes, without the closing zero.
const SOCKET_PATH_BYTES_MAX: usize = 107;

/// The port, which names the socket's file and nothing else.
pub(super) const PORT: u16 = 5432;

/// Where the socket of this data folder lies.
pub(super) fn place(folder: &DataFolder) -> PathBuf {
    let (account, hash) = (folder.account(), folder.hash());
    if account.is_root() {
        return PathBuf::from(format!("/run/kairo-{hash}"));
    }
    // After `su` the variable still names the former user's folder. The server's setting is a list,
    // in which a comma parts and a quote opens.
    let fits = |dir: &PathBuf| {
        let plain = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
        dir.to_str().is_some_and(|text| text.chars().all(plain))
            && fs::metadata(dir).is_ok_and(|meta| meta.is_dir() && meta.uid() == account.uid)
    };
    match account.runtime_dir.clone().filter(fits) {
        Some(dir) => dir.join(format!("kairo-{hash}")),
        None => PathBuf::from(format!("/tmp/kairo-{}-{hash}", account.uid)),
    }
}

/// Makes the folder, or checks the one that is there, and clears what a dead server left in it.
pub(super) fn prepare(dir: &Path, user: &User, folder: &DataFolder) -> Result<(), ClusterError> {
    let socket = dir.join(format!(".s.PGSQL.{PORT}"));
    if socket.as_os_str().as_bytes().len() > SOCKET_PATH_BYTES_MAX {
        return Err(ClusterError::SocketPathTooLong(socket));
    }
    let fail = |action| FolderError::io(action, dir);
    match DirBuilder::new().mode(0o700).create(dir) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(fail("make the folder")(error).into()),
    }
    let held = open_folder(dir)?;
    let meta = held.metadata().map_err(fail("read"))?;
    if meta.uid() == folder.account().uid && meta.uid() != user.uid {
        fchown(&held, Some(user.uid), Some(user.gid)).map_err(fail("give away"))?;
    }
    let meta = held.metadata().map_err(fail("read"))?;
    if meta.uid() != user.uid || meta.mode() & 0o077 != 0 {
        return Err(ClusterError::SocketFolderTaken { dir: dir.to_path_buf(), owner: meta.uid() });
    }
    // Nobody but this process runs the cluster (it holds the lock), so these are leftovers; a lock
    // file whose process id lives again in a stranger would keep the server from starting.
    for name in [socket.clone(), dir.join(format!(".s.PGSQL.{PORT}.lock"))] {
        match fs::remove_file(&name) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(FolderError::io("remove", &name)(error).into()),
        }
    }
    Ok(())
}

/// Opens a folder, never through a link in its last step.
pub(super) fn open_folder(dir: &Path) -> Result<File, FolderError> {
    let flags = (OFlags::DIRECTORY | OFlags::NOFOLLOW).bits().cast_signed();
    let opened = OpenOptions::new().read(true).custom_flags(flags).open(dir);
    // With both flags Linux answers ENOTDIR for a link, too.
    opened.map_err(|error| match error.kind() {
        io::ErrorKind::NotADirectory => FolderError::NotFolder(dir.to_path_buf()),
        _ => FolderError::io("open", dir)(error),
    })
}
