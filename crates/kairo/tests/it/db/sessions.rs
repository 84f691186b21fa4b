//! What a live session is, is decided by the database at every statement.

use kairo::accounts::{AccountError, caller};
use kairo::db::{Bearer, DbError, Host, Identity};

use super::statements::*;
use crate::guard::becomes;
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
        format!(
            "UPDATE authn.users SET suspended_at = {at}, suspended = {at} IS NOT NULL
              WHERE email_norm = 'ana@example.org'"
        )
    };
    host.execute(&suspend("now()")).await.unwrap();
    assert_ended(&app, ana.identity(), "suspended").await;
    assert_ended(&app, program.identity(), "suspended").await;
    assert_eq!(app.person(&ben).await.email, "ben@example.org");
    host.execute(&suspend("NULL")).await.unwrap();
    assert_eq!(app.person(&ana).await.email, "ana@example.org");
}

const SUSPEND: &str = "UPDATE authn.users SET suspended = true, suspended_at = now()";

// Goal: a session says of its person's suspension what the person's row says, whoever writes: the
// look at a session asks nothing else.
#[tokio::test]
async fn a_session_knows_whether_its_person_is_suspended() {
    let app = Kairo::start().await;
    let host = app.superuser().await;
    let ana = app.member("ana@example.org").await;
    let copied = "
        INSERT INTO authn.sessions (id, token_hash, user_id, kind, scopes, method, suspended)
        SELECT gen_random_uuid(), sha256('x'), user_id, 'key', '{read}', 'host', false
          FROM authn.sessions";
    let freed = "UPDATE authn.sessions SET suspended = false";
    let half = host.execute("UPDATE authn.users SET suspended_at = now()").await;
    assert!(half.is_err(), "the two columns may differ");
    host.execute(SUSPEND).await.unwrap();
    for sql in [copied, freed] {
        let refused = host.execute(sql).await.unwrap_err();
        assert!(refused.to_string().contains("user_id_suspended"), "{refused}");
    }
    let differ = "SELECT count(*) FROM authn.sessions WHERE NOT suspended";
    assert_eq!(host.query(differ, &[]).await.unwrap()[0].get::<_, i64>(0), 0);
    assert_ended(&app, ana.identity(), "suspended").await;
}

// Goal: a session that is begun beside a suspension waits for it, and is told no like a later one.
#[tokio::test]
async fn a_suspension_under_way_is_waited_for() {
    let app = Kairo::start().await;
    let host = app.superuser().await;
    app.member("ana@example.org").await;
    let begins = "SELECT authn.job_session(id, 'purge', gen_random_uuid(), sha256('x'))
                    FROM authn.users";
    host.execute(&format!("BEGIN; {SUSPEND}")).await.unwrap();
    let (other, look) = (app.superuser().await, app.superuser().await);
    let begun = tokio::spawn(async move { other.query(begins, &[]).await });
    becomes(&look, "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'", 1).await;
    host.execute("COMMIT").await.unwrap();
    assert!(!begun.await.unwrap().unwrap()[0].get::<_, bool>(0));
}

// Goal: a token that the host makes for somebody suspended works when that is over, and not before.
#[tokio::test]
async fn a_suspended_persons_token_waits() {
    let app = Kairo::start().await;
    let host = app.superuser().await;
    app.program("ana@example.org").await;
    host.execute(SUSPEND).await.unwrap();
    let program = app.program("ana@example.org").await;
    assert_ended(&app, program.identity(), "suspended").await;
    host.execute("UPDATE authn.users SET suspended = false, suspended_at = NULL").await.unwrap();
    assert_eq!(app.person(&program).await.email, "ana@example.org");
}

// Goal: what a policy asks of who asks is one look at the session, and none at the person.
#[tokio::test]
async fn a_policy_looks_at_one_row() {
    let app = Kairo::start().await;
    let mut host = app.superuser().await;
    let plan = "EXPLAIN SELECT id FROM app.items";
    let rows = host.query_as("kairo_app", plan, &[]).await.unwrap();
    let plan: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    let plan = plan.join("\n");
    assert!(plan.contains("on sessions s") && !plan.contains("users"), "{plan}");
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
