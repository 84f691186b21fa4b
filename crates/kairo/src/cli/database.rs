//! The database of a command: the private cluster, or an external server.

use std::sync::Arc;

use secrecy::ExposeSecret as _;
use zeroize::Zeroizing;

use super::Failure;
use super::open::{DATABASE, MIGRATING_ROLE, Opened};
use crate::config::{Holder, Lock, Node};
use crate::db::cluster::{Cluster, HostCluster, Tuning, pg_config};
use crate::db::external::{self, External, ExternalError, RUNTIME_ROLES};
use crate::db::{Endpoint, Host, migrate};
use crate::keys::Keys;
use crate::keys::passwords::Passwords;
use crate::keys::source::RingStore;
use crate::trust::controls::subject::WayOf;
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
                must_be_private(opened)?;
                let cluster = HostCluster::attach(&opened.folder, || opened.programs())?;
                Ok(Self::Private(cluster))
            }
        }
    }

    /// The way for each runtime role.
    pub(super) fn way(&self, opened: &Opened) -> Result<WayOf, Failure> {
        match self {
            Self::Private(cluster) => {
                let dir = cluster.socket_dir().to_owned();
                Ok(Arc::new(move |role| pg_config(&dir, role, DATABASE).into()))
            }
            Self::External(external) => {
                let store = RingStore::open(&opened.config.keys, opened.folder.account())?;
                let passwords = Passwords::load(&store)?.ok_or(ExternalError::NotMigrated)?;
                let external = external.clone();
                let none = Zeroizing::default();
                Ok(Arc::new(move |role| {
                    external.runtime(role, passwords.of(role).unwrap_or(&none))
                }))
            }
        }
    }

    /// The way to every row, which only a private cluster's superuser has.
    pub(super) fn every_row(&self) -> Option<Endpoint> {
        match self {
            Self::Private(cluster) => Some(cluster.pg_config(MIGRATING_ROLE, DATABASE).into()),
            Self::External(_) => None,
        }
    }

    /// Signs in as the migrating user, brings the schema to that of this program, and opens the
    /// keys; the first time they are made.
    pub(super) async fn open(&self, opened: &Opened) -> Result<(Host, Keys), Failure> {
        match self {
            Self::Private(cluster) => {
                let pg_config = |role, name| cluster.pg_config(role, name);
                let mut host = private_migrated(pg_config).await?;
                let keys = opened.keys(&mut host).await?;
                Ok((host, keys))
            }
            Self::External(external) => external_migrated(external, opened).await,
        }
    }
}

/// A node that served from an external server has no database of its own. A command without the
/// URL would make one, and answer from there.
fn must_be_private(opened: &Opened) -> Result<(), Failure> {
    let was_external = Node::last(&opened.folder)?.is_some_and(|node| node.socket_dir.is_none());
    match was_external {
        true => Err("this node serves from an external PostgreSQL. Set KAIRO_DATABASE_URL to it, \
                     with the user that migrates"
            .into()),
        false => Ok(()),
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
                let every_row = Some(cluster.pg_config(MIGRATING_ROLE, DATABASE).into());
                Ok(Ways { of: Arc::new(of), every_row, keys })
            }
            Self::External(external, _) => external_ways(external, opened).await,
        }
    }
}

/// The keys that a database is sealed with, and the ways to it.
pub(super) struct Ways {
    /// The way for a runtime role.
    pub(super) of: WayOf,
    /// The way to every row, where there is one.
    pub(super) every_row: Option<Endpoint>,
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
/// stop in between leaves nothing that the next run could not finish; the server gets them once the
/// ring is known to be its own, so of two Kairos that begin at once one is refused and changes
/// nothing.
async fn external_migrated(external: &External, opened: &Opened) -> Result<(Host, Keys), Failure> {
    let mut host = external.sign_in().await?;
    let store = RingStore::open(&opened.config.keys, opened.folder.account())?;
    if Passwords::load(&store)?.is_none()
        && let Some(role) = external::role_there(&host).await?
    {
        return Err(ExternalError::RolesOfAnother(role).into());
    }
    let mut passwords = Passwords::load_or_make(&store, &RUNTIME_ROLES, &opened.random)?;
    if passwords.given() {
        for role in RUNTIME_ROLES {
            sign_in(external, role, &passwords).await?;
        }
    }
    tell(&migrate::run(&mut host).await?);
    let keys = opened.keys(&mut host).await?;
    if !passwords.given() {
        external::set_passwords(&host, passwords.iter()).await?;
        passwords.were_given(&store)?;
    }
    refuse_unsound(&host).await?;
    Ok((host, keys))
}

/// Signs in as a runtime role, so keys of another Kairo are told at once.
async fn sign_in(
    external: &External,
    role: &'static str,
    passwords: &Passwords,
) -> Result<Host, Failure> {
    let password = passwords.of(role).ok_or(ExternalError::NotMigrated)?;
    let host = Host::connect(external.runtime(role, password)).await;
    Ok(host.map_err(|source| ExternalError::OtherPassword { role, source })?)
}

/// What `serve` checks of an external server, as the runtime roles.
async fn external_ways(external: &External, opened: &Opened) -> Result<Ways, Failure> {
    let store = RingStore::open(&opened.config.keys, opened.folder.account())?;
    let passwords = Passwords::load(&store)?.filter(Passwords::given);
    let passwords = passwords.ok_or(ExternalError::NotMigrated)?;
    let of_app = passwords.of("kairo_app").ok_or(ExternalError::NotMigrated)?;
    let external = &external.clone().looked_at("kairo_app", of_app).await?;
    if external.is_pooled() {
        tracing::info!("a pooler stands before the database; each transaction brings its bounds");
    }
    let app = sign_in(external, "kairo_app", &passwords).await?;
    let worker = sign_in(external, "kairo_worker", &passwords).await?;
    for role in ["kairo_login", "kairo_support"] {
        sign_in(external, role, &passwords).await?;
    }
    external::must_be_migrated(&worker).await?;
    refuse_unsound(&worker).await?;
    let keys = opened.keys_of(&app).await?;
    let external = external.clone();
    // A role without a password was told above; without one nobody signs in.
    let none = Zeroizing::default();
    let of = move |role: &str| external.runtime(role, passwords.of(role).unwrap_or(&none));
    Ok(Ways { of: Arc::new(of), every_row: None, keys })
}
