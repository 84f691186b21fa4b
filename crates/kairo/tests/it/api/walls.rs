//! Who may call what: every route of the API by every kind of stranger.

use std::time::Duration;

use jiff::SignedDuration;
use kairo::accounts::queries::SessionRevoke;
use serde_json::{Value, json};

use super::{CAPTURES, ITEMS, all_items, bare, capture, change, one_item, problem, thought};
use crate::harness::Kairo;
use crate::harness::actors::Actor;
use crate::harness::http::Answer;

/// One call that its owner may make.
struct Call {
    method: &'static str,
    route: &'static str,
    path: String,
    body: Option<Value>,
    writes: bool,
}

impl Call {
    async fn by(&self, actor: &Actor, headers: &[(&str, &str)]) -> Answer {
        let headers: Vec<_> = [("if-match", "\"1\"")].iter().chain(headers).copied().collect();
        match &self.body {
            Some(body) => actor.send_json(self.method, &self.path, &headers, body).await,
            None => bare(actor, self.method, &self.path, &headers).await,
        }
    }

    fn names_a_row(&self) -> bool {
        self.route.contains("{id}")
    }
}

/// Every method of every route, about one capture and one item.
fn calls(capture: &str, item: &str) -> Vec<Call> {
    let call = |method, route: &'static str, body, writes| {
        let id = if route.contains("/captures/") { capture } else { item };
        let path = route.replace("{id}", id).replace("{original}", "2026-11-23T13:00:00");
        Call { method, route, path, body, writes }
    };
    vec![
        call("POST", "/api/v1/captures", Some(thought("buy milk")), true),
        call("POST", "/api/v1/captures/preview", Some(thought("buy milk")), false),
        call("GET", "/api/v1/captures/{id}", None, false),
        call("GET", "/api/v1/items", None, false),
        call("GET", "/api/v1/items/{id}", None, false),
        call("PATCH", "/api/v1/items/{id}", Some(json!({ "title": "taken" })), true),
        call("POST", "/api/v1/items/{id}/restoration", Some(json!({ "version": 1 })), true),
        call("GET", "/api/v1/items/{id}/occurrences", None, false),
        call(
            "PATCH",
            "/api/v1/items/{id}/occurrences/{original}",
            Some(json!({ "title": "taken" })),
            true,
        ),
        call("DELETE", "/api/v1/items/{id}", None, true),
    ]
}

async fn calls_about(program: &Actor) -> Vec<Call> {
    let made = program.post_json(CAPTURES, &thought("lunch with Sam every day 1pm")).await.json();
    let id = |value: &Value| value["id"].as_str().unwrap().to_owned();
    calls(&id(&made["capture"]), &id(&made["items"][0]))
}

// Goal: the list of calls is the API's whole table, so that a new route cannot be left out.
#[test]
fn every_route_is_called() {
    let source = include_str!("../../../src/web/api/mod.rs");
    let calls = calls("c", "i");
    for line in source.lines().filter(|line| line.trim().starts_with(".route(")) {
        let route = line.split('"').nth(1).unwrap();
        // The description is everybody's.
        if route == "/api/v1/openapi.json" {
            continue;
        }
        for method in ["get", "post", "put", "patch", "delete", "any", "on"] {
            let there = line.contains(&format!("{method}("));
            let called = calls
                .iter()
                .any(|call| call.route == route && call.method.eq_ignore_ascii_case(method));
            assert_eq!(there, called, "{method} {route}");
        }
    }
    assert_eq!(source.matches(".route(").count(), 9);
}

// Goal: nobody, a broken token, a cookie and a revoked token are 401 on every route.
#[tokio::test]
async fn strangers_are_not_known() {
    let app = Kairo::start().await;
    let (ana, browser) =
        (app.program("ana@example.org").await, app.member("ana@example.org").await);
    let (revoked, nobody) = (app.program("ana@example.org").await, app.anonymous());
    let calls = calls_about(&ana).await;
    let end = SessionRevoke { id: None };
    app.base.db.app.write(Some(revoked.identity()), end).await.unwrap();
    let zeros = format!("Bearer kt1_{}", "A".repeat(43));
    for call in &calls {
        for actor in [&nobody, &browser] {
            let answer = call.by(actor, &[]).await;
            assert_eq!(problem(&answer, 401), "sign_in_needed", "{} {}", call.method, call.path);
            assert_eq!(answer.header("www-authenticate"), "Bearer");
        }
        assert_eq!(problem(&call.by(&revoked, &[]).await, 401), "session_ended", "{}", call.path);
        let twice = call.by(&ana, &[("authorization", zeros.as_str())]).await;
        assert_eq!(problem(&twice, 401), "sign_in_needed", "{}", call.path);
        for (token, code) in [
            ("Bearer", "sign_in_needed"),
            ("Bearer kt1_short", "sign_in_needed"),
            ("Basic a3QxXw==", "sign_in_needed"),
            (zeros.as_str(), "session_ended"),
            (&zeros.replace("kt1_", "ks1_"), "sign_in_needed"),
        ] {
            let answer = call.by(&nobody, &[("authorization", token)]).await;
            assert_eq!(problem(&answer, 401), code, "{token} {}", call.path);
        }
    }
    assert_eq!(all_items(&ana).await.len(), 1);
}

// Goal: what belongs to somebody else is 404 on every route, as what never was.
#[tokio::test]
async fn what_is_not_yours_is_not_there() {
    for owner_checks in [true, false] {
        let app = Kairo::start_with(|settings| settings.owner_checks = owner_checks).await;
        let (ana, ben) =
            (app.program("ana@example.org").await, app.program("ben@example.org").await);
        let reader = app.reader("ben@example.org").await;
        let (theirs, never) = (calls_about(&ana).await, calls(&uuid(&app), &uuid(&app)));
        let before = all_items(&ana).await;
        for call in theirs.iter().chain(&never).filter(|call| call.names_a_row()) {
            for actor in [&ben, &reader] {
                let answer = call.by(actor, &[]).await;
                assert_eq!(problem(&answer, 404), "not_found", "{} {}", call.method, call.path);
            }
        }
        for call in theirs.iter().filter(|call| call.method == "PATCH" || call.method == "DELETE") {
            for tag in ["W/\"1\"", "\"x\"", "\"1\", \"2\""] {
                let headers = [("if-match", tag)];
                let body = json!({ "title": "taken" });
                let answer = ben.send_json(call.method, &call.path, &headers, &body).await;
                assert_eq!(problem(&answer, 404), "not_found", "{tag}");
            }
        }
        assert_eq!(all_items(&ana).await, before);
    }
}

fn uuid(app: &Kairo) -> String {
    app.base.ids.next().unwrap().to_string()
}

// Goal: a token that only reads is 403 on every change of its own rows, and changes nothing.
#[tokio::test]
async fn readers_change_nothing() {
    let app = Kairo::start().await;
    let (ana, reader) = (app.program("ana@example.org").await, app.reader("ana@example.org").await);
    let calls = calls_about(&ana).await;
    let before = all_items(&ana).await;
    for call in &calls {
        let answer = call.by(&reader, &[]).await;
        if call.writes {
            assert_eq!(problem(&answer, 403), "forbidden", "{} {}", call.method, call.path);
        } else {
            assert_eq!(answer.status.as_u16(), 200, "{}: {}", call.path, answer.text());
        }
    }
    let nothing = change(&reader, &calls[5].path, 1, &json!({})).await;
    assert_eq!(problem(&nothing, 403), "forbidden");
    assert_eq!(all_items(&ana).await, before);
}

// Goal: two people's items never mix, also where row-level security stands alone.
#[tokio::test]
async fn items_never_mix() {
    for owner_checks in [true, false] {
        let app = Kairo::start_with(|settings| settings.owner_checks = owner_checks).await;
        let (ana, ben) =
            (app.program("ana@example.org").await, app.program("ben@example.org").await);
        for n in 0..10 {
            app.time.forward(SignedDuration::from_millis(1));
            capture(&ana, &format!("ana's errand {n}")).await;
            app.time.forward(SignedDuration::from_millis(1));
            capture(&ben, &format!("ben's errand {n}")).await;
        }
        for (actor, name) in [(&ana, "ana's"), (&ben, "ben's")] {
            let items = all_items(actor).await;
            assert_eq!(items.len(), 10);
            let own = |item: &Value| item["title"].as_str().unwrap().starts_with(name);
            assert!(items.iter().all(own), "{items:?}");
        }
        // The cursor is somebody else's id: it is a place in the order and nothing more.
        let last = all_items(&ana).await[4]["id"].as_str().unwrap().to_owned();
        let page = ben.get(&format!("{ITEMS}?after={last}")).await.json();
        assert_eq!(page["items"].as_array().unwrap().len(), 6);
    }
}

// Goal: a token's last use is written after the answer, where the last one is older than five
// minutes.
#[tokio::test]
async fn use_is_written_down() {
    let app = Kairo::start().await;
    let ana = app.program("ana@example.org").await;
    let host = app.superuser().await;
    let age = "UPDATE authn.sessions SET last_seen_at = last_seen_at - interval '1 hour'";
    host.query(age, &[]).await.unwrap();
    one_item(&ana, "buy milk").await;
    for _ in 0..200 {
        let fresh = "SELECT 1 FROM authn.sessions WHERE last_seen_at > now() - interval '1 minute'";
        if !host.query(fresh, &[]).await.unwrap().is_empty() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the token's use was not written");
}
