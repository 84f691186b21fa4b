//! Hours by custom: "after lunch", "before bed", "first thing tomorrow", "early on Friday".
//!
//! **Invariant:** a meal or a place of work is an hour only behind a preposition, and only where
//! nothing follows that it belongs to ("after work party").

use super::{Found, Scan};
use crate::ast::{Day, Hour, Moment};
use crate::words::{Daypart, Unit, W, among, listed, lists};

/// What people plan around, as a part of the day and hours to add: before, at and after it.
type Custom = [Option<(Daypart, i8)>; 3];

fn custom(word: &str) -> Option<Custom> {
    use Daypart::{Afternoon, Evening, Morning, Night, Noon};
    Some(match word {
        "breakfast" => [Some((Morning, -1)), Some((Morning, -1)), Some((Morning, 0))],
        "lunch" => [Some((Noon, 0)), Some((Noon, 0)), Some((Noon, 1))],
        "lunchtime" => [Some((Noon, 0)), Some((Noon, 0)), Some((Noon, 1))],
        "dinner" | "supper" => [Some((Evening, -1)), Some((Evening, 0)), Some((Evening, 1))],
        "dinnertime" => [Some((Evening, -1)), Some((Evening, 0)), Some((Evening, 1))],
        "work" => [Some((Morning, -1)), None, Some((Evening, -2))],
        "school" => [Some((Morning, -1)), None, Some((Afternoon, 1))],
        "bed" => [Some((Night, 0)), None, None],
        "bedtime" => [Some((Night, 0)), Some((Night, 0)), None],
        _ => return None,
    })
}

impl Scan<'_> {
    /// "after lunch", "before bed", "at dinner", "by lunch"; the preposition may stand before `i`.
    pub(super) fn custom_hour(&self, i: usize, first: bool) -> Found<Hour> {
        let led = matches!(self.word(i), W::After | W::Before | W::By | W::At);
        let at = i + usize::from(led);
        let lead = if led { self.word(i) } else { self.word_before(i) };
        let [before, during, after] = custom(self.lower(at))?;
        let (part, shift) = match lead {
            W::After => after,
            W::Before | W::By => before,
            W::At => during,
            _ => None,
        }?;
        // "at lunch" says where somebody is unless a day is beside it or nothing follows.
        let company = !first
            || self.day(at + 1).is_some()
            || self.tok(at + 1).is_none()
            || self.lower(at).ends_with("time");
        let fits = self.free_behind(at + 1) && (lead != W::At || company);
        fits.then_some((Hour::Part(part, shift), at + 1))
    }

    /// Whether the text says something to do or to attend, or begins here: "call Ann after lunch"
    /// is an hour, "best snacks after lunch" is none.
    pub(super) fn is_done(&self, i: usize) -> bool {
        let leads = ["remind", "please", "don't", "dont", "i", "need", "must", "remember", "todo"];
        let word = self.lower(0);
        let lists = [lists::VERBS, lists::EVENTS, lists::MEETINGS, lists::MOVING, &leads[..]];
        i <= 1 || lists.iter().any(|list| among(list, word))
    }

    /// Whether no noun stands here that the words before could belong to.
    fn free_behind(&self, i: usize) -> bool {
        let noun = self.is_word(i) && self.word(i) == W::None;
        let verb = listed(lists::VERBS, self.lower(i)) && (self.tok(i + 1).is_some() || i == 2);
        (!noun || verb) && !self.sep(i, '-') && !self.is(i, W::And)
    }

    /// "first thing" before or behind a day, "first thing in the morning", "last thing at night".
    pub(super) fn thing(&self, i: usize, first: bool) -> Found<Hour> {
        let part = match self.word(i) {
            W::Nth(1) => Daypart::Morning,
            W::Last => Daypart::Night,
            _ => return None,
        };
        if self.lower(i + 1) != "thing" {
            return None;
        }
        let mut next = i + 2;
        let named = |at: usize| self.is(at, W::Part(part));
        if self.is(next, W::In) && self.is(next + 1, W::The) && named(next + 2) {
            next += 3;
        } else if self.is(next, W::At) && named(next + 1) {
            next += 2;
        } else if named(next) {
            next += 1;
        } else {
            let at = next + usize::from(self.is(next, W::On));
            let day = matches!(self.word(at), W::Rel(_) | W::Wd(..) | W::Tonight | W::Next);
            let dismissed = self.dismissed_time(at) || self.behind_dismissed_time(i);
            if first && !day && !dismissed {
                return None;
            }
        }
        Some((Hour::Part(part, 0), next))
    }

    /// "early tomorrow morning", "late Friday afternoon", "early on Monday", "later tonight".
    pub(super) fn early_day(&self, so_far: &Moment, i: usize) -> Found<(Moment, bool)> {
        let shift = match self.word(i) {
            W::Early => -1,
            W::Late => 1,
            W::Later => 0,
            _ => return None,
        };
        if so_far.day.is_some() || so_far.hour.is_some() || so_far.part.is_some() {
            return None;
        }
        let mut moment = so_far.clone();
        if shift == 0 {
            if self.is(i + 1, W::Tonight) {
                moment.tonight = true;
                moment.part = Some(Daypart::Evening);
                return Some(((moment, true), i + 2));
            }
            let this = self.is(i + 1, W::This);
            let (hour, next) = self.daypart(i + 2).filter(|_| this)?;
            moment.tonight = true;
            moment.hour = Some(hour);
            return Some(((moment, true), next));
        }
        let at = i + 1 + usize::from(self.is(i + 1, W::On));
        let near = matches!(self.word(at), W::Rel(_) | W::Wd(..));
        let (found, next) = self.day(at).filter(|_| near)?;
        let single = matches!(found.day, Day::Rel(0..) | Day::Wd(..) | Day::Ymd { .. });
        let (part, next) = match self.word(next) {
            W::Part(part) => (part, next + 1),
            _ if shift < 0 => (Daypart::Morning, next),
            _ => return None,
        };
        if !single || self.clock_near(next) {
            return None;
        }
        moment.day = Some(found.day);
        moment.hour = Some(Hour::Part(part, shift));
        Some(((moment, true), next))
    }

    /// Whether a clock time comes next, which says more than a part of the day.
    pub(super) fn clock_near(&self, i: usize) -> bool {
        let at = i + usize::from(self.sep(i, ','));
        let led = matches!(self.word(at), W::At | W::From | W::Approx | W::By);
        let at = at + usize::from(led);
        self.clock(at, led).is_some() || self.clock_range(at, true).is_some()
    }

    /// "all" before days that it adds nothing to: "all day Friday", "all next week".
    pub(super) fn all_of(&self, so_far: &Moment, i: usize, first: bool) -> Option<usize> {
        if self.lower(i) != "all" {
            return None;
        }
        if self.is(i + 1, W::Unit(Unit::Day)) {
            let on = usize::from(self.is(i + 2, W::On));
            let day = so_far.day.is_some() || (first && self.day(i + 2 + on).is_some());
            return day.then_some(i + 2);
        }
        let of = usize::from(self.is(i + 1, W::Of));
        let period = matches!(self.word(i + 1 + of), W::Next | W::This);
        let weekend = self.is(i + 1, W::Unit(Unit::Weekend));
        let fits = first && (period && self.period(i + 1 + of).is_some() || weekend);
        fits.then_some(i + 1 + of)
    }
}
