//! Who is told of alerts: by mail and by webhook, each once, over failures and dead nodes.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use kairo::guard::watch::queries::{
    AlarmDrift, AlertsNewest, AlertsWaiting, MessageClaim, MessageRecord,
};
use kairo::guard::watch::{Hook, Watch};
use kairo::mail::{Signed, Webhook};
use serde_json::Value;

use crate::harness::Kairo;

const SECRET: &str = "whsec_AAECAwQFBgcICQoLDA0ODw==";
const OPERATOR: &str = "ops@example.org";

/// What an operator's webhook was sent, and what it says next.
#[derive(Default)]
struct Script {
    next: Mutex<VecDeque<u16>>,
    got: Mutex<Vec<(HeaderMap, String)>>,
    elsewhere: Mutex<u32>,
}

struct Receiver {
    url: String,
    script: Arc<Script>,
}

impl Receiver {
    async fn start() -> Self {
        let script = Arc::new(Script::default());
        let app = Router::new()
            .route("/alerts", post(take))
            .route("/elsewhere", post(stray))
            .with_state(script.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/alerts", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { url, script }
    }

    fn hook(&self) -> Option<Hook> {
        Some(Hook::new(&self.url.as_str().into(), &SECRET.into()).unwrap())
    }

    fn got(&self) -> Vec<(HeaderMap, String)> {
        self.script.got.lock().unwrap().clone()
    }
}

async fn take(State(script): State<Arc<Script>>, headers: HeaderMap, body: String) -> Response {
    script.got.lock().unwrap().push((headers, body));
    match script.next.lock().unwrap().pop_front().unwrap_or(200) {
        302 => (StatusCode::FOUND, [("location", "/elsewhere")]).into_response(),
        status => StatusCode::from_u16(status).unwrap().into_response(),
    }
}

async fn stray(State(script): State<Arc<Script>>) {
    *script.elsewhere.lock().unwrap() += 1;
}

/// A node's watch.
fn node(app: &Kairo, email: Option<&str>, hook: Option<Hook>) -> Watch {
    Watch {
        way: app.pg_config("kairo_worker").into(),
        door: app.base.db.worker.clone(),
        clock: app.base.clock.clone(),
        random: app.base.random.clone(),
        ids: app.base.ids.clone(),
        origin: "https://kairo.example.com".to_owned(),
        mailer: app.site.mailer.clone(),
        email: email.map(str::to_owned),
        hook,
    }
}

/// Something that an operator should know.
async fn alarm(app: &Kairo) {
    let drift = AlarmDrift { number: 3 };
    assert!(app.base.db.worker.write(None, drift).await.unwrap()[0].kept);
}

async fn plant(app: &Kairo, sql: &str) {
    app.superuser().await.execute(sql).await.unwrap();
}

/// State, attempts, error and whether there is a body, of the one message.
async fn message(app: &Kairo) -> (String, i16, Option<String>, bool) {
    let sql = "SELECT state, attempts, last_error, body IS NOT NULL FROM guard.messages";
    let rows = app.superuser().await.query(sql, &[]).await.unwrap();
    assert_eq!(rows.len(), 1);
    (rows[0].get(0), rows[0].get(1), rows[0].get(2), rows[0].get(3))
}

async fn letters(app: &Kairo) -> i64 {
    let sql = "SELECT count(*) FROM mail.letters WHERE purpose = 'alert'";
    app.superuser().await.query(sql, &[]).await.unwrap()[0].get(0)
}

/// Whether a message is signed as its receiver must verify it: by other code than signs it.
fn is_signed(app: &Kairo, secret: &str, (headers, body): &(HeaderMap, String)) -> bool {
    let header = |name: &str| headers[name].to_str().unwrap();
    let signed = Signed {
        id: header("webhook-id"),
        timestamp: header("webhook-timestamp"),
        signatures: header("webhook-signature"),
    };
    let key = Webhook::new(&secret.into()).unwrap();
    key.verify(&signed, body.as_bytes(), app.base.clock.now()).is_ok()
}

// Goal: an alert reaches the operator by mail and by a signed message, once each, however often a
// node looks, and names no address.
#[tokio::test]
async fn an_alert_is_told_on_both_ways_once() {
    let (app, receiver) = (Kairo::start().await, Receiver::start().await);
    let watch = node(&app, Some(OPERATOR), receiver.hook());
    alarm(&app).await;
    for _look in 0..3 {
        watch.tell().await.unwrap();
    }
    let letter = app.letter(OPERATOR).await;
    assert_eq!(letter.subject, "Kairo: an alert");
    assert!(letter.text.contains("sum of their ledger: 3."), "{}", letter.text);
    let got = receiver.got();
    assert_eq!((got.len(), letters(&app).await), (1, 1));
    assert!(is_signed(&app, SECRET, &got[0]));
    assert!(!is_signed(&app, "whsec_AAECAwQFBgcICQoLDA0OEA==", &got[0]));
    let body: Value = serde_json::from_str(&got[0].1).unwrap();
    let text = body["text"].as_str().unwrap();
    assert!(text.contains("https://kairo.example.com") && !text.contains('@'), "{text}");
    assert_eq!(message(&app).await, ("sent".to_owned(), 1, None, false));
}

// Goal: a webhook that fails is tried again later with the same id and bytes until it takes the
// message, and a redirect is a failure that leads nowhere.
#[tokio::test]
async fn a_failing_webhook_is_tried_again() {
    let (app, receiver) = (Kairo::start().await, Receiver::start().await);
    let watch = node(&app, None, receiver.hook());
    alarm(&app).await;
    receiver.script.next.lock().unwrap().extend([500, 302, 429, 404]);
    for (attempt, error) in [(1, "unavailable"), (2, "refused"), (3, "busy"), (4, "refused")] {
        watch.tell().await.unwrap();
        // Not due yet: nothing leaves.
        watch.tell().await.unwrap();
        let kept = ("queued".to_owned(), attempt, Some(error.to_owned()), true);
        assert_eq!(message(&app).await, kept);
        plant(&app, "UPDATE guard.messages SET next_attempt_at = now()").await;
    }
    watch.tell().await.unwrap();
    assert_eq!(message(&app).await, ("sent".to_owned(), 5, None, false));
    let got = receiver.got();
    assert_eq!((got.len(), *receiver.script.elsewhere.lock().unwrap()), (5, 0));
    assert!(got.iter().all(|it| it.0["webhook-id"] == got[0].0["webhook-id"]));
    assert!(got.iter().all(|it| it.1 == got[0].1 && is_signed(&app, SECRET, it)));
}

// Goal: a message whose node died is sent by another one once the lease has ended, and the dead one
// can no longer say what became of it.
#[tokio::test]
async fn a_dead_nodes_message_is_sent_by_another() {
    let (app, receiver) = (Kairo::start().await, Receiver::start().await);
    let nowhere = Hook::new(&"http://127.0.0.1:9/".into(), &SECRET.into()).unwrap();
    alarm(&app).await;
    node(&app, None, Some(nowhere)).tell().await.unwrap();
    plant(&app, "UPDATE guard.messages SET next_attempt_at = now()").await;
    let held = app.base.db.worker.write(None, MessageClaim {}).await.unwrap().pop().unwrap();
    let watch = node(&app, None, receiver.hook());
    watch.tell().await.unwrap();
    assert!(receiver.got().is_empty(), "the lease is another's");
    plant(&app, "UPDATE guard.messages SET lease_until = now()").await;
    watch.tell().await.unwrap();
    assert_eq!(receiver.got().len(), 1);
    let late = MessageRecord { id: held.id, attempt: held.attempt, error: None, wait_ms: 0 };
    assert!(!app.base.db.worker.write(None, late).await.unwrap()[0].kept);
    assert_eq!(message(&app).await, ("sent".to_owned(), 3, None, false));
}

// Goal: nodes that find the same alerts at once make one letter and one message of them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_at_once_tell_once() {
    let (app, receiver) = (Kairo::start().await, Receiver::start().await);
    let nodes: Vec<Watch> = (0..4).map(|_| node(&app, Some(OPERATOR), receiver.hook())).collect();
    alarm(&app).await;
    let told = futures_util::future::join_all(nodes.iter().map(Watch::tell)).await;
    assert!(told.iter().all(Result::is_ok), "{told:?}");
    assert_eq!((letters(&app).await, receiver.got().len()), (1, 1));
}

// Goal: a message that nobody took within a day ends and is erased, and alerts of before yesterday
// are no news for a way that was set up today.
#[tokio::test]
async fn messages_have_an_end() {
    let (app, receiver) = (Kairo::start().await, Receiver::start().await);
    let watch = node(&app, Some(OPERATOR), receiver.hook());
    receiver.script.next.lock().unwrap().push_back(500);
    alarm(&app).await;
    watch.tell().await.unwrap();
    plant(&app, "UPDATE guard.messages SET expires_at = now()").await;
    watch.tell().await.unwrap();
    assert_eq!(message(&app).await, ("failed".to_owned(), 1, Some("expired".to_owned()), false));
    plant(
        &app,
        "INSERT INTO guard.alerts (id, kind, day, number, created_at)
         VALUES (gen_random_uuid(), 'missed', '2026-01-01', 3, now() - interval '24 hours')",
    )
    .await;
    watch.tell().await.unwrap();
    assert_eq!((letters(&app).await, receiver.got().len()), (1, 1));
}

// Goal: without mail or webhook an alert is in the log once and in the list.
#[tokio::test]
async fn without_a_way_alerts_are_listed() {
    let app = Kairo::start().await;
    alarm(&app).await;
    let watch = node(&app, None, None);
    let worker = &app.base.db.worker;
    assert_eq!(worker.read(None, AlertsWaiting { way: "log" }).await.unwrap().len(), 1);
    watch.tell().await.unwrap();
    assert!(worker.read(None, AlertsWaiting { way: "log" }).await.unwrap().is_empty());
    let listed = worker.read(None, AlertsNewest { limit: 10 }).await.unwrap();
    assert_eq!((listed.len(), listed[0].kind.as_str(), listed[0].number), (1, "drift", Some(3)));
}

// Goal: a first look compares the hour at once, and a second one finds nothing due.
#[tokio::test]
async fn a_start_compares_at_once() {
    let app = Kairo::start().await;
    let watch = node(&app, None, None);
    assert_eq!((watch.look().await.unwrap(), watch.look().await.unwrap()), (1, 0));
}
