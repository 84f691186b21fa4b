//! Credits: how many, whose, and once for each key.

use futures_util::future::join_all;
use serde_json::json;

use super::*;
use crate::harness::upstream::Say;

// Goal: of fifty requests at once with ten credits, exactly ten reach the provider; the others are
// told until when, and not to repeat by themselves.
#[tokio::test]
async fn ten_of_fifty() {
    let desk = Desk::open_with(|plans| (plans.free.hour, plans.free.at_once) = (10, 64)).await;
    let answers = join_all((0..50).map(|_| desk.chat(json!({})))).await;
    let (answered, refused): (Vec<_>, Vec<_>) =
        answers.into_iter().partition(|answer| answer.status == 200);
    assert_eq!((answered.len(), desk.upstream.calls(), desk.used().await), (10, 10, 10));
    for answer in refused {
        assert_eq!(code(&answer, 429), "credits_spent");
        assert_eq!(answer.json()["error"]["type"], "insufficient_quota");
        assert_eq!(answer.header("x-should-retry"), "false");
        let wait: u64 = answer.header("retry-after").parse().unwrap();
        assert!((1..=3_600).contains(&wait));
        assert!(answer.header("ratelimit").starts_with("\"hour\";r=0;t="));
    }
}

// Goal: one person's credits are not another's, also where they send the same key.
#[tokio::test]
async fn credits_are_ones_own() {
    let desk = Desk::open_with(|plans| plans.free.hour = 1).await;
    let ben = desk.app.program("ben@example.org").await;
    let keyed = [("idempotency-key", "lunch")];
    desk.ana.send_json("POST", CHAT, &keyed, &chat(json!({}))).await.is(200);
    ben.send_json("POST", CHAT, &keyed, &chat(json!({}))).await.is(200);
    assert_eq!(code(&desk.chat(json!({})).await, 429), "credits_spent");
    assert!(ben.get("/v1/models").await.header("ratelimit").contains("\"month\";r=49;"));
    assert_eq!(desk.upstream.calls(), 2);
}

// Goal: one key is one call, whatever became of it; the client is not led to repeat it.
#[tokio::test]
async fn a_key_is_good_once() {
    let desk = Desk::open().await;
    let send = async |key: &str| {
        let headers = [("idempotency-key", key)];
        desk.ana.send_json("POST", CHAT, &headers, &chat(json!({}))).await
    };
    send("a").await.is(200);
    // The ledger is told in its own time.
    desk.used().await;
    let again = send("a").await;
    assert_eq!(code(&again, 409), "idempotency_key_used");
    assert_eq!(again.header("x-should-retry"), "false");
    desk.upstream.script([Say::Refuse(400, None)]);
    assert_eq!(code(&send("b").await, 400), "provider_refused");
    desk.used().await;
    assert_eq!(code(&send("b").await, 409), "idempotency_key_used");
    for key in ["", &"x".repeat(256)] {
        assert_eq!(code(&send(key).await, 400), "invalid_idempotency_key");
    }
    send(&"x".repeat(255)).await.is(200);
    assert_eq!((desk.upstream.calls(), desk.used().await), (3, 2));
}

// Goal: a plan's calls at once are bounded; the next one is told to wait a moment.
#[tokio::test]
async fn calls_at_once_are_bounded() {
    let desk = Desk::open_with(|plans| plans.free.at_once = 1).await;
    desk.chat(json!({})).await.is(200);
    desk.upstream.script([Say::Slow(std::time::Duration::from_secs(1))]);
    let first = desk.chat(json!({}));
    let second = async {
        desk.upstream.wait_for(2).await;
        desk.chat(json!({})).await
    };
    let (first, second) = futures_util::future::join(first, second).await;
    assert_eq!((first.status.as_u16(), code(&second, 429).as_str()), (200, "too_many"));
    assert_eq!((second.header("retry-after"), second.header("x-should-retry")), ("1", ""));
    assert_eq!(desk.upstream.calls(), 2);
}

// Goal: where the day's budget is spent, nothing reaches the provider, and the client is told to
// wait for another day, though never for more than an hour, and not to repeat by itself.
#[tokio::test]
async fn a_spent_day() {
    let desk = Desk::open_with(|plans| plans.day_nano_max = 1).await;
    for _time in 0..2 {
        let answer = desk.chat(json!({})).await;
        assert_eq!(code(&answer, 503), "budget_spent");
        assert_eq!(answer.header("x-should-retry"), "false");
        let wait: u64 = answer.header("retry-after").parse().unwrap();
        assert!((1..=3_600).contains(&wait), "{wait}");
    }
    assert_eq!((desk.upstream.calls(), desk.used().await), (0, 0));
}
