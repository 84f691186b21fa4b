//! Mail by Resend's API.
//!
//! Facts of the API, each from Resend's own pages:
//! - `POST /emails` with a bearer key takes `{"from","to":[…],"subject","text"}` and answers
//!   `{"id"}` (resend.com/docs/api-reference/emails/send-email).
//! - An `Idempotency-Key` of up to 256 characters makes a repeated request within 24 hours give the
//!   first answer and send nothing; the same key with another body is 409
//!   `invalid_idempotent_request`, and one whose first request still runs is 409
//!   `concurrent_idempotent_requests` (resend.com/docs/dashboard/emails/idempotency-keys and
//!   resend.com/docs/api-reference/errors).
//! - Errors are `{"statusCode","name","message"}`; the message quotes addresses.
//! - 429 carries `retry-after` in seconds (resend.com/docs/api-reference/rate-limit).
//!
//! **Invariant:** the key leaves this machine over verified TLS alone; plain HTTP is for loopback.
//! **Invariant:** no redirect is followed and no proxy of the environment is used: either could
//! take the key, and the letter, elsewhere.
//! **Invariant:** of an answer only its status, an id and a name of a known list are used.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::{Client, Response, Url, redirect, retry};
use rustls::{ClientConfig, RootCertStore};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Letter;
use super::refusal::{Cause, NotCarried};
use crate::limits::{MAIL_ANSWER_BYTES_MAX, MAIL_CONNECT_MAX, MAIL_SEND_MAX};

/// Longest id of a letter that the database keeps.
const ID_BYTES_MAX: usize = 100;

/// Resend cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ResendError {
    /// The settings name no address.
    #[error("the address of Resend's API cannot be used")]
    Address,
    /// Plain text would show the key to whoever is in between.
    #[error("Resend's API is reached by https:// alone, or by http:// on this machine")]
    Plain,
    /// No client can be made.
    #[error("no HTTP client can be made: {0}")]
    Client(String),
}

/// Resend's API.
pub struct Resend {
    client: Client,
    emails: Url,
    key: SecretString,
    from: String,
}

#[derive(Serialize)]
struct Email<'a> {
    from: &'a str,
    to: [&'a str; 1],
    subject: &'a str,
    text: &'a str,
}

#[derive(Deserialize)]
struct Accepted {
    id: String,
}

#[derive(Deserialize)]
struct Refused {
    name: String,
}

impl Resend {
    /// The API at `base`, such as `https://api.resend.com`.
    ///
    /// # Errors
    /// No address, or one that is plain text to another machine.
    pub fn new(base: &str, key: SecretString, from: &str) -> Result<Self, ResendError> {
        let emails = format!("{}/emails", base.trim_end_matches('/'));
        let emails: Url = emails.parse().map_err(|_| ResendError::Address)?;
        let local = match emails.host_str().ok_or(ResendError::Address)? {
            "localhost" | "[::1]" => true,
            host => host.parse().is_ok_and(|it: std::net::Ipv4Addr| it.is_loopback()),
        };
        if !(emails.scheme() == "https" || emails.scheme() == "http" && local) {
            return Err(ResendError::Plain);
        }
        let client = Client::builder()
            .tls_backend_preconfigured(tls()?)
            .https_only(emails.scheme() == "https")
            .redirect(redirect::Policy::none())
            // Attempts are counted in the database.
            .retry(retry::never())
            .no_proxy()
            .referer(false)
            .connect_timeout(MAIL_CONNECT_MAX)
            .timeout(MAIL_SEND_MAX)
            .user_agent(concat!("kairo/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| ResendError::Client(error.to_string()))?;
        Ok(Self { client, emails, key, from: from.to_owned() })
    }

    /// Hands one letter over; gives Resend's id of it. `id` is the key of all attempts at it.
    ///
    /// # Errors
    /// Why it was not taken, as [`Cause`] tells.
    pub async fn send(&self, id: Uuid, letter: &Letter) -> Result<String, NotCarried> {
        let email = Email {
            from: &self.from,
            to: [&letter.to],
            subject: &letter.subject,
            text: &letter.text,
        };
        let request = self.client.post(self.emails.clone()).json(&email);
        let request = request.bearer_auth(self.key.expose_secret());
        let response = request.header("idempotency-key", id.to_string()).send().await;
        let response = response.map_err(|error| unsent(&error))?;
        let status = response.status().as_u16();
        let wait = retry_after(response.headers());
        let body = whole(response).await?;
        match status {
            200..=299 => accepted(&body).ok_or(Cause::Garbled.into()),
            _ => Err(NotCarried { cause: refused(status, &body), wait }),
        }
    }
}

/// The public authorities, as the mail server's connection uses them.
fn tls() -> Result<ClientConfig, ResendError> {
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| ResendError::Client(error.to_string()))?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

fn unsent(error: &reqwest::Error) -> NotCarried {
    let cause = if error.is_timeout() { Cause::TimedOut } else { Cause::Unreachable };
    cause.into()
}

/// The body, up to `MAIL_ANSWER_BYTES_MAX`: what is longer is no answer of this API.
async fn whole(mut response: Response) -> Result<Vec<u8>, NotCarried> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| unsent(&error))? {
        if body.len() + chunk.len() > MAIL_ANSWER_BYTES_MAX {
            return Err(Cause::Garbled.into());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn accepted(body: &[u8]) -> Option<String> {
    let Accepted { id } = serde_json::from_slice(body).ok()?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    ((1..=ID_BYTES_MAX).contains(&id.len()) && id.bytes().all(plain)).then_some(id)
}

fn refused(status: u16, body: &[u8]) -> Cause {
    match status {
        401 | 403 => Cause::Unauthorized,
        408 => Cause::TimedOut,
        409 => match serde_json::from_slice(body) {
            Ok(Refused { name }) if name == "concurrent_idempotent_requests" => Cause::Busy,
            _ => Cause::Conflict,
        },
        429 => Cause::Busy,
        500.. => Cause::Unavailable,
        _ => Cause::Refused,
    }
}

/// Seconds alone: the form that Resend writes.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}
