//! Whether the process is up, and whether it can answer requests.
//!
//! **Invariant:** a probe costs at most one check a second, however many ask, since both addresses
//! are open to everyone and exempt from the address throttle.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Router, routing};
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

use super::error::AsWritten;
use crate::limits::{READY_CHECK_MAX, READY_KEPT};

#[cfg(test)]
mod tests;

type Check = dyn Fn() -> Pin<Box<dyn Future<Output = bool> + Send>> + Send + Sync;

/// The readiness check and its newest answer.
#[derive(Clone)]
struct Readiness {
    check: Arc<Check>,
    newest: Arc<Mutex<Option<(Instant, bool)>>>,
}

/// `GET /healthz` and `GET /readyz`; `ready` says whether requests can be served now.
pub fn routes<S, F, Fut>(ready: F) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
    F: Fn() -> Fut + Send + Sync + 'static,
    Fut: Future<Output = bool> + Send + 'static,
{
    let readiness = Readiness {
        check: Arc::new(move || Box::pin(ready())),
        newest: Arc::new(Mutex::new(None)),
    };
    Router::new()
        .route("/healthz", routing::get(async || "ok"))
        .route("/readyz", routing::get(readyz).with_state(readiness))
}

async fn readyz(State(readiness): State<Readiness>) -> Response {
    if readiness.holds().await {
        return "ready".into_response();
    }
    let mut response = (StatusCode::SERVICE_UNAVAILABLE, "not ready").into_response();
    response.extensions_mut().insert(AsWritten);
    response
}

impl Readiness {
    /// The lock is held across the check, so that probes that come together share one answer.
    async fn holds(&self) -> bool {
        let mut newest = self.newest.lock().await;
        if let Some((at, answer)) = *newest
            && at.elapsed() < READY_KEPT
        {
            return answer;
        }
        let answer = timeout(READY_CHECK_MAX, (self.check)()).await.unwrap_or(false);
        *newest = Some((Instant::now(), answer));
        answer
    }
}
