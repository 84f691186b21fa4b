//! The second reading of a thought, with a provider that does as it is told.

mod cache;
mod ladder;
mod walls;

use kairo::config::Plans;
use serde_json::{Value, json};

use crate::harness::Kairo;
use crate::harness::actors::Actor;
use crate::harness::http::Answer;
use crate::harness::upstream::{Say, Upstream};

/// A thought that the reader is not sure of.
const DOUBTFUL: &str = "coffee w/ Dana the morrow half past nine-ish";
/// Where thoughts are kept, and the second reading is waited for.
const WAITING: &str = "/api/v1/captures?wait_s=10";

/// A Kairo with a provider, and a program of somebody on the plan for those who pay.
struct Desk {
    app: Kairo,
    upstream: Upstream,
    ana: Actor,
}

impl Desk {
    async fn open() -> Self {
        Self::open_with(|_| {}).await
    }

    async fn open_with(change: impl FnOnce(&mut Plans)) -> Self {
        let upstream = Upstream::start().await;
        let mut plans = Plans::default();
        change(&mut plans);
        let provider = upstream.settings();
        let app = Kairo::start_with(|settings| {
            settings.ai = Some((provider, plans));
            settings.now = "2026-11-23T14:00:00Z".parse().unwrap();
        })
        .await;
        let ana = app.program("ana@example.org").await;
        upstream.always(Say::Answer(tagged().to_string()));
        Self { app, upstream, ana }
    }

    async fn captures(&self, text: &str) -> Value {
        captured(&self.ana, text).await.json()
    }

    async fn count(&self, sql: &str) -> i64 {
        self.app.superuser().await.query(sql, &[]).await.unwrap()[0].get(0)
    }
}

async fn captured(who: &Actor, text: &str) -> Answer {
    let zone = json!({ "text": text, "time_zone": "America/New_York" });
    let answer = who.post_json(WAITING, &zone).await;
    assert_eq!(answer.status.as_u16(), 201, "{}", answer.text());
    answer
}

/// What a model says of the doubtful thought.
fn tagged() -> Value {
    json!({
        "title": "coffee", "kind": "event", "when_text": "the morrow half past nine-ish",
        "when_norm": "tomorrow 9:30am", "role": "start", "people": ["Dana"], "labels": [],
        "priority": "none", "confidence": "high", "leftovers": [],
    })
}

// Goal: a doubtful thought is kept as read, asked about once, and becomes what the model pointed
// at, as a change that can be undone.
#[tokio::test]
async fn a_doubtful_thought_is_read_again() {
    let desk = Desk::open().await;
    let made = desk.captures(DOUBTFUL).await;
    assert_eq!(made["capture"]["refine"], "done", "{made}");
    let item = &made["items"][0];
    assert_eq!((&item["title"], &item["start"]), (&json!("coffee"), &json!("2026-11-24T09:30:00")));
    assert_eq!((item["version"].as_i64(), desk.upstream.calls()), (Some(2), 1));
    let id = item["id"].as_str().unwrap();
    let undone = desk.ana.request("POST", &format!("/api/v1/items/{id}/restoration"));
    let undone = undone.header("if-match", "\"2\"").body(axum::body::Body::empty()).unwrap();
    let undone = desk.ana.send(undone).await.json();
    assert_eq!(undone["start"], Value::Null, "{undone}");
}

// Goal: a thought that the reader is sure of costs nothing and waits for nobody.
#[tokio::test]
async fn a_sure_thought_asks_nobody() {
    let desk = Desk::open().await;
    let made = desk.captures("lunch with Sam tomorrow 1pm").await;
    assert_eq!(made["capture"]["refine"], "none");
    assert_eq!(desk.upstream.calls(), 0);
    assert_eq!(desk.count("SELECT count(*) FROM guard.reservations").await, 0);
}
