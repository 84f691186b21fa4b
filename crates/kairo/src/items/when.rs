//! When an item is: the local time that was meant, its zone, and the instants that follow from
//! them.
//!
//! **Invariant:** the local time and the zone are what is kept; instants are derived, and derived
//! again when the time zone data changes. A local time in a gap goes forward by the gap, in a fold
//! takes the first.
//! **Invariant:** an all-day item has dates, and no zone shifts them.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use kairo_capture::zone_named;
use serde::{Deserialize, Serialize};

use super::Fault;

/// What the date of an item means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// It is done or takes place then.
    Start,
    /// It must be finished by then.
    Due,
    /// It cannot begin earlier.
    NotBefore,
}

impl Role {
    /// The word that is stored and sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Due => "due",
            Self::NotBefore => "not_before",
        }
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Start, Self::Due, Self::NotBefore].into_iter().find(|role| role.as_str() == word)
    }
}

/// When an item is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct When {
    /// Start, due or not before.
    pub role: Role,
    /// Local start; midnight when all day.
    pub start: DateTime,
    /// Local end; the last day when all day.
    pub end: Option<DateTime>,
    /// Whether only days were meant.
    pub all_day: bool,
    /// IANA name of the zone that `start` and `end` are local to.
    pub zone: String,
}

/// How an item repeats.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repeat {
    /// RFC 5545 RRULE value.
    pub rrule: String,
    /// Whether the next one counts from the day the last was done.
    pub from_completion: bool,
    /// Local starts that are left out.
    #[serde(default)]
    pub exdates: Vec<DateTime>,
}

impl When {
    /// Checks that the times can be: a known zone, an end after the start, years that people plan
    /// in.
    pub fn check(&self) -> Result<(), Fault> {
        let fault = |field, code, message: &str| Fault { field, code, message: message.to_owned() };
        if zone_named(&self.zone).is_err() {
            let message = "There is no time zone of this name. Use one such as Europe/Berlin.";
            return Err(fault("zone", "unknown_zone", message));
        }
        if self.end.is_some_and(|end| end < self.start) {
            return Err(fault("end", "before_start", "The end lies before the start."));
        }
        let years = 1900..=2400;
        for (field, at) in [("start", Some(self.start)), ("end", self.end)] {
            if at.is_some_and(|at| !years.contains(&at.year())) {
                let message = "Dates lie between the years 1900 and 2400.";
                return Err(fault(field, "out_of_range", message));
            }
        }
        Ok(())
    }

    /// The instants of start and end.
    pub fn instants(&self) -> (Timestamp, Option<Timestamp>) {
        let zone = zone_named(&self.zone).unwrap_or(TimeZone::UTC);
        // `compatible` is the rule of RFC 5545: forward in a gap, the first in a fold.
        let instant = |local: DateTime| {
            zone.to_ambiguous_timestamp(local).compatible().unwrap_or(Timestamp::UNIX_EPOCH)
        };
        let end = match self.end {
            // An all-day item ends when its last day does.
            Some(end) if self.all_day => next_day(end.date()).map(|day| instant(day.into())),
            other => other.map(instant),
        };
        (instant(self.start), end)
    }

    /// Moves the local times that do not exist forward by the gap, as the instants are.
    pub fn settle(mut self) -> Self {
        if self.all_day {
            self.start = self.start.date().into();
            self.end = self.end.map(|end| end.date().into());
            return self;
        }
        if let Ok(zone) = zone_named(&self.zone) {
            self.start = settled(&zone, self.start);
            self.end = self.end.map(|end| settled(&zone, end));
        }
        self
    }
}

fn settled(zone: &TimeZone, local: DateTime) -> DateTime {
    let instant = zone.to_ambiguous_timestamp(local).compatible();
    instant.map_or(local, |instant| zone.to_datetime(instant))
}

fn next_day(day: Date) -> Option<Date> {
    day.tomorrow().ok()
}
