//! Scratch clusters: a PostgreSQL of the machine's own programs, migrated, on which nobody's data
//! lives, and which goes away with the value.
//!
//! **Invariant:** what breaks things to see them break does so here alone.

use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use crate::clock::Ids;
use crate::config::{DataFolder, OsAccount};
use crate::db::cluster::{Cluster, Programs, Throwaway, Tuning, pg_config};
use crate::db::{Host, Scratch, migrate};

/// Where scratch clusters are made.
#[derive(Clone)]
pub struct Workshop {
    /// The programs; `None` where the machine has none that fit.
    pub programs: Option<Programs>,
    /// Who runs Kairo.
    pub account: OsAccount,
    /// Names the folders.
    pub ids: Ids,
}

/// The database of a scratch cluster.
const DATABASE: &str = "kairo";

/// Why there is no scratch cluster.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct NoScratch(String);

fn no(error: impl std::fmt::Display) -> NoScratch {
    NoScratch(error.to_string())
}

/// A migrated cluster for a while.
pub struct ScratchCluster {
    // Before the folder: the server stops before its files go.
    cluster: Cluster,
    folder: DataFolder,
    _removed: Removed,
}

struct Removed(PathBuf);

impl Drop for Removed {
    fn drop(&mut self) {
        let _gone_or_not = std::fs::remove_dir_all(&self.0);
    }
}

impl Workshop {
    /// Makes one (3 s), and migrates it. Blocks; call it where that may be.
    ///
    /// # Errors
    /// There are no programs, or they do not start.
    pub fn make(&self) -> Result<ScratchCluster, NoScratch> {
        let programs = self.programs.as_ref();
        let programs =
            programs.ok_or_else(|| no("PostgreSQL's programs are not on this machine"))?;
        let parent = std::env::temp_dir().join(format!("kairo-scratch-{}", self.account.uid));
        let _there = std::fs::DirBuilder::new().mode(0o711).create(&parent);
        // Whoever made the folder first could exchange what lies in it.
        let made_by = std::fs::symlink_metadata(&parent).map_err(no)?;
        if !made_by.is_dir() || made_by.uid() != self.account.uid {
            return Err(no("the folder of scratch clusters was made by somebody else"));
        }
        sweep(&parent);
        let id = self.ids.next().map_err(no)?.simple().to_string();
        let path = parent.join(format!("{}-{}", std::process::id(), id.get(20..).unwrap_or(&id)));
        let removed = Removed(path.clone());
        let folder = DataFolder::open(&path, &self.account).map_err(no)?;
        // The cluster's user passes through, and finds its own folder inside.
        let _ours = std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o711));
        let cluster = Cluster::start(&folder, programs, Tuning::Test).map_err(no)?;
        Ok(ScratchCluster { cluster, folder, _removed: removed })
    }
}

/// Removes what a killed process left: the one that its name holds is gone.
fn sweep(parent: &Path) {
    for entry in std::fs::read_dir(parent).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let Some((pid, _)) = name.split_once('-') else { continue };
        if !Path::new("/proc").join(pid).exists() {
            let _gone_or_not = std::fs::remove_dir_all(entry.path());
        }
    }
}

impl ScratchCluster {
    /// Brings it to the schema of this program.
    ///
    /// # Errors
    /// A step failed.
    pub async fn migrate(&self) -> Result<(), NoScratch> {
        let server = Host::connect(self.cluster.pg_config("kairo_super", "postgres")).await;
        migrate::ensure_database(&server.map_err(no)?, DATABASE).await.map_err(no)?;
        let host = Host::connect(self.pg_config("kairo_super")).await;
        migrate::run(&mut host.map_err(no)?).await.map_err(no)?;
        Ok(())
    }

    /// How to connect as a role.
    pub fn pg_config(&self, role: &str) -> tokio_postgres::Config {
        self.cluster.pg_config(role, DATABASE)
    }

    /// The folder of its socket.
    pub fn socket_dir(&self) -> &Path {
        self.cluster.socket_dir()
    }

    /// How to connect as a role over the socket of such a cluster.
    pub fn config_at(socket_dir: &Path, role: &str) -> tokio_postgres::Config {
        pg_config(socket_dir, role, DATABASE)
    }

    /// The mark that lets proofs break it.
    pub fn throwaway(&self) -> Option<Throwaway> {
        self.cluster.throwaway()
    }

    /// The database, for proofs.
    pub fn scratch(&self) -> Option<Scratch> {
        let mark = self.cluster.throwaway()?;
        Some(Scratch::new(self.pg_config("kairo_super"), &mark))
    }

    /// Its data folder.
    pub fn folder(&self) -> &DataFolder {
        &self.folder
    }
}
