//! The development outbox, which shows everybody's links and so must not exist elsewhere.

use super::*;
use axum::body::Body;
use axum::http::{HeaderValue, Request};
use kairo::mail::Outbox;
use kairo::web::edge::{self, Bounds, EdgeSettings, EdgeState, Peer, Proxies, Ticks};
use kairo::web::{Site, SiteSettings, routes};
use tower::ServiceExt as _;

use crate::harness::security_page;

/// What the site calls itself.
const OWN: &str = "localhost:8443";

/// `/outbox` of the same Kairo with other mail settings.
async fn outbox_of(app: &Kairo, outbox: Option<Outbox>, loopback: bool) -> Answer {
    let site = Site::new(SiteSettings {
        base: app.base.clone(),
        mailer: app.site.mailer.clone(),
        outbox,
        origin: app.site.origin.clone(),
        loopback,
        security: security_page(),
        ai: None,
    });
    let edge = EdgeState::new(EdgeSettings {
        ids: app.base.ids.clone(),
        origin: HeaderValue::from_str(&app.site.origin).unwrap(),
        loopback,
        pepper: app.base.keys.address_pepper(),
        proxies: Proxies::default(),
        bounds: Bounds::default(),
        ticks: Ticks::monotonic(),
    });
    let router = edge::wrap(routes::all(site, &edge), edge);
    let near = Peer(app.anonymous().peer);
    let request = Request::get("/outbox").header("host", OWN).extension(near);
    let request = request.body(Body::empty()).unwrap();
    Answer::read(router.oneshot(request).await.unwrap()).await
}

async fn look(browser: &Actor) -> Answer {
    let request = browser.request("GET", "/outbox").header("host", OWN);
    browser.send(request.body(Body::empty()).unwrap()).await
}

// Goal: on a developer's machine the newest mail stands first, with its link and its code.
#[tokio::test]
async fn the_outbox_shows_mails() {
    let app = Kairo::start().await;
    let nobody = app.anonymous();
    says(&look(&nobody).await, "No mail yet.");
    let (first, second) =
        (mailed(&app, &nobody, ANA, "").await, mailed(&app, &nobody, BEN, "").await);
    let page = look(&nobody).await;
    assert_eq!(status(&page), 200);
    for letter in [&first, &second] {
        says(&page, &letter.link);
        says(&page, &letter.code);
        says(&page, &letter.to);
    }
    assert!(page.text().find(BEN).unwrap() < page.text().find(ANA).unwrap());
}

// Goal: where mail goes to a server, or others can reach the site, there is no such page.
#[tokio::test]
async fn there_is_no_outbox_elsewhere() {
    let app = Kairo::start().await;
    mailed(&app, &app.anonymous(), ANA, "").await;
    let outbox = app.site.outbox.clone();
    assert_eq!(status(&outbox_of(&app, outbox.clone(), true).await), 200);
    for (outbox, loopback) in [(None, true), (outbox, false), (None, false)] {
        let answer = outbox_of(&app, outbox, loopback).await;
        assert_eq!(status(&answer), 404);
        assert!(!answer.text().contains(ANA));
    }
}
