//! How calls end: settled, given back, expired, each once; and what nobody says.

use futures_util::FutureExt as _;
use kairo::guard::queries::{GuardPurge, LogAttempts, Settle};
use kairo::guard::sweep::{compare, sweep};
use kairo::guard::{Attempt, Channel, Outcome, Settlement};
use kairo::limits::GUARD_PURGE_ROWS;

use super::*;

/// State and cost of the one call of the ledger.
async fn the_call(host: &Host) -> (String, i64) {
    let ask = "SELECT r.state::text, coalesce(u.cost_nano, 0) FROM guard.reservations r
                 LEFT JOIN guard.usage_hours u ON u.user_id = r.user_id AND u.hour = r.hour_start";
    let rows = host.query(ask, &[]).await.unwrap();
    assert_eq!(rows.len(), 1);
    (rows[0].get(0), rows[0].get(1))
}

// Goal: a permit that is dropped before anything was sent is given back, and one that is dropped
// afterwards stays charged at the most that it could cost.
#[tokio::test]
async fn dropped_permits() {
    for (began, end) in [(false, ("X", 0)), (true, ("S", 100))] {
        let plans = plans(10, 10, None);
        let app = kairo_with(&plans).await;
        let (who, node) = (people(&app, 1).await.remove(0), node(&app, &plans, 1));
        let mut granted = node.reserve(&who.identity, ask()).await.unwrap();
        if began {
            granted.permit.begin();
        }
        drop(granted);
        node.flush().await;
        let host = app.superuser().await;
        assert_eq!(the_call(&host).await, (end.0.to_owned(), end.1));
        assert_eq!(used(&host, &who).await.0, i32::from(began));
        is_sound(&host).await;
    }
}

// Goal: a call ends once, whatever is said of it afterwards.
#[tokio::test]
async fn once() {
    let app = kairo_with(&plans(10, 10, None)).await;
    let (host, who) = (app.superuser().await, people(&app, 1).await.remove(0));
    for (first, count) in [("settle", 1), ("release", 0), ("sweep", 1)] {
        host.execute("DELETE FROM guard.reservations; UPDATE guard.quotas SET month_used = 0")
            .await
            .unwrap();
        let id = at(&host, who.id, new_key(), 1, 100, "2026-11-01Z").await.reservation.unwrap();
        let settle =
            format!("SELECT guard.settle('{{{id},{id}}}', '{{7,7}}', '{{1,1}}', '{{1,1}}')");
        let release = format!("SELECT guard.release('{id}')::integer");
        let sweep = "SELECT guard.sweep()".to_owned();
        let of = |name: &str| match name {
            "settle" => settle.clone(),
            "release" => release.clone(),
            _ => sweep.clone(),
        };
        let done = async |sql: String| -> i32 { host.query(&sql, &[]).await.unwrap()[0].get(0) };
        assert_eq!(done(of(first)).await, 1, "{first}");
        for later in ["settle", "release", "sweep"] {
            assert_eq!(done(of(later)).await, 0, "{later} after {first}");
        }
        let month = "SELECT month_used::bigint FROM guard.quotas";
        assert_eq!(number(&host, month).await, count, "{first}");
    }
}

// Goal: a settlement takes its calls in the order of their keys, however they are told: while it
// waits for the first it holds no other, so that two of them cannot wait in a circle.
#[tokio::test]
async fn settled_in_order() {
    let app = kairo_with(&plans(100, 100, None)).await;
    let (host, who) = (app.superuser().await, people(&app, 1).await.remove(0));
    for _ in 0..20 {
        at(&host, who.id, new_key(), 1, 100, "2026-11-01Z").await;
    }
    let first = "SELECT FROM guard.reservations ORDER BY id LIMIT 1 FOR UPDATE";
    host.execute(&format!("BEGIN; {first}")).await.unwrap();
    let other = app.superuser().await;
    let settling = tokio::spawn(async move {
        let one = "array_agg(1::bigint)";
        let ids = "array_agg(id ORDER BY id DESC)";
        let settle = format!("SELECT guard.settle({ids}, {one}, {one}, {one})::bigint");
        number(&other, &format!("{settle} FROM guard.reservations")).await
    });
    let waits = "SELECT count(*) FROM pg_stat_activity
                  WHERE wait_event_type = 'Lock' AND datname = current_database()";
    becomes(&app.superuser().await, waits, 1).await;
    let free = "SELECT count(*) FROM (SELECT FROM guard.reservations FOR UPDATE SKIP LOCKED) free";
    assert_eq!(number(&host, free).await, 20);
    host.execute("COMMIT").await.unwrap();
    assert_eq!(settling.await.unwrap(), 20);
}

// Goal: that is the state's doing: without it, a credit is given back twice.
#[tokio::test]
async fn unguarded_twice() {
    let app = kairo_with(&plans(10, 10, None)).await;
    let (host, who) = (app.superuser().await, people(&app, 1).await.remove(0));
    host.execute("ALTER POLICY reservations_update_guard ON guard.reservations USING (true)")
        .await
        .unwrap();
    unguard(&host, "guard.release", "o.id = p_id AND o.state = 'R'", "o.id = p_id").await;
    // Drift is looked for in windows of the last weeks.
    let now = app.base.clock.now().to_string();
    at(&host, who.id, new_key(), 1, 0, &now).await;
    let id = at(&host, who.id, new_key(), 1, 0, &now).await.reservation.unwrap();
    for _time in 0..2 {
        host.query("SELECT guard.release($1)", &[&id]).await.unwrap();
    }
    assert_eq!(number(&host, "SELECT count(*) FROM guard.drift()").await, 2);
}

// Goal: a credit goes back only into windows that still run.
#[tokio::test]
async fn after_a_rollover() {
    let app = kairo_with(&plans(10, 10, None)).await;
    let host = app.superuser().await;
    for (later, left) in [
        ("2026-11-05 11:00Z", (1, 1)),
        ("2026-12-01 00:00Z", (1, 1)),
        ("2026-11-05 10:59Z", (1, 1)),
    ] {
        let who = people(&app, 1).await.remove(0);
        let first = at(&host, who.id, new_key(), 1, 0, "2026-11-05 10:00Z").await;
        at(&host, who.id, new_key(), 1, 0, later).await;
        host.query("SELECT guard.release($1)", &[&first.reservation]).await.unwrap();
        assert_eq!(used(&host, &who).await, left, "{later}");
    }
    is_sound(&host).await;
}

// Goal: giving back and repeating the same key at once wait in no circle, and end exact.
#[tokio::test]
async fn giving_back_beside_repeating() {
    let app = kairo_with(&plans(10_000, 10_000, None)).await;
    let who = people(&app, 1).await.remove(0).id;
    let keys: Vec<Uuid> = (0..60).map(|_| new_key()).collect();
    let clients = (0..6).map(async |n| {
        let host = app.superuser().await;
        for key in &keys {
            let said = at(&host, who, *key, 1, 5, "2026-11-01Z").await;
            if n % 2 == 0 {
                let id = "encode(substring(sha256(uuid_send($1) || uuid_send($2)) FOR 16), 'hex')";
                let release = format!("SELECT guard.release({id}::uuid)");
                host.query(&release, &[&who, key]).await.unwrap();
            }
            assert!(["granted", "replay"].contains(&said.verdict.as_str()), "{said:?}");
        }
    });
    join_all(clients).await;
    is_sound(&app.superuser().await).await;
}

// Goal: two nodes that give back the calls of the same people in opposite order, while batches
// reserve for them, wait in no circle.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn giving_back_in_opposite_order() {
    let plans = plans(100_000, 100_000, None);
    let app = kairo_with(&plans).await;
    let (people, host) = (people(&app, 12).await, app.superuser().await);
    let nodes = [node(&app, &plans, 64), node(&app, &plans, 64)];
    for _round in 0..6 {
        let one = |n: usize| (nodes[n % 2].clone(), people[n / 2 % 12].identity.clone(), ask());
        let kept = grants(rush((0..96).map(one).collect()).await);
        let (even, odd): (Vec<_>, Vec<_>) =
            kept.into_iter().enumerate().partition(|(n, _)| n % 2 == 0);
        even.into_iter().for_each(|(_, it)| it.permit.release(Vec::new()));
        odd.into_iter().rev().for_each(|(_, it)| it.permit.release(Vec::new()));
    }
    for node in &nodes {
        node.flush().await;
    }
    let open = "SELECT count(*) FROM guard.reservations WHERE state <> 'X'";
    assert_eq!(number(&host, open).await, 0);
    is_sound(&host).await;
}

// Goal: a call that nobody ended is kept as spent, at its most, once.
#[tokio::test]
async fn swept() {
    let app = kairo_with(&plans(10, 10, None)).await;
    let (host, who) = (app.superuser().await, people(&app, 1).await.remove(0));
    let worker = &app.base.db.worker;
    at(&host, who.id, new_key(), 1, 100, "2026-11-01 10:00Z").await;
    assert_eq!((sweep(worker).await.unwrap(), sweep(worker).await.unwrap()), (1, 0));
    assert_eq!(the_call(&host).await, ("E".to_owned(), 100));
    assert_eq!(used(&host, &who).await, (1, 1));
    is_sound(&host).await;
}

// Goal: a request that goes away while it waits is not charged.
#[tokio::test]
async fn dropped_in_the_queue() {
    let plans = plans(10, 10, None);
    let app = kairo_with(&plans).await;
    let (who, node) = (people(&app, 1).await.remove(0), node(&app, &plans, 1));
    let kept = node.reserve(&who.identity, ask()).await.unwrap();
    let host = app.superuser().await;
    host.execute("BEGIN; SELECT FROM guard.quotas FOR UPDATE").await.unwrap();
    let waiting: Vec<_> = (0..5)
        .map(|_| {
            let (node, identity) = (node.clone(), who.identity.clone());
            tokio::spawn(async move { node.reserve(&identity, ask()).await.map(drop) })
        })
        .collect();
    let asking = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
    becomes(&app.superuser().await, asking, 2).await;
    for task in waiting {
        task.abort();
        assert!(task.await.unwrap_err().is_cancelled());
    }
    host.execute("COMMIT").await.unwrap();
    becomes(&host, "SELECT count(*) FROM guard.reservations WHERE state = 'X'", 2).await;
    assert_eq!(used(&host, &who).await, (1, 1));
    drop(kept);
}

// Goal: a grant whose request goes away after the answer was sent, before it was read, is given
// back.
#[tokio::test]
async fn dropped_before_it_was_read() {
    let plans = plans(10, 10, None);
    let app = kairo_with(&plans).await;
    let (who, node) = (people(&app, 1).await.remove(0), node(&app, &plans, 1));
    let host = app.superuser().await;
    let mut asked = Box::pin(node.reserve(&who.identity, ask()));
    assert!((&mut asked).now_or_never().is_none());
    // Idle again: the answer to COMMIT was read, and went on its way.
    becomes(&host, "SELECT count(*) FROM guard.reservations", 1).await;
    let _other_that_comes_later = node.standing(&who.identity).await.unwrap();
    drop(asked);
    becomes(&host, "SELECT count(*) FROM guard.reservations WHERE state = 'X'", 1).await;
    assert_eq!(used(&host, &who).await, (0, 0));
}

// Goal: an attempt that cannot be logged costs its own line, and no settlement.
#[tokio::test]
async fn what_cannot_be_logged() {
    let plans = plans(10, 10, None);
    let app = kairo_with(&plans).await;
    let (who, node) = (people(&app, 1).await.remove(0), node(&app, &plans, 64));
    let attempt = |model: &str| Attempt {
        model: model.to_owned(),
        outcome: Outcome::Answered,
        status: Some(200),
        tokens_in: 1,
        tokens_out: u64::MAX,
        cost_nano: 1,
        channel: Channel::Loopback,
    };
    for model in ["a", "", "b"] {
        let granted = node.reserve(&who.identity, ask()).await.unwrap();
        granted.permit.settle(Settlement {
            cost_nano: 1,
            attempts: vec![attempt(model)],
            ..Settlement::default()
        });
    }
    node.flush().await;
    let host = app.superuser().await;
    let settled = "SELECT count(*) FROM guard.reservations WHERE state = 'S'";
    assert_eq!(number(&host, settled).await, 3);
    assert_eq!(number(&host, "SELECT count(*) FROM guard.attempts").await, 2);
    is_sound(&host).await;
}

// Goal: the ledger keeps trying while the database does not let it in, and loses nothing.
#[tokio::test]
async fn the_ledger_waits() {
    let plans = plans(10, 10, None);
    let app = kairo_with(&plans).await;
    let (who, node) = (people(&app, 1).await.remove(0), node(&app, &plans, 1));
    let host = app.superuser().await;
    let granted = node.reserve(&who.identity, ask()).await.unwrap();
    host.execute("ALTER ROLE kairo_worker CONNECTION LIMIT 0").await.unwrap();
    let end = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                WHERE usename = 'kairo_worker'";
    host.query(end, &[]).await.unwrap();
    granted.permit.settle(Settlement { cost_nano: 3, ..Settlement::default() });
    let mut flushed = Box::pin(node.flush());
    assert!((&mut flushed).now_or_never().is_none());
    assert_eq!(the_call(&host).await.0, "R");
    host.execute("ALTER ROLE kairo_worker CONNECTION LIMIT -1").await.unwrap();
    flushed.await;
    assert_eq!(the_call(&host).await, ("S".to_owned(), 3));
}

// Goal: the nightly comparison finds a counter that was tampered with, and nobody who stayed away
// for so long that the ledger of their last month is gone.
#[tokio::test]
async fn drift() {
    let app = kairo_with(&plans(10, 10, None)).await;
    let (host, people) = (app.superuser().await, people(&app, 2).await);
    let now = app.base.clock.now();
    let long_ago = now - jiff::SignedDuration::from_hours(24 * 100);
    at(&host, people[0].id, new_key(), 1, 0, &long_ago.to_string()).await;
    at(&host, people[1].id, new_key(), 1, 0, &now.to_string()).await;
    sweep(&app.base.db.worker).await.unwrap();
    assert_eq!(compare(&app.base.db.worker).await.unwrap(), 0);
    assert_eq!(number(&host, "SELECT count(*) FROM guard.reservations").await, 1, "not purged");
    assert_eq!(compare(&app.base.db.worker).await.unwrap(), 0);
    host.execute("UPDATE guard.quotas SET month_used = month_used + 1").await.unwrap();
    assert_eq!(compare(&app.base.db.worker).await.unwrap(), 1);
}

// Goal: what is too old goes, also one row more than a statement removes; what is not stays.
#[tokio::test]
async fn one_past_what_a_statement_removes() {
    let app = kairo_with(&plans(10, 10, None)).await;
    let (host, old) = (app.superuser().await, GUARD_PURGE_ROWS + 1);
    let attempts = "INSERT INTO guard.attempts (reservation_id, attempt, model, outcome, tokens_in,
                                                tokens_out, cost_nano, channel, at)
                    SELECT gen_random_uuid(), 1, 'm', 'answered', 1, 1, 1, 'tls',
                           now() - make_interval(days => CASE WHEN n > $1 THEN 89 ELSE 91 END)
                      FROM generate_series(1, $1 + 1) n";
    host.query(attempts, &[&old]).await.unwrap();
    let removed = GuardPurge { rows: GUARD_PURGE_ROWS };
    let removed = app.base.db.worker.write(None, removed).await.unwrap();
    assert_eq!(removed[0].count, GUARD_PURGE_ROWS);
    assert_eq!(number(&host, "SELECT count(*) FROM guard.attempts").await, 2);
    assert_eq!(compare(&app.base.db.worker).await.unwrap(), 0);
    assert_eq!(number(&host, "SELECT count(*) FROM guard.attempts").await, 1);
}

// Goal: what the ledger says of nobody's call changes nothing.
#[tokio::test]
async fn nobodys_call() {
    let app = kairo_with(&plans(10, 10, None)).await;
    let ids = vec![new_key()];
    let settle = Settle { ids, nanos: vec![i64::MAX], tokens_in: vec![1], tokens_out: vec![1] };
    let none: Option<LogAttempts> = None;
    let (count, _) = app.base.db.worker.write(None, (settle, none)).await.unwrap();
    assert_eq!(count[0].count, 0);
    is_sound(&app.superuser().await).await;
}
