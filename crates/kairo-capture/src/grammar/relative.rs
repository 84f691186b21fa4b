//! Days by their distance: "tomorrow", "in 3 days", "a week from Friday", "next month".
//!
//! **Invariant:** a distance in hours or less is a [`crate::ast::Moment::from_now`], not a day.

use super::day::DayFound;
use super::{Found, Scan};
use crate::ast::{Day, Dur, Edge, Which};
use crate::words::{Form, Unit, W, among, lists};

impl Scan<'_> {
    /// A day by its distance from today or from another day.
    pub(super) fn relative(&self, i: usize) -> Found<Day> {
        self.day_word(i)
            .or_else(|| self.weekday_near(i))
            .or_else(|| self.day_after(i))
            .or_else(|| self.ahead(i))
            .or_else(|| self.which_weekday(i))
    }

    /// "today", "tomorrow", perhaps with "week" ("tomorrow week").
    fn day_word(&self, i: usize) -> Found<Day> {
        let later = matches!(self.word(i), W::Later | W::Earlier) && self.is(i + 1, W::Rel(0));
        let i = i + usize::from(later);
        let W::Rel(days) = self.word(i) else { return None };
        let mut next = i + 1;
        if self.lower(i) == "tod"
            && !self.tok(i).is_some_and(|tok| tok.glued)
            && self.tok(next).is_some()
        {
            return None;
        }
        if among(lists::BEFORE_DAY_WORD, self.lower_before(i))
            && !self.is(i.wrapping_sub(1), W::Until)
        {
            return None;
        }
        if self.is(next, W::Unit(Unit::Week)) && days >= 0 {
            next += 1;
            return Some((Day::Rel(i32::from(days) + 7), next));
        }
        Some((Day::Rel(i32::from(days)), next))
    }

    /// "the Friday before Christmas", "first Monday after Dec 1".
    fn weekday_near(&self, i: usize) -> Found<Day> {
        let at = i + usize::from(self.is(i, W::The));
        let at = at + usize::from(self.is(at, W::Nth(1)));
        let (wd, _, next) = self.weekday(at)?;
        let before = match self.word(next) {
            W::Before => true,
            W::After => false,
            _ => return None,
        };
        let (base, after) = self.base_day(next + 1)?;
        let base = Box::new(base);
        let named = !matches!(*base, Day::Wd(..));
        named.then_some((Day::WdNear { wd, base, before }, after))
    }

    /// "the day after tomorrow", "two days before Christmas", "a week from Friday".
    fn day_after(&self, i: usize) -> Found<Day> {
        let at = if self.is(i, W::The) { i + 1 } else { i };
        let (dur, next) = self
            .duration(at)
            .or_else(|| {
                self.is(at, W::Unit(Unit::Day))
                    .then_some((Dur { days: 1, ..Dur::default() }, at + 1))
            })
            .or_else(|| {
                self.is(at, W::Unit(Unit::Week))
                    .then_some((Dur { days: 7, ..Dur::default() }, at + 1))
            })
            .filter(|(dur, _)| !dur.is_clock())?;
        let weeks = dur.days % 7 == 0 && dur.days > 0;
        let (dur, next) = match self.word(next) {
            W::After | W::From => (dur, next + 1),
            W::Over | W::Since | W::On if weeks => (dur, next + 1),
            W::Before => (dur.negated(), next + 1),
            // "a week today", "two weeks tomorrow".
            W::Rel(days @ 0..) if weeks && !self.is(i.wrapping_sub(1), W::For) => {
                let more = Dur { days: i32::from(days), ..Dur::default() };
                return Some((Day::In(dur.plus(more)), next + 1));
            }
            _ => return None,
        };
        if self.is(next, W::Now) || (self.is(next, W::Rel(0)) && !self.is(next + 1, W::At)) {
            return Some((Day::In(dur), next + 1));
        }
        let (base, after) = self.base_day(next)?;
        Some((Day::Plus(Box::new(base), dur), after))
    }

    /// A day that another is counted from; no further nesting.
    fn base_day(&self, i: usize) -> Found<Day> {
        if let Some((Day::Rel(1), next)) = self.day_word(i)
            && self.is(next, W::At)
        {
            return Some((Day::Rel(1), next));
        }
        if let Some(found) = self.day_word(i).or_else(|| self.which_weekday(i)) {
            return Some(found);
        }
        if let Some((wd, _, next)) = self.weekday(i) {
            return Some((Day::Wd(wd, Which::Plain), next));
        }
        if let Some((holiday, next)) = self.holiday_name(i) {
            return Some((Day::Holiday(holiday, None, Which::Plain), next));
        }
        let (found, next) = self
            .month_day(i)
            .or_else(|| self.day_month(i))
            .or_else(|| {
                self.digits_date(i)
                    .map(|(found, next)| (DayFound { day: found.day, sure: true }, next))
            })
            .or_else(|| self.day_of_month(i).filter(|_| self.is(i, W::The)))?;
        Some((found.day, next))
    }

    /// "in 3 days", "3 weeks from now", "2 days ago", "within a week".
    fn ahead(&self, i: usize) -> Found<Day> {
        if let Some(found) = self.weekdays_ahead(i) {
            return Some(found);
        }
        let led = matches!(self.word(i), W::In | W::Within | W::After);
        let at = if led { i + 1 } else { i };
        let at = match self.lower(at) {
            "about" | "around" | "just" | "exactly" | "another" | "the" | "under" if led => at + 1,
            _ => at,
        };
        let at = if led && self.is(at, W::Next) { at + 1 } else { at };
        let (dur, next) = self.duration(at).or_else(|| {
            let another = led && self.lower(at.saturating_sub(1)) == "another";
            let (unit, next) = self.unit(at).filter(|_| another)?;
            Some((super::length(1_000, unit)?, next))
        })?;
        if dur.is_clock() {
            return None;
        }
        let (time_word, next) = self.time_word(next);
        let after = match self.word(next) {
            W::From if self.is(next + 1, W::Now) || self.is(next + 1, W::Rel(0)) => next + 2,
            W::Ago => return Some((Day::In(dur.negated()), next + 1)),
            W::Hence | W::Later => next + 1,
            W::Earlier => return Some((Day::In(dur.negated()), next + 1)),
            _ if led => next,
            _ => return None,
        };
        let adjective = !time_word && led && self.sep(after, '-') && self.glued(after);
        // "after 10 years of marriage" is no distance from today.
        let adjective = adjective || (self.is(i, W::After) && self.is(after, W::Of));
        (!adjective).then_some((Day::In(dur), after))
    }

    /// "two Fridays from now".
    fn weekdays_ahead(&self, i: usize) -> Found<Day> {
        let at = i + usize::from(self.is(i, W::In));
        let (n, next) = self.whole(at)?;
        let W::Wd(wd, _) = self.word(next) else { return None };
        let now = self.is(next + 1, W::From) && matches!(self.word(next + 2), W::Now | W::Rel(0));
        let weeks = i32::try_from(n).ok().filter(|n| (1..=60).contains(n) && now)? - 1;
        let more = Dur { days: 7 * weeks, ..Dur::default() };
        Some((Day::Plus(Box::new(Day::Wd(wd, Which::Plain)), more), next + 3))
    }

    /// "days' time" behind a number.
    pub(super) fn time_word(&self, i: usize) -> (bool, usize) {
        let at = if self.sep(i, '\'') || self.sep(i, '’') { i + 1 } else { i };
        let at = if at > i && self.lower(at) == "s" && self.glued(at) { at + 1 } else { at };
        if self.is(at, W::Time) { (true, at + 1) } else { (false, i) }
    }

    /// "next Friday", "this coming Monday", "last Tuesday", "next week Friday", "Friday week".
    fn which_weekday(&self, i: usize) -> Found<Day> {
        let at = if self.is(i, W::The) { i + 1 } else { i };
        let (which, next) = match self.word(at) {
            W::This if matches!(self.word(at + 1), W::Coming) => (Which::Plain, at + 2),
            W::This if matches!(self.word(at + 1), W::Next) => (Which::Next, at + 2),
            W::This | W::Coming => (Which::This, at + 1),
            W::Next => (Which::Next, at + 1),
            W::Following => (Which::Plain, at + 1),
            W::Last => (Which::Last, at + 1),
            _ => return None,
        };
        if self.is(next, W::Unit(Unit::Week)) && which != Which::Plain {
            let after = next + 1;
            let after =
                if self.is(after, W::On) || self.sep(after, ',') { after + 1 } else { after };
            let ahead = match which {
                Which::Next => 1,
                Which::Last => -1,
                _ => 0,
            };
            let (wd, _, after) = self.weekday(after)?;
            return Some((Day::Wd(wd, Which::InWeek(ahead)), after));
        }
        let W::Wd(wd, form) = self.word(next) else { return None };
        if form == Form::Plural || among(lists::AFTER_WEEKDAY, self.lower(next + 1)) {
            return None;
        }
        let (_, _, after) = self.weekday(next)?;
        Some((Day::Wd(wd, which), after))
    }

    /// "next week", "this month", "the end of next year", "the weekend", "EOM".
    pub(super) fn period(&self, i: usize) -> Found<DayFound> {
        let found = |unit, ahead, edge, next| {
            Some((DayFound { day: Day::Period { unit, ahead, edge }, sure: true }, next))
        };
        match self.word(i) {
            W::Eow => return found(Unit::Week, 0, Edge::End, i + 1),
            W::Eom => return found(Unit::Month, 0, Edge::End, i + 1),
            W::Eoy => return found(Unit::Year, 0, Edge::End, i + 1),
            _ => {}
        }
        let (edge, at) = self.edge(i).unwrap_or((Edge::Whole, i));
        let (edge, at) = if self.is(at, W::Later) { (Edge::Whole, at + 1) } else { (edge, at) };
        let at = if edge == Edge::Whole && at == i && self.is(at, W::The) { at + 1 } else { at };
        let article = at > 0 && self.is(at.saturating_sub(1), W::The);
        if let Some((day, next)) = self.week_of(at) {
            return Some((DayFound { day, sure: true }, next));
        }
        let (ahead, unit_at) = match self.word(at) {
            W::This => (0, at + 1),
            W::Next | W::Coming | W::Following => (1, at + 1),
            W::Last => (-1, at + 1),
            W::The if edge != Edge::Whole => (0, at + 1),
            _ => (0, at),
        };
        let (unit, next) = match self.word(unit_at) {
            W::Unit(
                unit @ (Unit::Week | Unit::Weekend | Unit::Month | Unit::Quarter | Unit::Year),
            ) => (unit, unit_at + 1),
            _ => return None,
        };
        let possessive = self.sep(next, '\'') && self.glued(next);
        if self.is(next, W::After) && self.is(next + 1, W::Next) {
            return found(unit, 2, edge, next + 2);
        }
        if self.is(next, W::After) && !self.is_word(next + 1) && article {
            return found(unit, 1, edge, next + 1);
        }
        let bare = unit_at == at;
        let stands = if bare {
            edge != Edge::Whole || (unit == Unit::Weekend && self.weekend_led(i, article))
        } else {
            true
        };
        if !stands || possessive {
            return None;
        }
        found(unit, ahead, edge, next)
    }

    fn weekend_led(&self, i: usize, article: bool) -> bool {
        let before = self.word_before(i);
        article || matches!(before, W::On | W::At | W::Over | W::By | W::For)
    }

    /// "week of November 9th".
    fn week_of(&self, i: usize) -> Found<Day> {
        let of = self.is(i + 1, W::Of) || self.lower(i + 1) == "commencing";
        let weekend = self.is(i, W::Unit(Unit::Weekend));
        if !(weekend || self.is(i, W::Unit(Unit::Week))) || !of {
            return None;
        }
        let at = if self.is(i + 2, W::The) { i + 3 } else { i + 2 };
        let dated = self.month_day(at).or_else(|| self.day_month(at));
        let dated = dated.map(|(found, next)| (found.day, next));
        let digits = || self.digits_date(at).map(|(found, next)| (found.day, next));
        let (day, next) = match dated.or_else(digits) {
            Some(found) => found,
            None => {
                let (day, next) = self.ordinal(at).filter(|(day, _)| (1..=31).contains(day))?;
                let day = i8::try_from(day).ok()?;
                (Day::Dom { day, wd: None, of: crate::ast::Of::Soonest }, next)
            }
        };
        // "weekend of Dec 12" names its first day, or a day of it.
        Some((if weekend { day } else { Day::WeekOf(Box::new(day)) }, next))
    }
}
