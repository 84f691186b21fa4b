//! Messages to an operator's webhook.
//!
//! The body is `{"text": …}`, which Slack and what speaks as it does show as a message. It is
//! signed as Standard Webhooks says (standardwebhooks.com, specification, "Signature scheme"):
//! `webhook-id`, `webhook-timestamp` in seconds, and `webhook-signature: v1,BASE64` of HMAC-SHA-256
//! over `id.timestamp.body` with the base64 part of `whsec_…`. Each attempt has the same id and
//! body, and its own time.
//!
//! **Invariant:** verified TLS to any other machine; no redirect is followed and no proxy of the
//! environment used. Of an answer only the status and `Retry-After` are read.
//! **Invariant:** neither the address, which is a secret of itself at Slack, nor what the other
//! side says is logged.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Client, Url, redirect, retry};
use ring::hmac;
use rustls::{ClientConfig, RootCertStore};
use secrecy::{ExposeSecret as _, SecretString};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::limits::{
    ALERT_CONNECT_MAX, ALERT_PATIENCE_MAX, ALERT_SEND_MAX, ALERT_WAIT_FIRST, ALERT_WAIT_MAX,
};

/// The webhook cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum HookError {
    /// The settings name no address.
    #[error("the address of the webhook for alerts cannot be used")]
    Address,
    /// What an alert says would be read by whoever is in between.
    #[error("the webhook for alerts is reached by https:// alone, or by http:// on this machine")]
    Plain,
    /// Not `whsec_…`, or too short to be one.
    #[error("the secret of the webhook for alerts is no whsec_… of 16 bytes or more")]
    Secret,
    /// No client can be made.
    #[error("no HTTP client can be made: {0}")]
    Client(String),
}

/// A message was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotTaken {
    /// Why; the column `last_error` has the same words.
    pub cause: &'static str,
    /// For how long the other side asked to be left alone.
    pub wait: Option<Duration>,
}

/// An operator's webhook.
pub struct Hook {
    client: Client,
    url: Url,
    key: hmac::Key,
}

impl Hook {
    /// The webhook at an address, with the secret that its messages are signed with.
    ///
    /// # Errors
    /// No address, one that is plain text to another machine, or no secret.
    pub fn new(url: &SecretString, secret: &SecretString) -> Result<Self, HookError> {
        let url: Url = url.expose_secret().parse().map_err(|_| HookError::Address)?;
        let local = match url.host_str().ok_or(HookError::Address)? {
            "localhost" | "[::1]" => true,
            host => host.parse().is_ok_and(|it: std::net::Ipv4Addr| it.is_loopback()),
        };
        if !(url.scheme() == "https" || url.scheme() == "http" && local) {
            return Err(HookError::Plain);
        }
        let encoded = secret.expose_secret().strip_prefix("whsec_").ok_or(HookError::Secret)?;
        let key = Zeroizing::new(STANDARD.decode(encoded).map_err(|_| HookError::Secret)?);
        if key.len() < 16 {
            return Err(HookError::Secret);
        }
        let client = Client::builder()
            .tls_backend_preconfigured(tls()?)
            .https_only(url.scheme() == "https")
            .redirect(redirect::Policy::none())
            // Attempts are counted in the database.
            .retry(retry::never())
            .no_proxy()
            .referer(false)
            .connect_timeout(ALERT_CONNECT_MAX)
            .timeout(ALERT_SEND_MAX)
            .user_agent(concat!("kairo/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| HookError::Client(error.to_string()))?;
        Ok(Self { client, url, key: hmac::Key::new(hmac::HMAC_SHA256, &key) })
    }

    /// Sends a message once.
    ///
    /// # Errors
    /// Why it was not taken.
    pub async fn send(&self, id: Uuid, now: Timestamp, body: &str) -> Result<(), NotTaken> {
        let (id, at) = (id.to_string(), now.as_second().to_string());
        let signature = hmac::sign(&self.key, format!("{id}.{at}.{body}").as_bytes());
        let request = self
            .client
            .post(self.url.clone())
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", at)
            .header("webhook-signature", format!("v1,{}", STANDARD.encode(signature)))
            .body(body.to_owned());
        let response = request.send().await.map_err(|error| NotTaken {
            cause: if error.is_timeout() { "timed_out" } else { "unreachable" },
            wait: None,
        })?;
        let wait = response.headers().get(RETRY_AFTER).and_then(|it| it.to_str().ok());
        let wait = wait.and_then(|it| it.trim().parse().ok()).map(Duration::from_secs);
        let cause = match response.status().as_u16() {
            200..=299 => return Ok(()),
            408 => "timed_out",
            429 => "busy",
            500.. => "unavailable",
            _ => "refused",
        };
        Err(NotTaken { cause, wait })
    }
}

/// The public authorities.
fn tls() -> Result<ClientConfig, HookError> {
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| HookError::Client(error.to_string()))?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

/// A message's bytes.
pub(super) fn body(text: &str) -> String {
    serde_json::json!({ "text": text }).to_string()
}

/// Time until the attempt after `attempt` (from 1): doubled each time up to `ALERT_WAIT_MAX`, of
/// which `jitter` takes up to a half away; never sooner than the other side asked for, if that is
/// no longer than `ALERT_PATIENCE_MAX`.
pub fn wait_after(attempt: u16, jitter: u8, asked: Option<Duration>) -> Duration {
    let doublings = u32::from(attempt.saturating_sub(1)).min(16);
    let whole = ALERT_WAIT_FIRST.saturating_mul(1 << doublings).min(ALERT_WAIT_MAX);
    let spread = whole - whole * u32::from(jitter) / 512;
    spread.max(asked.unwrap_or_default().min(ALERT_PATIENCE_MAX))
}
