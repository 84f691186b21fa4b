//! Recurrence rules: their dates against an independent expander, and their bounds.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use jiff::civil::{Date, DateTime};
use kairo_capture::limits::OCCURRENCES_MAX;
use kairo_capture::{Anchor, Recurrence, RuleError};

fn recurrence(rrule: &str) -> Recurrence {
    Recurrence { rrule: rrule.to_owned(), anchor: Anchor::Due, exdates: Vec::new(), time: None }
}

fn at(text: &str) -> DateTime {
    text.parse().unwrap()
}

// Goal: every rule of the table gives the dates that python-dateutil gives.
#[test]
fn rules_expand_as_an_independent_expander_does() {
    let table = include_str!("expansions.txt");
    for line in table.lines().filter(|line| !line.starts_with('#')) {
        let mut parts = line.split(" | ");
        let (rule, start, dates) =
            (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap());
        let expected: Vec<DateTime> =
            dates.split(' ').filter(|date| *date != "never").map(at).collect();
        let start = at(start);
        let far = start
            .date()
            .saturating_add(jiff::Span::new().years(12))
            .last_of_year()
            .at(23, 59, 0, 0);
        let found = recurrence(rule).occurrences(start, start, far, 8).unwrap();
        assert_eq!(found, expected, "{line}");
    }
}

// Goal: a late window of a long series equals the tail of the whole series.
#[test]
fn a_window_equals_the_same_part_of_the_whole() {
    let start = at("2026-01-31T09:00");
    let (from, to) = (at("2031-03-01T00:00"), at("2032-03-01T00:00"));
    for rule in [
        "FREQ=DAILY;INTERVAL=3",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR",
        "FREQ=MONTHLY;BYMONTHDAY=31",
        "FREQ=YEARLY",
    ] {
        let rule = recurrence(rule);
        let whole = rule.occurrences(start, start, to, 5_000).unwrap();
        let tail: Vec<DateTime> = whole.into_iter().filter(|date| *date >= from).collect();
        assert_eq!(rule.occurrences(start, from, to, 5_000).unwrap(), tail);
    }
}

// Goal: days that the person left out are not among the dates, and still count.
#[test]
fn days_left_out_are_skipped_and_counted() {
    let exdates = vec![Date::constant(2026, 12, 24)];
    let rule = Recurrence { exdates, ..recurrence("FREQ=DAILY;COUNT=3") };
    let found =
        rule.occurrences(at("2026-12-23T08:00"), at("2026-12-01T00:00"), at("2027-12-01T00:00"), 9);
    assert_eq!(found.unwrap(), [at("2026-12-23T08:00"), at("2026-12-25T08:00")]);
}

// Goal: a rule that never happens ends, and a dense one stops at the limit.
#[test]
fn expansion_is_bounded() {
    let start = at("2026-01-01T00:00");
    let far = at("9999-12-31T00:00");
    let never = recurrence("FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30");
    assert_eq!(never.occurrences(start, start, far, 10).unwrap(), []);
    let dense = recurrence("FREQ=MINUTELY");
    assert_eq!(
        dense.occurrences(start, start, far, OCCURRENCES_MAX + 1).unwrap().len(),
        OCCURRENCES_MAX
    );
    let soon = dense.occurrences(start, at("2030-01-01T00:00"), far, 1).unwrap();
    assert_eq!(soon, [at("2030-01-01T00:00")]);
}

// Goal: a rule that is not understood is refused rather than half read.
#[test]
fn foreign_rules_are_refused() {
    let start = at("2026-01-01T00:00");
    let error = |rule: &str| recurrence(rule).occurrences(start, start, start, 1).unwrap_err();
    assert_eq!(error("FREQ=DAILY;BYWEEKNO=3"), RuleError::Part("BYWEEKNO=3".to_owned()));
    assert_eq!(error("FREQ=DAILY;INTERVAL=1000"), RuleError::Value("INTERVAL=1000".to_owned()));
    assert_eq!(error("FREQ=DAILY;COUNT=10000"), RuleError::Value("COUNT=10000".to_owned()));
    assert_eq!(error("FREQ=SECONDLY"), RuleError::Value("FREQ=SECONDLY".to_owned()));
    assert_eq!(error("INTERVAL=2"), RuleError::Part("FREQ".to_owned()));
    for half_read in [
        "FREQ=HOURLY;BYHOUR=9,17;BYMINUTE=0",
        "FREQ=MINUTELY;INTERVAL=30;BYHOUR=9",
        "FREQ=HOURLY;BYSETPOS=2",
        "FREQ=DAILY;BYMINUTE=0,30",
        "FREQ=WEEKLY;BYDAY=MO,TU;BYMONTHDAY=13",
        "FREQ=YEARLY;BYDAY=1FR;BYMONTHDAY=13",
        "FREQ=WEEKLY;BYDAY=2MO",
    ] {
        assert!(matches!(error(half_read), RuleError::Part(_)), "{half_read}");
    }
}

// Goal: a value that is said twice counts once, and the largest rules that fit into an item's
// bound keep the bounds of an expansion over thousands of years.
#[test]
fn large_rules_stay_bounded() {
    let all = |to: u32| (0..to).map(|n| n.to_string()).collect::<Vec<_>>().join(",");
    let start = at("2026-01-01T00:00");
    let twice = recurrence("FREQ=DAILY;BYHOUR=9,9,17").occurrences(start, start, start, 9);
    assert_eq!(twice.unwrap(), []);
    let (hours, minutes) = (all(24), all(60));
    let day = recurrence("FREQ=DAILY;BYHOUR=9,9,17");
    assert_eq!(day.occurrences(start, start, at("2026-01-01T23:00"), 9).unwrap().len(), 2);
    for rule in [
        format!("FREQ=YEARLY;BYMONTHDAY={};BYHOUR={hours};BYMINUTE={minutes};BYSETPOS=1", {
            (1..=31).map(|n| n.to_string()).collect::<Vec<_>>().join(",")
        }),
        format!("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;BYHOUR={hours};BYMINUTE={minutes}"),
    ] {
        let to = at("9999-12-01T00:00");
        assert!(recurrence(&rule).occurrences(start, start, to, 5_000).unwrap().len() <= 5_000);
    }
}
