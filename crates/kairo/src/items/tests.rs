//! What the items' pure parts promise.

mod occurrences;
mod splits;

use jiff::civil::{DateTime, date};

use super::body::Body;
use super::series;
use super::when::{Repeat, Role, When};
use crate::limits::{ITEM_LABEL_CHARS_MAX, ITEM_LABELS_MAX, ITEM_NOTES_CHARS_MAX};
use crate::limits::{ITEM_PLACE_CHARS_MAX, ITEM_TITLE_CHARS_MAX};

fn titled(title: &str) -> Body {
    Body { title: title.to_owned(), ..Body::default() }
}

fn at(start: DateTime, zone: &str) -> When {
    When { role: Role::Start, start, end: None, all_day: false, zone: zone.to_owned() }
}

// Goal: each limit of the words holds, and one past it is refused by name.
#[test]
fn one_past_each_limit_is_refused() {
    let fits = Body {
        title: "t".repeat(ITEM_TITLE_CHARS_MAX),
        notes: Some("\u{1F600}".repeat(ITEM_NOTES_CHARS_MAX)),
        place: Some("p".repeat(ITEM_PLACE_CHARS_MAX)),
        people: (0..ITEM_LABELS_MAX).map(|n| format!("person {n}")).collect(),
        tags: vec!["x".repeat(ITEM_LABEL_CHARS_MAX)],
        ..Body::default()
    };
    assert_eq!(fits.clone().tidy().unwrap(), fits);
    let past = Body {
        title: format!("{}t", fits.title),
        notes: fits.notes.map(|notes| notes + "n"),
        place: fits.place.map(|place| place + "p"),
        people: (0..=ITEM_LABELS_MAX).map(|n| format!("person {n}")).collect(),
        tags: vec!["x".repeat(ITEM_LABEL_CHARS_MAX + 1)],
        ..Body::default()
    };
    let faults = past.tidy().unwrap_err();
    let mut fields: Vec<_> = faults.iter().map(|fault| fault.field).collect();
    fields.sort_unstable();
    assert_eq!(fields, ["notes", "people", "place", "tags", "title"]);
}

// Goal: an item cannot be without a title, and labels are said once.
#[test]
fn words_are_tidied() {
    assert_eq!(titled(" \n ").tidy().unwrap_err()[0].code, "empty");
    let tags = ["#Home", "home", " ", "work"].map(str::to_owned).to_vec();
    let body = Body { tags, ..titled(" two\n lines ") }.tidy().unwrap();
    assert_eq!((body.title.as_str(), body.tags), ("two lines", vec!["Home".into(), "work".into()]));
}

// Goal: a time that does not exist goes forward by the gap; one that exists twice takes the first.
#[test]
fn gaps_go_forward_and_folds_take_the_first() {
    let gap = at(date(2026, 3, 8).at(2, 30, 0, 0), "America/New_York");
    assert_eq!(gap.instants().0.to_string(), "2026-03-08T07:30:00Z");
    assert_eq!(gap.settle().start, date(2026, 3, 8).at(3, 30, 0, 0));
    let fold = at(date(2026, 11, 1).at(1, 30, 0, 0), "America/New_York");
    assert_eq!(fold.instants().0.to_string(), "2026-11-01T05:30:00Z");
    assert_eq!(fold.clone().settle(), fold);
}

// Goal: times that cannot be are refused with the field's name.
#[test]
fn impossible_times_are_refused() {
    let good = at(date(2026, 3, 9).at(9, 0, 0, 0), "Europe/Berlin");
    assert!(good.check().is_ok());
    assert_eq!(at(good.start, "Mars/Olympus").check().unwrap_err().field, "zone");
    let before = date(2026, 3, 9).at(8, 59, 0, 0);
    let backwards = When { end: Some(before), ..good.clone() };
    assert_eq!(backwards.check().unwrap_err().field, "end");
    let far = at(date(2401, 1, 1).at(0, 0, 0, 0), "UTC");
    assert_eq!(far.check().unwrap_err().code, "out_of_range");
}

fn every(rrule: &str) -> Repeat {
    Repeat { rrule: rrule.to_owned(), ..Repeat::default() }
}

// Goal: done of a series is done of one occurrence; the phase, the length and the count go on.
#[test]
fn a_series_moves_on() {
    let first = date(2026, 11, 23).at(9, 0, 0, 0);
    let end = Some(date(2026, 11, 23).at(10, 0, 0, 0));
    let when = When { end, ..at(first, "Europe/Berlin") };
    let repeat = every("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO;COUNT=3");
    let (second, left) = series::next(&when, &repeat, first, |_| false).unwrap();
    assert_eq!(second.start, date(2026, 12, 7).at(9, 0, 0, 0));
    assert_eq!(second.end, Some(date(2026, 12, 7).at(10, 0, 0, 0)));
    assert_eq!(left.rrule, "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO;COUNT=2");
    let (third, last) = series::next(&second, &left, second.start, |_| false).unwrap();
    assert!(
        series::next(&third, &last, third.start, |_| false).is_none(),
        "the third was the last"
    );
}

// Goal: a series from completion counts from the day it was done, and days left out are passed.
#[test]
fn a_series_counts_from_completion_and_passes_exceptions() {
    let when = at(date(2026, 11, 23).at(9, 0, 0, 0), "UTC");
    let from_done = Repeat { from_completion: true, ..every("FREQ=DAILY;INTERVAL=3") };
    let late = date(2026, 11, 25).at(18, 0, 0, 0);
    let next = series::next(&when, &from_done, late, |_| false).unwrap().0.start;
    assert_eq!(next, date(2026, 11, 28).at(9, 0, 0, 0));
    let exdates = vec![date(2026, 11, 24).at(9, 0, 0, 0)];
    let daily = Repeat { exdates, ..every("FREQ=DAILY") };
    let next = series::next(&when, &daily, late, |_| false).unwrap().0.start;
    assert_eq!(next, date(2026, 11, 25).at(9, 0, 0, 0));
}
