//! Bodies that cannot be asked for: nothing is charged, nothing reaches the provider.

use kairo::limits::BODY_BYTES_MAX;
use serde_json::json;

use super::*;
use crate::harness::http::with_body;

// Goal: each refusal has OpenAI's status and code, names its parameter, and forbids repetition.
#[tokio::test]
async fn refused_bodies() {
    let desk = Desk::open().await;
    let image = json!([{ "role": "user", "content": [{ "type": "image_url" }] }]);
    let long = json!([{ "role": "user", "content": "x".repeat(5_000) }]);
    for (more, status, wanted, param) in [
        (json!({ "model": "gpt-99" }), 404, "model_not_found", "model"),
        (json!({ "model": 7 }), 400, "invalid_value", "model"),
        (json!({ "n": 2 }), 400, "unsupported_value", "n"),
        (json!({ "store": true }), 400, "unsupported_value", "store"),
        (json!({ "stream": "yes" }), 400, "invalid_value", "stream"),
        (json!({ "messages": [] }), 400, "invalid_value", "messages"),
        (json!({ "messages": "x" }), 400, "invalid_value", "messages"),
        (json!({ "max_tokens": 0 }), 400, "invalid_value", "max_tokens"),
        (json!({ "max_completion_tokens": 1.5 }), 400, "invalid_value", "max_completion_tokens"),
        (json!({ "messages": image }), 400, "unsupported_content", "messages"),
        (json!({ "messages": long }), 400, "context_length_exceeded", "messages"),
        (json!({ "web_search_options": {} }), 400, "unknown_parameter", ""),
        (json!({ "prediction": {} }), 400, "unknown_parameter", ""),
    ] {
        let answer = desk.chat(more.clone()).await;
        assert_eq!(code(&answer, status), wanted, "{more}");
        assert_eq!(answer.json()["error"]["param"].as_str().unwrap_or(""), param, "{more}");
        assert_eq!(answer.json()["error"]["type"], "invalid_request_error");
        assert_eq!(answer.header("x-should-retry"), "false");
    }
    assert_eq!((desk.upstream.calls(), desk.used().await), (0, 0));
}

// Goal: what is no JSON, no JSON by its type, or too large is refused before anything is asked.
#[tokio::test]
async fn unreadable_bodies() {
    let desk = Desk::open().await;
    let post = async |kind: &str, body: String| {
        desk.ana.send(with_body(desk.ana.request("POST", CHAT), kind, body)).await
    };
    let json = "application/json";
    for body in ["", "{", "[]", "null", "\u{0}"] {
        assert_eq!(code(&post(json, body.to_owned()).await, 400), "malformed", "{body}");
    }
    let good = chat(json!({})).to_string();
    assert_eq!(code(&post("text/plain", good).await, 415), "unsupported_media");
    let huge = "x".repeat(BODY_BYTES_MAX + 1);
    assert_eq!(code(&post(json, huge).await, 413), "too_large");
    assert_eq!((desk.upstream.calls(), desk.used().await), (0, 0));
}

// Goal: an input at the plan's bound passes, one byte more does not; a larger plan than one's own
// does not help.
#[tokio::test]
async fn an_input_at_its_bound() {
    let desk = Desk::open().await;
    let frame = json!([{ "role": "user", "content": "" }]).to_string().len();
    let of = |bytes: usize| {
        let text = "x".repeat(bytes - frame);
        json!({ "messages": [{ "role": "user", "content": text }] })
    };
    desk.chat(of(4_096)).await.is(200);
    let answer = desk.chat(of(4_097)).await;
    assert_eq!(code(&answer, 400), "context_length_exceeded");
    assert_eq!((desk.upstream.calls(), desk.used().await), (1, 1));
}
