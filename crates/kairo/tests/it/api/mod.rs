//! The JSON API, as programs use it.

mod captures;

use axum::http::StatusCode;
use serde_json::Value;

use crate::harness::actors::Actor;
use crate::harness::http::Answer;

/// Keeps one thought and gives its items.
async fn capture(program: &Actor, text: &str) -> Vec<Value> {
    let sent = serde_json::json!({ "text": text, "time_zone": "America/New_York",
        "reference": "2026-11-23T09:00:00" });
    let answer = program.post_json("/api/v1/captures", &sent).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
    answer.json()["items"].as_array().unwrap().clone()
}

/// Checks that an answer is a problem of this status, and gives `field code` of each fault, or its code.
fn problem(answer: &Answer, status: u16) -> String {
    assert_eq!(answer.status.as_u16(), status, "{}", answer.text());
    assert_eq!(answer.header("content-type"), "application/problem+json");
    let problem = answer.json();
    assert_eq!(problem["status"].as_u64(), Some(u64::from(status)));
    assert!(problem["request_id"].is_string() && problem["detail"].is_string());
    let faults = problem["errors"].as_array().unwrap().iter();
    let faults: Vec<String> = faults
        .map(|fault| {
            assert!(fault["message"].as_str().unwrap().ends_with('.'), "{fault}");
            format!("{} {}", fault["field"].as_str().unwrap(), fault["code"].as_str().unwrap())
        })
        .collect();
    if faults.is_empty() { problem["code"].as_str().unwrap().to_owned() } else { faults.join(", ") }
}
