//! What a node remembers, and how it reads what the database says.

use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use crate::db::TokenHash;
use crate::guard::crowd::Crowd;
use crate::guard::{Class, Limit, Plan, Plans, Refusal, Standing, Window, day_ends_in};
use crate::limits::{BUDGET_WAIT_MAX, GUARD_REMEMBERED_MAX};

fn crowd() -> Crowd {
    Crowd::new(&Plans::default())
}

fn who(n: usize) -> TokenHash {
    let mut who = [0; 32];
    who[..8].copy_from_slice(&n.to_be_bytes());
    who
}

fn second(s: i64) -> Timestamp {
    Timestamp::from_second(s).unwrap()
}

fn standing(hour_end: i64) -> Standing {
    Standing {
        month: Window { used: 10, cap: 50, end: second(1_000_000) },
        hour: Window { used: 10, cap: 10, end: second(hour_end) },
        burst_at: None,
        class: Class::Small,
        counted_at: second(0),
    }
}

// Goal: somebody of whom nothing is known has as many calls as the larger plan allows; once the
// database has told, as many as theirs; each place is free again when its call ends.
#[test]
fn places_by_plan() {
    let (crowd, ana) = (crowd(), Uuid::from_u128(1));
    let of = |plan: &str| {
        crowd.learn(&who(1), Some(ana), Some(plan));
        std::iter::from_fn(|| crowd.enter(&who(1))).collect::<Vec<_>>()
    };
    let unknown: Vec<_> = std::iter::from_fn(|| crowd.enter(&who(1))).collect();
    assert_eq!(unknown.len(), 4);
    assert_eq!(of("free").len(), 1);
    assert_eq!(of("pro").len(), 4);
    let kept = of("free");
    assert_eq!(kept.len(), 1);
    crowd.learn(&who(2), Some(ana), Some("free"));
    assert!(crowd.enter(&who(2)).is_none(), "another session of the same person");
    drop(kept);
    assert!(crowd.enter(&who(2)).is_some());
}

// Goal: a session that ended is unknown again, and one at a time is one at a time.
#[test]
fn forgotten_with_its_session() {
    let crowd = crowd();
    crowd.learn(&who(1), Some(Uuid::from_u128(1)), Some("free"));
    let first = crowd.enter(&who(1));
    assert!(first.is_some() && crowd.enter(&who(1)).is_none());
    crowd.learn(&who(1), None, None);
    assert!(crowd.enter(&who(1)).is_some());
}

// Goal: a refusal is believed until its time, or until its window ends if that is sooner.
#[test]
fn refusals_end_with_their_window() {
    let crowd = crowd();
    for (n, hour_end, until, believed) in [(1, 100, 2, 1), (2, 1, 2, 0), (3, 100, 50, 49)] {
        crowd.remember(&who(n), Limit::Hour, standing(hour_end), second(until));
        assert!(crowd.refused(&who(n), second(believed)).is_some(), "{n}");
        assert!(crowd.refused(&who(n), second(believed + 1)).is_none(), "{n}");
    }
    crowd.remember(&who(4), Limit::Month, standing(1), second(2));
    assert!(crowd.refused(&who(4), second(1)).is_some(), "the hour says nothing of the month");
    assert!(crowd.refused(&who(5), second(0)).is_none(), "of somebody else");
}

// Goal: a spent budget is believed of whatever costs at least as much as what was refused, by
// whomever, until its time or the day's end; of what costs less it says nothing.
#[test]
fn a_spent_budget_is_everybodys() {
    let (crowd, day) = (crowd(), Duration::from_secs(3_600));
    crowd.learn(&who(1), Some(Uuid::from_u128(1)), Some("free"));
    let spent = |nano, now| crowd.spent(&who(1), nano, second(now)).is_some();
    assert!(!spent(i64::MAX, 0));
    crowd.remember_spent(100, day, second(10));
    assert!(spent(100, 11) && spent(101, 11) && !spent(99, 11) && !spent(100, 12));
    crowd.remember_spent(100, day, second(20));
    crowd.remember_spent(70, day, second(21));
    crowd.remember_spent(90, day, second(22));
    assert!(spent(70, 22) && !spent(69, 22) && !spent(90, 23), "the smallest, for its time");
    crowd.remember_spent(90, day, second(30));
    assert!(spent(90, 31) && !spent(70, 31), "what was refused before is forgotten");
    crowd.remember_spent(90, Duration::from_secs(1), second(40));
    assert!(spent(90, 40) && !spent(90, 41), "another day has another budget");
}

// Goal: a session of which nothing is known is told that by the database, and not of the budget.
#[test]
fn a_spent_budget_is_no_strangers() {
    let crowd = crowd();
    crowd.remember_spent(100, Duration::from_secs(3_600), second(10));
    assert!(crowd.spent(&who(1), 100, second(10)).is_none());
    crowd.learn(&who(1), Some(Uuid::from_u128(1)), Some("free"));
    assert!(crowd.spent(&who(1), 100, second(10)).is_some());
    crowd.learn(&who(1), None, None);
    assert!(crowd.spent(&who(1), 100, second(10)).is_none());
}

// Goal: who met a spent budget is asked to wait until the day is over, and never for more than an
// hour: what calls did not cost comes back sooner.
#[test]
fn the_wait_for_another_day() {
    let wait = |counted_at: &str| {
        let day_ends_in = day_ends_in(counted_at.parse().unwrap());
        Refusal::Budget { day_ends_in }.retry_after_s().unwrap()
    };
    assert_eq!(wait("2026-11-05T23:59:58Z"), 2);
    assert_eq!(wait("2026-11-05T23:59:58.000001Z"), 2);
    assert_eq!(wait("2026-11-05T23:59:59.999999Z"), 1);
    assert_eq!(wait("2026-11-05T23:00:00Z"), BUDGET_WAIT_MAX.as_secs());
    assert_eq!(wait("2026-11-05T22:59:59Z"), BUDGET_WAIT_MAX.as_secs());
    assert_eq!(day_ends_in("1969-12-31T00:00:00Z".parse().unwrap()).as_secs(), 86_400);
}

// Goal: memory has a bound; one past it forgets all, which lets more through to the database.
#[test]
fn memory_is_bounded() {
    let crowd = crowd();
    for n in 0..GUARD_REMEMBERED_MAX {
        crowd.remember(&who(n), Limit::Hour, standing(100), second(50));
        crowd.learn(&who(n), Some(Uuid::from_u128(1)), Some("free"));
    }
    let _kept = crowd.enter(&who(0));
    assert!(crowd.refused(&who(0), second(0)).is_some() && crowd.enter(&who(1)).is_none());
    crowd.remember(&who(GUARD_REMEMBERED_MAX), Limit::Hour, standing(100), second(50));
    crowd.learn(&who(GUARD_REMEMBERED_MAX), None, None);
    crowd.learn(&who(GUARD_REMEMBERED_MAX), Some(Uuid::from_u128(2)), Some("free"));
    assert!(crowd.refused(&who(0), second(0)).is_none());
    assert!(crowd.enter(&who(1)).is_some());
    assert!(crowd.refused(&who(GUARD_REMEMBERED_MAX), second(0)).is_some());
}

// Goal: a plan of nobody at once lets nobody in.
#[test]
fn no_places() {
    let plan = Plan { at_once: 0, ..Plans::default().free };
    let crowd = Crowd::new(&Plans { free: plan, pro: plan, ..Plans::default() });
    assert!(crowd.enter(&who(1)).is_none());
}

// Goal: waits are rounded up, never to before the window's end; what was used beyond a lowered cap
// leaves nothing.
#[test]
fn windows() {
    let window = Window { used: 7, cap: 5, end: second(10) };
    assert_eq!(window.left(), 0);
    assert_eq!(window.ends_in_s(second(3)), 7);
    assert_eq!(window.ends_in_s(second(3) + Duration::from_millis(1)), 7);
    assert_eq!(window.ends_in_s(second(11)), 0);
    let refused = |limit| Refusal::Quota { limit, standing: standing(60) }.retry_after_s();
    assert_eq!((refused(Limit::Hour), refused(Limit::Month)), (Some(60), Some(1_000_000)));
}
