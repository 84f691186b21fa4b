//! Ages, dates and lengths.

use jiff::{SignedDuration, Timestamp};

use crate::trust::controls::State;
use crate::web::trust::words::{SHOWN, Shown, ago, every, long, short, since};

const NOW: &str = "2026-11-23T15:42:10Z";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

// Goal: an age is said in the unit that a person counts in.
#[test]
fn ages_are_short() {
    for (then, words) in [
        ("2026-11-23T15:43:10Z", "just now"),
        ("2026-11-23T15:41:11Z", "just now"),
        ("2026-11-23T15:41:10Z", "1 min ago"),
        ("2026-11-23T14:42:11Z", "59 min ago"),
        ("2026-11-23T14:42:10Z", "1 h ago"),
        ("2026-11-22T15:42:10Z", "1 day ago"),
        ("2026-11-20T15:42:10Z", "3 days ago"),
    ] {
        assert_eq!(ago(at(then), at(NOW)), words, "{then}");
    }
}

// Goal: a beginning is a time today, a day this week, else a date; the year where it is not this.
#[test]
fn beginnings_are_placed() {
    for (then, words) in [
        ("2026-11-23T09:12:59Z", "09:12 UTC"),
        ("2026-11-22T23:59:59Z", "Sunday"),
        ("2026-11-17T00:00:00Z", "Tuesday"),
        ("2026-11-16T23:00:00Z", "16 November"),
        ("2025-11-16T23:00:00Z", "16 November 2025"),
    ] {
        assert_eq!(since(at(then), at(NOW)), words, "{then}");
    }
}

// Goal: a date near by needs no year, one far away does.
#[test]
fn ends_have_a_year_when_they_need_one() {
    assert_eq!(short(at("2027-02-02T12:00:00Z"), at(NOW)), "2 Feb");
    assert_eq!(short(at("2027-11-20T12:00:00Z"), at(NOW)), "20 Nov 2027");
}

// Goal: lengths read as people say them.
#[test]
fn lengths_are_said() {
    let hours = SignedDuration::from_hours;
    assert_eq!((long(hours(1)), long(hours(26))), ("1 hour".into(), "26 hours".into()));
    assert_eq!(long(hours(24 * 8)), "8 days");
    assert_eq!((every(hours(24)), every(hours(168))), ("every day".into(), "every week".into()));
    assert_eq!(every(SignedDuration::from_mins(5)), "every 5 minutes");
}

// Goal: each state has a row in the table of what is shown, and no two look the same.
#[test]
fn every_state_is_shown() {
    for state in State::ALL {
        assert_eq!(Shown::named(state.word()).name, state.word());
    }
    for (index, one) in SHOWN.iter().enumerate() {
        let alike = |it: &&Shown| it.bar == one.bar || it.word == one.word;
        assert!(!SHOWN[index + 1..].iter().any(|it| alike(&it)), "{}", one.name);
    }
}
