//! One span and one line a request.
//!
//! **Invariant:** method, matched route, status, duration and request id, and nothing that a client
//! chose freely: no path as sent, query, header, cookie, body or address (ASVS 16.2.5, 16.4.1).

use axum::extract::{MatchedPath, Request};
use axum::http::{Method, StatusCode};
use tokio::time::Instant;
use tracing::Span;
use uuid::Uuid;

/// Opens the span that everything below a request logs under.
pub fn span(request: &Request, request_id: Uuid) -> Span {
    let route = request.extensions().get::<MatchedPath>().map_or("(no route)", MatchedPath::as_str);
    tracing::info_span!("request", %request_id, method = method(request.method()), route)
}

/// Writes the request's line; call it inside the span.
pub fn answered(status: StatusCode, since: Instant) {
    let duration_ms = u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX);
    tracing::info!(status = status.as_u16(), duration_ms, "answered");
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
