//! What became of calls, on its way to the database: written by a task that outlives the requests,
//! many at once.
//!
//! **Invariant:** nothing here names a person; the reservation's row does.
//! **Invariant:** what is lost here leaves its reservation to expire, which keeps it as spent.

use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::sleep;
use uuid::Uuid;

use super::queries::{LogAttempts, Release, Settle};
use crate::db::{DbError, Door, Worker};
use crate::limits::{LEDGER_BATCH_MAX, LEDGER_QUEUE_MAX, LEDGER_WAIT_MAX};

/// What one attempt at a provider came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// An answer, with the provider's own count of tokens.
    Answered,
    /// An answer of which nobody said what it cost; the most is kept.
    Estimated,
    /// The provider refused the request (4xx).
    Refused,
    /// The provider had no room (429).
    Busy,
    /// The provider failed (5xx).
    Failed,
    /// It could not be reached.
    Unreachable,
    /// It did not answer in time.
    TimedOut,
    /// The answer broke off.
    BrokenOff,
    /// The answer was none that could be used.
    Invalid,
}

impl Outcome {
    /// As the ledger has it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Estimated => "estimated",
            Self::Refused => "refused",
            Self::Busy => "busy",
            Self::Failed => "failed",
            Self::Unreachable => "unreachable",
            Self::TimedOut => "timed_out",
            Self::BrokenOff => "broken_off",
            Self::Invalid => "invalid",
        }
    }
}

/// What an attempt went over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    /// TLS.
    Tls,
    /// Plain text that stays on this machine.
    Loopback,
}

impl Channel {
    /// As the ledger has it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Tls => "tls",
            Self::Loopback => "loopback",
        }
    }
}

/// One attempt at a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// The model that was asked for.
    pub model: String,
    /// What it came to.
    pub outcome: Outcome,
    /// The status of the answer.
    pub status: Option<u16>,
    /// Tokens of the prompt.
    pub tokens_in: u64,
    /// Tokens of the answer.
    pub tokens_out: u64,
    /// What it cost, in nano-dollars.
    pub cost_nano: i64,
    /// What it went over.
    pub channel: Channel,
}

/// What a call came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settlement {
    /// What all its attempts cost, in nano-dollars.
    pub cost_nano: i64,
    /// Tokens of its prompts.
    pub tokens_in: u64,
    /// Tokens of its answers.
    pub tokens_out: u64,
    /// One for each time that the provider was asked.
    pub attempts: Vec<Attempt>,
}

impl Settlement {
    /// What these attempts add up to.
    pub fn of(attempts: Vec<Attempt>) -> Self {
        let sum = |of: fn(&Attempt) -> u64| attempts.iter().map(of).fold(0, u64::saturating_add);
        Self {
            cost_nano: attempts.iter().fold(0, |sum, it| it.cost_nano.saturating_add(sum)),
            tokens_in: sum(|it| it.tokens_in),
            tokens_out: sum(|it| it.tokens_out),
            attempts,
        }
    }
}

/// A call that ended.
struct Ended {
    id: Uuid,
    /// Cost and tokens of one that was made; `None` for one that is given back.
    made: Option<[i64; 3]>,
    attempts: Vec<Attempt>,
}

enum Entry {
    Ended(Ended),
    Flush(oneshot::Sender<()>),
}

/// The way to the ledger. Cheap to clone, and never waits.
#[derive(Clone)]
pub struct Ledger(mpsc::Sender<Entry>);

impl Ledger {
    /// Starts to write. It ends, with everything written, when the last one is gone.
    pub(super) fn start(door: Door<Worker>) -> Self {
        let (entries, queue) = mpsc::channel(LEDGER_QUEUE_MAX);
        tokio::spawn(write_all(door, queue));
        Self(entries)
    }

    pub(super) fn settle(&self, reservation: Uuid, settlement: Settlement) {
        let Settlement { cost_nano, tokens_in, tokens_out, attempts } = settlement;
        let made = Some([cost_nano.max(0), signed(tokens_in), signed(tokens_out)]);
        self.say(Entry::Ended(Ended { id: reservation, made, attempts }));
    }

    pub(super) fn release(&self, reservation: Uuid, attempts: Vec<Attempt>) {
        self.say(Entry::Ended(Ended { id: reservation, made: None, attempts }));
    }

    /// Waits until what was said before is written or given up.
    pub(super) async fn flush(&self) {
        let (done, written) = oneshot::channel();
        if self.0.send(Entry::Flush(done)).await.is_ok() {
            let _ended = written.await;
        }
    }

    fn say(&self, entry: Entry) {
        if self.0.try_send(entry).is_err() {
            tracing::warn!("the ledger's queue is full; a call stays charged at its most");
        }
    }
}

async fn write_all(door: Door<Worker>, mut queue: mpsc::Receiver<Entry>) {
    let mut entries = Vec::with_capacity(LEDGER_BATCH_MAX);
    while queue.recv_many(&mut entries, LEDGER_BATCH_MAX).await > 0 {
        let (mut ended, mut waiting) = (Vec::new(), Vec::new());
        for entry in entries.drain(..) {
            match entry {
                Entry::Ended(call) => ended.push(call),
                Entry::Flush(done) => waiting.push(done),
            }
        }
        write(&door, &ended).await;
        for done in waiting {
            let _gone = done.send(());
        }
    }
}

/// Writes calls together. Where the database refuses one of them, each goes alone, so that it takes
/// no other with it.
async fn write(door: &Door<Worker>, ended: &[Ended]) {
    let whole = ended.iter().fold(Page::default(), Page::with);
    let Err(error) = keep_at(door, whole).await else { return };
    tracing::warn!(%error, "the ledger was refused; its calls go one by one");
    for call in ended {
        // What became of it, and then the log: a model's name that cannot be kept costs nobody.
        let outcome = Page::default().ended(call);
        let log = Page::default().attempted(call.id, &call.attempts);
        for page in [outcome, log] {
            if let Err(error) = keep_at(door, page).await {
                tracing::error!(%error, reservation = %call.id, "a call stays charged, or unlogged");
            }
        }
    }
}

/// Tries until the database has answered. Trying again is safe: each entry ends its reservation
/// once. What is refused for good is the caller's to give up; its reservations expire as spent.
async fn keep_at(door: &Door<Worker>, mut page: Page) -> Result<(), DbError> {
    let mut wait = Duration::from_millis(100);
    loop {
        match page.write(door).await {
            Err(DbError::Unavailable(reason)) => {
                tracing::warn!(reason, "the ledger waits: the database does not answer");
            }
            other => return other,
        }
        sleep(wait).await;
        wait = (wait * 2).min(LEDGER_WAIT_MAX);
    }
}

/// Entries that are written together.
#[derive(Default)]
struct Page {
    settle: Option<Settle>,
    releases: Vec<Release>,
    attempts: Option<LogAttempts>,
}

impl Page {
    fn with(self, call: &Ended) -> Self {
        self.ended(call).attempted(call.id, &call.attempts)
    }

    fn ended(mut self, call: &Ended) -> Self {
        let Some([nano, tokens_in, tokens_out]) = call.made else {
            self.releases.push(Release { id: call.id });
            return self;
        };
        let page = self.settle.get_or_insert_with(|| Settle {
            ids: Vec::new(),
            nanos: Vec::new(),
            tokens_in: Vec::new(),
            tokens_out: Vec::new(),
        });
        page.ids.push(call.id);
        page.nanos.push(nano);
        page.tokens_in.push(tokens_in);
        page.tokens_out.push(tokens_out);
        self
    }

    fn attempted(mut self, id: Uuid, attempts: &[Attempt]) -> Self {
        if attempts.is_empty() {
            return self;
        }
        let page = self.attempts.get_or_insert_with(|| LogAttempts {
            ids: Vec::new(),
            attempts: Vec::new(),
            models: Vec::new(),
            outcomes: Vec::new(),
            statuses: Vec::new(),
            tokens_in: Vec::new(),
            tokens_out: Vec::new(),
            nanos: Vec::new(),
            channels: Vec::new(),
        });
        for (number, attempt) in (1..).zip(attempts) {
            page.ids.push(id);
            page.attempts.push(number);
            page.models.push(attempt.model.clone());
            page.outcomes.push(attempt.outcome.word());
            page.statuses.push(attempt.status.and_then(|status| i16::try_from(status).ok()));
            page.tokens_in.push(signed(attempt.tokens_in));
            page.tokens_out.push(signed(attempt.tokens_out));
            page.nanos.push(attempt.cost_nano.max(0));
            page.channels.push(attempt.channel.word());
        }
        self
    }

    /// Settlements and the log of attempts, which do not wait for the disk; then what goes back, each
    /// in a transaction of its own: one that held the rows of one person while it waits for those of
    /// the next could meet a batch that holds them the other way round.
    async fn write(&mut self, door: &Door<Worker>) -> Result<(), DbError> {
        if self.settle.is_some() || self.attempts.is_some() {
            door.write(None, (self.settle.clone(), self.attempts.clone())).await?;
            (self.settle, self.attempts) = (None, None);
        }
        while let Some(release) = self.releases.last() {
            door.write(None, release.clone()).await?;
            self.releases.pop();
        }
        Ok(())
    }
}

fn signed(tokens: u64) -> i64 {
    i64::try_from(tokens).unwrap_or(i64::MAX)
}
