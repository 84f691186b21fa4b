//! Answers that are kept.

use futures_util::future::join_all;

use super::*;

const CREDITS: &str = "SELECT coalesce(sum(month_used), 0)::bigint FROM guard.quotas";

// Goal: the same thought on the same day reaches no model, is counted and costs nothing.
#[tokio::test]
async fn a_hit_is_free_and_counted() {
    let desk = Desk::open().await;
    for _time in 0..3 {
        let made = desk.captures(DOUBTFUL).await;
        assert_eq!(made["items"][0]["start"], "2026-11-24T09:30:00");
    }
    assert_eq!((desk.upstream.calls(), desk.count(CREDITS).await), (1, 1));
    desk.app.site.refiner.as_ref().unwrap().guard().flush().await;
    let hits = "SELECT coalesce(sum(hits), 0)::bigint FROM guard.usage_hours";
    assert_eq!(desk.count(hits).await, 2);
    assert_eq!(desk.count("SELECT sum(passes)::bigint FROM guard.quotas").await, 3);
}

// Goal: ten who ask the same at once are one call, and nine free answers.
#[tokio::test]
async fn one_question_is_asked_once() {
    let desk = Desk::open_with(|plans| plans.free.at_once = 16).await;
    let made = join_all((0..10).map(|_| desk.captures(DOUBTFUL))).await;
    for made in made {
        assert_eq!(made["capture"]["refine"], "done", "{made}");
    }
    assert_eq!((desk.upstream.calls(), desk.count(CREDITS).await), (1, 1));
}

// Goal: another person, zone, day or text is another question; nothing of a key can be read back.
#[tokio::test]
async fn a_key_is_one_persons() {
    let desk = Desk::open().await;
    desk.captures(DOUBTFUL).await;
    let ben = desk.app.program("ben@example.org").await;
    captured(&ben, DOUBTFUL).await;
    assert_eq!(desk.upstream.calls(), 2);
    let elsewhere = json!({ "text": DOUBTFUL, "time_zone": "Asia/Tokyo" });
    desk.ana.post_json(WAITING, &elsewhere).await;
    assert_eq!(desk.upstream.calls(), 3);
    let kept = "SELECT count(DISTINCT key_mac) FROM app.model_answers";
    assert_eq!(desk.count(kept).await, 3);
    let plain = "SELECT count(*) FROM app.model_answers
                  WHERE position('coffee'::bytea IN answer_sealed) > 0";
    assert_eq!(desk.count(plain).await, 0);
}

// Goal: what could not be used is not kept, so the next thought asks again.
#[tokio::test]
async fn only_valid_answers_are_kept() {
    let desk = Desk::open().await;
    desk.upstream.script([Say::Answer("no".into()), Say::Answer("{}".into())]);
    let made = desk.captures(DOUBTFUL).await;
    assert_eq!(
        (&made["capture"]["refine"], &made["items"][0]["version"]),
        (&json!("failed"), &json!(1))
    );
    assert_eq!(desk.count("SELECT count(*) FROM app.model_answers").await, 0);
    assert_eq!(desk.captures(DOUBTFUL).await["capture"]["refine"], "done");
}

// Goal: a person can have every kept answer forgotten, and nobody else's.
#[tokio::test]
async fn answers_are_forgotten() {
    let desk = Desk::open().await;
    desk.captures(DOUBTFUL).await;
    let ben = desk.app.program("ben@example.org").await;
    captured(&ben, DOUBTFUL).await;
    let forgotten = kairo::capture::refine::forget(&desk.app.base, desk.ana.identity()).await;
    assert_eq!(forgotten.unwrap(), 1);
    assert_eq!(desk.count("SELECT count(*) FROM app.model_answers").await, 1);
    let calls = desk.upstream.calls();
    desk.captures(DOUBTFUL).await;
    assert_eq!(desk.upstream.calls(), calls + 1);
}
