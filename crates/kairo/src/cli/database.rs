//! The database of a command: the private cluster, or an external server.

use secrecy::ExposeSecret as _;
use zeroize::Zeroizing;

use super::Failure;
use super::open::{DATABASE, MIGRATING_ROLE, Opened};
use crate::config::{Holder, Lock};
use crate::db::cluster::{Cluster, HostCluster, Tuning, pg_config};
use crate::db::external::{self, External, ExternalError, RUNTIME_ROLES};
use crate::db::{Endpoint, Host, migrate};
use crate::keys::Keys;
use crate::keys::passwords::Passwords;
use crate::keys::source::RingStore;
use crate::trust::proofs::refuse_unsound;

fn external_of(opened: &Opened) -> Result<Option<External>, ExternalError> {
    let url = opened.config.database_url.as_ref();
    url.map(|url| External::parse(url.expose_secret())).transpose()
}

/// What a host command works on.
pub(super) enum HostDatabase {
    /// The private cluster, run by `serve` or for as long as this command takes.
    Private(HostCluster),
    /// The server of `KAIRO_DATABASE_URL`.
    External(External),
}

impl HostDatabase {
    /// Finds it; blocks while a private cluster starts.
    pub(super) fn attach(opened: &Opened) -> Result<Self, Failure> {
        match external_of(opened)? {
            Some(external) => Ok(Self::External(external)),
            None => {
                let cluster = HostCluster::attach(&opened.folder, || opened.programs())?;
                Ok(Self::Private(cluster))
            }
        }
    }

    /// Signs in as the migrating user and brings the schema to that of this program.
    pub(super) async fn migrated(&self, opened: &Opened) -> Result<Host, Failure> {
        match self {
            Self::Private(cluster) => {
                private_migrated(|role, name| cluster.pg_config(role, name)).await
            }
            Self::External(external) => external_migrated(external, opened).await,
        }
    }
}

/// What `serve` works on, and must outlive it.
pub(super) enum ServedDatabase {
    /// The private cluster; its lock is the data folder's.
    Private(Cluster),
    /// An external server; the lock alone holds the data folder.
    External(Box<External>, Lock),
}

impl ServedDatabase {
    /// Starts the private cluster, or reads where the server is.
    pub(super) fn start(opened: &Opened) -> Result<Self, Failure> {
        match external_of(opened)? {
            Some(external) => {
                let lock = opened.folder.lock_soon(Holder::Serve)?;
                Ok(Self::External(Box::new(external), lock))
            }
            None => {
                let programs = opened.programs()?;
                Ok(Self::Private(Cluster::start(&opened.folder, &programs, Tuning::Durable)?))
            }
        }
    }

    /// The data folder's lock.
    pub(super) fn lock(&self) -> &Lock {
        match self {
            Self::Private(cluster) => cluster.lock(),
            Self::External(_, lock) => lock,
        }
    }

    /// The socket's folder, for the commands of the host.
    pub(super) fn socket_dir(&self) -> Option<std::path::PathBuf> {
        match self {
            Self::Private(cluster) => Some(cluster.socket_dir().to_owned()),
            Self::External(..) => None,
        }
    }

    /// Whether the private cluster still runs; an external server's absence is answered with 503.
    pub(super) fn is_running(&self) -> bool {
        match self {
            Self::Private(cluster) => cluster.is_running(),
            Self::External(..) => true,
        }
    }

    /// Stops what this node started.
    pub(super) fn stop(self) -> Result<(), Failure> {
        match self {
            Self::Private(cluster) => Ok(cluster.stop()?),
            Self::External(..) => Ok(()),
        }
    }

    /// The way for each runtime role, after everything that has to be checked was.
    pub(super) async fn ways(&self, opened: &Opened) -> Result<Ways, Failure> {
        match self {
            Self::Private(cluster) => {
                let mut host = private_migrated(|role, name| cluster.pg_config(role, name)).await?;
                refuse_unsound(&host).await?;
                let keys = opened.keys(&mut host).await?;
                let dir = cluster.socket_dir().to_owned();
                let of = move |role: &str| pg_config(&dir, role, DATABASE).into();
                Ok(Ways { of: Box::new(of), keys })
            }
            Self::External(external, _) => external_ways(external, opened).await,
        }
    }
}

/// The keys that a database is sealed with, and the ways to it.
pub(super) struct Ways {
    /// The way for a runtime role.
    pub(super) of: Box<dyn Fn(&str) -> Endpoint>,
    pub(super) keys: Keys,
}

async fn private_migrated(
    pg_config: impl Fn(&'static str, &'static str) -> tokio_postgres::Config,
) -> Result<Host, Failure> {
    let server = Host::connect(pg_config(MIGRATING_ROLE, "postgres")).await?;
    migrate::ensure_database(&server, DATABASE).await?;
    let mut host = Host::connect(pg_config(MIGRATING_ROLE, DATABASE)).await?;
    tell(&migrate::run(&mut host).await?);
    Ok(host)
}

fn tell(steps: &[&'static str]) {
    for step in steps {
        tracing::info!(step, "migrated");
    }
}

/// Migrates an external server. The passwords of the runtime roles are drawn and kept first, so a
/// stop in between leaves nothing that the next run could not finish.
async fn external_migrated(external: &External, opened: &Opened) -> Result<Host, Failure> {
    let mut host = external.sign_in().await?;
    let store = RingStore::open(&opened.config.keys, opened.folder.account())?;
    if Passwords::load(&store)?.is_none()
        && let Some(role) = external::role_there(&host).await?
    {
        return Err(ExternalError::RolesOfAnother(role).into());
    }
    let mut passwords = Passwords::load_or_make(&store, &RUNTIME_ROLES, &opened.random)?;
    if passwords.given() {
        try_passwords(external, &passwords).await?;
    }
    tell(&migrate::run(&mut host).await?);
    if !passwords.given() {
        external::set_passwords(&host, passwords.iter()).await?;
        passwords.were_given(&store)?;
    }
    external::must_be_fit(&host).await?;
    Ok(host)
}

/// Each runtime role signs in with its password, so keys of another Kairo are told at once.
async fn try_passwords(external: &External, passwords: &Passwords) -> Result<(), Failure> {
    for role in RUNTIME_ROLES {
        let password = passwords.of(role).ok_or(ExternalError::NotMigrated)?;
        Host::connect(external.runtime(role, password))
            .await
            .map_err(|source| ExternalError::OtherPassword { role, source })?;
    }
    Ok(())
}

/// What `serve` checks of an external server, as a runtime role.
async fn external_ways(external: &External, opened: &Opened) -> Result<Ways, Failure> {
    let store = RingStore::open(&opened.config.keys, opened.folder.account())?;
    let passwords = Passwords::load(&store)?.filter(Passwords::given);
    let passwords = passwords.ok_or(ExternalError::NotMigrated)?;
    try_passwords(external, &passwords).await?;
    let external = external.clone();
    // A role without a password was told above; without one nobody signs in.
    let none = Zeroizing::default();
    let of = move |role: &str| external.runtime(role, passwords.of(role).unwrap_or(&none));
    let worker = Host::connect(of("kairo_worker")).await?;
    external::may_serve(&worker).await?;
    refuse_unsound(&worker).await?;
    drop(worker);
    let keys = opened.keys_of(&Host::connect(of("kairo_app")).await?).await?;
    Ok(Ways { of: Box::new(of), keys })
}
