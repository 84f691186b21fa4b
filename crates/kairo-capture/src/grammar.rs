//! Hand-written matching over tokens: each rule looks at a place and says how far it reaches.
//!
//! **Invariant:** a rule looks at a bounded number of tokens, so the whole is linear in the text.
//! **Invariant:** a rule never decides what an item is; it only says what the words can mean.

mod alone;
mod clock;
mod custom;
mod day;
mod days;
mod except;
mod fields;
mod frequency;
mod memo;
mod moment;
mod named;
mod numeric;
mod ordinal;
mod people;
mod range;
mod relative;
mod repeat;
mod repeat_units;
mod when;
mod zone;

use crate::ast::Dur;
use crate::lex::{Kind, Plain, Tok};
use crate::words::{Unit, W};
use std::borrow::Cow;

pub(crate) use clock::half_of;
pub(crate) use memo::Memo;
pub(crate) use moment::agreeing;
pub(crate) use named::Signs;
pub(crate) use people::{PersonFound, people, place};

/// What a rule gives: its meaning, and the token after it.
pub(crate) type Found<T> = Option<(T, usize)>;

/// The text and its tokens, as the rules see them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scan<'a> {
    pub(crate) text: &'a str,
    pub(crate) toks: &'a [Tok],
    /// Each token in lower case, made once.
    pub(crate) lowers: &'a [Cow<'a, str>],
    /// What holds for the whole line.
    pub(crate) signs: &'a Signs,
    /// What was already read.
    pub(crate) memo: &'a Memo,
    /// The reference, only to judge what is likely, never to resolve.
    pub(crate) today: jiff::civil::Date,
}

impl<'a> Scan<'a> {
    pub(crate) fn tok(&self, i: usize) -> Option<&'a Tok> {
        self.toks.get(i)
    }

    pub(crate) fn word(&self, i: usize) -> W {
        self.tok(i).map_or(W::None, |tok| tok.word)
    }

    pub(crate) fn is(&self, i: usize, word: W) -> bool {
        self.tok(i).is_some_and(|tok| tok.word == word)
    }

    pub(crate) fn sep(&self, i: usize, c: char) -> bool {
        self.tok(i).is_some_and(|tok| tok.kind == Kind::Sep(c))
    }

    pub(crate) fn glued(&self, i: usize) -> bool {
        self.tok(i).is_some_and(|tok| tok.glued)
    }

    /// Digits: value and width.
    pub(crate) fn num(&self, i: usize) -> Option<(u32, u8)> {
        match self.tok(i)?.kind {
            Kind::Num(value, width) => Some((value, width)),
            _ => None,
        }
    }

    /// The token's text; nothing for what must stay plain.
    pub(crate) fn slice(&self, i: usize) -> &'a str {
        let plain = |tok: &&Tok| !matches!(tok.kind, Kind::Opaque(_));
        self.tok(i).filter(plain).and_then(|tok| self.text.get(tok.start..tok.end)).unwrap_or("")
    }

    /// The word at a place, in lower case; empty for what must stay plain.
    pub(crate) fn lower(&self, i: usize) -> &'a str {
        self.lowers.get(i).map_or("", |lower| lower.as_ref())
    }

    pub(crate) fn prev(&self, i: usize) -> Option<usize> {
        i.checked_sub(1)
    }

    /// The word before a place, in lower case; empty at the start.
    pub(crate) fn lower_before(&self, i: usize) -> &'a str {
        self.prev(i).map_or("", |at| self.lower(at))
    }

    pub(crate) fn word_before(&self, i: usize) -> W {
        self.prev(i).map_or(W::None, |at| self.word(at))
    }

    pub(crate) fn is_word(&self, i: usize) -> bool {
        self.tok(i).is_some_and(|tok| tok.kind == Kind::Word)
    }

    pub(crate) fn is_opaque(&self, i: usize, why: Plain) -> bool {
        self.tok(i).is_some_and(|tok| tok.kind == Kind::Opaque(why))
    }

    /// Whether words that say a day or a time were dismissed here.
    pub(crate) fn dismissed_time(&self, i: usize) -> bool {
        self.is_opaque(i, Plain::DismissedTime)
    }

    /// Whether dismissed words of a time end before token `i`.
    pub(crate) fn behind_dismissed_time(&self, i: usize) -> bool {
        self.prev(i).is_some_and(|at| self.dismissed_time(at))
    }

    /// Whether a match may begin here: not in the middle of a run of letters and digits.
    pub(crate) fn can_begin(&self, i: usize) -> bool {
        let Some(tok) = self.tok(i) else { return false };
        if !tok.glued {
            return true;
        }
        let Some(before) = self.prev(i).and_then(|at| self.tok(at)) else { return true };
        match before.kind {
            Kind::Sep(c) => match c {
                '(' | '[' | ',' | ';' | '"' | '@' | '~' | '{' | '!' | '|' | '*' | '>' | '…' => {
                    true
                }
                ':' => self.prev(i).is_some_and(|at| self.is_word_before(at)),
                '-' => !self.prev(i).is_some_and(|at| self.glued(at)) || self.ranges(i),
                _ => false,
            },
            _ => false,
        }
    }

    /// "Mon-Fri", "Nov 24-Dec 2": a name of a day or a month behind a dash.
    fn ranges(&self, i: usize) -> bool {
        let before = i.checked_sub(2).and_then(|at| self.tok(at));
        let named = |word: W| matches!(word, W::Wd(..) | W::Month(..) | W::Rel(_));
        let half = before.is_some_and(|tok| matches!(tok.word, W::Am | W::Pm));
        let number = before.is_some_and(|tok| matches!(tok.kind, Kind::Num(..) | Kind::Ord(_)));
        let slashed = number && self.sep(i + 1, '/') && self.num(i + 2).is_some();
        let name = before.is_some_and(|tok| named(tok.word)) || half || number;
        (name && named(self.word(i))) || (self.num(i).is_some() && (half || slashed))
    }

    fn is_word_before(&self, i: usize) -> bool {
        self.prev(i).is_some_and(|at| self.is_word(at))
    }

    /// Whether a match may end before token `i`: what follows is no part of the same run.
    pub(crate) fn can_end(&self, i: usize) -> bool {
        let Some(tok) = self.tok(i) else { return true };
        if !tok.glued {
            return true;
        }
        match tok.kind {
            Kind::Sep(')' | ']' | '}' | '!' | '?' | ';' | '"' | '|' | '*' | '…' | '<') => true,
            Kind::Sep('.' | ',' | ':') => {
                let next = self.tok(i + 1);
                next.is_none_or(|next| !next.glued || !matches!(next.kind, Kind::Num(..)))
            }
            Kind::Sep('-') => !self.glued(i + 1),
            // "fri@5pm".
            Kind::Sep('@') => {
                let clock = matches!(self.word(i + 1), W::Noon | W::Midnight);
                self.glued(i + 1) && (clock || self.num(i + 1).is_some())
            }
            _ => false,
        }
    }

    /// A whole number in digits or words ("21", "twenty one", "a couple of", "a few").
    pub(crate) fn whole(&self, i: usize) -> Found<u32> {
        if let Some((value, _)) = self.num(i) {
            return Some((value, i + 1));
        }
        let start = if self.is(i, W::A) { i + 1 } else { i };
        match self.word(start) {
            W::Couple => {
                let next = start + 1;
                Some((2, if self.is(next, W::Of) { next + 1 } else { next }))
            }
            W::Few => Some((3, start + 1)),
            W::Num(value) if start == i => Some(self.number_words(value, i + 1)),
            _ => None,
        }
    }

    /// Carries "twenty" on to "twenty-one".
    fn number_words(&self, tens: u32, next: usize) -> (u32, usize) {
        if !(20..=90).contains(&tens) || !tens.is_multiple_of(10) {
            return (tens, next);
        }
        let after = if self.sep(next, '-') && self.glued(next) { next + 1 } else { next };
        match self.word(after) {
            W::Num(ones @ 1..=9) => (tens + ones, after + 1),
            _ => (tens, next),
        }
    }

    /// An ordinal in digits or words ("21st", "twenty first").
    pub(crate) fn ordinal(&self, i: usize) -> Found<u32> {
        if let Some(Kind::Ord(value)) = self.tok(i).map(|tok| tok.kind) {
            return Some((value, i + 1));
        }
        match self.word(i) {
            W::Nth(value) => Some((value, i + 1)),
            W::Num(tens @ (20 | 30)) => {
                let after = if self.sep(i + 1, '-') { i + 2 } else { i + 1 };
                match self.word(after) {
                    W::Nth(ones @ 1..=9) => Some((tens + ones, after + 1)),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// A unit of time; "second" counts only where a number leads it.
    pub(crate) fn unit(&self, i: usize) -> Found<Unit> {
        match self.word(i) {
            W::Unit(unit) | W::Units(unit) => Some((unit, i + 1)),
            W::Nth(2) if self.lower(i) == "second" => Some((Unit::Second, i + 1)),
            W::Workdays => Some((Unit::Workday, i + 1)),
            W::Weekends => Some((Unit::Weekend, i + 1)),
            W::Parts(crate::words::Daypart::Night) => Some((Unit::Day, i + 1)),
            _ if self.is(i + 1, W::Time) && self.lower(i).ends_with("'s") => {
                match crate::words::meaning(self.slice(i).get(..self.slice(i).len() - 2)?) {
                    W::Unit(unit) => Some((unit, i + 1)),
                    _ => None,
                }
            }
            _ => match self.lower(i) {
                "business" | "working" | "work" => match self.word(i + 1) {
                    W::Unit(Unit::Day) | W::Units(Unit::Day) => Some((Unit::Workday, i + 2)),
                    _ => None,
                },
                "calendar" => match self.word(i + 1) {
                    W::Unit(Unit::Day) | W::Units(Unit::Day) => Some((Unit::Day, i + 2)),
                    _ => None,
                },
                "h" if self.glued(i) || self.num_before(i) => Some((Unit::Hour, i + 1)),
                "m" if self.glued(i) => Some((Unit::Minute, i + 1)),
                "s" if self.glued(i) && !self.is_decade(i) => Some((Unit::Second, i + 1)),
                "d" if self.glued(i) => Some((Unit::Day, i + 1)),
                "w" if self.glued(i) => Some((Unit::Week, i + 1)),
                "y" if self.glued(i) => Some((Unit::Year, i + 1)),
                _ => None,
            },
        }
    }

    /// Whether the "s" at a place is that of "the 80s" or "1920s".
    fn is_decade(&self, i: usize) -> bool {
        let Some((value, width)) = self.prev(i).and_then(|at| self.num(at)) else { return false };
        let led = i.checked_sub(2).is_some_and(|at| self.is(at, W::The));
        value.is_multiple_of(10) && (width == 4 || led)
    }

    fn num_before(&self, i: usize) -> bool {
        self.prev(i).is_some_and(|at| self.num(at).is_some())
    }

    /// A number of a unit in thousandths ("1.5", "1/2", "half a", "an", "two and a half").
    fn amount(&self, i: usize) -> Found<i64> {
        if let Some((value, width)) = self.num(i) {
            if width > 6 {
                return None;
            }
            return Some(self.amount_in_digits(i64::from(value), i));
        }
        if self.is(i, W::Half) {
            let next = i + 1;
            return Some((500, if self.is(next, W::A) { next + 1 } else { next }));
        }
        if let Some((value, next)) = self.whole(i) {
            return Some(self.and_a_half(i64::from(value) * 1_000, next));
        }
        if self.is(i, W::A) {
            if self.is(i + 1, W::Half) {
                return Some((500, i + 2));
            }
            return Some((1_000, i + 1));
        }
        if self.lower(i) == "one-half" { Some((500, i + 1)) } else { None }
    }

    fn amount_in_digits(&self, value: i64, i: usize) -> (i64, usize) {
        if self.glued(i + 1)
            && self.glued(i + 2)
            && let Some((part, width)) = self.num(i + 2)
        {
            if (self.sep(i + 1, '.') || self.sep(i + 1, ',')) && width <= 2 {
                let scale = if width == 1 { 100 } else { 10 };
                return (value * 1_000 + i64::from(part) * scale, i + 3);
            }
            if self.sep(i + 1, '/') && (2..=8).contains(&part) {
                return (value * 1_000 / i64::from(part), i + 3);
            }
        }
        if self.sep(i + 1, '½') {
            return (value * 1_000 + 500, i + 2);
        }
        // "1 1/2 hours".
        if !self.glued(i + 1)
            && let (Some((over, 1)), Some((under @ 2..=8, 1))) = (self.num(i + 1), self.num(i + 3))
            && self.sep(i + 2, '/')
            && over < under
        {
            return (value * 1_000 + i64::from(over) * 1_000 / i64::from(under), i + 4);
        }
        self.and_a_half(value * 1_000, i + 1)
    }

    fn and_a_half(&self, value: i64, next: usize) -> (i64, usize) {
        if self.is(next, W::And) && self.is(next + 1, W::A) && self.is(next + 2, W::Half) {
            return (value + 500, next + 3);
        }
        (value, next)
    }

    /// A length of time ("2 hours", "an hour and a half", "1h30m", "3 days and 2 hours").
    pub(crate) fn duration(&self, i: usize) -> Found<Dur> {
        *self.memo.durations.get(i)?.get_or_init(|| self.read_duration(i))
    }

    fn read_duration(&self, i: usize) -> Found<Dur> {
        let (mut dur, mut next) = self.single_duration(i)?;
        for _ in 0..3 {
            let glue = match self.word(next) {
                W::And => next + 1,
                _ if self.sep(next, ',') => next + 1,
                _ => next,
            };
            if self.glued(next)
                && let Some((minutes @ 0..=59, 2)) = self.num(next)
                && dur.seconds > 0
                && dur.seconds % 3_600 == 0
                && self.can_end(next + 1)
            {
                return Some((
                    dur.plus(Dur { seconds: i64::from(minutes) * 60, ..Dur::default() }),
                    next + 1,
                ));
            }
            let starts = self.num(glue).is_some() || matches!(self.word(glue), W::Num(_));
            let Some((more, after)) = self.single_duration(glue).filter(|_| starts) else { break };
            if magnitude(more) >= magnitude(dur) {
                break;
            }
            dur = dur.plus(more);
            next = after;
        }
        Some((dur, next))
    }

    fn single_duration(&self, i: usize) -> Found<Dur> {
        if let Some(found) = self.quarter_hours(i) {
            return Some(found);
        }
        let (amount, next) = self.amount(i)?;
        let next = if self.sep(next, '-') && self.glued(next) { next + 1 } else { next };
        let next =
            if matches!(self.lower(next), "more" | "full" | "whole") { next + 1 } else { next };
        let (unit, after) = self.unit(next)?;
        if self.is(after, W::And) && self.is(after + 1, W::A) && self.is(after + 2, W::Half) {
            return Some((length(amount + 500, unit)?, after + 3));
        }
        Some((length(amount, unit)?, after))
    }

    /// "quarter of an hour", "three quarters of an hour".
    fn quarter_hours(&self, i: usize) -> Found<Dur> {
        let (count, at) = match self.word(i) {
            W::A => (1, i + 1),
            W::Num(3) => (3, i + 1),
            _ => (1, i),
        };
        let quarter = matches!(self.word(at), W::Unit(Unit::Quarter) | W::Units(Unit::Quarter));
        let hour = self.is(at + 3, W::Unit(Unit::Hour)) || self.is(at + 2, W::Unit(Unit::Hour));
        if quarter && self.is(at + 1, W::Unit(Unit::Hour)) {
            return Some((Dur { seconds: count * 900, ..Dur::default() }, at + 2));
        }
        if !quarter || !hour || !self.is(at + 1, W::Of) {
            return None;
        }
        let next = if self.is(at + 2, W::A) { at + 4 } else { at + 3 };
        Some((Dur { seconds: count * 900, ..Dur::default() }, next))
    }
}

fn magnitude(dur: Dur) -> i64 {
    i64::from(dur.months) * 30 * 86_400
        + i64::from(dur.days) * 86_400
        + i64::from(dur.workdays) * 86_400
        + dur.seconds
}

/// An amount in thousandths of a unit as calendar time.
pub(crate) fn length(amount: i64, unit: Unit) -> Option<Dur> {
    let whole = |scale: i64| i32::try_from(amount * scale / 1_000).ok();
    let exact = amount % 1_000 == 0;
    let clock = |scale: i64| Some(Dur { seconds: amount * scale / 1_000, ..Dur::default() });
    match unit {
        Unit::Second => clock(1),
        Unit::Minute => clock(60),
        Unit::Hour => clock(3_600),
        Unit::Day if exact => Some(Dur { days: whole(1)?, ..Dur::default() }),
        Unit::Day => clock(86_400),
        Unit::Workday => Some(Dur { workdays: whole(1)?, ..Dur::default() }),
        Unit::Week | Unit::Weekend => Some(Dur { days: whole(7)?, ..Dur::default() }),
        Unit::Fortnight => Some(Dur { days: whole(14)?, ..Dur::default() }),
        Unit::Month if exact => Some(Dur { months: whole(1)?, ..Dur::default() }),
        Unit::Month => Some(Dur { months: whole(1)?, days: 15, ..Dur::default() }),
        Unit::Quarter => Some(Dur { months: whole(3)?, ..Dur::default() }),
        Unit::Year => Some(Dur { months: whole(12)?, ..Dur::default() }),
        Unit::Decade => Some(Dur { months: whole(120)?, ..Dur::default() }),
    }
    .filter(|dur| magnitude(*dur) <= 200 * 366 * 86_400)
}
