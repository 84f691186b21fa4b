//! How often one source may ask: GCRA buckets in memory, keyed by [`Source`].
//!
//! **Invariant:** memory stays within `addresses_max` buckets, plus [`SHARED_BUCKETS`].
//! **Invariant:** no raw address is kept; the key is a part of the keyed digest.
//!
//! What must be exact across nodes (sign-in, AI) has a second bucket in PostgreSQL behind this one.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use governor::clock::{Clock as _, Reference as _};
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{NotUntil, Quota, RateLimiter};

use super::Source;

/// Buckets that sources share while there are more of them than may be remembered.
const SHARED_BUCKETS: u16 = 16_384;
/// Requests between two looks at how many buckets there are.
const LOOK_EVERY: usize = 1_024;

/// Time since some start, which never goes back; the wall clock would, and would then lock every
/// source out for the length of the step.
#[derive(Clone)]
pub struct Ticks(Arc<dyn Fn() -> Duration + Send + Sync>);

impl Ticks {
    /// The machine's monotonic clock.
    pub fn monotonic() -> Self {
        let start = std::time::Instant::now();
        Self(Arc::new(move || start.elapsed()))
    }

    /// Ticks that `tell` tells; for tests.
    pub fn from_fn(tell: impl Fn() -> Duration + Send + Sync + 'static) -> Self {
        Self(Arc::new(tell))
    }
}

impl governor::clock::Clock for Ticks {
    type Instant = Duration;

    fn now(&self) -> Duration {
        (self.0)()
    }
}

/// How much one bucket gives.
#[derive(Clone, Copy, Debug)]
pub struct Rate {
    /// Requests a minute in the long run.
    pub per_minute: u32,
    /// Requests at once.
    pub burst: u32,
}

type Key = [u8; 16];
type Buckets<K> = RateLimiter<K, DashMapStateStore<K>, Ticks, NoOpMiddleware<Duration>>;

/// A throttle by source address.
pub struct Throttle {
    own: Buckets<Key>,
    /// When there are more sources than `addresses_max` even without the idle ones (a botnet, or
    /// one host with a wide IPv6 block), all of them are told apart by 14 bits of their digest
    /// only. Refusing newcomers would let the flood lock everybody out, and forgetting everything
    /// would give the flood a fresh burst at each sweep. The pepper hides who shares with whom.
    shared: Buckets<u16>,
    crowded: AtomicBool,
    asked: AtomicUsize,
    addresses_max: usize,
    ticks: Ticks,
}

impl Throttle {
    /// A throttle of this rate, which remembers at most `addresses_max` sources.
    pub fn new(rate: Rate, addresses_max: usize, ticks: Ticks) -> Self {
        let burst = NonZeroU32::new(rate.burst).unwrap_or(NonZeroU32::MIN);
        let per_minute = NonZeroU32::new(rate.per_minute).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::per_minute(per_minute).allow_burst(burst);
        Self {
            own: RateLimiter::dashmap_with_clock(quota, ticks.clone()),
            shared: RateLimiter::dashmap_with_clock(quota, ticks.clone()),
            crowded: AtomicBool::new(false),
            asked: AtomicUsize::new(0),
            addresses_max,
            ticks,
        }
    }

    /// Counts one request; the error is the number of seconds to wait.
    pub fn admit(&self, source: &Source) -> Result<(), u64> {
        if self.asked.fetch_add(1, Ordering::Relaxed).is_multiple_of(LOOK_EVERY.min(self.room())) {
            self.sweep();
        }
        let answer = if self.crowded.load(Ordering::Relaxed) {
            self.shared.check_key(&shared_key(source))
        } else {
            self.own.check_key(&own_key(source))
        };
        answer.map_err(|until| self.wait_s(&until))
    }

    /// Sources that are remembered now.
    pub fn sources(&self) -> usize {
        self.own.len() + self.shared.len()
    }

    fn room(&self) -> usize {
        (self.addresses_max / 8).max(1)
    }

    /// Drops what is full again. Between two looks at most [`LOOK_EVERY`] buckets can come, so the
    /// mark lies that much below the maximum.
    fn sweep(&self) {
        let mark = self.addresses_max.saturating_sub(LOOK_EVERY.min(self.room()));
        if self.own.len() < mark && !self.crowded.load(Ordering::Relaxed) {
            return;
        }
        self.own.retain_recent();
        let crowded = self.own.len() >= mark;
        if !crowded {
            self.own.shrink_to_fit();
            self.shared.retain_recent();
        }
        if self.crowded.swap(crowded, Ordering::Relaxed) != crowded {
            tracing::warn!(crowded, "the address throttle changed between own and shared buckets");
        }
    }

    fn wait_s(&self, until: &NotUntil<Duration>) -> u64 {
        let wait: Duration = until.earliest_possible().duration_since(self.ticks.now()).into();
        wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
    }
}

fn own_key(source: &Source) -> Key {
    let mut key = [0; 16];
    for (to, from) in key.iter_mut().zip(source.digest) {
        *to = from;
    }
    key
}

fn shared_key(source: &Source) -> u16 {
    let [.., high, low] = source.digest;
    u16::from_be_bytes([high, low]) % SHARED_BUCKETS
}
