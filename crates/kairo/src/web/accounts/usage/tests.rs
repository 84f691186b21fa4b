//! The words of the page of usage.

use jiff::Timestamp;

use super::{about, month};
use crate::guard::{Class, Standing, Window};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The middle of November 2026.
fn standing(used: i32, cap: i32) -> Standing {
    Standing {
        month: Window { used, cap, end: at("2026-12-01T00:00:00Z") },
        hour: Window { used: 0, cap: 10, end: at("2026-11-16T01:00:00Z") },
        burst_at: None,
        class: Class::Normal,
        counted_at: at("2026-11-16T00:00:00Z"),
    }
}

// Goal: a pace is said as roughly as it is known.
#[test]
fn a_pace_is_rounded() {
    let cases = [(0, "0"), (99, "99"), (100, "100"), (1_074, "1,070"), (12_345, "12,300")];
    for (credits, said) in cases {
        assert_eq!(about(credits), said);
    }
}

// Goal: the month says when it begins anew, and what its pace leads to or that nothing is left.
#[test]
fn the_month_is_told_in_words() {
    let cases = [
        (0, 3_000, "", "Starts again on 1 December, 00:00 UTC."),
        (537, 3_000, "", "At this pace you will use about 1,070."),
        (2_000, 3_000, "", "At this pace it is used up on 23 November."),
        (3_000, 3_000, "Used up.", "read without a model until 1 December, 00:00 UTC."),
        (3_500, 3_000, "Used up.", "read without a model until 1 December, 00:00 UTC."),
        (0, 0, "Used up.", "read without a model until 1 December, 00:00 UTC."),
    ];
    for (used, cap, first, rest) in cases {
        let gauge = month(&standing(used, cap));
        assert_eq!(gauge.first, first, "{used} of {cap}");
        assert!(gauge.rest.ends_with(rest), "{used} of {cap}: {}", gauge.rest);
    }
}

// Goal: the picture is told for ears with the even pace beside it.
#[test]
fn the_dial_is_told_for_ears() {
    let label = month(&standing(812, 3_000)).label;
    assert_eq!(label, "812 of 3,000 used; an even pace would be 1,500 by now");
}
