//! A recurrence rule as data: to and from the text of RFC 5545.
//!
//! **Invariant:** `Rule::parse(rule.to_string()) == rule` for every rule this crate writes.
//! Only the parts that Kairo writes are understood; a rule with others is refused, not half read.

use crate::ast::Freq;
use crate::limits::{COUNT_MAX, INTERVAL_MAX};
use jiff::civil::{Date, Weekday};
use std::fmt;

/// A recurrence rule.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Rule {
    pub(crate) freq: Freq,
    /// At least 1.
    pub(crate) interval: u32,
    pub(crate) by_month: Vec<i8>,
    pub(crate) by_month_day: Vec<i8>,
    /// Ordinal (0 for every one) and weekday.
    pub(crate) by_day: Vec<(i8, Weekday)>,
    pub(crate) by_hour: Vec<i8>,
    pub(crate) by_minute: Vec<i8>,
    pub(crate) by_set_pos: Option<i8>,
    pub(crate) count: Option<u32>,
    /// The last day on which it may happen.
    pub(crate) until: Option<Date>,
}

/// A rule that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// A part that RFC 5545 does not name, or that Kairo does not expand.
    #[error("the recurrence rule has a part that is not supported: {0:?}")]
    Part(String),
    /// A value outside what its part allows.
    #[error("the recurrence rule has a bad value: {0:?}")]
    Value(String),
}

fn code(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "MO",
        Weekday::Tuesday => "TU",
        Weekday::Wednesday => "WE",
        Weekday::Thursday => "TH",
        Weekday::Friday => "FR",
        Weekday::Saturday => "SA",
        Weekday::Sunday => "SU",
    }
}

fn weekday(code: &str) -> Option<Weekday> {
    Some(match code {
        "MO" => Weekday::Monday,
        "TU" => Weekday::Tuesday,
        "WE" => Weekday::Wednesday,
        "TH" => Weekday::Thursday,
        "FR" => Weekday::Friday,
        "SA" => Weekday::Saturday,
        "SU" => Weekday::Sunday,
        _ => return None,
    })
}

fn name(freq: Freq) -> &'static str {
    match freq {
        Freq::Minutely => "MINUTELY",
        Freq::Hourly => "HOURLY",
        Freq::Daily => "DAILY",
        Freq::Weekly => "WEEKLY",
        Freq::Monthly => "MONTHLY",
        Freq::Yearly => "YEARLY",
    }
}

fn list<T: ToString>(values: &[T]) -> String {
    values.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FREQ={}", name(self.freq))?;
        if self.interval > 1 {
            write!(f, ";INTERVAL={}", self.interval)?;
        }
        let lists = [
            ("BYMONTH", &self.by_month),
            ("BYMONTHDAY", &self.by_month_day),
            ("BYHOUR", &self.by_hour),
            ("BYMINUTE", &self.by_minute),
        ];
        for (part, values) in lists.iter().take(2).filter(|(_, values)| !values.is_empty()) {
            write!(f, ";{part}={}", list(values))?;
        }
        if !self.by_day.is_empty() {
            let days: Vec<String> = self
                .by_day
                .iter()
                .map(
                    |(n, day)| {
                        if *n == 0 { code(*day).to_owned() } else { format!("{n}{}", code(*day)) }
                    },
                )
                .collect();
            write!(f, ";BYDAY={}", days.join(","))?;
        }
        for (part, values) in lists.iter().skip(2).filter(|(_, values)| !values.is_empty()) {
            write!(f, ";{part}={}", list(values))?;
        }
        if let Some(position) = self.by_set_pos {
            write!(f, ";BYSETPOS={position}")?;
        }
        if let Some(count) = self.count {
            write!(f, ";COUNT={count}")?;
        }
        if let Some(until) = self.until {
            write!(f, ";UNTIL={:04}{:02}{:02}", until.year(), until.month(), until.day())?;
        }
        Ok(())
    }
}

impl Rule {
    /// Reads the value of an RRULE property.
    pub(crate) fn parse(text: &str) -> Result<Self, RuleError> {
        let mut rule = Self { interval: 1, ..Self::default() };
        let mut freq = None;
        for part in text.split(';') {
            let (key, value) =
                part.split_once('=').ok_or_else(|| RuleError::Part(part.to_owned()))?;
            let bad = || RuleError::Value(part.to_owned());
            match key {
                "FREQ" => freq = Some(frequency(value).ok_or_else(bad)?),
                "INTERVAL" => {
                    rule.interval = number(value, 1, INTERVAL_MAX).ok_or_else(bad)?;
                }
                "COUNT" => rule.count = Some(number(value, 1, COUNT_MAX).ok_or_else(bad)?),
                "UNTIL" => rule.until = Some(day(value).ok_or_else(bad)?),
                "BYSETPOS" => rule.by_set_pos = Some(signed(value, 31).ok_or_else(bad)?),
                "BYMONTH" => rule.by_month = small(value, 1, 12).ok_or_else(bad)?,
                "BYMONTHDAY" => {
                    let days: Option<Vec<i8>> =
                        value.split(',').map(|day| signed(day, 31)).collect();
                    rule.by_month_day = days.ok_or_else(bad)?;
                }
                "BYHOUR" => rule.by_hour = small(value, 0, 23).ok_or_else(bad)?,
                "BYMINUTE" => rule.by_minute = small(value, 0, 59).ok_or_else(bad)?,
                "BYDAY" => rule.by_day = days(value).ok_or_else(bad)?,
                "WKST" if value == "MO" => {}
                _ => return Err(RuleError::Part(part.to_owned())),
            }
        }
        rule.freq = freq.ok_or_else(|| RuleError::Part("FREQ".to_owned()))?;
        rule.unique();
        match rule.half_read() {
            Some(part) => Err(RuleError::Part(format!("{part} here"))),
            None => Ok(rule),
        }
    }

    /// Each value once: a part that says one twice would make each time of it twice.
    fn unique(&mut self) {
        fn once<T: PartialEq + Copy>(values: &mut Vec<T>) {
            let mut seen = Vec::with_capacity(values.len());
            values.retain(|value| {
                let new = !seen.contains(value);
                seen.push(*value);
                new
            });
        }
        for values in
            [&mut self.by_month, &mut self.by_month_day, &mut self.by_hour, &mut self.by_minute]
        {
            once(values);
        }
        once(&mut self.by_day);
    }

    /// A part that the expansion passes over beside the others.
    fn half_read(&self) -> Option<&'static str> {
        let ticking = matches!(self.freq, Freq::Minutely | Freq::Hourly);
        let numbered = self.by_day.iter().any(|(n, _)| *n != 0);
        let monthly = matches!(self.freq, Freq::Monthly | Freq::Yearly);
        let by_month_day = !self.by_month_day.is_empty();
        let of_year = self.freq == Freq::Yearly && self.by_month.is_empty();
        [
            ("BYHOUR", ticking && !self.by_hour.is_empty()),
            ("BYMINUTE", !self.by_minute.is_empty() && (ticking || self.by_hour.is_empty())),
            ("BYSETPOS", ticking && self.by_set_pos.is_some()),
            ("BYMONTHDAY", by_month_day && self.freq == Freq::Weekly),
            ("BYMONTHDAY", by_month_day && of_year && numbered),
            ("a numbered BYDAY", numbered && !monthly),
        ]
        .into_iter()
        .find_map(|(part, passed_over)| passed_over.then_some(part))
    }
}

fn frequency(value: &str) -> Option<Freq> {
    use Freq::{Daily, Hourly, Minutely, Monthly, Weekly, Yearly};
    [Minutely, Hourly, Daily, Weekly, Monthly, Yearly].into_iter().find(|freq| name(*freq) == value)
}

fn number(value: &str, least: u32, most: u32) -> Option<u32> {
    value.parse().ok().filter(|number| (least..=most).contains(number))
}

fn signed(value: &str, most: i8) -> Option<i8> {
    value.parse::<i8>().ok().filter(|n| *n != 0 && (-most..=most).contains(n))
}

fn small(value: &str, least: i8, most: i8) -> Option<Vec<i8>> {
    value.split(',').map(|n| n.parse::<i8>().ok().filter(|n| (least..=most).contains(n))).collect()
}

fn days(value: &str) -> Option<Vec<(i8, Weekday)>> {
    let one = |text: &str| {
        let at = text.len().checked_sub(2)?;
        let day = weekday(text.get(at..)?)?;
        let n = match text.get(..at)? {
            "" => 0,
            n => signed(n, 53)?,
        };
        Some((n, day))
    };
    value.split(',').map(one).collect()
}

/// A date, or the date of a date-time.
fn day(value: &str) -> Option<Date> {
    let digits = value.get(..8)?;
    let part = |from: usize, to: usize| digits.get(from..to)?.parse::<i16>().ok();
    let small = |value: i16| i8::try_from(value).ok();
    Date::new(part(0, 4)?, small(part(4, 6)?)?, small(part(6, 8)?)?).ok()
}
