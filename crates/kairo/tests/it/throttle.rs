//! The strict buckets of addresses, over the whole site: what is refused, and what is not lost.

use kairo::limits::{AI_PER_MINUTE, SIGN_IN_PER_MINUTE};
use serde_json::json;

use crate::harness::{Kairo, Settings};

/// Nothing stands in front of the buckets that nodes share.
fn shared_alone(settings: &mut Settings) {
    settings.shares_buckets = true;
}

// Goal: sign-in posts are counted in the database by their source, and one past the bound is
// refused with a time to wait; an address of another network is not.
#[tokio::test]
async fn sign_in_is_counted_for_all_nodes() {
    let app = Kairo::start_with(shared_alone).await;
    let browser = app.anonymous();
    for n in 0..SIGN_IN_PER_MINUTE {
        let path = ["/sign-in", "/sign-in/code", "/sign-in/link"][n as usize % 3];
        browser.post_form(path, &[("email", "x")]).await.is(422);
    }
    let refused = browser.post_form("/sign-in", &[("email", "ana@example.org")]).await.is(429);
    let wait_s: u32 = refused.header("retry-after").parse().unwrap();
    assert!((1..=6).contains(&wait_s), "{wait_s}");
    assert!(app.letters().is_empty());
    let mut other = app.anonymous();
    other.peer = "[2001:db8:9::1]:40000".parse().unwrap();
    other.post_form("/sign-in", &[("email", "ana@example.org")]).await.is(303);
}

// Goal: what a node refuses by itself never comes to the database.
#[tokio::test]
async fn a_flood_stays_outside_the_database() {
    let app = Kairo::start_with(|settings| {
        settings.shares_buckets = true;
        settings.bounds.sign_in_per_minute = 2;
        // Far from a turn of the pepper, after which a source has two digests for an hour.
        settings.now = "2026-11-23T14:00:00Z".parse().unwrap();
    })
    .await;
    let browser = app.anonymous();
    let mut through = 0;
    for _ in 0..50 {
        let answer = browser.post_form("/sign-in", &[("email", "x")]).await;
        through += i64::from(answer.status == 422);
    }
    // A post moves the hour's end on by 72 seconds.
    let counted = "SELECT round(extract(epoch FROM hour_full_at - now()) / 72)::bigint
                     FROM authn.source_buckets";
    let rows = app.superuser().await.query(counted, &[]).await.unwrap();
    assert!(through < 50);
    assert_eq!(rows.iter().map(|row| row.get::<_, i64>(0)).collect::<Vec<_>>(), [through]);
}

// Goal: a thought that was typed once too often comes back in the line, with its key; nothing is
// kept twice or lost, and the API says the same as a problem.
#[tokio::test]
async fn a_throttled_thought_comes_back() {
    let app = Kairo::start_with(|settings| settings.bounds.ai_per_minute = 1).await;
    let (ana, program) =
        (app.member("ana@example.org").await, app.program("ben@example.org").await);
    ana.post_form("/captures", &[("text", "buy milk"), ("key", "one")]).await.is(303);
    let typed = [("text", "lunch <with> Sam"), ("key", "two"), ("dismissed", "0-5")];
    let page = ana.post_form("/captures", &typed).await.is(429);
    assert_eq!((page.heading().as_str(), page.header("retry-after")), ("Not saved", "60"));
    assert_eq!((page.input("text"), page.input("key")), (typed[0].1.into(), typed[1].1.into()));
    ana.get("/").await.is(200);
    let refused = program.post_json("/api/v1/captures", &json!({ "text": "tea" })).await.is(429);
    assert_eq!(
        (refused.json()["code"].as_str(), refused.header("retry-after")),
        (Some("too_many"), "60")
    );
    program.post_json("/api/v1/captures/preview", &json!({ "text": "tea" })).await.is(200);
    let kept = "SELECT count(*) FROM app.captures";
    let kept = app.superuser().await.query(kept, &[]).await.unwrap();
    assert_eq!(kept[0].get::<_, i64>(0), 1);
}

// Goal: while the database is away, nobody is told to have asked too often, and no word is lost.
#[tokio::test]
async fn a_database_that_is_away_is_no_throttle() {
    let mut app = Kairo::start_with(shared_alone).await;
    let ana = app.member("ana@example.org").await;
    app.stop_database();
    let page = ana.post_form("/captures", &[("text", "buy milk")]).await.is(503);
    assert_eq!(
        (page.input("text"), page.header("retry-after").is_empty()),
        ("buy milk".into(), false)
    );
    ana.post_form("/sign-in", &[("email", "ana@example.org")]).await.is(503);
}

// Goal: a client of the API that imports a thousand thoughts is held to the bound and told so, and
// no thought is refused otherwise.
#[tokio::test]
async fn one_past_the_captures_of_a_minute() {
    let app = Kairo::start_with(|settings| {
        settings.bounds.ai_per_minute = AI_PER_MINUTE;
        settings.ticks = kairo::web::edge::Ticks::from_fn(|| std::time::Duration::ZERO);
    })
    .await;
    let program = app.program("ana@example.org").await;
    for _ in 0..AI_PER_MINUTE {
        program.post_json("/api/v1/captures", &json!({ "text": "" })).await.is(422);
    }
    let refused = program.post_json("/api/v1/captures", &json!({ "text": "" })).await.is(429);
    assert_eq!(refused.header("retry-after"), "1");
}
