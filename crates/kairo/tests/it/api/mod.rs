//! The JSON API, as programs use it.
#![expect(clippy::indexing_slicing, reason = "JSON that lacks what a test looks at fails the test")]

mod bodies;
mod canary;
mod captures;
mod items;
mod occurrences;
mod openapi;
mod pages;
mod patch;
mod races;
mod walls;

use axum::body::Body;
use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::harness::actors::Actor;
use crate::harness::http::Answer;

const CAPTURES: &str = "/api/v1/captures";
const ITEMS: &str = "/api/v1/items";

/// A thought of which every test knows how it is read.
fn thought(text: &str) -> Value {
    json!({ "text": text, "time_zone": "America/New_York", "reference": "2026-11-23T09:00:00" })
}

/// Keeps one thought and gives its items.
async fn capture(program: &Actor, text: &str) -> Vec<Value> {
    let answer = program.post_json(CAPTURES, &thought(text)).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
    answer.json()["items"].as_array().unwrap().clone()
}

/// Keeps one thought that becomes one item, and gives the item's path.
async fn one_item(program: &Actor, text: &str) -> String {
    let items = capture(program, text).await;
    assert_eq!(items.len(), 1);
    format!("{ITEMS}/{}", items[0]["id"].as_str().unwrap())
}

/// PATCH of a version.
async fn change(program: &Actor, path: &str, version: i32, body: &Value) -> Answer {
    let tag = format!("\"{version}\"");
    program.send_json("PATCH", path, &[("if-match", tag.as_str())], body).await
}

/// A request without a body.
async fn bare(program: &Actor, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = program.request(method, path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    program.send(request.body(Body::empty()).unwrap()).await
}

/// POST of bytes as they are.
async fn raw(program: &Actor, path: &str, kind: &str, body: impl Into<Body>) -> Answer {
    let request = program.request("POST", path).header("content-type", kind);
    program.send(request.body(body.into()).unwrap()).await
}

/// Every item of the program's, page by page.
async fn all_items(program: &Actor) -> Vec<Value> {
    let (mut found, mut path) = (Vec::new(), format!("{ITEMS}?limit=200"));
    loop {
        let page = program.get(&path).await.json();
        found.extend(page["items"].as_array().unwrap().iter().cloned());
        let Some(next) = page["next"].as_str() else { return found };
        path = format!("{ITEMS}?limit=200&after={next}");
    }
}

/// Checks that an answer is a problem of this status. Gives `field code` of each fault, or the code
/// where there are none.
fn problem(answer: &Answer, status: u16) -> String {
    assert_eq!(answer.status.as_u16(), status, "{}", answer.text());
    assert_eq!(answer.header("content-type"), "application/problem+json");
    let problem = answer.json();
    assert_eq!(problem["status"].as_u64(), Some(u64::from(status)));
    assert!(problem["request_id"].is_string() && problem["detail"].is_string());
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    let faults = problem["errors"].as_array().unwrap().iter().map(|fault| {
        assert!(word(&fault["message"]).ends_with('.'), "{fault}");
        format!("{} {}", word(&fault["field"]), word(&fault["code"]))
    });
    let faults: Vec<String> = faults.collect();
    if faults.is_empty() { word(&problem["code"]) } else { faults.join(", ") }
}
