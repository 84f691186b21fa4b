//! The one place that turns a failed request into an answer: a page, a problem document (RFC 9457)
//! or OpenAI's error object, from one table of words.
//!
//! **Invariant:** what stands in a source error reaches the log, once, and never an answer.
//! **Invariant:** every answer of 400 or more that is not already a page or JSON is rewritten here,
//! those of axum's extractors included, so no framework's words reach a person.
//!
//! A handler returns [`Error`]; `edge::wrap` calls [`render`]. Nothing here decides who may do
//! what.

use std::borrow::Cow;
use std::sync::Arc;

use axum::body::Body;
use axum::http::header::{
    ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, LOCATION, RETRY_AFTER, TRANSFER_ENCODING,
    WWW_AUTHENTICATE,
};
use axum::http::{HeaderName, HeaderValue, Method, Request, StatusCode};
use axum::response::{IntoResponse, Response};
use uuid::Uuid;

mod facts;
mod shapes;
#[cfg(test)]
mod tests;

pub use facts::Facts;

/// One field of a form or a JSON body that was refused.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct FieldFault {
    /// The field's name as the client sent it.
    pub field: &'static str,
    /// A stable word for programs, such as `too_long`.
    pub code: &'static str,
    /// A sentence for the person: what is wrong and what the field takes.
    pub message: String,
}

/// Why a request was not answered as asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No session and no token came, or neither is known.
    #[error("nobody is signed in")]
    SignInNeeded,
    /// The session ended while the person worked: signed out elsewhere, idle, or suspended.
    #[error("the session has ended")]
    SessionEnded,
    /// The token is alive but its scopes do not cover the call.
    #[error("the token does not cover this")]
    Forbidden,
    /// A browser sent it from another site, or from nowhere that it would name.
    #[error("sent from another site")]
    CrossSite,
    /// Nothing there, or not visible to the caller; the two are one on purpose.
    #[error("not found")]
    NotFound,
    /// The address exists, the method does not.
    #[error("method not allowed")]
    MethodNotAllowed,
    /// What is asked contradicts what is stored; `detail` is shown.
    #[error("conflict: {code}")]
    Conflict {
        /// A stable word for programs.
        code: &'static str,
        /// What happened and what to do, in a sentence or two.
        detail: Cow<'static, str>,
    },
    /// `If-Match` names a version that is no longer the newest.
    #[error("the version has moved")]
    VersionMoved,
    /// A change came without `If-Match`.
    #[error("no version was named")]
    VersionMissing,
    /// Understood, but some fields were refused.
    #[error("{} fields were refused", .0.len())]
    Invalid(Vec<FieldFault>),
    /// Not understood at all; `detail` is shown.
    #[error("malformed: {detail}")]
    Malformed {
        /// What could not be read and what would be.
        detail: Cow<'static, str>,
    },
    /// The body is larger than `limits::BODY_BYTES_MAX`.
    #[error("body too large")]
    TooLarge,
    /// Path and query are longer than `limits::URI_BYTES_MAX`.
    #[error("address too long")]
    UriTooLong,
    /// More headers, or more bytes of them, than the limits allow.
    #[error("headers too large")]
    HeadersTooLarge,
    /// The body is of a type that the address does not read.
    #[error("content type not supported")]
    UnsupportedMedia,
    /// The address, or the account, asked more often than its bucket holds.
    #[error("too many requests")]
    TooMany {
        /// Seconds until one more is answered.
        retry_after_s: u64,
    },
    /// The month's or the hour's credits are used up; a client must not ask again by itself.
    #[error("credits are used up")]
    CreditsSpent {
        /// Seconds until the period ends.
        retry_after_s: u64,
        /// Which period, until when, and what still works.
        detail: Cow<'static, str>,
    },
    /// Something that Kairo stands on (database, mail queue, key pool) does not take more now.
    #[error("unavailable")]
    Unavailable {
        /// Seconds after which it is worth asking again.
        retry_after_s: u64,
    },
    /// The client did not send its body within `limits::REQUEST_MAX`.
    #[error("the body came too slowly")]
    SlowBody,
    /// Kairo did not answer within `limits::REQUEST_MAX`.
    #[error("no answer in time")]
    TimedOut,
    /// On `/v1`, what OpenAI's API has a word for and nothing else here does.
    #[error("{}", .0.code)]
    Gateway(Box<Gateway>),
    /// A fault of Kairo or its machine. The source is logged and not shown.
    #[error("internal")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// A refusal of `/v1` in the words of OpenAI's API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gateway {
    /// The HTTP status.
    pub status: u16,
    /// A stable word for programs.
    pub code: &'static str,
    /// The parameter that it is about.
    pub param: Option<&'static str>,
    /// A sentence or two; shown.
    pub detail: Cow<'static, str>,
    /// Seconds after which it is worth asking again.
    pub retry_after_s: Option<u64>,
    /// Whether a client may ask again by itself.
    pub repeats: bool,
}

impl Gateway {
    /// The request is to blame.
    pub fn invalid(
        code: &'static str,
        param: &'static str,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        let param = Some(param).filter(|param| !param.is_empty());
        Self { param, ..Self::failed(400, code, detail) }
    }

    /// Anything else.
    pub fn failed(status: u16, code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        let detail = detail.into();
        Self { status, code, param: None, detail, retry_after_s: None, repeats: false }
    }
}

impl From<Gateway> for Error {
    fn from(fault: Gateway) -> Self {
        Self::Gateway(Box::new(fault))
    }
}

impl Error {
    /// Wraps what must not be shown.
    pub fn internal(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(source.into())
    }

    /// One refused field.
    pub fn field(field: &'static str, code: &'static str, message: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldFault { field, code, message: message.into() }])
    }

    /// The error that a bare status stands for, as axum and hyper make them.
    fn from_status(status: StatusCode) -> Self {
        match status {
            StatusCode::UNAUTHORIZED => Self::SignInNeeded,
            StatusCode::FORBIDDEN => Self::Forbidden,
            StatusCode::NOT_FOUND => Self::NotFound,
            StatusCode::METHOD_NOT_ALLOWED => Self::MethodNotAllowed,
            StatusCode::REQUEST_TIMEOUT => Self::SlowBody,
            StatusCode::PRECONDITION_FAILED => Self::VersionMoved,
            StatusCode::PRECONDITION_REQUIRED => Self::VersionMissing,
            StatusCode::PAYLOAD_TOO_LARGE => Self::TooLarge,
            StatusCode::URI_TOO_LONG => Self::UriTooLong,
            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => Self::HeadersTooLarge,
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Self::UnsupportedMedia,
            StatusCode::UNPROCESSABLE_ENTITY => Self::Invalid(Vec::new()),
            StatusCode::TOO_MANY_REQUESTS => Self::TooMany { retry_after_s: 1 },
            StatusCode::SERVICE_UNAVAILABLE => Self::Unavailable { retry_after_s: 5 },
            other if other.is_server_error() => Self::internal(format!("a bare {other}")),
            _ => Self::Malformed { detail: Cow::Borrowed(facts::MALFORMED_DETAIL) },
        }
    }

    /// Seconds for `Retry-After`, where waiting helps.
    fn retry_after_s(&self) -> Option<u64> {
        match self {
            Self::TooMany { retry_after_s }
            | Self::CreditsSpent { retry_after_s, .. }
            | Self::Unavailable { retry_after_s } => Some(*retry_after_s),
            Self::TimedOut => Some(5),
            Self::Gateway(fault) => fault.retry_after_s,
            _ => None,
        }
    }

    /// Whether a client that repeats by itself what failed must be kept from it.
    fn must_not_repeat(&self) -> bool {
        match self {
            Self::CreditsSpent { .. } => true,
            Self::Gateway(fault) => !fault.repeats,
            _ => false,
        }
    }

    fn wants_sign_in(&self) -> bool {
        matches!(self, Self::SignInNeeded | Self::SessionEnded)
    }
}

impl From<askama::Error> for Error {
    fn from(source: askama::Error) -> Self {
        Self::internal(source)
    }
}

impl From<crate::clock::NoRandomness> for Error {
    fn from(source: crate::clock::NoRandomness) -> Self {
        Self::internal(source)
    }
}

/// Travels in the response's extensions from the handler to [`render`].
#[derive(Clone)]
struct Fault(Arc<Error>);

/// Put into a response's extensions where an answer of 400 or more must stay as it was written.
#[derive(Clone, Copy, Debug)]
pub struct AsWritten;

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let mut response = self.facts().status.into_response();
        response.extensions_mut().insert(Fault(Arc::new(self)));
        response
    }
}

/// The shape in which a caller reads a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A person in a browser.
    Page,
    /// `/api`, and our own scripts: problem+json.
    Problem,
    /// `/v1`: OpenAI's object.
    OpenAi,
}

/// What [`render`] must know of the request, taken before a handler consumes it.
#[derive(Clone, Debug)]
pub struct Asked {
    shape: Shape,
    method: Method,
    path: String,
}

impl Asked {
    /// Notes method, path and the shape that the caller reads.
    pub fn of<B>(request: &Request<B>) -> Self {
        let path = request.uri().path();
        let shape = if is_under(path, "/v1") {
            Shape::OpenAi
        } else if is_under(path, "/api") || reads_json(request.headers()) {
            Shape::Problem
        } else {
            Shape::Page
        };
        Self { shape, method: request.method().clone(), path: path.to_owned() }
    }

    /// The shape in which this caller reads a failure.
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// The path, without its query.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The method.
    pub fn method(&self) -> &Method {
        &self.method
    }

    fn is_safe(&self) -> bool {
        self.method == Method::GET || self.method == Method::HEAD
    }
}

/// Whether `path` is `root` or lies below it; `/apiary` does not lie below `/api`.
pub fn is_under(path: &str, root: &str) -> bool {
    path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// A script of ours that sends or asks for JSON reads a problem document, not a page.
fn reads_json(headers: &HeaderMap) -> bool {
    let has = |name: HeaderName, kind: &str| {
        headers.get(name).and_then(|value| value.to_str().ok()).is_some_and(|v| v.contains(kind))
    };
    has(CONTENT_TYPE, "application/json")
        || (has(ACCEPT, "application/json") && !has(ACCEPT, "text/html"))
}

/// Rewrites a failed response into the caller's shape; every other response passes untouched.
///
/// Headers that the handler or the router set (`Allow`, `Set-Cookie`) are kept.
pub fn render(response: Response, asked: &Asked, request_id: Uuid) -> Response {
    let Some(error) = fault_of(&response) else { return response };
    log_source(&error, request_id);
    let (mut parts, _) = response.into_parts();
    for name in [CONTENT_TYPE, CONTENT_LENGTH, TRANSFER_ENCODING] {
        parts.headers.remove(name);
    }
    if error.wants_sign_in() && asked.shape == Shape::Page && asked.is_safe() {
        parts.status = StatusCode::SEE_OTHER;
        parts.headers.insert(LOCATION, sign_in_location(&asked.path));
        return Response::from_parts(parts, Body::empty());
    }
    let facts = error.facts();
    parts.status = facts.status;
    if error.wants_sign_in() {
        parts.headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    if let Some(seconds) = error.retry_after_s() {
        parts.headers.insert(RETRY_AFTER, HeaderValue::from(seconds.max(1)));
    }
    if error.must_not_repeat() {
        parts
            .headers
            .insert(HeaderName::from_static("x-should-retry"), HeaderValue::from_static("false"));
    }
    let (kind, body) = shapes::body(&error, &facts, asked.shape, request_id);
    parts.headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    parts.headers.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
    let body = if asked.method == Method::HEAD { Body::empty() } else { Body::from(body) };
    Response::from_parts(parts, body)
}

/// The error that a response stands for, unless a handler wrote its body for the reader already
/// (a form that comes back filled in is HTML with 422, and stays).
fn fault_of(response: &Response) -> Option<Arc<Error>> {
    if let Some(Fault(error)) = response.extensions().get::<Fault>() {
        return Some(error.clone());
    }
    let status = response.status();
    let failed = status.is_client_error() || status.is_server_error();
    if !failed || response.extensions().get::<AsWritten>().is_some() {
        return None;
    }
    let kind = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let bare = kind.is_none_or(|kind| kind.starts_with("text/plain"));
    bare.then(|| Arc::new(Error::from_status(status)))
}

fn log_source(error: &Error, request_id: Uuid) {
    let Error::Internal(source) = error else { return };
    let mut chain = source.to_string();
    let mut cause = source.source();
    while let Some(next) = cause {
        chain.push_str(": ");
        chain.push_str(&next.to_string());
        cause = next.source();
    }
    tracing::error!(%request_id, error = chain, "a request failed inside Kairo");
}

/// `/sign-in?next=PATH`. A path such as `//evil.example` would send the browser to another host
/// after sign-in, so only a plain local path is carried; the query is dropped, it may hold secrets.
fn sign_in_location(path: &str) -> HeaderValue {
    let local = path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains('\\')
        && path != "/"
        && path.len() <= crate::limits::NEXT_BYTES_MAX;
    if !local {
        return HeaderValue::from_static("/sign-in");
    }
    let mut location = String::from("/sign-in?next=");
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                location.push(char::from(byte));
            }
            _ => location.push_str(&format!("%{byte:02X}")),
        }
    }
    HeaderValue::try_from(location).unwrap_or(HeaderValue::from_static("/sign-in"))
}
