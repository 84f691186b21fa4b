//! How an item repeats, as people say it: "the 1st of every month" for an RFC 5545 rule.
//!
//! **Invariant:** a rule that is not understood reads "repeats": less, never something else.

use jiff::civil::{Date, Weekday};

use super::words::{day_month, month, weekday};

/// The parts of a rule that words are made of.
#[derive(Default)]
struct Rule<'a> {
    unit: Option<&'static str>,
    interval: u32,
    days: Vec<(i8, Weekday)>,
    month_days: Vec<i8>,
    month: Option<i8>,
    position: Option<i8>,
    count: Option<&'a str>,
    until: Option<Date>,
    strange: bool,
}

/// "every weekday, until 18 December". With `after_done` it counts from the day it was done.
#[must_use]
pub fn repeat(rrule: &str, after_done: bool, today: Date) -> String {
    let rule = parse(rrule);
    let (Some(unit), false) = (rule.unit, rule.strange) else { return "repeats".to_owned() };
    let mut words = match unit {
        "week" => weekly(&rule),
        "month" => monthly(&rule),
        "year" => yearly(&rule),
        _ => every(rule.interval, unit),
    };
    if after_done {
        words.push_str(", from when it is done");
    }
    if let Some(count) = rule.count {
        words.push_str(&format!(", {count} {}", if count == "1" { "time" } else { "times" }));
    }
    if let Some(until) = rule.until {
        words.push_str(&format!(", until {}", day_month(until, today)));
    }
    words
}

fn parse(rrule: &str) -> Rule<'_> {
    let mut rule = Rule { interval: 1, ..Rule::default() };
    for (key, value) in rrule.split(';').filter_map(|part| part.split_once('=')) {
        match key {
            "FREQ" => rule.unit = unit(value),
            "INTERVAL" => rule.interval = value.parse().unwrap_or(0),
            "BYDAY" => rule.days = value.split(',').filter_map(day).collect(),
            "BYMONTHDAY" => rule.month_days = numbers(value),
            "BYMONTH" => rule.month = value.parse().ok(),
            "BYSETPOS" => rule.position = value.parse().ok(),
            "COUNT" => rule.count = Some(value),
            "UNTIL" => rule.until = until(value),
            "WKST" => {}
            _ => rule.strange = true,
        }
        let lost = match key {
            "BYDAY" => rule.days.len() != value.split(',').count(),
            "BYMONTHDAY" => rule.month_days.len() != value.split(',').count(),
            "BYMONTH" => rule.month.is_none_or(|number| month(number).is_empty()),
            "BYSETPOS" => rule.position.is_none(),
            "COUNT" => value.parse::<u32>().is_err(),
            "UNTIL" => rule.until.is_none(),
            _ => rule.interval == 0,
        };
        rule.strange |= lost;
    }
    rule
}

fn weekly(rule: &Rule<'_>) -> String {
    if rule.days.is_empty() {
        return every(rule.interval, "week");
    }
    let set = day_set(&rule.days);
    if rule.interval == 1 {
        return format!("every {set}");
    }
    format!("{} on {set}", every(rule.interval, "week"))
}

fn monthly(rule: &Rule<'_>) -> String {
    let months = every(rule.interval, "month");
    match (rule.position, rule.days.as_slice(), rule.month_days.as_slice()) {
        (Some(position), days @ [_, ..], []) => {
            format!("the {} {} of {months}", nth(position), day_set(days))
        }
        (None, days @ [_, ..], []) => {
            let days = days.iter().map(|(position, day)| match position {
                0 => format!("every {}", weekday(*day)),
                position => format!("the {} {}", nth(*position), weekday(*day)),
            });
            format!("{} of {months}", list(days.collect()))
        }
        (None, [], days @ [_, ..]) => {
            let days = days.iter().map(|day| match day {
                -1 => "the last day".to_owned(),
                day if *day < 0 => format!("the {} day", nth(*day)),
                day => format!("the {}", ordinal(*day)),
            });
            format!("{} of {months}", list(days.collect()))
        }
        (None, [], []) => months,
        _ => "repeats".to_owned(),
    }
}

fn yearly(rule: &Rule<'_>) -> String {
    let years = every(rule.interval, "year");
    match (rule.month, rule.month_days.as_slice(), rule.days.as_slice()) {
        (None, [], []) => years,
        (Some(number), [], []) => format!("{years} in {}", month(number)),
        (Some(number), [day], []) if *day > 0 && rule.interval == 1 => {
            format!("every {day} {}", month(number))
        }
        (Some(number), [day], []) if *day > 0 => format!("{years} on {day} {}", month(number)),
        (Some(number), [], [(position, day)]) if *position != 0 => {
            format!("the {} {} of {} {years}", nth(*position), weekday(*day), month(number))
        }
        _ => "repeats".to_owned(),
    }
}

fn every(interval: u32, unit: &str) -> String {
    match interval {
        1 => format!("every {unit}"),
        _ => format!("every {interval} {unit}s"),
    }
}

fn day_set(days: &[(i8, Weekday)]) -> String {
    let has = |day| days.iter().any(|(_, other)| *other == day);
    let weekend = has(Weekday::Saturday) && has(Weekday::Sunday);
    match days.len() {
        7 => "day".to_owned(),
        5 if !has(Weekday::Saturday) && !has(Weekday::Sunday) => "weekday".to_owned(),
        2 if weekend => "weekend day".to_owned(),
        _ => list(days.iter().map(|(_, day)| weekday(*day).to_owned()).collect()),
    }
}

fn list(mut words: Vec<String>) -> String {
    match words.pop() {
        Some(last) if !words.is_empty() => format!("{} and {last}", words.join(", ")),
        last => last.unwrap_or_default(),
    }
}

fn nth(position: i8) -> String {
    match position {
        1 => "first".to_owned(),
        -1 => "last".to_owned(),
        position if position < 0 => format!("{} last", ordinal(position.saturating_neg())),
        position => ordinal(position),
    }
}

fn ordinal(number: i8) -> String {
    let ending = match (number % 10, number % 100) {
        (1, n) if n != 11 => "st",
        (2, n) if n != 12 => "nd",
        (3, n) if n != 13 => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}

fn numbers(value: &str) -> Vec<i8> {
    value.split(',').filter_map(|number| number.parse().ok()).collect()
}

fn unit(value: &str) -> Option<&'static str> {
    Some(match value {
        "MINUTELY" => "minute",
        "HOURLY" => "hour",
        "DAILY" => "day",
        "WEEKLY" => "week",
        "MONTHLY" => "month",
        "YEARLY" => "year",
        _ => return None,
    })
}

fn day(value: &str) -> Option<(i8, Weekday)> {
    let (number, name) = value.split_at_checked(value.len().checked_sub(2)?)?;
    let day = match name {
        "MO" => Weekday::Monday,
        "TU" => Weekday::Tuesday,
        "WE" => Weekday::Wednesday,
        "TH" => Weekday::Thursday,
        "FR" => Weekday::Friday,
        "SA" => Weekday::Saturday,
        "SU" => Weekday::Sunday,
        _ => return None,
    };
    Some((if number.is_empty() { 0 } else { number.parse().ok()? }, day))
}

fn until(value: &str) -> Option<Date> {
    value.get(..8)?.parse().ok()
}
