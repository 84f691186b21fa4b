//! Signing in and out, and the settings, over forms as browsers send them.

mod cookies;
mod leads;
mod links;
mod masks;
mod outbox;
mod sessions;
mod settings;
mod sign_in;

use axum::body::Body;
use axum::http::Request;
use axum::http::request::Builder;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kairo::mail::OutboxLetter;
use serde_json::Value;

use super::{ANA, BEN};
use crate::harness::Kairo;
use crate::harness::actors::{Actor, link_token};
use crate::harness::http::{Answer, form};

const SESSION: &str = "__Host-kairo-8443";
const ASKED: &str = "__Host-kairo-asked-8443";
const NOTICE: &str = "__Host-kairo-notice-8443";
const FORM: &str = "application/x-www-form-urlencoded";

/// Fills in the first form.
async fn ask(browser: &Actor, email: &str, next: &str) -> Answer {
    let fields = [("email", email), ("next", next), ("zone", "Europe/Rome")];
    browser.post_form("/sign-in", &fields).await
}

/// Fills in the first form as the first of the hour, and reads the mail.
async fn asked(app: &Kairo, browser: &Actor, email: &str, next: &str) -> OutboxLetter {
    app.forget_mails(email).await;
    let answer = ask(browser, email, next).await.is(303);
    assert_eq!(answer.location(), "/sign-in/code");
    app.letter(email).await
}

/// Presses the button of the page that the link opens.
async fn press(browser: &Actor, letter: &OutboxLetter) -> Answer {
    let token = link_token(&letter.link);
    browser.post_form("/sign-in/link", &[("token", &token), ("zone", "Europe/Rome")]).await
}

/// Types the code.
async fn type_code(browser: &Actor, code: &str) -> Answer {
    browser.post_form("/sign-in/code", &[("code", code), ("zone", "Europe/Rome")]).await
}

/// Signs in with the link.
async fn signed_in(app: &Kairo, email: &str) -> Actor {
    let browser = app.anonymous();
    let letter = asked(app, &browser, email, "").await;
    press(&browser, &letter).await.is(303);
    browser
}

/// Whether a browser is let in.
async fn is_in(browser: &Actor) -> bool {
    let answer = browser.get("/").await;
    assert!(answer.status.as_u16() == 200 || answer.location() == "/sign-in", "{}", answer.status);
    answer.status.as_u16() == 200
}

/// A POST of a form with these headers and no others.
async fn post_with(
    app: &Kairo,
    path: &str,
    headers: &[(&str, &str)],
    fields: &[(&str, &str)],
) -> Answer {
    let request = Request::builder().method("POST").uri(path).header("content-type", FORM);
    let request = headers.iter().fold(request, |it, (name, value)| it.header(*name, *value));
    sent(app, request, form(fields)).await
}

async fn sent(app: &Kairo, request: Builder, body: String) -> Answer {
    app.anonymous().send(request.body(Body::from(body)).unwrap()).await
}

/// What the cookie of a browser that waits for a mail holds.
fn opened(cookie: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(cookie).unwrap()).unwrap()
}

/// The same cookie as somebody else would write it.
fn forged(content: &Value) -> String {
    URL_SAFE_NO_PAD.encode(content.to_string())
}
