//! Who runs the cluster: PostgreSQL refuses to run as root, so root's Kairo runs it as another
//! user.
//!
//! **Invariant:** the user has a name in the password database; `initdb` and the peer sign-in both
//! look it up, and fail obscurely without one.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::ClusterError;
use crate::config::{DataFolder, FolderError, OsAccount};

/// A user of the operating system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Its name.
    pub name: String,
    /// Its id.
    pub uid: u32,
    /// Its first group.
    pub gid: u32,
}

impl User {
    /// The user of this id or name.
    pub fn find(key: &str) -> Option<Self> {
        let file = fs::read_to_string("/etc/passwd").unwrap_or_default();
        find_in(&file, key).or_else(|| {
            // Accounts of a directory service are not in the file.
            let getent =
                ["/usr/bin/getent", "/bin/getent"].iter().find(|p| Path::new(p).exists())?;
            let output = Command::new(getent)
                .args(["passwd", "--", key])
                .env_clear()
                .stdin(Stdio::null())
                .output()
                .ok()?;
            find_in(&String::from_utf8(output.stdout).ok()?, key)
        })
    }

    /// The user that Kairo itself runs as.
    ///
    /// # Errors
    /// The id has no name.
    pub fn of_kairo(account: &OsAccount) -> Result<Self, ClusterError> {
        let found = Self::find(&account.uid.to_string());
        found.ok_or(ClusterError::UnnamedUser { uid: account.uid })
    }

    /// The user that runs the cluster of `folder`. Started as root: whoever owns the cluster, else
    /// the owner of the data folder, else the first of `kairo`, `postgres` and `nobody` that
    /// exists.
    ///
    /// # Errors
    /// No such user, or the cluster belongs to another user than the one that runs Kairo.
    pub fn of_cluster(folder: &DataFolder) -> Result<Self, ClusterError> {
        let account = folder.account();
        let pg = folder.pg();
        let owner = match fs::symlink_metadata(&pg) {
            Ok(meta) if meta.is_dir() => Some(meta.uid()),
            Ok(_) => return Err(FolderError::NotFolder(pg).into()),
            Err(_) => None,
        };
        if !account.is_root() {
            return match owner {
                Some(owner) if owner != account.uid => {
                    Err(FolderError::NotOurs { path: pg, owner, uid: account.uid }.into())
                }
                _ => Self::of_kairo(account),
            };
        }
        if owner == Some(0) {
            return Err(ClusterError::RootsCluster(pg));
        }
        let root_owner = fs::metadata(folder.root()).map(|meta| meta.uid()).unwrap_or(0);
        if let Some(uid) = owner.or((root_owner != 0).then_some(root_owner)) {
            return Self::find(&uid.to_string()).ok_or(ClusterError::UnnamedUser { uid });
        }
        let named = ["kairo", "postgres", "nobody"].iter().find_map(|name| Self::find(name));
        named.filter(|user| user.uid != 0).ok_or(ClusterError::NoUser)
    }

    /// The first folder above `path` (or itself) that this user may not pass through, by its mode
    /// bits. PostgreSQL would only say "Permission denied", and of a folder that looks open.
    pub fn blocked_at(&self, path: &Path) -> Option<PathBuf> {
        let mut ancestors: Vec<&Path> = path.ancestors().collect();
        ancestors.reverse();
        let blocked = ancestors.into_iter().find(|folder| {
            let Ok(meta) = fs::metadata(folder) else { return true };
            let bit = if meta.uid() == self.uid {
                0o100
            } else if meta.gid() == self.gid {
                0o010
            } else {
                0o001
            };
            meta.mode() & bit == 0
        });
        blocked.map(Path::to_path_buf)
    }
}

fn find_in(passwd: &str, key: &str) -> Option<User> {
    passwd.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        let uid = fields.nth(1)?;
        let gid = fields.next()?;
        if name != key && uid != key {
            return None;
        }
        Some(User { name: name.to_owned(), uid: uid.parse().ok()?, gid: gid.parse().ok()? })
    })
}
