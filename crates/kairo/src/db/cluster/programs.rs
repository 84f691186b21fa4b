//! Finds the PostgreSQL programs that are installed, and refuses those with known holes.
//!
//! **Invariant:** a program that is run was found by an absolute path, never by a name in a path
//! that changes later.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::ClusterError;
use super::make::branch;
use crate::config::DataFolder;

/// The branches that Kairo is tested with, and the first minor release of each without the
/// `CVE-2025-8713` family (statistics and dump holes that pass row-level security).
const BRANCHES: [Version; 4] = [
    Version { major: 15, minor: 14 },
    Version { major: 16, minor: 10 },
    Version { major: 17, minor: 6 },
    Version { major: 18, minor: 0 },
];

/// A release of PostgreSQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// The branch.
    pub major: u32,
    /// The release in the branch.
    pub minor: u32,
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

impl Version {
    /// Reads what `postgres --version` prints; `None` for a development version.
    pub fn parse(text: &str) -> Option<Self> {
        let number = text.strip_prefix("postgres (PostgreSQL) ")?.split_whitespace().next()?;
        let (major, minor) = number.split_once('.')?;
        Some(Self { major: major.parse().ok()?, minor: minor.parse().ok()? })
    }

    /// Whether Kairo runs on it.
    pub fn is_supported(self) -> bool {
        BRANCHES.iter().any(|first| first.major == self.major && first.minor <= self.minor)
    }

    /// The supported releases, for a person.
    pub fn supported() -> String {
        let names: Vec<String> = BRANCHES.iter().map(ToString::to_string).collect();
        format!("{} or later in its branch", names.join(", "))
    }
}

/// One installed PostgreSQL, and the `setpriv` that starts it.
#[derive(Debug, Clone)]
pub struct Programs {
    bin: PathBuf,
    version: Version,
    setpriv: PathBuf,
}

impl Programs {
    /// Finds the PostgreSQL for the cluster of `folder`: of the branch that made it, or of any for
    /// a new one. Arguments and errors as for [`Programs::find`].
    ///
    /// # Errors
    /// As [`Programs::find`], or what lies in the cluster's place is none.
    pub fn for_folder(
        folder: &DataFolder,
        named: Option<&Path>,
        search_path: Option<&OsStr>,
    ) -> Result<Self, ClusterError> {
        Self::find(named, search_path, branch(folder)?)
    }

    /// Finds PostgreSQL: in `named` alone when the operator names a folder, else by `search_path`
    /// (`$PATH`), else where packages put it, the highest version first. With `major` only that
    /// branch counts, for a cluster can be run by its own branch only.
    ///
    /// # Errors
    /// None is installed, or none that is supported; `setpriv` is missing.
    pub fn find(
        named: Option<&Path>,
        search_path: Option<&OsStr>,
        major: Option<u32>,
    ) -> Result<Self, ClusterError> {
        let path = search_path.unwrap_or_default();
        let setpriv = find_in_path(path, "setpriv").ok_or(ClusterError::NoSetpriv)?;
        let folders = match named {
            Some(folder) => vec![folder.to_path_buf()],
            None => candidates(path),
        };
        let mut refused = BTreeSet::new();
        let mut seen = BTreeSet::new();
        for folder in folders {
            let Ok(bin) = folder.canonicalize() else { continue };
            if !seen.insert(bin.clone()) {
                continue;
            }
            let Some(version) = version_in(&bin) else { continue };
            if version.is_supported() && major.is_none_or(|wanted| wanted == version.major) {
                return Ok(Self { bin, version, setpriv });
            }
            refused.insert((version, bin));
        }
        let found = refused.iter().map(|(version, bin)| format!("{version} in {}", bin.display()));
        let found: Vec<String> = found.collect();
        Err(ClusterError::NoPrograms {
            found: if found.is_empty() { "none".to_owned() } else { found.join(", ") },
            wanted: major.map_or_else(Version::supported, |major| format!("branch {major}")),
            install: major.unwrap_or(17),
        })
    }

    /// The version of the server.
    pub fn version(&self) -> Version {
        self.version
    }

    /// The folder of the programs.
    pub fn bin(&self) -> &Path {
        &self.bin
    }

    /// `setpriv` of util-linux.
    pub(super) fn setpriv(&self) -> &Path {
        &self.setpriv
    }
}

fn candidates(path: &OsStr) -> Vec<PathBuf> {
    let mut folders = Vec::new();
    if let Some(program) = find_in_path(path, "pg_config") {
        let told = Command::new(program).arg("--bindir").stdin(Stdio::null()).output();
        let told = told.ok().and_then(|output| String::from_utf8(output.stdout).ok());
        folders.extend(told.map(|text| PathBuf::from(text.trim())));
    }
    // Distributions link `postgres` into the path; its companions lie where the link leads.
    let linked = find_in_path(path, "postgres").and_then(|program| program.canonicalize().ok());
    folders.extend(linked.and_then(|program| Some(program.parent()?.to_path_buf())));
    let mut packaged = packaged("/usr/lib/postgresql", "");
    packaged.extend(self::packaged("/usr", "pgsql-"));
    packaged.sort_by(|a, b| b.cmp(a));
    folders.extend(packaged.into_iter().map(|(_, folder)| folder));
    folders
}

/// Folders such as `/usr/lib/postgresql/17/bin` (Debian) and `/usr/pgsql-17/bin` (Red Hat).
fn packaged(parent: &str, prefix: &str) -> Vec<(u32, PathBuf)> {
    let Ok(entries) = std::fs::read_dir(parent) else { return Vec::new() };
    let numbered = entries.flatten().filter_map(|entry| {
        let name = entry.file_name().into_string().ok()?;
        let major = name.strip_prefix(prefix)?.parse().ok()?;
        Some((major, entry.path().join("bin")))
    });
    numbered.collect()
}

fn version_in(bin: &Path) -> Option<Version> {
    if !bin.join("initdb").is_file() {
        return None;
    }
    let output = Command::new(bin.join("postgres"))
        .arg("--version")
        .env_clear()
        .stdin(Stdio::null())
        .output()
        .ok()?;
    Version::parse(&String::from_utf8(output.stdout).ok()?)
}

fn find_in_path(path: &OsStr, name: &str) -> Option<PathBuf> {
    let found = std::env::split_paths(path).filter(|folder| folder.is_absolute());
    found.map(|folder| folder.join(name)).find(|program| program.is_file())
}
