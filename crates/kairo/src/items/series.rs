//! A series moves on: what is done of it is one occurrence, and the next one is then to be done.
//!
//! **Invariant:** a series counts from its own start, so a bound of N times has one fewer left with
//! each step; the phase of "every other week" is kept.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp};
use kairo_capture::{Anchor, Recurrence, zone_named};

use super::when::{Repeat, When};
use super::{State, Status};

/// How far ahead the next occurrence of a rule is looked for: past the 29th of February of a
/// century that is no leap year.
const AHEAD_YEARS: i64 = 9;
/// Occurrences that may be left out in a row before the series counts as over.
const SKIPS_MAX: usize = 400;

impl State {
    /// Makes it done or open. Done of a series is done of its present occurrence: the series moves
    /// on, and is done itself with its last one.
    pub fn set_status(&mut self, status: Status, now: Timestamp) {
        if self.status == status {
            return;
        }
        if let (Status::Done, Some(when), Some(repeat)) = (status, &self.when, &self.repeat) {
            let zone = zone_named(&when.zone).unwrap_or(TimeZone::UTC);
            if let Some((when, repeat)) = next(when, repeat, zone.to_datetime(now)) {
                (self.when, self.repeat) = (Some(when), Some(repeat));
                return;
            }
        }
        self.status = status;
        self.done_at = (status == Status::Done).then_some(now);
    }
}

/// The occurrence after the one that starts at `when.start` was done at the local time `done`;
/// `None` where the series is over.
pub fn next(when: &When, repeat: &Repeat, done: DateTime) -> Option<(When, Repeat)> {
    let series = series(repeat);
    // From completion, the interval begins on the day it was done, at the hour it has.
    let from = if repeat.from_completion {
        done.date().to_datetime(when.start.time())
    } else {
        when.start
    };
    let to = from.checked_add(Span::new().years(AHEAD_YEARS)).ok()?;
    let times = series.occurrences(from, from, to, SKIPS_MAX).ok()?;
    let mut taken = 0_u32;
    let start = times.into_iter().find(|at| {
        let later = *at > from && !repeat.exdates.contains(at);
        taken += u32::from(!later);
        later
    })?;
    let length: Option<SignedDuration> = when.end.map(|end| end.duration_since(when.start));
    let end = length.map(|length| start.checked_add(length)).transpose().ok()?;
    let rrule = counted_down(&repeat.rrule, taken.max(1))?;
    let moved = When { start, end, ..when.clone() };
    Some((moved, Repeat { rrule, ..repeat.clone() }))
}

/// The occurrences that begin within `from..=to`, or the first one after, at most `limit`.
pub fn within(
    when: &When,
    repeat: &Repeat,
    from: DateTime,
    to: DateTime,
    limit: usize,
) -> Vec<When> {
    let series = series(repeat);
    let far = from.checked_add(Span::new().years(AHEAD_YEARS)).unwrap_or(to);
    let times = series.occurrences(when.start, from, far, limit + repeat.exdates.len());
    let length = when.end.map(|end| end.duration_since(when.start));
    let mut found: Vec<When> = Vec::new();
    for start in times.unwrap_or_default() {
        if repeat.exdates.contains(&start) {
            continue;
        }
        if (start > to && !found.is_empty()) || found.len() >= limit {
            break;
        }
        let end = length.and_then(|length| start.checked_add(length).ok());
        found.push(When { start, end, ..when.clone() });
    }
    found
}

/// The rule alone: days left out are kept as local starts, and passed over by those.
fn series(repeat: &Repeat) -> Recurrence {
    let anchor = if repeat.from_completion { Anchor::Completion } else { Anchor::Due };
    Recurrence { rrule: repeat.rrule.clone(), anchor, exdates: Vec::new(), time: None }
}

/// The rule with fewer times left; `None` where none is.
fn counted_down(rrule: &str, by: u32) -> Option<String> {
    let mut parts = Vec::new();
    for part in rrule.split(';') {
        let count = part.strip_prefix("COUNT=").map(str::parse::<u32>).transpose().ok()?;
        match count {
            Some(count) => {
                let left = count.checked_sub(by).filter(|left| *left > 0)?;
                parts.push(format!("COUNT={left}"));
            }
            None => parts.push(part.to_owned()),
        }
    }
    Some(parts.join(";"))
}
