//! The edge, in process and over real sockets. Each file below holds one promise of the module.

mod answers;
mod bounds;
mod certificates;
mod connections;
mod cross_site;
mod lines;
mod metrics;
mod redirect;
mod renewal;
mod sources;
mod throttling;

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::request::Builder;
use axum::http::response::Parts;
use axum::response::{Html, IntoResponse};
use axum::routing::{get, post};
use axum::{Json, Router};
use http_body_util::BodyExt as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tower::ServiceExt as _;

use super::{Bounds, EdgeSettings, EdgeState, Ticks, wrap};
use crate::clock::{Clock, Ids, Random};
use crate::web::error::Error;
use crate::web::{assets, health};

const ORIGIN: &str = "https://kairo.example";

/// Time that a test moves by hand.
#[derive(Clone, Default)]
struct Hand(Arc<AtomicU64>);

impl Hand {
    fn ticks(&self) -> Ticks {
        let at = self.0.clone();
        Ticks::from_fn(move || Duration::from_millis(at.load(Ordering::Relaxed)))
    }

    fn forward(&self, by: Duration) {
        self.0.fetch_add(u64::try_from(by.as_millis()).unwrap(), Ordering::Relaxed);
    }
}

fn settings(bounds: Bounds) -> EdgeSettings {
    EdgeSettings {
        ids: Ids::new(Clock::system(), Random::system()),
        origin: ORIGIN.parse().unwrap(),
        loopback: false,
        pepper: [7; 32],
        clock: Clock::system(),
        shared: None,
        proxies: crate::web::edge::Proxies::default(),
        bounds,
        ticks: Ticks::monotonic(),
    }
}

/// Every kind of handler that an answer can come from.
fn routes() -> Router {
    Router::new()
        .route("/", get(async || Html("<h1>Kairo</h1>")))
        .route("/items/{id}", get(async || Err::<(), _>(Error::SignInNeeded)).post(async || "ok"))
        .route("/broken", get(async || Err::<(), _>(Error::internal("the secret cause"))))
        .route("/panics", get(panics))
        .route("/form", post(async || (axum::http::StatusCode::UNPROCESSABLE_ENTITY, Html("kept"))))
        .route("/slow", post(slow).get(slow))
        .route("/echo", post(async |body: Bytes| body.len().to_string()))
        .route("/api/v1/echo", post(async |Json(it): Json<serde_json::Value>| Json(it)))
        .route("/api/v1/cookie", get(cookie))
        .route("/v1/models", get(async || Err::<(), _>(Error::SignInNeeded)))
        .merge(assets::routes())
        .merge(health::routes(async || true))
}

async fn panics() -> &'static str {
    panic!("what the person typed");
}

async fn slow(_body: Bytes) -> &'static str {
    tokio::time::sleep(Duration::from_millis(400)).await;
    "done"
}

async fn cookie(request: Request) -> impl IntoResponse {
    request.headers().contains_key("cookie").to_string()
}

fn app() -> Router {
    wrap(routes(), EdgeState::new(settings(Bounds::default())))
}

fn app_within(bounds: Bounds) -> Router {
    wrap(routes(), EdgeState::new(settings(bounds)))
}

async fn send(app: &Router, request: Request) -> (Parts, String) {
    let (parts, body) = app.clone().oneshot(request).await.unwrap().into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    (parts, String::from_utf8(body.to_vec()).unwrap())
}

fn ask(method: &str, uri: &str) -> Builder {
    Request::builder().method(method).uri(uri)
}

fn empty(builder: Builder) -> Request {
    builder.body(Body::empty()).unwrap()
}

async fn fetch(path: &str) -> (Parts, String) {
    send(&app(), empty(ask("GET", path))).await
}

fn header<'a>(parts: &'a Parts, name: &str) -> &'a str {
    parts.headers.get(name).map_or("", |value| value.to_str().unwrap())
}
