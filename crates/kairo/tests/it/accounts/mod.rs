//! Proving a mailbox, sessions, API tokens and settings, over the real database.

mod budgets;
mod doors;
mod proofs;
mod races;
mod sessions;
mod settings;
mod sources;
mod tokens;

use kairo::accounts::Base;
use kairo::accounts::bearer::Secret;
use kairo::accounts::email::Email;
use kairo::accounts::proofs::{self as verbs, AskError, Asking, Evidence, Redeemed};
use kairo::mail::OutboxLetter;

use crate::harness::actors::link_token;
use crate::harness::{Kairo, ORIGIN};

const ANA: &str = "ana@example.org";
const BEN: &str = "ben@example.org";

/// Asks for a mail, within the budgets.
async fn ask(app: &Kairo, email: &str) -> Result<Secret, AskError> {
    ask_from(app, email, 0, None).await
}

/// Likewise, from one of many sources, in a browser that may have asked before.
async fn ask_from(
    app: &Kairo,
    email: &str,
    source: u8,
    earlier: Option<&Secret>,
) -> Result<Secret, AskError> {
    let email = Email::parse(email).unwrap();
    let asking = Asking { email: &email, sources: &[[source; 32]], earlier };
    verbs::ask(&app.base, &app.site.mailer, ORIGIN, &asking).await
}

/// Asks for a mail as the first of the hour, and reads it.
async fn asked(app: &Kairo, email: &str) -> (Secret, OutboxLetter) {
    app.forget_mails(email).await;
    let binding = ask(app, email).await.unwrap();
    (binding, app.letter(email).await)
}

fn link(letter: &OutboxLetter) -> Evidence {
    Evidence::Link(link_token(&letter.link))
}

fn code(letter: &OutboxLetter) -> Evidence {
    Evidence::Code(letter.code.clone())
}

/// A code that is not the one of the letter.
fn wrong_code(letter: &OutboxLetter) -> Evidence {
    Evidence::Code(if letter.code == "0000-0000" { "1111-1111" } else { "0000-0000" }.to_owned())
}

async fn redeem(base: &Base, evidence: &Evidence, binding: Option<&Secret>) -> Redeemed {
    let (device, zone) = ("Firefox on Linux".to_owned(), "Europe/Rome".to_owned());
    verbs::redeem(base, evidence, binding, device, zone).await.unwrap()
}

fn signed_in(redeemed: Redeemed) -> Secret {
    let Redeemed::SignedIn(secret) = redeemed else { unreachable!("it came to {redeemed:?}") };
    secret
}

/// One number, past every policy.
async fn count(app: &Kairo, sql: &str) -> i64 {
    app.superuser().await.query(sql, &[]).await.unwrap().first().unwrap().get(0)
}

const USERS: &str = "SELECT count(*) FROM authn.users";
const LIVE_WEB: &str = "SELECT count(*) FROM authn.live WHERE kind = 'web'";
