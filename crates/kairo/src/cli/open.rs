//! What commands open before they do anything: configuration, data folder, log, keys, database.

use std::path::Path;

use kairo_vault::{KeyId, SystemEntropy};

use super::Failure;
use crate::accounts::queries::host::RING_FINGERPRINT;
use crate::accounts::tokens;
use crate::clock::{Clock, Ids, Random};
use crate::config::{Config, DataFolder, LogFormat, OsAccount, os_account};
use crate::db::cluster::{ClusterError, Programs};
use crate::db::{Host, migrate};
use crate::keys::Keys;
use crate::keys::source::RingStore;

/// The database of Kairo in its private cluster.
pub(super) const DATABASE: &str = "kairo";
const MIGRATING_ROLE: &str = "kairo_super";

/// Configuration, data folder and clock.
pub(super) struct Opened {
    pub(super) config: Config,
    pub(super) folder: DataFolder,
    pub(super) clock: Clock,
    pub(super) random: Random,
    pub(super) ids: Ids,
}

/// Reads the configuration, begins the log and opens the data folder.
pub(super) fn open(file: Option<&Path>) -> Result<Opened, Failure> {
    let account = OsAccount::current(os_account::environment());
    let (config, warnings) = Config::load(file, os_account::environment(), &account)?;
    start_log(&config);
    for warning in warnings {
        tracing::warn!("{warning}");
    }
    let folder = DataFolder::open(&config.data_dir, &account)?;
    let (clock, random) = (Clock::system(), Random::system());
    let ids = Ids::new(clock.clone(), random.clone());
    Ok(Opened { config, folder, clock, random, ids })
}

fn start_log(config: &Config) {
    use tracing_subscriber::filter::LevelFilter;
    use tracing_subscriber::layer::SubscriberExt as _;
    use tracing_subscriber::util::SubscriberInitExt as _;

    let level = LevelFilter::from_level(config.log_level);
    let registry = tracing_subscriber::registry().with(level);
    let layer = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    match config.log_format {
        LogFormat::Text => registry.with(layer.with_target(false).with_ansi(false)).init(),
        LogFormat::Json => registry.with(layer.json()).init(),
    }
}

impl Opened {
    /// The programs of PostgreSQL that fit this data folder.
    pub(super) fn programs(&self) -> Result<Programs, ClusterError> {
        let path = std::env::var_os("PATH");
        Programs::for_folder(&self.folder, self.config.postgres_bin.as_deref(), path.as_deref())
    }

    /// The keys of this node. Made only for a database that nothing has sealed yet: a new ring
    /// beside a database of the old one would hide that the keys are gone, and be taken for them.
    async fn keys(&self, host: &mut Host) -> Result<Keys, Failure> {
        let store = RingStore::open(&self.config.keys, self.folder.account())?;
        if let Some(ring) = store.load()? {
            return Ok(Keys::new(ring)?);
        }
        if !host.query_as("kairo_auth", RING_FINGERPRINT, &[]).await?.is_empty() {
            return Err(format!(
                "there is no key ring in {}, and this database was sealed with one. Put back the \
                 folder of keys that belongs to it (KAIRO_KEYS), or name another data folder",
                store.folder().display()
            )
            .into());
        }
        let id = KeyId::from_bytes(self.ids.next()?.into_bytes());
        let ring = store.load_or_make(id, self.clock.now(), &SystemEntropy::new())?;
        Ok(Keys::new(ring)?)
    }
}

/// Makes the database if it is not there, brings it to this schema, and opens the keys that it was
/// sealed with; at the first start they are made.
pub(super) async fn prepare(
    pg_config: impl Fn(&'static str, &'static str) -> tokio_postgres::Config,
    opened: &Opened,
) -> Result<(Host, Keys), Failure> {
    let server = Host::connect(&pg_config(MIGRATING_ROLE, "postgres")).await?;
    migrate::ensure_database(&server, DATABASE).await?;
    let mut host = Host::connect(&pg_config(MIGRATING_ROLE, DATABASE)).await?;
    for step in migrate::run(&mut host).await? {
        tracing::info!(step, "migrated");
    }
    let keys = opened.keys(&mut host).await?;
    if !tokens::ring_is_ours(&mut host, &keys).await? {
        return Err(
            "this database was sealed with another key ring. Put back the folder of keys that \
                    belongs to it (KAIRO_KEYS), or name another data folder"
                .into(),
        );
    }
    Ok((host, keys))
}
