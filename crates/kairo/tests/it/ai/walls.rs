//! Where people's words may not go.

use kairo::ai::{Failure, ProviderError, Retention, UpstreamSettings};
use kairo::config::Ai;

use super::*;
use crate::harness::upstream::{Say, WORDS};

fn refused(app: &Kairo, provider: &Ai) -> ProviderError {
    let settings = UpstreamSettings::new(provider, app.base.random.clone());
    kairo::ai::Upstream::open(settings).map(drop).unwrap_err()
}

// Goal: a redirect is not followed; the other place sees nothing.
#[tokio::test]
async fn redirects_are_not_followed() {
    let (desk, other) = (Desk::open().await, Upstream::start().await);
    desk.upstream.script([Say::Redirect(format!("{}/chat/completions", other.url()))]);
    let failure = desk.call(1).await.ask(chat()).await.unwrap_err();
    assert_eq!(failure, Failure::Refused { status: 307, parameter: None });
    assert_eq!((other.calls(), desk.used().await), (0, 0));
}

// Goal: a provider elsewhere that may keep what it is sent, one over plain text, one that is not
// listed and a model without a price are refused before anything is sent.
#[tokio::test]
async fn what_may_not_be_asked_is_refused() {
    let (app, upstream) = (Kairo::start().await, Upstream::start().await);
    let local = upstream.settings();
    let host = "models.example.org".to_owned();
    let elsewhere = || Ai {
        base_url: "https://models.example.org/v1".to_owned(),
        host: host.clone(),
        local: false,
        zero_retention: true,
        hosts: vec![host.clone()],
        ..upstream.settings()
    };
    assert!(
        kairo::ai::Upstream::open(UpstreamSettings::new(&elsewhere(), app.base.random.clone()))
            .is_ok()
    );
    let keeps = Ai { zero_retention: false, ..elsewhere() };
    assert!(matches!(refused(&app, &keeps), ProviderError::MayKeep(_)));
    let plain = Ai { base_url: "http://models.example.org/v1".to_owned(), ..elsewhere() };
    assert!(matches!(refused(&app, &plain), ProviderError::MayKeep(_)));
    let unlisted = Ai { hosts: local.hosts.clone(), ..elsewhere() };
    assert!(matches!(refused(&app, &unlisted), ProviderError::HostNotListed(_)));
    let unpriced = Ai { price: None, ..elsewhere() };
    assert!(matches!(refused(&app, &unpriced), ProviderError::NoPrice { .. }));
    assert_eq!(upstream.calls(), 0);
}

// Goal: a model on this machine costs nothing unless the operator says so, and is of its own class.
#[tokio::test]
async fn a_local_model_is_free() {
    let desk = Desk::open_with(|ai, _| (ai.price, ai.small_price) = (None, None)).await;
    assert_eq!((desk.ai.retention(), desk.ai.nano_max(9, 9, 4)), (Retention::Local, 0));
    let mut call = desk.call(4).await;
    let reply = call.ask(chat()).await.unwrap();
    assert_eq!(body(&reply)["choices"][0]["message"]["content"], WORDS);
    call.end();
    assert_eq!(desk.ledger().await, [once("S", "answered", 0)]);
}
