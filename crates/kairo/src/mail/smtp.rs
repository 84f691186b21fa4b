//! Mail by SMTP, over TLS or to a server on this machine.
//!
//! **Invariant:** no mail leaves this machine in plain text: `smtp://` without TLS is for loopback
//! alone.

use std::time::Duration;

use lettre::message::header::ContentType;
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::AsyncSmtpTransport;
use lettre::{AsyncTransport as _, Tokio1Executor};
use secrecy::{ExposeSecret as _, SecretString};

use super::Letter;

/// Longest wait for the mail server.
const TIMEOUT: Duration = Duration::from_secs(15);

/// A mail server.
pub struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

/// Why a mail was not sent, or a mail server cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SmtpError {
    /// The settings do not name a server that may be used.
    #[error("the mail server's address cannot be used: {0}")]
    Address(String),
    /// The sender is not an address.
    #[error("the sender of mails is not an e-mail address")]
    From,
    /// The letter cannot be made into a mail.
    #[error("the mail could not be made")]
    Letter,
    /// The server refused, or could not be reached. The text names no address of a person.
    #[error("the mail server did not take the mail ({kind})")]
    Transport {
        /// What happened.
        kind: &'static str,
        /// Whether trying again is of no use.
        permanent: bool,
    },
}

impl SmtpError {
    /// Whether trying again is of no use.
    pub fn is_final(&self) -> bool {
        match self {
            Self::Transport { permanent, .. } => *permanent,
            Self::Address(_) | Self::From | Self::Letter => true,
        }
    }
}

impl Smtp {
    /// A server by URL: `smtps://user:password@host:465`, `smtp://host:587?tls=required`, or
    /// `smtp://localhost:25` on this machine.
    pub fn new(url: &SecretString, from: &str) -> Result<Self, SmtpError> {
        let url = url.expose_secret();
        let plain = url.starts_with("smtp://") && !url.contains("tls=required");
        let host = url.split("://").nth(1).unwrap_or_default();
        let host = host.rsplit('@').next().unwrap_or_default();
        let local = ["localhost", "127.0.0.1", "[::1]"].iter().any(|name| {
            host.strip_prefix(name)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/']))
        });
        if plain && !local {
            return Err(SmtpError::Address(
                "plain text to another machine; use smtps:// or ?tls=required".to_owned(),
            ));
        }
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            .map_err(|_| SmtpError::Address("it is not smtp:// or smtps://".to_owned()))?
            .timeout(Some(TIMEOUT))
            .build();
        Ok(Self { transport, from: from.parse().map_err(|_| SmtpError::From)? })
    }

    /// Sends one mail.
    pub async fn send(&self, letter: &Letter) -> Result<(), SmtpError> {
        let message = Message::builder()
            .from(self.from.clone())
            .to(letter.to.parse().map_err(|_| SmtpError::Letter)?)
            .subject(letter.subject.as_str())
            .header(ContentType::TEXT_PLAIN)
            .body(letter.text.to_string())
            .map_err(|_| SmtpError::Letter)?;
        self.transport.send(message).await.map(drop).map_err(|error| SmtpError::Transport {
            kind: if error.is_permanent() {
                "it refused"
            } else if error.is_transient() {
                "it said: later"
            } else if error.is_timeout() {
                "it did not answer in time"
            } else {
                "it could not be reached"
            },
            permanent: error.is_permanent(),
        })
    }
}
