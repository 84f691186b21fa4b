//! The cluster for a host command (`token`, `controls`, `audit`, `keys`), while `serve` runs or
//! not.

use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::{Cluster, ClusterError, Programs, Tuning, pg_config};
use crate::config::{AlreadyServed, DataFolder, Holder, Node};

/// Wait for a node that is starting to say where its database is: making a cluster and replaying
/// its log both come first.
const PUBLISH_MAX: Duration = Duration::from_secs(60);
const LOOK: Duration = Duration::from_millis(50);

/// The cluster that a host command uses.
#[derive(Debug)]
pub enum HostCluster {
    /// `serve` runs it, with its socket in this folder.
    Attached(PathBuf),
    /// This command runs it, for as long as it takes.
    Started(Cluster),
}

impl HostCluster {
    /// The socket of the node that runs, else a cluster of this command's own. `programs` is asked
    /// only then.
    ///
    /// # Errors
    /// As [`Cluster::start`], or the node does not publish itself within a minute.
    pub fn attach(
        folder: &DataFolder,
        programs: impl FnOnce() -> Result<Programs, ClusterError>,
    ) -> Result<Self, ClusterError> {
        let until = Instant::now() + PUBLISH_MAX;
        loop {
            let held = match folder.lock(Holder::Command) {
                Ok(lock) => {
                    let cluster = Cluster::start_held(lock, &programs()?, Tuning::Durable)?;
                    return Ok(Self::Started(cluster));
                }
                Err(held @ AlreadyServed::Held { .. }) => held,
                Err(error) => return Err(error.into()),
            };
            if let Some(node) = Node::running(folder)? {
                let none = || ClusterError::NotPublished("it uses an external server".to_owned());
                return node.socket_dir.map(Self::Attached).ok_or_else(none);
            }
            if Instant::now() > until {
                return Err(ClusterError::NotPublished(held.to_string()));
            }
            sleep(LOOK);
        }
    }

    /// The folder of the socket.
    pub fn socket_dir(&self) -> &Path {
        match self {
            Self::Attached(dir) => dir,
            Self::Started(cluster) => cluster.socket_dir(),
        }
    }

    /// How to connect; see [`Cluster::pg_config`].
    pub fn pg_config(&self, role: &str, database: &str) -> tokio_postgres::Config {
        pg_config(self.socket_dir(), role, database)
    }
}
