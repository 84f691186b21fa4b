//! What is left, as headers.

use super::*;
use crate::guard::Class;

// Goal: a month is as long as its days, in every month and in a leap year.
#[test]
fn a_month_is_as_long_as_its_days() {
    for (end, days) in [
        ("2026-01-01T00:00:00Z", 31),
        ("2026-03-01T00:00:00Z", 28),
        ("2028-03-01T00:00:00Z", 29),
        ("2026-05-01T00:00:00Z", 30),
    ] {
        assert_eq!(month_s(end.parse().unwrap()), days * 86_400, "{end}");
    }
}

// Goal: the draft's own form, with the length of the month that runs, and nothing below zero.
#[test]
fn the_drafts_form() {
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    let standing = Standing {
        month: Window { used: 99, cap: 1_500, end: at("2026-12-01T00:00:00Z") },
        hour: Window { used: 27, cap: 20, end: at("2026-11-29T12:00:00Z") },
        burst_at: None,
        class: Class::Normal,
        counted_at: at("2026-11-29T11:40:00.5Z"),
    };
    let mut headers = HeaderMap::new();
    set(&mut headers, &standing);
    assert_eq!(headers[&POLICY], "\"hour\";q=20;w=3600, \"month\";q=1500;w=2592000");
    assert_eq!(headers[&LEFT], "\"hour\";r=0;t=1200, \"month\";r=1401;t=130800");
}
