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
use crate::limits::{DB_BATCH_MAX, LEDGER_BATCH_MAX, LEDGER_QUEUE_MAX, LEDGER_WAIT_MAX};

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

enum Entry {
    Settled(Uuid, Settlement),
    Released(Uuid, Vec<Attempt>),
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
        self.say(Entry::Settled(reservation, settlement));
    }

    pub(super) fn release(&self, reservation: Uuid, attempts: Vec<Attempt>) {
        self.say(Entry::Released(reservation, attempts));
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
        let (mut page, mut waiting) = (Page::default(), Vec::new());
        for entry in entries.drain(..) {
            match entry {
                Entry::Settled(id, settlement) => page.settled(id, settlement),
                Entry::Released(id, attempts) => page.released(id, &attempts),
                Entry::Flush(done) => waiting.push(done),
            }
        }
        write(&door, page).await;
        for done in waiting {
            let _gone = done.send(());
        }
    }
}

/// Writes until it is written. Trying again is safe: each entry ends its reservation once. What the
/// database refuses for good is given up; its reservations expire as spent.
async fn write(door: &Door<Worker>, mut page: Page) {
    let mut wait = Duration::from_millis(100);
    loop {
        match page.write(door).await {
            Ok(()) => return,
            Err(DbError::Unavailable(reason)) => {
                tracing::warn!(reason, "the ledger waits: the database does not answer");
            }
            Err(error) => {
                tracing::error!(%error, "the ledger was refused; its calls stay charged");
                return;
            }
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
    fn settled(&mut self, id: Uuid, settlement: Settlement) {
        let page = self.settle.get_or_insert_with(|| Settle {
            ids: Vec::new(),
            nanos: Vec::new(),
            tokens_in: Vec::new(),
            tokens_out: Vec::new(),
        });
        page.ids.push(id);
        page.nanos.push(settlement.cost_nano.max(0));
        page.tokens_in.push(signed(settlement.tokens_in));
        page.tokens_out.push(signed(settlement.tokens_out));
        self.attempted(id, &settlement.attempts);
    }

    fn released(&mut self, id: Uuid, attempts: &[Attempt]) {
        self.releases.push(Release { id });
        self.attempted(id, attempts);
    }

    fn attempted(&mut self, id: Uuid, attempts: &[Attempt]) {
        if attempts.is_empty() {
            return;
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
        }
    }

    /// Settlements and the log of attempts, then what goes back: apart, since the former do not wait
    /// for the disk and the latter does, and since one pipeline holds a bounded number.
    async fn write(&mut self, door: &Door<Worker>) -> Result<(), DbError> {
        if self.settle.is_some() || self.attempts.is_some() {
            door.write(None, (self.settle.clone(), self.attempts.clone())).await?;
            (self.settle, self.attempts) = (None, None);
        }
        while !self.releases.is_empty() {
            let most = self.releases.len().min(DB_BATCH_MAX);
            let batch: Vec<Release> = self.releases.iter().take(most).cloned().collect();
            door.write(None, batch).await?;
            self.releases.drain(..most);
        }
        Ok(())
    }
}

fn signed(tokens: u64) -> i64 {
    i64::try_from(tokens).unwrap_or(i64::MAX)
}
