//! What a person sees of a quota: paces and days.

use jiff::Timestamp;

use crate::guard::queries::DayRow;
use crate::guard::usage::{Pace, used};
use crate::guard::{Class, Standing, Window};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// November 2026, with so many credits used at a moment of it.
fn standing(used: i32, cap: i32, now: &str) -> Standing {
    Standing {
        month: Window { used, cap, end: at("2026-12-01T00:00:00Z") },
        hour: Window { used: 0, cap: 10, end: at("2026-11-23T16:00:00Z") },
        burst_at: None,
        class: Class::Normal,
        counted_at: at(now),
    }
}

// Goal: a pace is what was used over what has gone, of the month that the database counts.
#[test]
fn a_pace_tells_where_a_month_ends() {
    let half = standing(400, 3_000, "2026-11-16T00:00:00Z");
    assert_eq!(half.month_start(), at("2026-11-01T00:00:00Z"));
    assert_eq!((half.pace(), half.even()), (Some(Pace::Reaches(800)), 1_500));
    let late = standing(3_000, 3_000, "2026-11-30T23:59:59Z");
    assert_eq!(late.pace(), Some(Pace::Reaches(3_000)));
}

// Goal: who uses more than an even pace is told the day on which it ends.
#[test]
fn a_pace_tells_when_nothing_is_left() {
    let fast = standing(2_000, 3_000, "2026-11-11T00:00:00Z");
    assert_eq!(fast.pace(), Some(Pace::RunsOut(at("2026-11-16T00:00:00Z"))));
    let lowered = standing(2_000, 0, "2026-11-11T00:00:00Z");
    assert_eq!(lowered.pace(), Some(Pace::RunsOut(at("2026-11-01T00:00:00Z"))));
}

// Goal: a young month and an unused one have no pace, and no number overflows.
#[test]
fn a_pace_claims_nothing_too_early() {
    assert_eq!(standing(40, 3_000, "2026-11-01T23:00:00Z").pace(), None);
    assert_eq!(standing(0, 3_000, "2026-11-20T00:00:00Z").pace(), None);
    let most = standing(i32::MAX, i32::MAX, "2026-11-02T00:00:00Z");
    assert!(matches!(most.pace(), Some(Pace::RunsOut(_))));
    assert!(most.even() > 0);
}

// Goal: a row that counts more small calls than calls shows none that were never made.
#[test]
fn small_calls_are_among_the_calls() {
    use crate::guard::queries::AnswerRow;
    let row = AnswerRow {
        ord: None,
        verdict: "shown".to_owned(),
        reservation: None,
        state: None,
        small: Some(true),
        subject: None,
        plan: None,
        month_used: Some(1),
        month_cap: Some(50),
        month_end: Some(at("2026-12-01T00:00:00Z")),
        hour_used: Some(1),
        hour_cap: Some(10),
        hour_end: Some(at("2026-11-23T16:00:00Z")),
        burst_at: None,
        counted_at: Some(at("2026-11-23T15:00:00Z")),
    };
    let day = DayRow { day: jiff::civil::date(2026, 11, 23), calls: 2, small: 5 };
    let shown = used(&[row], vec![day], &[]).unwrap();
    let day = shown.days.first().unwrap();
    assert_eq!((day.normal, day.small, day.calls()), (0, 2, 2));
    assert!(used(&[], Vec::new(), &[]).is_none());
}
