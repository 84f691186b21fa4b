//! Plain HTTP: everybody is sent to the same path of the public origin, and nothing is served.
//!
//! **Invariant:** the target's host is the configured origin, never what the request names: a
//! forged `Host` would lead people to somebody else's sign-in page.
//! **Invariant:** a connection has a bounded life and carries one request; nothing of it is logged.

use std::convert::Infallible;
use std::sync::Arc;

use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, LOCATION};
use axum::http::{HeaderValue, Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};

use super::listener::ACCEPT_PAUSE;
use crate::limits;

/// Redirects for as long as the runtime lives.
pub async fn serve(listener: TcpListener, origin: HeaderValue) {
    let origin: Arc<str> = origin.to_str().unwrap_or_default().into();
    let room = Arc::new(Semaphore::new(limits::REDIRECTS_MAX));
    loop {
        let Ok(permit) = room.clone().acquire_owned().await else { return };
        let Ok((stream, _)) = listener.accept().await else {
            sleep(ACCEPT_PAUSE).await;
            continue;
        };
        let origin = origin.clone();
        tokio::spawn(async move {
            let _late = timeout(limits::HEADER_READ_MAX, exchange(stream, &origin)).await;
            drop(permit);
        });
    }
}

async fn exchange(stream: TcpStream, origin: &str) {
    let answer = service_fn(async |request: Request<Incoming>| {
        Ok::<_, Infallible>(moved(
            origin,
            request.uri().path_and_query().map_or("/", |p| p.as_str()),
        ))
    });
    let mut http = http1::Builder::new();
    http.keep_alive(false)
        .timer(TokioTimer::new())
        .header_read_timeout(limits::HEADER_READ_MAX)
        .max_headers(limits::HEADERS_MAX)
        .max_buf_size(limits::HEADER_BYTES_MAX + limits::URI_BYTES_MAX);
    // A fault of the connection is the client's.
    let _fault = http.serve_connection(TokioIo::new(stream), answer).await;
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
