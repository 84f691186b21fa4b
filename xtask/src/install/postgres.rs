//! The PostgreSQL that Kairo runs its private cluster with.

use std::env;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use super::apt::Apt;
use crate::sh::{self, Failure, Result};

/// An installed PostgreSQL that is new enough.
pub struct Postgres {
    /// The folder of `postgres` and `initdb`.
    pub folder: PathBuf,
    /// What `postgres --version` says.
    pub version: Version,
}

/// Major and minor version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(u32, u32);

/// The first minor release of each major one that Kairo runs on: older ones lack fixes of holes in
/// row-level security.
const OLDEST: [Version; 4] = [Version(15, 14), Version(16, 10), Version(17, 6), Version(18, 0)];

/// Keeps Debian's package from making and starting a cluster of its own, which would take port
/// 5432. The shell's trap takes the setting back whatever happens.
const NO_CLUSTER: &str = "d=/etc/postgresql-common/createcluster.d; f=$d/kairo-xtask.conf; \
    trap 'rm -f $f; rmdir --ignore-fail-on-non-empty $d' EXIT; \
    mkdir -p $d; echo 'create_main_cluster = false' > $f;";

/// The newest PostgreSQL on this machine that is new enough; Debian's when there is none.
pub fn postgres(apt: &mut Apt) -> Result<Postgres> {
    // A folder that the person names is taken or refused; another one would not be what was asked.
    let named = env::var_os("KAIRO_POSTGRES_BIN").map(PathBuf::from);
    let look = || newest(&named.clone().map_or_else(folders, |named| vec![named]));
    if let Some(found) = look() {
        return Ok(found);
    }
    if named.is_none() {
        apt.install(&["postgresql"], NO_CLUSTER)?;
    }
    look().ok_or_else(|| {
        Failure::new(
            "Kairo needs PostgreSQL 15.14, 16.10, 17.6, 18.0 or later in the same branch. Install \
             one, name its folder of programs in KAIRO_POSTGRES_BIN, or a server in \
             KAIRO_DATABASE_URL.",
        )
    })
}

fn folders() -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> =
        env::var_os("PATH").map(|path| env::split_paths(&path).collect()).unwrap_or_default();
    // Debian's packages lie in /usr/lib/postgresql/17/bin, Red Hat's in /usr/pgsql-17/bin.
    for (parent, start) in [("/usr/lib/postgresql", ""), ("/usr", "pgsql-")] {
        let entries = fs::read_dir(parent).into_iter().flatten().flatten();
        let releases =
            entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(start));
        folders.extend(releases.map(|release| release.path().join("bin")));
    }
    folders
}

fn newest(folders: &[PathBuf]) -> Option<Postgres> {
    let found = folders.iter().filter_map(|folder| {
        let version = version_in(folder)?;
        version.is_supported().then(|| Postgres { folder: folder.clone(), version })
    });
    found.max_by_key(|postgres| postgres.version)
}

fn version_in(folder: &Path) -> Option<Version> {
    let program = folder.join("postgres");
    if !program.is_file() || !folder.join("initdb").is_file() {
        return None;
    }
    Version::read(&sh::output(sh::command(program).arg("--version")).ok()?)
}

impl Version {
    /// Reads a line such as `postgres (PostgreSQL) 15.18 (Debian)`. A preview, `19beta1`, is none.
    fn read(line: &str) -> Option<Self> {
        let number = line.split_whitespace().nth(2)?;
        let (major, minor) = number.split_once('.')?;
        Some(Self(major.parse().ok()?, minor.parse().ok()?))
    }

    fn is_supported(self) -> bool {
        let same_branch = OLDEST.iter().find(|oldest| oldest.0 == self.0);
        same_branch.is_some_and(|oldest| self >= *oldest)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}.{}", self.0, self.1)
    }
}

#[cfg(test)]
mod tests;
