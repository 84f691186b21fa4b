//! Delivers letters: takes those that are due under a lease, gives each to the carrier, and keeps
//! what came of it.
//!
//! **Invariant:** a letter is held for `MAIL_SEND_MAX` at most, which is shorter than its lease, so
//! two nodes never send one letter at once.
//! **Invariant:** a letter that is slow, or is tried again, delays no other one.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};
use uuid::Uuid;

use super::queries::{Claimed, MailClaim, MailRecord, MailWaiting};
use super::refusal::{Cause, NotCarried, wait_ms};
use super::{Carrier, Letter, Seals};
use crate::clock::Random;
use crate::db::{DbError, Door, Worker};
use crate::limits::{MAIL_CONCURRENCY_MAX, MAIL_LOOK_EVERY};
use crate::meters;

/// Attempts at keeping what became of a letter, a second apart: all within its lease.
const RECORD_TRIES: u32 = 5;

/// Takes letters out of the queue.
pub struct Postman {
    pub(super) carrier: Carrier,
    pub(super) door: Door<Worker>,
    pub(super) seals: Arc<Seals>,
    pub(super) random: Random,
    pub(super) wake: Arc<Notify>,
    pub(super) send_max: Duration,
}

/// Time between two counts of the letters that wait.
const COUNT_EVERY: Duration = Duration::from_secs(10);

/// What an attempt came to: the provider's id of the letter, where it has one.
type Attempt = Result<Option<String>, NotCarried>;

impl Postman {
    /// Delivers until `stop` ends; then what is under way is finished, and nothing new is taken.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let postman = Arc::new(self);
        let mut stop = pin!(stop);
        let mut under_way = JoinSet::new();
        let mut is_well = true;
        let mut counted = None;
        loop {
            if counted.is_none_or(|at: Instant| at.elapsed() >= COUNT_EVERY) {
                postman.count().await;
                counted = Some(Instant::now());
            }
            let taken = postman.take(postman.turns() - under_way.len()).await;
            if let Err(error) = &taken
                && is_well
            {
                tracing::warn!(%error, "mail waits: the database does not answer");
            }
            is_well = taken.is_ok();
            for claimed in taken.unwrap_or_default() {
                under_way.spawn(Arc::clone(&postman).deliver(claimed));
            }
            tokio::select! {
                () = &mut stop => break,
                () = postman.wake.notified() => {}
                Some(_) = under_way.join_next() => {}
                () = sleep(MAIL_LOOK_EVERY) => {}
            }
        }
        while under_way.join_next().await.is_some() {}
    }

    /// Letters that may be under way at once.
    fn turns(&self) -> usize {
        match &self.carrier {
            // It clears its folder after each letter, which two at once would do to each other.
            Carrier::Outbox(_) => 1,
            Carrier::Smtp(_) | Carrier::Resend(_) => MAIL_CONCURRENCY_MAX,
        }
    }

    /// Tells the meters how many letters wait. A database that is away is told by the next look.
    async fn count(&self) {
        let counted = self.door.read(None, MailWaiting {}).await;
        if let Some(row) = counted.ok().as_ref().and_then(|rows| rows.first()) {
            meters::letters_waiting(row.waiting);
        }
    }

    async fn take(&self, room: usize) -> Result<Vec<Claimed>, DbError> {
        let limit = i32::try_from(room).unwrap_or(i32::MAX);
        if limit == 0 {
            return Ok(Vec::new());
        }
        self.door.write(None, MailClaim { limit }).await
    }

    async fn deliver(self: Arc<Self>, claimed: Claimed) {
        let attempt = match self.seals.open(claimed.id, &claimed.sealed) {
            Ok(letter) => timeout(self.send_max, self.carry(claimed.id, &letter))
                .await
                .unwrap_or(Err(Cause::TimedOut.into())),
            Err(error) => {
                tracing::error!(%error, "a mail does not open");
                Err(Cause::Damaged.into())
            }
        };
        let record = self.record(&claimed, attempt);
        for _try in 0..RECORD_TRIES {
            match self.door.write(None, record.clone()).await {
                Ok(rows) if rows.first().is_some_and(|row| row.recorded) => return,
                Ok(_) => {
                    tracing::warn!(mail = %claimed.id, "a mail's lease was lost before its answer");
                    return;
                }
                Err(error) => tracing::warn!(%error, "what became of a mail was not kept"),
            }
            sleep(Duration::from_secs(1)).await;
        }
    }

    async fn carry(&self, id: Uuid, letter: &Letter) -> Attempt {
        if letter.to.ends_with(".invalid") {
            return Err(Cause::Reserved.into());
        }
        match &self.carrier {
            Carrier::Outbox(outbox) => match outbox.keep(letter) {
                Ok(()) => Ok(None),
                Err(error) => {
                    tracing::error!(%error, "the mail could not be put into the outbox");
                    Err(Cause::Unwritable.into())
                }
            },
            Carrier::Smtp(smtp) => smtp.send(id, letter).await.map(|()| None),
            Carrier::Resend(resend) => resend.send(id, letter).await.map(Some),
        }
    }

    /// What is kept of an attempt; tells the log of one that failed.
    fn record(&self, claimed: &Claimed, attempt: Attempt) -> MailRecord {
        let Claimed { id, attempt: number, .. } = *claimed;
        let kept = |outcome: &str, error: Option<Cause>, provider_id, wait_ms| MailRecord {
            id,
            attempt: number,
            outcome: outcome.to_owned(),
            error: error.map(|cause| cause.as_str().to_owned()),
            provider_id,
            wait_ms,
        };
        let NotCarried { cause, wait } = match attempt {
            Ok(provider_id) => return kept("sent", None, provider_id, 0),
            Err(failed) => failed,
        };
        let why = cause.as_str();
        if cause.is_final() {
            match cause {
                Cause::Reserved => tracing::debug!(mail = %id, "a mail that reaches nobody"),
                _ => tracing::error!(mail = %id, why, "a mail was given up at once"),
            }
            return kept("failed", Some(cause), None, 0);
        }
        // Without randomness letters come back together, which is no reason to lose them.
        let [jitter] = self.random.bytes().unwrap_or([0]);
        let wait_ms = wait_ms(u16::try_from(number).unwrap_or(1), jitter, wait);
        tracing::warn!(mail = %id, why, attempt = number, wait_ms, "a mail was not taken");
        kept("later", Some(cause), None, i64::try_from(wait_ms).unwrap_or(i64::MAX))
    }
}
