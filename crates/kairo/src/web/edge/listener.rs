//! The life of a connection: accepted within bounds, handshake, requests, and an orderly end.
//!
//! **Invariant:** a client that does nothing, or drips, holds a connection for a bounded time in
//! every state: handshake, headers, body, answer, and between requests.
//! **Invariant:** when the listener is full it stops accepting and the kernel's backlog holds
//! newcomers; closing at once would turn a full minute into refused visits. One source address
//! never holds more than its share, and what it opens beyond that is closed at once. A trusted
//! proxy has no share of its own: its connections are those of many.
//! **Invariant:** the protocol is what ALPN agreed on. Guessing it from the first bytes, as the
//! library can, waits for them without a time limit.
//!
//! A plain HTTP request on this port fails the handshake and is closed without an answer.

use std::collections::HashMap;
use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use rustls::ServerConfig;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tower::ServiceExt as _;

use super::Peer;
use super::address::{Proxies, network};
use super::linger::Lingering;
use super::progress::{Progress, Reported};
use crate::limits;
use crate::meters;

/// Every bound of the listener; the default is what `limits` says, a test shortens some.
#[derive(Clone, Copy, Debug)]
pub struct ListenerBounds {
    /// Open connections, handshakes included.
    pub connections_max: u32,
    /// Open connections from one source address.
    pub connections_per_address_max: usize,
    /// Time for the TLS handshake.
    pub handshake_max: Duration,
    /// Time for the headers of an HTTP/1 request, and between two of them.
    pub header_read_max: Duration,
    /// Time without progress after which a connection is asked to end; after twice, it is closed.
    pub idle_max: Duration,
    /// Time for requests under way once the listener stops.
    pub drain_max: Duration,
}

impl Default for ListenerBounds {
    fn default() -> Self {
        Self {
            connections_max: u32::try_from(limits::CONNECTIONS_MAX).unwrap_or(u32::MAX),
            connections_per_address_max: limits::CONNECTIONS_PER_ADDRESS_MAX,
            handshake_max: limits::HANDSHAKE_MAX,
            header_read_max: limits::HEADER_READ_MAX,
            idle_max: limits::CONNECTION_IDLE_MAX,
            drain_max: limits::DRAIN_MAX,
        }
    }
}

/// The wait after the system refused a connection for want of something (`EMFILE`): long enough not
/// to spin, short enough not to be noticed.
pub(super) const ACCEPT_PAUSE: Duration = Duration::from_millis(200);

/// The edge answers 431 one past its own bounds, with a page; what is larger than this is answered
/// by the HTTP library without one, since it cannot be held.
const HEADER_ROOM_BYTES: usize = 2 * limits::HEADER_BYTES_MAX;
const HEADER_ROOM: usize = 2 * limits::HEADERS_MAX;

/// Serves until `shutdown`, then finishes what is under way, for at most `limits::DRAIN_MAX`.
///
/// # Errors
/// Only what makes serving impossible; a failed accept or connection is not an error.
pub async fn serve(
    listener: TcpListener,
    tls: Arc<ServerConfig>,
    app: Router,
    proxies: Proxies,
    shutdown: impl Future<Output = ()>,
) -> io::Result<()> {
    serve_within(listener, tls, app, proxies, shutdown, ListenerBounds::default()).await
}

/// [`serve`] with other bounds.
pub async fn serve_within(
    listener: TcpListener,
    tls: Arc<ServerConfig>,
    app: Router,
    proxies: Proxies,
    shutdown: impl Future<Output = ()>,
    bounds: ListenerBounds,
) -> io::Result<()> {
    let mut shutdown = pin!(shutdown);
    let (stop, stopping) = watch::channel(false);
    let room = Arc::new(Semaphore::new(bounds.connections_max as usize));
    let seats = Seats::default();
    let mut connections = JoinSet::new();
    let server = Arc::new(Server { tls: TlsAcceptor::from(tls), http: http(&bounds), app, bounds });
    loop {
        while connections.try_join_next().is_some() {}
        let accepted = tokio::select! {
            biased;
            () = &mut shutdown => break,
            accepted = accept(&listener, &room) => accepted,
        };
        let Some((stream, peer, permit)) = accepted else { continue };
        let share = match proxies.trusts(peer.ip()) {
            true => usize::MAX,
            false => bounds.connections_per_address_max,
        };
        let Some(seat) = seats.take(peer, share) else {
            meters::throttled(meters::Bound::Connections);
            continue;
        };
        let connection = server.clone().run(stream, peer, stopping.clone());
        connections.spawn(async move {
            connection.await;
            drop((permit, seat));
        });
    }
    drop(listener);
    stop.send_replace(true);
    let drained = timeout(bounds.drain_max, room.acquire_many(bounds.connections_max)).await;
    if drained.is_err() {
        tracing::warn!(left = connections.len(), "connections were cut at the end of the drain");
    }
    connections.shutdown().await;
    Ok(())
}

type Accepted = (TcpStream, SocketAddr, tokio::sync::OwnedSemaphorePermit);

/// Waits for room first, so that a full listener leaves newcomers to the kernel.
async fn accept(listener: &TcpListener, room: &Arc<Semaphore>) -> Option<Accepted> {
    let permit = room.clone().acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, peer)) => {
            let _ = stream.set_nodelay(true);
            Some((stream, peer, permit))
        }
        Err(fault) if is_the_clients(&fault) => None,
        Err(fault) => {
            tracing::warn!(error = %fault, "a connection could not be accepted");
            sleep(ACCEPT_PAUSE).await;
            None
        }
    }
}

/// The client went away before it was accepted.
fn is_the_clients(fault: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(fault.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

/// HTTP as bounded as it can be.
fn http(bounds: &ListenerBounds) -> Builder<TokioExecutor> {
    let mut http = Builder::new(TokioExecutor::new());
    http.http1()
        .timer(TokioTimer::new())
        .header_read_timeout(bounds.header_read_max)
        .max_headers(HEADER_ROOM)
        .max_buf_size(HEADER_ROOM_BYTES + limits::URI_BYTES_MAX);
    http.http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(limits::STREAMS_MAX)
        .max_header_list_size(u32::try_from(HEADER_ROOM_BYTES).unwrap_or(u32::MAX))
        // CVE-2023-44487 and CVE-2025-8671: resets that each cost the server a stream.
        .max_pending_accept_reset_streams(20)
        .max_local_error_reset_streams(64)
        // What one connection can make this process hold.
        .initial_stream_window_size(64 * 1024)
        .initial_connection_window_size(256 * 1024)
        .max_send_buf_size(64 * 1024)
        .keep_alive_interval(bounds.idle_max / 2)
        .keep_alive_timeout(bounds.header_read_max);
    http
}

struct Server {
    tls: TlsAcceptor,
    http: Builder<TokioExecutor>,
    app: Router,
    bounds: ListenerBounds,
}

impl Server {
    /// One connection, from the handshake to its end.
    async fn run(
        self: Arc<Self>,
        stream: TcpStream,
        peer: SocketAddr,
        mut stopping: watch::Receiver<bool>,
    ) {
        let handshake = timeout(self.bounds.handshake_max, self.tls.accept(stream));
        let stream = tokio::select! {
            done = handshake => match done {
                Ok(Ok(stream)) => stream,
                Ok(Err(fault)) => return tracing::debug!(error = %fault, "handshake failed"),
                Err(_) => return tracing::debug!("handshake took too long"),
            },
            _ = stopping.wait_for(|stop| *stop) => return,
        };
        self.exchange(stream, peer, stopping).await;
    }

    /// Requests and answers. Each tick without progress moves the connection one step to its end.
    async fn exchange(
        &self,
        stream: TlsStream<TcpStream>,
        peer: SocketAddr,
        mut stopping: watch::Receiver<bool>,
    ) {
        let progress = Progress::default();
        let is_h2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
        let http = self.http.clone();
        let http = if is_h2 { http.http2_only() } else { http.http1_only() };
        let service = service_fn(|request: hyper::Request<Incoming>| {
            let under_way = progress.begin();
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(Peer(peer));
            let answer = self.app.clone().oneshot(request);
            async move {
                let response = answer.await?;
                Ok::<_, Infallible>(response.map(|body| Reported::new(body, under_way)))
            }
        });
        let mut connection =
            pin!(http.serve_connection(TokioIo::new(Lingering::new(stream)), service));
        let idle_max = self.bounds.idle_max;
        let mut ticks = interval_at(Instant::now() + idle_max, idle_max);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut ending = false;
        loop {
            tokio::select! {
                _ = connection.as_mut() => return,
                _ = stopping.wait_for(|stop| *stop), if !ending => {
                    if progress.is_untouched() {
                        return;
                    }
                    ending = true;
                    connection.as_mut().graceful_shutdown();
                }
                _ = ticks.tick() => {
                    let stalled = !progress.was_made();
                    if stalled && ending {
                        return;
                    }
                    if stalled {
                        ending = true;
                        connection.as_mut().graceful_shutdown();
                    }
                }
            }
        }
    }
}

/// How many connections each source address has open. The addresses are those of open connections
/// alone, as in the kernel's own table.
#[derive(Clone, Default)]
struct Seats(Arc<Mutex<HashMap<[u8; 9], usize>>>);

struct Seat {
    seats: Seats,
    source: [u8; 9],
}

impl Seats {
    fn take(&self, peer: SocketAddr, seats_max: usize) -> Option<Seat> {
        let source = network(peer.ip());
        let mut taken = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = taken.entry(source).or_default();
        if *count >= seats_max {
            return None;
        }
        *count += 1;
        Some(Seat { seats: self.clone(), source })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.seats.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = taken.get_mut(&self.source) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.source);
            }
        }
    }
}
