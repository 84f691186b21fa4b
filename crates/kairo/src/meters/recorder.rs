//! The recorder behind the counters, and the page that it writes: Prometheus's text format 0.0.4.
//!
//! **Invariant:** one recorder a process. Its histograms keep single values until they are folded,
//! so they are folded every few seconds, whether anybody asks for the page or not.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use metrics::{describe_counter, describe_gauge, describe_histogram, gauge};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use super::process::Process;
use super::{COUNTED, Family, Kind, families, family};
use crate::clock::Clock;

const BUILD: Family = family("kairo_build_info", Kind::Gauge, "Always 1; the version is its label");
const UPTIME: Family = family("kairo_uptime_seconds", Kind::Gauge, "Time since the start");
const POOL_USED: Family =
    family("kairo_db_pool_used", Kind::Gauge, "Connections that a transaction holds, by role");
const POOL_IDLE: Family =
    family("kairo_db_pool_idle", Kind::Gauge, "Open connections that nothing holds, by role");
const POOL_WAITING: Family =
    family("kairo_db_pool_waiting", Kind::Gauge, "Transactions that wait for one, by role");
const POOL_MAX: Family = family("kairo_db_pool_max", Kind::Gauge, "Most connections, by role");
const STARTED: Family =
    family("process_start_time_seconds", Kind::Gauge, "Start, in seconds since 1970");
const RESIDENT: Family =
    family("process_resident_memory_bytes", Kind::Gauge, "Memory that is resident");
const OPEN_FILES: Family = family("process_open_fds", Kind::Gauge, "Open files and sockets");
const OPEN_FILES_MAX: Family =
    family("process_max_fds", Kind::Gauge, "Most open files and sockets");

/// Every family that is looked up when the page is asked for.
pub(super) const SAMPLED: [Family; 10] = [
    BUILD,
    UPTIME,
    POOL_USED,
    POOL_IDLE,
    POOL_WAITING,
    POOL_MAX,
    STARTED,
    RESIDENT,
    OPEN_FILES,
    OPEN_FILES_MAX,
];

/// Time between two foldings.
const FOLD_EVERY: Duration = Duration::from_secs(5);

/// There is a recorder in this process already.
#[derive(Debug, thiserror::Error)]
#[error("this process counts already")]
pub struct AlreadyInstalled;

/// How one pool of connections is used at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolUse {
    /// The role that its connections sign in as.
    pub role: &'static str,
    /// Connections that a transaction holds.
    pub used: usize,
    /// Open connections that nothing holds.
    pub idle: usize,
    /// Transactions that wait for one.
    pub waiting: usize,
    /// Most connections.
    pub max: usize,
}

/// Looks at what is not counted but looked up.
pub type Sample = Arc<dyn Fn() -> Vec<PoolUse> + Send + Sync>;

/// The numbers of this process. Cheap to clone.
#[derive(Clone)]
pub struct Meters {
    handle: PrometheusHandle,
    pools: Sample,
    clock: Clock,
    started: Timestamp,
}

impl Meters {
    /// Begins to count in this process. Needs a runtime, which folds until it ends.
    ///
    /// # Errors
    /// It counts already.
    pub fn install(clock: Clock, pools: Sample) -> Result<Self, AlreadyInstalled> {
        let recorder = builder().build_recorder();
        let handle = recorder.handle();
        metrics::set_global_recorder(recorder).map_err(|_| AlreadyInstalled)?;
        describe();
        let folding = handle.clone();
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(FOLD_EVERY).await;
                folding.run_upkeep();
            }
        });
        let started = clock.now();
        Ok(Self { handle, pools, clock, started })
    }

    /// The page.
    pub fn page(&self) -> String {
        self.sample();
        self.handle.render()
    }

    fn sample(&self) {
        gauge!(BUILD.name, "version" => env!("CARGO_PKG_VERSION")).set(1.0);
        let up = self.clock.now().duration_since(self.started);
        gauge!(UPTIME.name).set(up.as_secs_f64());
        gauge!(STARTED.name).set(seconds(self.started));
        for pool in (self.pools)() {
            let rows =
                [(POOL_USED, pool.used), (POOL_IDLE, pool.idle), (POOL_WAITING, pool.waiting)];
            for (family, count) in rows.into_iter().chain([(POOL_MAX, pool.max)]) {
                gauge!(family.name, "role" => pool.role).set(number(count));
            }
        }
        let process = Process::now();
        gauge!(RESIDENT.name).set(wide(process.resident_bytes));
        gauge!(OPEN_FILES.name).set(wide(process.open_files));
        gauge!(OPEN_FILES_MAX.name).set(wide(process.open_files_max));
    }
}

/// A recorder with each histogram's own bounds; one without would be answered as quantiles, which
/// several nodes cannot be added up by.
pub(super) fn builder() -> PrometheusBuilder {
    let mut builder = PrometheusBuilder::new();
    for Family { name, kind, .. } in COUNTED {
        let Kind::Histogram(bounds) = kind else { continue };
        let matcher = Matcher::Full(name.to_owned());
        builder = match builder.set_buckets_for_metric(matcher, bounds) {
            Ok(builder) => builder,
            // It refuses an empty list alone.
            Err(_) => PrometheusBuilder::new(),
        };
    }
    builder
}

fn describe() {
    for Family { name, kind, help } in families() {
        match kind {
            Kind::Counter => describe_counter!(name, help),
            Kind::Gauge => describe_gauge!(name, help),
            Kind::Histogram(_) => describe_histogram!(name, help),
        }
    }
}

fn seconds(at: Timestamp) -> f64 {
    // Milliseconds since 1970 are far below 2^53.
    jiff::SignedDuration::from_millis(at.as_millisecond()).as_secs_f64()
}

fn number(count: usize) -> f64 {
    wide(u64::try_from(count).unwrap_or(u64::MAX))
}

/// Past 2^53 the last digits are lost, which no gauge of these comes near.
fn wide(count: u64) -> f64 {
    Duration::from_secs(count).as_secs_f64()
}
