//! Probes and what they cost.

use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::Body;
use axum::http::Request;
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

use super::*;

async fn probe(app: &Router, path: &str) -> (u16, String) {
    let request = Request::get(path).body(Body::empty()).unwrap();
    let response = app.clone().oneshot(request).await.unwrap();
    let status = response.status().as_u16();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

// Goal: readiness follows the check, health does not.
#[tokio::test]
async fn readiness_follows_the_check() {
    for (ready, answer) in [(true, (200, "ready")), (false, (503, "not ready"))] {
        let app = routes(move || std::future::ready(ready));
        let (status, body) = probe(&app, "/readyz").await;
        assert_eq!((status, body.as_str()), answer);
        assert_eq!(probe(&app, "/healthz").await, (200, "ok".to_owned()));
    }
}

// Goal: a crowd of probes costs one check.
#[tokio::test]
async fn a_crowd_shares_one_check() {
    let checks = Arc::new(AtomicUsize::new(0));
    let counted = checks.clone();
    let app = routes(move || {
        counted.fetch_add(1, Ordering::Relaxed);
        std::future::ready(true)
    });
    for _ in 0..50 {
        probe(&app, "/readyz").await;
    }
    assert_eq!(checks.load(Ordering::Relaxed), 1);
}

// Goal: a check that hangs is "not ready", not a hanging probe.
#[tokio::test]
async fn a_hanging_check_is_not_ready() {
    let app = routes(std::future::pending);
    assert_eq!(probe(&app, "/readyz").await.0, 503);
}
