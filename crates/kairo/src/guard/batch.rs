//! Requests on their way to the statement: alone while there is little to do, together as soon as
//! some wait for the ones before them.
//!
//! There is no timer: what comes while a batch is at the database is the next batch, so a request
//! on a quiet node waits for nobody, and a busy node pays for one COMMIT what many share.
//!
//! **Invariant:** a batch has no more power than its members: each brings its own session's digest.
//! **Invariant:** what a batch could not decide goes alone, and is decided as if there had been none.
//! **Invariant:** a grant reaches whoever asked, or is given back.

use std::sync::Arc;

use futures_util::future::join_all;
use tokio::sync::{Semaphore, mpsc, oneshot};

use super::ledger::Ledger;
use super::queries::{AnswerRow, Reserve, ReserveBatch};
use super::{Ask, CALL_CREDITS, Refusal};
use crate::db::{App, DbError, Door, Identity};
use crate::limits::{RESERVE_LANES, RESERVE_QUEUE_MAX};

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
pub(super) struct Reserver {
    queue: mpsc::Sender<Waiting>,
}

impl Reserver {
    /// Starts. It ends when the last guard is gone.
    pub(super) fn start(door: Door<App>, ledger: Ledger, batch_max: usize) -> Self {
        let (queue, waiting) = mpsc::channel(RESERVE_QUEUE_MAX);
        tokio::spawn(run(Counter { door, ledger }, waiting, batch_max.max(1)));
        Self { queue }
    }

    /// Decides one request. A full queue is a database that does not keep up, and says so.
    pub(super) async fn reserve(
        &self,
        identity: &Identity,
        ask: Ask,
    ) -> Result<AnswerRow, Refusal> {
        let (answer, answered) = oneshot::channel();
        let waiting = Waiting { identity: identity.clone(), ask, answer };
        self.queue.try_send(waiting).map_err(|_| Refusal::Unavailable)?;
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

async fn run(counter: Counter, mut queue: mpsc::Receiver<Waiting>, batch_max: usize) {
    let lanes = Arc::new(Semaphore::new(RESERVE_LANES));
    let mut batch = Vec::with_capacity(batch_max);
    while let Ok(lane) = Arc::clone(&lanes).acquire_owned().await {
        if queue.recv_many(&mut batch, batch_max).await == 0 {
            return;
        }
        let (counter, batch) = (counter.clone(), std::mem::take(&mut batch));
        tokio::spawn(async move {
            let alone = counter.together(batch).await;
            drop(lane);
            join_all(alone.into_iter().map(|waiting| counter.one(waiting))).await;
        });
    }
}

impl Counter {
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
            // Nothing of the batch was kept: a key of it came by another batch at once, or the money
            // does not reach for all.
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
    let said = || batch.iter().map(|waiting| waiting.identity.said());
    ReserveBatch {
        bearers: said().map(|(kind, _)| kind).collect(),
        digests: said().map(|(_, digest)| digest.to_owned()).collect(),
        keys: batch.iter().map(|waiting| waiting.ask.key).collect(),
        costs: vec![CALL_CREDITS; batch.len()],
        tasks: batch.iter().map(|waiting| waiting.ask.task.word()).collect(),
        nanos: batch.iter().map(|waiting| waiting.ask.nano_max).collect(),
    }
}
