//! One mail with a link and a code: single use, in one browser, for ten minutes.

use kairo::accounts::bearer::{Secret, Use};
use kairo::accounts::caller;
use kairo::accounts::proofs::{Evidence, Redeemed};
use kairo::limits::{CODE_TRIES_MAX, PROOF_LIFE_S, SESSION_ABSOLUTE_S, SESSION_IDLE_S};

use super::*;

// Goal: link and code are one proof; whichever is used first spends both.
#[tokio::test]
async fn a_proof_is_spent_once() {
    let app = Kairo::start().await;
    for code_first in [false, true] {
        let (binding, letter) = asked(&app, ANA).await;
        let both = if code_first {
            [code(&letter), link(&letter)]
        } else {
            [link(&letter), code(&letter)]
        };
        let secret = signed_in(redeem(&app.base, &both[0], Some(&binding)).await);
        let person = caller(&app.base, &secret.identity()).await.unwrap();
        assert_eq!(
            (person.email.as_str(), person.settings.time_zone.as_str()),
            (ANA, "Europe/Rome")
        );
        for again in &both {
            assert!(matches!(redeem(&app.base, again, Some(&binding)).await, Redeemed::Spent));
        }
    }
    assert_eq!((count(&app, USERS).await, count(&app, LIVE_WEB).await), (1, 2));
}

// Goal: nobody has an account before the mailbox is proved (pre-account hijacking).
#[tokio::test]
async fn no_account_before_the_proof() {
    let app = Kairo::start().await;
    let (binding, letter) = asked(&app, ANA).await;
    redeem(&app.base, &wrong_code(&letter), Some(&binding)).await;
    redeem(&app.base, &link(&letter), None).await;
    let rows = "SELECT (SELECT count(*) FROM authn.users) + (SELECT count(*) FROM app.data_keys)
                     + (SELECT count(*) FROM app.settings) + (SELECT count(*) FROM authn.sessions)";
    assert_eq!(count(&app, rows).await, 0);
    signed_in(redeem(&app.base, &link(&letter), Some(&binding)).await);
    assert_eq!(count(&app, rows).await, 4);
}

// Goal: a link that another browser opens (a mail scanner, a thief) spends nothing.
#[tokio::test]
async fn another_browser_spends_nothing() {
    let app = Kairo::start().await;
    let (binding, letter) = asked(&app, ANA).await;
    let (other, _) = asked(&app, BEN).await;
    let drawn = Secret::draw(Use::Binding, &app.base.random).unwrap();
    for binding in [None, Some(&other), Some(&drawn)] {
        let opened = redeem(&app.base, &link(&letter), binding).await;
        assert!(matches!(opened, Redeemed::OtherBrowser), "{opened:?}");
    }
    // A code belongs to the browser that typed it: here it is one more guess at another proof.
    assert!(matches!(redeem(&app.base, &code(&letter), None).await, Redeemed::Spent));
    let guessed = redeem(&app.base, &code(&letter), Some(&other)).await;
    assert!(matches!(guessed, Redeemed::WrongCode { .. }), "{guessed:?}");
    assert_eq!(count(&app, LIVE_WEB).await, 0);
    signed_in(redeem(&app.base, &link(&letter), Some(&binding)).await);
}

// Goal: after five wrong codes the right one is dead, and the link with it is not: five guesses of
// forty bits say nothing about its 256.
#[tokio::test]
async fn a_code_has_five_tries() {
    let app = Kairo::start().await;
    let (binding, letter) = asked(&app, ANA).await;
    for left in (0..i32::from(CODE_TRIES_MAX)).rev() {
        let tried = redeem(&app.base, &wrong_code(&letter), Some(&binding)).await;
        assert!(
            matches!(tried, Redeemed::WrongCode { tries_left } if tries_left == left),
            "{tried:?}"
        );
    }
    let right = redeem(&app.base, &code(&letter), Some(&binding)).await;
    assert!(matches!(right, Redeemed::Spent), "a sixth try was compared");
    signed_in(redeem(&app.base, &link(&letter), Some(&binding)).await);
}

// Goal: the last of the five tries still counts.
#[tokio::test]
async fn the_fifth_try_may_be_right() {
    let app = Kairo::start().await;
    let (binding, letter) = asked(&app, ANA).await;
    for _wrong in 1..CODE_TRIES_MAX {
        redeem(&app.base, &wrong_code(&letter), Some(&binding)).await;
    }
    signed_in(redeem(&app.base, &code(&letter), Some(&binding)).await);
}

// Goal: a newer mail replaces an older one of the same browser, and ten minutes end both.
#[tokio::test]
async fn replaced_and_old_proofs_are_spent() {
    let app = Kairo::start().await;
    let (first, replaced) = asked(&app, ANA).await;
    app.forget_mails(ANA).await;
    let second = ask_from(&app, ANA, 0, Some(&first)).await.unwrap();
    let newer = app.letter(ANA).await;
    for evidence in [link(&replaced), code(&replaced)] {
        assert!(matches!(redeem(&app.base, &evidence, Some(&first)).await, Redeemed::Spent));
    }
    let age = "UPDATE authn.proofs SET expires_at = statement_timestamp()";
    app.superuser().await.execute(age).await.unwrap();
    for evidence in [link(&newer), code(&newer)] {
        assert!(matches!(redeem(&app.base, &evidence, Some(&second)).await, Redeemed::Spent));
    }
    assert!(matches!(redeem(&app.base, &link(&newer), None).await, Redeemed::Spent));
    assert_eq!(count(&app, USERS).await, 0);
}

// Goal: a proof lives ten minutes by the database's clock.
#[tokio::test]
async fn a_proof_lives_ten_minutes() {
    let app = Kairo::start().await;
    asked(&app, ANA).await;
    let life = "SELECT extract(epoch FROM expires_at - created_at)::bigint FROM authn.proofs";
    assert_eq!(count(&app, life).await, PROOF_LIFE_S);
}

// Goal: a session's ends are the database's own, and those that the limits name.
#[tokio::test]
async fn a_sessions_ends_are_the_limits() {
    let app = Kairo::start().await;
    app.member(ANA).await;
    for (end, limit) in [("idle", SESSION_IDLE_S), ("absolute", SESSION_ABSOLUTE_S)] {
        let life = format!(
            "SELECT extract(epoch FROM {end}_expires_at - created_at)::bigint FROM authn.sessions"
        );
        assert_eq!(count(&app, &life).await, limit, "{end}");
    }
}

// Goal: the column of a wrapped key holds a wrapped key and nothing longer, nor its id.
#[tokio::test]
async fn a_wrapped_key_has_its_length() {
    let app = Kairo::start().await;
    app.member(ANA).await;
    let host = app.superuser().await;
    for column in ["wrapped = wrapped || 'x'", "root_key_id = repeat('x', 37)"] {
        assert!(host.execute(&format!("UPDATE app.data_keys SET {column}")).await.is_err());
    }
    host.execute("UPDATE app.data_keys SET wrapped = wrapped, root_key_id = root_key_id")
        .await
        .unwrap();
}

// Goal: an address with an account and one without get the same answer and the same mail.
#[tokio::test]
async fn known_and_unknown_look_alike() {
    let app = Kairo::start().await;
    app.member(ANA).await;
    let ((_, known), (_, unknown)) = (asked(&app, ANA).await, asked(&app, BEN).await);
    let same = |letter: &OutboxLetter| {
        let text = letter.text.replace(&letter.link, "LINK").replace(&letter.code, "CODE");
        (letter.subject.clone(), text, letter.link.len(), letter.code.len())
    };
    assert_eq!(same(&known), same(&unknown));
    for email in [ANA, BEN] {
        assert!(matches!(ask(&app, email).await, Err(AskError::TooSoon)), "{email}");
    }
}

// Goal: only digests are kept: what the database holds of a mail opens nothing.
#[tokio::test]
async fn the_database_keeps_digests_only() {
    let app = Kairo::start().await;
    let (binding, letter) = asked(&app, ANA).await;
    let host = app.superuser().await;
    let row = host.query("SELECT p::text AS row FROM authn.proofs p", &[]).await.unwrap();
    let row: String = row.first().unwrap().get("row");
    let bare = letter.code.replace('-', "");
    for secret in [&link_token(&letter.link)[4..], &binding.reveal()[4..], &letter.code, &bare] {
        assert!(!row.contains(secret));
    }
    assert!(row.contains(ANA), "the row was not read");
    let unreadable = Evidence::Link("kl1_".to_owned());
    assert!(matches!(redeem(&app.base, &unreadable, Some(&binding)).await, Redeemed::Spent));
}

// Goal: a suspended person gets no session by a proof, and no hint of the suspension.
#[tokio::test]
async fn a_suspended_person_gets_no_session() {
    let app = Kairo::start().await;
    app.member(ANA).await;
    let host = app.superuser().await;
    host.execute("UPDATE authn.users SET suspended = true, suspended_at = now()").await.unwrap();
    app.forget_mails(ANA).await;
    let (binding, letter) = asked(&app, ANA).await;
    assert!(matches!(redeem(&app.base, &link(&letter), Some(&binding)).await, Redeemed::Spent));
    assert_eq!(count(&app, "SELECT count(*) FROM authn.sessions").await, 1);
}

// Goal: an account made on the host takes the zone of the first browser, and keeps one that was
// chosen.
#[tokio::test]
async fn the_first_browser_tells_the_zone() {
    let app = Kairo::start().await;
    app.program(ANA).await;
    let zone = "SELECT count(*) FROM app.settings WHERE time_zone = 'Europe/Rome'";
    assert_eq!(count(&app, zone).await, 0);
    let (binding, letter) = asked(&app, ANA).await;
    signed_in(redeem(&app.base, &link(&letter), Some(&binding)).await);
    assert_eq!(count(&app, zone).await, 1);
    let chosen = "UPDATE app.settings SET time_zone = 'UTC', version = 2";
    app.superuser().await.execute(chosen).await.unwrap();
    app.forget_mails(ANA).await;
    let (binding, letter) = asked(&app, ANA).await;
    signed_in(redeem(&app.base, &link(&letter), Some(&binding)).await);
    assert_eq!(count(&app, zone).await, 0);
}
