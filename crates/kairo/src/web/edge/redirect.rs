//! Plain HTTP: everybody is sent to the same path of the public origin, and nothing is served.
//!
//! **Invariant:** the target's host is the configured origin, never what the request names: a
//! forged `Host` would lead people to somebody else's sign-in page.

use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, LOCATION};
use axum::http::{HeaderValue, Response, StatusCode};
use tokio::net::TcpListener;

use super::plain;
use crate::limits;

/// Redirects for as long as the runtime lives.
pub async fn serve(listener: TcpListener, origin: HeaderValue) {
    let origin = origin.to_str().unwrap_or_default().to_owned();
    plain::serve(listener, limits::REDIRECTS_MAX, move |request| {
        moved(&origin, request.uri().path_and_query().map_or("/", |p| p.as_str()))
    })
    .await;
}

/// 308 keeps the method, so a form that was sent to the wrong port is not lost.
fn moved(origin: &str, path: &str) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    // "//host" would be read as another host behind some clients' joining of addresses.
    let path = if path.starts_with('/') && !path.starts_with("//") { path } else { "/" };
    match HeaderValue::from_str(&format!("{origin}{path}")) {
        Ok(to) => {
            *response.status_mut() = StatusCode::PERMANENT_REDIRECT;
            response.headers_mut().insert(LOCATION, to);
        }
        Err(_) => *response.status_mut() = StatusCode::BAD_REQUEST,
    }
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
