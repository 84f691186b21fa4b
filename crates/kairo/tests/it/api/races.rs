//! Many programs at once: one key, one version, one database.

use std::collections::HashSet;

use futures_util::future::join_all;
use serde_json::json;

use super::{CAPTURES, all_items, change, one_item, problem, thought};
use crate::harness::Kairo;

const KEY: [(&str, &str); 1] = [("idempotency-key", "race")];

// Goal: one key makes one capture under a race, and every request gets its answer.
#[tokio::test(flavor = "multi_thread")]
async fn one_key_makes_one_capture() {
    let app = Kairo::start().await;
    let program = app.program("ana@example.org").await;
    let sent = thought("lunch with Sam tomorrow 1pm");
    let tries = (0..20).map(|_| program.send_json("POST", CAPTURES, &KEY, &sent));
    let answers = join_all(tries).await;
    assert!(answers.iter().all(|answer| answer.status.as_u16() == 201));
    let first = answers.iter().filter(|answer| answer.header("idempotency-replayed").is_empty());
    assert_eq!(first.count(), 1);
    let bodies: HashSet<String> = answers.iter().map(|answer| answer.text().to_owned()).collect();
    assert_eq!(bodies.len(), 1, "{bodies:?}");
    assert_eq!(all_items(&program).await.len(), 1);
}

// Goal: of different thoughts with one key exactly one is kept, and the others are told.
#[tokio::test(flavor = "multi_thread")]
async fn one_key_keeps_one_thought() {
    let app = Kairo::start().await;
    let program = app.program("ana@example.org").await;
    let tries =
        (0..20).map(|n| {
            let program = &program;
            async move {
                program.send_json("POST", CAPTURES, &KEY, &thought(&format!("errand {n}"))).await
            }
        });
    let answers = join_all(tries).await;
    let (kept, told): (Vec<_>, Vec<_>) =
        answers.iter().partition(|answer| answer.status.as_u16() == 201);
    assert_eq!((kept.len(), told.len()), (1, 19));
    for answer in told {
        assert_eq!(problem(answer, 422), "Idempotency-Key key_reused");
    }
    assert_eq!(all_items(&program).await, *kept[0].json()["items"].as_array().unwrap());
}

// Goal: of many changes to one version exactly one happens.
#[tokio::test(flavor = "multi_thread")]
async fn one_version_is_changed_once() {
    let app = Kairo::start().await;
    let program = app.program("ana@example.org").await;
    let path = one_item(&program, "buy milk").await;
    let tries = (0..20).map(|n| {
        let (program, path) = (&program, &path);
        async move { change(program, path, 1, &json!({ "title": format!("title {n}") })).await }
    });
    let answers = join_all(tries).await;
    let (won, told): (Vec<_>, Vec<_>) =
        answers.iter().partition(|answer| answer.status.as_u16() == 200);
    assert_eq!((won.len(), told.len()), (1, 19));
    for answer in told {
        assert_eq!(problem(answer, 412), "version_moved");
    }
    assert_eq!(program.get(&path).await.json(), won[0].json());
    assert_eq!(won[0].header("etag"), "\"2\"");
}

// Goal: under more than the database takes at once every capture is kept or refused, and what was
// said is what is there.
#[tokio::test(flavor = "multi_thread")]
async fn five_hundred_at_once_are_all_answered() {
    let app = Kairo::start().await;
    let program = app.program("ana@example.org").await;
    let tries = (0..500).map(|n| {
        let program = &program;
        async move { program.post_json(CAPTURES, &thought(&format!("errand {n}"))).await }
    });
    let answers = join_all(tries).await;
    let mut kept = HashSet::new();
    for answer in &answers {
        match answer.status.as_u16() {
            201 => {
                kept.insert(answer.json()["items"][0]["id"].as_str().unwrap().to_owned());
            }
            _ => assert_eq!(problem(answer, 503), "unavailable"),
        }
    }
    let there = all_items(&program).await;
    let there: HashSet<String> =
        there.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect();
    assert!(!kept.is_empty());
    assert_eq!(there, kept);
}
