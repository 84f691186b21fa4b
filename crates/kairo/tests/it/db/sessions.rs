//! What a live session is, is decided by the database at every statement.

use kairo::accounts::{AccountError, caller};
use kairo::db::{Bearer, DbError, Host, Identity};

use super::statements::*;
use crate::harness::Kairo;
use crate::harness::actors::Actor;

/// Changes the session row of an actor, past every policy.
async fn change(host: &Host, actor: &Actor, set: &str) {
    let sql = format!("UPDATE authn.sessions SET {set} WHERE token_hash = $1 RETURNING id");
    let hash = actor.identity().token_hash();
    assert_eq!(host.query(&sql, &[&hash.as_slice()]).await.unwrap().len(), 1);
}

async fn assert_ended(app: &Kairo, identity: &Identity, why: &str) {
    assert_eq!(door(app).read(Some(identity), Me {}).await.unwrap().len(), 0, "{why}");
    assert_eq!(door(app).read(Some(identity), ZoneOf {}).await.unwrap().len(), 0, "{why}");
    let known = caller(&app.base, identity).await;
    assert!(matches!(known, Err(AccountError::SessionEnded)), "{why}");
}

// Goal: each way in which a session ends ends it at once, with no rows and the one error.
#[tokio::test]
async fn ended_sessions_see_nothing() {
    let app = Kairo::start().await;
    let host = app.superuser().await;
    for set in [
        "idle_expires_at = statement_timestamp()",
        "absolute_expires_at = statement_timestamp()",
        "revoked_at = statement_timestamp(), revoke_reason = 'sign_out'",
    ] {
        let ana = app.member("ana@example.org").await;
        assert_eq!(app.person(&ana).await.email, "ana@example.org");
        change(&host, &ana, set).await;
        assert_ended(&app, ana.identity(), set).await;
    }
}

// Goal: a suspended person's bearers of every kind are dead, and live again afterwards.
#[tokio::test]
async fn the_suspended_see_nothing() {
    let app = Kairo::start().await;
    let host = app.superuser().await;
    let (ana, program) =
        (app.member("ana@example.org").await, app.program("ana@example.org").await);
    let ben = app.member("ben@example.org").await;
    let suspend = |at: &str| {
        format!("UPDATE authn.users SET suspended_at = {at} WHERE email_norm = 'ana@example.org'")
    };
    host.execute(&suspend("now()")).await.unwrap();
    assert_ended(&app, ana.identity(), "suspended").await;
    assert_ended(&app, program.identity(), "suspended").await;
    assert_eq!(app.person(&ben).await.email, "ben@example.org");
    host.execute(&suspend("NULL")).await.unwrap();
    assert_eq!(app.person(&ana).await.email, "ana@example.org");
}

// Goal: an API token lives without an idle end, and ends at its absolute one.
#[tokio::test]
async fn expired_tokens_see_nothing() {
    let app = Kairo::start().await;
    let program = app.program("ana@example.org").await;
    assert!(app.person(&program).await.may_write);
    let host = app.superuser().await;
    change(&host, &program, "absolute_expires_at = statement_timestamp()").await;
    assert_ended(&app, program.identity(), "an expired token").await;
}

// Goal: neither a guessed secret, nor no secret, nor the digest that the table keeps is anybody.
#[tokio::test]
async fn the_forged_and_the_empty_are_nobody() {
    let app = Kairo::start().await;
    let ana = app.member("ana@example.org").await;
    assert_ended(&app, &Identity::from_secret(&[0; 32], Bearer::Web), "a guess").await;
    assert_ended(&app, &Identity::from_secret(&ana.identity().token_hash(), Bearer::Web), "a dump")
        .await;
    nobody_is_nobody(&door(&app)).await;
    // The digest of the empty setting names nobody, because no row can have it.
    let plant = "UPDATE authn.sessions SET token_hash = sha256(''::bytea)";
    let planted = app.superuser().await.execute(plant).await;
    assert!(matches!(planted, Err(DbError::Constraint { .. })));
}

// Goal: a revocation holds at the next statement, also inside a transaction that is open already.
#[tokio::test]
async fn a_revocation_reaches_an_open_transaction() {
    let app = Kairo::start().await;
    let (host, ana) = (app.superuser().await, app.member("ana@example.org").await);
    let door = door(&app);
    let zone_set = ZoneSet { zone: "Europe/Rome".to_owned() };
    let batch = (Me {}, Sleep { s: 0.3 }, Me {}, ZoneOf {}, zone_set);
    let (seen, ()) = tokio::join!(door.write(Some(ana.identity()), batch), async {
        until_asleep(&host).await;
        change(&host, &ana, "revoked_at = now(), revoke_reason = 'everywhere'").await;
    });
    let (before, _, after, zones, _) = seen.unwrap();
    assert_eq!((before.len(), after.len(), zones.len()), (1, 0, 0));
    let zones = host.query("SELECT time_zone FROM app.settings", &[]).await.unwrap();
    assert_eq!(zones[0].get::<_, String>(0), "UTC");
}

// Goal: a session that runs out inside a transaction ends there (`now()` would stand still).
#[tokio::test]
async fn an_end_reaches_an_open_transaction() {
    let app = Kairo::start().await;
    let (host, ana) = (app.superuser().await, app.member("ana@example.org").await);
    let soon = "idle_expires_at = statement_timestamp() + interval '1 s'";
    let door = door(&app);
    nobody_is_nobody(&door).await;
    change(&host, &ana, soon).await;
    let batch = (Me {}, Sleep { s: 1.1 }, Me {});
    let (before, _, after) = door.read(Some(ana.identity()), batch).await.unwrap();
    assert_eq!((before.len(), after.len()), (1, 0));
}
