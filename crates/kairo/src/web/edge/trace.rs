//! One span and one line a request, and its place in the counters.
//!
//! **Invariant:** method, matched route, status, duration and request id, and nothing that a client
//! chose freely: no path as sent, query, header, cookie, body or address (ASVS 16.2.5, 16.4.1).

use axum::extract::{MatchedPath, Request};
use axum::http::{Method, StatusCode};
use tokio::time::Instant;
use tracing::Span;
use uuid::Uuid;

use crate::meters;

/// What the line and the counters say of a request.
pub struct Seen {
    method: &'static str,
    route: Option<MatchedPath>,
}

impl Seen {
    /// Looks before a handler consumes the request.
    pub fn of(request: &Request) -> Self {
        let route = request.extensions().get::<MatchedPath>().cloned();
        Self { method: method(request.method()), route }
    }

    fn route(&self) -> &str {
        self.route.as_ref().map_or("(no route)", MatchedPath::as_str)
    }

    /// Opens the span that everything below a request logs under.
    pub fn span(&self, request_id: Uuid) -> Span {
        tracing::info_span!("request", %request_id, method = self.method, route = self.route())
    }

    /// Writes the request's line and counts it; call it inside the span.
    pub fn answered(&self, status: StatusCode, since: Instant) {
        let took = since.elapsed();
        let duration_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        tracing::info!(status = status.as_u16(), duration_ms, "answered");
        meters::answered(self.method, self.route(), status.as_u16(), took);
    }
}

/// A method may be any token of the client's choosing; only the known ones are written.
fn method(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "OTHER",
    }
}
