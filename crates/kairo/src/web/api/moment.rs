//! Local times and zones as programs send them.
//!
//! **Invariant:** a time with an offset is refused, not read without it: the client means an
//! instant, and would be told another one.

use jiff::civil::{Date, DateTime, Time};
use kairo_capture::zone_named;

use crate::items::Fault;

/// Years that people plan in, as items have them.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2400;

/// A local day or time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The local time; midnight of a day.
    pub at: DateTime,
    /// Whether it was a day without a time.
    pub is_day: bool,
}

/// Reads `2026-11-24`, `2026-11-24T13:00` or `2026-11-24T13:00:00`.
pub fn moment(field: &'static str, text: &str) -> Result<Moment, Fault> {
    let bad = || Fault {
        field,
        code: "bad_time",
        message: "Write a local time such as 2026-11-24T13:00:00, or a day such as 2026-11-24."
            .to_owned(),
    };
    let (day, rest) = text.split_at_checked(10).ok_or_else(bad)?;
    let date = date(day).ok_or_else(bad)?;
    if rest.is_empty() {
        return Ok(Moment { at: date.into(), is_day: true });
    }
    let rest = rest.strip_prefix('T').ok_or_else(bad)?;
    let end = rest.bytes().position(|byte| !byte.is_ascii_digit() && byte != b':');
    let (clock, tail) = rest.split_at_checked(end.unwrap_or(rest.len())).ok_or_else(bad)?;
    let time = clock_time(clock).ok_or_else(bad)?;
    match tail.bytes().next() {
        None => Ok(Moment { at: date.to_datetime(time), is_day: false }),
        Some(b'Z' | b'z' | b'+' | b'-' | b'[') => Err(Fault {
            field,
            code: "has_offset",
            message:
                "Times here are local: leave out Z and the offset, and name the zone by itself."
                    .to_owned(),
        }),
        Some(_) => Err(bad()),
    }
}

/// Reads the local time that a capture counts from.
pub fn reference(text: &str) -> Result<DateTime, Fault> {
    let fault =
        |code, message: &str| Fault { field: "reference", code, message: message.to_owned() };
    let moment = moment("reference", text)?;
    if moment.is_day {
        return Err(fault("needs_time", "Send the time too, such as 2026-11-24T09:00:00."));
    }
    if !YEARS.contains(&moment.at.year()) {
        return Err(fault("out_of_range", "Dates lie between the years 1900 and 2400."));
    }
    Ok(moment.at)
}

fn date(text: &str) -> Option<Date> {
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let two = |part| number(part, 2).and_then(|number| i8::try_from(number).ok());
    if parts.next().is_some() {
        return None;
    }
    Date::new(number(year, 4)?, two(month)?, two(day)?).ok()
}

fn clock_time(text: &str) -> Option<Time> {
    let mut parts = text.split(':');
    let two = |part| number(part, 2).and_then(|number| i8::try_from(number).ok());
    let (hour, minute) = (two(parts.next()?)?, two(parts.next()?)?);
    let second = parts.next().map_or(Some(0), two)?;
    if parts.next().is_some() {
        return None;
    }
    Time::new(hour, minute, second, 0).ok()
}

/// Exactly so many digits, without the sign that `parse` would take.
fn number(text: &str, digits: usize) -> Option<i16> {
    let plain = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| plain)
}

/// The zone of this name, as the time zone data writes it: names are found in any case, and one
/// zone is to be kept under one name.
pub fn zone(field: &'static str, name: &str) -> Result<String, Fault> {
    let found = zone_named(name).ok().filter(|zone| !zone.is_unknown());
    found.and_then(|zone| zone.iana_name().map(str::to_owned)).ok_or_else(|| Fault {
        field,
        code: "unknown_zone",
        message: "There is no time zone of this name. Use one such as Europe/Berlin.".to_owned(),
    })
}
