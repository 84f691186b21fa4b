//! How much of a request is read.
//!
//! **Invariant:** no handler sees a body, address or header block beyond the bounds, and a body is
//! cut at its bound while it streams, whatever length it promised.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::http::header::CONTENT_LENGTH;
use http_body_util::Limited;
use hyper::body::{Frame, SizeHint};

use crate::limits;
use crate::web::error::Error;

/// Every bound of the edge; the default is what `limits` says, a test shortens some.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Largest body, in bytes.
    pub body_bytes_max: usize,
    /// Longest path and query, in bytes.
    pub uri_bytes_max: usize,
    /// Most bytes of header names and values.
    pub header_bytes_max: usize,
    /// Most headers.
    pub headers_max: usize,
    /// Time in which a request must be answered, its body included.
    pub request_max: Duration,
    /// Requests a minute from one source.
    pub address_per_minute: u32,
    /// Requests at once from one source.
    pub address_burst: u32,
    /// Sources that are remembered.
    pub addresses_max: usize,
    /// Sign-in posts a minute from one source on this node, and at once.
    pub sign_in_per_minute: u32,
    /// Posts that may ask a model, likewise.
    pub ai_per_minute: u32,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            body_bytes_max: limits::BODY_BYTES_MAX,
            uri_bytes_max: limits::URI_BYTES_MAX,
            header_bytes_max: limits::HEADER_BYTES_MAX,
            headers_max: limits::HEADERS_MAX,
            request_max: limits::REQUEST_MAX,
            address_per_minute: limits::ADDRESS_PER_MINUTE,
            address_burst: limits::ADDRESS_BURST,
            addresses_max: limits::ADDRESSES_MAX,
            sign_in_per_minute: limits::SIGN_IN_PER_MINUTE,
            ai_per_minute: limits::AI_PER_MINUTE,
        }
    }
}

impl Bounds {
    /// Refuses by what the head of the request says alone.
    ///
    /// # Errors
    /// [`Error::UriTooLong`], [`Error::HeadersTooLarge`], [`Error::TooLarge`].
    pub fn check(&self, request: &Request) -> Result<(), Error> {
        let uri = request.uri();
        let uri_bytes = uri.path_and_query().map_or(0, |it| it.as_str().len());
        if uri_bytes > self.uri_bytes_max {
            return Err(Error::UriTooLong);
        }
        let headers = request.headers();
        let bytes: usize = headers.iter().map(|(name, v)| name.as_str().len() + v.len()).sum();
        if headers.len() > self.headers_max || bytes > self.header_bytes_max {
            return Err(Error::HeadersTooLarge);
        }
        let promised = headers.get(CONTENT_LENGTH).and_then(|it| it.to_str().ok()?.parse().ok());
        if promised.is_some_and(|bytes: usize| bytes > self.body_bytes_max) {
            return Err(Error::TooLarge);
        }
        Ok(())
    }
}

/// Tells whether the whole body of a request has come.
pub struct Arrival(Arc<AtomicBool>);

impl Arrival {
    /// True once the body's end was read, or when there was none.
    pub fn is_whole(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Puts the bound on a request's body.
pub fn limit_body(request: Request, bytes_max: usize) -> (Request, Arrival) {
    let whole = Arc::new(AtomicBool::new(request.body().is_end_stream()));
    let arrival = Arrival(whole.clone());
    let request =
        request.map(|body| Body::new(Bounded { inner: Limited::new(body, bytes_max), whole }));
    (request, arrival)
}

/// A body that stops at its bound and notes its end.
struct Bounded {
    inner: Limited<Body>,
    whole: Arc<AtomicBool>,
}

impl HttpBody for Bounded {
    type Data = Bytes;
    type Error = axum::BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::BoxError>>> {
        let frame = ready!(Pin::new(&mut self.inner).poll_frame(cx));
        if frame.is_none() || self.inner.is_end_stream() {
            self.whole.store(true, Ordering::Relaxed);
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
