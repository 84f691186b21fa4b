//! Folders for tests, removed with them.

use std::fs;
use std::ops::Deref;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// An empty folder in a short place (sockets have short paths), open to the cluster's user.
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    /// A folder of this name, which is one test's own.
    pub(crate) fn new(name: &str) -> Self {
        let path = PathBuf::from(format!("/tmp/kairo-test-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir(&path).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        Self(path)
    }
}

impl Deref for Scratch {
    type Target = Path;

    fn deref(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
