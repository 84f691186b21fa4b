//! `PATCH /api/v1/items/{id}`: what may be changed, and how it is judged.

use kairo::limits::{
    ITEM_LABEL_CHARS_MAX, ITEM_LABELS_MAX, ITEM_NOTES_CHARS_MAX, ITEM_PLACE_CHARS_MAX,
    ITEM_RRULE_BYTES_MAX, ITEM_TITLE_CHARS_MAX,
};
use serde_json::{Value, json};

use super::{change, one_item, problem};
use crate::harness::Kairo;
use crate::harness::actors::Actor;

/// A changed item; fails the test where the change was refused.
async fn changed(program: &Actor, path: &str, body: Value) -> Value {
    let version = program.get(path).await.json()["version"].as_i64().unwrap();
    let answer = change(program, path, i32::try_from(version).unwrap(), &body).await;
    assert_eq!(answer.status.as_u16(), 200, "{body}: {}", answer.text());
    answer.json()
}

/// What a change was refused for.
async fn refused(program: &Actor, path: &str, body: &Value) -> String {
    let version = program.get(path).await.json()["version"].as_i64().unwrap();
    problem(&change(program, path, i32::try_from(version).unwrap(), body).await, 422)
}

// Goal: every word changes alone, `null` takes it away, and words are tidied.
#[tokio::test]
async fn words_change() {
    let app = Kairo::start().await;
    let program = app.program("ana@example.org").await;
    let path = one_item(&program, "lunch with Sam tomorrow 1pm").await;
    let set = json!({ "title": " see  Sam ", "notes": "bring\nthe book", "place": "Caf\u{e9}",
        "people": ["Sam", "sam", " "], "tags": ["#fun"], "priority": 1, "kind": "task",
        "status": "done" });
    let item = changed(&program, &path, set).await;
    assert_eq!((&item["title"], &item["notes"]), (&json!("see Sam"), &json!("bring\nthe book")));
    assert_eq!((&item["people"], &item["tags"]), (&json!(["Sam"]), &json!(["fun"])));
    assert_eq!((&item["place"], &item["priority"]), (&json!("Caf\u{e9}"), &json!(1)));
    assert_eq!((&item["kind"], &item["status"]), (&json!("task"), &json!("done")));
    assert_eq!(item["start"], "2026-11-24T13:00:00");
    let clear = json!({ "notes": null, "place": null, "people": null, "tags": [], "priority": null,
        "status": "open" });
    let item = changed(&program, &path, clear).await;
    assert_eq!((&item["notes"], &item["place"]), (&Value::Null, &Value::Null));
    assert_eq!((&item["people"], &item["tags"]), (&json!([]), &json!([])));
    assert_eq!((&item["priority"], &item["title"]), (&Value::Null, &json!("see Sam")));
}

// Goal: each refused value names its field.
#[tokio::test]
async fn refusals_name_the_field() {
    let app = Kairo::start().await;
    let program = app.program("ana@example.org").await;
    let path = one_item(&program, "lunch with Sam tomorrow 1pm").await;
    for (body, faults) in [
        (
            json!({ "title": null, "kind": null, "status": null }),
            "title needed, kind needed, status needed",
        ),
        (json!({ "title": "  " }), "title empty"),
        (
            json!({ "title": 1, "people": "Sam", "tags": [1] }),
            "title wrong_type, people wrong_type, tags wrong_type",
        ),
        (
            json!({ "notes": "a\u{0}", "people": ["\u{0}"] }),
            "notes bad_character, people bad_character",
        ),
        (json!({ "priority": 0 }), "priority out_of_range"),
        (json!({ "priority": 5 }), "priority out_of_range"),
        (json!({ "priority": 1.5 }), "priority wrong_type"),
        (
            json!({ "kind": "Task", "status": "closed", "role": "when" }),
            "kind bad_word, status bad_word, role bad_word",
        ),
        (json!({ "all_day": "yes" }), "all_day wrong_type"),
        (
            json!({ "start": "tomorrow", "end": "2026-11-24T13:00Z" }),
            "start bad_time, end has_offset",
        ),
        (json!({ "zone": "Mars/Olympus" }), "zone unknown_zone"),
        (json!({ "end": "2026-11-24T12:59:59" }), "end before_start"),
        (json!({ "start": "2401-01-01T00:00:00" }), "start out_of_range"),
        (json!({ "end": "2401-01-01T00:00:00" }), "end out_of_range"),
    ] {
        assert_eq!(refused(&program, &path, &body).await, faults, "{body}");
    }
    for field in ["id", "version", "spans", "start_at", "done", "Title"] {
        let answer = change(&program, &path, 1, &json!({ field: "x" })).await;
        assert_eq!(problem(&answer, 400), "malformed");
        assert!(answer.text().contains(&format!("\\\"{field}\\\"")), "{}", answer.text());
    }
    assert_eq!(program.get(&path).await.json()["version"], 1);
}

// Goal: words are taken at their limits and refused one past them.
#[tokio::test]
async fn one_past_each_limit_is_refused() {
    let app = Kairo::start().await;
    let program = app.program("ana@example.org").await;
    let path = one_item(&program, "buy milk").await;
    let smiles = |count: usize| "\u{1F600}".repeat(count);
    let names = |count: usize| (0..count).map(|n| format!("n{n}")).collect::<Vec<_>>();
    let sized = |more: usize| {
        json!({ "title": smiles(ITEM_TITLE_CHARS_MAX + more),
            "notes": smiles(ITEM_NOTES_CHARS_MAX + more),
            "place": smiles(ITEM_PLACE_CHARS_MAX + more), "people": names(ITEM_LABELS_MAX + more),
            "tags": [smiles(ITEM_LABEL_CHARS_MAX + more)] })
    };
    let item = changed(&program, &path, sized(0)).await;
    assert_eq!(item["people"].as_array().unwrap().len(), ITEM_LABELS_MAX);
    assert_eq!(
        refused(&program, &path, &sized(1)).await,
        "people too_many, tags too_long, title too_long, notes too_long, place too_long"
    );
    let alike = json!({ "tags": vec!["same"; ITEM_LABELS_MAX + 1] });
    assert_eq!(refused(&program, &path, &alike).await, "tags too_many");
    let rule = |last| json!({ "start": "2026-11-24", "rrule": long_rule(last) });
    assert_eq!(long_rule("MO").len(), ITEM_RRULE_BYTES_MAX);
    changed(&program, &path, rule("MO")).await;
    assert_eq!(refused(&program, &path, &rule("1MO")).await, "rrule too_long");
}

/// A rule of as many bytes as there may be, with one more for each byte of `last` past two.
fn long_rule(last: &str) -> String {
    format!("FREQ=WEEKLY;BYDAY={}{last}", "MO,".repeat(160))
}

// Goal: a local time in a gap goes forward, in a fold takes the first, and the answer shows it.
#[tokio::test]
async fn times_settle() {
    let app = Kairo::start().await;
    let program = app.program("ana@example.org").await;
    let path = one_item(&program, "buy milk").await;
    let gap = json!({ "start": "2026-03-08T02:30:00", "end": "2026-03-08T02:45",
        "zone": "america/new_york" });
    let item = changed(&program, &path, gap).await;
    assert_eq!(
        (&item["start"], &item["start_at"]),
        (&json!("2026-03-08T03:30:00"), &json!("2026-03-08T07:30:00Z"))
    );
    assert_eq!(
        (&item["end"], &item["zone"]),
        (&json!("2026-03-08T03:45:00"), &json!("America/New_York"))
    );
    let fold = json!({ "start": "2026-11-01T01:30:00", "end": null });
    let item = changed(&program, &path, fold).await;
    assert_eq!(
        (&item["start"], &item["start_at"]),
        (&json!("2026-11-01T01:30:00"), &json!("2026-11-01T05:30:00Z"))
    );
    let moved = changed(&program, &path, json!({ "zone": "Europe/Berlin" })).await;
    assert_eq!(
        (&moved["start"], &moved["start_at"]),
        (&json!("2026-11-01T01:30:00"), &json!("2026-11-01T00:30:00Z"))
    );
    let own = changed(&program, &path, json!({ "zone": null })).await;
    assert_eq!((&own["zone"], &own["start_at"]), (&json!("UTC"), &json!("2026-11-01T01:30:00Z")));
}

// Goal: days and times do not mix, and a day that was kept is given no clock by guess.
#[tokio::test]
async fn days_and_times_do_not_mix() {
    let app = Kairo::start().await;
    let program = app.program("ana@example.org").await;
    let path = one_item(&program, "buy milk").await;
    let days = json!({ "start": "2026-11-24", "end": "2026-11-26" });
    let item = changed(&program, &path, days).await;
    assert_eq!((&item["start"], &item["end"]), (&json!("2026-11-24"), &json!("2026-11-26")));
    assert_eq!((&item["all_day"], &item["role"]), (&json!(true), &json!("start")));
    for (body, fault) in [
        (json!({ "all_day": false }), "start needs_time"),
        (json!({ "start": "2026-11-24T13:00" }), "end needs_time"),
        (json!({ "start": "2026-11-24T13:00", "all_day": true }), "start needs_day"),
        (json!({ "start": "2026-11-24", "all_day": false }), "start needs_time"),
        (json!({ "end": "2026-11-26T13:00" }), "end needs_day"),
        (json!({ "end": "2026-11-23" }), "end before_start"),
    ] {
        assert_eq!(refused(&program, &path, &body).await, fault, "{body}");
    }
    let timed = json!({ "start": "2026-11-24T13:00", "end": "2026-11-24T14:00" });
    let item = changed(&program, &path, timed).await;
    assert_eq!((&item["start"], &item["all_day"]), (&json!("2026-11-24T13:00:00"), &json!(false)));
    let item = changed(&program, &path, json!({ "all_day": true })).await;
    assert_eq!((&item["start"], &item["end"]), (&json!("2026-11-24"), &json!("2026-11-24")));
}

// Goal: without a start there is no date at all, and what needs one says so.
#[tokio::test]
async fn a_date_goes_whole() {
    let app = Kairo::start().await;
    let program = app.program("ana@example.org").await;
    let path = one_item(&program, "standup every weekday at 9:15").await;
    let item = changed(&program, &path, json!({ "start": null })).await;
    for field in ["start", "end", "role", "zone", "start_at", "rrule"] {
        assert!(item[field].is_null(), "{item}");
    }
    let left = json!({ "end": "2026-11-24", "all_day": true, "role": "due", "zone": "UTC",
        "rrule": "FREQ=DAILY" });
    assert_eq!(
        refused(&program, &path, &left).await,
        "end needs_start, all_day needs_start, \
        role needs_start, zone needs_start, rrule needs_start"
    );
    let nulls = json!({ "end": null, "all_day": false, "role": null, "zone": null, "rrule": null });
    assert_eq!(changed(&program, &path, nulls).await["version"], 2);
    let due = json!({ "start": "2026-12-01T17:00", "role": "due" });
    assert_eq!(changed(&program, &path, due).await["role"], "due");
}

// Goal: only rules that Kairo expands whole are kept.
#[tokio::test]
async fn rules_are_understood_whole() {
    let app = Kairo::start().await;
    let program = app.program("ana@example.org").await;
    let path = one_item(&program, "pay rent tomorrow").await;
    for rule in [
        "FREQ=MONTHLY;BYMONTHDAY=1",
        "FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20261218T090000Z",
        "FREQ=YEARLY;BYMONTH=11;BYDAY=4TH;COUNT=3",
        "FREQ=DAILY;INTERVAL=3;UNTIL=20270101",
    ] {
        assert_eq!(changed(&program, &path, json!({ "rrule": rule })).await["rrule"], rule);
    }
    for rule in [
        "",
        "FREQ=NEVER",
        "BYDAY=MO",
        "RRULE:FREQ=DAILY",
        "FREQ=DAILY;",
        "freq=daily",
        "FREQ=DAILY;FREQ=DAILY",
        "FREQ=DAILY;COUNT=0",
        "FREQ=DAILY;COUNT=3;UNTIL=20270101",
        "FREQ=DAILY;UNTIL=20270101x",
        "FREQ=DAILY;UNTIL=20270230",
        "FREQ=DAILY;BYWEEKNO=1",
        "FREQ=DAILY;INTERVAL=99999999999",
        "FREQ=DAILY\nDTSTART:20260101",
    ] {
        assert_eq!(
            refused(&program, &path, &json!({ "rrule": rule })).await,
            "rrule bad_rule",
            "{rule}"
        );
    }
    assert!(changed(&program, &path, json!({ "rrule": null })).await["rrule"].is_null());
}

// Goal: days that a series leaves out stay left out when its clock time moves.
#[tokio::test]
async fn days_left_out_move_along() {
    let app = Kairo::start().await;
    let program = app.program("ana@example.org").await;
    let path = one_item(&program, "standup every day at 9am except 24 December").await;
    let host = app.superuser().await;
    let left_out = "SELECT exdates::text FROM app.items";
    let exdates = host.query(left_out, &[]).await.unwrap()[0].get::<_, String>(0);
    assert_eq!(exdates, "{\"2026-12-24 09:00:00\"}");
    let item = changed(&program, &path, json!({ "start": "2026-11-24T10:30" })).await;
    assert_eq!(item["rrule"], "FREQ=DAILY");
    let exdates = host.query(left_out, &[]).await.unwrap()[0].get::<_, String>(0);
    assert_eq!(exdates, "{\"2026-12-24 10:30:00\"}");
}
