//! What a person may set, and what the context changes.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use jiff::civil::{Date, DateTime, Weekday, date};
use kairo_capture::limits::{ADDRESS_BYTES_MAX, ITEMS_MAX};
use kairo_capture::{
    Confidence, Context, DateOrder, Dayparts, Field, Item, NextWeekday, Span, read,
};

fn context(reference: &str) -> Context {
    let reference: DateTime = reference.parse().unwrap();
    Context::new(reference, "Europe/Berlin").unwrap()
}

fn start(text: &str, context: &Context) -> DateTime {
    read(text, context).items[0].when.as_ref().unwrap().start
}

fn day(text: &str, context: &Context) -> Date {
    start(text, context).date()
}

// Goal: "next friday" follows the person's rule, and the other day is offered.
#[test]
fn next_friday_follows_the_setting() {
    let monday = context("2026-11-23T09:00");
    let soonest = Context { next_weekday: NextWeekday::Soonest, ..monday.clone() };
    assert_eq!(day("next friday", &monday), date(2026, 12, 4));
    assert_eq!(day("next friday", &soonest), date(2026, 11, 27));
    let reading = read("next friday", &monday);
    assert_eq!(reading.items[0].spans[0].alternatives[0].start.date(), date(2026, 11, 27));
    let saturday = context("2026-11-28T09:00");
    assert_eq!(day("next friday", &saturday), date(2026, 12, 4));
}

// Goal: the first day of the week decides where "next week" begins.
#[test]
fn next_week_begins_on_the_person_s_first_day() {
    let sunday = Context { week_start: Weekday::Sunday, ..context("2026-11-25T09:00") };
    assert_eq!(day("plan next week", &sunday), date(2026, 11, 29));
    assert_eq!(day("plan next week", &context("2026-11-25T09:00")), date(2026, 11, 30));
}

// Goal: day and month follow the order, the other order is offered, and a lone reading wins.
#[test]
fn the_order_of_day_and_month_is_a_setting() {
    let mdy = context("2026-11-23T09:00");
    let dmy = Context { date_order: DateOrder::Dmy, ..mdy.clone() };
    assert_eq!(day("party on 3/4", &mdy), date(2027, 3, 4));
    assert_eq!(day("party on 3/4", &dmy), date(2027, 4, 3));
    assert_eq!(day("party on 27/1", &mdy), date(2027, 1, 27));
    let reading = read("party on 3/4", &mdy);
    assert_eq!(reading.confidence, Confidence::Likely);
    assert_eq!(reading.items[0].spans[0].alternatives[0].start.date(), date(2027, 4, 3));
}

// Goal: the hours of morning and evening are the person's.
#[test]
fn parts_of_the_day_have_the_person_s_hours() {
    let dayparts = Dayparts { morning: 7, evening: 18, ..Dayparts::default() };
    let early = Context { dayparts, ..context("2026-11-23T09:00") };
    assert_eq!(start("run tomorrow morning", &early).hour(), 7);
    assert_eq!(start("call tonight", &early).hour(), 18);
    assert_eq!(start("run tomorrow morning", &context("2026-11-23T09:00")).hour(), 9);
}

// Goal: a dismissed word is a plain word, and the rest is still read.
#[test]
fn a_dismissed_word_goes_back_into_the_title() {
    let text = "watch Friday tomorrow";
    let dismissed = vec![Span { start: 6, end: 12 }];
    let reading = read(text, &Context { dismissed, ..context("2026-11-23T09:00") });
    assert_eq!(reading.items[0].title, "watch Friday");
    assert_eq!(reading.items[0].when.as_ref().unwrap().start.date(), date(2026, 11, 24));
}

// Goal: a bare hour offers its other half of the day.
#[test]
fn a_bare_hour_offers_the_other_half() {
    let reading = read("coffee with Sam tomorrow at 8", &context("2026-11-23T09:00"));
    let hour = reading.items[0].spans.iter().find(|read| read.field == Field::Hour).unwrap();
    let other = &hour.alternatives[0];
    assert_eq!((other.label.as_str(), other.start.hour()), ("8:00 pm", 20));
    assert_eq!(reading.confidence, Confidence::Unsure);
}

// Goal: the longest list the person has is taken behind the sign.
#[test]
fn the_longest_known_list_wins() {
    let lists = ["Home", "Home garden"].map(str::to_owned).to_vec();
    let known = Context { known_lists: lists, ..context("2026-11-23T09:00") };
    let item = read("buy seeds ~home garden tomorrow", &known).items.remove(0);
    assert_eq!((item.list.as_deref(), item.title.as_str()), (Some("home garden"), "buy seeds"));
}

// Goal: whether the answer needs the minute is said, since a cache depends on it.
#[test]
fn use_of_the_clock_is_reported() {
    let monday = context("2026-11-23T09:00");
    let uses = |text: &str| read(text, &monday).uses_clock;
    assert!(uses("in 2 hours") && uses("call at 3") && uses("tonight") && uses("monday 8am"));
    assert!(!uses("tomorrow 3pm") && !uses("buy milk") && !uses("next friday"));
}

// Goal: a list of lines gives an item a line; other lines are notes; too many lines are cut.
#[test]
fn lines_are_items_or_notes() {
    let monday = context("2026-11-23T09:00");
    let titles = |items: &[Item]| items.iter().map(|item| item.title.clone()).collect::<Vec<_>>();
    let list = read("- buy milk\n- [ ] call Ana tomorrow\n", &monday);
    assert_eq!(titles(&list.items), ["buy milk", "call Ana"]);
    let noted = read("call Ana tomorrow\nask about friday\n", &monday);
    assert_eq!(noted.items[0].notes.as_deref(), Some("ask about friday"));
    let many = "- buy milk\n".repeat(ITEMS_MAX + 1);
    assert_eq!(read(&many, &monday).items.len(), ITEMS_MAX);
}

// Goal: an unknown zone is refused by name.
#[test]
fn an_unknown_zone_is_refused() {
    let reference: DateTime = "2026-11-23T09:00".parse().unwrap();
    let error = Context::new(reference, "Mars/Base").unwrap_err();
    assert_eq!(error.to_string(), "unknown time zone \"Mars/Base\"");
}

// Goal: what makes a run an address is looked for up to the limit, and not one byte past it.
#[test]
fn an_address_is_recognised_up_to_the_limit() {
    let context = Context::new("2026-11-23T09:00:00".parse().unwrap(), "UTC").unwrap();
    let run = |name: usize| format!("{}://(tomorrow)", "x".repeat(name));
    let dated = |name: usize| read(&run(name), &context).items[0].when.is_some();
    let most = ADDRESS_BYTES_MAX - "://".len();
    assert!(!dated(most));
    assert!(dated(most + 1));
}

// Goal: a list of days and hours gives no more items than a list of lines may.
#[test]
fn a_list_of_days_is_cut_at_the_limit() {
    let context = Context::new("2026-11-23T09:00:00".parse().unwrap(), "UTC").unwrap();
    let days = |count: usize| vec!["jan 1, 2, 3, 4, 5, 6, 7, 8, 9"; count].join(" and ");
    let items = |count: usize| read(&days(count), &context).items.len();
    assert!(items(1) > 5 && items(1) < ITEMS_MAX);
    assert!(items(60) <= ITEMS_MAX);
}
