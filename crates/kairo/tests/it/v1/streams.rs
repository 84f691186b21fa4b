//! Answers in pieces over HTTP.

use axum::body::Body;
use futures_util::StreamExt as _;
use serde_json::json;
use tower::ServiceExt as _;

use super::*;
use crate::harness::http::with_body;
use crate::harness::upstream::{Cut, Say, WORDS};

/// The events of an answer.
fn events(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), "text/event-stream; charset=utf-8");
    let events = answer.text().split_terminator("\n\n");
    events.map(|event| event.strip_prefix("data: ").unwrap().to_owned()).collect()
}

// Goal: a stream has the provider's pieces, its end, and the same headers as a whole answer.
#[tokio::test]
async fn pieces_come_through() {
    let desk = Desk::open().await;
    let answer = desk.chat(json!({ "stream": true })).await;
    let events = events(&answer);
    let piece = |event: &String| serde_json::from_str::<Value>(event).ok();
    let words = events
        .iter()
        .filter_map(piece)
        .filter_map(|piece| Some(piece["choices"][0]["delta"]["content"].as_str()?.to_owned()));
    assert_eq!(words.collect::<String>(), WORDS);
    assert_eq!(events.last().unwrap(), "[DONE]");
    assert_eq!(
        (answer.header("x-kairo-model"), answer.header("cache-control")),
        ("normal", "no-store")
    );
    assert!(answer.header("ratelimit").starts_with("\"hour\";r=39;"));
    assert_eq!(desk.used().await, 1);
}

// Goal: a stream that breaks off ends with an error in OpenAI's shape, in Kairo's words, and
// without the sign of a whole answer.
#[tokio::test]
async fn a_broken_stream_says_so() {
    let desk = Desk::open().await;
    for cut in [Cut::Closed, Cut::Reset, Cut::Ended, Cut::Error] {
        desk.upstream.script([Say::Cut(cut)]);
        let answer = desk.chat(json!({ "stream": true })).await;
        let last: Value = serde_json::from_str(events(&answer).last().unwrap()).unwrap();
        assert_eq!(last["error"]["code"], "provider_broke_off", "{cut:?}");
        assert!(!answer.text().contains("sk-") && !answer.text().contains("DONE"));
    }
    assert_eq!(desk.used().await, 4);
}

// Goal: a stream that does not begin is an error with a status.
#[tokio::test]
async fn a_stream_that_does_not_begin() {
    let desk = Desk::open().await;
    desk.upstream.script([Say::Refuse(400, Some("tools"))]);
    let answer = desk.chat(json!({ "stream": true })).await;
    assert_eq!(code(&answer, 400), "provider_refused");
    assert_eq!(answer.json()["error"]["param"], "tools");
    assert_eq!(desk.used().await, 0);
}

// Goal: a client that leaves in the middle is charged what the provider counted, and its place is
// free again.
#[tokio::test]
async fn a_client_that_leaves() {
    let desk = Desk::open_with(|plans| plans.free.at_once = 1).await;
    desk.chat(json!({})).await.is(200);
    desk.upstream.script([Say::Paused]);
    let body = chat(json!({ "stream": true })).to_string();
    let request = with_body(desk.ana.request("POST", CHAT), "application/json", body);
    let response = desk.app.router.clone().oneshot(request).await.unwrap();
    let mut pieces = Body::into_data_stream(response.into_body());
    pieces.next().await.unwrap().unwrap();
    drop(pieces);
    assert_eq!(code(&desk.chat(json!({})).await, 429), "too_many");
    desk.upstream.go_on();
    while desk.chat(json!({})).await.status == 429 {
        tokio::task::yield_now().await;
    }
    let sql = "SELECT outcome FROM guard.attempts GROUP BY outcome";
    desk.used().await;
    let rows = desk.app.superuser().await.query(sql, &[]).await.unwrap();
    assert_eq!((rows.len(), rows[0].get::<_, String>(0).as_str()), (1, "answered"));
    assert_eq!((desk.upstream.calls(), desk.used().await), (3, 3));
}
