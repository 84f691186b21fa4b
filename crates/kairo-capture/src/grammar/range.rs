//! The end of a range, and ranges that mean something else: a move, or the same hour on each day.
//!
//! **Invariant:** a range keeps its first day and its last one, or becomes a list of all of them.

use super::moment::counts;
use super::{Found, Scan};
use crate::ast::{Day, Dur, Hour, Lead, Moment, WhenSaid, Which};
use crate::words::{W, among, lists};

impl Scan<'_> {
    /// "to Tuesday 5pm", "- Dec 2", "and 5" behind the start of a range.
    pub(super) fn range_end(
        &self,
        from: &Moment,
        lead: Lead,
        opened: bool,
        next: usize,
    ) -> Found<Moment> {
        if from.hour_end.is_some() && from.day.is_none() {
            return None;
        }
        let between = lead == Lead::At && self.is(next, W::And) && opened;
        let at = self.range_mark(next).or_else(|| between.then_some(next + 1))?;
        let at = at + usize::from(matches!(self.word(at), W::On | W::At | W::The));
        if self.sep(next, '-') && self.glued(next) != self.glued(next + 1) {
            return None;
        }
        let (found, after) = self.moment(at, from.hour.is_some())?;
        let to = found.moment;
        let time_only = from.hour.is_none() && to.day.is_none();
        let day_only = from.day.is_none() && from.hour.is_none();
        let again = from.hour_end.is_some() && to.hour.is_some();
        let named = matches!(
            to.day,
            Some(Day::Dom { .. } | Day::Numeric { .. } | Day::Ymd { .. } | Day::Wd(..))
        );
        let ends = self.can_end(after) && (found.sure || (named && from.day.is_some()));
        let counted = match (from.hour, to.hour) {
            (Some(Hour::Clock(start)), Some(Hour::Clock(end))) => {
                from.day.is_none() && to.day.is_none() && counts(start, end)
            }
            _ => false,
        };
        let refused = time_only || day_only || again || counted || to.from_now.is_some();
        (ends && !refused).then_some((to, after))
    }

    /// "move lunch from Tuesday to Thursday": the end is when it will be, and the start goes.
    pub(super) fn moved(&self, i: usize, said: WhenSaid) -> WhenSaid {
        let moves = |at: usize| among(lists::MOVING, self.lower(at));
        if said.lead != Lead::From || !(i.saturating_sub(8)..i).any(moves) {
            return said;
        }
        let mut from = said.from.clone();
        from.parts.clear();
        match said.to {
            Some(to) => {
                from.day = to.day.or(from.day);
                from.hour = to.hour.or(from.hour);
                from.hour_end = to.hour_end;
            }
            None if from.hour_end.is_some() => from.hour = from.hour_end.take(),
            None if from.day_end.is_some() => from.day = from.day_end.take(),
            None => return said,
        }
        WhenSaid { lead: Lead::On, from, to: None, ..said }
    }

    /// "3 May - 4 June 2027": the year that is said behind the last day is that of the first too,
    /// unless the range would run backwards.
    pub(super) fn same_year(&self, mut said: WhenSaid) -> WhenSaid {
        let last = said.to.as_ref().and_then(|to| to.day.as_ref());
        if let (
            Some(Day::Ymd { year: Some(last), month: last_month, day: last_day, .. }),
            Some(Day::Ymd { year: year @ None, month, day, .. }),
        ) = (last, said.from.day.as_mut())
        {
            let turned = (*month, *day) > (*last_month, *last_day);
            *year = Some(last - i16::from(turned));
        }
        said
    }

    /// "Mon-Wed next week": the week that is said behind the last day is that of the first too.
    pub(super) fn same_week(&self, mut said: WhenSaid) -> WhenSaid {
        let last = said.to.as_ref().and_then(|to| to.day.as_ref());
        if let (Some(Day::Wd(_, week @ Which::InWeek(_))), Some(Day::Wd(first, Which::Plain))) =
            (last, &said.from.day)
        {
            said.from.day = Some(Day::Wd(*first, *week));
        }
        said
    }

    /// "Mon-Fri 9:15", "Monday to Friday 9 to 5": the same hour on each of the days.
    pub(super) fn each_day(&self, mut said: WhenSaid) -> WhenSaid {
        let Some(to) = &said.to else { return said };
        let (Some(Day::Wd(first, Which::Plain)), Some(Day::Wd(last, Which::Plain))) =
            (&said.from.day, &to.day)
        else {
            return said;
        };
        let (first, days) = (*first, i32::from(first.until(*last)));
        let dashed = said.from.parts.first().is_some_and(|part| {
            let tight = |at: usize| self.sep(at, '-') && self.glued(at) && self.glued(at + 1);
            (part.from..part.to).any(tight)
        });
        let hours = to.hour.is_some() && (to.hour_end.is_some() || dashed);
        if !hours || said.from.hour.is_some() || days == 0 {
            return said;
        }
        (said.from.hour, said.from.hour_end) = (to.hour, to.hour_end);
        said.to = None;
        said.from.more_days.extend((1..=days).map(|days| {
            let base = Box::new(Day::Wd(first, Which::Plain));
            Day::Plus(base, Dur { days, ..Dur::default() })
        }));
        said
    }
}
