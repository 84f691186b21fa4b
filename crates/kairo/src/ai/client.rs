//! One request to a provider.
//!
//! **Invariant:** TLS 1.2 or later to any other machine; no redirect is followed and no proxy of
//! the environment used, either of which could take people's words elsewhere.
//! **Invariant:** of the answer's headers only the status and `Retry-After` are read.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::{Client, Response, redirect, retry};
use rustls::{ClientConfig, RootCertStore};
use secrecy::ExposeSecret as _;
use tokio::time::{Instant, timeout, timeout_at};

use super::answer::refused_parameter;
use super::failure::Failure;
use super::provider::{Provider, ProviderError};
use crate::limits::{
    AI_ANSWER_MAX, AI_CONNECT_MAX, AI_FIRST_BYTE_MAX, AI_IDLE_MAX, AI_REFUSAL_BYTES_MAX,
    AI_TOTAL_MAX, BREAKER_OPEN,
};

/// For how long a provider is waited for.
#[derive(Clone, Copy, Debug)]
pub struct Times {
    /// Until it is connected to.
    pub connect: Duration,
    /// Until a stream begins.
    pub first_byte: Duration,
    /// Until a whole answer begins.
    pub answer: Duration,
    /// Between two pieces.
    pub idle: Duration,
    /// Altogether.
    pub total: Duration,
    /// For how long one that fails is left alone.
    pub left_alone: Duration,
}

impl Default for Times {
    fn default() -> Self {
        Self {
            connect: AI_CONNECT_MAX,
            first_byte: AI_FIRST_BYTE_MAX,
            answer: AI_ANSWER_MAX,
            idle: AI_IDLE_MAX,
            total: AI_TOTAL_MAX,
            left_alone: BREAKER_OPEN,
        }
    }
}

pub(super) fn client(provider: &Provider, times: Times) -> Result<Client, ProviderError> {
    Client::builder()
        .tls_backend_preconfigured(tls()?)
        .https_only(provider.completions.scheme() == "https")
        .redirect(redirect::Policy::none())
        // Attempts are counted, and each has its place in the ledger.
        .retry(retry::never())
        .no_proxy()
        .referer(false)
        .connect_timeout(times.connect)
        .user_agent(concat!("kairo/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|error| ProviderError::Client(error.to_string()))
}

/// The public authorities; rustls knows nothing older than TLS 1.2.
fn tls() -> Result<ClientConfig, ProviderError> {
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| ProviderError::Client(error.to_string()))?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

/// An answer that has begun.
pub(super) struct Begun {
    response: Response,
    idle: Duration,
    /// When it must have ended.
    pub(super) deadline: Instant,
}

/// Sends a request; gives an answer that has begun, with a status that says that it is one.
pub(super) async fn send(
    client: &Client,
    provider: &Provider,
    times: Times,
    body: &[u8],
    first_byte: Duration,
) -> Result<Begun, Failure> {
    if !provider.allows(&provider.completions) {
        return Err(Failure::HostNotListed);
    }
    let deadline = Instant::now() + times.total;
    let mut request = client
        .post(provider.completions.clone())
        .header(CONTENT_TYPE, "application/json")
        .header(ACCEPT, "application/json, text/event-stream")
        .body(body.to_vec());
    if let Some(key) = &provider.key {
        request = request.bearer_auth(key.expose_secret());
    }
    let response = match timeout(first_byte, request.send()).await {
        Err(_) => return Err(Failure::TimedOut),
        Ok(Err(error)) => return Err(unanswered(&error)),
        Ok(Ok(response)) => response,
    };
    let mut begun = Begun { response, idle: times.idle, deadline };
    match begun.response.status().as_u16() {
        200..=299 => Ok(begun),
        // Somebody in between lost patience; the provider may have worked on.
        408 | 504 => Err(Failure::TimedOut),
        429 => Err(Failure::Busy { retry_after: retry_after(begun.response.headers()) }),
        status @ 500.. => Err(Failure::Failed { status }),
        status => {
            let parameter = begun.refusal().await.as_deref().and_then(refused_parameter);
            Err(Failure::Refused { status, parameter })
        }
    }
}

impl Begun {
    /// The next piece; `None` at the end.
    pub(super) async fn piece(&mut self) -> Result<Option<bytes::Bytes>, Failure> {
        let until = self.deadline.min(Instant::now() + self.idle);
        match timeout_at(until, self.response.chunk()).await {
            Err(_) => Err(Failure::TimedOut),
            Ok(Err(_)) => Err(Failure::BrokenOff),
            Ok(Ok(piece)) => Ok(piece),
        }
    }

    /// The whole of it.
    pub(super) async fn whole(&mut self, bytes_max: usize) -> Result<Vec<u8>, Failure> {
        let mut whole = Vec::new();
        while let Some(piece) = self.piece().await? {
            if whole.len() + piece.len() > bytes_max {
                return Err(Failure::Invalid);
            }
            whole.extend_from_slice(&piece);
        }
        Ok(whole)
    }

    async fn refusal(&mut self) -> Option<Vec<u8>> {
        self.whole(AI_REFUSAL_BYTES_MAX).await.ok()
    }
}

fn unanswered(error: &reqwest::Error) -> Failure {
    // Also where the connection was refused over TLS, or not made in time.
    if error.is_connect() {
        Failure::Unreachable
    } else if error.is_timeout() {
        Failure::TimedOut
    } else {
        Failure::BrokenOff
    }
}

/// Seconds alone: the form that providers write.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}
