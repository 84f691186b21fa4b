//! What a client reads where everything goes well.

use kairo::guard::Class;
use serde_json::json;

use super::*;
use crate::harness::upstream::{MODEL, SMALL_MODEL, Say, WORDS};

// Goal: the provider's answer comes through as it is, with what is left and which model answered,
// and none of the provider's headers.
#[tokio::test]
async fn an_answer_comes_through() {
    let desk = Desk::open().await;
    let answer = desk.chat(json!({})).await.is(200);
    let body = answer.json();
    assert_eq!(body["choices"][0]["message"]["content"], WORDS);
    assert_eq!((&body["object"], &body["model"]), (&json!("chat.completion"), &json!(MODEL)));
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.header("x-kairo-model"), "normal");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("x-secret"), "");
    let policy = answer.header("ratelimit-policy");
    assert!(policy.starts_with("\"hour\";q=40;w=3600, \"month\";q=50;w="), "{policy}");
    let left = answer.header("ratelimit");
    assert!(left.starts_with("\"hour\";r=39;t=") && left.contains("\"month\";r=49;t="), "{left}");
    assert_eq!(desk.used().await, 1);
}

// Goal: the list has the names that may be asked for, with what is left, and costs nothing.
#[tokio::test]
async fn models_are_listed() {
    let desk = Desk::open().await;
    let answer = desk.ana.get("/v1/models").await.is(200);
    let list = answer.json();
    let ids: Vec<&str> =
        list["data"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap()).collect();
    assert_eq!((&list["object"], ids), (&json!("list"), vec!["kairo", MODEL, SMALL_MODEL]));
    assert!(answer.header("ratelimit").starts_with("\"hour\";r=40;t="));
    assert_eq!((desk.upstream.calls(), desk.used().await), (0, 0));
    for name in [MODEL, SMALL_MODEL] {
        let answer = desk.chat(json!({ "model": name })).await.is(200);
        assert_eq!(answer.json()["model"], MODEL, "the guard decides");
    }
}

// Goal: past the burst the small model answers, and each answer says so.
#[tokio::test]
async fn the_downshift_is_visible() {
    let desk = Desk::open_with(|plans| plans.free.burst = Some(2)).await;
    let mut seen = Vec::new();
    for _call in 0..4 {
        let answer = desk.chat(json!({})).await.is(200);
        let model = answer.json()["model"].as_str().unwrap().to_owned();
        seen.push((answer.header("x-kairo-model").to_owned(), model));
    }
    let normal = ("normal".to_owned(), MODEL.to_owned());
    let small = ("small".to_owned(), SMALL_MODEL.to_owned());
    assert_eq!(seen, [normal.clone(), normal, small.clone(), small]);
    let desk = Desk::open_with(|plans| plans.free.class = Class::Small).await;
    assert_eq!(desk.chat(json!({})).await.header("x-kairo-model"), "small");
}

// Goal: what reaches the provider is bounded by the plan, asks for nothing to be kept, and holds
// nothing that names the person.
#[tokio::test]
async fn what_reaches_the_provider() {
    let desk = Desk::open().await;
    desk.upstream.always(Say::Echo);
    let tool = json!([{ "type": "function", "function": { "name": "f", "parameters": {} } }]);
    let more = json!({ "max_tokens": 9_999, "max_completion_tokens": 700, "temperature": 0.5,
                       "tools": tool, "user": "ana@example.org", "metadata": { "a": "b" },
                       "store": false, "n": 1, "service_tier": "priority", "stop": null });
    desk.chat(more).await.is(200);
    let asked = desk.upstream.asked().remove(0);
    let expected = json!({ "model": MODEL, "messages": chat(json!({}))["messages"], "n": 1,
                           "store": false, "stream": false, "temperature": 0.5, "tools": tool,
                           "max_tokens": 512 });
    assert_eq!(asked.body, expected);
    assert!(!format!("{:?}", asked.headers).contains("kt1_"));
}
