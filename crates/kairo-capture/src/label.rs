//! Days and times in words, for the chips of a reading.
//!
//! **Invariant:** English, and independent of the host.

use crate::ast::Dur;
use crate::model::When;
use jiff::civil::{Date, DateTime, Time, Weekday};

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

fn weekday(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "Mon",
        Weekday::Tuesday => "Tue",
        Weekday::Wednesday => "Wed",
        Weekday::Thursday => "Thu",
        Weekday::Friday => "Fri",
        Weekday::Saturday => "Sat",
        Weekday::Sunday => "Sun",
    }
}

/// "Tue 24 Nov".
pub(crate) fn day(date: Date) -> String {
    let at = usize::try_from(date.month() - 1).unwrap_or(0);
    let month = MONTHS.get(at).copied().unwrap_or("");
    format!("{} {} {month}", weekday(date.weekday()), date.day())
}

/// "Tue 24 Nov 2027", with the year where it is another than the reference's.
pub(crate) fn day_from(date: Date, reference: Date) -> String {
    if date.year() == reference.year() {
        day(date)
    } else {
        format!("{} {}", day(date), date.year())
    }
}

/// "1:00 pm".
pub(crate) fn time(time: Time) -> String {
    let hour = match time.hour() % 12 {
        0 => 12,
        hour => hour,
    };
    let half = if time.hour() < 12 { "am" } else { "pm" };
    format!("{hour}:{:02} {half}", time.minute())
}

/// "9:00 am, 12:00 pm and 3:00 pm".
pub(crate) fn hours(hours: &[Time]) -> String {
    let mut hours: Vec<String> = hours.iter().map(|hour| time(*hour)).collect();
    let last = hours.pop().unwrap_or_default();
    if hours.is_empty() { last } else { format!("{} and {last}", hours.join(", ")) }
}

/// "2:00 to 3:00 pm", "11:00 am to 1:00 pm".
pub(crate) fn times(from: Time, to: Time) -> String {
    let (first, last) = (time(from), time(to));
    let same = (from.hour() < 12) == (to.hour() < 12);
    let first = first.strip_suffix(if from.hour() < 12 { " am" } else { " pm" }).filter(|_| same);
    format!("{} to {last}", first.unwrap_or(&time(from)))
}

/// "Tue 24 Nov to Thu 26 Nov".
pub(crate) fn days(from: Date, to: Date, reference: Date) -> String {
    format!("{} to {}", day_from(from, reference), day_from(to, reference))
}

/// "1 h 30 min", "3 days".
pub(crate) fn length(dur: Dur) -> String {
    if dur.is_clock() {
        return minutes(dur.minutes());
    }
    let plural = |count: i32, unit: &str| match count {
        0 => None,
        1 => Some(format!("1 {unit}")),
        count => Some(format!("{count} {unit}s")),
    };
    let parts =
        [plural(dur.months, "month"), plural(dur.days, "day"), plural(dur.workdays, "workday")];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

fn moment(at: DateTime, all_day: bool, reference: Date) -> String {
    let date = day_from(at.date(), reference);
    if all_day { date } else { format!("{date}, {}", time(at.time())) }
}

/// A moment with its end: "Tue 24 Nov, 1:00 pm to 2:00 pm".
pub(crate) fn when(when: &When, reference: Date) -> String {
    let start = moment(when.start, when.all_day, reference);
    match when.end {
        None => start,
        Some(end) if end.date() == when.start.date() => format!("{start} to {}", time(end.time())),
        Some(end) => format!("{start} to {}", moment(end, when.all_day, reference)),
    }
}

/// "1 h 30 min".
pub(crate) fn minutes(minutes: i32) -> String {
    match (minutes / 60, minutes % 60) {
        (0, rest) => format!("{rest} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, rest) => format!("{hours} h {rest} min"),
    }
}
