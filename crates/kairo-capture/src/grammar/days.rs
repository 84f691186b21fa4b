//! More than one day: "Nov 24-26", "mon, wed and fri", "Friday or Saturday".
//!
//! **Invariant:** a list holds days of one kind, so that "Monday, 5 boxes" is no list.

use super::{Found, Scan};
use crate::ast::{Day, Moment, Which};
use crate::words::W;

impl Scan<'_> {
    /// "Nov 24-26", "24-26 Nov" and "Mon-Fri" behind their first day.
    pub(super) fn day_range(&self, mut moment: Moment, next: usize) -> (Moment, usize) {
        let Some(Day::Ymd { year, month, .. }) = moment.day.clone() else {
            return (moment, next);
        };
        let Some(at) = self.range_mark(next) else { return (moment, next) };
        let end = match self.ordinal(at) {
            Some((day @ 1..=31, after)) => Some((day, after)),
            _ => self
                .num(at)
                .filter(|(day, width)| (1..=31).contains(day) && *width <= 2)
                .map(|(day, _)| (day, at + 1)),
        };
        let Some((day, after)) = end else { return (moment, next) };
        let Ok(day) = i8::try_from(day) else { return (moment, next) };
        let clock = self.followed_by_clock(after) || self.month(after).is_some();
        let dom = self.is(after, W::Of);
        if clock || dom || !self.can_end(after) {
            return (moment, next);
        }
        let (said, after) = match self.year(after) {
            Some((year, after)) => (Some(year), after),
            None => (year, after),
        };
        if let Some(Day::Ymd { year, .. }) = moment.day.as_mut() {
            *year = said;
        }
        moment.day_end = Some(Day::Ymd { year: said, month, day, wd: None });
        (moment, after)
    }

    /// "Friday or Saturday", "May 5 or 6": the first of two days, and the other one.
    pub(super) fn or_day(&self, mut moment: Moment, next: usize) -> (Moment, usize) {
        let single = moment.day_end.is_none() && moment.more_days.is_empty();
        if single && self.is(next, W::Or) && moment.or_day.is_none() {
            let at = next + 1 + usize::from(self.is(next + 1, W::On));
            if let Some((day, after)) = self.day_in_list(&moment, at, true) {
                moment.or_day = Some(day);
                return (moment, after);
            }
        }
        (moment, next)
    }

    /// "24-26 Nov", "the 24th to the 26th of November", "5th or 6th of Dec": two days before one
    /// month.
    pub(super) fn numbered_days(&self, i: usize) -> Option<(Day, Day, usize)> {
        let number = |at: usize| {
            let at = at + usize::from(self.is(at, W::The));
            let digits =
                self.num(at).filter(|(_, width)| *width <= 2).map(|(day, _)| (day, at + 1));
            let (day, next) = self.ordinal(at).or(digits)?;
            Some((i8::try_from(day).ok().filter(|day| (1..=31).contains(day))?, next))
        };
        let (first, next) = number(i).filter(|_| self.can_begin(i))?;
        let and = self.is(i.wrapping_sub(1), W::Between) && self.is(next, W::And);
        let joined = and || self.is(next, W::Or);
        let at = self.range_mark(next).or_else(|| joined.then_some(next + 1))?;
        let (last, next) = number(at)?;
        let next = next + usize::from(self.is(next, W::Of));
        let ((month, _), next) = self.month(next)?;
        let (year, next) = match self.year(next) {
            Some((year, next)) => (Some(year), next),
            None => (None, next),
        };
        let day = |day: i8| Day::Ymd { year, month, day, wd: None };
        Some((day(first), day(last), next))
    }

    /// Behind "-", "to", "until", "through": where the end of a range begins.
    pub(super) fn range_mark(&self, i: usize) -> Option<usize> {
        let mark = self.sep(i, '-')
            || matches!(self.word(i), W::To | W::Until | W::Through)
            || (self.sep(i, '~') && !self.is_word(i + 1));
        mark.then_some(i + 1)
    }

    /// "mon, wed and fri": more days of one list.
    pub(super) fn more_days(
        &self,
        mut moment: Moment,
        start: usize,
        mut next: usize,
    ) -> (Moment, usize) {
        let between = self.is(start.wrapping_sub(1), W::Between);
        if moment.day_end.is_some() || between {
            return (moment, next);
        }
        for _ in 0..8 {
            let comma = self.sep(next, ',') || self.sep(next, '/') || self.sep(next, '&');
            let mut at = if comma { next + 1 } else { next };
            let and = self.is(at, W::And);
            at += usize::from(and);
            let adjacent =
                matches!(moment.day, Some(Day::Wd(_, Which::Plain))) && self.weekday(at).is_some();
            if !comma && !and && !adjacent {
                break;
            }
            at += usize::from(self.is(at, W::On));
            let Some((found, after)) = self.day_in_list(&moment, at, and) else { break };
            moment.more_days.push(found);
            next = after;
        }
        (moment, next)
    }

    fn day_in_list(&self, moment: &Moment, i: usize, and: bool) -> Found<Day> {
        let alike = |day: &Day| match (moment.day.as_ref(), day) {
            (Some(Day::Wd(_, Which::Plain | Which::Next | Which::This)), Day::Wd(..)) => true,
            (Some(Day::Ymd { .. }), Day::Ymd { .. }) => true,
            (Some(Day::Numeric { .. }), Day::Numeric { .. }) => true,
            (Some(Day::Dom { wd: None, .. }), Day::Dom { wd: None, .. }) => true,
            (Some(Day::Rel(_)), Day::Rel(_) | Day::Wd(..)) => and,
            (Some(Day::Wd(..)), Day::Rel(_)) => and,
            _ => false,
        };
        if let Some(Day::Ymd { year, month, .. }) = moment.day
            && let Some((day, next)) = self.another_number(i, and, !moment.more_days.is_empty())
        {
            return Some((Day::Ymd { year, month, day, wd: None }, next));
        }
        if let Some((wd, _, next)) = self.weekday(i) {
            let day = Day::Wd(wd, Which::Plain);
            let and = and || self.joined(next).is_some_and(|at| self.weekday(at).is_some());
            let rel = and && matches!(moment.day, Some(Day::Rel(_)));
            let numbered = self.num(next).is_some() && !self.followed_by_clock(next + 1);
            let dated = numbered || self.ordinal(next).is_some() || self.month(next).is_some();
            return ((rel || alike(&day)) && !dated).then_some((day, next));
        }
        let (found, next) = self.day(i)?;
        alike(&found.day).then_some((found.day, next))
    }

    /// "12" in "Oct 5 and 12"; what a list of days ends with ("5, 6 and 7") counts no thing.
    fn another_number(&self, i: usize, and: bool, listed: bool) -> Found<i8> {
        let digits = self.num(i).filter(|(_, width)| *width <= 2).map(|(day, _)| (day, i + 1));
        let (day, next) = self.ordinal(i).or(digits).filter(|(day, _)| (1..=31).contains(day))?;
        let thing = self.is_word(next) && self.word(next) == W::None && !(and && listed);
        let noun = thing || self.unit(next).is_some();
        let free =
            self.can_end(next) && !self.followed_by_clock(next) && self.month(next).is_none();
        (free && !noun && !self.is(next, W::Of)).then_some((i8::try_from(day).ok()?, next))
    }
}
