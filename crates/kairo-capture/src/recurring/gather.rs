//! What further repetitions and the sayings beside them add to a series.
//!
//! **Invariant:** a saying that fits nowhere is refused, so that its words stay in the title.

use super::Gathered;
use crate::ast::{Counted, Day, Edge, Freq, Lead, Moment, Of, RepeatSaid, WhenSaid, Which};
use crate::grammar::length;
use crate::rule::Rule;
use crate::words::{Holiday, Unit};

impl Gathered {
    /// A second repetition that only adds to the first ("every Monday and every Friday").
    pub(super) fn widen(&mut self, said: &RepeatSaid) -> bool {
        let same = said.freq == self.rule.freq && said.interval.max(1) == self.rule.interval;
        let open = |rule: &Rule| {
            rule.by_day.is_empty() && rule.by_month_day.is_empty() && rule.by_month.is_empty()
        };
        if same && !said.days.is_empty() && !self.rule.by_day.is_empty() {
            self.rule.by_day.extend(&said.days);
            return true;
        }
        if same && !said.month_days.is_empty() && !self.rule.by_month_day.is_empty() {
            self.rule.by_month_day.extend(&said.month_days);
            return true;
        }
        if open(&self.rule) && same && !(said.days.is_empty() && said.month_days.is_empty()) {
            self.rule.by_day.clone_from(&said.days);
            self.rule.by_month_day.clone_from(&said.month_days);
            self.rule.by_month.clone_from(&said.months);
            self.rule.by_set_pos = said.set_pos;
            return true;
        }
        let narrower = said.freq == Freq::Weekly && !said.days.is_empty();
        // "every hour ... on weekdays".
        let ticking = matches!(self.rule.freq, Freq::Hourly | Freq::Minutely);
        if open(&self.rule) && narrower && ticking && said.part.is_none() {
            self.rule.by_day.clone_from(&said.days);
            return true;
        }
        if open(&self.rule) && narrower && matches!(self.rule.freq, Freq::Weekly | Freq::Daily) {
            self.rule.freq = Freq::Weekly;
            self.rule.by_day.clone_from(&said.days);
            self.part = self.part.or(said.part);
            return true;
        }
        false
    }

    /// One saying beside the repetition; false where it fits nowhere.
    pub(super) fn add(&mut self, said: &WhenSaid) -> bool {
        if said.from.from_now.is_some() {
            return false;
        }
        let from = &said.from;
        let ends = matches!(said.lead, Lead::Until | Lead::Ending)
            || (matches!(said.lead, Lead::By | Lead::Due)
                && from.day.is_some()
                && !self.takes_day(from));
        let starts = matches!(said.lead, Lead::Starting | Lead::After | Lead::From);
        let ticking = matches!(self.rule.freq, Freq::Minutely | Freq::Hourly);
        if ends && from.day.is_none() && ticking {
            return false;
        }
        match (&from.hour, self.hour) {
            (Some(hour), None) if !(ends && from.day.is_some()) => {
                self.hour = Some(*hour);
                self.hour_end = from.hour_end;
                self.more_hours.extend(&from.more_hours);
                self.due = matches!(said.lead, Lead::By | Lead::Due);
            }
            (Some(hour), Some(_)) if from.day.is_none() => self.more_hours.push(*hour),
            _ => {}
        }
        self.part = self.part.or(from.part);
        if self.zone.is_none() {
            self.zone.clone_from(&from.zone);
        }
        self.lasts_hours = self.lasts_hours.or(said.lasting.filter(|dur| dur.is_clock()));
        self.lasting = self.lasting.or(said.lasting.filter(|dur| !dur.is_clock()));
        if self.spans_weekdays(said) {
            return true;
        }
        if let Some(to) = &said.to {
            self.add_end(to);
        }
        let ahead = said.to.as_ref().is_some_and(|to| matches!(to.day, Some(Day::In(_))));
        let Some(day) = from.day.clone().filter(|_| !ahead) else { return true };
        if ends {
            self.until = Some(day);
        } else if let (Day::Period { unit, ahead, edge: Edge::Whole }, false) = (&day, starts) {
            self.stay_within(*unit, *ahead);
        } else if starts || !self.narrow(from, &day) {
            self.start.get_or_insert(day);
        }
        if let Some(end) = &from.day_end {
            self.until = Some(end.clone());
        }
        true
    }

    /// "every day next week": the week bounds the series.
    fn stay_within(&mut self, unit: Unit, ahead: i32) {
        let whole = Day::Period { unit, ahead, edge: Edge::Whole };
        if ahead == 0 && unit != Unit::Weekend {
            self.until.get_or_insert(whole);
            return;
        }
        self.start.get_or_insert(whole);
        let dense = matches!(self.rule.freq, Freq::Daily | Freq::Weekly);
        if let (Some(length), true) = (length(1_000, unit), dense && unit != Unit::Weekend) {
            self.lasting = self.lasting.or(Some(length));
        }
    }

    /// "from Monday to Wednesday" beside "each week": the days between, not a start and an end.
    fn spans_weekdays(&mut self, said: &WhenSaid) -> bool {
        let to = said.to.as_ref().and_then(|to| to.day.as_ref());
        let (Some(Day::Wd(first, Which::Plain)), Some(Day::Wd(last, Which::Plain))) =
            (&said.from.day, to)
        else {
            return false;
        };
        if self.rule.freq != Freq::Weekly || !self.open() {
            return false;
        }
        let days = first.cycle_forward().take(7).take_while(|day| day != last);
        self.rule.by_day = days.chain([*last]).map(|day| (0, day)).collect();
        true
    }

    fn add_end(&mut self, to: &Moment) {
        match &to.day {
            Some(day) => self.until = Some(day.clone()),
            None => self.hour_end = to.hour.or(self.hour_end),
        }
    }

    pub(super) fn open(&self) -> bool {
        self.rule.by_day.is_empty()
            && self.rule.by_month_day.is_empty()
            && self.rule.by_month.is_empty()
    }

    fn takes_day(&self, from: &Moment) -> bool {
        let day = from.day.as_ref();
        match self.rule.freq {
            Freq::Weekly => self.open() && matches!(day, Some(Day::Wd(..))),
            Freq::Monthly => self.open() && matches!(day, Some(Day::Dom { .. } | Day::Nth { .. })),
            Freq::Yearly => {
                self.open()
                    && matches!(day, Some(Day::Ymd { .. } | Day::Nth { .. } | Day::Holiday(..)))
            }
            _ => false,
        }
    }

    /// Lets a day narrow an open rule ("monthly" ... "on the 15th"); false where it cannot.
    fn narrow(&mut self, from: &Moment, day: &Day) -> bool {
        use crate::ast::Which::{Plain, This};
        let all: Vec<&Day> = std::iter::once(day).chain(&from.more_days).collect();
        if !self.open() {
            return false;
        }
        match (self.rule.freq, day) {
            (Freq::Weekly | Freq::Daily, Day::Wd(_, Plain | This))
                if self.rule.freq == Freq::Weekly || self.rule.interval == 1 =>
            {
                let days = all.iter().filter_map(|day| match day {
                    Day::Wd(wd, _) => Some((0, *wd)),
                    _ => None,
                });
                self.rule.by_day = days.collect();
                self.rule.freq = Freq::Weekly;
                true
            }
            (Freq::Hourly | Freq::Minutely, Day::Wd(_, Plain | This)) => {
                let days = all.iter().filter_map(|day| match day {
                    Day::Wd(wd, _) => Some((0, *wd)),
                    _ => None,
                });
                self.rule.by_day = days.collect();
                true
            }
            (Freq::Monthly, Day::Dom { wd: None, .. }) => {
                let days = all.iter().filter_map(|day| match day {
                    Day::Dom { day, .. } => Some(*day),
                    _ => None,
                });
                self.rule.by_month_day = days.collect();
                true
            }
            (Freq::Monthly | Freq::Yearly, Day::Nth { n, what, of }) => {
                self.narrow_nth(*n, *what, *of)
            }
            (Freq::Yearly, Day::Ymd { month, day, year: None, .. }) => {
                (self.rule.by_month, self.rule.by_month_day) = (vec![*month], vec![*day]);
                true
            }
            (Freq::Yearly, Day::Month { month, year: None, edge: Edge::Whole, .. }) => {
                self.rule.by_month = vec![*month];
                true
            }
            (Freq::Yearly, Day::Holiday(Holiday::Fixed(month, day), None, _)) => {
                (self.rule.by_month, self.rule.by_month_day) = (vec![*month], vec![*day]);
                true
            }
            _ => false,
        }
    }

    fn narrow_nth(&mut self, n: i8, what: Counted, of: Of) -> bool {
        match what {
            Counted::Wd(wd) => self.rule.by_day = vec![(n, wd)],
            Counted::Day => self.rule.by_month_day = vec![n],
            _ => return false,
        }
        if let (Freq::Yearly, Of::Month(month, None)) = (self.rule.freq, of) {
            self.rule.by_month = vec![month];
        }
        true
    }
}
