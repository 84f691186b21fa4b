//! Whether a connection gets anywhere.
//!
//! **Invariant:** progress is a request that begins, one that a handler still works on (bounded by
//! `request_max`), or a piece of an answer that the client took. Bytes alone are none: HTTP/2
//! pings, or an answer read a byte at a time, would otherwise hold a connection for ever.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use hyper::body::{Frame, SizeHint};

#[derive(Default)]
struct Counts {
    steps: AtomicUsize,
    steps_seen: AtomicUsize,
    handling: AtomicUsize,
}

/// Counts one connection's progress.
#[derive(Clone, Default)]
pub(super) struct Progress(Arc<Counts>);

/// A request under way; dropped when its handler has answered or was abandoned.
pub(super) struct UnderWay(Progress);

impl Progress {
    /// A request has begun.
    pub fn begin(&self) -> UnderWay {
        self.0.handling.fetch_add(1, Ordering::Relaxed);
        self.step();
        UnderWay(self.clone())
    }

    /// Whether no request has ever begun.
    pub fn is_untouched(&self) -> bool {
        self.0.steps.load(Ordering::Relaxed) == 0
    }

    /// Whether anything moved since this was last asked.
    pub fn was_made(&self) -> bool {
        let steps = self.0.steps.load(Ordering::Relaxed);
        let seen = self.0.steps_seen.swap(steps, Ordering::Relaxed);
        steps != seen || self.0.handling.load(Ordering::Relaxed) > 0
    }

    fn step(&self) {
        self.0.steps.fetch_add(1, Ordering::Relaxed);
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.0.handling.fetch_sub(1, Ordering::Relaxed);
    }
}

/// An answer's body that reports each piece that is taken.
pub(super) struct Reported {
    inner: Body,
    progress: Progress,
}

impl Reported {
    /// The handler has answered; from here on only taken pieces count.
    pub fn new(inner: Body, under_way: UnderWay) -> Self {
        Self { inner, progress: under_way.0.clone() }
    }
}

impl HttpBody for Reported {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = Pin::new(&mut self.inner).poll_frame(cx);
        if frame.is_ready() {
            self.progress.step();
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
