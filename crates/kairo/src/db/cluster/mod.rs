//! The private cluster: the installed PostgreSQL, run by Kairo under its data folder, reached over
//! a Unix socket by nobody else.
//!
//! **Invariant:** whoever runs the server holds the data folder's lock until it has stopped.
//! **Invariant:** the server dies with Kairo, even after `kill -9`; the next start waits for it.
//! Everything here blocks. Call it outside of the asynchronous runtime, or on a thread made for
//! blocking. The thread need not be the main one: the server has a thread of its own as parent.

mod host;
mod log;
mod make;
mod process;
mod programs;
mod socket;
mod stale;
mod user;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::process::Signal;

pub use host::HostCluster;
pub use log::LogLine;
pub use programs::{Programs, Version};
pub use user::User;

use crate::config::{AlreadyServed, DataFolder, FolderError, Holder, Lock};
use process::Server;

/// Roles that the user who runs Kairo may sign in as.
pub const ROLES: [&str; 5] =
    ["kairo_super", "kairo_app", "kairo_login", "kairo_worker", "kairo_support"];

/// Time between two looks at a file or a process.
const POLL: Duration = Duration::from_millis(5);
/// Wait for a server to be ready. Recovery after a crash replays the log since the last checkpoint,
/// and giving up early would begin it again.
const START_MAX: Duration = Duration::from_secs(600);
/// Time for which a start is tried again while remains of a killed server hold its memory.
const RETRY_MAX: Duration = Duration::from_secs(10);
/// Wait for a stop in order.
const STOP_MAX: Duration = Duration::from_secs(60);
/// Wait after the server was told to drop everything.
const QUIT_MAX: Duration = Duration::from_secs(10);

/// The private cluster cannot be run.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// The data folder is in use.
    #[error(transparent)]
    AlreadyServed(#[from] AlreadyServed),
    /// A file or folder is refused.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// No PostgreSQL, an old one, or another branch than the cluster's.
    #[error(
        "PostgreSQL is needed ({wanted}); found: {found}. Install it (on Debian and Ubuntu: apt \
         install postgresql-{install}) or set KAIRO_POSTGRES_BIN to the folder of its programs"
    )]
    NoPrograms {
        /// What is installed.
        found: String,
        /// What would do.
        wanted: String,
        /// The branch to install.
        install: u32,
    },
    /// Small images leave util-linux out.
    #[error("the program setpriv is needed to start PostgreSQL safely; install util-linux")]
    NoSetpriv,
    /// A container runs Kairo under a number.
    #[error(
        "user id {uid} has no name on this system, and PostgreSQL needs one. Add the user (useradd \
         --uid {uid} kairo) or run Kairo as one that exists"
    )]
    UnnamedUser {
        /// The id.
        uid: u32,
    },
    /// Started as root on a system without other users.
    #[error(
        "PostgreSQL refuses to run as root, and there is no user kairo, postgres or nobody. Add \
         one: useradd --system kairo"
    )]
    NoUser,
    /// Somebody changed the owner of everything.
    #[error("{0} belongs to root, and PostgreSQL refuses to run as root. Give it back: chown -R")]
    RootsCluster(PathBuf),
    /// The data folder lies under somebody's home.
    #[error(
        "the user {user}, who runs PostgreSQL, cannot reach {path}: {ancestor} does not let others \
         pass. Run: chmod o+x {ancestor}; or set KAIRO_DATA_DIR to a folder elsewhere"
    )]
    NotReachable {
        /// The folder that is needed.
        path: PathBuf,
        /// The folder that is in the way.
        ancestor: PathBuf,
        /// The cluster's user.
        user: String,
    },
    /// Somebody put something else there.
    #[error("{0} holds no PostgreSQL cluster. Move it away, and Kairo makes a new one")]
    NoCluster(PathBuf),
    /// Another user made the folder first; it might play the server.
    #[error(
        "the socket folder {dir} was made by user id {owner} or is open to others, so it cannot be \
         trusted. Remove it, or set XDG_RUNTIME_DIR to a folder of your own"
    )]
    SocketFolderTaken {
        /// The folder.
        dir: PathBuf,
        /// Its owner.
        owner: u32,
    },
    /// `XDG_RUNTIME_DIR` is unusually long.
    #[error(
        "the socket path {0} is longer than the 107 bytes that Linux allows; unset XDG_RUNTIME_DIR"
    )]
    SocketPathTooLong(PathBuf),
    /// `initdb` said no: a full disk, a missing locale.
    #[error("PostgreSQL could not make its cluster:\n{output}")]
    InitFailed {
        /// What it said.
        output: String,
    },
    /// The server ended before it was ready.
    #[error("PostgreSQL did not start:\n{output}")]
    StartFailed {
        /// The end of its log.
        output: String,
    },
    /// The server of a killed Kairo does not stop, not even by force.
    #[error("the former PostgreSQL (process {pid}) does not stop. End it with: kill -9 {pid}")]
    StillRunning {
        /// Its process id.
        pid: i32,
    },
    /// A host command waited for a node that never said where its database is.
    #[error("kairo serve holds the data folder, and does not say where its database is: {0}")]
    NotPublished(String),
}

/// How much the server may lose when the machine loses power.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tuning {
    /// Nothing that was committed.
    Durable,
    /// Everything; for tests and scratch clusters, which are thrown away.
    Test,
}

/// A running private cluster.
#[derive(Debug)]
pub struct Cluster {
    server: Server,
    socket_dir: PathBuf,
    tuning: Tuning,
    // Dropped last: the folder is free once the server has stopped.
    lock: Lock,
}

/// Mark of a cluster that loses everything when the machine does: nobody's data lives on it.
#[derive(Debug)]
pub struct Throwaway(());

impl Cluster {
    /// Starts the cluster of `folder`, and makes it when there is none yet (1 to 4 s).
    ///
    /// # Errors
    /// The folder is in use, the programs do not fit, or the server does not start.
    pub fn start(
        folder: &DataFolder,
        programs: &Programs,
        tuning: Tuning,
    ) -> Result<Self, ClusterError> {
        Self::start_held(folder.lock_soon(Holder::Serve)?, programs, tuning)
    }

    /// Starts the cluster of a folder whose lock is already held.
    ///
    /// # Errors
    /// As [`Cluster::start`].
    pub fn start_held(
        lock: Lock,
        programs: &Programs,
        tuning: Tuning,
    ) -> Result<Self, ClusterError> {
        let folder = lock.folder();
        let (kairo, user) = (User::of_kairo(folder.account())?, User::of_cluster(folder)?);
        match make::branch(folder)? {
            None => make::make(folder, programs, &user, tuning)?,
            Some(major) if major == programs.version().major => {}
            Some(major) => {
                return Err(ClusterError::NoPrograms {
                    found: programs.version().to_string(),
                    wanted: format!("branch {major}, which made this cluster"),
                    install: major,
                });
            }
        }
        if user.name == "nobody" {
            tracing::warn!(
                "PostgreSQL runs as nobody, as other programs may; useradd --system kairo"
            );
        }
        let pg = folder.pg();
        if let Some(ancestor) = user.blocked_at(&pg) {
            return Err(ClusterError::NotReachable { path: pg, ancestor, user: user.name });
        }
        let access = make::write_access(folder, &kairo)?;
        let socket_dir = socket::place(folder);
        let retry_until = Instant::now() + RETRY_MAX;
        loop {
            stale::clear(&pg, &user)?;
            socket::prepare(&socket_dir, &user, folder)?;
            let mut command = process::command(programs, &user, folder.account().is_root(), "INT");
            command.arg(programs.bin().join("postgres")).arg("-D").arg(&pg);
            settings(&mut command, &access, &socket_dir, tuning);
            let server = Server::spawn(command, &pg).map_err(|error| {
                let output = format!("{}: {error}", programs.bin().display());
                ClusterError::StartFailed { output }
            })?;
            match await_ready(&server, &pg) {
                Ok(()) => return Ok(Self { server, socket_dir, tuning, lock }),
                Err(held) if held.is_lock && Instant::now() < retry_until => sleep(POLL * 20),
                Err(failed) => {
                    return Err(ClusterError::StartFailed { output: failed.output });
                }
            }
        }
    }

    /// The folder of the socket.
    pub fn socket_dir(&self) -> &Path {
        &self.socket_dir
    }

    /// The data folder's lock.
    pub fn lock(&self) -> &Lock {
        &self.lock
    }

    /// The mark of a cluster without durability; `None` where people's data may live.
    pub fn throwaway(&self) -> Option<Throwaway> {
        (self.tuning == Tuning::Test).then_some(Throwaway(()))
    }

    /// Whether the server still runs; it may have been killed from outside.
    pub fn is_running(&self) -> bool {
        self.server.is_running()
    }

    /// How to connect as `role` (one of [`ROLES`]) to `database`. A new cluster has `postgres`
    /// alone.
    pub fn pg_config(&self, role: &str, database: &str) -> tokio_postgres::Config {
        pg_config(&self.socket_dir, role, database)
    }

    /// Stops the server in order, by force after a minute, and gives the data folder free.
    ///
    /// # Errors
    /// Not even force stopped it.
    pub fn stop(self) -> Result<(), ClusterError> {
        self.halt()
    }

    fn halt(&self) -> Result<(), ClusterError> {
        self.server.signal(Signal::INT);
        if !self.server.wait(STOP_MAX) {
            tracing::warn!("PostgreSQL did not stop in order; telling it to drop everything");
            self.server.signal(Signal::QUIT);
            if !self.server.wait(QUIT_MAX) {
                let pid = self.server.pid().as_raw_pid();
                return Err(ClusterError::StillRunning { pid });
            }
        }
        let _ = std::fs::remove_dir(&self.socket_dir);
        Ok(())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if self.is_running() {
            let _ = self.halt();
        }
    }
}

/// How to connect over the socket in `socket_dir`.
pub fn pg_config(socket_dir: &Path, role: &str, database: &str) -> tokio_postgres::Config {
    let mut config = tokio_postgres::Config::new();
    config.host_path(socket_dir).port(socket::PORT).user(role).dbname(database);
    config.application_name("kairo");
    config
}

struct Failed {
    is_lock: bool,
    output: String,
}

fn await_ready(server: &Server, pg: &Path) -> Result<(), Failed> {
    let until = Instant::now() + START_MAX;
    loop {
        if make::is_ready(pg, server.pid().as_raw_pid()) {
            return Ok(());
        }
        if server.wait(POLL) {
            let tail = server.tail();
            let is_lock = tail.iter().any(|line| line.sqlstate == log::LOCK_FILE_EXISTS);
            let lines: Vec<&str> = tail.iter().map(|line| line.text.as_str()).collect();
            return Err(Failed { is_lock, output: lines.join("\n") });
        }
        if Instant::now() > until {
            server.signal(Signal::QUIT);
            server.wait(QUIT_MAX);
            let output = format!("not ready after {} s", START_MAX.as_secs());
            return Err(Failed { is_lock: false, output });
        }
    }
}

/// The settings that make the server private and its log silent about what people wrote. They are
/// given on the command line, where neither `ALTER SYSTEM` nor a file in `pg/` can change them.
fn settings(command: &mut Command, access: &make::Access, socket_dir: &Path, tuning: Tuning) {
    let files = [
        ("hba_file", access.hba.as_path()),
        ("ident_file", access.ident.as_path()),
        ("unix_socket_directories", socket_dir),
    ];
    for (name, path) in files {
        let mut setting = std::ffi::OsString::from(format!("{name}="));
        setting.push(path);
        command.arg("-c").arg(setting);
    }
    for setting in SETTINGS {
        command.args(["-c", setting]);
    }
    command.arg("-c").arg(format!("port={}", socket::PORT));
    command.arg("-c").arg(format!("log_line_prefix={}", log::LINE_PREFIX));
    let tuned: &[&str] = match tuning {
        Tuning::Durable => &DURABLE_SETTINGS,
        Tuning::Test => &TEST_SETTINGS,
    };
    for setting in tuned {
        command.args(["-c", setting]);
    }
}

const SETTINGS: [&str; 24] = [
    "listen_addresses=",
    "unix_socket_permissions=0700",
    "ssl=off",
    "password_encryption=scram-sha-256",
    "shared_buffers=128MB",
    "jit=off",
    "timezone=UTC",
    "cluster_name=kairo",
    "update_process_title=off",
    "logging_collector=off",
    "log_destination=stderr",
    "log_timezone=UTC",
    "log_min_messages=warning",
    "log_min_error_statement=panic",
    "log_error_verbosity=terse",
    "log_statement=none",
    "log_duration=off",
    "log_min_duration_statement=-1",
    "log_min_duration_sample=-1",
    "log_transaction_sample_rate=0",
    "log_parameter_max_length=0",
    "log_parameter_max_length_on_error=0",
    "log_checkpoints=off",
    "log_autovacuum_min_duration=-1",
];

const DURABLE_SETTINGS: [&str; 4] =
    ["max_connections=60", "fsync=on", "full_page_writes=on", "synchronous_commit=on"];

const TEST_SETTINGS: [&str; 6] = [
    "max_connections=200",
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    "max_wal_size=2GB",
    "checkpoint_timeout=1h",
];
