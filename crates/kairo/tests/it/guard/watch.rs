//! The hourly comparison: each rule at its edge, each hour once, and what was missed.

use futures_util::future::join_all;
use kairo::db::Host;
use kairo::guard::sweep;

use crate::harness::Kairo;

/// A Kairo whose hour is named once, so that a test may cross into the next.
struct Days {
    app: Kairo,
    root: Host,
    base: String,
}

impl Days {
    async fn start() -> Self {
        let app = Kairo::start().await;
        let root = app.superuser().await;
        let base = "SELECT date_trunc('hour', now(), 'UTC')::text";
        let base = root.query(base, &[]).await.unwrap()[0].get(0);
        Self { app, root, base }
    }

    /// Somebody used models, so many hours before the hour.
    async fn used(&self, person: u32, rows: &[(i32, i32, i64)]) {
        for (ago, credits, cents) in rows {
            let sql = format!(
                "INSERT INTO guard.usage_hours (user_id, hour, credits, cost_nano)
                 VALUES ('{}', '{}'::timestamptz - interval '{ago} hours', {credits},
                         {cents} * 10000000::bigint)",
                id(person),
                self.base
            );
            self.root.execute(&sql).await.unwrap();
        }
    }

    async fn person(&self, person: u32, plan: &str, is_suspended: bool) {
        let sql = format!(
            "INSERT INTO authn.users (id, email_norm, plan, suspended, suspended_at)
             VALUES ('{}', '{person}@example.org', '{plan}', {is_suspended}, {})",
            id(person),
            if is_suspended { "now()" } else { "NULL" }
        );
        self.root.execute(&sql).await.unwrap();
    }

    /// Compares one hour, as of half an hour and so many hours after the hour; gives whether one
    /// was due.
    async fn watch(&self, hours: i32) -> bool {
        let sql = format!(
            "SELECT FROM guard.watch_at('{}'::timestamptz + interval '{hours} hours 30 minutes')",
            self.base
        );
        !self.root.query(&sql, &[]).await.unwrap().is_empty()
    }

    async fn notice(&self, after: &str) {
        let sql =
            format!("SELECT guard.notice_at('{}'::timestamptz + interval '{after}')", self.base);
        self.root.query(&sql, &[]).await.unwrap();
    }

    /// People who have an alert.
    async fn told(&self) -> Vec<u32> {
        let sql = "SELECT DISTINCT left(user_id::text, 8)::int FROM guard.alerts
                    WHERE kind = 'usage' ORDER BY 1";
        let rows = self.root.query(sql, &[]).await.unwrap();
        rows.iter().map(|row| u32::try_from(row.get::<_, i32>(0)).unwrap()).collect()
    }

    async fn number(&self, sql: &str) -> i64 {
        self.root.query(sql, &[]).await.unwrap()[0].get(0)
    }
}

fn id(person: u32) -> String {
    format!("{person:08}-0000-7000-8000-000000000000")
}

// Goal: three times the usual in credits and in money, twenty credits, a quarter of a dollar and
// the ends of both windows are each one below and one above.
#[tokio::test]
async fn each_rule_has_its_edge() {
    let days = Days::start().await;
    for (person, rows) in [
        (1, &[(150, 70, 700), (5, 30, 300)][..]),
        (2, &[(150, 70, 700), (5, 31, 300)]),
        (3, &[(150, 70, 700), (5, 30, 301)]),
        (11, &[(150, 7, 7), (5, 19, 25)]),
        (12, &[(150, 7, 7), (5, 20, 25)]),
        (13, &[(150, 7, 7), (5, 20, 24)]),
        // Nothing is usual where somebody did nothing for a week: the floor decides.
        (21, &[(300, 500, 500), (5, 20, 25)]),
        (22, &[(300, 500, 500), (5, 19, 25)]),
        // The day is the last 24 hours that ended; what comes before is the week, and no more.
        (31, &[(150, 70, 70), (24, 40, 40)]),
        (32, &[(150, 70, 70), (25, 40, 40)]),
        (33, &[(150, 70, 70), (0, 400, 400)]),
        (41, &[(192, 70, 70), (5, 30, 30)]),
        (42, &[(193, 70, 70), (5, 30, 30)]),
    ] {
        days.used(person, rows).await;
    }
    assert!(days.watch(0).await);
    assert_eq!(days.told().await, [2, 3, 12, 21, 31, 42]);
}

// Goal: where models cost nothing, credits alone decide; and a suspended account that spent is told
// of like any other.
#[tokio::test]
async fn without_money_credits_decide() {
    let days = Days::start().await;
    days.person(2, "free", true).await;
    days.used(1, &[(150, 70, 0), (5, 30, 0)]).await;
    days.used(2, &[(150, 70, 0), (5, 31, 0)]).await;
    days.watch(0).await;
    assert_eq!(days.told().await, [2]);
}

// Goal: somebody who began less than three days before the day is compared with the median of those
// on the plan who did not, and with nobody where there are none.
#[tokio::test]
async fn newcomers_are_compared_with_their_plan() {
    let days = Days::start().await;
    for person in [1, 2, 3, 4, 5, 6] {
        days.person(person, "pro", false).await;
    }
    days.person(7, "free", false).await;
    for (person, credits) in [(1, 70), (2, 140), (3, 2_100)] {
        days.used(person, &[(150, credits, 0)]).await;
    }
    days.used(4, &[(95, 1, 0), (5, 60, 0)]).await;
    days.used(5, &[(95, 1, 0), (5, 61, 0)]).await;
    // Three days to the hour are enough for a mean of one's own.
    days.used(6, &[(96, 140, 0), (5, 61, 0)]).await;
    days.used(7, &[(5, 20, 0)]).await;
    days.watch(0).await;
    assert_eq!(days.told().await, [5, 6, 7]);
    let basis = "SELECT count(*) FROM guard.alerts WHERE basis = 'plan' AND usual_milli = 20000
                    AND user_id = '00000005-0000-7000-8000-000000000000'";
    assert_eq!(days.number(basis).await, 1);
}

// Goal: an hour is compared once, and somebody is told of once a day, however often one looks.
#[tokio::test]
async fn one_alert_a_person_a_day() {
    let days = Days::start().await;
    days.used(1, &[(150, 70, 0), (1, 100, 0)]).await;
    assert!(days.watch(0).await && !days.watch(0).await);
    for hour in 1..=30 {
        assert!(days.watch(hour).await && !days.watch(hour).await, "{hour}");
    }
    let all = "SELECT count(*) - count(DISTINCT day) FROM guard.alerts";
    assert_eq!(days.number(all).await, 0);
    // The day's hours belong to one date or two.
    let count = days.number("SELECT count(*) FROM guard.alerts").await;
    assert!((1..=2).contains(&count), "{count}");
}

// Goal: of several nodes that look at once, one compares an hour.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_node_compares_an_hour() {
    let days = Days::start().await;
    days.used(1, &[(150, 70, 0), (5, 100, 0)]).await;
    let nodes = (0..6).map(|_| async {
        let host = Host::connect(days.app.pg_config("kairo_worker")).await.unwrap();
        host.query("SELECT hour::text FROM guard.watch()", &[]).await.unwrap().len()
    });
    let compared: usize = join_all(nodes).await.into_iter().sum();
    assert_eq!(compared, 1);
    assert_eq!(days.number("SELECT count(*) FROM guard.watch_runs").await, 1);
    assert_eq!(days.told().await, [1]);
}

// Goal: hours that nobody was there for are compared one by one, as they were; more than two hours
// are told, once a day, and a week back is the end.
#[tokio::test]
async fn missed_hours_are_caught_up_and_told() {
    let days = Days::start().await;
    let missed = "SELECT count(*) FROM guard.alerts WHERE kind = 'missed'";
    days.notice("0").await;
    assert!(days.watch(0).await);
    days.notice("2 hours 30 minutes").await;
    assert_eq!(days.number(missed).await, 0);
    days.notice("2 hours 30 minutes 1 second").await;
    days.notice("2 hours 30 minutes 2 seconds").await;
    assert_eq!(days.number(missed).await, 1);
    for _hour in 0..3 {
        assert!(days.watch(3).await);
    }
    assert!(!days.watch(3).await);
    assert_eq!(days.number("SELECT count(*) FROM guard.watch_runs").await, 4);
    assert!(days.watch(500).await);
    let gap = "SELECT extract(epoch FROM max(ran_at) - max(hour))::bigint / 3600
                 FROM guard.watch_runs";
    assert_eq!(days.number(gap).await, 167);
}

// Goal: most of a day's budget, and all of it, are each told once with their figures, of today and
// yesterday alone.
#[tokio::test]
async fn the_budget_is_told_of() {
    let days = Days::start().await;
    let plant = "INSERT INTO guard.rules (day_nano_max) VALUES (1000);
                 INSERT INTO guard.days (day, granted_nano, alarmed_at, stopped_at)
                 SELECT (now() AT TIME ZONE 'UTC')::date - ago, 700 + ago, now(), stopped
                   FROM (VALUES (0, NULL), (1, now()), (3, now())) days (ago, stopped)";
    days.root.execute(plant).await.unwrap();
    days.notice("0").await;
    days.notice("1 minute").await;
    let told = "SELECT string_agg(kind || ' ' || cost_nano || '/' || usual_nano, ', '
                       ORDER BY cost_nano, kind) FROM guard.alerts";
    let told: String = days.root.query(told, &[]).await.unwrap()[0].get(0);
    assert_eq!(told, "spend_alarm 700/1000, spend_alarm 701/1000, spend_stop 701/1000");
}

// Goal: a counter that is not the sum of its ledger is told by the nightly look, and one that is,
// not.
#[tokio::test]
async fn drift_is_told_of() {
    let days = Days::start().await;
    days.person(1, "free", false).await;
    let drift = "SELECT coalesce(sum(number), 0)::bigint FROM guard.alerts WHERE kind = 'drift'";
    sweep::compare(&days.app.base.db.worker).await.unwrap();
    assert_eq!(days.number(drift).await, 0);
    let plant = format!("INSERT INTO guard.quotas (user_id, month_used) VALUES ('{}', 7)", id(1));
    days.root.execute(&plant).await.unwrap();
    for _night in 0..2 {
        sweep::compare(&days.app.base.db.worker).await.unwrap();
    }
    assert_eq!(days.number(drift).await, 1);
}
