//! A series moves on: what is done of it is one occurrence, and the next one is then to be done.
//!
//! **Invariant:** a series counts from its own start, so a bound of N times has one fewer left with
//! each step; the phase of "every other week" is kept.

use jiff::SignedDuration;
use jiff::civil::DateTime;
use kairo_capture::limits::COUNT_MAX;
use kairo_capture::{Anchor, Recurrence};

use super::when::{Repeat, When};
use crate::limits::ITEM_OVERRIDES_MAX;

/// How far ahead the next occurrence of a rule is looked for: past the 29th of February of a
/// century that is no leap year.
pub(super) const AHEAD: SignedDuration = SignedDuration::from_hours(9 * 366 * 24);
/// Occurrences that may be left out in a row before the series counts as over.
const SKIPS_MAX: usize = 400;

/// The occurrence after the one that starts at `when.start` was done at the local time `done`;
/// `None` where the series is over. Those that are `settled` are passed.
pub fn next(
    when: &When,
    repeat: &Repeat,
    done: DateTime,
    settled: impl Fn(DateTime) -> bool,
) -> Option<(When, Repeat)> {
    // From completion, the interval begins on the day it was done, at the hour it has.
    let from = if repeat.from_completion {
        done.date().to_datetime(when.start.time())
    } else {
        when.start
    };
    let to = from.checked_add(AHEAD).ok()?;
    let from_there = When { start: from, ..when.clone() };
    let limit = SKIPS_MAX + ITEM_OVERRIDES_MAX + repeat.exdates.len();
    let mut taken = 0_u32;
    let start = times(&from_there, repeat, from, to, limit).into_iter().find(|at| {
        let later = *at > from && !repeat.exdates.contains(at) && !settled(*at);
        taken += u32::from(!later);
        later
    })?;
    let rrule = counted_down(&repeat.rrule, taken.max(1))?;
    Some((starting(when, start), Repeat { rrule, ..repeat.clone() }))
}

/// A series as it was at an earlier occurrence.
pub struct Back {
    /// Its date.
    pub when: When,
    /// Its rule, with as many more times.
    pub repeat: Repeat,
    /// Occurrences from there to where it stood.
    pub steps: usize,
}

/// The series taken back to an earlier occurrence; `None` where its rule does not lead from there
/// to where it stands, or would count further than a rule can.
pub fn back(when: &When, repeat: &Repeat, original: DateTime) -> Option<Back> {
    let earlier = starting(when, original);
    let unbounded = Repeat { rrule: without_count(&repeat.rrule), ..repeat.clone() };
    let steps = if repeat.from_completion {
        1
    } else {
        let passed = times(&earlier, &unbounded, original, when.start, STEPS_MAX);
        let led = passed.last() == Some(&when.start);
        u32::try_from(passed.len()).ok().filter(|_| led)?.checked_sub(1)?
    };
    let more = |count: u32| count.checked_add(steps).filter(|count| *count <= COUNT_MAX);
    let rrule = counted(&repeat.rrule, more)?;
    let repeat = Repeat { rrule, ..repeat.clone() };
    Some(Back { when: earlier, repeat, steps: usize::try_from(steps).ok()? })
}

/// Steps that a series is taken back over, or counted up to where it is split: decades of days.
pub(super) const STEPS_MAX: usize = 5_000;

/// The same date with another start, of the same length.
pub(super) fn starting(when: &When, start: DateTime) -> When {
    let length: Option<SignedDuration> = when.end.map(|end| end.duration_since(when.start));
    let end = length.and_then(|length| start.checked_add(length).ok());
    When { start, end, ..when.clone() }
}

/// Times that the rule gives within `from..=to` for a series that begins at `when.start`, those
/// left out included.
pub(super) fn times(
    when: &When,
    repeat: &Repeat,
    from: DateTime,
    to: DateTime,
    limit: usize,
) -> Vec<DateTime> {
    series(repeat).occurrences(when.start, from, to, limit).unwrap_or_default()
}

/// The rule alone: days left out are kept as local starts, and passed over by those.
fn series(repeat: &Repeat) -> Recurrence {
    let anchor = if repeat.from_completion { Anchor::Completion } else { Anchor::Due };
    Recurrence { rrule: repeat.rrule.clone(), anchor, exdates: Vec::new(), time: None }
}

/// The rule with fewer times left; `None` where none is.
fn counted_down(rrule: &str, by: u32) -> Option<String> {
    counted(rrule, |count| count.checked_sub(by).filter(|left| *left > 0))
}

/// The rule with another count, where it has one.
pub(super) fn counted(rrule: &str, by: impl Fn(u32) -> Option<u32>) -> Option<String> {
    let mut parts = Vec::new();
    for part in rrule.split(';') {
        let count = part.strip_prefix("COUNT=").map(str::parse::<u32>).transpose().ok()?;
        match count {
            Some(count) => parts.push(format!("COUNT={}", by(count)?)),
            None => parts.push(part.to_owned()),
        }
    }
    Some(parts.join(";"))
}

/// The rule without the number of times.
fn without_count(rrule: &str) -> String {
    let parts: Vec<&str> = rrule.split(';').filter(|part| !part.starts_with("COUNT=")).collect();
    parts.join(";")
}
