//! Mail on its way out: a queue in the database, and the ways by which letters leave it.
//!
//! A letter is sealed and becomes a row in the transaction of what it speaks of ([`Mailer`]). Each
//! node has a [`Postman`] that takes rows under a lease, gives them to the carrier and keeps what
//! came of it. So a letter survives the node that made it, and the time of a request tells nothing
//! about the mail server.
//!
//! **Invariant:** no column holds an address, a subject or a text in clear; the letter is erased by
//! the statement that ends its row, and an address is known again by a keyed digest alone.
//! **Invariant:** a letter's text, link and code are never logged, nor an address, nor what a
//! provider says, which quotes both. The outbox alone shows them, and it cannot be on together with
//! a public origin.
//! **Invariant:** while a lease holds, one node sends. What is sent again after a crash has the
//! same key (the row's id), by which Resend sends once and a mailbox can tell a copy.
//!
//! It must never decide what an asker is told: whether an address gets mail is looked at when the
//! letter leaves.

mod outbox;
mod postman;
pub mod queries;
mod refusal;
mod resend;
mod seals;
mod smtp;
mod suppressed;
mod webhook;

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;
use uuid::Uuid;
use zeroize::Zeroizing;

pub use outbox::{Outbox, OutboxLetter};
pub use postman::Postman;
pub use refusal::{Cause, NotCarried, wait_ms};
pub use resend::{Resend, ResendError};
pub use seals::{ADDRESSES, LETTERS, SealError, SealedLetter, Seals};
pub use smtp::{Smtp, SmtpError};
pub use suppressed::{Suppressed, release, suppressed};
pub use webhook::{Fate, NotOurs, Signed, Told, Webhook};

use crate::clock::Random;
use crate::db::{DbError, Door, Worker};
use queries::MailNote;

/// One mail. In the database it is sealed whole.
#[derive(Serialize, Deserialize)]
pub struct Letter {
    /// One address.
    pub to: String,
    /// Subject; no secret, since it shows on locked screens.
    pub subject: String,
    /// The text, plain.
    pub text: Zeroizing<String>,
    /// The link in the text.
    pub link: Zeroizing<String>,
    /// The code in the text.
    pub code: Zeroizing<String>,
    /// When it was written.
    pub at: Timestamp,
}

/// Where letters go.
pub enum Carrier {
    /// A folder of this machine; for development.
    Outbox(Outbox),
    /// A mail server.
    Smtp(Smtp),
    /// Resend's API.
    Resend(Resend),
}

/// What mail stands on.
pub struct Post {
    /// Where letters go.
    pub carrier: Carrier,
    /// What the provider's messages are signed with, where it sends any.
    pub webhook: Option<Webhook>,
    /// The door of the jobs.
    pub door: Door<Worker>,
    /// The keys of letters and addresses.
    pub seals: Seals,
    /// For the spread of retries.
    pub random: Random,
    /// Time for one attempt at one letter, `MAIL_SEND_MAX` in service; a test shortens it.
    pub send_max: Duration,
}

impl Post {
    /// The two ends: one takes letters, the other delivers them once it runs.
    pub fn open(self) -> (Mailer, Postman) {
        let (seals, wake) = (Arc::new(self.seals), Arc::new(Notify::new()));
        let webhook = self.webhook.map(Arc::new);
        let mailer = Mailer { seals: seals.clone(), wake: wake.clone(), webhook };
        let postman = Postman {
            carrier: self.carrier,
            door: self.door,
            seals,
            random: self.random,
            wake,
            send_max: self.send_max,
        };
        (mailer, postman)
    }
}

/// Takes letters, and hears what became of them. Cheap to clone.
#[derive(Clone)]
pub struct Mailer {
    seals: Arc<Seals>,
    wake: Arc<Notify>,
    webhook: Option<Arc<Webhook>>,
}

impl Mailer {
    /// Seals a letter for its row, to be kept in the transaction of what it speaks of.
    ///
    /// # Errors
    /// Longer than `MAIL_LETTER_BYTES_MAX`, or no randomness.
    pub fn seal(&self, id: Uuid, letter: &Letter) -> Result<SealedLetter, SealError> {
        self.seals.seal(id, letter)
    }

    /// Says that a letter was committed, so that it leaves now and not at the next look.
    pub fn wake(&self) {
        self.wake.notify_one();
    }

    /// What the provider's messages are signed with; without it nobody is listened to.
    pub fn webhook(&self) -> Option<&Webhook> {
        self.webhook.as_deref()
    }

    /// Keeps what a provider told, once: false where the same message was kept before. `told` must
    /// have passed [`Webhook::verify`], and its addresses must be as they are written to.
    ///
    /// # Errors
    /// The database refused; the provider tells it again.
    pub async fn note(
        &self,
        door: &Door<Worker>,
        event: &str,
        told: &Told,
    ) -> Result<bool, DbError> {
        let Some(fate) = told.fate else { return Ok(true) };
        let macs = told.to.iter().filter_map(|to| self.seals.address_macs(to).into_iter().next());
        let note = MailNote {
            event_hash: webhook::event_hash(event),
            fate: fate.as_str().to_owned(),
            provider_id: told.provider_id.clone(),
            address_macs: macs.collect(),
        };
        Ok(door.write(None, note).await?.first().is_some_and(|row| row.noted))
    }
}
