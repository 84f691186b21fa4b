//! `/api/v1/items/{id}`: read, delete, restore, and the versions that changes are made from.

use serde_json::json;

use super::{all_items, bare, change, one_item, problem};
use crate::harness::Kairo;

// Goal: one item has its version as a tag, and is not sent again to somebody who has it.
#[tokio::test]
async fn an_item_has_a_tag() {
    let app = Kairo::start().await;
    let program = app.program("ana@example.org").await;
    let path = one_item(&program, "buy milk").await;
    let item = program.get(&path).await;
    assert_eq!((item.status.as_u16(), item.header("etag")), (200, "\"1\""));
    for known in ["\"1\"", "W/\"1\"", "\"7\", \"1\"", "*"] {
        let answer = bare(&program, "GET", &path, &[("if-none-match", known)]).await;
        assert_eq!((answer.status.as_u16(), answer.body.len()), (304, 0), "{known}");
        assert_eq!(answer.header("etag"), "\"1\"");
    }
    for other in ["\"2\"", "nonsense", "\"01\""] {
        let answer = bare(&program, "GET", &path, &[("if-none-match", other)]).await;
        assert_eq!(answer.status.as_u16(), 200, "{other}");
    }
    let head = bare(&program, "HEAD", &path, &[]).await;
    assert_eq!((head.status.as_u16(), head.body.len()), (200, 0));
}

// Goal: a change and a deletion name the version they were made from, and nothing else is taken for
// it.
#[tokio::test]
async fn changes_name_a_version() {
    let app = Kairo::start().await;
    let program = app.program("ana@example.org").await;
    let path = one_item(&program, "buy milk").await;
    let title = json!({ "title": "buy oat milk" });
    for (header, status, code) in [
        (None, 428, "version_missing"),
        (Some("*"), 400, "malformed"),
        (Some("1"), 400, "malformed"),
        (Some("\"1"), 400, "malformed"),
        (Some("\"1\" \"2\""), 400, "malformed"),
        (Some(""), 400, "malformed"),
        (Some("W/\"1\""), 412, "version_moved"),
        (Some("\"2\""), 412, "version_moved"),
        (Some("\"0\""), 412, "version_moved"),
        (Some("\"01\""), 412, "version_moved"),
        (Some("\"x\", \"3\", \"4\""), 412, "version_moved"),
        (Some("\"99999999999999999999\""), 412, "version_moved"),
    ] {
        let headers: Vec<_> = header.map(|value| ("if-match", value)).into_iter().collect();
        let patched = program.send_json("PATCH", &path, &headers, &title).await;
        assert_eq!(problem(&patched, status), code, "{header:?}");
        let deleted = bare(&program, "DELETE", &path, &headers).await;
        assert_eq!(problem(&deleted, status), code, "{header:?}");
    }
    assert_eq!(program.get(&path).await.header("etag"), "\"1\"");
    let listed = [("if-match", "\"7\", W/\"2\", \"1\"")];
    let answer = program.send_json("PATCH", &path, &listed, &title).await;
    assert_eq!((answer.status.as_u16(), answer.header("etag")), (200, "\"2\""));
    assert_eq!(answer.json(), program.get(&path).await.json());
}

// Goal: a change that changes nothing moves no version.
#[tokio::test]
async fn nothing_changes_nothing() {
    let app = Kairo::start().await;
    let program = app.program("ana@example.org").await;
    let path = one_item(&program, "lunch with Sam tomorrow 1pm").await;
    let before = program.get(&path).await.json();
    let mut same = before.clone();
    for field in ["id", "version", "spans", "start_at"] {
        same.as_object_mut().unwrap().remove(field);
    }
    for body in [json!({}), same] {
        let answer = change(&program, &path, 1, &body).await;
        assert_eq!((answer.status.as_u16(), answer.json()), (200, before.clone()));
    }
}

// Goal: a deleted item is gone from every answer, and comes back whole; a change is taken back
// likewise.
#[tokio::test]
async fn deleting_is_undone() {
    let app = Kairo::start().await;
    let program = app.program("ana@example.org").await;
    let path = one_item(&program, "buy milk").await;
    let restoration = format!("{path}/restoration");
    let gone = bare(&program, "DELETE", &path, &[("if-match", "\"1\"")]).await;
    assert_eq!((gone.status.as_u16(), gone.body.len()), (204, 0));
    assert_eq!(problem(&program.get(&path).await, 404), "not_found");
    assert_eq!(
        problem(&change(&program, &path, 2, &json!({ "title": "x" })).await, 404),
        "not_found"
    );
    let twice = bare(&program, "DELETE", &path, &[("if-match", "\"2\"")]).await;
    assert_eq!(problem(&twice, 404), "not_found");
    assert!(all_items(&program).await.is_empty());
    let back = program.post_json(&restoration, &json!({ "version": 2 })).await;
    assert_eq!((back.status.as_u16(), back.header("etag")), (200, "\"3\""));
    assert_eq!(back.json(), program.get(&path).await.json());
    assert_eq!(back.json()["title"], "buy milk");
    change(&program, &path, 3, &json!({ "title": "buy bread" })).await;
    let back = program.post_json(&restoration, &json!({ "version": 4 })).await;
    assert_eq!(back.json()["title"], "buy milk");
}

// Goal: what cannot be taken back is said: nothing changed, or something else did since.
#[tokio::test]
async fn some_things_cannot_be_undone() {
    let app = Kairo::start().await;
    let program = app.program("ana@example.org").await;
    let path = one_item(&program, "buy milk").await;
    let restoration = format!("{path}/restoration");
    let never = program.post_json(&restoration, &json!({ "version": 1 })).await;
    assert_eq!(problem(&never, 409), "nothing_to_undo");
    change(&program, &path, 1, &json!({ "title": "a" })).await;
    change(&program, &path, 2, &json!({ "title": "b" })).await;
    let older = program.post_json(&restoration, &json!({ "version": 2 })).await;
    assert_eq!(problem(&older, 409), "version_moved");
    let none = program.post_json(&restoration, &json!({})).await;
    assert_eq!(problem(&none, 422), "version bad_version");
    let unknown = program.post_json(&restoration, &json!({ "version": 3, "to": 1 })).await;
    assert_eq!(problem(&unknown, 400), "malformed");
}
