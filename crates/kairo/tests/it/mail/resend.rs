//! Letters by Resend's API, against a scripted one that fails in every way.

use std::time::{Duration, Instant};

use kairo::limits::{MAIL_ANSWER_BYTES_MAX, MAIL_CONCURRENCY_MAX, MAIL_LOOK_EVERY};
use kairo::mail::{Resend, ResendError};
use serde_json::json;

use super::*;
use crate::harness::resend::{API_KEY, FROM, Say, id_of};

// Goal: a letter is handed over as the API has it, under its row's id, and the row keeps Resend's.
#[tokio::test]
async fn a_letter_is_handed_over() {
    let (app, resend) = with_resend().await;
    ask(&app, ANA).await.unwrap();
    let began = Instant::now();
    let row = comes_to(&app, "sent").await;
    assert!(began.elapsed() < MAIL_LOOK_EVERY / 2, "it waits for the next look");
    let asked = resend.asked();
    assert_eq!(asked.len(), 1);
    let text = asked[0].body["text"].as_str().unwrap();
    let link = format!("{ORIGIN}/sign-in/link#t=");
    assert!(text.contains(&link) && text.contains("Both work once"), "{text}");
    let whole = json!({ "from": FROM, "to": [ANA], "subject": "Your link and code for Kairo",
                        "text": text });
    assert_eq!(asked[0].body, whole);
    assert_eq!(asked[0].headers["authorization"], format!("Bearer {API_KEY}"));
    assert_eq!((asked[0].key.as_str(), row.provider_id), (row.id.as_str(), Some(id_of(&row.id))));
}

// Goal: what may pass is tried again with the same key and the same words until the letter is taken
// once, and the row says what went wrong in a word of ours.
#[tokio::test]
async fn what_may_pass_is_tried_again() {
    let resend = Scripted::start().await;
    let carrier = resend.carrier();
    let app = Kairo::start_with(|settings| {
        settings.carrier = Some(carrier);
        settings.send_max = Duration::from_millis(300);
    })
    .await;
    let huge = format!("{{\"id\":\"{}\"}}", "x".repeat(MAIL_ANSWER_BYTES_MAX));
    for (says, why) in [
        (Say::Refuse(500, "internal_server_error"), "unavailable"),
        (Say::Refuse(503, "application_error"), "unavailable"),
        (Say::Busy("1"), "busy"),
        (Say::Refuse(409, "concurrent_idempotent_requests"), "busy"),
        (Say::Refuse(408, ""), "timed_out"),
        (Say::Hang, "timed_out"),
        (Say::TakeAndHang, "timed_out"),
        (Say::Garbage("<html>".to_owned()), "garbled"),
        (Say::Garbage("{\"id\":\"a b\"}".to_owned()), "garbled"),
        (Say::Garbage("{\"id\":\"\"}".to_owned()), "garbled"),
        (Say::Garbage(huge), "garbled"),
    ] {
        let (asked, taken) = (resend.asked().len(), resend.taken().len());
        resend.next([says.clone()]);
        ask(&app, ANA).await.unwrap();
        resend.wait_for(asked + 1).await;
        let row = comes_to(&app, "queued").await;
        assert_eq!((row.error.as_deref(), row.is_sealed), (Some(why), true), "{says:?}");
        hurry(&app).await;
        let row = comes_to(&app, "sent").await;
        assert_eq!((row.attempts, row.error, row.is_sealed), (2, None, false), "{says:?}");
        assert_eq!(resend.taken().len(), taken + 1, "{says:?}");
        let asked = &resend.asked()[asked..];
        assert_eq!((asked.len(), &asked[0].key), (2, &asked[1].key), "{says:?}");
        assert_eq!(asked[0].body, asked[1].body);
    }
}

// Goal: what cannot pass is given up at once and erased, and nothing of the provider's words stays.
#[tokio::test]
async fn what_cannot_pass_is_given_up() {
    let (app, resend) = with_resend().await;
    for (says, why) in [
        (Say::Refuse(400, "validation_error"), "refused"),
        (Say::Refuse(404, "not_found"), "refused"),
        (Say::Refuse(422, "missing_required_field"), "refused"),
        (Say::Refuse(401, "restricted_api_key"), "unauthorized"),
        (Say::Refuse(403, "validation_error"), "unauthorized"),
        (Say::Refuse(409, "invalid_idempotent_request"), "conflict"),
        (Say::Redirect, "refused"),
    ] {
        let asked = resend.asked().len();
        resend.next([says.clone()]);
        ask(&app, ANA).await.unwrap();
        resend.wait_for(asked + 1).await;
        let row = comes_to(&app, "failed").await;
        let came = (row.error.as_deref(), row.is_sealed, row.attempts);
        assert_eq!(came, (Some(why), false, 1), "{says:?}");
        assert_eq!(resend.asked().len(), asked + 1, "{says:?}");
    }
    assert!(resend.taken().is_empty());
}

/// Seconds until the newest letter's next attempt.
async fn wait_s(app: &Kairo) -> f64 {
    comes_to(app, "queued").await;
    let sql = "SELECT extract(epoch FROM next_attempt_at - now())::float8 FROM mail.letters
                ORDER BY created_at DESC LIMIT 1";
    app.superuser().await.query(sql, &[]).await.unwrap()[0].get(0)
}

// Goal: who asks for patience is given it, and a letter that would be late is given up; a word that
// is no number is no wait.
#[tokio::test]
async fn patience_that_is_asked_for() {
    let (app, resend) = with_resend().await;
    for (asked, least, most) in [("30", 25.0, 30.0), ("300", 290.0, 300.0), ("soon", -5.0, 2.0)] {
        let came = resend.asked().len();
        resend.next([Say::Busy(asked)]);
        ask(&app, ANA).await.unwrap();
        resend.wait_for(came + 1).await;
        let wait = wait_s(&app).await;
        assert!((least..=most).contains(&wait), "{asked}: {wait}");
        plant(&app, "DELETE FROM mail.letters").await;
    }
    resend.next([Say::Busy("86400")]);
    ask(&app, ANA).await.unwrap();
    let row = comes_to(&app, "failed").await;
    assert_eq!((row.error.as_deref(), row.is_sealed), (Some("busy"), false));
}

// Goal: a provider that nobody reaches keeps no letter from leaving later.
#[tokio::test]
async fn a_provider_that_is_away() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let away = Resend::new(&format!("http://{closed}"), API_KEY.into(), FROM).unwrap();
    let carrier = kairo::mail::Carrier::Resend(away);
    let app = Kairo::start_with(|settings| settings.carrier = Some(carrier)).await;
    ask(&app, ANA).await.unwrap();
    let row = loop {
        let row = comes_to(&app, "queued").await;
        if row.error.is_some() {
            break row;
        }
    };
    assert_eq!((row.error.as_deref(), row.is_sealed), (Some("unreachable"), true));
}

// Goal: letters that hang delay no other's, however many they are.
#[tokio::test]
async fn letters_that_hang_delay_no_other() {
    let (app, resend) = with_resend().await;
    resend.next(std::iter::repeat_n(Say::Hang, MAIL_CONCURRENCY_MAX - 1));
    for n in 1..MAIL_CONCURRENCY_MAX {
        ask(&app, &format!("n{n}@example.org")).await.unwrap();
    }
    resend.wait_for(MAIL_CONCURRENCY_MAX - 1).await;
    for prompt in [ANA, BEN] {
        ask(&app, prompt).await.unwrap();
        comes_to(&app, "sent").await;
    }
    assert_eq!(resend.addressees().len(), 2);
}

// Goal: the key is sent to nobody in plain text, but to this machine.
#[test]
fn plain_text_is_for_this_machine() {
    let new = |base: &str| Resend::new(base, API_KEY.into(), FROM).map(drop);
    for bad in ["http://api.resend.com", "http://127.0.0.1.example.org", "ftp://localhost"] {
        assert!(matches!(new(bad), Err(ResendError::Plain)), "{bad}");
    }
    assert!(matches!(new("resend"), Err(ResendError::Address)));
    for good in ["https://api.resend.com", "http://127.0.0.1:1", "http://localhost:1/"] {
        assert!(new(good).is_ok(), "{good}");
    }
}
