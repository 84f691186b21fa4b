//! What commands open before they do anything: configuration, data folder, log, keys, database.

use std::path::Path;

use kairo_vault::{KeyId, SystemEntropy};

use super::Failure;
use crate::accounts::queries::host::RING_FINGERPRINT;
use crate::accounts::tokens;
use crate::clock::{Clock, Ids, Random};
use crate::config::{Config, DataFolder, LogFormat, OsAccount, os_account};
use crate::db::Host;
use crate::db::cluster::{ClusterError, Programs};
use crate::keys::Keys;
use crate::keys::source::RingStore;
use crate::trust::controls::Watch;

/// The database of Kairo in its private cluster.
pub(super) const DATABASE: &str = "kairo";
/// Who migrates it.
pub(super) const MIGRATING_ROLE: &str = "kairo_super";

/// Configuration, data folder and clock.
pub(super) struct Opened {
    pub(super) config: Config,
    pub(super) folder: DataFolder,
    pub(super) clock: Clock,
    pub(super) random: Random,
    pub(super) ids: Ids,
    /// What the log is given.
    pub(super) watch: Watch,
}

/// Reads the configuration, begins the log and opens the data folder.
pub(super) fn open(file: Option<&Path>) -> Result<Opened, Failure> {
    let account = OsAccount::current(os_account::environment());
    let (config, warnings) = Config::load(file, os_account::environment(), &account)?;
    let watch = Watch::printing();
    start_log(&config, &watch);
    for warning in warnings {
        tracing::warn!("{warning}");
    }
    let folder = DataFolder::open(&config.data_dir, &account)?;
    let (clock, random) = (Clock::system(), Random::system());
    let ids = Ids::new(clock.clone(), random.clone());
    Ok(Opened { config, folder, clock, random, ids, watch })
}

pub(super) fn start_log(config: &Config, watch: &Watch) {
    use tracing_subscriber::filter::LevelFilter;
    use tracing_subscriber::layer::SubscriberExt as _;
    use tracing_subscriber::util::SubscriberInitExt as _;

    let level = LevelFilter::from_level(config.log_level);
    let registry = tracing_subscriber::registry().with(level);
    let layer = tracing_subscriber::fmt::layer().with_writer(watch.clone());
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

    /// The keys that the database is sealed with. Made only for one that nothing has sealed yet: a
    /// new ring beside a database of the old one would hide that the keys are gone, and be taken
    /// for them.
    pub(super) async fn keys(&self, host: &mut Host) -> Result<Keys, Failure> {
        let store = RingStore::open(&self.config.keys, self.folder.account())?;
        let keys = match store.load()? {
            Some(ring) => Keys::new(ring)?,
            None => {
                if !host.query_as("kairo_auth", RING_FINGERPRINT, &[]).await?.is_empty() {
                    return Err(no_ring(&store).into());
                }
                let id = KeyId::from_bytes(self.ids.next()?.into_bytes());
                Keys::new(store.load_or_make(id, self.clock.now(), &SystemEntropy::new())?)?
            }
        };
        match tokens::ring_is_ours(host, &keys).await? {
            true => Ok(keys),
            false => Err(OTHER_RING.into()),
        }
    }

    /// The same for a node that may not make any: by a runtime role's connection.
    pub(super) async fn keys_of(&self, app: &Host) -> Result<Keys, Failure> {
        let store = RingStore::open(&self.config.keys, self.folder.account())?;
        let ring = store.load()?.ok_or_else(|| no_ring(&store))?;
        let keys = Keys::new(ring)?;
        let rows = app.query(RING_FINGERPRINT, &[]).await?;
        let kept: Option<Vec<u8>> = rows.first().map(|row| row.get("fingerprint"));
        match kept == Some(keys.fingerprint()?.to_vec()) {
            true => Ok(keys),
            false => Err(OTHER_RING.into()),
        }
    }
}

fn no_ring(store: &RingStore) -> String {
    format!(
        "there is no key ring in {}, and this database was sealed with one. Put back the folder of \
         keys that belongs to it (KAIRO_KEYS), or name another data folder",
        store.folder().display()
    )
}

const OTHER_RING: &str = "this database was sealed with another key ring. Put back the folder of \
                          keys that belongs to it (KAIRO_KEYS), or name another data folder";
