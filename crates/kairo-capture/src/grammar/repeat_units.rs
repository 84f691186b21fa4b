//! Positions within a month or a year: "1st and 15th", "first Monday of every month".
//!
//! **Invariant:** a position beyond the fifth counts days, never weekdays.

use super::repeat::repeat;
use super::{Found, Scan};
use crate::ast::{Counted, Freq, RepeatSaid};
use crate::words::{Unit, W, among, lists};

impl Scan<'_> {
    /// "3rd Tuesday", "1st and 15th", "last day", "second week" behind "every" (`on` is false) or
    /// behind "every month on the" (`on` is true).
    pub(super) fn positions(&self, at: usize, on: bool) -> Found<RepeatSaid> {
        let at = at + usize::from(self.is(at, W::The));
        let (ns, next) = self.position_list(at)?;
        let single = if ns.len() == 1 { ns.first().copied() } else { None };
        if !on && let Some(found) = self.interval_ordinal(at, single, next) {
            return Some(found);
        }
        let mut said = repeat(Freq::Monthly, 1);
        let next = match self.counted(next) {
            Some((what, after)) if !(what == Counted::Week) => {
                if ns.iter().any(|n| n.abs() > 5) && what != Counted::Day {
                    return None;
                }
                Self::counted_rule(&mut said, &ns, what);
                after
            }
            _ => {
                let word = self.is_word(at) && !matches!(self.word(next), W::Of | W::In);
                if single == Some(-1) || self.noun_follows(next) || (!on && word) {
                    return None;
                }
                said.month_days.extend(&ns);
                next
            }
        };
        let (said, next) = self.more_positions(said, next);
        Some(self.of_months(said, next))
    }

    /// "and the last Friday", "and 31st" behind a position.
    fn more_positions(&self, mut said: RepeatSaid, mut next: usize) -> (RepeatSaid, usize) {
        for _ in 0..3 {
            let Some(at) = self.joined(next) else { break };
            let Some((ns, after)) = self.position_list(at) else { break };
            match self.counted(after) {
                Some((what @ (Counted::Wd(_) | Counted::Day), after)) => {
                    Self::counted_rule(&mut said, &ns, what);
                    next = after;
                }
                _ if !ns.contains(&-1) && !self.noun_follows(after) => {
                    said.month_days.extend(&ns);
                    next = after;
                }
                _ => break,
            }
        }
        (said, next)
    }

    fn noun_follows(&self, next: usize) -> bool {
        let lower = self.lower(next);
        self.is_word(next)
            && among(lists::ORDINAL_NOUNS, lower)
            && !matches!(self.word(next), W::And | W::Of)
    }

    /// "every third day", "every second Friday": an interval rather than a position.
    fn interval_ordinal(&self, at: usize, single: Option<i8>, next: usize) -> Found<RepeatSaid> {
        let n = u32::try_from(single?).ok().filter(|n| *n > 0)?;
        let month = |at: usize| self.is(at, W::Of) || self.is(at, W::In);
        if let Some((unit, after)) = self.unit(next) {
            let position =
                matches!(unit, Unit::Workday | Unit::Day | Unit::Weekend) && month(after);
            let mut said = super::repeat::of_unit(unit).filter(|_| !position)?;
            if unit == Unit::Workday {
                return None;
            }
            said.interval *= n;
            return Some(self.unit_tail(said, after));
        }
        if self.is(at, W::Nth(2)) {
            let (days, after) = self.weekdays(next)?;
            let mut said = super::repeat::weekly(&days);
            said.interval = 2;
            return (!month(after)).then_some((said, after));
        }
        None
    }

    /// "1st", "1st and 15th", "first, third and last".
    fn position_list(&self, at: usize) -> Found<Vec<i8>> {
        let (first, mut next) = self.position(at)?;
        let mut ns = vec![first];
        while ns.len() < 8 {
            let Some((n, after)) = self.joined(next).and_then(|at| self.position(at)) else {
                break;
            };
            let counted_before = self.counted(next).is_some();
            if counted_before {
                break;
            }
            ns.push(n);
            next = after;
        }
        Some((ns, next))
    }

    /// "of the month", "of each month", "of every other month", "of March and June", "in May".
    fn of_months(&self, mut said: RepeatSaid, next: usize) -> (RepeatSaid, usize) {
        if !matches!(self.word(next), W::Of | W::In) {
            return (said, next);
        }
        let at = next + 1;
        let each = matches!(self.word(at), W::The | W::Every | W::A);
        let unit_at = at + usize::from(each);
        if let Some((interval, after)) = self.every_months(unit_at) {
            said.interval = interval;
            return (said, after);
        }
        match self.word(unit_at) {
            W::Unit(Unit::Month) => (said, unit_at + 1),
            W::Unit(Unit::Quarter) => {
                said.interval = 3;
                (said, unit_at + 1)
            }
            W::Unit(Unit::Year) => {
                said.freq = Freq::Yearly;
                (said, unit_at + 1)
            }
            _ => match self.month_list(unit_at) {
                Some((months, after)) => {
                    said.freq = Freq::Yearly;
                    said.months = months;
                    (said, after)
                }
                None => (said, next),
            },
        }
    }

    /// "other month", "3 months", "third month".
    fn every_months(&self, at: usize) -> Found<u32> {
        let (n, next) = match self.word(at) {
            W::Other | W::Alternate => (2, at + 1),
            _ => self.ordinal(at).or_else(|| self.whole(at))?,
        };
        let month = matches!(self.word(next), W::Unit(Unit::Month) | W::Units(Unit::Month));
        (month && (1..=99).contains(&n)).then_some((n, next + 1))
    }

    /// "the 15th of every month", "first Monday of each month", "last workday of every quarter".
    pub(super) fn of_each_month(&self, i: usize) -> Found<RepeatSaid> {
        let led = self.is(i, W::On) || self.is(i, W::By);
        let at = i + usize::from(led);
        let at = at + usize::from(self.is(at, W::The));
        let (ns, next) = self.position_list(at)?;
        let (said, next) = {
            let mut said = repeat(Freq::Monthly, 1);
            match self.counted(next) {
                Some((what, after)) if what != Counted::Week => {
                    Self::counted_rule(&mut said, &ns, what);
                    (said, after)
                }
                _ => {
                    said.month_days.extend(&ns);
                    (said, next)
                }
            }
        };
        let (said, next) = self.more_positions(said, next);
        let named = said.days.iter().filter(|(n, _)| *n != 0).count() > 1;
        let several = named || said.month_days.len() > 1;
        let of_the = self.is(next, W::Of)
            && (self.is(next + 1, W::The) && self.is(next + 2, W::Unit(Unit::Month))
                || self.is(next + 1, W::Unit(Unit::Month)));
        let each = matches!(self.word(next), W::Of | W::In)
            && (self.is(next + 1, W::Every) || (several && of_the));
        if each {
            let (said, after) = self.of_months(said, next);
            return (after > next).then_some((said, after));
        }
        if self.is(next, W::Every) {
            let unit = self
                .every_months(next + 1)
                .map(|(interval, after)| (interval, Freq::Monthly, after));
            let month =
                self.is(next + 1, W::Unit(Unit::Month)).then_some((1, Freq::Monthly, next + 2));
            let (interval, freq, after) = unit.or(month)?;
            return Some((RepeatSaid { interval, freq, ..said }, after));
        }
        // "2nd and 4th Tuesday": two of a month are a series even where no month is said.
        if named && !matches!(self.word(next), W::Of | W::In) {
            return Some((said, next));
        }
        let plain = matches!(self.word(next), W::Often(often) if often.unit == Unit::Month);
        plain.then(|| (said, next + 1))
    }

    /// "in June", "until done", "for 10 times" right behind a repetition.
    pub(super) fn repeat_tail(&self, mut said: RepeatSaid, next: usize) -> (RepeatSaid, usize) {
        let mut next = next;
        if matches!(self.word(next), W::In | W::Of | W::During)
            && let Some((months, after)) = self.month_list(next + 1)
            && self.year(after).is_none()
            && said.months.is_empty()
            && self.num(after).is_none()
            && self.ordinal(after).is_none()
            && (matches!(said.freq, Freq::Weekly | Freq::Daily)
                || !said.days.is_empty()
                || !said.month_days.is_empty())
        {
            said.months = months;
            next = after;
        }
        if self.is(next, W::After) && self.is(next + 1, W::Completion) {
            said.completion = true;
            next += 2;
        }
        (said, next)
    }

    /// "3 days after completion": a count from when it was done.
    pub(crate) fn after_completion(&self, i: usize) -> Option<crate::ast::Match> {
        let (n, next) =
            self.whole(i).filter(|(n, _)| (1..=crate::limits::INTERVAL_MAX).contains(n))?;
        let (unit, next) = self.unit(next)?;
        let done = self.is(next, W::After)
            && (self.is(next + 1, W::Completion)
                || (self.lower(next + 1) == "last" && self.is(next + 2, W::Completion)));
        if !done {
            return None;
        }
        let mut said = super::repeat::of_unit(unit)?;
        said.interval *= n;
        said.completion = true;
        let to = next + if self.is(next + 1, W::Completion) { 2 } else { 3 };
        let strength = crate::ast::Strength::Strong;
        Some(crate::ast::Match { from: i, to, said: crate::ast::Said::Repeat(said), strength })
    }
}
