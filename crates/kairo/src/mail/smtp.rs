//! Mail by SMTP, over TLS or to a server on this machine.
//!
//! **Invariant:** the server's name is verified, by the public authorities or by the one that is
//! named, and then by that alone. No mail leaves this machine in plain
//! text: `smtp://` without TLS is for loopback alone.

use std::fs;
use std::path::Path;
use std::time::Duration;

use lettre::message::header::ContentType;
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::AsyncSmtpTransport;
use lettre::transport::smtp::client::{Certificate, CertificateStore, Tls, TlsParameters};
use lettre::{AsyncTransport as _, Tokio1Executor};
use secrecy::{ExposeSecret as _, SecretString};
use uuid::Uuid;

use super::Letter;
use super::refusal::{Cause, NotCarried};

/// Longest wait for the mail server.
const TIMEOUT: Duration = Duration::from_secs(15);

/// A mail server.
pub struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

/// A mail server cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SmtpError {
    /// The settings do not name a server that may be used.
    #[error("the mail server's address cannot be used: {0}")]
    Address(String),
    /// The file of the authority is missing, or holds no certificate.
    #[error("the authority of the mail server is no certificate (PEM) in {0}")]
    Authority(std::path::PathBuf),
    /// The sender is not an address.
    #[error("the sender of mails is not an e-mail address")]
    From,
}

impl Smtp {
    /// A server by URL: `smtps://user:password@host:465`, `smtp://host:587?tls=required`, or
    /// `smtp://localhost:25` on this machine. `authority` is a file of PEM.
    ///
    /// # Errors
    /// Not a server that may be used, not a sender, or no authority there.
    pub fn new(
        url: &SecretString,
        from: &str,
        authority: Option<&Path>,
    ) -> Result<Self, SmtpError> {
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
            .timeout(Some(TIMEOUT));
        let transport = match authority {
            Some(authority) if url.starts_with("smtps://") => {
                transport.tls(Tls::Wrapper(trusting(authority, host)?))
            }
            Some(authority) if !plain => transport.tls(Tls::Required(trusting(authority, host)?)),
            _ => transport,
        };
        let from = from.parse().map_err(|_| SmtpError::From)?;
        Ok(Self { transport: transport.build(), from })
    }

    /// Hands one letter over. SMTP has no key that makes a second copy vanish, so after a crash a
    /// letter may come twice; `id` becomes its Message-ID (RFC 5322 3.6.4), by which mailboxes that
    /// look for copies know it.
    ///
    /// # Errors
    /// Why it was not taken, as [`Cause`] tells.
    pub async fn send(&self, id: Uuid, letter: &Letter) -> Result<(), NotCarried> {
        let message = Message::builder()
            .from(self.from.clone())
            .to(letter.to.parse().map_err(|_| Cause::Refused)?)
            .subject(letter.subject.as_str())
            .message_id(Some(format!("<{id}@{}>", self.from.email.domain())))
            .header(ContentType::TEXT_PLAIN)
            .body(letter.text.to_string())
            .map_err(|_| Cause::Refused)?;
        let sent = self.transport.send(message).await;
        sent.map(drop).map_err(|error| {
            let cause = if error.is_permanent() {
                Cause::Refused
            } else if error.is_transient() {
                Cause::Unavailable
            } else if error.is_timeout() {
                Cause::TimedOut
            } else {
                Cause::Unreachable
            };
            cause.into()
        })
    }
}

/// TLS to the host of `place` (`host:465/name?tls=required`) by one authority.
fn trusting(authority: &Path, place: &str) -> Result<TlsParameters, SmtpError> {
    let no_authority = || SmtpError::Authority(authority.to_owned());
    let pem = fs::read(authority).map_err(|_| no_authority())?;
    let certificate = Certificate::from_pem(&pem).map_err(|_| no_authority())?;
    let host = place.split(['/', '?']).next().unwrap_or_default();
    let host = match host.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => host,
        _ => host,
    };
    TlsParameters::builder(host.to_owned())
        .certificate_store(CertificateStore::None)
        .add_root_certificate(certificate)
        .build()
        .map_err(|_| no_authority())
}
