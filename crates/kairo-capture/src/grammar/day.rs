//! Days by name: months, weekdays, "the 15th", "third Tuesday of May", holidays.
//!
//! **Invariant:** a name that is also a common word ("may", "sat") is given as weak.

use super::{Found, Scan};
use crate::ast::{Day, Edge, Of, Which};
use crate::lex::Kind;
use crate::words::{Form, Holiday, Unit, W, among, listed, lists};
use jiff::civil::Weekday;

/// A day, and whether it may stand without company.
#[derive(Debug, Clone)]
pub(super) struct DayFound {
    pub(super) day: Day,
    pub(super) sure: bool,
}

pub(super) fn sure(day: Day, next: usize) -> Found<DayFound> {
    Some((DayFound { day, sure: true }, next))
}

impl Scan<'_> {
    /// Any day, longest reading first.
    pub(super) fn day(&self, i: usize) -> Found<DayFound> {
        self.memo.days.get(i)?.get_or_init(|| self.read_day(i)).clone()
    }

    fn read_day(&self, i: usize) -> Found<DayFound> {
        if !self.can_begin(i) {
            return None;
        }
        let found = self
            .nth(i)
            .or_else(|| self.relative(i))
            .and_then(|(day, next)| sure(day, next))
            .or_else(|| self.holiday(i))
            .or_else(|| self.weekday_day(i))
            .or_else(|| self.year_month_day(i))
            .or_else(|| self.month_day(i))
            .or_else(|| self.day_month(i))
            .or_else(|| {
                let (found, next) = self.digits_date(i)?;
                Some((DayFound { day: found.day, sure: found.sure }, next))
            })
            .or_else(|| self.period(i))
            .or_else(|| self.day_of_month(i))
            .or_else(|| self.month_alone(i));
        let (found, next) = found?;
        let possessive = self.sep(next, '\'') || self.sep(next, '’');
        if possessive && self.glued(next) && self.lower(next + 1) == "s" {
            return None;
        }
        let (found, next) = self.with_weekday_after(found, next);
        let iso_time = self.glued(next) && self.lower(next) == "t";
        let listed = self.sep(next, '/') && matches!(self.word(next + 1), W::Wd(..));
        let ends = iso_time || self.can_end(next) || self.sep(next, '-') || listed;
        ends.then_some((found, next))
    }

    /// "Nov 24 (Tue)", "24 November, Tuesday".
    fn with_weekday_after(&self, found: DayFound, next: usize) -> (DayFound, usize) {
        let Day::Ymd { year, month, day, wd: None } = found.day else { return (found, next) };
        let open = self.sep(next, '(');
        let at = if open || self.sep(next, ',') { next + 1 } else { next };
        if at == next {
            return (found, next);
        }
        let W::Wd(wd, form) = self.word(at) else { return (found, next) };
        let closed = !open || self.sep(at + 1, ')');
        if form == Form::Plural || !closed {
            return (found, next);
        }
        let after = if open { at + 2 } else { at + 1 };
        (DayFound { day: Day::Ymd { year, month, day, wd: Some(wd) }, sure: true }, after)
    }

    /// A month's name; a dot after an abbreviation belongs to it.
    pub(super) fn month(&self, i: usize) -> Found<(i8, bool)> {
        let W::Month(month, weak) = self.word(i) else { return None };
        let short = self.slice(i).len() <= 4;
        let dotted =
            short && self.sep(i + 1, '.') && self.glued(i + 1) && self.tok(i + 2).is_some();
        Some(((month, weak), if dotted { i + 2 } else { i + 1 }))
    }

    /// A number that can be a day of the month, not a clock time or an amount.
    fn day_number(&self, i: usize) -> Found<i8> {
        if let Some(Kind::Ord(value @ 1..=31)) = self.tok(i).map(|tok| tok.kind) {
            return Some((i8::try_from(value).ok()?, i + 1));
        }
        if let Some((value @ 1..=31, next)) = self.ordinal(i) {
            return Some((i8::try_from(value).ok()?, next));
        }
        if let W::Num(value @ 1..=31) = self.word(i)
            && let Some(((_, weak), _)) = self.month(self.number_words(value, i + 1).1)
        {
            let (value, next) = self.number_words(value, i + 1);
            return i8::try_from(value).ok().filter(|_| !weak).map(|day| (day, next));
        }
        let (value, width) = self.num(i)?;
        let decimal = self.sep(i + 1, '.') && self.glued(i + 1) && self.glued(i + 2);
        let bad = decimal && self.num(i + 2).is_some();
        let fits =
            (1..=31).contains(&value) && width <= 2 && !bad && !self.followed_by_clock(i + 1);
        fits.then_some((i8::try_from(value).ok()?, i + 1))
    }

    /// "Nov 24", "November the 24th, 2026".
    pub(super) fn month_day(&self, i: usize) -> Found<DayFound> {
        let ((month, weak), mut at) = self.month(i)?;
        let marked = self.is(at, W::The) || self.sep(at, ',');
        if self.is(at, W::The) || (self.sep(at, '-') && self.glued(at)) || self.sep(at, '/') {
            at += 1;
        }
        let (day, next) = self.day_number(at)?;
        let percent = self.sep(next, '%') && self.glued(next);
        let thing = listed(lists::UNITS_OF_THINGS, self.lower(next));
        let capital = self.tok(i).is_some_and(|tok| tok.capital);
        if percent || (thing && !marked) || (month == 5 && weak && !capital && thing) {
            return None;
        }
        let (year, next) = self.year_after(next, false);
        sure(Day::Ymd { year, month, day, wd: None }, next)
    }

    pub(super) fn year_after(&self, next: usize, dashes: bool) -> (Option<i16>, usize) {
        if let Some((year, after)) = self.year(next) {
            return (Some(year), after);
        }
        let dashed = matches!(self.tok(next).map(|tok| tok.kind), Some(Kind::Sep('-' | '/')));
        if dashed && self.glued(next) && self.glued(next + 1) {
            return match self.num(next + 1) {
                Some((year @ 1900..=2199, 4)) => (i16::try_from(year).ok(), next + 2),
                Some((year, 2)) if dashes && self.can_end(next + 2) => {
                    (i16::try_from(2000 + year).ok(), next + 2)
                }
                _ => (None, next),
            };
        }
        (None, next)
    }

    /// "24 Nov", "the 24th of November 2026", "24-Nov-26".
    pub(super) fn day_month(&self, i: usize) -> Found<DayFound> {
        let at = if self.is(i, W::The) { i + 1 } else { i };
        let (day, next) = self.day_number(at)?;
        let next = match self.tok(next).map(|tok| tok.kind) {
            Some(Kind::Sep('-' | '/')) if self.glued(next) && self.glued(next + 1) => next + 1,
            Some(Kind::Sep('.')) if self.glued(next) => next + 1,
            _ if self.is(next, W::Of) => next + 1,
            _ if self.is(next, W::Unit(Unit::Day)) && self.is(next + 1, W::Of) => next + 2,
            _ => next,
        };
        let ((month, _), after) = self.month(next)?;
        if month == 5 && self.lower(next) == "may" && self.modal_may(next) {
            return None;
        }
        if self.glued(next)
            && self.glued(after)
            && let Some((year, 2)) = self.num(after)
            && self.can_end(after + 1)
        {
            let year = i16::try_from(2000 + year).ok();
            return sure(Day::Ymd { year, month, day, wd: None }, after + 1);
        }
        if let Some((year, end)) = self.short_year(after) {
            return sure(Day::Ymd { year: Some(year), month, day, wd: None }, end);
        }
        let dashes = matches!(self.tok(next - 1).map(|tok| tok.kind), Some(Kind::Sep('-' | '/')));
        let (year, after) = self.year_after(after, dashes);
        sure(Day::Ymd { year, month, day, wd: None }, after)
    }

    /// "26" in "31 Dec 26": a year near this one, which is no hour and no day of another date.
    fn short_year(&self, i: usize) -> Found<i16> {
        let (year @ 25.., 2) = self.num(i)? else { return None };
        let year = i16::try_from(2000 + year).ok()?;
        let near = (0..10).contains(&(year - self.today.year()));
        let ends = self.tok(i + 1).is_none() || self.sep(i + 1, ',');
        (near && ends && !self.glued(i)).then_some((year, i + 1))
    }

    /// "12 may attend": the verb, not the month.
    fn modal_may(&self, i: usize) -> bool {
        let next = self.lower(i + 1);
        !self.tok(i).is_some_and(|tok| tok.capital)
            && (listed(lists::VERBS, next) || matches!(next, "be" | "have" | "not" | "attend"))
    }

    /// A weekday, alone or with a date after it.
    fn weekday_day(&self, i: usize) -> Found<DayFound> {
        let (wd, form, next) = self.weekday(i)?;
        let before = self.lower_before(i);
        if among(lists::BEFORE_WEEKDAY, before) || among(lists::AFTER_WEEKDAY, self.lower(next)) {
            return None;
        }
        if let Some(found) = self.weekday_and_date(wd, next) {
            return Some(found);
        }
        if let Some((which, after)) = self.week_after_weekday(next) {
            return sure(Day::Wd(wd, which), after);
        }
        let capital = self.tok(i).is_some_and(|tok| tok.capital);
        let last = self.tok(next).is_none();
        let article = matches!(self.word_before(i), W::The | W::A | W::Of);
        let standing = match form {
            Form::Weak => capital && !article && (i > 0 || last),
            _ => !article,
        };
        Some((DayFound { day: Day::Wd(wd, Which::Plain), sure: standing }, next))
    }

    /// A weekday's name; a dot after an abbreviation belongs to it.
    pub(super) fn weekday(&self, i: usize) -> Option<(Weekday, Form, usize)> {
        let W::Wd(wd, form) = self.word(i) else { return None };
        if form == Form::Plural {
            return None;
        }
        let short = form != Form::Full;
        let dotted =
            short && self.sep(i + 1, '.') && self.glued(i + 1) && self.tok(i + 2).is_some();
        Some((wd, form, if dotted { i + 2 } else { i + 1 }))
    }

    /// "Tue, Nov 24", "Friday the 13th", "Fri 18".
    fn weekday_and_date(&self, wd: Weekday, next: usize) -> Found<DayFound> {
        let comma = self.sep(next, ',') || (self.sep(next, '-') && !self.glued(next + 1));
        let at = if comma { next + 1 } else { next };
        let at = if self.is(at, W::On) { at + 1 } else { at };
        if let Some((found, after)) = self.month_day(at).or_else(|| self.day_month(at))
            && let Day::Ymd { year, month, day, .. } = found.day
        {
            return sure(Day::Ymd { year, month, day, wd: Some(wd) }, after);
        }
        if let Some((found, after)) = self.digits_date(at) {
            let day = match found.day {
                Day::Numeric { first, second, year, .. } => {
                    Day::Numeric { first, second, year, wd: Some(wd) }
                }
                Day::Ymd { year, month, day, .. } => Day::Ymd { year, month, day, wd: Some(wd) },
                other => other,
            };
            return sure(day, after);
        }
        let at = if self.is(at, W::The) { at + 1 } else { at };
        if let Some((day @ 1..=31, after)) = self.ordinal(at) {
            let seconds = self.unit(after).is_some() && self.is_word(at);
            let day = i8::try_from(day).ok()?;
            return (!seconds).then_some((
                DayFound { day: Day::Dom { day, wd: Some(wd), of: Of::Soonest }, sure: true },
                after,
            ));
        }
        let (day, after) = self.day_number(at).filter(|_| !comma)?;
        let ends = self.tok(after).is_none() || self.sep(after, ',') || self.is(after, W::At);
        let fits = ends && self.soon(day, wd);
        fits.then_some((
            DayFound { day: Day::Dom { day, wd: Some(wd), of: Of::Soonest }, sure: true },
            after,
        ))
    }

    /// Whether a day of the month is that weekday within the next two months.
    fn soon(&self, day: i8, wd: Weekday) -> bool {
        (0..62).any(|ahead| {
            self.today
                .checked_add(jiff::Span::new().days(ahead))
                .is_ok_and(|date| date.day() == day && date.weekday() == wd)
        })
    }

    /// "next week", "of this week", "in two weeks", "week", "after next" behind a weekday.
    fn week_after_weekday(&self, i: usize) -> Found<Which> {
        if self.is(i, W::After) && self.is(i + 1, W::Next) {
            return Some((Which::AfterNext, i + 2));
        }
        if self.is(i, W::Unit(Unit::Week)) && !self.is_word(i + 1) {
            return Some((Which::AfterNext, i + 1)).filter(|_| !self.is(i + 1, W::Next));
        }
        let at = if matches!(self.word(i), W::Of | W::In) { i + 1 } else { i };
        let at = if self.is(at, W::The) { at + 1 } else { at };
        let week = self.is(at + 1, W::Unit(Unit::Week));
        let possessive = self.sep(at + 2, '\'') && self.glued(at + 2);
        match self.word(at) {
            W::Next if at == i && !week && !self.is_word(i + 1) && self.can_end(i + 1) => {
                Some((Which::Next, i + 1))
            }
            W::This if week && !possessive => Some((Which::InWeek(0), at + 2)),
            W::Next | W::Following | W::Coming if week && !possessive => {
                let after = self.is(at + 2, W::After);
                Some((Which::InWeek(1), at + 2)).filter(|_| !after)
            }
            W::Last if week => Some((Which::InWeek(-1), at + 2)),
            W::Unit(Unit::Week) if self.is(at + 1, W::After) && self.is(at + 2, W::Next) => {
                Some((Which::InWeek(2), at + 3))
            }
            _ => None,
        }
    }

    /// A holiday, of this or another year.
    fn holiday(&self, i: usize) -> Found<DayFound> {
        let (which, at) = match self.word(i) {
            W::Next => (Which::Next, i + 1),
            W::This => (Which::This, i + 1),
            W::Last => (Which::Last, i + 1),
            _ => (Which::Plain, i),
        };
        let the_new = self.is(at, W::The) && self.lower(at + 1) == "new";
        let (holiday, next) = self.holiday_name(at + usize::from(the_new))?;
        let (year, next) = match self.year(next) {
            Some((year, after)) => (Some(year), after),
            None => (None, next),
        };
        let led = !matches!(self.word_before(i), W::None)
            || i == 0
            || self.tok(next).is_none()
            || listed(lists::VERBS, self.lower(next));
        let article = matches!(self.word_before(i), W::The | W::A | W::Of);
        let meal = matches!(self.lower(next), "dinner" | "lunch" | "brunch" | "breakfast");
        let noun = self.is_word(next) && matches!(self.word(next), W::None) && i == 0 && !meal;
        let last = self.word(next.saturating_sub(1));
        let sale = matches!(self.lower(at), "black" | "cyber" | "ash");
        let day_name = match last {
            W::Unit(Unit::Day) | W::Part(_) | W::Num(_) => true,
            W::Wd(..) => !sale,
            _ => false,
        };
        let named = (next - at > 1 && day_name) || self.lower(at) == "nye";
        let led = (led || named || meal) && !article && (!noun || named);
        Some((DayFound { day: Day::Holiday(holiday, year, which), sure: led }, next))
    }

    pub(super) fn holiday_name(&self, i: usize) -> Found<Holiday> {
        let in_the = self.is(i.wrapping_sub(1), W::The) && self.is(i.wrapping_sub(2), W::In);
        let bound = matches!(self.word_before(i), W::By | W::Before | W::After | W::Until);
        let year = self.lower(i) == "new" && self.is(i + 1, W::Unit(Unit::Year));
        if year && (in_the || bound) {
            return Some((Holiday::Fixed(1, 1), i + 2));
        }
        if !self.is_word(i) {
            return None;
        }
        let first = self.lower(i);
        let begun = lists::HOLIDAYS.iter().filter(|(words, _)| words.first() == Some(&first));
        for (words, holiday) in begun {
            let fits = |(at, word): (usize, &&str)| self.lower(i + at) == *word;
            if words.iter().enumerate().all(fits) {
                return Some((*holiday, i + words.len()));
            }
        }
        match self.word(i) {
            W::Holiday(holiday) => Some((holiday, i + 1)),
            _ => None,
        }
    }

    /// A month without a day ("in March", "next May", "November 2027", "mid-June").
    fn month_alone(&self, i: usize) -> Found<DayFound> {
        let (edge, at) = self.edge(i).unwrap_or((Edge::Whole, i));
        let (ahead, at) = match self.word(at) {
            W::This | W::Coming => (1, at + 1),
            W::Next => (2, at + 1),
            W::Last => (-1, at + 1),
            _ => (0, at),
        };
        if let Some(found) = self.quarter(i, at, edge) {
            return Some(found);
        }
        let ((month, weak), next) = self.month(at)?;
        let (year, after) = self.year_after(next, false);
        let led = matches!(
            self.word_before(i),
            W::In
                | W::By
                | W::Until
                | W::Since
                | W::Before
                | W::Through
                | W::During
                | W::Starting
                | W::Beginning
                | W::From
                | W::After
                | W::Ending
        ) || ahead != 0
            || edge != Edge::Whole
            || year.is_some()
            || (i == 0 && self.tok(next).is_none())
            || (matches!(self.word(next), W::Next | W::This)
                && self.is(next + 1, W::Unit(Unit::Year)));
        let modal =
            self.lower(next.saturating_sub(1)) == "may" && self.modal_may(next.saturating_sub(1));
        let article = self.is(next, W::The) || self.is(next, W::A);
        let small = weak && !self.tok(at).is_some_and(|tok| tok.capital);
        let verb = small && self.is(at.wrapping_sub(1), W::This) && self.is_word(next);
        let modal = modal || (verb && self.word(next) == W::None);
        if !led || modal || (article && month == 5) {
            return None;
        }
        sure(Day::Month { month, year, edge, ahead }, after)
    }

    /// "in Q1", "end of Q3", "Q2 2027".
    fn quarter(&self, i: usize, at: usize, edge: Edge) -> Found<DayFound> {
        let (quarter @ 1..=4, 1) = self.num(at + 1)? else { return None };
        if self.lower(at) != "q" || !self.glued(at + 1) {
            return None;
        }
        let (year, next) = self.year_after(at + 2, false);
        let lead = matches!(
            self.word_before(i),
            W::In | W::By | W::Until | W::Before | W::During | W::Starting | W::From | W::After
        );
        let month = i8::try_from(quarter * 3).ok()?;
        let month = if edge == Edge::End { month } else { month - 2 };
        let stands = lead || edge != Edge::Whole || (year.is_some() && i == 0);
        let day = Day::Month { month, year, edge, ahead: 0 };
        stands.then_some((DayFound { day, sure: true }, next))
    }

    /// "end of", "early", "mid-", "the beginning of".
    pub(super) fn edge(&self, i: usize) -> Found<Edge> {
        let at = if self.is(i, W::The) { i + 1 } else { i };
        let edge = match self.word(at) {
            W::End | W::Ending if self.is(at + 1, W::Of) => return Some((Edge::End, at + 2)),
            W::Beginning | W::Starting if self.is(at + 1, W::Of) => {
                return Some((Edge::Start, at + 2));
            }
            W::Middle if self.is(at + 1, W::Of) => return Some((Edge::Middle, at + 2)),
            W::Early => Edge::Start,
            W::Middle => Edge::Middle,
            W::Late => Edge::End,
            _ => {
                let start = self.lower(at) == "start" && self.is(at + 1, W::Of);
                return start.then_some((Edge::Start, at + 2));
            }
        };
        let dashed = self.sep(at + 1, '-') && self.glued(at + 1);
        Some((edge, if dashed { at + 2 } else { at + 1 }))
    }
}
