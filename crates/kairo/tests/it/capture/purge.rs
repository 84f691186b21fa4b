//! Deleted items go for good after 30 days, and nothing else does.

use axum::body::Body;
use kairo::capture::purge::purge;

use crate::harness::Kairo;
use crate::harness::actors::Actor;

async fn capture(actor: &Actor, text: &str) -> String {
    let body = serde_json::json!({ "text": text, "time_zone": "UTC" });
    let answer = actor.post_json("/api/v1/captures", &body).await;
    answer.json().pointer("/items/0/id").unwrap().as_str().unwrap().to_owned()
}

async fn rows(app: &Kairo, table: &str) -> i64 {
    let host = app.superuser().await;
    let sql = format!("SELECT count(*) FROM app.{table}");
    host.query(&sql, &[]).await.unwrap().first().unwrap().get(0)
}

// Goal: what was deleted 30 days ago goes with its revisions and its text; what was deleted since,
// and what another person has, stays.
#[tokio::test]
async fn deleted_items_go_after_thirty_days() {
    // Given: two deleted items of Ana's, one long ago, a live one, and one of Ben's.
    let app = Kairo::start().await;
    let (ana, ben) = (app.program("ana@example.org").await, app.program("ben@example.org").await);
    let (old, recent) = (capture(&ana, "old").await, capture(&ana, "recent").await);
    capture(&ana, "live").await;
    capture(&ben, "of another").await;
    for id in [&old, &recent] {
        let request = ana.request("DELETE", &format!("/api/v1/items/{id}"));
        let request = request.header("if-match", "\"1\"").body(Body::empty()).unwrap();
        assert_eq!(ana.send(request).await.status, 204);
    }
    let host = app.superuser().await;
    let back = "UPDATE app.items SET deleted_at = deleted_at - interval '31 days',
                created_at = created_at - interval '40 days' WHERE id = $1::text::uuid";
    host.query(back, &[&old]).await.unwrap();
    let all = "UPDATE app.captures SET created_at = created_at - interval '40 days'";
    host.execute(all).await.unwrap();

    // When: the job runs, twice.
    assert_eq!(purge(&app.base).await.unwrap(), 1);
    assert_eq!(purge(&app.base).await.unwrap(), 0);

    // Then: one item, its revision and its capture are gone.
    assert_eq!(rows(&app, "items").await, 3);
    assert_eq!(rows(&app, "item_revisions").await, 1);
    assert_eq!(rows(&app, "captures").await, 3);
}
