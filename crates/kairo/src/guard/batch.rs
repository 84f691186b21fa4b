//! Requests on their way to the statement, alone or together (see [`Gather`]).
//!
//! **Invariant:** a batch has no more power than its members: each brings its own session's digest.
//! **Invariant:** what a batch could not decide goes alone, and is decided as if there had been
//! none.
//! **Invariant:** a grant reaches whoever asked, or is given back.

use futures_util::stream::{self, StreamExt as _};
use tokio::sync::oneshot;

use super::ledger::Ledger;
use super::queries::{AnswerRow, Reserve, ReserveBatch};
use super::{Ask, CALL_CREDITS, Refusal};
use crate::db::{App, DbError, Door, Gather, Gathered, Identity};
use crate::limits::{QUOTA_POOL_MAX, RESERVE_LANES, RESERVE_QUEUE_MAX};

/// One request with the way back to whoever waits.
struct Waiting {
    identity: Identity,
    ask: Ask,
    answer: oneshot::Sender<Result<Decided, Refusal>>,
}

/// An answer on its way. One that nobody takes (whoever asked went away, before it came or just
/// after) is given back: nothing has left for a provider.
struct Decided {
    row: Option<AnswerRow>,
    ledger: Ledger,
}

impl Decided {
    fn take(mut self) -> Option<AnswerRow> {
        self.row.take()
    }
}

impl Drop for Decided {
    fn drop(&mut self) {
        if let Some(AnswerRow { reservation: Some(id), .. }) = self.row {
            self.ledger.release(id, Vec::new());
        }
    }
}

/// Takes requests to the database.
pub(super) struct Reserver(Gather<Waiting>);

impl Reserver {
    /// Starts. It ends when the last guard is gone.
    pub(super) fn start(door: Door<App>, ledger: Ledger, batch_max: usize) -> Self {
        let counter = Counter { door, ledger };
        let gathered = Gathered { queue_max: RESERVE_QUEUE_MAX, batch_max, lanes: RESERVE_LANES };
        Self(Gather::start(gathered, move |batch| counter.clone().decide(batch)))
    }

    /// Decides one request. A full queue is a database that does not keep up, and says so.
    pub(super) async fn reserve(
        &self,
        identity: &Identity,
        ask: Ask,
    ) -> Result<AnswerRow, Refusal> {
        let (answer, answered) = oneshot::channel();
        let waiting = Waiting { identity: identity.clone(), ask, answer };
        self.0.send(waiting).map_err(|_| Refusal::Unavailable)?;
        let decided = answered.await.unwrap_or(Err(Refusal::Unavailable))?;
        decided.take().ok_or(Refusal::Unavailable)
    }
}

/// Where requests are decided, and what a grant is given back to that nobody waits for.
#[derive(Clone)]
struct Counter {
    door: Door<App>,
    ledger: Ledger,
}

impl Counter {
    async fn decide(self, batch: Vec<Waiting>) {
        let alone = self.together(batch).await;
        // Mostly none, and what runs several at once is dear to make.
        if alone.is_empty() {
            return;
        }
        // All lanes together ask no more than there are connections, so nobody is refused for
        // want of one: what waits, waits in the queue.
        let at_once = QUOTA_POOL_MAX / RESERVE_LANES;
        let alone = stream::iter(alone);
        alone.for_each_concurrent(at_once, |waiting| self.one(waiting)).await;
    }

    /// Asks for all at once; gives back those that must be asked for alone.
    async fn together(&self, batch: Vec<Waiting>) -> Vec<Waiting> {
        // Whoever went away meanwhile must not be charged.
        let mut batch: Vec<Waiting> =
            batch.into_iter().filter(|waiting| !waiting.answer.is_closed()).collect();
        if batch.len() < 2 {
            if let Some(waiting) = batch.pop() {
                self.one(waiting).await;
            }
            return Vec::new();
        }
        match self.door.write(None, batched(&batch)).await {
            Ok(mut rows) => {
                rows.sort_unstable_by_key(|row| row.ord);
                let mut alone = Vec::new();
                for (row, waiting) in rows.into_iter().zip(batch) {
                    if row.verdict == "alone" {
                        alone.push(waiting);
                    } else {
                        self.answer(waiting, Ok(row));
                    }
                }
                alone
            }
            // Nothing of the batch was kept: a key of it came by another batch at once, or the
            // money does not reach for all.
            Err(DbError::Exists { .. } | DbError::Constraint { .. }) => batch,
            Err(error) => {
                tracing::warn!(%error, "a batch of requests for calls was not decided");
                for waiting in batch {
                    self.answer(waiting, Err(Refusal::Unavailable));
                }
                Vec::new()
            }
        }
    }

    async fn one(&self, waiting: Waiting) {
        let reserve = Reserve {
            key: waiting.ask.key,
            cost: CALL_CREDITS,
            task: waiting.ask.task.word().to_owned(),
            nano_max: waiting.ask.nano_max,
        };
        let decided = self.door.write(Some(&waiting.identity), reserve).await;
        let decided = decided.map_err(Refusal::from);
        let row = decided.and_then(|rows| rows.into_iter().next().ok_or(Refusal::SessionEnded));
        self.answer(waiting, row);
    }

    fn answer(&self, waiting: Waiting, row: Result<AnswerRow, Refusal>) {
        let decided = row.map(|row| Decided { row: Some(row), ledger: self.ledger.clone() });
        // Where nobody waits any more it comes back, and is dropped.
        let _unheard = waiting.answer.send(decided);
    }
}

fn batched(batch: &[Waiting]) -> ReserveBatch {
    let sessions = batch.iter().map(|waiting| waiting.identity.said().to_owned());
    ReserveBatch {
        sessions: sessions.collect(),
        keys: batch.iter().map(|waiting| waiting.ask.key).collect(),
        costs: vec![CALL_CREDITS; batch.len()],
        tasks: batch.iter().map(|waiting| waiting.ask.task.word()).collect(),
        nanos: batch.iter().map(|waiting| waiting.ask.nano_max).collect(),
    }
}
