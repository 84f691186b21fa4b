//! What stands between the network and every handler: TLS, the listener, and one middleware that
//! admits a request, runs it, and dresses the answer.
//!
//! **Invariant:** no answer leaves without the headers, whatever made it; no handler runs for a
//! throttled source, an oversized request, or a change sent from another site.
//!
//! Reading order: [`wrap`] is the path of one request; [`listener::serve`] is the life of one
//! connection; [`tls`] is where certificates come from. It must never read a session: identity is
//! the handlers' business.

mod address;
mod bounds;
mod cross_site;
mod headers;
mod linger;
pub mod listener;
pub mod metrics;
mod plain;
mod progress;
pub mod redirect;
pub mod renewal;
mod strict;
pub mod tamper;
mod throttle;
pub mod tls;
mod trace;

#[cfg(test)]
mod tests;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::ALLOW;
use axum::http::{HeaderValue, Method};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use tokio::time::error::Elapsed;
use tokio::time::{Instant, timeout};
use tracing::Instrument;
use uuid::Uuid;

pub use address::{Peer, Proxies, Source, Sources};
use bounds::Arrival;
pub use bounds::Bounds;
pub use headers::{LOCKED_POLICY, PAGE_POLICY};
pub use strict::Refused;
pub use throttle::{Rate, Throttle, Ticks};

use super::error::{self, Asked, Error, is_under};
use crate::clock::{Clock, Ids};
use crate::db::{Door, Login};
use crate::meters::{self, Bound};

/// What the edge is made from.
pub struct EdgeSettings {
    /// Makes request ids.
    pub ids: Ids,
    /// The one origin whose pages may send changes, such as `https://localhost:8443`.
    pub origin: HeaderValue,
    /// Whether that origin is on this machine; HSTS is short there.
    pub loopback: bool,
    /// The key of source digests; a pepper for each day is made from it.
    pub pepper: [u8; 32],
    /// Which day it is.
    pub clock: Clock,
    /// Where the strict buckets that all nodes share are counted. Without it (in tests) this node
    /// counts alone.
    pub shared: Option<Door<Login>>,
    /// The proxies in front of the listener.
    pub proxies: Proxies,
    /// The bounds; `Bounds::default()` outside tests.
    pub bounds: Bounds,
    /// What the throttle counts by; `Ticks::monotonic()` outside tests.
    pub ticks: Ticks,
}

/// The edge's state. Cheap to clone.
#[derive(Clone)]
pub struct EdgeState(Arc<Inner>);

struct Inner {
    ids: Ids,
    origin: HeaderValue,
    loopback: bool,
    sources: Sources,
    clock: Clock,
    proxies: Proxies,
    bounds: Bounds,
    throttle: Throttle,
    strict: strict::Buckets,
}

/// The number under which a request is logged, in its extensions for handlers to read; always
/// Kairo's own, never the client's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestId(pub Uuid);

impl EdgeState {
    /// An edge with empty buckets.
    pub fn new(settings: EdgeSettings) -> Self {
        let EdgeSettings { ids, origin, loopback, pepper, clock, shared, proxies, bounds, ticks } =
            settings;
        let general = Rate { per_minute: bounds.address_per_minute, burst: bounds.address_burst };
        Self(Arc::new(Inner {
            ids,
            origin,
            loopback,
            sources: Sources::new(&pepper),
            clock,
            proxies,
            bounds,
            throttle: Throttle::new(general, bounds.addresses_max, ticks.clone()),
            strict: strict::Buckets::new(&bounds, &ticks, shared),
        }))
    }

    fn source_of(&self, peer: Peer) -> Source {
        self.0.sources.of(peer, self.0.clock.now())
    }
}

/// Puts the edge around a whole application; routes that are added afterwards stand outside it.
pub fn wrap(router: Router, edge: EdgeState) -> Router {
    router.layer(middleware::from_fn_with_state(edge, pass))
}

/// The path of one request.
async fn pass(State(edge): State<EdgeState>, request: Request, next: Next) -> Response {
    let since = Instant::now();
    let asked = Asked::of(&request);
    let (request_id, lost) = match edge.0.ids.next() {
        Ok(id) => (id, None),
        Err(lost) => (Uuid::nil(), Some(Error::from(lost))),
    };
    let seen = trace::Seen::of(&request);
    let span = seen.span(request_id);
    async {
        let admitted = match lost {
            Some(error) => Err(error),
            None => admitted(&edge, request, request_id),
        };
        let answer = match admitted {
            // Awaited here, for as long as `request_max`: each function in between would have room
            // for the whole request once more.
            Ok((request, arrival)) => {
                let handler = AssertUnwindSafe(next.run(request)).catch_unwind();
                ran(timeout(edge.0.bounds.request_max, handler).await, &arrival)
            }
            Err(error) => Err(error),
        };
        let mut answer = answer.unwrap_or_else(IntoResponse::into_response);
        let forbidden = [Method::TRACE, Method::CONNECT].contains(asked.method());
        if forbidden {
            answer.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
        }
        let mut answer = error::render(answer, &asked, request_id);
        headers::set(&mut answer, asked.path(), edge.0.loopback, request_id);
        seen.answered(answer.status(), since);
        answer
    }
    .instrument(span)
    .await
}

/// Admits the request, with its body bounded.
fn admitted(
    edge: &EdgeState,
    mut request: Request,
    request_id: Uuid,
) -> Result<(Request, Arrival), Error> {
    let peer = request.extensions_mut().remove::<Peer>().unwrap_or(NOWHERE);
    let source = edge.source_of(edge.0.proxies.client(peer, request.headers()));
    let edge = &*edge.0;
    if !is_exempt(request.uri().path()) {
        admit(&edge.throttle, &source, Bound::Source)?;
    }
    edge.bounds.check(&request)?;
    cross_site::check(&mut request, &edge.origin)?;
    request.extensions_mut().insert(source);
    request.extensions_mut().insert(RequestId(request_id));
    Ok(bounds::limit_body(request, edge.bounds.body_bytes_max))
}

/// What a handler came to.
fn ran(
    handled: Result<std::thread::Result<Response>, Elapsed>,
    arrival: &Arrival,
) -> Result<Response, Error> {
    match handled {
        Ok(Ok(response)) => Ok(response),
        // The payload may hold what a person wrote; the panic hook has told where it happened.
        Ok(Err(_payload)) => Err(Error::internal("a handler panicked")),
        Err(_) if arrival.is_whole() => Err(Error::TimedOut),
        Err(_) => Err(Error::SlowBody),
    }
}

fn admit(throttle: &Throttle, source: &Source, bound: Bound) -> Result<(), Error> {
    throttle.admit(source).map_err(|retry_after_s| {
        meters::throttled(bound);
        Error::TooMany { retry_after_s }
    })
}

/// A request that did not come through the listener has no address; all of them share a bucket.
const NOWHERE: Peer =
    Peer(std::net::SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED), 0));

/// A page asks for several assets at once, and a probe must not be shut out by a neighbour.
fn is_exempt(path: &str) -> bool {
    is_under(path, "/assets") || path == "/healthz" || path == "/readyz"
}
