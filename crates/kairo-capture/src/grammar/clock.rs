//! Times of the day: 12 and 24 hours, in digits and words, and parts of the day.
//!
//! **Invariant:** a bare number is an hour only where a word such as "at" leads it, and never
//! where it counts something ("at 3 houses").

use super::{Found, Scan};
use crate::ast::{Clock, Half, Hour};
use crate::lex::Kind;
use crate::words::{Daypart, Unit, W, among, listed, lists};

const fn clock(hour: i8, minute: i8, half: Half) -> Clock {
    Clock { hour, minute, second: 0, half, bare: false }
}

fn small(value: u32) -> Option<i8> {
    i8::try_from(value).ok()
}

impl Scan<'_> {
    /// Any clock time; `led` says that a word such as "at" stands before it.
    pub(super) fn clock(&self, i: usize, led: bool) -> Found<Clock> {
        let places = if led { &self.memo.clocks_led } else { &self.memo.clocks };
        *places.get(i)?.get_or_init(|| self.read_clock(i, led))
    }

    fn read_clock(&self, i: usize, led: bool) -> Found<Clock> {
        let ranged = i.checked_sub(1).is_some_and(|at| self.sep(at, '-')) && self.glued(i);
        if !self.can_begin(i) && !ranged {
            return None;
        }
        let (time, next) = self
            .named_hour(i)
            .or_else(|| self.half_past(i))
            .or_else(|| self.past_or_to(i))
            .or_else(|| self.digits_clock(i, led))
            .or_else(|| self.compact_clock(i, led))
            .or_else(|| self.hour_in_digits(i, led))
            .or_else(|| self.hour_in_words(i, led))?;
        let next = self.ish(next);
        self.can_end_clock(next).then_some((time, next))
    }

    fn can_end_clock(&self, next: usize) -> bool {
        self.can_end(next)
            || self.sep(next, '-')
            || self.sep(next, '/')
            || self.sep(next, '+')
            || (self.glued(next) && matches!(self.lower(next), "z"))
    }

    fn ish(&self, next: usize) -> usize {
        let at = if self.sep(next, '-') && self.glued(next + 1) { next + 1 } else { next };
        if self.is(at, W::Ish) {
            return at + 1;
        }
        if self.is(next, W::Sharp) {
            return next + 1;
        }
        if self.is(next, W::On) && self.is(next + 1, W::The) && self.lower(next + 2) == "dot" {
            return next + 3;
        }
        next
    }

    /// "noon", "midnight", "12 noon".
    fn named_hour(&self, i: usize) -> Found<Clock> {
        let at = if self.num(i).is_some_and(|(value, _)| value == 12) { i + 1 } else { i };
        match self.word(at) {
            W::Noon => Some((clock(12, 0, Half::Whole), at + 1)),
            W::Midnight => Some((clock(0, 0, Half::Whole), at + 1)),
            _ => None,
        }
    }

    /// An hour in digits or words, with "noon" and "midnight".
    fn hour_name(&self, i: usize) -> Found<i8> {
        match self.word(i) {
            W::Noon => return Some((12, i + 1)),
            W::Midnight => return Some((0, i + 1)),
            W::Num(hour @ 1..=12) => return Some((small(hour)?, i + 1)),
            _ => {}
        }
        let (hour, width) = self.num(i)?;
        (width <= 2 && hour <= 24).then_some((small(hour % 24)?, i + 1))
    }

    /// "half past 3", "half 3".
    fn half_past(&self, i: usize) -> Found<Clock> {
        if !self.is(i, W::Half) {
            return None;
        }
        let at = if matches!(self.word(i + 1), W::Past | W::After) { i + 2 } else { i + 1 };
        let (hour, next) = self.hour_name(at)?;
        let led = matches!(self.word_before(i), W::At | W::By | W::Approx | W::Rel(_) | W::Wd(..));
        let alone = matches!(self.word(at), W::Num(_))
            && !matches!(self.word_before(i), W::A | W::And | W::The | W::Num(_))
            && (self.tok(next).is_none() || self.day_follows(next));
        if at == i + 1 && (!(led || alone) || hour == 0) {
            return None;
        }
        let whole = matches!(self.word(at), W::Noon | W::Midnight);
        Some(self.with_half(hour, 30, next, whole))
    }

    /// "quarter to 5", "ten past three", "a quarter to noon", "5 minutes to 4".
    fn past_or_to(&self, i: usize) -> Found<Clock> {
        let at = if self.is(i, W::A) { i + 1 } else { i };
        let (minutes, next) = match self.word(at) {
            W::Unit(Unit::Quarter) => (15, at + 1),
            W::Num(_) if at == i => self.whole(at)?,
            _ => self.num(at).filter(|_| at == i).map(|(value, _)| (value, at + 1))?,
        };
        let minutes_said =
            matches!(self.word(next), W::Units(Unit::Minute) | W::Unit(Unit::Minute));
        let next = if minutes_said { next + 1 } else { next };
        if !(1..=59).contains(&minutes) {
            return None;
        }
        let before = match self.word(next) {
            W::To | W::Before => true,
            W::Until if minutes % 5 == 0 => true,
            W::Past | W::After => false,
            W::Of if minutes == 15 => true,
            _ => return None,
        };
        let (hour, after) = self.hour_name(next + 1)?;
        let whole = matches!(self.word(next + 1), W::Noon | W::Midnight);
        let word_minutes = self.num(at).is_none();
        // "nine to five" is a range: nobody says nine minutes to five without "minutes".
        let risky = before && !minutes_said && !minutes.is_multiple_of(5);
        let hours = minutes <= 12 || hour > 12 || self.word_before(i) == W::From;
        let range = before && hours && !word_minutes && !minutes_said && self.range_like(i, after);
        if risky || range || self.sep(after, ':') || self.sep(after, '/') {
            return None;
        }
        let minutes = small(minutes)?;
        let (time, after) = self.with_half(hour, 0, after, whole);
        if !before {
            return Some((Clock { minute: minutes, ..time }, after));
        }
        let earlier = match (time.hour, time.half) {
            (0, _) => 23,
            (1, Half::Open | Half::Am | Half::Pm) => 12,
            (hour, _) => hour - 1,
        };
        let half = match (time.hour, time.half) {
            (12, Half::Am) => Half::Pm,
            (12, Half::Pm) => Half::Am,
            (_, half) => half,
        };
        Some((Clock { hour: earlier, minute: 60 - minutes, half, ..time }, after))
    }

    /// "10 to 11" is a range of hours rather than ten minutes to eleven, where a word leads a range
    /// or a half of the day follows.
    fn range_like(&self, i: usize, after: usize) -> bool {
        matches!(self.word_before(i), W::From | W::Between | W::At | W::For)
            || matches!(self.word_before(i), W::Rel(_) | W::Wd(..))
            || matches!(self.word(after), W::Am | W::Pm)
            || !self.is(i.wrapping_sub(1), W::At)
    }

    /// "3:30", "15:30:00", "3.30pm", "9h15".
    fn digits_clock(&self, i: usize, led: bool) -> Found<Clock> {
        let (hour, width) = self.num(i)?;
        if width > 2 || hour > 24 || !self.glued(i + 1) {
            return None;
        }
        let mark = if self.sep(i + 1, ':') {
            ':'
        } else if self.sep(i + 1, '.') {
            '.'
        } else if self.lower(i + 1) == "h" {
            'h'
        } else {
            return None;
        };
        let (minute, _) = self.num(i + 2).filter(|(value, width)| *value < 60 && *width == 2)?;
        let labelled = self.labelled(i) || (mark == '.' && self.between_versions(i));
        let timed = self.half_at(i + 3).is_some() || self.day_follows(i + 3);
        if !self.glued(i + 2) || (labelled && !timed) {
            return None;
        }
        let mut next = i + 3;
        let mut second = 0;
        if mark == ':' && self.sep(next, ':') && self.glued(next) && self.glued(next + 1) {
            let (value, _) =
                self.num(next + 1).filter(|(value, width)| *value < 60 && *width == 2)?;
            second = small(value)?;
            next += 2;
            if self.sep(next, '.') && self.glued(next) && self.glued(next + 1) {
                next += 2;
            }
        }
        let (time, after) = self.with_half(
            small(hour)?,
            small(minute)?,
            next,
            width == 2 && !(10..=12).contains(&hour),
        );
        let said = after > next;
        let third = (self.sep(next, mark) || self.sep(next, '.'))
            && self.glued(next)
            && self.glued(next + 1);
        let weak_dot = mark == '.' && !said && !led;
        let amount = mark == '.' && !said && listed(lists::UNITS_OF_THINGS, self.lower(next));
        let clock24 = matches!(self.lower(next), "h" | "hrs" | "hours" | "uhr");
        if third || (weak_dot && !clock24) || amount || self.sep(next, '%') {
            return None;
        }
        let after = if clock24 { next + 1 } else { after };
        Some((Clock { second, ..time }, after)).filter(|(time, _)| valid(*time))
    }

    /// "1530" behind "at", "0930 hours", "530pm".
    fn compact_clock(&self, i: usize, led: bool) -> Found<Clock> {
        let (value, width) = self.num(i)?;
        let (hour, minute) = (value / 100, value % 100);
        if !matches!(width, 3 | 4) || hour > 24 || minute > 59 {
            return None;
        }
        let hours = matches!(self.lower(i + 1), "h" | "hrs" | "hours" | "hr");
        let meridiem = self.half_at(i + 1).is_some();
        let year = width == 4 && (1990..=2059).contains(&value) && !hours && minute % 5 != 0;
        let joined = self.sep(i + 1, '-') && self.glued(i + 1);
        let dated = value % 5 == 0 && self.day_follows(i + 1);
        let behind = i.checked_sub(1).filter(|at| led && self.is(*at, W::At));
        let behind_day = behind.is_some_and(|at| {
            let day = matches!(self.word_before(at), W::Rel(_) | W::Wd(..) | W::Tonight);
            day || self.behind_dismissed_time(at)
        });
        // "127 hours" lasts; three digits are a time only where something leads them.
        let hours = hours && (width == 4 || led);
        // "circa 1850" is a year.
        let led = led && self.lower_before(i) != "circa";
        let led = led && width == 4 || dated && (width == 4 || behind.is_some());
        let led = led || (behind_day && value % 5 == 0);
        if !(hours || meridiem || led) || (year && !meridiem) || (joined && width == 3) {
            return None;
        }
        if listed(lists::UNITS_OF_THINGS, self.lower(i + 1)) {
            return None;
        }
        if hours && !meridiem {
            return Some((clock(small(hour)?, small(minute)?, Half::Whole), i + 2));
        }
        Some(self.with_half(small(hour)?, small(minute)?, i + 1, width == 4 && !meridiem))
            .filter(|(time, _)| valid(*time))
    }

    /// "3pm", "3 o'clock", "15h", "at 3".
    fn hour_in_digits(&self, i: usize, led: bool) -> Found<Clock> {
        let (hour, width) = self.num(i)?;
        // "flight 7pm" is a time; "flight 7", "seat 12A" and "room 3pm sign" are labels.
        let verb = listed(lists::VERBS, self.lower(i + 2)) && self.tok(i + 3).is_some();
        let sign = self.is_word(i + 2) && self.word(i + 2) == W::None && !verb;
        let said_half = matches!(self.word(i + 1), W::Am | W::Pm) && !sign;
        let letter = self.lower(i + 1).len() == 1;
        let listed = self.glued(i) && self.prev(i).is_some_and(|at| self.sep(at, ','));
        let upper = self.slice(i + 1) == "A" && !led && !self.day_follows(i + 2);
        let house = among(lists::HOUSES, self.lower_before(i));
        let amps = letter && (listed || upper || house);
        if width > 2 || hour > 24 || amps || (self.labelled(i) && !said_half) {
            return None;
        }
        if self.lower(i + 1) == "h" && self.glued(i + 1) && (led || hour >= 13) && hour < 24 {
            return Some((clock(small(hour)?, 0, Half::Whole), i + 2));
        }
        let (time, next) = self.with_half(small(hour)?, 0, i + 1, hour == 0 || hour > 12);
        if next > i + 1 {
            let stated =
                !matches!(time.half, Half::Open | Half::Whole) || self.is(i + 1, W::Oclock);
            return (stated && valid(time)).then_some((time, next));
        }
        let ish = self.is(next, W::Ish) || self.is(next, W::Tonight);
        let fits =
            (led && self.stands_as_hour(next) || ish) && hour < 24 && !(width == 2 && hour == 0);
        fits.then_some((Clock { bare: !self.is(next, W::Ish), ..time }, next))
    }

    /// "three", "five thirty", "nine o'clock", "seven pm".
    fn hour_in_words(&self, i: usize, led: bool) -> Found<Clock> {
        let W::Num(hour @ 1..=12) = self.word(i) else { return None };
        let ish = self.is(i + 2, W::Ish);
        let dash = usize::from(self.sep(i + 1, '-') && self.glued(i + 2) && !ish);
        let i = i + dash;
        let (minute, next) = match self.word(i + 1) {
            W::Num(tens @ (20 | 30 | 40 | 50)) => self.number_words(tens, i + 2),
            W::Num(minute @ 10..=19) => (minute, i + 2),
            _ => (0, i + 1),
        };
        let (time, after) = self.with_half(small(hour)?, small(minute)?, next, false);
        let ish = self.is(after, W::Ish) || (self.sep(after, '-') && self.is(after + 1, W::Ish));
        let stated = after > next || ish;
        let dated = minute != 0 && self.day_follows(after);
        let fits =
            stated || dated || self.is(after, W::Tonight) || (led && self.stands_as_hour(after));
        let bare = !stated && minute == 0;
        // "good at one thing": one of a thing, where any other number would have a plural.
        let event =
            among(lists::EVENTS, self.lower(after)) || listed(lists::VERBS, self.lower(after));
        let thing = hour == 1 && bare && self.is_word(after) && self.word(after) == W::None;
        let fits = fits && (!thing || event);
        (fits && minute < 60).then_some((Clock { bare, ..time }, after))
    }

    /// Whether a bare number before `next` is an hour and not an amount.
    pub(super) fn stands_as_hour(&self, next: usize) -> bool {
        let Some(tok) = self.tok(next) else { return true };
        if !self.is_word(next) {
            let mark = matches!(tok.kind, Kind::Sep('%' | '°' | '/' | ':' | '+' | '×'));
            let joined = tok.glued && !self.can_end(next) && !self.sep(next, '-');
            return !(mark || joined);
        }
        if tok.glued {
            return false;
        }
        let lower = self.lower(next);
        match tok.word {
            W::None if self.is(next.wrapping_sub(2), W::At) => {
                let plural = lower.ends_with('s') && !listed(lists::VERBS, lower);
                !plural && !tok.capital && !listed(lists::UNITS_OF_THINGS, lower)
            }
            W::None => {
                listed(lists::VERBS, lower)
                    || among(lists::EVENTS, lower)
                    || matches!(
                        lower,
                        "w" | "if"
                            | "when"
                            | "so"
                            | "then"
                            | "until"
                            | "please"
                            | "start"
                            | "because"
                            | "my"
                            | "her"
                            | "his"
                            | "our"
                    )
                    || lists::ZONES.iter().any(|(name, _)| *name == lower)
            }
            W::Unit(_)
            | W::Units(_)
            | W::Of
            | W::Num(_)
            | W::Nth(_)
            | W::Times
            | W::Weekends
            | W::Month(..)
            | W::Workdays
            | W::Couple
            | W::Few => false,
            _ => true,
        }
    }

    /// A half of the day behind a time.
    fn half_at(&self, i: usize) -> Found<Half> {
        match self.word(i) {
            W::Am => Some((Half::Am, i + 1)),
            W::Pm => Some((Half::Pm, i + 1)),
            _ => {
                let lower = self.lower(i);
                let half = match lower {
                    "a" if self.glued(i) => Half::Am,
                    "p" if self.glued(i) => Half::Pm,
                    _ => return None,
                };
                Some((half, i + 1))
            }
        }
    }

    /// Adds "pm", "o'clock", "in the evening" to a time.
    fn with_half(&self, hour: i8, minute: i8, next: usize, whole: bool) -> (Clock, usize) {
        let half = if whole || hour > 12 || hour == 0 { Half::Whole } else { Half::Open };
        let mut time = clock(hour, minute, half);
        let mut at = next;
        if self.is(at, W::Oclock) {
            at += 1;
        } else if self.lower(at) == "o" && self.sep(at + 1, '\'') {
            at += 3;
        }
        let (said, after) = match self.half_at(at) {
            Some((half, after)) => (Some(half), after),
            None => {
                self.part_behind(hour, at).map_or((None, at), |(half, after)| (Some(half), after))
            }
        };
        if let Some(said) = said.filter(|_| (1..=12).contains(&hour)) {
            time.half = said;
            return (time, after);
        }
        (time, if hour > 12 && self.half_at(at).is_some() { after } else { at })
    }

    /// "in the evening", "at night", "tonight" behind a time.
    fn part_behind(&self, hour: i8, i: usize) -> Found<Half> {
        let (part, next) = match self.word(i) {
            W::In if self.is(i + 1, W::The) => match self.word(i + 2) {
                W::Part(part) => (part, i + 3),
                _ => return None,
            },
            W::At => match self.word(i + 1) {
                W::Part(part @ Daypart::Night) => (part, i + 2),
                _ => return None,
            },
            W::In => match self.word(i + 1) {
                W::Part(part @ Daypart::Morning) => (part, i + 2),
                _ => return None,
            },
            _ => return None,
        };
        Some((half_of(part, hour), next))
    }

    /// "the morning", "late afternoon", "lunch" as a time of its own; the lead is judged outside.
    pub(super) fn daypart(&self, i: usize) -> Found<Hour> {
        let (shift, at) = match self.word(i) {
            W::Early => (-1, i + 1),
            W::Late => (1, i + 1),
            W::Middle => (0, i + 1),
            _ => (0, i),
        };
        let at = if at > i && self.sep(at, '-') { at + 1 } else { at };
        // "Eve" by itself is somebody's name.
        let day_before = matches!(self.word_before(at), W::Wd(..) | W::Rel(_) | W::This);
        match self.word(at) {
            W::Part(_) if self.lower(at) == "eve" && !day_before => None,
            W::Part(part) => Some((Hour::Part(part, shift), at + 1)),
            W::Tonight if at > i => Some((Hour::Part(Daypart::Night, 0), at + 1)),
            _ => None,
        }
    }

    /// "EOD", "end of the day", "close of business".
    pub(super) fn close(&self, i: usize) -> Found<Hour> {
        if self.is(i, W::Eod) {
            return Some((Hour::Close, i + 1));
        }
        let at = if self.is(i, W::The) { i + 1 } else { i };
        let end = self.is(at, W::End) || self.lower(at) == "close";
        if !end || !self.is(at + 1, W::Of) {
            return None;
        }
        let day = if self.is(at + 2, W::The) { at + 3 } else { at + 2 };
        let business = self.lower(day) == "business" || self.lower(day) == "play";
        let fits = business || matches!(self.word(day), W::Unit(Unit::Day | Unit::Workday));
        if !fits || self.sep(day + 1, '\'') {
            return None;
        }
        let more = business && self.is(day + 1, W::Unit(Unit::Day));
        Some((Hour::Close, if more { day + 2 } else { day + 1 }))
    }
}

/// The half of the day that a part puts an hour in.
pub(crate) fn half_of(part: Daypart, hour: i8) -> Half {
    match part {
        Daypart::Morning => Half::Am,
        Daypart::Noon => {
            if hour >= 10 && hour != 12 {
                Half::Am
            } else {
                Half::Pm
            }
        }
        Daypart::Afternoon | Daypart::Evening => Half::Pm,
        Daypart::Night => {
            if hour == 12 || hour < 5 {
                Half::Am
            } else {
                Half::Pm
            }
        }
    }
}

/// Whether a time exists on the clock it was said on.
fn valid(time: Clock) -> bool {
    match time.half {
        Half::Am | Half::Pm => (1..=12).contains(&time.hour),
        _ => time.hour < 24 || (time.hour == 24 && time.minute == 0),
    }
}
