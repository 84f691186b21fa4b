//! The turn of the hour, the month and the day under load, with a chosen clock: people ask alone
//! and in batches, on both sides of it.

use kairo::db::DbError;

use super::*;

const CLIENTS: usize = 6;
const ROUNDS: usize = 16;

/// Some of one person's calls in one batch; nothing where it could not be decided together.
async fn together(host: &Host, who: &Somebody, nano: i64, now: &str) {
    let said = vec![who.identity.said(); 2];
    let (keys, nanos) = (vec![new_key(), new_key()], vec![nano; 2]);
    let ask = "SELECT verdict FROM guard.reserve_batch_at($1, $2, '{1,1}', '{chat,chat}', $3,
                                                          $4::text::timestamptz)";
    match host.query(ask, &[&said, &keys, &nanos, &now]).await {
        Ok(rows) => assert_eq!(rows.len(), 2),
        // The money does not reach for both.
        Err(error) => assert!(matches!(error, DbError::Constraint { .. }), "{error}"),
    }
}

/// One client, which asks before and after the turn, and never sees a window go back.
async fn asks(app: &Kairo, who: Somebody, n: usize, [before, after]: [&str; 2]) {
    let host = app.superuser().await;
    let look = "SELECT month_start::text, hour_start::text FROM guard.quotas WHERE user_id = $1";
    let mut seen = (String::new(), String::new());
    for round in 0..ROUNDS {
        let now = if (n + round).is_multiple_of(2) { before } else { after };
        let nano = i64::try_from(1 + (n * 131 + round * 37) % 700).unwrap();
        if round % 3 == 2 {
            together(&host, &who, nano, now).await;
        } else {
            let said = at(&host, who.id, new_key(), 1, nano, now).await;
            if let (0, Some(id)) = (round % 4, said.reservation) {
                host.query("SELECT guard.release($1)", &[&id]).await.unwrap();
            }
        }
        let row = &host.query(look, &[&who.id]).await.unwrap()[0];
        let now_seen: (String, String) = (row.get(0), row.get(1));
        assert!(seen.0 <= now_seen.0 && seen.1 <= now_seen.1, "{seen:?} became {now_seen:?}");
        seen = now_seen;
    }
}

/// All clients at once, for so many people.
async fn load(app: &Kairo, count: usize, turn: [&str; 2]) -> Vec<Somebody> {
    let people = people(app, count).await;
    join_all((0..CLIENTS).map(|n| asks(app, people[n % count].clone(), n, turn))).await;
    people
}

/// The most credits that anybody's window has; every window's are looked at.
async fn most(host: &Host, window: &str) -> i64 {
    let most = format!(
        "SELECT max(n)::bigint FROM (SELECT sum(cost) AS n FROM guard.reservations
                                      WHERE state <> 'X' GROUP BY user_id, {window}) windows"
    );
    number(host, &most).await
}

// Goal: at the turn of the hour, where the month goes on, the hour's cap holds on both sides.
#[tokio::test]
async fn the_hour_turns() {
    let app = kairo_with(&plans(1_000, 20, None)).await;
    let people = load(&app, 1, ["2026-11-05 10:59:59.9Z", "2026-11-05 11:00:00Z"]).await;
    let host = app.superuser().await;
    assert_eq!(most(&host, "hour_start").await, 20);
    assert_eq!(used(&host, &people[0]).await.0, 20);
    is_sound(&host).await;
}

// Goal: at the turn of the month, which is one of the hour and the day, too, each holds.
#[tokio::test]
async fn the_month_turns() {
    let app = kairo_with(&plans(25, 20, None)).await;
    load(&app, 2, ["2026-11-30 23:59:59.9Z", "2026-12-01 00:00:00Z"]).await;
    let host = app.superuser().await;
    assert_eq!(most(&host, "hour_start").await, 20);
    assert!(most(&host, "month_start").await <= 25);
    is_sound(&host).await;
}

// Goal: at midnight under load neither day's calls hold more than a day may cost, and both nearly
// all of it: with slices (a large ceiling) and without.
#[tokio::test]
async fn the_day_turns() {
    for nano in [5_000, 12_000] {
        let app = kairo_with(&plans(1_000, 1_000, None)).await;
        let host = app.superuser().await;
        host.query("SELECT guard.rules_set($1)", &[&nano]).await.unwrap();
        load(&app, 6, ["2026-11-05 23:59:59.9Z", "2026-11-06 00:00:00Z"]).await;
        let held = "SELECT coalesce(sum(r.nano_max) FILTER (WHERE r.state = 'R'), 0)::bigint,
                           d.granted_nano
                      FROM guard.days d LEFT JOIN guard.reservations r USING (day) GROUP BY d.day";
        let days = host.query(held, &[]).await.unwrap();
        assert_eq!(days.len(), 2);
        for day in days {
            let (held, granted): (i64, i64) = (day.get(0), day.get(1));
            assert!((nano * 8 / 10..=nano).contains(&held), "{held} of {nano}");
            assert!(held <= granted && granted <= nano, "{held} of {granted} of {nano}");
        }
        is_sound(&host).await;
    }
}

// Goal: that is the doing of the day which pays: where some calls are paid by the day before, one
// day's hold more than it may cost.
#[tokio::test]
async fn unguarded_another_day_pays() {
    let app = kairo_with(&plans(1_000, 1_000, None)).await;
    let (host, who) = (app.superuser().await, people(&app, 1).await.remove(0).id);
    host.query("SELECT guard.rules_set(5000)", &[]).await.unwrap();
    let pays = "guard.take((p_now AT TIME ZONE 'UTC')::date";
    let other = format!("{pays} - (p_nano % 2)::integer");
    unguard(&host, "guard.reserve_at", pays, &other).await;
    for nano in 500..520 {
        at(&host, who, new_key(), 1, nano, "2026-11-06 00:00:00Z").await;
    }
    let held = "SELECT sum(nano_max)::bigint FROM guard.reservations WHERE day = '2026-11-06'";
    assert!(number(&host, held).await > 5_000);
}
