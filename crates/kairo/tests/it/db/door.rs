//! One batch is one transaction: all of it or nothing, as the caller or as nobody.

use std::time::{Duration, Instant};

use futures_util::future::{join, join_all};
use kairo::db::{App, DbError, Door};
use kairo::limits::{DB_BATCH_MAX, DB_LOCK_MS_MAX, DB_POOL_MAX, DB_STATEMENT_MS_MAX, DB_WAIT_MAX};
use tokio::time::sleep;

use super::registry::sign_in;
use super::statements::*;
use crate::harness::Kairo;

// Goal: the very first use of a door has its identity (unprepared, the query would run after
// COMMIT).
#[tokio::test]
async fn a_cold_connection_knows_the_caller() {
    let app = Kairo::start().await;
    let ana = app.member("ana@example.org").await;
    let me = door(&app).read(Some(ana.identity()), Me {}).await.unwrap();
    assert_eq!(me[0].user_id, app.person(&ana).await.user_id);
}

// Goal: the identity ends with its transaction; the next user of the connection is who they are.
#[tokio::test]
async fn an_identity_does_not_outlive_its_transaction() {
    let app = Kairo::start().await;
    let (ana, ben) = (app.member("ana@example.org").await, app.member("ben@example.org").await);
    let door = door(&app);
    let (me, first) = door.read(Some(ana.identity()), (Me {}, Backend {})).await.unwrap();
    let second = nobody_is_nobody(&door).await;
    let (other, third) = door.read(Some(ben.identity()), (Me {}, Backend {})).await.unwrap();
    assert_eq!((first[0].n, second), (second, third[0].n), "the connection was not reused");
    assert_ne!(me[0].user_id, other[0].user_id);
}

// Goal: the identity is set inside its transaction by the server too, so that a connection which
// another pooler hands on (PgBouncer between transactions) carries nobody with it.
#[tokio::test]
async fn the_identity_is_the_transactions_own() {
    let app = Kairo::start().await;
    let statement = door(&app).read(None, SetIdentity {}).await.unwrap().remove(0).text;
    let bare = sign_in(&app, "kairo_app").await;
    let setting = async || -> String {
        let ask = "SELECT coalesce(current_setting('kairo.session', true), '')";
        bare.query_one(ask, &[]).await.unwrap().get(0)
    };
    bare.batch_execute("BEGIN").await.unwrap();
    bare.query(&statement, &[&"web:somebody"]).await.unwrap();
    assert_eq!(setting().await, "web:somebody");
    bare.batch_execute("COMMIT").await.unwrap();
    assert_eq!(setting().await, "");
}

mod unknown {
    kairo::queries! {
        App Stranger {} -> super::Number = "SELECT 7 AS n";
    }
}

// Goal: a statement outside the registry fails aloud before anything is sent.
#[tokio::test]
async fn an_unregistered_statement_is_refused() {
    let app = Kairo::start().await;
    let ana = app.member("ana@example.org").await;
    let door = door(&app);
    let before = nobody_is_nobody(&door).await;
    let zone_set = ZoneSet { zone: "Europe/Rome".to_owned() };
    let batch = (zone_set, unknown::Stranger {});
    let refused = door.write(Some(ana.identity()), batch).await;
    assert!(matches!(refused, Err(DbError::Misfit { statement: "Stranger", .. })));
    assert_eq!(nobody_is_nobody(&door).await, before);
    assert_eq!(zone(&door, &ana).await, "UTC");
    let known = Door::<App>::open(app.pg_config("kairo_app"), &[unknown::REGISTRY]).unwrap();
    assert_eq!(known.read(None, unknown::Stranger {}).await.unwrap()[0].n, 7);
}

// Goal: what fails in the middle takes everything with it, and leaves no identity.
#[tokio::test]
async fn a_failing_member_rolls_all_back() {
    let app = Kairo::start().await;
    let ana = app.member("ana@example.org").await;
    let door = door(&app);
    let before = nobody_is_nobody(&door).await;
    for divisor in [0, 1] {
        let zone_set = ZoneSet { zone: "Europe/Rome".to_owned() };
        let batch = (zone_set, DivideBy { n: divisor }, Echo { n: 1 });
        let done = door.write(Some(ana.identity()), batch).await;
        assert_eq!(done.is_ok(), divisor == 1);
        assert_eq!(nobody_is_nobody(&door).await, before);
        let kept = if divisor == 1 { "Europe/Rome" } else { "UTC" };
        assert_eq!(zone(&door, &ana).await, kept);
    }
}

// Goal: a parameter that cannot be encoded stops the batch on this side.
#[tokio::test]
async fn an_unencodable_parameter_sends_nothing() {
    let app = Kairo::start().await;
    let ana = app.member("ana@example.org").await;
    let door = door(&app);
    let before = nobody_is_nobody(&door).await;
    let batch = (ZoneSet { zone: "Europe/Rome".to_owned() }, Unencoded { it: Unencodable });
    let refused = door.write(Some(ana.identity()), batch).await;
    assert!(matches!(refused, Err(DbError::Misfit { statement: "Unencoded", .. })));
    assert_eq!(nobody_is_nobody(&door).await, before);
    assert_eq!(zone(&door, &ana).await, "UTC");
}

mod misfits {
    kairo::rows! { Wrong { user_id: i32 } Renamed { other: uuid::Uuid } }
    pub mod column {
        kairo::queries! { App Column {} -> super::Wrong = "SELECT user_id FROM authn.me"; }
    }
    pub mod name {
        kairo::queries! { App Name {} -> super::Renamed = "SELECT user_id FROM authn.me"; }
    }
    pub mod param {
        kairo::queries! { App Param { n: i64 } -> super::super::Number = "SELECT $1::int4 AS n"; }
    }
    pub mod count {
        kairo::queries! { App Count {} -> kairo::db::Nothing = "SELECT 1 AS n"; }
    }
}

// Goal: a Rust type that does not fit is found when the connection is made, whatever is then asked.
#[tokio::test]
async fn a_wrong_type_is_refused_at_connecting() {
    let app = Kairo::start().await;
    for (registry, name) in [
        (misfits::column::REGISTRY, "Column"),
        (misfits::name::REGISTRY, "Name"),
        (misfits::param::REGISTRY, "Param"),
        (misfits::count::REGISTRY, "Count"),
    ] {
        let door = Door::<App>::open(app.pg_config("kairo_app"), &[REGISTRY, registry]).unwrap();
        let refused = door.read(None, Me {}).await;
        assert!(
            matches!(refused, Err(DbError::Misfit { statement, .. }) if statement == name),
            "{name} was taken"
        );
    }
}

// Goal: a batch keeps its order up to the limit, and one past it is refused with nothing sent.
#[tokio::test]
async fn a_batch_has_a_limit() {
    let app = Kairo::start().await;
    let door = door(&app);
    let count = i32::try_from(DB_BATCH_MAX).unwrap();
    let batch: Vec<Echo> = (0..count).map(|n| Echo { n }).collect();
    let answers = door.read(None, batch).await.unwrap();
    assert!(answers.iter().zip(0..).all(|(rows, n)| rows[0].n == n));
    assert_eq!(answers.len(), DB_BATCH_MAX);
    let before = nobody_is_nobody(&door).await;
    let batch: Vec<Echo> = (0..=count).map(|n| Echo { n }).collect();
    assert!(matches!(door.read(None, batch).await, Err(DbError::Misfit { .. })));
    assert_eq!(nobody_is_nobody(&door).await, before);
}

// Goal: a pool has so many connections; one more request waits for one of them and is served.
#[tokio::test]
async fn a_pool_has_a_limit() {
    let app = Kairo::start().await;
    let door = door(&app);
    let sleeps = (0..=DB_POOL_MAX).map(|_| door.read(None, (Backend {}, Sleep { s: 0.3 })));
    let backends = join_all(sleeps).await;
    let mut backends: Vec<i32> = backends.into_iter().map(|row| row.unwrap().0[0].n).collect();
    assert_eq!(backends.len(), DB_POOL_MAX + 1);
    backends.sort_unstable();
    backends.dedup();
    assert_eq!(backends.len(), DB_POOL_MAX);
}

// Goal: a batch for reading cannot write, neither by a statement nor inside a function.
#[tokio::test]
async fn reading_does_not_write() {
    let app = Kairo::start().await;
    let ana = app.member("ana@example.org").await;
    let door = door(&app);
    let zone_set = || ZoneSet { zone: "Europe/Rome".to_owned() };
    assert!(door.read(Some(ana.identity()), zone_set()).await.is_err());
    assert_eq!(zone(&door, &ana).await, "UTC");
    let sign_out = kairo::accounts::queries::SessionRevoke { id: None };
    assert!(app.base.db.app.read(Some(ana.identity()), sign_out).await.is_err());
    assert_eq!(app.person(&ana).await.email, "ana@example.org");
    door.write(Some(ana.identity()), zone_set()).await.unwrap();
    assert_eq!(zone(&door, &ana).await, "Europe/Rome");
}

// Goal: statements of another role do not even reach a door's connections.
#[tokio::test]
async fn a_door_prepares_its_own_role_only() {
    let app = Kairo::start().await;
    let registry = kairo::STATEMENTS;
    let login = Door::<kairo::db::Login>::open(app.pg_config("kairo_login"), registry).unwrap();
    let none: Option<kairo::accounts::queries::ProofAsk> = None;
    assert!(login.read(None, none).await.is_ok());
    // The same registry as kairo_login for kairo_app's door: its statements are not allowed there.
    let wrong = Door::<App>::open(app.pg_config("kairo_login"), registry).unwrap();
    assert!(matches!(wrong.read(None, Me {}).await, Err(DbError::Refused)));
}

// Goal: a statement ends at its time, and a caller who waits longer for a connection than is
// allowed is told that the database is not to be had.
#[tokio::test]
async fn a_statement_and_a_wait_have_their_time() {
    let app = Kairo::start().await;
    let door = door(&app);
    let long = f64::from(DB_STATEMENT_MS_MAX) / 1_000.0 + 1.0;
    let began = Instant::now();
    let busy = join_all((0..DB_POOL_MAX).map(|_| door.read(None, Sleep { s: long })));
    let waits = async {
        sleep(Duration::from_millis(300)).await;
        let late = door.read(None, Backend {}).await;
        (late, began.elapsed())
    };
    let (busy, (late, waited)) = join(busy, waits).await;
    assert!(busy.iter().all(Result::is_err), "a statement ran past its time");
    assert!(matches!(late, Err(DbError::Unavailable(_))));
    assert!(waited >= DB_WAIT_MAX && waited < Duration::from_millis(DB_STATEMENT_MS_MAX.into()));
}

// Goal: a statement that waits for another's lock gives up before its own time is over.
#[tokio::test]
async fn a_wait_for_a_lock_has_its_time() {
    let app = Kairo::start().await;
    let ana = app.member("ana@example.org").await;
    let door = door(&app);
    let host = app.superuser().await;
    host.execute("BEGIN; LOCK TABLE app.settings").await.unwrap();
    let began = Instant::now();
    let zone = ZoneSet { zone: "UTC".to_owned() };
    assert!(door.write(Some(ana.identity()), zone).await.is_err());
    let waited = began.elapsed();
    assert!(waited >= Duration::from_millis(DB_LOCK_MS_MAX.into()), "{waited:?}");
    assert!(waited < Duration::from_millis(DB_STATEMENT_MS_MAX.into()), "{waited:?}");
}
