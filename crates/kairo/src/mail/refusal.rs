//! Why a letter was not carried, whether another attempt may help, and when it is made.
//!
//! **Invariant:** a cause is a word of this list; nothing that a mail server said leaves the
//! carrier.

use std::time::Duration;

use crate::limits::{MAIL_PATIENCE_MAX, MAIL_WAIT_FIRST, MAIL_WAIT_MAX};

/// Why an attempt failed; the column `last_error` has the same words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// No connection, or it broke.
    Unreachable,
    /// No whole answer in time.
    TimedOut,
    /// It asks for patience (429, or the same letter is under way there).
    Busy,
    /// It failed, or puts mail off (5xx; 4yz in SMTP).
    Unavailable,
    /// It answered something else than its protocol says.
    Garbled,
    /// The outbox's folder cannot be written to.
    Unwritable,
    /// It does not take this letter (4xx; 5yz in SMTP).
    Refused,
    /// It does not take the key, or the sender's domain.
    Unauthorized,
    /// It had another letter under this key: the sender was changed in between.
    Conflict,
    /// The sealed letter does not open: it was changed, or its key is gone.
    Damaged,
    /// The address is under `.invalid` (RFC 6761 6.4), where no mailbox is: Kairo's own checks sign
    /// in with such, and a provider would count each as a bounce.
    Reserved,
}

impl Cause {
    /// The word in the database and in the log.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::TimedOut => "timed_out",
            Self::Busy => "busy",
            Self::Unavailable => "unavailable",
            Self::Garbled => "garbled",
            Self::Unwritable => "unwritable",
            Self::Refused => "refused",
            Self::Unauthorized => "unauthorized",
            Self::Conflict => "conflict",
            Self::Damaged => "damaged",
            Self::Reserved => "reserved",
        }
    }

    /// Whether another attempt would come to the same.
    pub const fn is_final(self) -> bool {
        matches!(
            self,
            Self::Refused | Self::Unauthorized | Self::Conflict | Self::Damaged | Self::Reserved
        )
    }
}

/// A letter was not carried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not carried: {}", .cause.as_str())]
pub struct NotCarried {
    /// Why.
    pub cause: Cause,
    /// For how long the other side asked to be left alone (`Retry-After`).
    pub wait: Option<Duration>,
}

impl From<Cause> for NotCarried {
    fn from(cause: Cause) -> Self {
        Self { cause, wait: None }
    }
}

/// Milliseconds until the attempt after `attempt` (from 1): doubled each time up to
/// `MAIL_WAIT_MAX`, of which `jitter` takes up to a half away, so that letters that failed together
/// do not come back together; never sooner than the other side asked for, which may be later than
/// the letter lives.
pub fn wait_ms(attempt: u16, jitter: u8, asked: Option<Duration>) -> u64 {
    let ms = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    let doublings = u32::from(attempt.saturating_sub(1)).min(16);
    let whole = ms(MAIL_WAIT_FIRST).saturating_mul(1 << doublings).min(ms(MAIL_WAIT_MAX));
    let spread = whole - whole * u64::from(jitter) / 512;
    spread.max(asked.map_or(0, |asked| ms(asked.min(MAIL_PATIENCE_MAX))))
}
