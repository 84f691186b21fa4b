//! `GET /metrics` on a listener of its own, for an operator's Prometheus.
//!
//! **Invariant:** it stands apart from the site: no route of it is here, no page of the site leads
//! here, and it shares neither its throttle nor its connections. Whoever reaches the listener may
//! read; so the configuration takes a loopback or private address alone.

use axum::body::Body;
use axum::http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderValue, Method, Response, StatusCode};
use tokio::net::TcpListener;

use super::plain;
use crate::limits;
use crate::meters::Meters;

/// The text format that every Prometheus reads.
const TEXT: HeaderValue = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");

/// Answers for as long as the runtime lives.
pub async fn serve(listener: TcpListener, meters: Meters) {
    plain::serve(listener, limits::METRICS_CONNECTIONS_MAX, move |request| {
        answer(request.method(), request.uri().path(), || meters.page())
    })
    .await;
}

fn answer(method: &Method, path: &str, page: impl FnOnce() -> String) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    let readable = method == Method::GET || method == Method::HEAD;
    if path != "/metrics" {
        *response.status_mut() = StatusCode::NOT_FOUND;
    } else if !readable {
        *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
        response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
    } else {
        *response.body_mut() = Body::from(page());
        response.headers_mut().insert(CONTENT_TYPE, TEXT);
    }
    let headers = response.headers_mut();
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
