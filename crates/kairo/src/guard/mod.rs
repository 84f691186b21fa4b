//! The guard in front of every call to a model: an exact quota, a ceiling on money, and a ledger.
//!
//! [`Guard::reserve`] asks the database once, which decides and charges in one statement
//! (`migrations/0025_guard_create.sql`), and gives a [`Permit`]. The provider's client takes one by
//! value, so there is no call without a grant, and no second call on one.
//!
//! **Invariant:** nothing here decides who asks or what is left: the statement does, by the session
//! and by the database's clock. What this node remembers can only refuse sooner.
//! **Invariant:** credits that may have been spent are charged: whatever is lost (a node, an
//! answer, a settlement) stays on the person's count and on the day's budget, never off it.
//! **Invariant:** a database that does not answer is a refusal of its own, and no call.

mod batch;
mod crowd;
mod ledger;
pub mod overview;
mod permit;
mod plans;
pub mod queries;
pub mod sweep;
pub mod usage;
pub mod watch;

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use crate::clock::Clock;
pub use crate::config::{Class, Plan, Plans};
use crate::db::{App, DbError, Door, Identity, Worker};
use crate::limits::{BUDGET_WAIT_MAX, DENIAL_KEPT, GUARD_RETRY_AFTER};
use crate::meters;

use batch::Reserver;
use crowd::Crowd;
pub use ledger::{Attempt, Channel, Ledger, Outcome, Settlement};
pub use permit::Permit;
pub use plans::write_plans;
use queries::{AnswerRow, MyStanding};

/// What a call costs its person: one credit, whatever it costs in money.
pub const CALL_CREDITS: i32 = 1;

/// What a call is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    /// A thought that is read once more.
    Capture,
    /// `POST /v1/chat/completions`.
    Chat,
}

impl Task {
    fn word(self) -> &'static str {
        match self {
            Self::Capture => "capture",
            Self::Chat => "chat",
        }
    }
}

/// A request for a call.
#[derive(Clone, Copy, Debug)]
pub struct Ask {
    /// Makes a repeated request the same one; one key is granted once.
    pub key: Uuid,
    /// What it is for.
    pub task: Task,
    /// The most that it can cost with either model, in nano-dollars.
    pub nano_max: i64,
}

/// One window of a person's quota.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Credits used.
    pub used: i32,
    /// Credits that it has.
    pub cap: i32,
    /// When the next one begins.
    pub end: Timestamp,
}

impl Window {
    /// Credits left; none where a cap was lowered below what is used.
    pub fn left(&self) -> i32 {
        self.cap.saturating_sub(self.used).max(0)
    }

    /// Seconds until the next one begins, rounded up.
    pub fn ends_in_s(&self, now: Timestamp) -> u64 {
        let left = self.end.duration_since(now);
        let up = i64::from(left.subsec_nanos() > 0);
        u64::try_from(left.as_secs() + up).unwrap_or(0)
    }
}

/// Where a person stands, as the database said it at one moment. A copy: nothing decides by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The calendar month, UTC.
    pub month: Window,
    /// The hour, UTC.
    pub hour: Window,
    /// Past how many credits in an hour the small model answers.
    pub burst_at: Option<i32>,
    /// Which model answers now.
    pub class: Class,
    /// The moment.
    pub counted_at: Timestamp,
}

/// Which limit a request met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Credits of the month.
    Month,
    /// Credits of the hour.
    Hour,
}

/// Why there is no permit.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The person's credits are used up.
    #[error("the credits of the {limit:?} are used up")]
    Quota {
        /// Which of them.
        limit: Limit,
        /// All of them.
        standing: Standing,
    },
    /// The whole installation has spent what a day may cost.
    #[error("the budget of the day is spent")]
    Budget {
        /// Until the next day (UTC) begins, which has a budget of its own.
        day_ends_in: Duration,
    },
    /// The key was used for a call before.
    #[error("the key was used before")]
    Replay {
        /// What became of that call.
        state: Replayed,
    },
    /// The person has as many calls under way as the plan allows.
    #[error("too many calls of this person are under way")]
    Crowded,
    /// The bearer names no live session.
    #[error("the session has ended")]
    SessionEnded,
    /// The token may only read.
    #[error("the token's scopes do not reach")]
    OutOfScope,
    /// The database does not answer, so nothing can be granted.
    #[error("the quota cannot be asked")]
    Unavailable,
    /// The database failed in another way.
    #[error(transparent)]
    Db(DbError),
}

/// What became of a call whose key comes again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replayed {
    /// It is under way.
    UnderWay,
    /// It was made.
    Made,
    /// It was given back; a new key may try again.
    GivenBack,
}

/// A grant.
#[derive(Debug)]
pub struct Granted {
    /// The way to a provider, once.
    pub permit: Permit,
    /// What is left.
    pub standing: Standing,
    /// What the person's plan gives.
    pub plan: Plan,
}

/// The guard of one node.
#[derive(Clone)]
pub struct Guard(Arc<Inner>);

struct Inner {
    door: Door<App>,
    reserver: Reserver,
    crowd: Crowd,
    ledger: Ledger,
    clock: Clock,
    plans: Plans,
}

/// What a guard is made from.
pub struct GuardParts {
    /// The door of requests, with bounds of its own.
    pub door: Door<App>,
    /// The door of jobs, which settles.
    pub worker: Door<Worker>,
    /// For how long a refusal is remembered.
    pub clock: Clock,
    /// Calls that one person may have under way.
    pub plans: Plans,
    /// Most requests that travel to the database as one; 1 sends each alone.
    pub batch_max: usize,
}

impl Guard {
    /// A guard, which settles for as long as the runtime lives.
    pub fn open(parts: GuardParts) -> Self {
        let ledger = Ledger::start(parts.worker);
        Self(Arc::new(Inner {
            reserver: Reserver::start(parts.door.clone(), ledger.clone(), parts.batch_max),
            ledger,
            crowd: Crowd::new(&parts.plans),
            plans: parts.plans,
            door: parts.door,
            clock: parts.clock,
        }))
    }

    /// Asks for a call: one statement decides and charges.
    ///
    /// # Errors
    /// Why there is no permit; see [`Refusal`].
    pub async fn reserve(&self, identity: &Identity, ask: Ask) -> Result<Granted, Refusal> {
        let decided = self.decide(identity, ask).await;
        match &decided {
            Ok(granted) => {
                let Granted { permit, standing, .. } = granted;
                let (class, task) = (permit.class().word(), ask.task.word());
                meters::granted(
                    class,
                    task,
                    CALL_CREDITS.unsigned_abs(),
                    standing.is_downshifted(),
                );
            }
            Err(refusal) => meters::call_refused(refusal.word()),
        }
        decided
    }

    async fn decide(&self, identity: &Identity, ask: Ask) -> Result<Granted, Refusal> {
        let Inner { reserver, crowd, ledger, clock, .. } = &*self.0;
        let who = identity.token_hash();
        let now = clock.now();
        let known = crowd.refused(&who, now).or_else(|| crowd.spent(&who, ask.nano_max, now));
        if let Some(known) = known {
            return Err(known);
        }
        let slot = crowd.enter(&who).ok_or(Refusal::Crowded)?;
        let row = reserver.reserve(identity, ask).await?;
        crowd.learn(&who, row.subject, row.plan.as_deref());
        let standing = Standing::of(&row);
        match (row.verdict.as_str(), row.reservation, standing) {
            ("granted", Some(id), Some(standing)) => {
                let permit = Permit::new(id, standing.class, ask, ledger.clone(), slot);
                let plan = *self.0.plans.named(row.plan.as_deref().unwrap_or_default());
                Ok(Granted { permit, standing, plan })
            }
            ("replay", ..) => Err(Refusal::Replay {
                state: match row.state.as_deref() {
                    Some("R") => Replayed::UnderWay,
                    Some("X") => Replayed::GivenBack,
                    _ => Replayed::Made,
                },
            }),
            ("budget", ..) => {
                let ends_in = row.counted_at.map_or(GUARD_RETRY_AFTER, day_ends_in);
                Err(crowd.remember_spent(ask.nano_max, ends_in, now))
            }
            ("scope", ..) => Err(Refusal::OutOfScope),
            ("month", _, Some(standing)) => {
                Err(crowd.remember(&who, Limit::Month, standing, now + DENIAL_KEPT))
            }
            ("hour", _, Some(standing)) => {
                Err(crowd.remember(&who, Limit::Hour, standing, now + DENIAL_KEPT))
            }
            _ => Err(Refusal::SessionEnded),
        }
    }

    /// Lets an answer pass that cost nothing: the same statement, with cost 0, so that it is
    /// counted. No quota refuses it.
    ///
    /// # Errors
    /// The session has ended, or the database does not answer.
    pub async fn pass(&self, identity: &Identity) -> Result<Standing, Refusal> {
        let free = queries::Reserve {
            key: Uuid::nil(),
            cost: 0,
            task: Task::Capture.word().to_owned(),
            nano_max: 0,
        };
        let rows = self.0.door.write(Some(identity), free).await.map_err(Refusal::from)?;
        let row = rows.into_iter().next().ok_or(Refusal::SessionEnded)?;
        match row.verdict.as_str() {
            "granted" => Standing::of(&row).ok_or(Refusal::SessionEnded),
            "scope" => Err(Refusal::OutOfScope),
            _ => Err(Refusal::SessionEnded),
        }
    }

    /// Where the caller stands, for the meter.
    ///
    /// # Errors
    /// The database does not answer. `None` where the session has ended.
    pub async fn standing(&self, identity: &Identity) -> Result<Option<Standing>, DbError> {
        let rows = self.0.door.read(Some(identity), MyStanding {}).await?;
        Ok(rows.first().and_then(Standing::of))
    }

    /// What each plan gives.
    pub fn plans(&self) -> &Plans {
        &self.0.plans
    }

    /// Waits until everything that was said to the ledger is written, or has been given up.
    pub async fn flush(&self) {
        self.0.ledger.flush().await;
    }
}

impl Refusal {
    /// One of a few words, for the meters.
    fn word(&self) -> &'static str {
        match self {
            Self::Quota { limit: Limit::Month, .. } => "month",
            Self::Quota { limit: Limit::Hour, .. } => "hour",
            Self::Budget { .. } => "budget",
            Self::Replay { .. } => "replay",
            Self::Crowded => "crowded",
            Self::SessionEnded => "nobody",
            Self::OutOfScope => "scope",
            Self::Unavailable | Self::Db(_) => "unavailable",
        }
    }

    /// After how long the same request may be granted; `None` where time alone does not help.
    pub fn retry_after_s(&self) -> Option<u64> {
        match self {
            Self::Quota { limit: Limit::Month, standing } => {
                Some(standing.month.ends_in_s(standing.counted_at))
            }
            Self::Quota { limit: Limit::Hour, standing } => {
                Some(standing.hour.ends_in_s(standing.counted_at))
            }
            Self::Crowded => Some(1),
            Self::Budget { day_ends_in } => {
                let wait = day_ends_in.min(&BUDGET_WAIT_MAX);
                Some(wait.as_secs() + u64::from(wait.subsec_nanos() > 0))
            }
            Self::Unavailable => Some(GUARD_RETRY_AFTER.as_secs()),
            _ => None,
        }
    }
}

impl From<DbError> for Refusal {
    fn from(error: DbError) -> Self {
        match error {
            DbError::Unavailable(reason) => {
                tracing::warn!(reason, "the quota cannot be asked");
                Self::Unavailable
            }
            DbError::Refused => Self::SessionEnded,
            other => Self::Db(other),
        }
    }
}

impl Standing {
    /// Whether the small model answers because much was used in this hour. A plan that has no other
    /// model has no threshold either.
    pub fn is_downshifted(&self) -> bool {
        self.class == Class::Small && self.burst_at.is_some()
    }

    /// What a row says; `None` where it is nobody's.
    pub fn of(row: &AnswerRow) -> Option<Self> {
        Some(Self {
            month: Window { used: row.month_used?, cap: row.month_cap?, end: row.month_end? },
            hour: Window { used: row.hour_used?, cap: row.hour_cap?, end: row.hour_end? },
            burst_at: row.burst_at,
            class: class(row.small?),
            counted_at: row.counted_at?,
        })
    }
}

/// How long the day (UTC) of a decision still is.
fn day_ends_in(counted_at: Timestamp) -> Duration {
    let day = Duration::from_secs(86_400).as_nanos().cast_signed();
    let left = day - counted_at.as_nanosecond().rem_euclid(day);
    Duration::from_nanos(u64::try_from(left).unwrap_or(0))
}

fn class(small: bool) -> Class {
    if small { Class::Small } else { Class::Normal }
}
