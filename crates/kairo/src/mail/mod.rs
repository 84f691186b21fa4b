//! Mail on its way out: to a mail server, or on a development machine to an outbox that a page
//! shows.
//!
//! Letters wait in a bounded queue and are sent by one task, so that the time of a request tells
//! nothing about the mail server.
//!
//! **Invariant:** a letter's text, link and code are never logged. The outbox alone shows them, and
//! it cannot be on together with a public origin.

mod outbox;
mod smtp;

use jiff::Timestamp;
use tokio::sync::mpsc;
use zeroize::Zeroizing;

pub use outbox::{Outbox, OutboxLetter};
pub use smtp::{Smtp, SmtpError};

use crate::limits::MAIL_QUEUE_MAX;

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
    queue: mpsc::Sender<Letter>,
}

/// A place in the queue.
pub struct Slot<'a>(mpsc::Permit<'a, Letter>);

impl Slot<'_> {
    /// Puts the letter into the place.
    pub fn send(self, letter: Letter) {
        self.0.send(letter);
    }
}

impl Mailer {
    /// Starts the task that carries letters.
    pub fn start(carrier: Carrier) -> Self {
        let (queue, mut letters) = mpsc::channel::<Letter>(MAIL_QUEUE_MAX);
        tokio::spawn(async move {
            while let Some(letter) = letters.recv().await {
                carry(&carrier, &letter).await;
            }
        });
        Self { queue }
    }

    /// Takes a place in the queue before anything depends on the letter.
    pub fn reserve(&self) -> Result<Slot<'_>, QueueFull> {
        self.queue.try_reserve().map(Slot).map_err(|_| QueueFull)
    }
}

/// Waits after the first, second and third failure. A link lives ten minutes; later it would be
/// useless.
const RETRY_AFTER_S: [u64; 3] = [2, 10, 60];

async fn carry(carrier: &Carrier, letter: &Letter) {
    match carrier {
        Carrier::Outbox(outbox) => {
            if let Err(error) = outbox.keep(letter) {
                tracing::error!(%error, "a mail could not be put into the outbox");
            }
        }
        Carrier::Smtp(smtp) => {
            for wait_s in RETRY_AFTER_S {
                match smtp.send(letter).await {
                    Ok(()) => return,
                    Err(error) if error.is_final() => {
                        tracing::error!(%error, "the mail server refused a mail for good");
                        return;
                    }
                    Err(error) => tracing::warn!(%error, wait_s, "a mail is tried again"),
                }
                tokio::time::sleep(std::time::Duration::from_secs(wait_s)).await;
            }
            if let Err(error) = smtp.send(letter).await {
                tracing::error!(%error, "a mail was given up");
            }
        }
    }
}
