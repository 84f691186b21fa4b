//! Dates and times as people say them, from Monday 23 November 2026.

use jiff::Timestamp;
use jiff::civil::{Date, Weekday, date, datetime, time};

use crate::web::views::words::*;

const TODAY: Date = date(2026, 11, 23);

// Goal: clocks have twelve hours, and noon and midnight are twelve.
#[test]
fn clocks_read_as_people_say_them() {
    let words = [(0, 5), (9, 15), (12, 0), (13, 0), (23, 59)].map(|(h, m)| clock(time(h, m, 0, 0)));
    assert_eq!(words, ["12:05 am", "9:15 am", "12:00 pm", "1:00 pm", "11:59 pm"]);
}

// Goal: dates name the year only where it is another.
#[test]
fn dates_name_a_year_only_where_needed() {
    assert_eq!(short_date(date(2026, 11, 24), TODAY), "Tue 24 Nov");
    assert_eq!(short_date(date(2027, 1, 4), TODAY), "Mon 4 Jan 2027");
    assert_eq!(long_date(TODAY, TODAY), "Monday 23 November");
    assert_eq!(day_month(date(2025, 2, 28), TODAY), "28 February 2025");
}

// Goal: a day in a row is short, and still clear when it is far.
#[test]
fn row_days_are_short() {
    assert_eq!(row_day(date(2026, 11, 20), TODAY), "Fri 20");
    assert_eq!(row_day(date(2026, 12, 21), TODAY), "Mon 21");
    assert_eq!(row_day(date(2027, 11, 21), TODAY), "Sun 21");
    assert_eq!(row_day(date(2026, 10, 26), TODAY), "Mon 26");
    assert_eq!(row_day(date(2026, 10, 25), TODAY), "25 Oct");
    assert_eq!(row_day(date(2025, 11, 23), TODAY), "Nov 2025");
}

// Goal: near days are said in relation to today.
#[test]
fn near_days_are_relative() {
    assert_eq!(relative_day(TODAY, TODAY), "today");
    assert_eq!(relative_day(date(2026, 11, 24), TODAY), "tomorrow");
    assert_eq!(relative_day(date(2026, 11, 22), TODAY), "yesterday");
    assert_eq!(relative_day(date(2026, 11, 25), TODAY), "Wed 25 Nov");
}

// Goal: a span says am or pm, and the day, only as often as needed.
#[test]
fn spans_say_no_more_than_needed() {
    let at = |day, hour| date(2026, 11, day).at(hour, 0, 0, 0);
    assert_eq!(span(at(23, 14), Some(at(23, 15)), false, TODAY), "Mon 23 Nov, 2:00 to 3:00 pm");
    assert_eq!(span(at(23, 11), Some(at(23, 13)), false, TODAY), "Mon 23 Nov, 11:00 am to 1:00 pm");
    assert_eq!(span(at(24, 13), None, false, TODAY), "Tue 24 Nov, 1:00 pm");
    assert_eq!(
        span(at(23, 22), Some(at(24, 2)), false, TODAY),
        "Mon 23 Nov, 10:00 pm to Tue 24 Nov, 2:00 am"
    );
    assert_eq!(span(at(23, 0), None, true, TODAY), "Mon 23 Nov");
    assert_eq!(span(at(23, 0), Some(at(23, 0)), true, TODAY), "Mon 23 Nov");
    assert_eq!(span(at(23, 0), Some(at(25, 0)), true, TODAY), "Mon 23 Nov to Wed 25 Nov");
}

// Goal: each day falls into the section a person looks for it in.
#[test]
fn days_fall_into_their_sections() {
    let of = |y, m, d| section(date(y, m, d), TODAY, Weekday::Monday);
    assert_eq!(of(2026, 11, 22), Section::Earlier);
    assert_eq!(of(2026, 11, 23), Section::Today);
    assert_eq!(of(2026, 11, 24), Section::Tomorrow);
    assert_eq!(of(2026, 11, 29), Section::Day(date(2026, 11, 29)));
    assert_eq!(of(2026, 11, 30), Section::NextWeek(date(2026, 11, 30)));
    assert_eq!(of(2026, 12, 6), Section::NextWeek(date(2026, 11, 30)));
    assert_eq!(of(2026, 12, 7), Section::Month(date(2026, 12, 1)));
}

// Goal: the first day of the week is the reader's.
#[test]
fn weeks_begin_where_the_reader_says() {
    let sunday = date(2026, 11, 29);
    assert_eq!(section(sunday, TODAY, Weekday::Sunday), Section::NextWeek(sunday));
    let last = section(date(2026, 12, 6), sunday, Weekday::Monday);
    assert_eq!(last, Section::NextWeek(date(2026, 11, 30)));
    assert_eq!(section(date(2026, 11, 30), sunday, Weekday::Monday), Section::Tomorrow);
}

// Goal: sections keep the order of their days.
#[test]
fn sections_are_in_order() {
    let days = (0..400).map(|day| jiff::Span::new().days(day - 20));
    let sections: Vec<_> =
        days.map(|day| section(TODAY.checked_add(day).unwrap(), TODAY, Weekday::Monday)).collect();
    assert!(sections.is_sorted());
}

// Goal: headings read as on the page.
#[test]
fn headings_read_well() {
    let of = |section| {
        let Heading { title, note, id } = heading(section, TODAY);
        format!("{title}|{note}|{id}")
    };
    assert_eq!(of(Section::Tomorrow), "Tomorrow|Tuesday 24 November|tomorrow");
    assert_eq!(of(Section::Day(date(2026, 11, 25))), "Wednesday|25 November|d2026-11-25");
    assert_eq!(of(Section::NextWeek(date(2026, 11, 30))), "Next week|from 30 November|next-week");
    assert_eq!(of(Section::Month(date(2027, 1, 1))), "January 2027||m2027-01-01");
}

// Goal: what has been is as old as people say, and a clock that runs ahead says "now".
#[test]
fn ages_are_rounded_down() {
    let now = Timestamp::from_second(1_000_000_000).unwrap();
    let of = |s: i64| ago(Timestamp::from_second(1_000_000_000 - s).unwrap(), now);
    assert_eq!(of(-5), "now");
    assert_eq!(of(119), "now");
    assert_eq!(of(120), "2 minutes ago");
    assert_eq!(of(3_600), "an hour ago");
    assert_eq!(of(7_200), "2 hours ago");
    assert_eq!(of(86_400), "a day ago");
    assert_eq!(of(9 * 86_400), "9 days ago");
}

// Goal: numbers and names are short.
#[test]
fn numbers_and_names_are_short() {
    assert_eq!([0, 812, 3_118, 1_000_000].map(thousands), ["0", "812", "3,118", "1,000,000"]);
    assert_eq!(count(1, "item", "items"), "1 item");
    assert_eq!(count(1_204, "item", "items"), "1,204 items");
    assert_eq!(zone_city("America/New_York"), "New York");
    assert_eq!(zone_city("UTC"), "UTC");
    let names = ["Ana Ruiz", "ana.ruiz@x.org", "ana@x.org", "@", "Jean Luc P", "ß"];
    assert_eq!(names.map(initials), ["AR", "AR", "A", "", "JP", "SS"]);
    assert_eq!(quoted("Call"), "“\u{2068}Call\u{2069}”");
    assert_eq!(iso_minute(datetime(2026, 1, 2, 3, 4, 5, 6)), "2026-01-02T03:04");
}
