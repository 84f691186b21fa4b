//! What a permit is good for.

use futures_util::future::join_all;
use kairo::ai::Failure;
use kairo::guard::{Class, Limit, Refusal};
use kairo::limits::ASKS_MAX;
use serde_json::{Value, json};

use super::*;
use crate::harness::upstream::{API_KEY, MODEL, Say, WORDS};

// Goal: an answer comes through, and costs what the provider counted.
#[tokio::test]
async fn an_answer_costs_what_was_counted() {
    let desk = Desk::open().await;
    let mut call = desk.call(1).await;
    let reply = call.ask(chat()).await.unwrap();
    assert_eq!(body(&reply)["choices"][0]["message"]["content"], WORDS);
    call.end();
    let (tokens_in, tokens_out) = desk.upstream.tokens();
    let cost = i64::try_from(tokens_in * 1_000 + tokens_out * 2_000).unwrap();
    assert_eq!(desk.ledger().await, [once("S", "answered", cost)]);
    assert!(cost < estimate() && desk.used().await == 1);
}

// Goal: the body says nothing about the model, the number of answers, storing or streaming, and
// nothing but the key goes along.
#[tokio::test]
async fn the_body_does_not_decide() {
    let desk = Desk::open().await;
    desk.upstream.always(Say::Echo);
    let mut body = chat();
    let more = json!({ "model": "dearest", "n": 9, "store": true, "stream": true,
                       "stream_options": { "include_usage": true }, "temperature": 0 });
    body.extend(more.as_object().unwrap().clone());
    desk.call(1).await.ask(body).await.unwrap();
    let asked = desk.upstream.asked().remove(0);
    let expected = json!({ "model": MODEL, "n": 1, "store": false, "stream": false,
                           "temperature": 0, "messages": chat()["messages"],
                           "max_completion_tokens": 100 });
    assert_eq!((asked.path.as_str(), asked.body), ("/v1/chat/completions", expected));
    assert_eq!(asked.headers["authorization"], format!("Bearer {API_KEY}"));
    let names: Vec<&str> = asked.headers.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        ["accept", "authorization", "content-length", "content-type", "host", "user-agent"]
    );
}

// Goal: one permit is good for four requests, which are one credit, and for no fifth.
#[tokio::test]
async fn a_permit_is_good_for_four() {
    let desk = Desk::open().await;
    let mut call = desk.call(9).await;
    for _ask in 0..ASKS_MAX {
        call.ask(chat()).await.unwrap();
    }
    assert_eq!(call.ask(chat()).await.unwrap_err(), Failure::AskedEnough);
    call.end();
    assert_eq!((desk.upstream.calls(), desk.used().await), (4, 1));
    assert_eq!(desk.ledger().await[0].outcomes, ["answered"; 4]);
}

// Goal: a request that could cost more than is left of what was reserved is not sent.
#[tokio::test]
async fn nothing_costs_more_than_was_reserved() {
    let desk = Desk::open().await;
    let mut call = desk.call(1).await;
    let mut large = chat();
    large.insert("messages".to_owned(), json!([{ "role": "user", "content": "x".repeat(999) }]));
    assert_eq!(call.ask(large).await.unwrap_err(), Failure::BeyondReserved);
    let mut many = chat();
    many.insert("max_tokens".to_owned(), 1_000_000.into());
    assert_eq!(call.ask(many).await.unwrap_err(), Failure::BeyondReserved);
    let mut endless = chat();
    endless.remove("max_completion_tokens");
    assert_eq!(call.ask(endless).await.unwrap_err(), Failure::Unbounded);
    desk.upstream.script([Say::Hang]);
    call.end();
    assert_eq!((desk.upstream.calls(), desk.used().await), (0, 0));
}

// Goal: of many calls at once no more reach the provider than were granted, to the last one.
#[tokio::test]
async fn no_more_calls_than_grants() {
    let desk = Desk::open().await;
    let calls = join_all((0..80).map(async |_| {
        loop {
            match desk.try_call(1).await {
                Ok(mut call) => return call.ask(chat()).await.map(drop).map_err(|_| None),
                Err(Refusal::Crowded) => tokio::task::yield_now().await,
                Err(refusal) => return Err(Some(refusal)),
            }
        }
    }));
    let came = calls.await;
    let granted = came.iter().filter(|it| it.is_ok()).count();
    let refused = |it: &&Result<(), Option<Refusal>>| {
        matches!(it, Err(Some(Refusal::Quota { limit: Limit::Hour | Limit::Month, .. })))
    };
    assert_eq!(came.iter().filter(refused).count(), 30);
    assert_eq!((granted, desk.upstream.calls(), desk.used().await), (50, 50, 50));
}

// Goal: the guard decides which model answers, and the cost is that model's.
#[tokio::test]
async fn the_guard_decides_the_model() {
    let desk = Desk::open().await;
    let mut plans = Plans::default();
    plans.free.class = Class::Small;
    guard::write_plans(&desk.app.base.db.worker, &plans).await.unwrap();
    let mut call = desk.call(1).await;
    assert_eq!(call.class(), Class::Small);
    let reply = call.ask(chat()).await.unwrap();
    assert_eq!(body(&reply)["model"], Value::from("scripted-small"));
    call.end();
    let (tokens_in, tokens_out) = desk.upstream.tokens();
    let cost = i64::try_from(tokens_in * 100 + tokens_out * 200).unwrap();
    assert_eq!(desk.ledger().await, [once("S", "answered", cost)]);
}
