//! `kairo serve` with a provider of models.

use rustix::process::{Signal, kill_process};
use serde_json::json;

use super::client::{Client, make_token};
use super::program::Data;
use crate::harness::upstream::{API_KEY, MODEL, SMALL_MODEL, Upstream};

// Goal: a Kairo that serves asks the provider of its settings and writes what the plans give; the
// environment's proxies, which lead nowhere here, are not asked.
#[tokio::test(flavor = "multi_thread")]
async fn serves_with_a_provider() {
    let (data, upstream) = (Data::new("models"), Upstream::start().await);
    let nowhere = "http://127.0.0.1:9".to_owned();
    let mut serve = data.serve_with(&[
        ("KAIRO_AI_BASE_URL", upstream.url()),
        ("KAIRO_AI_API_KEY", API_KEY.to_owned()),
        ("KAIRO_AI_MODEL", MODEL.to_owned()),
        ("KAIRO_AI_SMALL_MODEL", SMALL_MODEL.to_owned()),
        ("HTTP_PROXY", nowhere.clone()),
        ("http_proxy", nowhere.clone()),
        ("ALL_PROXY", nowhere),
    ]);
    let client = Client::new(&data, serve.is_up(), &make_token(&data));
    let body = json!({ "model": "kairo", "messages": [{ "role": "user", "content": "x" }] });
    let (line, key) = ("POST /v1/chat/completions", "idempotency-key: models\r\n");
    let (status, answer) = client.ask(line, key, &body.to_string()).await.unwrap();
    assert_eq!((status, &answer["model"]), (200, &json!(SMALL_MODEL)));
    // Whether the ledger has the first one's end by now is nobody's promise.
    let (status, answer) = client.ask(line, key, &body.to_string()).await.unwrap();
    assert_eq!((status, upstream.calls()), (409, 1), "{answer}");
    kill_process(serve.pid(), Signal::TERM).unwrap();
    let (status, said) = serve.end();
    assert!(status.success(), "{said}");
}

// Goal: a provider that may keep what it is sent, and a model without a price, end the start with
// what to set.
#[test]
fn refuses_to_start() {
    let data = Data::new("no-models");
    let of = |model: &str| {
        [
            ("KAIRO_AI_BASE_URL", "https://models.example.org/v1".to_owned()),
            ("KAIRO_AI_MODEL", model.to_owned()),
        ]
    };
    let (status, said) = data.serve_with(&of("gpt-4o")).end();
    assert!(!status.success() && said.contains("Set KAIRO_AI_RETENTION=zero"), "{said}");
    let mut unpriced = of("gpt-99").to_vec();
    unpriced.push(("KAIRO_AI_RETENTION", "zero".to_owned()));
    let (status, said) = data.serve_with(&unpriced).end();
    assert!(!status.success() && said.contains("Set KAIRO_AI_PRICE"), "{said}");
}
