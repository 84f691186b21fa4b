//! Who is not let in, and what a client reads when somebody behind Kairo fails.

use futures_util::future::{join, join_all};
use kairo::accounts::queries::SessionRevoke;
use kairo::limits::QUOTA_POOL_MAX;
use serde_json::json;

use super::*;
use crate::guard::becomes;
use crate::harness::upstream::Say;

// Goal: nobody, a cookie and an ended token are 401 in OpenAI's shape, a token that only reads is
// 403; nothing reaches the provider.
#[tokio::test]
async fn strangers_are_not_known() {
    let desk = Desk::open().await;
    let (browser, reader) =
        (desk.app.member("ana@example.org").await, desk.app.reader("ana@example.org").await);
    for actor in [&desk.app.anonymous(), &browser] {
        assert_eq!(code(&actor.post_json(CHAT, &chat(json!({}))).await, 401), "sign_in_needed");
        assert_eq!(code(&actor.get("/v1/models").await, 401), "sign_in_needed");
    }
    let answer = reader.post_json(CHAT, &chat(json!({}))).await;
    assert_eq!(code(&answer, 403), "forbidden");
    assert_eq!(answer.json()["error"]["type"], "permission_error");
    reader.get("/v1/models").await.is(200);
    let end = SessionRevoke { id: None };
    desk.app.base.db.app.write(Some(desk.ana.identity()), end).await.unwrap();
    let answer = desk.chat(json!({})).await;
    assert_eq!(code(&answer, 401), "session_ended");
    assert_eq!(answer.json()["error"]["type"], "authentication_error");
    assert_eq!(code(&desk.ana.get("/v1/models").await, 401), "session_ended");
    assert_eq!(desk.upstream.calls(), 0);
}

// Goal: without a provider the answer says so, to whoever may ask.
#[tokio::test]
async fn without_a_provider() {
    let app = Kairo::start().await;
    let ana = app.program("ana@example.org").await;
    let answer = ana.post_json(CHAT, &chat(json!({}))).await;
    assert_eq!(code(&answer, 503), "no_model");
    assert_eq!(answer.header("x-should-retry"), "false");
    assert_eq!(ana.get("/v1/models").await.is(200).json()["data"], json!([]));
    let nobody = app.anonymous().post_json(CHAT, &chat(json!({}))).await;
    assert_eq!(code(&nobody, 401), "sign_in_needed");
}

// Goal: without the database nothing reaches the provider, and the client may try again later.
#[tokio::test]
async fn without_the_database() {
    let mut desk = Desk::open().await;
    desk.app.stop_database();
    let answer = desk.chat(json!({})).await;
    assert_eq!(code(&answer, 503), "unavailable");
    assert_eq!((answer.header("retry-after"), desk.upstream.calls()), ("5", 0));
}

// Goal: while every connection of the quota waits for somebody's lock, a call is refused as one
// that cannot be asked for, nothing reaches the provider, and afterwards all is as it was.
#[tokio::test]
async fn without_a_connection_for_the_quota() {
    let desk = Desk::open().await;
    let (host, look) = (desk.app.superuser().await, desk.app.superuser().await);
    host.execute("BEGIN; LOCK TABLE guard.quotas").await.unwrap();
    let holding = async { join_all((0..QUOTA_POOL_MAX).map(|_| desk.ana.get("/v1/models"))).await };
    let asking = async {
        let held = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
        becomes(&look, held, i64::try_from(QUOTA_POOL_MAX).unwrap()).await;
        desk.chat(json!({})).await
    };
    let (held, refused) = join(holding, asking).await;
    assert_eq!(code(&refused, 503), "unavailable");
    assert_eq!((refused.header("retry-after"), desk.upstream.calls()), ("5", 0));
    assert!(held.iter().all(|answer| answer.status == 503));
    host.execute("COMMIT").await.unwrap();
    desk.chat(json!({})).await.is(200);
    assert_eq!((desk.upstream.calls(), desk.used().await), (1, 1));
}

// Goal: what the provider did wrong is told in Kairo's words; where it cost a credit the client
// must not repeat it by itself, and where it did not the credit is back.
#[tokio::test]
async fn the_provider_fails() {
    let desk = Desk::open().await;
    for (says, status, wanted, repeats, cost) in [
        (vec![Say::Refuse(400, Some("tools"))], 400, "provider_refused", false, 0),
        (vec![Say::Refuse(401, None)], 502, "provider_refused", false, 0),
        (vec![Say::Busy(Some("30"))], 503, "provider_busy", true, 0),
        (vec![Say::Refuse(500, None); 3], 503, "provider_unavailable", true, 0),
        (vec![Say::Garbage("<html>".to_owned())], 502, "provider_broke_off", false, 1),
        (vec![Say::Close], 502, "provider_broke_off", false, 1),
        (vec![Say::Refuse(504, None)], 504, "provider_timed_out", false, 1),
    ] {
        let before = desk.used().await;
        desk.upstream.script(says.clone());
        let answer = desk.chat(json!({})).await;
        assert_eq!(code(&answer, status), wanted, "{says:?}");
        assert!(!answer.text().contains("lunch"), "{}", answer.text());
        let said = if repeats { "" } else { "false" };
        assert_eq!(answer.header("x-should-retry"), said, "{says:?}");
        assert_eq!(answer.header("x-kairo-model"), "normal");
        assert_eq!(desk.used().await, before + cost, "{says:?}");
    }
}
