//! Which of two halves of the day a clock time means, and what a part of the day stands for.
//!
//! **Invariant:** a guess is always reported, with the other half as an alternative.

use crate::ast::{Clock, Half, Hour};
use crate::grammar::half_of;
use crate::model::Dayparts;
use crate::words::Daypart;
use jiff::civil::Time;

/// A clock time on the 24-hour clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Settled {
    pub(crate) time: Time,
    /// Days to add ("24:00").
    pub(crate) carry: i32,
    /// How the half of the day was found.
    pub(crate) guess: Guess,
}

/// How sure the half of the day is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Guess {
    /// Said.
    None,
    /// By custom (1 to 6 is the afternoon, a set hour of a part of the day).
    Custom,
    /// By a coin (7 to 11).
    Coin,
}

/// What else the text says about the hour.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Hints {
    pub(crate) part: Option<Daypart>,
    /// Words such as "dinner" or "breakfast".
    pub(crate) mood: Option<Half>,
    /// The time of the reference, where the day is today or not said.
    pub(crate) now: Option<Time>,
}

fn time(hour: i8, minute: i8, second: i8) -> Option<Time> {
    Time::new(hour, minute, second, 0).ok()
}

/// The 24-hour reading of a clock in one half.
pub(crate) fn in_half(clock: Clock, half: Half) -> Option<Time> {
    let hour = match (half, clock.hour) {
        (Half::Am, 12) => 0,
        (Half::Pm, 12) => 12,
        (Half::Pm, hour @ 1..=11) => hour + 12,
        (_, 24) => 0,
        (_, hour) => hour,
    };
    time(hour, clock.minute, clock.second)
}

/// Settles a clock time.
pub(crate) fn settle(clock: Clock, hints: Hints) -> Option<Settled> {
    let carry = i32::from(clock.hour == 24);
    let half = match clock.half {
        Half::Open => match (hints.part, hints.mood) {
            (Some(part), _) => half_of(part, clock.hour),
            _ => Half::Open,
        },
        half => half,
    };
    if half != Half::Open {
        return Some(Settled { time: in_half(clock, half)?, carry, guess: Guess::None });
    }
    let (am, pm) = (in_half(clock, Half::Am)?, in_half(clock, Half::Pm)?);
    let custom = |time: Time| Some(Settled { time, carry, guess: Guess::Custom });
    if let Some(mood) = hints.mood.filter(|_| clock.hour != 12) {
        let time = if mood == Half::Pm { pm } else { am };
        if mood == Half::Am || hints.now.is_none_or(|now| time > now) {
            return custom(time);
        }
    }
    match clock.hour {
        1..=6 | 12 => custom(pm),
        _ => {
            let time = match hints.now {
                Some(now) if am <= now && pm > now => pm,
                _ => am,
            };
            let guess = if clock.bare { Guess::Coin } else { Guess::Custom };
            Some(Settled { time, carry, guess })
        }
    }
}

/// Settles both ends of a range: one half of the day is enough for both, and an end before the
/// start is on the next day.
pub(crate) fn settle_range(start: Clock, end: Clock, hints: Hints) -> Option<(Settled, Settled)> {
    let open = start.half == Half::Open && end.half == Half::Open && hints.part.is_none();
    let start = match (start.half, end.half) {
        (Half::Open, Half::Am | Half::Pm) => {
            let same = in_half(start, end.half)?;
            let other = if end.half == Half::Am { Half::Pm } else { Half::Am };
            let half = if same < in_half(end, end.half)? { end.half } else { other };
            Clock { half, ..start }
        }
        (Half::Open, Half::Whole) if end.hour > 12 || start.hour < end.hour => {
            Clock { half: Half::Whole, ..start }
        }
        (Half::Open, Half::Open) if hints.part.is_none() && (5..=11).contains(&start.hour) => {
            let over_noon = end.hour % 12 <= start.hour;
            Clock { half: if over_noon { Half::Am } else { Half::Open }, ..start }
        }
        _ => start,
    };
    let guessed = start.half == Half::Open || (open && start.half == Half::Am);
    let hints = if guessed { Hints { now: None, ..hints } } else { hints };
    let mut first = settle(start, hints)?;
    if open && first.guess == Guess::None {
        first.guess = Guess::Custom;
    }
    let last = match end.half {
        Half::Open => {
            let (am, pm) = (in_half(end, Half::Am)?, in_half(end, Half::Pm)?);
            let (early, late) = if am < pm { (am, pm) } else { (pm, am) };
            let time = if early > first.time {
                early
            } else if late > first.time {
                late
            } else {
                early
            };
            Settled { time, carry: 0, guess: Guess::None }
        }
        _ => settle(end, hints)?,
    };
    let carry = i32::from(last.time <= first.time).max(last.carry);
    Some((first, Settled { carry, ..last }))
}

/// One half of the day that is said in a list is enough for all ("at 9, 12 and 3pm"): the hours
/// of a list come one after the other.
pub(crate) fn spread_halves(first: Option<Hour>, more: &[Hour]) -> (Option<Hour>, Vec<Hour>) {
    let unlike = || (first, more.to_vec());
    let mut clocks: Vec<Clock> = Vec::new();
    for hour in first.iter().chain(more) {
        let Hour::Clock(clock) = hour else { return unlike() };
        clocks.push(*clock);
    }
    if more.is_empty() || clocks.iter().all(|clock| clock.half == Half::Open) {
        return unlike();
    }
    let both = |clock: Clock| [Half::Am, Half::Pm].map(|half| Clock { half, ..clock });
    let mut next: Option<Time> = None;
    for clock in clocks.iter_mut().rev() {
        let before = |one: &Clock| next.is_some_and(|next| in_half(*one, one.half) < Some(next));
        if clock.half == Half::Open {
            *clock = both(*clock).into_iter().rev().find(before).unwrap_or(*clock);
        }
        next = if clock.half == Half::Open { None } else { in_half(*clock, clock.half) };
    }
    let mut last: Option<Time> = None;
    for clock in &mut clocks {
        let behind = |one: &Clock| last.is_some_and(|last| in_half(*one, one.half) > Some(last));
        if clock.half == Half::Open {
            *clock = both(*clock).into_iter().find(behind).unwrap_or(*clock);
        }
        last = if clock.half == Half::Open { None } else { in_half(*clock, clock.half) };
    }
    let mut hours = clocks.into_iter().map(Hour::Clock);
    (hours.next(), hours.collect())
}

/// The set hour of a part of the day.
pub(crate) fn part_hour(hours: Dayparts, part: Daypart, shift: i8) -> Option<Time> {
    let hour = match part {
        Daypart::Morning => hours.morning,
        Daypart::Noon => hours.noon,
        Daypart::Afternoon => hours.afternoon,
        Daypart::Evening => hours.evening,
        Daypart::Night => hours.night,
    };
    time(hour.saturating_add(shift).clamp(0, 23), 0, 0)
}

/// The part of the day in a saying without a clock.
pub(crate) fn named_part(hour: Option<Hour>, part: Option<Daypart>) -> Option<(Daypart, i8)> {
    match hour {
        Some(Hour::Part(part, shift)) => Some((part, shift)),
        _ => part.map(|part| (part, 0)),
    }
}

/// End of business, for "EOD".
pub(crate) const CLOSE: Time = Time::constant(17, 0, 0, 0);
