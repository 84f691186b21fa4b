//! The strict buckets of some routes: signing in, and what may ask a model. A node's own stands in
//! front, and behind it the one that all nodes share, in the database.
//!
//! **Invariant:** what the first refuses never reaches the database, and what either refuses runs
//! no handler; the body is not read for it, but where a form's words must come back.
//! **Invariant:** a database that is away is answered with 503, never with a pass and never as if
//! the source had asked too often.

use axum::Router;
use axum::extract::{Request, State};
use axum::http::Method;
use axum::middleware::{self, Next};
use axum::response::Response;
use futures_util::future::BoxFuture;

use super::{Bounds, EdgeState, NOWHERE, Rate, Source, Throttle, Ticks, admit};
use crate::accounts::sources::{self, Bucket, Counter};
use crate::db::{DbError, Door, Login};
use crate::meters::{self, Bound};
use crate::web::error::Error;

/// Answers a request that was refused.
pub type Refused = fn(Error, Request) -> BoxFuture<'static, Result<Response, Error>>;

/// The buckets of this node, and the way to those that all share.
pub(super) struct Buckets {
    sign_in: Throttle,
    ai: Throttle,
    shared: Option<Shared>,
}

/// The buckets of all nodes.
struct Shared {
    door: Door<Login>,
    ai: Counter,
}

impl Shared {
    /// Signing in is rare, and goes alone; so its room is made when it is needed.
    async fn pass(&self, bucket: Bucket, source: &Source) -> Result<Option<u64>, DbError> {
        match bucket {
            Bucket::SignIn => {
                let known_by = source.known_by();
                Box::pin(sources::pass(&self.door, bucket, &known_by)).await
            }
            Bucket::Ai => self.ai.pass(source.known_by()).await,
        }
    }
}

impl Buckets {
    pub(super) fn new(bounds: &Bounds, ticks: &Ticks, shared: Option<Door<Login>>) -> Self {
        let throttle = |per_minute| {
            let rate = Rate { per_minute, burst: per_minute };
            Throttle::new(rate, bounds.addresses_max, ticks.clone())
        };
        Self {
            sign_in: throttle(bounds.sign_in_per_minute),
            ai: throttle(bounds.ai_per_minute),
            shared: shared.map(|door| Shared { ai: Counter::start(door.clone()), door }),
        }
    }

    async fn admit(&self, bucket: Bucket, source: &Source) -> Result<(), Error> {
        let (own, bound) = match bucket {
            Bucket::SignIn => (&self.sign_in, Bound::SignIn),
            Bucket::Ai => (&self.ai, Bound::Ai),
        };
        admit(own, source, bound)?;
        let Some(shared) = &self.shared else { return Ok(()) };
        match shared.pass(bucket, source).await? {
            None => Ok(()),
            Some(retry_after_s) => {
                meters::throttled(bound);
                Err(Error::TooMany { retry_after_s })
            }
        }
    }
}

#[derive(Clone)]
struct Gate {
    edge: EdgeState,
    bucket: Bucket,
    refused: Refused,
}

impl EdgeState {
    /// Puts a strict bucket in front of the POSTs of these routes.
    pub fn strict<S>(&self, bucket: Bucket, routes: Router<S>) -> Router<S>
    where
        S: Clone + Send + Sync + 'static,
    {
        self.strict_or(bucket, routes, |error, _| Box::pin(async { Err(error) }))
    }

    /// The same, where a refusal is answered by `refused`: a form that gives its words back.
    pub fn strict_or<S>(&self, bucket: Bucket, routes: Router<S>, refused: Refused) -> Router<S>
    where
        S: Clone + Send + Sync + 'static,
    {
        let gate = Gate { edge: self.clone(), bucket, refused };
        routes.route_layer(middleware::from_fn_with_state(gate, pass))
    }
}

async fn pass(State(gate): State<Gate>, request: Request, next: Next) -> Result<Response, Error> {
    if request.method() == Method::POST {
        let source = request.extensions().get::<Source>().copied();
        let source = source.unwrap_or_else(|| gate.edge.source_of(NOWHERE));
        if let Err(error) = gate.edge.0.strict.admit(gate.bucket, &source).await {
            return (gate.refused)(error, request).await;
        }
    }
    Ok(next.run(request).await)
}
