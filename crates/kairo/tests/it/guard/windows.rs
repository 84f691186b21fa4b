//! The ends of hours and months, with a chosen clock.

use super::*;

const BEFORE: &str = "2026-11-30 23:59:59.9Z";
const AFTER: &str = "2026-12-01 00:00:00Z";

/// The most calls that one month's window came to, where six clients ask on both sides of its end.
async fn most_of_a_month(app: &Kairo) -> i64 {
    let who = people(app, 1).await.remove(0).id;
    let clients = (0..6).map(async |n| {
        let host = app.superuser().await;
        for round in 0..20 {
            let now = if (n + round) % 2 == 0 { BEFORE } else { AFTER };
            at(&host, who, new_key(), 1, 0, now).await;
        }
    });
    join_all(clients).await;
    let most = "SELECT max(n) FROM (SELECT count(*) AS n FROM guard.reservations
                                     GROUP BY month_start) months";
    number(&app.superuser().await, most).await
}

// Goal: around the end of a month no window gets more than its cap.
#[tokio::test]
async fn both_sides_of_a_months_end() {
    let app = kairo_with(&plans(20, 1_000, None)).await;
    assert_eq!(most_of_a_month(&app).await, 20);
    is_sound(&app.superuser().await).await;
}

// Goal: that is `greatest`'s doing: a late transaction that begins the old window again gives a
// second quota.
#[tokio::test]
async fn unguarded_a_window_rolls_back() {
    let app = kairo_with(&plans(20, 1_000, None)).await;
    let guarded =
        "month_start = greatest(t.month_start, m), hour_start = greatest(t.hour_start, h)";
    let host = app.superuser().await;
    unguard(&host, "guard.reserve_at", guarded, "month_start = m, hour_start = h").await;
    assert!(most_of_a_month(&app).await > 20);
}

// Goal: a new hour gives the hour's credits and the normal model again, and keeps the month's.
#[tokio::test]
async fn a_new_hour() {
    let app = kairo_with(&plans(5, 3, Some(1))).await;
    let (host, who) = (app.superuser().await, people(&app, 1).await.remove(0).id);
    let mut came = Vec::new();
    for minute in ["10:00", "10:58", "10:59", "10:59", "11:00", "11:01", "11:02"] {
        let now = format!("2026-11-03 {minute}:59Z");
        let said = at(&host, who, new_key(), 1, 0, &now).await;
        came.push(format!("{} {}", said.verdict, said.small.unwrap()));
    }
    assert_eq!(
        came,
        [
            "granted false",
            "granted true",
            "granted true",
            "hour true",
            "granted false",
            "granted true",
            "month true"
        ]
    );
}

// Goal: a request from before a window's end that comes late counts in the new one.
#[tokio::test]
async fn late_is_counted_now() {
    let app = kairo_with(&plans(2, 10, None)).await;
    let (host, who) = (app.superuser().await, people(&app, 1).await.remove(0).id);
    let mut came = Vec::new();
    for now in [AFTER, BEFORE, BEFORE, AFTER] {
        came.push(at(&host, who, new_key(), 1, 0, now).await.verdict);
    }
    assert_eq!(came, ["granted", "granted", "month", "month"]);
    let windows = "SELECT count(DISTINCT (month_start, hour_start)) FROM guard.reservations";
    assert_eq!(number(&host, windows).await, 1);
}

// Goal: a cap that was lowered below what is used refuses calls, and nothing that is free; a larger
// plan opens at once, without touching what is used.
#[tokio::test]
async fn another_plan() {
    let app = kairo_with(&plans(10, 10, None)).await;
    let (host, who) = (app.superuser().await, people(&app, 1).await.remove(0).id);
    for _one in 0..5 {
        at(&host, who, new_key(), 1, 0, AFTER).await;
    }
    let mut came = Vec::new();
    for month in [3, 6] {
        write_plans(&app.base.db.worker, &plans(month, 10, None)).await.unwrap();
        for cost in [1, 0] {
            came.push(at(&host, who, new_key(), cost, 0, AFTER).await.verdict);
        }
    }
    assert_eq!(came, ["month", "granted", "granted", "granted"]);
    let row = host.query("SELECT month_used, passes FROM guard.quotas", &[]).await.unwrap();
    assert_eq!((row[0].get::<_, i32>(0), row[0].get::<_, i64>(1)), (6, 8));
    is_sound(&host).await;
}
