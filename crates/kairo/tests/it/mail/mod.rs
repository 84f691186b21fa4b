//! Mail on its way out: the queue, the ways by which letters leave it, and what is heard of them.

mod queue;
mod resend;
mod smtp;
mod webhooks;

use std::time::Duration;

use kairo::accounts::email::Email;
use kairo::accounts::proofs::{self, AskError, Asking};

use crate::harness::resend::Scripted;
use crate::harness::{Kairo, ORIGIN};

const ANA: &str = "ana@example.org";
const BEN: &str = "ben@example.org";

/// A Kairo whose mail goes to a scripted Resend.
async fn with_resend() -> (Kairo, Scripted) {
    let resend = Scripted::start().await;
    let carrier = resend.carrier();
    let app = Kairo::start_with(|settings| settings.carrier = Some(carrier)).await;
    (app, resend)
}

/// A Kairo whose letters stay in the queue.
async fn undelivered() -> Kairo {
    Kairo::start_with(|settings| settings.delivers = false).await
}

/// Asks for a mail, within the budgets.
async fn ask(app: &Kairo, email: &str) -> Result<(), AskError> {
    app.forget_mails(email).await;
    let email = Email::parse(email).unwrap();
    let asking = Asking { email: &email, sources: &[[0; 32]], earlier: None };
    proofs::ask(&app.base, &app.site.mailer, ORIGIN, &asking).await.map(drop)
}

/// What the queue holds of a letter.
#[derive(Debug, PartialEq, Eq)]
struct Row {
    id: String,
    state: String,
    error: Option<String>,
    attempts: i16,
    is_sealed: bool,
    provider_id: Option<String>,
    fate: Option<String>,
}

/// Every letter, the oldest first.
async fn rows(app: &Kairo) -> Vec<Row> {
    let sql = "SELECT id::text, state, last_error, attempts, sealed IS NOT NULL, provider_id, fate
                 FROM mail.letters ORDER BY created_at, id";
    let rows = app.superuser().await.query(sql, &[]).await.unwrap();
    let read = |row: &tokio_postgres::Row| Row {
        id: row.get(0),
        state: row.get(1),
        error: row.get(2),
        attempts: row.get(3),
        is_sealed: row.get(4),
        provider_id: row.get(5),
        fate: row.get(6),
    };
    rows.iter().map(read).collect()
}

/// The newest letter, once it has this state.
async fn comes_to(app: &Kairo, state: &str) -> Row {
    for _look in 0..1_000 {
        if let Some(row) = rows(app).await.pop().filter(|row| row.state == state) {
            return row;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    unreachable!("no letter came to {state}: {:?}", rows(app).await)
}

/// Changes rows behind everybody's back.
async fn plant(app: &Kairo, sql: &str) {
    app.superuser().await.execute(sql).await.unwrap();
}

/// Makes what waits for its next attempt due, and says so.
async fn hurry(app: &Kairo) {
    plant(app, "UPDATE mail.letters SET next_attempt_at = now() WHERE state = 'queued'").await;
    app.site.mailer.wake();
}
