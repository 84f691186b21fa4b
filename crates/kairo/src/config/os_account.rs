//! Facts about the account that Kairo runs as, taken once and passed on.
//!
//! **Invariant:** nothing else in the crate asks who runs it or where home is, so a test can be
//! anybody.

use std::path::PathBuf;

use rustix::process::{getegid, geteuid};

/// The account and the folders that its environment names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OsAccount {
    /// Effective user id; 0 is root.
    pub uid: u32,
    /// Effective group id.
    pub gid: u32,
    /// `$HOME`.
    pub home: Option<PathBuf>,
    /// `$XDG_DATA_HOME`.
    pub data_home: Option<PathBuf>,
    /// `$XDG_RUNTIME_DIR`.
    pub runtime_dir: Option<PathBuf>,
}

impl OsAccount {
    /// The account of this process, with the folders that `env` names.
    pub fn current(env: impl Iterator<Item = (String, String)>) -> Self {
        let mut account = Self {
            uid: geteuid().as_raw(),
            gid: getegid().as_raw(),
            home: None,
            data_home: None,
            runtime_dir: None,
        };
        for (name, value) in env {
            let folder = || Some(PathBuf::from(&value)).filter(|path| path.is_absolute());
            match name.as_str() {
                "HOME" => account.home = folder(),
                "XDG_DATA_HOME" => account.data_home = folder(),
                "XDG_RUNTIME_DIR" => account.runtime_dir = folder(),
                _ => {}
            }
        }
        account
    }

    /// Whether Kairo runs as root, and so must run the cluster as somebody else.
    pub fn is_root(&self) -> bool {
        self.uid == 0
    }

    /// The data folder where the operator names none: the system's place for root, the user's data
    /// folder otherwise (XDG Base Directory). `None` without a home.
    pub fn default_data_dir(&self) -> Option<PathBuf> {
        if self.is_root() {
            return Some(PathBuf::from("/var/lib/kairo"));
        }
        let data_home = self.data_home.clone();
        let data_home = data_home.or_else(|| Some(self.home.as_ref()?.join(".local/share")))?;
        Some(data_home.join("kairo"))
    }
}

/// The environment of this process; pairs that are not UTF-8 are left out, for no key of Kairo's
/// can be one of them.
pub fn environment() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}
