//! `/api/v1/captures`.

use kairo::limits::{CAPTURE_TEXT_CHARS_MAX, IDEMPOTENCY_KEY_BYTES_MAX};
use serde_json::json;

use super::{CAPTURES, all_items, bare, capture, change, one_item, problem, thought};
use crate::harness::Kairo;

const KEY: &str = "idempotency-key";

// Goal: the main job: a thought becomes an item at the time that was meant, in the whole shape.
#[tokio::test]
async fn a_thought_becomes_an_item() {
    let app = Kairo::start().await;
    let program = app.program("ana@example.org").await;
    let answer = program.post_json(CAPTURES, &thought("lunch with Sam tomorrow 1pm")).await;
    assert_eq!(answer.status.as_u16(), 201, "{}", answer.text());
    let made = answer.json();
    let id = made["capture"]["id"].as_str().unwrap();
    assert_eq!(answer.location(), format!("{CAPTURES}/{id}"));
    assert_eq!(made["capture"], json!({ "id": id, "refine": "none" }));
    let item = &made["items"][0];
    assert_eq!(
        *item,
        json!({ "id": item["id"], "kind": "event", "status": "open", "title": "lunch with Sam",
            "notes": null, "people": ["Sam"], "place": null, "tags": [], "priority": null,
            "start": "2026-11-24T13:00:00", "end": null, "all_day": false, "role": "start",
            "zone": "America/New_York", "start_at": "2026-11-24T18:00:00Z", "rrule": null,
            "version": 1, "spans": item["spans"] })
    );
    let span = &item["spans"][0];
    assert!(span["start"].is_u64() && span["end"].is_u64() && span["field"].is_string());
    assert_eq!(program.get(answer.location()).await.json(), made);
}

// Goal: without zone and reference the person's zone and the present count; an undated thought has
// nulls.
#[tokio::test]
async fn the_present_counts_where_nothing_is_said() {
    let now = "2026-11-24T22:30:00Z".parse().unwrap();
    let app = Kairo::start_with(|settings| settings.now = now).await;
    let program = app.program("ana@example.org").await;
    let made =
        program.post_json(CAPTURES, &json!({ "text": "call mum tomorrow 9am" })).await.json();
    assert_eq!(made["items"][0]["start_at"], "2026-11-25T09:00:00Z");
    let tokyo = json!({ "text": "call mum tomorrow 9am", "time_zone": "asia/tokyo" });
    let made = program.post_json(CAPTURES, &tokyo).await.json();
    assert_eq!(made["items"][0]["start"], "2026-11-26T09:00:00");
    assert_eq!(made["items"][0]["zone"], "Asia/Tokyo");
    let undated = &capture(&program, "buy milk").await[0];
    for field in ["start", "end", "role", "zone", "start_at", "rrule"] {
        assert!(undated[field].is_null(), "{undated}");
    }
}

// Goal: the items of one capture keep the order of the text, in every answer.
#[tokio::test]
async fn items_keep_the_order_of_the_text() {
    let app = Kairo::start().await;
    let program = app.program("ana@example.org").await;
    let lines: Vec<String> = (0..12).map(|n| format!("- errand number {n}")).collect();
    let key = [(KEY, "list")];
    let first = program.send_json("POST", CAPTURES, &key, &thought(&lines.join("\n"))).await;
    let titles: Vec<_> = first.json()["items"].as_array().unwrap().clone();
    assert_eq!(titles.len(), 12);
    for (n, item) in titles.iter().enumerate() {
        assert_eq!(item["title"], format!("errand number {n}"));
    }
    let again = program.send_json("POST", CAPTURES, &key, &thought(&lines.join("\n"))).await;
    assert_eq!(again.json(), first.json());
    assert_eq!(program.get(first.location()).await.json(), first.json());
}

// Goal: as many lines as the reader takes are kept as items.
#[tokio::test]
async fn a_long_list_is_kept_whole() {
    let app = Kairo::start().await;
    let program = app.program("ana@example.org").await;
    let lines: Vec<String> = (0..50).map(|n| format!("- errand number {n}")).collect();
    assert_eq!(capture(&program, &lines.join("\n")).await.len(), 50);
    assert_eq!(all_items(&program).await.len(), 50);
}

// Goal: a repeat with the same key and body gives the first answer again, also after a change; with
// another body it is refused.
#[tokio::test]
async fn a_key_is_used_once() {
    let app = Kairo::start().await;
    let program = app.program("ana@example.org").await;
    let key = [(KEY, "one")];
    let first = program.send_json("POST", CAPTURES, &key, &thought("buy milk")).await;
    assert_eq!((first.status.as_u16(), first.header("idempotency-replayed")), (201, ""));
    let path = format!("/api/v1/items/{}", first.json()["items"][0]["id"].as_str().unwrap());
    change(&program, &path, 1, &json!({ "title": "buy oat milk" })).await;
    bare(&program, "DELETE", &path, &[("if-match", "\"2\"")]).await;
    let again = program.send_json("POST", CAPTURES, &key, &thought("buy milk")).await;
    assert_eq!((again.status.as_u16(), again.header("idempotency-replayed")), (201, "true"));
    assert_eq!((again.json(), again.location()), (first.json(), first.location()));
    let other = program.send_json("POST", CAPTURES, &key, &thought("buy bread")).await;
    assert_eq!(problem(&other, 422), "Idempotency-Key key_reused");
    let reader = app.reader("ana@example.org").await;
    let read_only = reader.send_json("POST", CAPTURES, &key, &thought("buy milk")).await;
    assert_eq!(problem(&read_only, 403), "forbidden");
    let neighbour = app.program("ben@example.org").await;
    let own = neighbour.send_json("POST", CAPTURES, &key, &thought("buy milk")).await;
    assert_eq!((own.status.as_u16(), own.header("idempotency-replayed")), (201, ""));
}

// Goal: each refused field is named with what is wrong, also several at once.
#[tokio::test]
async fn refusals_name_the_field() {
    let app = Kairo::start().await;
    let program = app.program("ana@example.org").await;
    let zone = |zone: &str| json!({ "text": "x", "time_zone": zone });
    let reference = |reference: &str| json!({ "text": "x", "reference": reference });
    for (body, faults) in [
        (json!({ "text": " \n\t" }), "text empty"),
        (json!({}), "text empty"),
        (json!({ "text": null }), "text empty"),
        (json!({ "text": 7 }), "text wrong_type"),
        (json!({ "text": "a\u{0}b" }), "text bad_character"),
        (zone("Mars/Olympus"), "time_zone unknown_zone"),
        (zone("Etc/Unknown"), "time_zone unknown_zone"),
        (zone(""), "time_zone unknown_zone"),
        (reference("2026-11-23T09:00:00Z"), "reference has_offset"),
        (reference("2026-11-23T09:00:00+01:00"), "reference has_offset"),
        (reference("2026-11-23T09:00[UTC]"), "reference has_offset"),
        (reference("2026-11-23"), "reference needs_time"),
        (reference("2026-02-30T09:00:00"), "reference bad_time"),
        (reference("2026-11-23T24:00:00"), "reference bad_time"),
        (reference("2026-11-23 09:00:00"), "reference bad_time"),
        (reference("9999-12-31T23:59:59"), "reference out_of_range"),
        (
            json!({ "text": 1, "time_zone": "x", "reference": "y" }),
            "text wrong_type, time_zone unknown_zone, reference bad_time",
        ),
    ] {
        for path in [CAPTURES, "/api/v1/captures/preview"] {
            let answer = program.post_json(path, &body).await;
            assert_eq!(problem(&answer, 422), faults, "{body}");
        }
    }
    assert!(all_items(&program).await.is_empty());
}

// Goal: text and key are taken at their limit and refused one past it; a key is one word of ASCII.
#[tokio::test]
async fn one_past_each_limit_is_refused() {
    let app = Kairo::start().await;
    let program = app.program("ana@example.org").await;
    let words = "\u{1F600}".repeat(CAPTURE_TEXT_CHARS_MAX);
    assert_eq!(program.post_json(CAPTURES, &thought(&words)).await.status.as_u16(), 201);
    let longer = program.post_json(CAPTURES, &thought(&format!("{words}x"))).await;
    assert_eq!(problem(&longer, 422), "text too_long");
    let keyed = |key: String| {
        let program = &program;
        async move { program.send_json("POST", CAPTURES, &[(KEY, &key)], &thought("x")).await }
    };
    assert_eq!(keyed("k".repeat(IDEMPOTENCY_KEY_BYTES_MAX)).await.status.as_u16(), 201);
    for key in ["k".repeat(IDEMPOTENCY_KEY_BYTES_MAX + 1), String::new(), "k\u{e9}y".to_owned()] {
        assert_eq!(problem(&keyed(key).await, 422), "Idempotency-Key bad_key");
    }
    let twice = program.send_json("POST", CAPTURES, &[(KEY, "a"), (KEY, "b")], &thought("x")).await;
    assert_eq!(problem(&twice, 422), "Idempotency-Key bad_key");
}

// Goal: a preview says what would be kept, without ids, and keeps nothing; a reader may ask for
// one.
#[tokio::test]
async fn a_preview_keeps_nothing() {
    let app = Kairo::start().await;
    let reader = app.reader("ana@example.org").await;
    let sent = thought("lunch with Sam tomorrow 1pm");
    let answer = reader.post_json("/api/v1/captures/preview", &sent).await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.text());
    let read = answer.json();
    assert_eq!(read["confidence"], "sure");
    assert_eq!(read["items"][0]["start"], "2026-11-24T13:00:00");
    assert!(read["items"][0].get("id").is_none() && read["items"][0].get("version").is_none());
    assert!(all_items(&reader).await.is_empty());
    assert_eq!(
        problem(&bare(&reader, "GET", "/api/v1/captures/preview", &[]).await, 405),
        "method_not_allowed"
    );
}

// Goal: a capture shows its items as they are now, without those that were deleted.
#[tokio::test]
async fn a_capture_shows_what_is_there() {
    let app = Kairo::start().await;
    let program = app.program("ana@example.org").await;
    let made = program.post_json(CAPTURES, &thought("- buy milk\n- buy bread")).await;
    let items = made.json()["items"].as_array().unwrap().clone();
    let path = |n: usize| format!("/api/v1/items/{}", items[n]["id"].as_str().unwrap());
    change(&program, &path(0), 1, &json!({ "title": "buy oat milk" })).await;
    bare(&program, "DELETE", &path(1), &[("if-match", "\"1\"")]).await;
    let now = program.get(made.location()).await.json();
    let titles: Vec<_> =
        now["items"].as_array().unwrap().iter().map(|item| &item["title"]).collect();
    assert_eq!(titles, ["buy oat milk"]);
    let item = one_item(&program, "x").await;
    let id = item.rsplit_once('/').unwrap().1;
    for path in [format!("{CAPTURES}/{id}"), format!("{CAPTURES}/nothing")] {
        assert_eq!(problem(&program.get(&path).await, 404), "not_found");
    }
}
