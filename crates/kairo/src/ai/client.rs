//! One request to a provider.
//!
//! **Invariant:** TLS 1.2 or later to any other machine; no redirect is followed and no proxy of
//! the environment used, either of which could take people's words elsewhere.
//! **Invariant:** of the answer's headers only the status and `Retry-After` are read.

use std::error::Error;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::header::{
    ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER, USER_AGENT,
};
use hyper::{Method, Request, Uri};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::{ClientConfig, RootCertStore};
use secrecy::ExposeSecret as _;
use tokio::time::{Instant, timeout, timeout_at};
use tower::Service;

use super::answer::refused_parameter;
use super::failure::Failure;
use super::provider::{Provider, ProviderError};
use crate::guard::Channel;
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

/// The connections to a provider, and what every request to it says, made once.
pub(super) struct Client {
    connections: legacy::Client<Connector, Full<Bytes>>,
    uri: Uri,
    headers: HeaderMap,
    times: Times,
}

impl Client {
    pub(super) fn new(provider: &Provider, times: Times) -> Result<Self, ProviderError> {
        let unusable = |_| ProviderError::Address;
        // What is unstarted on a connection that turns out to be closed goes over another; an
        // attempt is counted once, and has its place in the ledger.
        let connections = legacy::Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE_CONNECTION_MAX)
            .build(Connector::new(provider, times.connect)?);
        let uri = provider.completions.as_str().parse().map_err(unusable)?;
        Ok(Self { connections, uri, headers: headers(provider)?, times })
    }
}

/// What every request says.
fn headers(provider: &Provider) -> Result<HeaderMap, ProviderError> {
    const AGENT: &str = concat!("kairo/", env!("CARGO_PKG_VERSION"));
    let taken = HeaderValue::from_static("application/json, text/event-stream");
    let mut headers = HeaderMap::with_capacity(8);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(ACCEPT, taken);
    if let Some(key) = &provider.key {
        let bearer = HeaderValue::try_from(format!("Bearer {}", key.expose_secret()));
        let mut bearer = bearer.map_err(|error| ProviderError::Client(error.to_string()))?;
        bearer.set_sensitive(true);
        headers.insert(AUTHORIZATION, bearer);
    }
    headers.insert(USER_AGENT, HeaderValue::from_static(AGENT));
    Ok(headers)
}

/// Connects, over TLS unless the provider is on this machine. Without ALPN, so that each request
/// has a connection of its own: one that hangs holds up no other.
#[derive(Clone)]
struct Connector {
    https: HttpsConnector<HttpConnector>,
    /// The connector of TCP bounds itself alone; names are looked up before it, and TLS comes
    /// after.
    within: Duration,
}

/// For how long a connection that nobody uses is kept.
const IDLE_CONNECTION_MAX: Duration = Duration::from_secs(90);
/// After how long a silence the other end is asked whether it is there, three times at most: it
/// may take long to think, and must not be waited for where it is gone.
const PROBE_AFTER: Duration = Duration::from_secs(15);
const PROBES_MAX: u32 = 3;
/// For how long what was sent may stay without an acknowledgement.
const UNHEARD_MAX: Duration = Duration::from_secs(30);

impl Connector {
    fn new(provider: &Provider, within: Duration) -> Result<Self, ProviderError> {
        let mut http = HttpConnector::new();
        // With `https` too; whether anything else may be asked is decided below.
        http.enforce_http(false);
        http.set_nodelay(true);
        http.set_connect_timeout(Some(within));
        http.set_keepalive(Some(PROBE_AFTER));
        http.set_keepalive_interval(Some(PROBE_AFTER));
        http.set_keepalive_retries(Some(PROBES_MAX));
        #[cfg(target_os = "linux")]
        http.set_tcp_user_timeout(Some(UNHEARD_MAX));
        let https = HttpsConnectorBuilder::new().with_tls_config(tls()?);
        let https = match provider.channel() {
            Channel::Tls => https.https_only(),
            Channel::Loopback => https.https_or_http(),
        };
        Ok(Self { https: https.enable_http1().wrap_connector(http), within })
    }
}

impl Service<Uri> for Connector {
    type Response = <HttpsConnector<HttpConnector> as Service<Uri>>::Response;
    type Error = <HttpsConnector<HttpConnector> as Service<Uri>>::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.https.poll_ready(context)
    }

    fn call(&mut self, to: Uri) -> Self::Future {
        let connected = timeout(self.within, self.https.call(to));
        Box::pin(async { connected.await? })
    }
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
    body: Incoming,
    idle: Duration,
    /// When it must have ended.
    pub(super) deadline: Instant,
}

impl Client {
    /// Sends a request; gives an answer that has begun, with a status that says that it is one. No
    /// redirect is followed: it is a refusal.
    pub(super) async fn send(
        &self,
        provider: &Provider,
        body: Bytes,
        first_byte: Duration,
    ) -> Result<Begun, Failure> {
        if !provider.allows(&provider.completions) {
            return Err(Failure::HostNotListed);
        }
        let deadline = Instant::now() + self.times.total;
        let mut request = Request::new(Full::new(body));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = self.uri.clone();
        *request.headers_mut() = self.headers.clone();
        let answer = match timeout(first_byte, self.connections.request(request)).await {
            Err(_) => return Err(Failure::TimedOut),
            Ok(Err(error)) => return Err(unanswered(&error)),
            Ok(Ok(answer)) => answer,
        };
        let (head, body) = answer.into_parts();
        let mut begun = Begun { body, idle: self.times.idle, deadline };
        match head.status.as_u16() {
            200..=299 => Ok(begun),
            // Somebody in between lost patience; the provider may have worked on.
            408 | 504 => Err(Failure::TimedOut),
            429 => Err(Failure::Busy { retry_after: retry_after(&head.headers) }),
            status @ 500.. => Err(Failure::Failed { status }),
            status => {
                let parameter = begun.refusal().await.as_deref().and_then(refused_parameter);
                Err(Failure::Refused { status, parameter })
            }
        }
    }
}

impl Begun {
    /// The next piece; `None` at the end.
    pub(super) async fn piece(&mut self) -> Result<Option<Bytes>, Failure> {
        let until = self.deadline.min(Instant::now() + self.idle);
        loop {
            match timeout_at(until, self.body.frame()).await {
                Err(_) => return Err(Failure::TimedOut),
                Ok(Some(Err(_))) => return Err(Failure::BrokenOff),
                Ok(None) => return Ok(None),
                Ok(Some(Ok(frame))) => {
                    // What is no data are trailers, which nobody reads.
                    if let Ok(piece) = frame.into_data() {
                        return Ok(Some(piece));
                    }
                }
            }
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

fn unanswered(error: &legacy::Error) -> Failure {
    // Also where the connection was refused over TLS, or not made in time.
    if error.is_connect() {
        Failure::Unreachable
    } else if has_timed_out(error) {
        Failure::TimedOut
    } else {
        Failure::BrokenOff
    }
}

/// Whether the system, or the protocol, gave up waiting: it says so below the client's own error.
fn has_timed_out(error: &legacy::Error) -> bool {
    let mut below = error.source();
    while let Some(error) = below {
        let http = error.downcast_ref().is_some_and(hyper::Error::is_timeout);
        let io = error.downcast_ref().map(io::Error::kind) == Some(io::ErrorKind::TimedOut);
        if http || io {
            return true;
        }
        below = error.source();
    }
    false
}

/// Seconds alone: the form that providers write.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}
