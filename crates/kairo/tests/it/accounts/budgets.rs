//! One mail a minute and five an hour to an address, whoever asks and whether it has an account or
//! not.

use kairo::limits::{PROOF_SPACING_S, PROOFS_PER_HOUR_MAX};

use super::*;

/// Lets time pass for the budget of an address.
async fn age(app: &Kairo, column: &str, seconds: i64) {
    let sql = format!(
        "UPDATE authn.proof_budgets SET {column} = {column} - make_interval(secs => {seconds})"
    );
    app.superuser().await.execute(&sql).await.unwrap();
}

// Goal: a second mail waits a whole minute; the first one stays good meanwhile.
#[tokio::test]
async fn one_mail_a_minute() {
    let app = Kairo::start().await;
    let (binding, letter) = asked(&app, ANA).await;
    assert!(matches!(ask(&app, ANA).await, Err(AskError::TooSoon)));
    age(&app, "last_at", PROOF_SPACING_S - 5).await;
    assert!(matches!(ask(&app, ANA).await, Err(AskError::TooSoon)));
    age(&app, "last_at", 5).await;
    ask(&app, ANA).await.unwrap();
    assert!(matches!(redeem(&app.base, &link(&letter), Some(&binding)).await, Redeemed::Spent));
}

// Goal: what was refused replaces nothing and counts for nothing.
#[tokio::test]
async fn a_refusal_changes_nothing() {
    let app = Kairo::start().await;
    let (binding, letter) = asked(&app, ANA).await;
    for _again in 0..10 {
        assert!(ask(&app, ANA).await.is_err());
    }
    assert_eq!(count(&app, "SELECT sent::bigint FROM authn.proof_budgets").await, 1);
    signed_in(redeem(&app.base, &link(&letter), Some(&binding)).await);
    ask(&app, BEN).await.unwrap();
}

// Goal: the sixth mail of an hour is not sent, and the next hour begins anew.
#[tokio::test]
async fn five_mails_an_hour() {
    let app = Kairo::start().await;
    for _mail in 0..PROOFS_PER_HOUR_MAX {
        ask(&app, ANA).await.unwrap();
        age(&app, "last_at", PROOF_SPACING_S).await;
    }
    assert!(matches!(ask(&app, ANA).await, Err(AskError::TooSoon)));
    age(&app, "hour_start", 3_590).await;
    assert!(matches!(ask(&app, ANA).await, Err(AskError::TooSoon)));
    age(&app, "hour_start", 10).await;
    ask(&app, ANA).await.unwrap();
    assert_eq!(count(&app, "SELECT sent::bigint FROM authn.proof_budgets").await, 1);
}

// Goal: rows of old mails go as new ones are asked for, so the table of addresses does not grow.
#[tokio::test]
async fn old_rows_go() {
    let app = Kairo::start().await;
    asked(&app, BEN).await;
    age(&app, "last_at", 86_401).await;
    let old = "UPDATE authn.proofs SET expires_at = expires_at - interval '2 days'";
    app.superuser().await.execute(old).await.unwrap();
    asked(&app, ANA).await;
    let rows = "SELECT (SELECT count(*) FROM authn.proofs) * 10
                     + (SELECT count(*) FROM authn.proof_budgets)";
    assert_eq!(count(&app, rows).await, 11);
}
