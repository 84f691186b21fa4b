//! Time, randomness and identifiers, as parameters.
//!
//! **Invariant:** nothing else in the crate reads the system's clock or draws randomness;
//! `clippy.toml` bans the calls by name. A test passes a clock that it moves by hand.

use std::sync::Arc;

use jiff::Timestamp;
use ring::rand::{SecureRandom, SystemRandom};
use uuid::Uuid;

/// Tells the present. Cheap to clone.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Timestamp + Send + Sync>);

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        #[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
        Self(Arc::new(Timestamp::now))
    }

    /// A clock that answers what `tell` answers; for tests.
    pub fn from_fn(tell: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self(Arc::new(tell))
    }

    /// The present instant.
    pub fn now(&self) -> Timestamp {
        (self.0)()
    }
}

/// The operating system's generator failed; nothing secret can be made, so the caller must stop.
#[derive(Debug, thiserror::Error)]
#[error("the operating system gave no randomness")]
pub struct NoRandomness;

/// Draws secrets. Cheap to clone.
#[derive(Clone)]
pub struct Random(SystemRandom);

impl Random {
    /// The operating system's generator.
    pub fn system() -> Self {
        Self(SystemRandom::new())
    }

    /// `N` random bytes from the operating system.
    pub fn bytes<const N: usize>(&self) -> Result<[u8; N], NoRandomness> {
        let mut out = [0; N];
        self.0.fill(&mut out).map_err(|_| NoRandomness)?;
        Ok(out)
    }
}

/// Makes UUIDv7 identifiers (RFC 9562), which sort by the time of their making.
#[derive(Clone)]
pub struct Ids {
    clock: Clock,
    random: Random,
}

impl Ids {
    /// Identifiers by this clock and this randomness.
    pub fn new(clock: Clock, random: Random) -> Self {
        Self { clock, random }
    }

    /// The next identifier.
    pub fn next(&self) -> Result<Uuid, NoRandomness> {
        let tail: [u8; 10] = self.random.bytes()?;
        let ms = u64::try_from(self.clock.now().as_millisecond()).unwrap_or(0);
        Ok(uuid::Builder::from_unix_timestamp_millis(ms, &tail).into_uuid())
    }
}
