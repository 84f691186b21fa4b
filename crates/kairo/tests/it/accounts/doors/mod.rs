//! The forms and pages of signing in and out, of the settings and of the outbox, as browsers use
//! them: every path without a script, since a form is all that a browser sends.

mod alike;
mod codes;
mod links;
mod next;
mod outbox;
mod reading;
mod sessions;
mod sign_in;
mod sign_out;
mod tokens;
mod walls;

use kairo::mail::OutboxLetter;

use super::{ANA, BEN, LIVE_WEB, USERS, count};
use crate::harness::Kairo;
use crate::harness::actors::{Actor, link_token};
use crate::harness::http::Answer;

const SESSION: &str = "__Host-kairo-8443";
const ASKED: &str = "__Host-kairo-asked-8443";
const NOTICE: &str = "__Host-kairo-notice-8443";

/// Asks for a mail in a browser and reads it.
async fn mailed(app: &Kairo, browser: &Actor, email: &str, next: &str) -> OutboxLetter {
    app.forget_mails(email).await;
    let form = [("email", email), ("next", next), ("zone", "")];
    let answer = browser.post_form("/sign-in", &form).await;
    assert_eq!((answer.status.as_u16(), answer.location()), (303, "/sign-in/code"));
    app.letter(email).await
}

/// Presses the button of the page that the link opens.
async fn press(browser: &Actor, letter: &OutboxLetter) -> Answer {
    let token = link_token(&letter.link);
    browser.post_form("/sign-in/link", &[("token", &token), ("zone", "Europe/Rome")]).await
}

async fn type_code(browser: &Actor, code: &str) -> Answer {
    browser.post_form("/sign-in/code", &[("code", code), ("zone", "")]).await
}

/// A code that is not the one of the letter.
fn other_code(letter: &OutboxLetter) -> &'static str {
    if letter.code == "0000-0000" { "1111-1111" } else { "0000-0000" }
}

fn status(answer: &Answer) -> u16 {
    answer.status.as_u16()
}

/// Checks that the page has these words.
fn says(answer: &Answer, words: &str) {
    assert!(answer.text().contains(words), "no {words:?} in {}", answer.text());
}

/// Value and attributes of a cookie that an answer sets.
fn cookie_of(answer: &Answer, name: &str) -> Option<(String, String)> {
    let found = answer.cookies().into_iter().find(|(found, ..)| found == name);
    found.map(|(_, value, attributes)| (value, attributes))
}

/// Whether a browser may open the settings.
async fn is_in(browser: &Actor) -> bool {
    status(&browser.get("/settings/account").await) == 200
}

/// Ends every session behind the browsers' backs.
async fn end_all(app: &Kairo) {
    let end = "UPDATE authn.sessions SET revoked_at = now(), revoke_reason = 'everywhere'
                WHERE kind = 'web' AND revoked_at IS NULL";
    app.superuser().await.execute(end).await.unwrap();
}
