//! How often one source may ask: GCRA buckets in memory, keyed by [`Source`].
//!
//! An IPv6 source has two: that of its network (/64), and that of the site (/48) around it, which
//! holds eight times as much.
//!
//! **Invariant:** memory stays within [`Throttle::sources_max`], whoever asks; a refusal costs what
//! an admission costs, and looks at nothing but its own buckets.
//! **Invariant:** no raw address is kept; the key is a part of the keyed digest.
//!
//! What must hold across nodes (sign-in, AI) has a second bucket in PostgreSQL behind this one, so
//! a flood never reaches the database.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use governor::clock::{Clock as _, Reference as _};
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{NotUntil, Quota, RateLimiter};

use super::Source;
use crate::limits::SITE_TIMES;

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

impl Rate {
    fn times(self, times: u32) -> Self {
        Self {
            per_minute: self.per_minute.saturating_mul(times),
            burst: self.burst.saturating_mul(times),
        }
    }
}

/// A throttle by source address.
pub struct Throttle {
    networks: Shelf,
    sites: Shelf,
}

impl Throttle {
    /// A throttle of this rate, which remembers at most `addresses_max` networks, and as many
    /// sites.
    pub fn new(rate: Rate, addresses_max: usize, ticks: Ticks) -> Self {
        Self {
            networks: Shelf::new(rate, addresses_max, ticks.clone()),
            sites: Shelf::new(rate.times(SITE_TIMES), addresses_max, ticks),
        }
    }

    /// Counts one request; the error is the number of seconds to wait. The network is asked first:
    /// one that asks too often uses up nothing of its neighbours'.
    pub fn admit(&self, source: &Source) -> Result<(), u64> {
        for known in source.yesterday.iter().chain([&source.today]) {
            self.networks.admit(&known.network)?;
            if let Some(site) = &known.site {
                self.sites.admit(site)?;
            }
        }
        Ok(())
    }

    /// Buckets that are kept now.
    pub fn sources(&self) -> usize {
        self.networks.len() + self.sites.len()
    }

    /// Most buckets that are ever kept.
    pub fn sources_max(addresses_max: usize) -> usize {
        2 * (addresses_max + usize::from(SHARED_BUCKETS))
    }
}

type Digest = [u8; 32];
type Key = [u8; 16];
type Buckets<K> = RateLimiter<K, DashMapStateStore<K>, Ticks, NoOpMiddleware<Duration>>;

/// The buckets of one kind of prefix.
struct Shelf {
    own: Buckets<Key>,
    /// When there are more sources than `addresses_max` even without the idle ones (a botnet, or
    /// one host with a wide IPv6 block), all of them are told apart by 14 bits of their digest
    /// only. Refusing newcomers would let the flood lock everybody out, and forgetting everything
    /// would give the flood a fresh burst at each sweep. The pepper hides who shares with whom.
    shared: Buckets<u16>,
    crowded: AtomicBool,
    asked: AtomicUsize,
    /// When it was last looked whether a crowd has gone, in seconds of `ticks`.
    looked_s: AtomicU64,
    addresses_max: usize,
    ticks: Ticks,
}

impl Shelf {
    fn new(rate: Rate, addresses_max: usize, ticks: Ticks) -> Self {
        let burst = NonZeroU32::new(rate.burst).unwrap_or(NonZeroU32::MIN);
        let per_minute = NonZeroU32::new(rate.per_minute).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::per_minute(per_minute).allow_burst(burst);
        Self {
            own: RateLimiter::dashmap_with_clock(quota, ticks.clone()),
            shared: RateLimiter::dashmap_with_clock(quota, ticks.clone()),
            crowded: AtomicBool::new(false),
            asked: AtomicUsize::new(0),
            looked_s: AtomicU64::new(0),
            addresses_max,
            ticks,
        }
    }

    fn admit(&self, digest: &Digest) -> Result<(), u64> {
        if self.asked.fetch_add(1, Ordering::Relaxed).is_multiple_of(LOOK_EVERY.min(self.room())) {
            self.sweep();
        }
        let answer = if self.crowded.load(Ordering::Relaxed) {
            self.shared.check_key(&shared_key(digest))
        } else {
            self.own.check_key(&own_key(digest))
        };
        answer.map_err(|until| self.wait_s(&until))
    }

    fn len(&self) -> usize {
        self.own.len() + self.shared.len()
    }

    fn room(&self) -> usize {
        (self.addresses_max / 8).max(1)
    }

    /// Drops what is full again. Between two looks at most [`LOOK_EVERY`] buckets can come, so the
    /// mark lies that much below the maximum. In a crowd none comes, and a look costs a walk over
    /// all of them; one a second is soon enough to see that it has gone.
    fn sweep(&self) {
        let mark = self.addresses_max.saturating_sub(LOOK_EVERY.min(self.room()));
        let (was_crowded, now_s) = (self.crowded.load(Ordering::Relaxed), self.now_s());
        let looked_s = self.looked_s.load(Ordering::Relaxed);
        if if was_crowded { looked_s == now_s } else { self.own.len() < mark } {
            return;
        }
        self.looked_s.store(now_s, Ordering::Relaxed);
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

    fn now_s(&self) -> u64 {
        (self.ticks.0)().as_secs()
    }

    fn wait_s(&self, until: &NotUntil<Duration>) -> u64 {
        let wait: Duration = until.earliest_possible().duration_since(self.ticks.now()).into();
        wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
    }
}

fn own_key(digest: &Digest) -> Key {
    let mut key = [0; 16];
    for (to, from) in key.iter_mut().zip(digest) {
        *to = *from;
    }
    key
}

fn shared_key(digest: &Digest) -> u16 {
    let [.., high, low] = *digest;
    u16::from_be_bytes([high, low]) % SHARED_BUCKETS
}
