//! `/api/v1/items/{id}/occurrences`: the times of a series, and one of them changed.

use kairo::limits::OCCURRENCES_PAGE_MAX;
use serde_json::{Value, json};

use super::{CAPTURES, ITEMS, all_items, bare, change, one_item, problem, thought};
use crate::harness::Kairo;
use crate::harness::actors::Actor;

const STANDUP: &str = "standup every day at 9:15am";

fn of(path: &str, day: &str) -> String {
    format!("{path}/occurrences/2026-11-{day}T09:15:00")
}

async fn listed(program: &Actor, path: &str, from: &str, to: &str) -> Vec<Value> {
    let answer = program.get(&format!("{path}/occurrences?from={from}&to={to}")).await.is(200);
    answer.json()["occurrences"].as_array().unwrap().clone()
}

fn starts(found: &[Value]) -> Vec<&str> {
    found.iter().map(|it| it["start"].as_str().unwrap()).collect()
}

// Goal: a range lists what takes place in it, each with its name, and the version to change it
// from.
#[tokio::test]
async fn a_range_is_listed() {
    let app = Kairo::start().await;
    let program = app.program("ana@example.org").await;
    let path = one_item(&program, STANDUP).await;
    let from = format!("{path}/occurrences?from=2026-11-25&to=2026-11-27");
    let answer = program.get(&from).await.is(200);
    assert_eq!(answer.header("etag"), "\"1\"");
    let json = answer.json();
    assert_eq!((json["version"].as_i64(), json["next"].is_null()), (Some(1), true));
    let found = json["occurrences"].as_array().unwrap();
    assert_eq!(starts(found), ["2026-11-25T09:15:00", "2026-11-26T09:15:00"]);
    let one = json!({
        "original": "2026-11-25T09:15:00", "status": "open", "title": "standup", "notes": null,
        "start": "2026-11-25T09:15:00", "end": null, "all_day": false,
        "zone": "America/New_York", "start_at": "2026-11-25T14:15:00Z", "moved": false,
        "edited": false,
    });
    assert_eq!(found[0], one);
    let plain = one_item(&program, "lunch tomorrow 1pm").await;
    assert!(listed(&program, &plain, "2026-11-20", "2026-12-20").await.is_empty());
}

// Goal: done, skipped and open again are told apart, each on top of the last version.
#[tokio::test]
async fn one_is_done_and_skipped() {
    let app = Kairo::start().await;
    let program = app.program("ana@example.org").await;
    let path = one_item(&program, STANDUP).await;
    let at = of(&path, "25");
    for (version, status) in [(1, "done"), (2, "skipped"), (3, "open")] {
        let answer = change(&program, &at, version, &json!({ "status": status })).await.is(200);
        assert_eq!(answer.header("etag"), format!("\"{}\"", version + 1));
        assert_eq!(answer.json()["occurrence"]["status"], status);
        assert_eq!(answer.json()["item"]["version"], version + 1);
        assert_eq!(listed(&program, &path, "2026-11-25", "2026-11-26").await[0]["status"], status);
    }
    let same = change(&program, &at, 4, &json!({ "status": "open" })).await.is(200);
    assert_eq!(same.header("etag"), "\"4\"", "nothing changes nothing");
}

// Goal: done of the present one moves the series on; it stays listed, is opened again by its name,
// and restored by the item's version.
#[tokio::test]
async fn the_present_one_moves_on() {
    let app = Kairo::start().await;
    let program = app.program("ana@example.org").await;
    let path = one_item(&program, "water plants every day at 9:15am").await;
    let start = program.get(&path).await.json()["start"].as_str().unwrap().to_owned();
    let at = format!("{path}/occurrences/{start}");
    let done = change(&program, &at, 1, &json!({ "status": "done" })).await.is(200).json();
    assert_ne!(done["item"]["start"], start);
    assert_eq!(done["occurrence"]["status"], "done");
    let day = &start[..10];
    assert_eq!(listed(&program, &path, day, "2026-12-01").await[0]["status"], "done");
    let back = change(&program, &at, 2, &json!({ "status": "open" })).await.is(200).json();
    assert_eq!(back["item"]["start"], start);
    let restoration = format!("{path}/restoration");
    program.post_json(&restoration, &json!({ "version": 3 })).await.is(200);
    assert_eq!(listed(&program, &path, day, "2026-12-01").await[0]["status"], "done");
    let whole = json!({ "status": "done" });
    let next = change(&program, &path, 4, &whole).await.is(200).json();
    assert_eq!(listed(&program, &path, day, "2026-12-01").await[1]["status"], "done");
    assert_ne!(next["start"], done["item"]["start"]);
}

// Goal: words and times of one are its own: a start keeps the length, null takes notes and end
// away, and a time that the clock skips goes forward.
#[tokio::test]
async fn one_is_moved_and_edited() {
    let app = Kairo::start().await;
    let program = app.program("ana@example.org").await;
    let path = one_item(&program, "class every day 9:15am to 10am").await;
    let at = of(&path, "25");
    let body = json!({ "title": "exam", "notes": "bring pens", "start": "2026-11-26T11:00" });
    let one = change(&program, &at, 1, &body).await.is(200).json()["occurrence"].clone();
    assert_eq!((&one["title"], &one["notes"]), (&json!("exam"), &json!("bring pens")));
    assert_eq!(
        (&one["start"], &one["end"]),
        (&json!("2026-11-26T11:00:00"), &json!("2026-11-26T11:45:00"))
    );
    assert_eq!((&one["moved"], &one["edited"]), (&json!(true), &json!(true)));
    assert!(listed(&program, &path, "2026-11-25", "2026-11-26").await.is_empty());
    let day = json!({ "start": "2026-11-27", "notes": null });
    let one = change(&program, &at, 2, &day).await.is(200).json()["occurrence"].clone();
    assert_eq!(
        (&one["start"], &one["end"], &one["all_day"]),
        (&json!("2026-11-27"), &json!(null), &json!(true))
    );
    assert_eq!(one["notes"], json!(null));
    let gap = json!({ "start": "2027-03-14T02:30:00", "title": "class" });
    let one = change(&program, &at, 3, &gap).await.is(200).json()["occurrence"].clone();
    assert_eq!((&one["start"], &one["edited"]), (&json!("2027-03-14T03:30:00"), &json!(false)));
}

// Goal: "following" gives the item that goes on, "all" the item changed; both are restored.
#[tokio::test]
async fn following_and_all() {
    let app = Kairo::start().await;
    let program = app.program("ana@example.org").await;
    let path = one_item(&program, STANDUP).await;
    let later = json!({ "scope": "following", "start": "2026-11-27T10:00", "title": "late" });
    let split = change(&program, &of(&path, "27"), 1, &later).await.is(200).json();
    assert_eq!(split["item"]["rrule"], "FREQ=DAILY;UNTIL=20261126");
    let following = &split["following"];
    assert_eq!(
        (&following["start"], &following["title"]),
        (&json!("2026-11-27T10:00:00"), &json!("late"))
    );
    assert!(split["occurrence"].is_null());
    assert_eq!(all_items(&program).await.len(), 2);
    program.post_json(&format!("{path}/restoration"), &json!({ "version": 2 })).await.is(200);
    assert_eq!(all_items(&program).await.len(), 1);
    let all = json!({ "scope": "all", "start": "2026-11-27T08:00" });
    let whole = change(&program, &of(&path, "27"), 3, &all).await.is(200).json();
    assert!(whole["item"]["start"].as_str().unwrap().ends_with("T08:00:00"));
    assert!(whole["following"].is_null() && whole["occurrence"].is_null());
}

// Goal: a change names the version it was made from, also of an occurrence; what the rule does not
// give is not there.
#[tokio::test]
async fn versions_and_names() {
    let app = Kairo::start().await;
    let program = app.program("ana@example.org").await;
    let path = one_item(&program, STANDUP).await;
    let (at, skip) = (of(&path, "25"), json!({ "status": "skipped" }));
    let without = program.send_json("PATCH", &at, &[], &skip).await;
    assert_eq!(problem(&without, 428), "version_missing");
    for version in [0, 2] {
        assert_eq!(problem(&change(&program, &at, version, &skip).await, 412), "version_moved");
    }
    change(&program, &at, 1, &skip).await.is(200);
    assert_eq!(problem(&change(&program, &of(&path, "26"), 1, &skip).await, 412), "version_moved");
    for name in ["2026-11-25T09:16:00", "2026-11-25", "2025-11-25T09:15:00", "x"] {
        let at = format!("{path}/occurrences/{name}");
        assert_eq!(problem(&change(&program, &at, 2, &skip).await, 404), "not_found", "{name}");
    }
    assert_eq!(problem(&bare(&program, "GET", &at, &[]).await, 405), "method_not_allowed");
}

// Goal: every field that cannot be is refused by name, and nothing changes.
#[tokio::test]
async fn fields_are_refused() {
    let app = Kairo::start().await;
    let program = app.program("ana@example.org").await;
    let path = one_item(&program, "class every tuesday and thursday 9:15am to 10am").await;
    let at = of(&path, "26");
    for (body, status, refused) in [
        (json!({ "status": "gone" }), 422, "status bad_word"),
        (json!({ "status": null }), 422, "status needed"),
        (json!({ "scope": "some" }), 422, "scope bad_word"),
        (json!({ "scope": "all", "status": "done" }), 422, "scope not_of_one"),
        (json!({ "start": null }), 422, "start needed"),
        (json!({ "start": "2026-11-26T10:00Z" }), 422, "start has_offset"),
        (json!({ "end": "2026-11-26" }), 422, "end needs_time"),
        (json!({ "start": "2026-11-26", "end": "2026-11-26T10:00" }), 422, "end needs_day"),
        (json!({ "end": "2026-11-26T09:00" }), 422, "end before_start"),
        (json!({ "start": "2500-01-01T09:00" }), 422, "start out_of_range"),
        (json!({ "title": " " }), 422, "title empty"),
        (json!({ "title": "x".repeat(501) }), 422, "title too_long"),
        (json!({ "place": "B4" }), 400, "malformed"),
        (json!([]), 400, "malformed"),
    ] {
        assert_eq!(problem(&change(&program, &at, 1, &body).await, status), refused, "{body}");
    }
    for (query, status, refused) in [
        ("from=2026-11-25&to=2026-11-24", 422, "to before_from"),
        ("from=x", 422, "from bad_time"),
        ("from=2026-11-25&from=2026-11-25", 422, "from twice"),
        ("to=9999-01-01", 422, "to out_of_range"),
        ("limit=3", 400, "malformed"),
    ] {
        let answer = program.get(&format!("{path}/occurrences?{query}")).await;
        assert_eq!(problem(&answer, status), refused, "{query}");
    }
    assert_eq!(program.get(&path).await.header("etag"), "\"1\"");
}

// Goal: a range that holds more than a page says where the next begins, and nothing is left out
// between them.
#[tokio::test]
async fn one_past_a_page() {
    let app = Kairo::start().await;
    let program = app.program("ana@example.org").await;
    let path = one_item(&program, STANDUP).await;
    let first = program.get(&format!("{path}/occurrences?from=2026-12-01&to=2027-12-01")).await;
    let first = first.is(200).json();
    let page = first["occurrences"].as_array().unwrap();
    assert_eq!(page.len(), OCCURRENCES_PAGE_MAX);
    let next = first["next"].as_str().unwrap();
    let rest = listed(&program, &path, next, "2027-12-01").await;
    assert_eq!(page.len() + rest.len(), 365);
    let days = i64::try_from(OCCURRENCES_PAGE_MAX).unwrap();
    let to = jiff::civil::date(2026, 12, 1).checked_add(jiff::Span::new().days(days)).unwrap();
    let whole = program.get(&format!("{path}/occurrences?from=2026-12-01&to={to}")).await.json();
    assert!(whole["next"].is_null());
}

// Goal: a capture that is sent again gives what it made, without what a split made of it since.
#[tokio::test]
async fn a_split_is_no_part_of_the_first_answer() {
    let app = Kairo::start().await;
    let program = app.program("ana@example.org").await;
    let sent = thought(STANDUP);
    let send = || program.send_json("POST", CAPTURES, &[("idempotency-key", "k")], &sent);
    let first = send().await.is(201).json();
    let path = format!("{ITEMS}/{}", first["items"][0]["id"].as_str().unwrap());
    let split = json!({ "scope": "following", "title": "late" });
    change(&program, &of(&path, "27"), 1, &split).await.is(200);
    assert_eq!(send().await.is(201).json(), first);
}

// Goal: a whole series that is moved back to where one is done already begins behind it; words of
// its occurrences stay readable, and so do all pages.
#[tokio::test]
async fn a_series_is_moved_back_over_what_is_done() {
    let app = Kairo::start().await;
    let program = app.program("ana@example.org").await;
    let ana = app.member("ana@example.org").await;
    let path = one_item(&program, "water the plants every day at 9:15am").await;
    let at = |day: &str| format!("{path}/occurrences/{day}T09:15:00");
    let listed_now = program.get(&format!("{path}/occurrences")).await.is(200).json();
    let names = listed_now["occurrences"].as_array().unwrap();
    let day = |n: usize| names[n]["original"].as_str().unwrap()[..10].to_owned();
    let (first, second) = (day(0), day(1));
    change(&program, &at(&first), 1, &json!({ "status": "done" })).await.is(200);
    let own = json!({ "title": "own words", "start": format!("{second}T10:00") });
    change(&program, &at(&second), 2, &own).await.is(200);
    let back = json!({ "scope": "all", "start": format!("{first}T09:15") });
    change(&program, &at(&second), 3, &back).await.is(200);
    for page in [path.clone(), format!("{path}/occurrences")] {
        program.get(&page).await.is(200);
    }
    ana.get("/").await.is(200);
    program.post_json(&format!("{path}/restoration"), &json!({ "version": 4 })).await.is(200);
    let found = program.get(&format!("{path}/occurrences")).await.is(200).json();
    assert!(found.to_string().contains("own words"), "{found}");
}

// Goal: neighbours that differ go along with their series, in the table as in the answer.
#[tokio::test]
async fn neighbours_go_along() {
    let app = Kairo::start().await;
    let program = app.program("ana@example.org").await;
    let path = one_item(&program, STANDUP).await;
    for (version, day) in [(1, "27"), (2, "28")] {
        let own = json!({ "title": format!("own {day}") });
        change(&program, &of(&path, day), version, &own).await.is(200);
    }
    for (version, from, to, days) in [(3, "26", "25", ["26", "27"]), (4, "26", "27", ["27", "28"])]
    {
        let all = json!({ "scope": "all", "start": format!("2026-11-{to}T09:15") });
        change(&program, &of(&path, from), version, &all).await.is(200);
        let found = listed(&program, &path, "2026-11-25", "2026-11-30").await;
        let own: Vec<(&str, &str)> = found
            .iter()
            .filter(|it| it["edited"] == true)
            .map(|it| (&it["original"].as_str().unwrap()[8..10], it["title"].as_str().unwrap()))
            .collect();
        assert_eq!(own, [(days[0], "own 27"), (days[1], "own 28")]);
    }
}

// Goal: a split is not taken back while what follows was parted again, which would happen twice.
#[tokio::test]
async fn a_split_that_was_parted_again_stays() {
    let app = Kairo::start().await;
    let program = app.program("ana@example.org").await;
    let path = one_item(&program, STANDUP).await;
    let split = json!({ "scope": "following", "title": "late" });
    let answer = change(&program, &of(&path, "27"), 1, &split).await.is(200).json();
    let next = format!("{ITEMS}/{}", answer["following"]["id"].as_str().unwrap());
    change(&program, &of(&next, "29"), 1, &split).await.is(200);
    let back = |path: &str, version: i32| {
        let path = format!("{path}/restoration");
        let program = &program;
        async move { program.post_json(&path, &json!({ "version": version })).await }
    };
    back(&path, 2).await.is(422);
    back(&next, 2).await.is(200);
    back(&path, 2).await.is(200);
    assert_eq!(all_items(&program).await.len(), 1);
}
