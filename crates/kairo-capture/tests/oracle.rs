//! Random recurrence rules, expanded by this crate and by the `rrule` crate.
//!
//! The draws are the parts that Kairo writes and combinations of them that RFC 5545 allows.
//! `tests/expansions.txt` holds such rules against a third expander, python-dateutil.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use jiff::civil::DateTime;
use kairo_capture::{Anchor, Recurrence};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

const DAYS: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

/// Dates compared of each rule.
const DATES: usize = 12;

fn listed<T: ToString>(name: &str, values: &[T]) -> String {
    let values: Vec<String> = values.iter().map(ToString::to_string).collect();
    if values.is_empty() { String::new() } else { format!(";{name}={}", values.join(",")) }
}

fn months() -> impl Strategy<Value = String> {
    let months = subsequence((1..=12).collect::<Vec<i32>>(), 0..=4);
    prop_oneof![2 => Just(String::new()), 1 => months.prop_map(|m| listed("BYMONTH", &m))]
}

fn weekdays() -> impl Strategy<Value = String> {
    subsequence(DAYS.to_vec(), 1..=5).prop_map(|days| listed("BYDAY", &days))
}

/// Weekdays with a position. The `rrule` crate refuses the fifth from the end of a month, which
/// RFC 5545 allows; `expansions.txt` has it.
fn positioned(most: i32) -> impl Strategy<Value = String> {
    let one = (1..=most, any::<bool>(), select(DAYS.to_vec()));
    let one = one.prop_map(move |(n, last, day)| {
        format!("{}{day}", if last { -n.min(most - 1) } else { n })
    });
    prop::collection::vec(one, 1..=2).prop_map(|mut days| {
        days.sort();
        days.dedup();
        listed("BYDAY", &days)
    })
}

fn month_days() -> impl Strategy<Value = String> {
    let days = (1..=31).chain(-4..=-1).collect::<Vec<i32>>();
    subsequence(days, 1..=4).prop_map(|days| listed("BYMONTHDAY", &days))
}

fn hours() -> impl Strategy<Value = String> {
    let hours = subsequence((0..24).collect::<Vec<i32>>(), 1..=3);
    let minutes = select(vec![0, 15, 30]);
    let both = (hours, minutes)
        .prop_map(|(hours, minute)| listed("BYHOUR", &hours) + &listed("BYMINUTE", &[minute]));
    prop_oneof![3 => Just(String::new()), 1 => both]
}

fn position() -> impl Strategy<Value = String> {
    select(vec![1, 2, -1]).prop_map(|n| format!(";BYSETPOS={n}"))
}

/// A frequency with the parts that may stand beside it.
fn parts() -> impl Strategy<Value = String> {
    let none = || Just(String::new());
    let daily = (months(), prop_oneof![2 => none(), 1 => weekdays()])
        .prop_map(|(months, days)| format!("DAILY|{months}{days}"));
    let weekly = (months(), prop_oneof![1 => none(), 3 => weekdays()])
        .prop_map(|(months, days)| format!("WEEKLY|{months}{days}"));
    let counted = (weekdays(), position()).prop_map(|(days, n)| days + &n);
    let both = (month_days(), weekdays()).prop_map(|(dates, days)| dates + &days);
    let monthly = prop_oneof![
        1 => none(), 2 => positioned(5), 2 => month_days(), 1 => counted, 1 => both, 1 => weekdays()
    ];
    let monthly = (months(), monthly).prop_map(|(months, days)| format!("MONTHLY|{months}{days}"));
    let dated = (subsequence((1..=12).collect::<Vec<i32>>(), 1..=3), month_days())
        .prop_map(|(months, days)| listed("BYMONTH", &months) + &days);
    let placed = (subsequence((1..=12).collect::<Vec<i32>>(), 1..=3), positioned(5))
        .prop_map(|(months, days)| listed("BYMONTH", &months) + &days);
    let within = (subsequence((1..=12).collect::<Vec<i32>>(), 1..=3), weekdays())
        .prop_map(|(months, days)| listed("BYMONTH", &months) + &days);
    let limited = (month_days(), weekdays()).prop_map(|(dates, days)| dates + &days);
    let yearly = prop_oneof![
        1 => none(), 2 => dated, 2 => placed, 1 => within, 1 => month_days(), 1 => positioned(20),
        1 => limited
    ];
    let yearly = yearly.prop_map(|parts| format!("YEARLY|{parts}"));
    let ticking = (select(vec!["HOURLY", "MINUTELY"]), prop_oneof![2 => none(), 1 => weekdays()])
        .prop_map(|(freq, days)| format!("{freq}|{days}"));
    prop_oneof![2 => daily, 2 => weekly, 3 => monthly, 3 => yearly, 1 => ticking]
}

/// How it ends: not at all, after so many times, or on a day.
fn ending() -> impl Strategy<Value = String> {
    let until = (2026..2032_i32, 1..=12_i32, 1..=28_i32)
        .prop_map(|(year, month, day)| format!(";UNTIL={year}{month:02}{day:02}"));
    let count = (1..10_u32).prop_map(|count| format!(";COUNT={count}"));
    prop_oneof![2 => Just(String::new()), 1 => count, 1 => until]
}

fn rules() -> impl Strategy<Value = String> {
    let interval = prop_oneof![2 => Just(1), 1 => 2..6_u32];
    (parts(), hours(), interval, ending()).prop_map(|(parts, hours, interval, ending)| {
        let (freq, parts) = parts.split_once('|').unwrap();
        let (parts, position) =
            parts.find(";BYSETPOS").map_or((parts, ""), |at| parts.split_at(at));
        let hours = if matches!(freq, "HOURLY" | "MINUTELY") { "" } else { hours.as_str() };
        let interval = if interval > 1 { format!(";INTERVAL={interval}") } else { String::new() };
        format!("FREQ={freq}{interval}{parts}{hours}{position}{ending}")
    })
}

fn starts() -> impl Strategy<Value = DateTime> {
    let time = select(vec![(0, 0), (9, 0), (13, 45), (23, 30)]);
    (2024..2030_i16, 1..=12_i8, 1..=31_i8, time).prop_filter_map("a day", |parts| {
        let (year, month, day, (hour, minute)) = parts;
        DateTime::new(year, month, day, hour, minute, 0, 0).ok()
    })
}

fn ours(rule: &str, start: DateTime, to: DateTime) -> Vec<DateTime> {
    let rrule = rule.to_owned();
    let rule = Recurrence { rrule, anchor: Anchor::Due, exdates: Vec::new(), time: None };
    rule.occurrences(start, start, to, DATES).unwrap()
}

fn theirs(rule: &str, start: DateTime, to: DateTime) -> Vec<DateTime> {
    // Kairo's UNTIL is the last day; theirs is a moment.
    let rule = match rule.split_once(";UNTIL=") {
        Some((rule, day)) => format!("{rule};UNTIL={day}T235959Z"),
        None => rule.to_owned(),
    };
    let text = format!("DTSTART:{}Z\nRRULE:{rule}", start.strftime("%Y%m%dT%H%M%S"));
    let set = match text.parse::<rrule::RRuleSet>() {
        Ok(set) => set,
        // Refused there, empty here: nothing happens after the end.
        Err(error) if format!("{error:?}").contains("UntilBeforeStart") => return Vec::new(),
        Err(error) => panic!("{text}: {error}"),
    };
    let dates = (&set).into_iter().map(|date| date.naive_utc().to_string().parse().unwrap());
    dates.take_while(|date| *date <= to).take(DATES).collect()
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 2_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    // Goal: a rule means the same days here as to an expander that somebody else wrote.
    #[test]
    fn rules_expand_as_the_rrule_crate_expands_them(rule in rules(), start in starts()) {
        let to = start.saturating_add(jiff::Span::new().years(12));
        let (one, two) = (ours(&rule, start, to), theirs(&rule, start, to));
        prop_assert_eq!(one, two, "{} from {}", rule, start);
    }
}
