//! Mail on its way out: to a mail server, or on a development machine to an outbox that a page
//! shows.
//!
//! Each letter is sent by a task of its own, so that the time of a request tells nothing about the
//! mail server, and a letter that is tried again delays no other.
//!
//! **Invariant:** at most `MAIL_QUEUE_MAX` letters are unfinished, those that wait for another try
//! included, and at most `MAIL_CONCURRENCY_MAX` talk to the mail server at once.
//! **Invariant:** a letter's text, link and code are never logged. The outbox alone shows them, and
//! it cannot be on together with a public origin.

mod outbox;
mod smtp;

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use zeroize::Zeroizing;

pub use outbox::{Outbox, OutboxLetter};
pub use smtp::{Smtp, SmtpError};

use crate::limits::{MAIL_CONCURRENCY_MAX, MAIL_QUEUE_MAX};

/// One mail.
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
}

/// The queue is full.
#[derive(Debug, thiserror::Error)]
#[error("{MAIL_QUEUE_MAX} mails are waiting")]
pub struct QueueFull;

/// Takes letters.
#[derive(Clone)]
pub struct Mailer {
    post: Arc<Post>,
    room: Arc<Semaphore>,
}

/// What the tasks of letters share.
struct Post {
    carrier: Carrier,
    /// Held while a letter is on its way, never while it waits for another try: addresses whose
    /// server puts mail off would otherwise shut everybody else's sign-in out.
    turns: Semaphore,
}

/// A place in the queue; it is free again when the letter is finished, or was never sent.
pub struct Slot {
    post: Arc<Post>,
    place: OwnedSemaphorePermit,
}

impl Slot {
    /// Puts the letter into the place.
    pub fn send(self, letter: Letter) {
        let Self { post, place } = self;
        tokio::spawn(async move {
            post.carry(&letter).await;
            drop(place);
        });
    }
}

impl Mailer {
    /// Takes letters for this carrier.
    pub fn start(carrier: Carrier) -> Self {
        let turns = match &carrier {
            // It clears its folder after each letter, which two at once would do to each other.
            Carrier::Outbox(_) => 1,
            Carrier::Smtp(_) => MAIL_CONCURRENCY_MAX,
        };
        let post = Arc::new(Post { carrier, turns: Semaphore::new(turns) });
        Self { post, room: Arc::new(Semaphore::new(MAIL_QUEUE_MAX)) }
    }

    /// Takes a place in the queue before anything depends on the letter.
    pub fn reserve(&self) -> Result<Slot, QueueFull> {
        let place = self.room.clone().try_acquire_owned().map_err(|_| QueueFull)?;
        Ok(Slot { post: self.post.clone(), place })
    }
}

/// Waits after the first, second and third failure. A link lives ten minutes; later it would be
/// useless.
const RETRY_AFTER_S: [u64; 3] = [2, 10, 60];

impl Post {
    async fn carry(&self, letter: &Letter) {
        for wait_s in RETRY_AFTER_S {
            match self.try_once(letter).await {
                Ok(()) => return,
                Err(error) if error.is_final() => {
                    tracing::error!(%error, "a mail was given up at once");
                    return;
                }
                Err(error) => tracing::warn!(%error, wait_s, "a mail is tried again"),
            }
            tokio::time::sleep(Duration::from_secs(wait_s)).await;
        }
        if let Err(error) = self.try_once(letter).await {
            tracing::error!(%error, "a mail was given up");
        }
    }

    async fn try_once(&self, letter: &Letter) -> Result<(), CarryError> {
        let _turn = self.turns.acquire().await;
        match &self.carrier {
            Carrier::Outbox(outbox) => Ok(outbox.keep(letter)?),
            Carrier::Smtp(smtp) => Ok(smtp.send(letter).await?),
        }
    }
}

/// A letter was not carried.
#[derive(Debug, thiserror::Error)]
enum CarryError {
    /// The mail server refused it, put it off, or is away.
    #[error(transparent)]
    Smtp(#[from] SmtpError),
    /// The outbox's folder cannot be written.
    #[error("the mail could not be put into the outbox: {0}")]
    Outbox(#[from] std::io::Error),
}

impl CarryError {
    fn is_final(&self) -> bool {
        match self {
            Self::Smtp(error) => error.is_final(),
            Self::Outbox(_) => true,
        }
    }
}
