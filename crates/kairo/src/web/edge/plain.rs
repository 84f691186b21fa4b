//! Plain HTTP/1 for the two listeners that serve no page: the one that sends people on to HTTPS,
//! and the one that shows numbers to an operator's Prometheus.
//!
//! **Invariant:** a connection has a bounded life and carries one request, whose head alone is
//! read; a full listener leaves newcomers to the kernel. Nothing of it is logged.

use std::convert::Infallible;
use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};

use super::listener::ACCEPT_PAUSE;
use crate::limits;

/// Answers for as long as the runtime lives, on at most `connections_max` connections at once.
pub(super) async fn serve<A>(listener: TcpListener, connections_max: usize, answer: A)
where
    A: Fn(&Request<Incoming>) -> Response<Body> + Send + Sync + 'static,
{
    let answer = Arc::new(answer);
    let room = Arc::new(Semaphore::new(connections_max));
    loop {
        let Ok(permit) = room.clone().acquire_owned().await else { return };
        let Ok((stream, _)) = listener.accept().await else {
            sleep(ACCEPT_PAUSE).await;
            continue;
        };
        let answer = answer.clone();
        tokio::spawn(async move {
            let _late = timeout(limits::HEADER_READ_MAX, exchange(stream, &*answer)).await;
            drop(permit);
        });
    }
}

async fn exchange<A>(stream: TcpStream, answer: &A)
where
    A: Fn(&Request<Incoming>) -> Response<Body> + Send + Sync,
{
    let answer =
        service_fn(async |request: Request<Incoming>| Ok::<_, Infallible>(answer(&request)));
    let mut http = http1::Builder::new();
    http.keep_alive(false)
        .timer(TokioTimer::new())
        .header_read_timeout(limits::HEADER_READ_MAX)
        .max_headers(limits::HEADERS_MAX)
        .max_buf_size(limits::HEADER_BYTES_MAX + limits::URI_BYTES_MAX);
    // A fault of the connection is the client's.
    let _fault = http.serve_connection(TokioIo::new(stream), answer).await;
}
