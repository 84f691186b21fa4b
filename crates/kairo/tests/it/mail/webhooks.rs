//! What a provider tells of letters: known by its signature, kept once, and an address whose mail
//! comes back gets no more of it.

use axum::body::Body;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kairo::limits::BODY_BYTES_MAX;
use kairo::mail::{ADDRESSES, LETTERS, Seals, Webhook, release, suppressed};
use ring::hmac;
use serde_json::{Value, json};

use super::*;
use crate::harness::http::Answer;
use crate::harness::resend::id_of;

const KEY: &[u8] = b"a secret of the test";
const PATH: &str = "/webhooks/resend";

/// A Kairo that sends by a scripted Resend and listens to what it tells.
async fn listening() -> (Kairo, Scripted) {
    let resend = Scripted::start().await;
    let carrier = resend.carrier();
    let app = Kairo::start_with(|settings| {
        settings.carrier = Some(carrier);
        let secret = format!("whsec_{}", STANDARD.encode(KEY));
        settings.webhook = Some(Webhook::new(&secret.into()).unwrap());
    })
    .await;
    (app, resend)
}

/// A message as Svix sends it.
struct Message {
    id: String,
    at: i64,
    body: String,
    key: &'static [u8],
}

impl Message {
    fn new(app: &Kairo, id: &str, body: &Value) -> Self {
        let at = app.base.clock.now().as_second();
        Self { id: id.to_owned(), at, body: body.to_string(), key: KEY }
    }

    async fn send(&self, app: &Kairo) -> Answer {
        self.send_with(app, &[]).await
    }

    async fn send_with(&self, app: &Kairo, more: &[(&str, &str)]) -> Answer {
        let Self { id, at, body, key } = self;
        let key = hmac::Key::new(hmac::HMAC_SHA256, key);
        let tag = STANDARD.encode(hmac::sign(&key, format!("{id}.{at}.{body}").as_bytes()));
        // No browser: neither a cookie nor Sec-Fetch-Site.
        let request = axum::http::Request::post(PATH)
            .extension(kairo::web::edge::Peer(app.anonymous().peer))
            .header("content-type", "application/json")
            .header("svix-id", id)
            .header("svix-timestamp", at.to_string())
            .header("svix-signature", format!("v1,{tag}"));
        let request = more.iter().fold(request, |request, (name, it)| request.header(*name, *it));
        app.anonymous().send(request.body(Body::from(body.clone())).unwrap()).await
    }
}

fn told(kind: &str, email_id: &str, to: &str) -> Value {
    json!({ "type": kind, "created_at": "2026-11-24T09:00:00Z",
            "data": { "email_id": email_id, "to": [to], "subject": "S",
                      "bounce": { "message": "m", "subType": "General", "type": "Permanent" } } })
}

async fn suppressions(app: &Kairo) -> Vec<String> {
    let sql = "SELECT reason FROM mail.suppressions ORDER BY since";
    let rows = app.superuser().await.query(sql, &[]).await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

/// Asks by the form; what the asker sees of it.
async fn face(app: &Kairo, email: &str) -> (u16, String, String, usize) {
    app.forget_mails(email).await;
    let form = [("email", email), ("next", ""), ("zone", "")];
    let answer = app.anonymous().post_form("/sign-in", &form).await;
    let cookies = answer.cookies().iter().map(|it| it.1.len()).sum();
    let text = answer.text().replace(email, "ADDRESS");
    (answer.status.as_u16(), answer.location().to_owned(), text, cookies)
}

// Goal: an address whose mail came back for good, or was called spam, gets no more; the asker sees
// no difference, other addresses none either, and the host lets it in again.
#[tokio::test]
async fn a_bounce_shuts_an_address_off() {
    for (kind, reason) in [("email.bounced", "bounced"), ("email.complained", "complained")] {
        let (app, resend) = listening().await;
        let before = face(&app, ANA).await;
        let row = comes_to(&app, "sent").await;
        // The provider may write the address as somebody else did.
        let body = told(kind, &id_of(&row.id), "Ana@Example.ORG");
        Message::new(&app, "msg_1", &body).send(&app).await.is(204);
        assert_eq!(suppressions(&app).await, [reason]);
        assert_eq!(face(&app, ANA).await, before);
        let row = comes_to(&app, "suppressed").await;
        assert_eq!((row.is_sealed, row.attempts, row.error), (false, 0, None));
        ask(&app, BEN).await.unwrap();
        comes_to(&app, "sent").await;
        assert_eq!(resend.asked().len(), 2, "the first to Ana, one to Ben");
        let (mut host, keys) = (app.superuser().await, &app.base.keys);
        let counted = suppressed(&mut host).await.unwrap();
        assert_eq!((counted[0].reason.as_str(), counted[0].addresses), (reason, 1));
        let seals = Seals::new(keys.system(LETTERS).unwrap(), keys.digests(ADDRESSES).unwrap());
        assert!(release(&mut host, &seals, ANA).await.unwrap());
        assert!(!release(&mut host, &seals, ANA).await.unwrap());
        ask(&app, ANA).await.unwrap();
        comes_to(&app, "sent").await;
    }
}

// Goal: what became of a letter is noted; of two things that were told, in any order, the weightier
// stays; a bounce that may pass shuts nobody off.
#[tokio::test]
async fn what_became_of_a_letter_is_noted() {
    let (app, _resend) = listening().await;
    ask(&app, ANA).await.unwrap();
    let id = id_of(&comes_to(&app, "sent").await.id);
    let mut soft = told("email.bounced", &id, ANA);
    soft["data"]["bounce"]["type"] = "Transient".into();
    let delayed = told("email.delivery_delayed", &id, ANA);
    let steps = [
        (delayed.clone(), "delayed"),
        (told("email.delivered", &id, ANA), "delivered"),
        (delayed, "delivered"),
        (soft, "soft_bounced"),
        (told("email.opened", &id, ANA), "soft_bounced"),
        (told("email.delivered", "letter-of-somebody", ANA), "soft_bounced"),
    ];
    for (n, (body, fate)) in steps.iter().enumerate() {
        Message::new(&app, &format!("msg_{n}"), body).send(&app).await.is(204);
        assert_eq!(rows(&app).await[0].fate.as_deref(), Some(*fate), "{body}");
    }
    assert!(suppressions(&app).await.is_empty());
}

// Goal: a message that is told again, later and signed anew, changes nothing: an address that was
// released stays released.
#[tokio::test]
async fn a_message_counts_once() {
    let (app, _resend) = listening().await;
    let mut message = Message::new(&app, "msg_1", &told("email.bounced", "e", ANA));
    message.send(&app).await.is(204);
    plant(&app, "DELETE FROM mail.suppressions").await;
    app.time.forward(jiff::SignedDuration::from_hours(10));
    message.at = app.base.clock.now().as_second();
    message.send(&app).await.is(204);
    assert!(suppressions(&app).await.is_empty());
    message.id = "msg_2".to_owned();
    message.send(&app).await.is(204);
    assert_eq!(suppressions(&app).await, ["bounced"]);
}

// Goal: a message that is forged, old, from the future, unsigned or no message shuts nobody off,
// and no answer says why.
#[tokio::test]
async fn forged_messages_are_refused() {
    let (app, _resend) = listening().await;
    let good = || Message::new(&app, "msg_1", &told("email.bounced", "e", ANA));
    let mut answers = Vec::new();
    for bad in [
        Message { key: b"another secret of the test", ..good() },
        Message { at: good().at - 301, ..good() },
        Message { at: good().at + 302, ..good() },
        Message { body: "{\"type\":\"email.bounced\"}".to_owned(), ..good() },
        Message { id: "x".repeat(201), ..good() },
    ] {
        answers.push(bad.send(&app).await.is(400));
    }
    let unsigned = app.anonymous().post_json(PATH, &told("email.bounced", "e", ANA)).await;
    answers.push(unsigned.is(400));
    for answer in &answers {
        assert!(!answer.text().contains("sign") && !answer.text().contains(ANA));
    }
    assert!(suppressions(&app).await.is_empty());
    good().send(&app).await.is(204);
    assert_eq!(suppressions(&app).await, ["bounced"]);
}

// Goal: the cross-site rule lets the provider in, which brings no cookie, and no page of another
// site; a body has the bound of every body.
#[tokio::test]
async fn the_edge_lets_the_provider_in_alone() {
    let (app, _resend) = listening().await;
    let message = Message::new(&app, "msg_1", &told("email.bounced", "e", ANA));
    for other in [("sec-fetch-site", "cross-site"), ("cookie", "__Host-kairo-8443=x")] {
        message.send_with(&app, &[other]).await.is(403);
    }
    let large = Message { body: " ".repeat(BODY_BYTES_MAX + 1), ..message };
    large.send(&app).await.is(413);
    assert!(suppressions(&app).await.is_empty());
    let most = Message::new(&app, "msg_2", &told("email.bounced", "e", ANA));
    let padding = " ".repeat(BODY_BYTES_MAX - most.body.len());
    Message { body: most.body.clone() + &padding, ..most }.send(&app).await.is(204);
}

// Goal: without the secret there is no such address.
#[tokio::test]
async fn without_the_secret_there_is_no_route() {
    let (app, _resend) = with_resend().await;
    let message = Message::new(&app, "msg_1", &told("email.bounced", "e", ANA));
    message.send(&app).await.is(404);
    assert_eq!(app.anonymous().get(PATH).await.status, 404);
    let (app, _resend) = listening().await;
    assert_eq!(app.anonymous().get(PATH).await.status, 405);
}

// Goal: what is kept of a message holds no address, by which nobody else is found either.
#[tokio::test]
async fn no_address_is_kept() {
    let (app, _resend) = listening().await;
    ask(&app, ANA).await.unwrap();
    let id = id_of(&comes_to(&app, "sent").await.id);
    Message::new(&app, "msg_1", &told("email.bounced", &id, ANA)).send(&app).await.is(204);
    let host = app.superuser().await;
    for table in ["letters", "suppressions", "events"] {
        let rows = host.query(&format!("SELECT t::text FROM mail.{table} t"), &[]).await.unwrap();
        assert_eq!(rows.len(), 1, "{table}");
        let row: String = rows[0].get(0);
        let hex: String = ANA.bytes().map(|byte| format!("{byte:02x}")).collect();
        assert!(!row.contains("ana@") && !row.contains(&hex) && !row.contains("msg_1"), "{row}");
    }
    let plain = "SELECT FROM mail.suppressions WHERE address_mac = sha256('ana@example.org')";
    assert!(host.query(plain, &[]).await.unwrap().is_empty(), "a digest without a key");
}
