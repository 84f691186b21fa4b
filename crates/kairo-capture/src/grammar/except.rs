//! Exceptions and counts of a repetition: "except 24 Dec", "but not on weekends", "10 times".
//!
//! **Invariant:** both mean nothing without a repetition; choosing drops them then.

use super::repeat::{WEEKEND, WORKDAYS};
use super::{Found, Scan};
use crate::ast::{Day, Dur, ExceptSaid, Match, Said, Strength};
use crate::words::{Unit, W};

impl Scan<'_> {
    /// "except", "but not", and what they leave out.
    pub(crate) fn except(&self, i: usize) -> Option<Match> {
        let at = match self.word(i) {
            W::Except => i + 1,
            W::But if matches!(self.word(i + 1), W::Not) => i + 2,
            W::But => i + 1,
            W::Not if self.is(i + 1, W::On) || self.is(i + 1, W::In) => i + 1,
            W::Other if self.is(i + 1, W::Than) => i + 2,
            _ => return None,
        };
        let at = at + usize::from(self.is(at, W::For));
        let mut said = ExceptSaid::default();
        let mut next = self.left_out(&mut said, at)?;
        for _ in 0..12 {
            let Some(at) = self.joined(next) else { break };
            let Some(after) = self.left_out(&mut said, at) else { break };
            next = after;
        }
        let strength = Strength::Strong;
        self.can_end(next).then_some(Match {
            from: i,
            to: next,
            said: Said::Except(said),
            strength,
        })
    }

    /// One thing that is left out.
    fn left_out(&self, said: &mut ExceptSaid, i: usize) -> Option<usize> {
        let at = i + usize::from(matches!(self.word(i), W::On | W::In | W::The));
        let group = match self.word(at) {
            W::Weekends | W::Unit(Unit::Weekend) => Some(&WEEKEND[..]),
            W::Workdays | W::Unit(Unit::Workday) => Some(&WORKDAYS[..]),
            _ => None,
        };
        if let Some(days) = group {
            said.weekdays.extend(days);
            return Some(at + 1);
        }
        if let Some((found, next)) = self.month_day(at).or_else(|| self.day_month(at)) {
            said.days.push(found.day);
            return Some(next);
        }
        if let Some((months, next)) = self.month_list(at) {
            said.months.extend(months);
            return Some(next);
        }
        if let Some((days, next)) = self.weekdays(at)
            && self.num(next).is_none()
            && self.month(next).is_none()
        {
            said.weekdays.extend(days);
            return Some(next);
        }
        let (found, next) = self.day(at)?;
        if matches!(found.day, Day::Period { .. }) {
            return None;
        }
        said.days.push(found.day);
        Some(next)
    }

    /// "for 10 times", "10 occurrences".
    pub(crate) fn count(&self, i: usize) -> Option<Match> {
        let at = i + usize::from(self.is(i, W::For) || self.sep(i, ','));
        let (count, next) = self.number_of_times(at)?;
        let fits = (1..=crate::limits::COUNT_MAX).contains(&count) && self.can_end(next);
        let strength = Strength::Strong;
        fits.then_some(Match { from: i, to: next, said: Said::Count(count), strength })
    }

    fn number_of_times(&self, at: usize) -> Found<u32> {
        match self.lower(at) {
            "twice" => return Some((2, at + 1)),
            "once" if self.word_before(at) == W::For => return Some((1, at + 1)),
            _ => {}
        }
        if self.lower(at) == "x"
            && self.glued(at + 1)
            && let Some((count, _)) = self.num(at + 1)
        {
            return Some((count, at + 2));
        }
        let (count, next) = self.whole(at)?;
        let more = self.lower(next) == "more";
        let next = next + usize::from(more);
        let x = self.lower(next) == "x" && self.glued(next);
        let times = self.is(next, W::Times) || self.is(next, W::Time) || x;
        times.then_some((count, next + 1))
    }

    /// "for 6 weeks" or "for 45 min", away from a moment.
    pub(crate) fn lasts(&self, i: usize) -> Option<Match> {
        let led = matches!(self.word(i), W::For | W::Takes);
        let at = i + usize::from(led);
        let at = at + usize::from(led && matches!(self.word(at), W::Approx | W::The));
        let at = at + usize::from(led && (self.is(at, W::Next) || self.is(at, W::Coming)));
        let (dur, next) = self.duration(at).filter(|_| led)?;
        let counted = matches!(self.word(next), W::Of | W::Ago | W::Before | W::After)
            || (self.is(next, W::From) && (!self.is(i, W::For) || self.is(next + 1, W::Now)))
            || (self.sep(next, '-') && self.glued(next));
        let noun = self.is_word(next)
            && self.word(next) == W::None
            && !self.lower(next).ends_with("ing")
            && self.glued(next);
        let fits = !counted && !noun && self.can_end(next) && dur != Dur::default();
        let strength = Strength::Strong;
        fits.then_some(Match { from: i, to: next, said: Said::Lasting(dur), strength })
    }
}
