//! What checks look at: one running Kairo, by its listener, its database and its log.
//!
//! **Invariant:** the same subject is built by `serve`, by the commands of the host and by the
//! self-test, so the code that passes live is the code that sabotage turned red.

use std::path::PathBuf;
use std::sync::Arc;

use rustls::ClientConfig;

use super::catalogue::Catalogue;
use super::origin::Origin;
use super::watch::Watch;
use super::workshop::Workshop;
use crate::accounts::Base;
use crate::db::Endpoint;

/// A way to the database for a role.
pub type WayOf = Arc<dyn Fn(&str) -> Endpoint + Send + Sync>;

/// One running Kairo.
#[derive(Clone)]
pub struct Subject {
    /// The listener, and the public origin where that leads elsewhere.
    pub origins: Vec<Origin>,
    /// Whom its TLS is checked by.
    pub tls: Arc<ClientConfig>,
    /// Doors, keys, randomness.
    pub base: Base,
    /// The way to the database for a runtime role.
    pub way: WayOf,
    /// A way for a user whom no policy binds, where there is one: the private cluster's superuser.
    /// For looks at every row; an external server's migrating user may not.
    pub every_row: Option<Endpoint>,
    /// What the log was given; `None` where another process writes it.
    pub watch: Option<Watch>,
    /// The catalogue.
    pub catalogue: Arc<Catalogue>,
    /// In what surroundings.
    pub env: Env,
    /// The program that runs.
    pub program: Program,
    /// A work tree with the history of the source, where it is at hand.
    pub repository: Option<PathBuf>,
    /// The provider of models, where that is another machine.
    pub provider: Option<Origin>,
    /// Where scratch clusters are made.
    pub workshop: Workshop,
}

/// In what surroundings evidence was found; the page shows production alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Env {
    /// A Kairo that people use.
    Production,
    /// One that was started for the checks.
    Ci,
}

impl Env {
    /// As evidence keeps it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Production => "production",
            Self::Ci => "ci",
        }
    }
}

/// The file of the running program.
#[derive(Debug, Clone)]
pub struct Program {
    /// Where it is.
    pub path: PathBuf,
    /// SHA-256 of it.
    pub sha256: [u8; 32],
}

impl Program {
    /// This program. Reads the whole file.
    ///
    /// # Errors
    /// The system does not let it read.
    pub fn this() -> std::io::Result<Self> {
        let path = PathBuf::from("/proc/self/exe");
        let bytes = std::fs::read(&path)?;
        let mut sha256 = [0; 32];
        sha256.copy_from_slice(ring::digest::digest(&ring::digest::SHA256, &bytes).as_ref());
        Ok(Self { path, sha256 })
    }
}
