//! A private cluster for one test, copied from a template that is made once.
//!
//! The template is a data folder with a migrated database and a key ring. Its name holds a hash of
//! the migrations and the version of PostgreSQL, so another state of the sources has another
//! template.
//!
//! **Invariant:** every test process may ask at once; a file lock lets one of them make the
//! template.
//! **Invariant:** folders of tests that were killed go away with the next test that starts.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use kairo::accounts::tokens;
use kairo::clock::{Clock, Ids, Random};
use kairo::config::os_account::environment;
use kairo::config::{DataFolder, KeySource, OsAccount};
use kairo::db::Host;
use kairo::db::cluster::{Cluster, Programs, Throwaway, Tuning};
use kairo::db::migrate::{self, MIGRATIONS};
use kairo::keys::Keys;
use kairo::keys::source::RingStore;
use kairo_vault::{KeyId, SystemEntropy};
use ring::digest;
use rustix::process::{Pid, Signal};
use tokio_postgres::Config;

/// The database of a test.
pub const DATABASE: &str = "kairo";
/// Templates that are kept, the newest first; each has about 50 MB.
const TEMPLATES_MAX: usize = 4;
/// Room that the memory file system must have; a test takes 50 MB of it for as long as it runs.
const MEMORY_BYTES_MIN: u64 = 2 << 30;
/// Moves when this file makes templates otherwise.
const TEMPLATE_FORMAT: &str = "1";

/// A cluster with the database of a Kairo; stopped and removed with the value.
pub struct Private {
    // Before the folder: the server stops before its files go.
    cluster: Option<Cluster>,
    folder: DataFolder,
    _removed: Removed,
}

/// A folder that goes away with the value.
struct Removed(PathBuf);

impl Drop for Removed {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl Private {
    /// Copies the template and starts its server (0.2 s; 3 s where there is no template yet).
    pub fn start() -> Self {
        Self::start_as(Tuning::Test)
    }

    /// Likewise, one that loses nothing that was committed.
    pub fn start_durable() -> Self {
        Self::start_as(Tuning::Durable)
    }

    fn start_as(tuning: Tuning) -> Self {
        let place = place();
        let programs = programs();
        let (removed, folder) = new_folder(&place);
        let template = Template::ready(&place, &programs);
        template.copy_to(folder.root());
        drop(template);
        let cluster = Cluster::start(&folder, &programs, tuning).unwrap();
        Self { cluster: Some(cluster), folder, _removed: removed }
    }

    /// Kills a durable server and everything that it does with -9, and starts it again.
    #[must_use]
    pub fn killed(mut self) -> Self {
        let pid = fs::read_to_string(self.folder.root().join("pg/postmaster.pid")).unwrap();
        let pid = pid.lines().next().unwrap().parse().unwrap();
        rustix::process::kill_process(Pid::from_raw(pid).unwrap(), Signal::KILL).unwrap();
        drop(self.cluster.take());
        self.cluster = Some(Cluster::start(&self.folder, &programs(), Tuning::Durable).unwrap());
        self
    }

    /// A new cluster with nothing in it but what PostgreSQL makes (2 s).
    pub fn start_empty() -> Self {
        let (removed, folder) = new_folder(&place());
        let cluster = Cluster::start(&folder, &programs(), Tuning::Test).unwrap();
        Self { cluster: Some(cluster), folder, _removed: removed }
    }

    /// Stops the server; nothing starts it again.
    pub fn stop(&mut self) {
        self.cluster.take().unwrap().stop().unwrap();
    }

    fn cluster(&self) -> &Cluster {
        self.cluster.as_ref().unwrap()
    }

    /// How to connect as a role.
    pub fn pg_config(&self, role: &str) -> Config {
        self.cluster().pg_config(role, DATABASE)
    }

    /// How to connect as a role to another database.
    pub fn pg_config_of(&self, role: &str, database: &str) -> Config {
        self.cluster().pg_config(role, database)
    }

    /// The root keys.
    pub fn keys(&self) -> Keys {
        keys_of(&self.folder)
    }

    /// The folder of mails.
    pub fn outbox(&self) -> PathBuf {
        self.folder.outbox()
    }

    /// The mark of a cluster without durability.
    pub fn throwaway(&self) -> Throwaway {
        self.cluster().throwaway().unwrap()
    }
}

/// Where templates and tests' folders lie: where the cluster's user can reach them, outside of any
/// work tree; in memory where there is room, since copying a cluster is most of a test's time.
fn place() -> PathBuf {
    let uid = account().uid;
    let free = |it: rustix::fs::StatVfs| it.f_bavail.saturating_mul(it.f_frsize);
    let in_memory = rustix::fs::statvfs("/dev/shm").is_ok_and(|it| free(it) >= MEMORY_BYTES_MIN);
    let parent = if in_memory { "/dev/shm" } else { "/tmp" };
    let place = PathBuf::from(format!("{parent}/kairo-it-{uid}"));
    let _there = DirBuilder::new().mode(0o711).create(&place);
    let owner = fs::symlink_metadata(&place).unwrap().uid();
    assert_eq!(owner, uid, "{} was made by somebody else", place.display());
    place
}

fn account() -> OsAccount {
    OsAccount::current(environment())
}

fn programs() -> Programs {
    Programs::find(None, std::env::var_os("PATH").as_deref(), None).unwrap()
}

fn keys_of(folder: &DataFolder) -> Keys {
    let (clock, random) = (Clock::system(), Random::system());
    let id = Ids::new(clock.clone(), random).next().unwrap();
    let store = RingStore::open(&KeySource::File(folder.keys()), folder.account()).unwrap();
    let ring = store
        .load_or_make(KeyId::from_bytes(id.into_bytes()), clock.now(), &SystemEntropy::new())
        .unwrap();
    Keys::new(ring).unwrap()
}

/// Makes a data folder with a migrated database and its keys, for a program of its own to serve.
pub fn fill_folder(root: &Path) {
    DataFolder::open(root, &account()).unwrap();
    Template::ready(&place(), &programs()).copy_to(root);
}

fn new_folder(place: &Path) -> (Removed, DataFolder) {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    sweep(place);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let path = place.join(format!("t{}-{number}", std::process::id()));
    let removed = Removed(path.clone());
    let _left_by_a_former_process_of_this_number = fs::remove_dir_all(&path);
    (removed, DataFolder::open(&path, &account()).unwrap())
}

/// Removes folders whose test was killed: the process that its name holds is gone.
fn sweep(place: &Path) {
    for entry in fs::read_dir(place).unwrap().flatten() {
        let name = entry.file_name();
        let pid = name.to_str().and_then(|name| name.strip_prefix('t')?.split_once('-'));
        let Some(pid) = pid.and_then(|(pid, _)| pid.parse::<u32>().ok()) else { continue };
        if !Path::new("/proc").join(pid.to_string()).exists() {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// A finished template, held against removal.
struct Template {
    path: PathBuf,
    _shared: File,
}

impl Template {
    fn ready(place: &Path, programs: &Programs) -> Self {
        let name = format!("template-{}", hash(programs));
        let (path, lock) = (place.join(&name), place.join(format!("{name}.lock")));
        let open = || OpenOptions::new().create(true).append(true).open(&lock).unwrap();
        loop {
            let shared = open();
            shared.lock_shared().unwrap();
            if path.exists() {
                return Self { path, _shared: shared };
            }
            drop(shared);
            let making = open();
            making.lock().unwrap();
            // Another process may have made it while this one waited.
            if !path.exists() {
                make(&path, programs);
                remove_old(place);
            }
        }
    }

    /// Copies the cluster with its owner, and the keys.
    fn copy_to(&self, root: &Path) {
        let copied = Command::new("cp")
            .args(["-a", "--reflink=auto", "--"])
            .arg(self.path.join("pg"))
            .arg(self.path.join("keys"))
            .arg(root)
            .status();
        assert!(copied.unwrap().success(), "the template {} was not copied", self.path.display());
    }
}

fn hash(programs: &Programs) -> String {
    let mut context = digest::Context::new(&digest::SHA256);
    context.update(format!("{TEMPLATE_FORMAT} {}", programs.version()).as_bytes());
    for step in MIGRATIONS {
        context.update(step.name.as_bytes());
        context.update(step.sql.as_bytes());
    }
    context.finish().as_ref().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// Makes a template as `serve` makes its data folder at the first start.
fn make(path: &Path, programs: &Programs) {
    let draft = path.with_extension("draft");
    let _of_a_killed_process = fs::remove_dir_all(&draft);
    let folder = DataFolder::open(&draft, &account()).unwrap();
    let cluster = Cluster::start(&folder, programs, Tuning::Test).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(fill(&cluster, &keys_of(&folder)));
    drop(runtime);
    cluster.stop().unwrap();
    fs::rename(&draft, path).unwrap();
}

async fn fill(cluster: &Cluster, keys: &Keys) {
    let server = Host::connect(cluster.pg_config("kairo_super", "postgres")).await.unwrap();
    migrate::ensure_database(&server, DATABASE).await.unwrap();
    let mut host = Host::connect(cluster.pg_config("kairo_super", DATABASE)).await.unwrap();
    migrate::run(&mut host).await.unwrap();
    assert!(tokens::ring_is_ours(&mut host, keys).await.unwrap());
}

/// Removes the oldest templates that nobody copies from.
fn remove_old(place: &Path) {
    let entries = fs::read_dir(place).unwrap().flatten();
    let mut templates: Vec<_> = entries
        .filter(|entry| entry.path().extension().is_none())
        .filter(|entry| entry.file_name().to_string_lossy().starts_with("template-"))
        .filter_map(|entry| Some((entry.metadata().ok()?.mtime(), entry.path())))
        .collect();
    templates.sort();
    templates.reverse();
    for (_, old) in templates.into_iter().skip(TEMPLATES_MAX) {
        let lock = OpenOptions::new().append(true).open(old.with_extension("lock"));
        if lock.is_ok_and(|lock| lock.try_lock().is_ok()) {
            let _ = fs::remove_dir_all(&old);
        }
    }
}
