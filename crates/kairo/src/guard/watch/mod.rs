//! The watch for what is out of the ordinary, and who is told of it.
//!
//! Each hour everybody's last 24 hours with models are compared with the seven days before
//! (`guard.watch`, in `migrations/0028_alerts_create.sql`). What an operator should know becomes an
//! alert, a row; [`Watch`] runs on every node, and the database lets one of them compare an hour.
//! Alerts are told in the log, by mail and by a signed message to a webhook, each way by a queue of
//! its own.
//!
//! **Invariant:** which hour is due is decided by the database's clock and by what was compared, so
//! an hour that nobody was there for is compared later, as it was.
//! **Invariant:** a letter or message is kept in the transaction that marks its alerts, so each is
//! told once on each way, whichever node dies.
//! **Invariant:** an alert names a person by their id; no address, and nothing that they wrote.

mod hook;
pub mod queries;
pub(super) mod words;

#[cfg(test)]
mod tests;

use tokio::time::{Instant, sleep};
use uuid::Uuid;

use crate::clock::{Clock, Ids, NoRandomness, Random};
use crate::db::{DbError, Door, Endpoint, Host, Worker};
use crate::limits::{ALERT_LOOK_EVERY, WATCH_LOOK_EVERY};
use crate::mail::{Letter, Mailer, SealError};
use crate::meters;

pub use hook::{Hook, HookError, wait_after};
pub use words::{subject, text};

use queries::{
    Alert, AlertsLogged, AlertsMail, AlertsSend, AlertsWaiting, Message, MessageClaim,
    MessageRecord, Notice, alone,
};

/// What the watch stands on.
pub struct Watch {
    /// The way of `kairo_worker` to the database.
    pub way: Endpoint,
    /// The door of jobs.
    pub door: Door<Worker>,
    /// The present, for letters and signatures.
    pub clock: Clock,
    /// For the spread of retries.
    pub random: Random,
    /// Ids of letters and messages.
    pub ids: Ids,
    /// By which name people know this Kairo.
    pub origin: String,
    /// Takes letters.
    pub mailer: Mailer,
    /// Who gets alerts by mail.
    pub email: Option<String>,
    /// Where they are sent besides.
    pub hook: Option<Hook>,
}

/// Somebody was not told; they are at the next look.
#[derive(Debug, thiserror::Error)]
pub enum TellError {
    /// The database does not answer.
    #[error(transparent)]
    Db(#[from] DbError),
    /// No letter can be made.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// No id can be drawn.
    #[error(transparent)]
    Random(#[from] NoRandomness),
}

impl Watch {
    /// Watches for as long as the runtime lives; looks at once.
    pub async fn run(self) {
        let mut looked: Option<Instant> = None;
        loop {
            if looked.is_none_or(|at| at.elapsed() >= WATCH_LOOK_EVERY) {
                if let Err(error) = self.look().await {
                    tracing::error!(%error, "the use of models was not compared; trying later");
                }
                looked = Some(Instant::now());
            }
            if let Err(error) = self.tell().await {
                tracing::warn!(%error, "alerts were not told; trying later");
            }
            sleep(ALERT_LOOK_EVERY).await;
        }
    }

    /// Compares every hour that is due; gives how many those were.
    ///
    /// # Errors
    /// The database does not answer, or not in time.
    pub async fn look(&self) -> Result<usize, DbError> {
        // First, so that a run that was missed is told even where it fails again.
        let noticed = self.door.write(None, Notice {}).await?;
        if let Some(age_s) = noticed.first().and_then(|row| row.age_s) {
            meters::watch_age(age_s);
        }
        let host = Host::connect(self.way.clone()).await?;
        host.execute(alone::PATIENCE).await?;
        let mut hours = 0;
        loop {
            let rows = host.query(alone::WATCH, &[]).await?;
            let Some(row) = rows.first() else { return Ok(hours) };
            let (hour, people): (&str, i32) = (row.get("hour"), row.get("people"));
            let alerts: i32 = row.get("alerts");
            tracing::info!(hour, people, alerts, "the use of models was compared");
            meters::watch_age(0);
            hours += 1;
        }
    }

    /// Tells of every alert that was not told yet, on each way that there is.
    ///
    /// # Errors
    /// The database does not answer, or no letter can be made.
    pub async fn tell(&self) -> Result<(), TellError> {
        self.log().await?;
        if let Some(email) = &self.email {
            self.write(email).await?;
        }
        if let Some(hook) = &self.hook {
            self.send(hook).await?;
        }
        Ok(())
    }

    async fn waiting(&self, way: &'static str) -> Result<Vec<Alert>, DbError> {
        self.door.write(None, AlertsWaiting { way }).await
    }

    async fn log(&self) -> Result<(), DbError> {
        let alerts = self.waiting("log").await?;
        if alerts.is_empty() {
            return Ok(());
        }
        for alert in &alerts {
            let kind = meters::alert(&alert.kind);
            tracing::warn!(kind, alert = words::line(alert), "an alert");
        }
        if self.email.is_none() && self.hook.is_none() {
            tracing::warn!(
                "nobody is told of alerts but this log; set KAIRO_ALERTS_EMAIL or \
                 KAIRO_ALERTS_WEBHOOK_URL"
            );
        }
        self.door.write(None, AlertsLogged { ids: ids(&alerts) }).await?;
        Ok(())
    }

    async fn write(&self, email: &str) -> Result<(), TellError> {
        let alerts = self.waiting("mail").await?;
        if alerts.is_empty() {
            return Ok(());
        }
        let letter = Letter {
            to: email.to_owned(),
            subject: subject(&alerts),
            text: text(&self.origin, &alerts).into(),
            link: String::new().into(),
            code: String::new().into(),
            at: self.clock.now(),
        };
        let sealed = self.mailer.seal(self.ids.next()?, &letter)?;
        let keep = AlertsMail {
            ids: ids(&alerts),
            letter: sealed.id,
            sealed: sealed.sealed,
            address_macs: sealed.address_macs,
        };
        // Where another node was first, its letter speaks of them.
        if self.door.write(None, keep).await?.first().is_some_and(|row| row.kept) {
            self.mailer.wake();
        }
        Ok(())
    }

    async fn send(&self, hook: &Hook) -> Result<(), TellError> {
        let alerts = self.waiting("webhook").await?;
        if !alerts.is_empty() {
            let body = hook::body(&text(&self.origin, &alerts));
            let keep = AlertsSend { ids: ids(&alerts), message: self.ids.next()?, body };
            self.door.write(None, keep).await?;
        }
        loop {
            let held = self.door.write(None, MessageClaim {}).await?;
            if held.is_empty() {
                return Ok(());
            }
            for message in held {
                self.attempt(hook, message).await?;
            }
        }
    }

    async fn attempt(&self, hook: &Hook, message: Message) -> Result<(), DbError> {
        let Message { id, body, attempt } = message;
        let came = hook.send(id, self.clock.now(), &body).await;
        let record = match came {
            Ok(()) => MessageRecord { id, attempt, error: None, wait_ms: 0 },
            Err(failed) => {
                // Without randomness messages come back together, which is no reason to lose them.
                let [jitter] = self.random.bytes().unwrap_or([0]);
                let number = u16::try_from(attempt).unwrap_or(1);
                let wait = wait_after(number, jitter, failed.wait);
                let why = failed.cause;
                tracing::warn!(message = %id, why, attempt, ?wait, "an alert was not taken");
                let wait_ms = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
                MessageRecord { id, attempt, error: Some(why), wait_ms }
            }
        };
        meters::alert_message(record.error.unwrap_or("sent"));
        self.door.write(None, record).await?;
        Ok(())
    }
}

fn ids(alerts: &[Alert]) -> Vec<Uuid> {
    alerts.iter().map(|alert| alert.id).collect()
}
