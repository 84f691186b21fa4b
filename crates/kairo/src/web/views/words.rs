//! Dates, times and numbers as people say them, in English.
//!
//! **Invariant:** nothing here reads a clock or knows a zone: "today" is a parameter, and times
//! come as the local time that is meant.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time, Weekday};

/// A heading of the agenda.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    /// Before today.
    Earlier,
    /// Today.
    Today,
    /// The day after.
    Tomorrow,
    /// A later day of this week.
    Day(Date),
    /// The next week, named by its first day.
    NextWeek(Date),
    /// Anything later, by the first day of its month.
    Month(Date),
}

/// A heading with what stands small beside it, and its element id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heading {
    /// "Tomorrow".
    pub title: String,
    /// "Tuesday 24 November".
    pub note: String,
    /// "tomorrow".
    pub id: String,
}

/// The section of the agenda in which a day stands. Weeks begin on `week_start`.
#[must_use]
pub fn section(date: Date, today: Date, week_start: Weekday) -> Section {
    let days = days_between(today, date);
    let into_week = i64::from(today.weekday().since(week_start));
    let next_week = 7 - into_week;
    match days {
        ..0 => Section::Earlier,
        0 => Section::Today,
        1 => Section::Tomorrow,
        d if d < next_week => Section::Day(date),
        d if d < next_week + 7 => Section::NextWeek(plus_days(today, next_week)),
        _ => Section::Month(date.first_of_month()),
    }
}

/// The words over a section.
#[must_use]
pub fn heading(section: Section, today: Date) -> Heading {
    let plain = |title: &str, note: String, id: &str| Heading {
        title: title.to_owned(),
        note,
        id: id.to_owned(),
    };
    match section {
        Section::Earlier => plain("Overdue", String::new(), "overdue"),
        Section::Today => plain("Today", String::new(), "today"),
        Section::Tomorrow => plain("Tomorrow", long_date(plus_days(today, 1), today), "tomorrow"),
        Section::Day(date) => Heading {
            title: weekday(date.weekday()).to_owned(),
            note: day_month(date, today),
            id: format!("d{date}"),
        },
        Section::NextWeek(first) => {
            plain("Next week", format!("from {}", day_month(first, today)), "next-week")
        }
        Section::Month(first) => Heading {
            title: month_year(first, today),
            note: String::new(),
            id: format!("m{first}"),
        },
    }
}

/// "1:00 pm".
#[must_use]
pub fn clock(time: Time) -> String {
    format!("{} {}", clock_bare(time), half(time))
}

/// "Mon", for rows and chips.
#[must_use]
pub fn weekday_short(day: Weekday) -> &'static str {
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

/// "Monday".
#[must_use]
pub fn weekday(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "Monday",
        Weekday::Tuesday => "Tuesday",
        Weekday::Wednesday => "Wednesday",
        Weekday::Thursday => "Thursday",
        Weekday::Friday => "Friday",
        Weekday::Saturday => "Saturday",
        Weekday::Sunday => "Sunday",
    }
}

/// "November"; empty for a number that is no month.
#[must_use]
pub fn month(number: i8) -> &'static str {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    usize::try_from(number)
        .ok()
        .and_then(|number| number.checked_sub(1))
        .and_then(|index| MONTHS.get(index).copied())
        .unwrap_or_default()
}

/// "Tue 24 Nov", with the year where it is not this one.
#[must_use]
pub fn short_date(date: Date, today: Date) -> String {
    let month: String = month(date.month()).chars().take(3).collect();
    format!("{} {} {month}{}", weekday_short(date.weekday()), date.day(), year(date, today))
}

/// "24 Nov 2026": the words for a form, which are the same on every day.
#[must_use]
pub fn full_date(date: Date) -> String {
    let month: String = month(date.month()).chars().take(3).collect();
    format!("{} {month} {}", date.day(), date.year())
}

/// "Fri 20": a day among its neighbours, and any day under the heading of its month. Longer ago
/// than four weeks "20 Oct" says more, and for another year "Oct 2025" is what the column holds.
#[must_use]
pub fn row_day(date: Date, today: Date) -> String {
    if days_between(today, date) >= -28 {
        return format!("{} {}", weekday_short(date.weekday()), date.day());
    }
    let month: String = month(date.month()).chars().take(3).collect();
    match year(date, today) {
        year if year.is_empty() => format!("{} {month}", date.day()),
        year => format!("{month}{year}"),
    }
}

/// "Monday 23 November".
#[must_use]
pub fn long_date(date: Date, today: Date) -> String {
    format!("{} {}", weekday(date.weekday()), day_month(date, today))
}

/// "23 November".
#[must_use]
pub fn day_month(date: Date, today: Date) -> String {
    format!("{} {}{}", date.day(), month(date.month()), year(date, today))
}

/// "today", "tomorrow", "yesterday", else "Tue 24 Nov".
#[must_use]
pub fn relative_day(date: Date, today: Date) -> String {
    match days_between(today, date) {
        0 => "today".to_owned(),
        1 => "tomorrow".to_owned(),
        -1 => "yesterday".to_owned(),
        _ => short_date(date, today),
    }
}

/// "Mon 23 Nov, 2:00 to 3:00 pm"; without times where `all_day`, and then `end` is the last day.
#[must_use]
pub fn span(start: DateTime, end: Option<DateTime>, all_day: bool, today: Date) -> String {
    let first = short_date(start.date(), today);
    let other_day = end.filter(|end| end.date() != start.date());
    match (all_day, end) {
        (true, _) => match other_day {
            Some(end) => format!("{first} to {}", short_date(end.date(), today)),
            None => first,
        },
        (false, None) => format!("{first}, {}", clock(start.time())),
        (false, Some(end)) if other_day.is_some() => {
            let last = short_date(end.date(), today);
            format!("{first}, {} to {last}, {}", clock(start.time()), clock(end.time()))
        }
        (false, Some(end)) if half(start.time()) == half(end.time()) => {
            format!("{first}, {} to {}", clock_bare(start.time()), clock(end.time()))
        }
        (false, Some(end)) => {
            format!("{first}, {} to {}", clock(start.time()), clock(end.time()))
        }
    }
}

/// "2 hours ago", for what has been; "now" within two minutes and for what is yet to come.
#[must_use]
pub fn ago(then: Timestamp, now: Timestamp) -> String {
    let s = now.as_second() - then.as_second();
    match s {
        ..120 => "now".to_owned(),
        120..3_600 => format!("{} minutes ago", s / 60),
        3_600..7_200 => "an hour ago".to_owned(),
        7_200..86_400 => format!("{} hours ago", s / 3_600),
        86_400..172_800 => "a day ago".to_owned(),
        _ => format!("{} days ago", s / 86_400),
    }
}

/// "3 items"; the plural is the singular with an s unless it is given.
#[must_use]
pub fn count(number: usize, one: &str, many: &str) -> String {
    format!("{} {}", thousands(number), if number == 1 { one } else { many })
}

/// "3,118".
#[must_use]
pub fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// "New York" of `America/New_York`.
#[must_use]
pub fn zone_city(zone: &str) -> String {
    zone.rsplit('/').next().unwrap_or(zone).replace('_', " ")
}

/// One or two letters for a name or an e-mail address: "AR" of Ana Ruiz and of `ana.ruiz@x.org`.
#[must_use]
pub fn initials(name: &str) -> String {
    let name = name.split('@').next().unwrap_or(name);
    let mut words = name
        .split(|c: char| !c.is_alphanumeric())
        .filter_map(|word| word.chars().next())
        .flat_map(char::to_uppercase);
    let first = words.next();
    first.into_iter().chain(words.last()).collect()
}

/// Somebody's words inside a sentence of ours: “Call the bank”. They are isolated (UAX 9), so that
/// right-to-left text or an override character in them cannot turn our own words around.
#[must_use]
pub fn quoted(text: &str) -> String {
    format!("“\u{2068}{text}\u{2069}”")
}

/// The time of day for machines: `2026-11-23T10:42`.
#[must_use]
pub fn iso_minute(at: DateTime) -> String {
    format!("{}T{:02}:{:02}", at.date(), at.hour(), at.minute())
}

fn clock_bare(time: Time) -> String {
    let hour = match time.hour() % 12 {
        0 => 12,
        hour => hour,
    };
    format!("{hour}:{:02}", time.minute())
}

fn half(time: Time) -> &'static str {
    if time.hour() < 12 { "am" } else { "pm" }
}

fn year(date: Date, today: Date) -> String {
    if date.year() == today.year() { String::new() } else { format!(" {}", date.year()) }
}

fn month_year(first: Date, today: Date) -> String {
    format!("{}{}", month(first.month()), year(first, today))
}

fn days_between(from: Date, to: Date) -> i64 {
    i64::from(from.until(to).map_or(0, |span| span.get_days()))
}

fn plus_days(date: Date, days: i64) -> Date {
    date.saturating_add(jiff::Span::new().try_days(days).unwrap_or_default())
}
