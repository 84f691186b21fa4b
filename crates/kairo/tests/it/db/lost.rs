//! A connection whose COMMIT was not seen serves nobody again.

use std::time::Duration;

use futures_util::FutureExt as _;
use kairo::db::DbError;
use tokio::time::{sleep, timeout};

use super::statements::*;
use crate::harness::Kairo;

// Goal: a request that is dropped after its first poll (its client went away) leaves no connection
// with its identity: the pool makes another one.
#[tokio::test]
async fn a_dropped_future_leaves_no_identity() {
    let app = Kairo::start().await;
    let ana = app.member("ana@example.org").await;
    let door = door(&app);
    let before = nobody_is_nobody(&door).await;
    let asked = door.read(Some(ana.identity()), Sleep { s: 0.2 }).now_or_never();
    assert!(asked.is_none(), "the first poll ended it");
    let after = nobody_is_nobody(&door).await;
    assert_ne!(before, after, "the connection was reused before its COMMIT was seen");
    // The same while the server is at work.
    let asked =
        timeout(Duration::from_millis(50), door.read(Some(ana.identity()), Sleep { s: 0.2 }));
    assert!(asked.await.is_err());
    assert_ne!(nobody_is_nobody(&door).await, after);
}

// Goal: a write that is dropped happens whole: its COMMIT left with it.
#[tokio::test]
async fn a_dropped_write_is_whole() {
    let app = Kairo::start().await;
    let ana = app.member("ana@example.org").await;
    let door = door(&app);
    nobody_is_nobody(&door).await;
    let first = ZoneSet { zone: "Europe/Rome".to_owned() };
    let batch = (first, Sleep { s: 0.1 }, ZoneSet { zone: "Europe/Oslo".to_owned() });
    assert!(door.write(Some(ana.identity()), batch).now_or_never().is_none());
    let mut zones = Vec::new();
    for _look in 0..1_000 {
        zones.push(zone(&door, &ana).await);
        if zones.last().is_some_and(|zone| zone != "UTC") {
            break;
        }
        sleep(Duration::from_millis(5)).await;
    }
    zones.dedup();
    assert_eq!(zones, ["UTC", "Europe/Oslo"]);
}

// Goal: when the server drops a connection before COMMIT, nothing was written, the caller is told
// to try again, and the connection is gone.
#[tokio::test]
async fn a_killed_backend_commits_nothing() {
    let app = Kairo::start().await;
    let ana = app.member("ana@example.org").await;
    let (door, host) = (door(&app), app.superuser().await);
    let before = nobody_is_nobody(&door).await;
    let batch = (ZoneSet { zone: "Europe/Rome".to_owned() }, Sleep { s: 30.0 });
    let (written, killed) = tokio::join!(door.write(Some(ana.identity()), batch), async {
        let pid = until_asleep(&host).await;
        host.query("SELECT pg_terminate_backend($1)", &[&pid]).await.unwrap();
        pid
    });
    assert!(matches!(written, Err(DbError::Unavailable(_))), "{:?}", written.err());
    assert_eq!(killed, before);
    assert_ne!(nobody_is_nobody(&door).await, before);
    assert_eq!(zone(&door, &ana).await, "UTC");
}

// Goal: connections that the server closed while they were idle are found out before they are used.
#[tokio::test]
async fn idle_connections_that_died_are_replaced() {
    let app = Kairo::start().await;
    let (door, host) = (door(&app), app.superuser().await);
    let before = nobody_is_nobody(&door).await;
    host.query("SELECT pg_terminate_backend($1, 1000)", &[&before]).await.unwrap();
    sleep(Duration::from_millis(50)).await;
    assert_ne!(nobody_is_nobody(&door).await, before);
}
