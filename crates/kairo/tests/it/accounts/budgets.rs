//! One mail a minute and five an hour to an address for each source, twenty for all of them
//! together, whether it has an account or not.

use kairo::limits::{PROOF_SPACING_S, PROOFS_PER_ADDRESS_HOUR_MAX, PROOFS_PER_HOUR_MAX};

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
    ask_from(&app, ANA, 0, Some(&binding)).await.unwrap();
    assert!(matches!(redeem(&app.base, &link(&letter), Some(&binding)).await, Redeemed::Spent));
}

// Goal: a stranger who asks for a victim's mail neither spends the victim's proof nor uses up the
// victim's share of mails.
#[tokio::test]
async fn a_stranger_keeps_nobody_out() {
    let app = Kairo::start().await;
    let (binding, letter) = asked(&app, ANA).await;
    for _mail in 0..PROOFS_PER_HOUR_MAX {
        ask_from(&app, ANA, 1, None).await.unwrap();
        app.letter(ANA).await;
        age(&app, "last_at", PROOF_SPACING_S).await;
    }
    assert!(matches!(ask_from(&app, ANA, 1, None).await, Err(AskError::TooSoon)));
    signed_in(redeem(&app.base, &code(&letter), Some(&binding)).await);
    let again = ask(&app, ANA).await.unwrap();
    signed_in(redeem(&app.base, &link(&app.letter(ANA).await), Some(&again)).await);
}

// Goal: the same over the web: another browser on another network replaces nothing, the same
// browser replaces its own.
#[tokio::test]
async fn another_browser_replaces_nothing() {
    let app = Kairo::start().await;
    let (victim, mut stranger) = (app.anonymous(), app.anonymous());
    stranger.peer = ([192, 0, 2, 7], 40_000).into();
    let open = "SELECT count(*) FROM authn.proofs WHERE superseded_at IS NULL";
    for (actor, open_then) in [(&victim, 1), (&stranger, 2), (&victim, 2)] {
        assert_eq!(actor.post_form("/sign-in", &[("email", ANA)]).await.status, 303);
        assert_eq!(count(&app, open).await, open_then);
        age(&app, "last_at", PROOF_SPACING_S).await;
    }
}

// Goal: many sources together send an address twenty mails an hour, and not one more.
#[tokio::test]
async fn twenty_mails_an_hour_from_everywhere() {
    let app = Kairo::start().await;
    let sources = 0..u8::try_from(PROOFS_PER_ADDRESS_HOUR_MAX).unwrap();
    for source in sources.clone() {
        ask_from(&app, ANA, source, None).await.unwrap();
    }
    assert!(matches!(ask_from(&app, ANA, sources.end, None).await, Err(AskError::TooSoon)));
    ask_from(&app, BEN, sources.end, None).await.unwrap();
    let hour = "UPDATE authn.proof_address_budgets SET hour_start = hour_start - interval '1 hour'";
    app.superuser().await.execute(hour).await.unwrap();
    ask_from(&app, ANA, sources.end, None).await.unwrap();
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
    let old = "UPDATE authn.proofs SET expires_at = expires_at - interval '2 days';
               UPDATE authn.proof_address_budgets SET hour_start = hour_start - interval '2 days'";
    app.superuser().await.execute(old).await.unwrap();
    asked(&app, ANA).await;
    let rows = "SELECT (SELECT count(*) FROM authn.proofs) * 10
                     + (SELECT count(*) FROM authn.proof_budgets)
                     + (SELECT count(*) FROM authn.proof_address_budgets) * 100";
    assert_eq!(count(&app, rows).await, 111);
}
