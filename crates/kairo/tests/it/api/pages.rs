//! `GET /api/v1/items`: pages and filters.

use std::collections::HashSet;

use jiff::SignedDuration;
use kairo::limits::{ITEMS_PAGE_DEFAULT, ITEMS_PAGE_MAX};
use serde_json::{Value, json};

use super::{ITEMS, capture, change, one_item, problem};
use crate::harness::Kairo;
use crate::harness::actors::Actor;

/// After this long a new id is greater than all before it.
const A_MOMENT: SignedDuration = SignedDuration::from_millis(1);

async fn titles(program: &Actor, query: &str) -> Vec<String> {
    let answer = program.get(&format!("{ITEMS}?{query}")).await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.text());
    let items = answer.json()["items"].as_array().unwrap().clone();
    items.iter().map(|item| item["title"].as_str().unwrap().to_owned()).collect()
}

// Goal: status and range choose items by their own local times.
#[tokio::test]
async fn filters_choose() {
    let app = Kairo::start().await;
    let program = app.program("ana@example.org").await;
    let done = one_item(&program, "buy milk").await;
    change(&program, &done, 1, &json!({ "status": "done" })).await;
    app.time.forward(A_MOMENT);
    capture(&program, "lunch tomorrow 1pm").await;
    app.time.forward(A_MOMENT);
    capture(&program, "pay rent on 1 December").await;
    assert_eq!(titles(&program, "").await, ["buy milk", "lunch", "pay rent"]);
    assert_eq!(titles(&program, "status=done").await, ["buy milk"]);
    assert_eq!(titles(&program, "status=open").await, ["lunch", "pay rent"]);
    for (range, found) in [
        ("from=2026-11-24", vec!["lunch", "pay rent"]),
        ("from=2026-11-24T13:00:00&to=2026-11-24T13:00:01", vec!["lunch"]),
        ("from=2026-11-24T13:00:01", vec!["pay rent"]),
        ("to=2026-11-24T13:00:00", vec![]),
        ("to=2026-11-25", vec!["lunch"]),
        ("from=2026-12-01&to=2026-12-02", vec!["pay rent"]),
        ("from=2026-12-02", vec![]),
    ] {
        assert_eq!(titles(&program, range).await, found, "{range}");
    }
}

// Goal: a broken value names its parameter, and the page's size is refused one past its limit.
#[tokio::test]
async fn broken_queries_are_refused() {
    let app = Kairo::start().await;
    let program = app.program("ana@example.org").await;
    for (query, faults) in [
        (format!("limit={}", ITEMS_PAGE_MAX + 1), "limit out_of_range"),
        ("limit=0".into(), "limit out_of_range"),
        ("limit=-1".into(), "limit out_of_range"),
        ("limit=%2B5".into(), "limit out_of_range"),
        ("limit=99999999999999999999".into(), "limit out_of_range"),
        ("limit=".into(), "limit out_of_range"),
        ("limit=5&limit=5".into(), "limit twice"),
        ("after=x".into(), "after bad_id"),
        ("after=00000000000000000000000000000000".into(), "after bad_id"),
        ("status=OPEN".into(), "status bad_word"),
        ("status=%00".into(), "status bad_word"),
        ("from=yesterday".into(), "from bad_time"),
        ("from=2026-11-24T13:00:00Z".into(), "from has_offset"),
        ("to=2026-11-31".into(), "to bad_time"),
        ("to=%FF".into(), "to bad_time"),
        ("from=2026-11-25&to=2026-11-24".into(), "to before_from"),
        (
            "after=1&limit=x&status=y&from=z&to=w".into(),
            "after bad_id, limit out_of_range, status bad_word, from bad_time, to bad_time",
        ),
    ] {
        let answer = program.get(&format!("{ITEMS}?{query}")).await;
        assert_eq!(problem(&answer, 422), faults, "{query}");
    }
    let unknown = program.get(&format!("{ITEMS}?form=2026-11-24")).await;
    assert_eq!(problem(&unknown, 400), "malformed");
    assert!(unknown.text().contains("form"));
    assert!(titles(&program, &format!("limit={ITEMS_PAGE_MAX}")).await.is_empty());
}

// Goal: a page holds as many as were asked for, 100 unless told, and the last one has no next.
#[tokio::test]
async fn pages_are_of_their_size() {
    let app = Kairo::start().await;
    let program = app.program("ana@example.org").await;
    for n in 0..=ITEMS_PAGE_DEFAULT {
        capture(&program, &format!("errand {n}")).await;
    }
    let first = program.get(ITEMS).await.json();
    let items = first["items"].as_array().unwrap();
    assert_eq!(items.len(), 100);
    assert_eq!(first["next"], items[99]["id"]);
    let next = first["next"].as_str().unwrap();
    let last = program.get(&format!("{ITEMS}?after={next}")).await.json();
    assert_eq!((last["items"].as_array().unwrap().len(), &last["next"]), (1, &Value::Null));
    let exact = program.get(&format!("{ITEMS}?limit=101")).await.json();
    assert_eq!((exact["items"].as_array().unwrap().len(), &exact["next"]), (101, &Value::Null));
}

// Goal: who follows `next` sees each item that was there once, and none twice, while others come
// and go.
#[tokio::test]
async fn each_item_is_visited_once() {
    let app = Kairo::start().await;
    let program = app.program("ana@example.org").await;
    let mut there = Vec::new();
    for n in 0..40 {
        there.push(capture(&program, &format!("errand {n}")).await[0]["id"].clone());
    }
    let (mut seen, mut path) = (HashSet::<String>::new(), format!("{ITEMS}?limit=7"));
    let mut added = 0;
    loop {
        let (page, _) = tokio::join!(program.get(&path), async {
            for _ in 0..4 {
                app.time.forward(A_MOMENT);
                capture(&program, "another").await;
            }
        });
        added += 4;
        for item in page.json()["items"].as_array().unwrap() {
            let is_new = seen.insert(item["id"].as_str().unwrap().to_owned());
            assert!(is_new, "{item} came twice");
        }
        let Some(next) = page.json()["next"].as_str().map(str::to_owned) else { break };
        path = format!("{ITEMS}?limit=7&after={next}");
    }
    assert!(there.iter().all(|id| seen.contains(id.as_str().unwrap())));
    assert!(seen.len() <= 40 + added && seen.len() > 40);
}
