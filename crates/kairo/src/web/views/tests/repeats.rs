//! Rules as people say them.

use jiff::civil::date;

use crate::web::views::repeats::repeat;

fn words(rrule: &str) -> String {
    repeat(rrule, false, date(2026, 11, 23))
}

// Goal: days and weeks read as people say them.
#[test]
fn days_and_weeks_read_well() {
    assert_eq!(words("FREQ=DAILY"), "every day");
    assert_eq!(words("FREQ=DAILY;INTERVAL=3"), "every 3 days");
    assert_eq!(words("FREQ=WEEKLY"), "every week");
    assert_eq!(words("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"), "every weekday");
    assert_eq!(words("FREQ=WEEKLY;BYDAY=SA,SU"), "every weekend day");
    assert_eq!(words("FREQ=WEEKLY;BYDAY=MO,WE,FR"), "every Monday, Wednesday and Friday");
    assert_eq!(words("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"), "every 2 weeks on Tuesday");
}

// Goal: months and years read as people say them.
#[test]
fn months_and_years_read_well() {
    assert_eq!(words("FREQ=MONTHLY"), "every month");
    assert_eq!(words("FREQ=MONTHLY;BYMONTHDAY=1"), "the 1st of every month");
    assert_eq!(words("FREQ=MONTHLY;BYMONTHDAY=11,22"), "the 11th and the 22nd of every month");
    assert_eq!(words("FREQ=MONTHLY;BYMONTHDAY=-1"), "the last day of every month");
    assert_eq!(words("FREQ=MONTHLY;INTERVAL=3;BYDAY=2TU"), "the 2nd Tuesday of every 3 months");
    assert_eq!(words("FREQ=MONTHLY;BYDAY=-1FR"), "the last Friday of every month");
    let last = "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1";
    assert_eq!(words(last), "the last weekday of every month");
    assert_eq!(words("FREQ=YEARLY"), "every year");
    assert_eq!(words("FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24"), "every 24 December");
    assert_eq!(
        words("FREQ=YEARLY;BYMONTH=11;BYDAY=4TH"),
        "the 4th Thursday of November every year"
    );
}

// Goal: an end, a number and the anchor are said too.
#[test]
fn ends_and_anchors_are_said() {
    assert_eq!(words("FREQ=DAILY;COUNT=5"), "every day, 5 times");
    assert_eq!(words("FREQ=DAILY;UNTIL=20261218"), "every day, until 18 December");
    assert_eq!(words("FREQ=DAILY;UNTIL=20270104T120000Z"), "every day, until 4 January 2027");
    let after = repeat("FREQ=DAILY;INTERVAL=3", true, date(2026, 11, 23));
    assert_eq!(after, "every 3 days, from when it is done");
}

// Goal: a rule that is not understood says less, never something wrong.
#[test]
fn strange_rules_say_less() {
    let rules = [
        "",
        "FREQ=SECONDLY",
        "FREQ=DAILY;BYHOUR=9",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=WEEKLY;BYDAY=é",
        "FREQ=MONTHLY;BYMONTHDAY=999",
        "FREQ=MONTHLY;BYMONTHDAY=1;BYDAY=MO",
        "FREQ=YEARLY;BYMONTH=13",
        "FREQ=DAILY;COUNT=x",
        "FREQ=DAILY;UNTIL=soon",
    ];
    for rule in rules {
        assert_eq!(words(rule), "repeats", "{rule}");
    }
}
