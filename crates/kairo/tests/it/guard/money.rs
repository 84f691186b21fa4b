//! The ceiling on what all calls of a day may cost.

use kairo::limits::DENIAL_KEPT;

use super::*;

const DAY: &str = "2026-11-05 10:00Z";

async fn ceiling(host: &Host, nano: i64) {
    host.query("SELECT guard.rules_set($1)", &[&nano]).await.unwrap();
}

/// What the open calls hold, where eight clients ask for as much as they can.
async fn held(app: &Kairo) -> i64 {
    let people = people(app, 8).await;
    let clients = people.iter().enumerate().map(async |(n, who)| {
        let host = app.superuser().await;
        for round in 0..30 {
            let nano = i64::try_from(1 + (n * 131 + round * 37) % 700).unwrap();
            let said = at(&host, who.id, new_key(), 1, nano, DAY).await;
            assert!(["granted", "budget"].contains(&said.verdict.as_str()), "{said:?}");
            if let (0, Some(id)) = (round % 5, said.reservation) {
                host.query("SELECT guard.release($1)", &[&id]).await.unwrap();
            }
        }
    });
    join_all(clients).await;
    let held =
        "SELECT coalesce(sum(nano_max), 0)::bigint FROM guard.reservations WHERE state = 'R'";
    number(&app.superuser().await, held).await
}

// Goal: open calls never hold more than the ceiling, and hold nearly all of it where more is asked
// for: with slices (a large ceiling) and without.
#[tokio::test]
async fn never_past_the_ceiling() {
    for nano in [20_000, 60_000] {
        let app = kairo_with(&plans(1_000, 1_000, None)).await;
        let host = app.superuser().await;
        ceiling(&host, nano).await;
        let held = held(&app).await;
        assert!((nano * 9 / 10..=nano).contains(&held), "{held} of {nano}");
        assert!(number(&host, "SELECT max(granted_nano) FROM guard.days").await <= nano);
        is_sound(&host).await;
    }
}

// Goal: that is the condition's doing.
#[tokio::test]
async fn unguarded_past_the_ceiling() {
    let app = kairo_with(&plans(1_000, 1_000, None)).await;
    let host = app.superuser().await;
    ceiling(&host, 20_000).await;
    unguard(
        &host,
        "guard.take",
        "IF coalesce(ceiling, 0) - granted < p_nano THEN",
        "IF false THEN",
    )
    .await;
    assert!(held(&app).await > 20_000);
}

// Goal: slices are taken from and given back exactly, through settling and giving back.
#[tokio::test]
async fn to_the_nano() {
    let app = kairo_with(&plans(1_000, 1_000, None)).await;
    let (host, who) = (app.superuser().await, people(&app, 1).await.remove(0).id);
    ceiling(&host, 256_000).await;
    let mut ids = Vec::new();
    for nano in [999, 1, 500, 700] {
        ids.push(at(&host, who, new_key(), 1, nano, DAY).await.reservation.unwrap());
    }
    // One costs less than its most, one more.
    let settle = "SELECT guard.settle($1, '{9,21}', '{1,1}', '{1,1}')";
    host.query(settle, &[&ids[..2].to_vec()]).await.unwrap();
    is_sound(&host).await;
    for id in &ids[2..] {
        host.query("SELECT guard.release($1)", &[id]).await.unwrap();
    }
    is_sound(&host).await;
    let left = "SELECT (d.granted_nano - sum(s.left_nano))::bigint
                  FROM guard.days d JOIN guard.slices s USING (day) GROUP BY d.day";
    assert_eq!(number(&host, left).await, 30);
}

// Goal: where the money does not reach, nothing is left of the request but the day's mark; the
// alarm comes before, and the next day begins anew.
#[tokio::test]
async fn refused_without_a_trace() {
    let app = kairo_with(&plans(1_000, 1_000, None)).await;
    let (host, who) = (app.superuser().await, people(&app, 1).await.remove(0));
    ceiling(&host, 100).await;
    let marks = "SELECT ((alarmed_at IS NOT NULL)::integer
                    + 2 * (stopped_at IS NOT NULL)::integer)::bigint
                   FROM guard.days WHERE day = '2026-11-05'";
    let mut came = Vec::new();
    for (nano, now) in [(69, DAY), (1, DAY), (31, DAY), (31, "2026-11-06 00:00Z")] {
        let verdict = at(&host, who.id, new_key(), 1, nano, now).await.verdict;
        came.push(format!("{verdict} {}", number(&host, marks).await));
    }
    assert_eq!(came, ["granted 0", "granted 1", "budget 3", "granted 3"]);
    assert_eq!(used(&host, &who).await.1, 3);
    assert_eq!(number(&host, "SELECT count(*) FROM guard.reservations").await, 3);
    is_sound(&host).await;
}

// Goal: money that lies in a slice which somebody holds for a moment is waited for, and not taken
// for spent: that would refuse calls, and alarm the operator, with most of the day's budget unused.
#[tokio::test]
async fn a_slice_in_use_is_not_spent() {
    let app = kairo_with(&plans(1_000, 1_000, None)).await;
    let (host, people) = (app.superuser().await, people(&app, 2).await);
    ceiling(&host, 25_600).await;
    at(&host, people[0].id, new_key(), 1, 60, DAY).await;
    let most = at(&host, people[0].id, new_key(), 1, 25_540, DAY).await.reservation.unwrap();
    host.query("SELECT guard.release($1)", &[&most]).await.unwrap();
    host.execute("BEGIN").await.unwrap();
    assert_eq!(at(&host, people[0].id, new_key(), 1, 10, DAY).await.verdict, "granted");
    let (other, who) = (app.superuser().await, people[1].id);
    let asked =
        tokio::spawn(async move { at(&other, who, new_key(), 1, 20_000, DAY).await.verdict });
    let look = app.superuser().await;
    let waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
    while number(&look, waits).await == 0 && !asked.is_finished() {}
    host.execute("COMMIT").await.unwrap();
    assert_eq!(asked.await.unwrap(), "granted");
    assert_eq!(number(&host, "SELECT count(stopped_at) FROM guard.days").await, 0);
    is_sound(&host).await;
}

// Goal: who finds, having waited for nobody, that a slice has less by now than the statement saw,
// holds it no longer when it waits for the day's row: whoever has that row may want all slices.
#[tokio::test]
async fn a_slice_that_fell_short_is_let_go() {
    let app = kairo_with(&plans(1_000, 1_000, None)).await;
    let (host, people) = (app.superuser().await, people(&app, 2).await);
    ceiling(&host, 25_600).await;
    at(&host, people[0].id, new_key(), 1, 60, DAY).await;
    // Between what it sees and what it locks, the statement waits for this test.
    let (seen, stopped) = (
        "AND o.left_nano >= p_nano",
        "AND (SELECT pg_advisory_xact_lock_shared(1))::text = '' AND o.left_nano >= p_nano",
    );
    unguard(&host, "guard.take", seen, stopped).await;
    host.execute("SELECT pg_advisory_lock(1)").await.unwrap();
    let (other, who) = (app.superuser().await, people[1].id);
    let asked = tokio::spawn(async move { at(&other, who, new_key(), 1, 30, DAY).await.verdict });
    let waits = |what: &str| {
        format!(
            "SELECT count(*) FROM pg_stat_activity
              WHERE wait_event IN ({what}) AND datname = current_database()"
        )
    };
    becomes(&host, &waits("'advisory'"), 1).await;
    assert_eq!(at(&host, people[0].id, new_key(), 1, 30, DAY).await.verdict, "granted");
    host.execute("BEGIN; SELECT FROM guard.days FOR NO KEY UPDATE").await.unwrap();
    host.execute("SELECT pg_advisory_unlock(1)").await.unwrap();
    becomes(&host, &waits("'transactionid', 'tuple'"), 1).await;
    host.execute("SELECT FROM guard.slices FOR UPDATE NOWAIT; COMMIT").await.unwrap();
    assert_eq!(asked.await.unwrap(), "granted");
    is_sound(&host).await;
}

// Goal: a ceiling that is lowered holds at once, also for what lies in slices; raised again, it
// opens at once.
#[tokio::test]
async fn another_ceiling() {
    let app = kairo_with(&plans(1_000, 1_000, None)).await;
    let (host, who) = (app.superuser().await, people(&app, 1).await.remove(0).id);
    let mut came = Vec::new();
    for nano in [2_560_000, 100, 2_560_000, 0, 2_560_000] {
        ceiling(&host, nano).await;
        came.push(at(&host, who, new_key(), 1, 100, DAY).await.verdict);
    }
    assert_eq!(came, ["granted", "budget", "granted", "budget", "granted"]);
    is_sound(&host).await;
}

// Goal: the guard tells a spent day from a spent quota, and gives the request's place back.
#[tokio::test]
async fn the_guard_says_budget() {
    let mut plans = plans(1_000, 1_000, None);
    plans.day_nano_max = 250;
    plans.pro.at_once = 3;
    let app = kairo_with(&plans).await;
    let who = people(&app, 1).await.remove(0);
    for batch_max in [1, 64] {
        let node = node(&app, &plans, batch_max);
        let asked = (0..3).map(|_| (node.clone(), who.identity.clone(), ask())).collect();
        let came = rush(asked).await;
        let refused = came.iter().filter(|it| matches!(it, Err(Refusal::Budget { .. }))).count();
        assert_eq!(refused, 1, "{came:?}");
        drop(came);
        node.flush().await;
        is_sound(&app.superuser().await).await;
    }
}

// Goal: a spent day is asked for once: while its row is held by somebody, whoever is known is told
// at once; what costs less, and whoever is unknown, is asked of the database.
#[tokio::test]
async fn a_spent_day_is_remembered() {
    let mut plans = plans(1_000, 1_000, None);
    plans.day_nano_max = 250;
    let app = kairo_with(&plans).await;
    let (people, host) = (people(&app, 2).await, app.superuser().await);
    let node = node(&app, &plans, 64);
    let asks = async |n: usize, nano_max: i64| {
        node.reserve(&people[n].identity, Ask { nano_max, ..ask() }).await.map(drop)
    };
    let kept = node.reserve(&people[0].identity, Ask { nano_max: 200, ..ask() }).await.unwrap();
    asks(1, 1).await.unwrap();
    node.flush().await;
    assert!(matches!(asks(0, 100).await, Err(Refusal::Budget { .. })));
    host.execute("BEGIN; LOCK TABLE guard.quotas, guard.days").await.unwrap();
    for (n, nano) in [(0, 100), (1, 100), (1, 101)] {
        assert!(matches!(asks(n, nano).await, Err(Refusal::Budget { .. })), "{n} {nano}");
    }
    host.execute("COMMIT").await.unwrap();
    asks(1, 50).await.unwrap();
    let nobody = Identity::from_secret(&[9; 32], Bearer::Key);
    assert!(matches!(node.reserve(&nobody, ask()).await, Err(Refusal::SessionEnded)));
    ceiling(&host, 1_000).await;
    assert!(asks(0, 100).await.is_err());
    app.time.forward(DENIAL_KEPT.try_into().unwrap());
    asks(0, 100).await.unwrap();
    drop(kept);
}

// Goal: without a rule or a plan nothing is granted.
#[tokio::test]
async fn nothing_is_written_yet() {
    let app = Kairo::start().await;
    let (host, who) = (app.superuser().await, people(&app, 1).await.remove(0));
    let node = node(&app, &plans(1, 1, None), 1);
    assert!(node.reserve(&who.identity, ask()).await.is_err());
    host.query("SELECT guard.plan_set('pro', 'normal', 10, 10, NULL)", &[]).await.unwrap();
    let refused = node.reserve(&who.identity, ask()).await;
    assert!(matches!(refused, Err(Refusal::Budget { .. })), "{refused:?}");
    assert_eq!(number(&host, "SELECT count(*) FROM guard.reservations").await, 0);
}
