//! Faults that a review found, each kept from coming back.

use crate::harness::Kairo;
use crate::harness::actors::Actor;

async fn capture(actor: &Actor, text: &str, zone: &str) -> String {
    let body = serde_json::json!({ "text": text, "time_zone": zone,
                                   "reference": "2026-11-23T09:00:00" });
    let answer = actor.post_json("/api/v1/captures", &body).await;
    answer.json().pointer("/items/0/id").unwrap().as_str().unwrap().to_owned()
}

async fn item(actor: &Actor, id: &str) -> serde_json::Value {
    actor.get(&format!("/api/v1/items/{id}")).await.json()
}

fn form<'a>(when: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields = vec![("version", "1"), ("title", "t"), ("kind", "task"), ("when", when)];
    fields.extend(more);
    fields
}

// Goal: a later hour of a series keeps the series; taking its words out ends it.
#[tokio::test]
async fn an_edit_keeps_the_repetition() {
    let app = Kairo::start().await;
    let (ana, api) = (app.member("ana@example.org").await, app.program("ana@example.org").await);
    let id = capture(&api, "pay rent every 1st at 9am", "UTC").await;
    let path = format!("/items/{id}");
    let later = form("1 Dec 2026 10am, the 1st of every month", &[]);
    assert_eq!(ana.post_form(&path, &later).await.status, 303);
    let kept = item(&api, &id).await;
    assert_eq!(kept["rrule"], "FREQ=MONTHLY;BYMONTHDAY=1", "{kept}");
    assert_eq!(kept["start"], "2026-12-01T10:00:00");
    let mut ended = form("2026-12-01 10:00", &[]);
    ended[0] = ("version", "2");
    assert_eq!(ana.post_form(&path, &ended).await.status, 303);
    assert!(item(&api, &id).await["rrule"].is_null());
}

// Goal: an hour later is an hour later in the zone that the item was meant in.
#[tokio::test]
async fn an_edit_keeps_the_zone() {
    let app = Kairo::start().await;
    let (ana, api) = (app.member("ana@example.org").await, app.program("ana@example.org").await);
    let id = capture(&api, "call Kenji 24 Nov 3pm", "Asia/Tokyo").await;
    let edit = form("2026-11-24 16:00", &[]);
    assert_eq!(ana.post_form(&format!("/items/{id}"), &edit).await.status, 303);
    let moved = item(&api, &id).await;
    assert_eq!(
        (&moved["zone"], &moved["start_at"]),
        (&"Asia/Tokyo".into(), &"2026-11-24T07:00:00Z".into())
    );
}

// Goal: a huge list of labels is refused at once, not compared each with each.
#[tokio::test]
async fn a_huge_list_of_labels_is_refused_quickly() {
    let app = Kairo::start().await;
    let (ana, api) = (app.member("ana@example.org").await, app.program("ana@example.org").await);
    let id = capture(&api, "buy milk", "UTC").await;
    let tags: Vec<String> = (0..30_000).map(|n| format!("{n:x}")).collect();
    let tags = tags.join(",");
    let began = std::time::Instant::now();
    let answer = ana.post_form(&format!("/items/{id}"), &form("", &[("tags", &tags)])).await;
    assert_eq!(answer.status, 422);
    assert!(began.elapsed().as_secs() < 20, "each with each takes minutes");
}

// Goal: what was typed about an item that was deleted meanwhile, or without a session, comes back.
#[tokio::test]
async fn words_about_a_deleted_item_come_back() {
    let app = Kairo::start().await;
    let (ana, api) = (app.member("ana@example.org").await, app.program("ana@example.org").await);
    let id = capture(&api, "buy milk", "UTC").await;
    let path = format!("/items/{id}");
    let press = [("version", "1"), ("back", "/")];
    assert_eq!(ana.post_form(&format!("{path}/deletion"), &press).await.status, 303);
    let typed = form("", &[("notes", "two litres"), ("place", "the corner shop")]);
    for (actor, status) in [(&ana, 404), (&app.anonymous(), 401)] {
        let answer = actor.post_form(&path, &typed).await;
        assert_eq!(answer.status, status);
        for words in ["two litres", "the corner shop"] {
            assert!(answer.text().contains(words), "{words} is lost");
        }
    }
    let undo = [("version", "-2147483648")];
    assert_eq!(ana.post_form(&format!("{path}/restoration"), &undo).await.status, 303);
}

// Goal: a day and an hour that were chosen apart add up, and the preview marks both.
#[tokio::test]
async fn chosen_day_and_hour_add_up() {
    let app = Kairo::start().await;
    let (ana, api) = (app.member("ana@example.org").await, app.program("ana@example.org").await);
    let text = "coffee with Sam 3/4 at 8";
    let ask = serde_json::json!({ "text": text });
    let read = ana.post_json("/captures/preview", &ask).await.json();
    let spans = read["spans"].as_array().unwrap().clone();
    let choices: Vec<String> = spans
        .iter()
        .filter_map(|span| {
            let other = span["alternatives"].as_array()?.iter().find(|it| it["taken"] == false)?;
            let choice = other["choice"].as_str()?;
            Some(format!("{}-{}:{choice}", span["start"], span["end"]))
        })
        .collect();
    assert_eq!(choices.len(), 2, "{read}");
    let line = [("text", text), ("choices", &choices.join(","))];
    assert_eq!(ana.post_form("/captures", &line).await.status, 303);
    let items = api.get("/api/v1/items").await.json();
    let start = items.pointer("/items/0/start").unwrap().as_str().unwrap();
    assert!(start.ends_with("-04-03T20:00:00"), "{start} from {choices:?}");
}

// Goal: a token with a cookie's prefix is no cookie, and a cookie's secret is no token.
#[tokio::test]
async fn one_secret_is_one_kind_of_bearer() {
    let app = Kairo::start().await;
    let (ana, api) = (app.member("ana@example.org").await, app.program("ana@example.org").await);
    let cookie = "__Host-kairo-8443";
    let session = ana.cookie(cookie).unwrap();
    let bearer = api.request("GET", "/").body(axum::body::Body::empty()).unwrap();
    let token = bearer.headers()["authorization"].to_str().unwrap().replace("Bearer ", "");
    let thief = app.anonymous();
    thief.keep_cookie(cookie, &token.replacen("kt1_", "ks1_", 1));
    assert_eq!(thief.get("/").await.status, 303);
    let end = thief.post_form("/settings/sessions/revocation", &[("keys", "1")]).await;
    assert_eq!(end.status, 401);
    let swapped = format!("Bearer {}", session.replacen("ks1_", "kt1_", 1));
    let request = app.anonymous().request("GET", "/api/v1/items");
    let request = request.header("authorization", swapped).body(axum::body::Body::empty()).unwrap();
    assert_eq!(app.anonymous().send(request).await.status, 401);
    assert_eq!(ana.get("/").await.status, 200);
    assert_eq!(api.get("/api/v1/items").await.status, 200);
}
