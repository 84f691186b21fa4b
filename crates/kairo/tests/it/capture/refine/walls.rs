//! What a second reading must never do.

use super::*;

const RESERVED: &str = "SELECT count(*) FROM guard.reservations";

// Goal: an empty quota never loses a thought: it is kept as read, says so, and nobody is asked.
#[tokio::test]
async fn an_empty_quota_keeps_the_thought() {
    let desk = Desk::open_with(|plans| plans.free.hour = 1).await;
    assert_eq!(desk.captures(DOUBTFUL).await["capture"]["refine"], "done");
    let made = desk.captures("tea w/ Dana the morrow half past nine-ish").await;
    assert_eq!((&made["capture"]["refine"], desk.upstream.calls()), (&json!("refused"), 1));
    assert_eq!(made["items"][0]["version"], 1);
    // What was answered before still costs nothing.
    assert_eq!(desk.captures(DOUBTFUL).await["capture"]["refine"], "done");
}

// Goal: a person's own edit is never written over by a model's answer that comes later.
#[tokio::test]
async fn an_edit_stays() {
    let desk = Desk::open().await;
    desk.upstream.always(Say::Slow(std::time::Duration::from_millis(500)));
    let thought = json!({ "text": DOUBTFUL, "time_zone": "America/New_York" });
    let made = desk.ana.post_json("/api/v1/captures", &thought).await.json();
    assert_eq!(made["capture"]["refine"], "running");
    let path = format!("/api/v1/items/{}", made["items"][0]["id"].as_str().unwrap());
    let edit = json!({ "title": "mine" });
    let edited = desk.ana.send_json("PATCH", &path, &[("if-match", "\"1\"")], &edit).await;
    assert_eq!(edited.status.as_u16(), 200, "{}", edited.text());
    let capture = format!("/api/v1/captures/{}?wait_s=10", made["capture"]["id"].as_str().unwrap());
    let seen = desk.ana.get(&capture).await.json();
    assert_ne!(seen["capture"]["refine"], "done", "{seen}");
    assert_eq!(seen["items"][0]["title"], "mine");
}

// Goal: the same request again is the same capture, and no second call.
#[tokio::test]
async fn a_repeated_request_asks_once() {
    let desk = Desk::open().await;
    let thought = json!({ "text": DOUBTFUL, "time_zone": "America/New_York" });
    let key = [("idempotency-key", "one")];
    let first = desk.ana.send_json("POST", WAITING, &key, &thought).await.json();
    let again = desk.ana.send_json("POST", WAITING, &key, &thought).await.json();
    assert_eq!(first["capture"]["id"], again["capture"]["id"]);
    assert_eq!((desk.upstream.calls(), desk.count(RESERVED).await), (1, 1));
}

// Goal: what a client may wait for has a bound, one past it and odd ones are refused.
#[tokio::test]
async fn waiting_has_a_bound() {
    let desk = Desk::open().await;
    let thought = json!({ "text": "buy milk" });
    for wrong in ["wait_s=11", "wait_s=-1", "wait_s=", "wait_s=1e0", "wait_s=%31%31"] {
        let refused = desk.ana.post_json(&format!("/api/v1/captures?{wrong}"), &thought).await;
        assert_eq!(refused.status.as_u16(), 422, "{wrong}");
    }
    for wrong in ["wait=1", "wait_s=1&wait_s=1"] {
        let refused = desk.ana.post_json(&format!("/api/v1/captures?{wrong}"), &thought).await;
        assert_eq!(refused.status.as_u16(), 400, "{wrong}");
    }
    assert_eq!(desk.count("SELECT count(*) FROM app.captures").await, 0);
}
