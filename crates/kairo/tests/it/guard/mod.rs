//! The exact quota, over the real database: by the guard of one node and of two, and by its
//! statements with a chosen clock.

mod alerts;
mod away;
mod bounds;
mod caps;
mod ends;
mod keys;
mod killed;
mod model;
mod money;
mod states;
mod turns;
mod watch;
mod who;
mod windows;

use std::sync::atomic::{AtomicU64, Ordering};

use futures_util::future::join_all;
use kairo::db::{Bearer, Db, Host, Identity};
use kairo::guard::{
    Ask, Class, Granted, Guard, GuardParts, Plan, Plans, Refusal, Task, write_plans,
};
use uuid::Uuid;

use crate::harness::Kairo;

/// A ceiling that nothing meets.
const RICH: i64 = 1_000_000_000_000;

/// Plans of these caps, with room for everybody at once.
fn plans(month: u32, hour: u32, burst: Option<u32>) -> Plans {
    let at_once = 10_000;
    let pro = Plan { class: Class::Normal, month, hour, burst, at_once, ..Plans::default().pro };
    let free = Plan { at_once, ..Plans::default().free };
    Plans { free, pro, day_nano_max: RICH }
}

/// A Kairo whose database has these plans.
async fn kairo_with(plans: &Plans) -> Kairo {
    let app = Kairo::start().await;
    write_plans(&app.base.db.worker, plans).await.unwrap();
    app
}

/// The guard of a node of its own.
fn node(app: &Kairo, plans: &Plans, batch_max: usize) -> Guard {
    let open = Db::open(|role| app.pg_config(role), kairo::STATEMENTS, kairo::QUOTA_STATEMENTS);
    let db = open.unwrap();
    let (door, worker, clock) = (db.quota, db.worker, app.base.clock.clone());
    Guard::open(GuardParts { door, worker, clock, plans: *plans, batch_max })
}

/// Somebody on the larger plan, with an API token.
#[derive(Clone)]
struct Somebody {
    id: Uuid,
    identity: Identity,
}

/// So many of them.
async fn people(app: &Kairo, count: usize) -> Vec<Somebody> {
    let host = app.superuser().await;
    let mut out = Vec::new();
    for n in 0..count {
        let id = app.base.ids.next().unwrap();
        let mail = format!("{n}-{id}@example.org");
        let person = "INSERT INTO authn.users (id, email_norm, plan) VALUES ($1, $2, 'pro')";
        host.query(person, &[&id, &mail]).await.unwrap();
        out.push(Somebody { id, identity: session(app, &host, id, "key", "{read,write}").await });
    }
    out
}

/// One more session of somebody.
async fn session(app: &Kairo, host: &Host, who: Uuid, kind: &str, scopes: &str) -> Identity {
    let id = app.base.ids.next().unwrap();
    let mut secret = [0; 32];
    secret[..16].copy_from_slice(id.as_bytes());
    let bearer = match kind {
        "web" => Bearer::Web,
        "job" => Bearer::Job,
        _ => Bearer::Key,
    };
    let identity = Identity::from_secret(&secret, bearer);
    let made = "INSERT INTO authn.sessions (id, token_hash, user_id, kind, scopes, method, purpose,
                    idle_expires_at, absolute_expires_at)
                SELECT $1, $2, $3, $4, $5::text::text[], 'host',
                       CASE WHEN $4 = 'job' THEN 'purge' END,
                       CASE WHEN $4 = 'web' THEN now() + interval '1 day' END,
                       CASE WHEN $4 <> 'key' THEN now() + interval '10 minutes' END";
    let hash = identity.token_hash().to_vec();
    host.query(made, &[&id, &hash, &who, &kind, &scopes]).await.unwrap();
    identity
}

/// A key that nobody used.
fn new_key() -> Uuid {
    static NEXT: AtomicU64 = AtomicU64::new(1 << 32);
    Uuid::from_u64_pair(1, NEXT.fetch_add(1, Ordering::Relaxed))
}

fn ask() -> Ask {
    with_key(new_key())
}

fn with_key(key: Uuid) -> Ask {
    Ask { key, task: Task::Chat, nano_max: 100 }
}

/// Brings requests to their guards, all at once.
async fn rush(asked: Vec<(Guard, Identity, Ask)>) -> Vec<Result<Granted, Refusal>> {
    let tasks = asked.into_iter().map(|(guard, identity, ask)| {
        tokio::spawn(async move { guard.reserve(&identity, ask).await })
    });
    join_all(tasks).await.into_iter().map(Result::unwrap).collect()
}

/// The grants; whatever else came must be a used-up quota.
fn grants(came: Vec<Result<Granted, Refusal>>) -> Vec<Granted> {
    let mut out = Vec::new();
    for one in came {
        match one {
            Ok(granted) => out.push(granted),
            Err(Refusal::Quota { .. }) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
    out
}

/// One number, past every policy.
pub async fn number(host: &Host, sql: &str) -> i64 {
    host.query(sql, &[]).await.unwrap().first().unwrap().get(0)
}

/// Waits for what the database says at last.
pub async fn becomes(host: &Host, sql: &str, expected: i64) {
    for _look in 0..1_000 {
        if number(host, sql).await == expected {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    panic!("{sql} never came to {expected}");
}

/// What a person has used this hour and month.
async fn used(host: &Host, who: &Somebody) -> (i32, i32) {
    let ask = "SELECT hour_used, month_used FROM guard.quotas WHERE user_id = $1";
    let rows = host.query(ask, &[&who.id]).await.unwrap();
    rows.first().map_or((0, 0), |row| (row.get(0), row.get(1)))
}

/// Nobody's counter differs from the ledger, no money is nowhere, and nothing waited in a circle.
pub async fn is_sound(host: &Host) {
    assert_eq!(number(host, "SELECT count(*) FROM guard.drift()").await, 0);
    // That looks at the last weeks, and tests at days of their own.
    let drifted = "
        SELECT count(*) FROM guard.quotas q
         WHERE q.month_used <> (
               SELECT coalesce(sum(r.cost), 0) FROM guard.reservations r
                WHERE r.user_id = q.user_id AND r.month_start = q.month_start AND r.state <> 'X')
            OR q.hour_used <> (
               SELECT coalesce(sum(r.cost), 0) FROM guard.reservations r
                WHERE r.user_id = q.user_id AND r.hour_start = q.hour_start AND r.state <> 'X')";
    assert_eq!(number(host, drifted).await, 0, "a counter is not the sum of the ledger");
    let nowhere = "
        SELECT ((SELECT coalesce(sum(granted_nano), 0) FROM guard.days)
                - (SELECT coalesce(sum(left_nano), 0) FROM guard.slices)
                - (SELECT coalesce(sum(nano_max), 0) FROM guard.reservations WHERE state = 'R')
                - (SELECT coalesce(sum(cost_nano), 0) FROM guard.usage_hours))::bigint";
    assert_eq!(number(host, nowhere).await, 0, "money is nowhere");
    let circles = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()";
    assert_eq!(number(host, circles).await, 0, "somebody waited in a circle");
}

/// What the statement answers with a chosen clock.
#[derive(Debug, PartialEq, Eq)]
struct Said {
    verdict: String,
    small: Option<bool>,
    reservation: Option<Uuid>,
}

/// The statement itself, for somebody on the larger plan.
async fn at(host: &Host, who: Uuid, key: Uuid, cost: i32, nano: i64, now: &str) -> Said {
    let ask = "SELECT verdict, small, reservation
                 FROM guard.reserve_at($1, 'pro', $2, $3, 'chat', $4, $5::text::timestamptz)";
    let rows = host.query(ask, &[&who, &key, &cost, &nano, &now]).await.unwrap();
    let row = rows.first().unwrap();
    Said { verdict: row.get(0), small: row.get(1), reservation: row.get(2) }
}

/// Replaces a part of a database function, as somebody would who did not know why it is there.
async fn unguard(host: &Host, function: &str, guarded: &str, unguarded: &str) {
    let ask = format!("SELECT pg_get_functiondef('{function}'::regproc)");
    let whole: String = host.query(&ask, &[]).await.unwrap().first().unwrap().get(0);
    assert_eq!(whole.matches(guarded).count(), 1, "{function} has no such guard any more");
    host.execute(&whole.replace(guarded, unguarded)).await.unwrap();
}
