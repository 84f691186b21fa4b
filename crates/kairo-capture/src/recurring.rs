//! From a repetition and the sayings beside it to a rule, its first occurrence and its end.
//!
//! **Invariant:** the first occurrence is an occurrence of the rule, and not before the reference
//! unless the text says a start.

use crate::ast::{
    Clock, Counted, Day, Dur, Edge, ExceptSaid, Freq, Half, Hour, Lead, Match, Moment, Of,
    RepeatSaid, Said, WhenSaid, ZoneName,
};
use crate::hours::{CLOSE, Guess, Hints, part_hour, settle, settle_range};
use crate::label;
use crate::model::{Alternative, Anchor, Confidence, Context, Recurrence, Role, When};
use crate::resolve::{Calendar, plus, plus_days};
use crate::rule::Rule;
use crate::timing::{Mood, Others, bend, in_zone, lasting_end};
use crate::words::{Daypart, Holiday};
use jiff::civil::{Date, DateTime, Time, Weekday};

/// A series on the calendar.
#[derive(Debug, Clone)]
pub(crate) struct Series {
    pub(crate) when: When,
    pub(crate) recurrence: Recurrence,
    pub(crate) doubt: Confidence,
    /// Matches that the series used.
    pub(crate) used: Vec<usize>,
    pub(crate) others: Others,
}

/// What the sayings beside a repetition add to it.
#[derive(Debug, Clone, Default)]
struct Gathered {
    rule: Rule,
    hour: Option<Hour>,
    more_hours: Vec<Hour>,
    hour_end: Option<Hour>,
    part: Option<Daypart>,
    zone: Option<ZoneName>,
    start: Option<Day>,
    until: Option<Day>,
    lasting: Option<Dur>,
    lasts_hours: Option<Dur>,
    completion: bool,
    except: ExceptSaid,
    due: bool,
    used: Vec<usize>,
    left_over: bool,
}

/// Reads a text that has a repetition.
pub(crate) fn series(context: &Context, chosen: &[Match], mood: Mood) -> Option<Series> {
    let mut gathered = Gathered::default();
    let mut first = None;
    for (at, one) in chosen.iter().enumerate() {
        if let Said::Repeat(said) = &one.said {
            match first {
                None => {
                    gathered.begin(context, said)?;
                    first = Some(at);
                }
                Some(_) if gathered.widen(said) => {}
                Some(_) => {
                    gathered.left_over = true;
                    continue;
                }
            }
            gathered.used.push(at);
        }
    }
    first?;
    for (at, one) in chosen.iter().enumerate() {
        let taken = match &one.said {
            Said::When(said) => gathered.add(said),
            Said::Count(count) => {
                gathered.rule.count = Some(*count);
                true
            }
            Said::Except(except) => {
                gathered.except = except.clone();
                true
            }
            Said::Lasting(dur) if !dur.is_clock() => {
                gathered.lasting = Some(*dur);
                true
            }
            Said::Lasting(dur) | Said::Estimate(dur) => {
                gathered.lasts_hours = Some(*dur);
                true
            }
            _ => continue,
        };
        if taken {
            gathered.used.push(at);
        } else {
            gathered.left_over = true;
        }
    }
    let mut series = gathered.clone().settle(context, mood)?;
    series.others.hour.extend(gathered.in_other_half(context, mood, &series));
    Some(series)
}

impl Gathered {
    fn begin(&mut self, context: &Context, said: &RepeatSaid) -> Option<()> {
        self.rule = Rule {
            freq: said.freq,
            interval: said.interval.max(1),
            by_month: said.months.clone(),
            by_month_day: said.month_days.clone(),
            by_day: said.days.clone(),
            by_set_pos: said.set_pos,
            count: said.count,
            ..Rule::default()
        };
        self.part = said.part;
        self.completion = said.completion;
        self.lasting = said.lasting;
        match said.holiday {
            Some(Holiday::Fixed(month, day)) => {
                (self.rule.by_month, self.rule.by_month_day) = (vec![month], vec![day]);
            }
            Some(Holiday::Nth(n @ -5..=5, wd, month)) => {
                (self.rule.by_month, self.rule.by_day) = (vec![month], vec![(n, wd)]);
            }
            Some(holiday) => {
                let today = context.reference.date();
                let calendar = Calendar { context, today, ahead_today: false };
                let date = calendar.holiday(holiday, None, crate::ast::Which::Plain)?;
                self.start = Some(ymd(date));
            }
            None => {}
        }
        Some(())
    }

    /// A second repetition that only adds to the first ("every Monday and every Friday").
    fn widen(&mut self, said: &RepeatSaid) -> bool {
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
        if open(&self.rule) && narrower && matches!(self.rule.freq, Freq::Weekly | Freq::Daily) {
            self.rule.freq = Freq::Weekly;
            self.rule.by_day.clone_from(&said.days);
            self.part = self.part.or(said.part);
            return true;
        }
        false
    }

    /// One saying beside the repetition; false where it fits nowhere.
    fn add(&mut self, said: &WhenSaid) -> bool {
        if said.from.from_now.is_some() {
            return false;
        }
        let from = &said.from;
        let ends = matches!(said.lead, Lead::Until | Lead::Ending)
            || (matches!(said.lead, Lead::By | Lead::Due)
                && from.day.is_some()
                && !self.takes_day(from));
        let starts = matches!(said.lead, Lead::Starting | Lead::After | Lead::From);
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
        if let Some(to) = &said.to {
            self.add_end(to);
        }
        let ahead = said.to.as_ref().is_some_and(|to| matches!(to.day, Some(Day::In(_))));
        let Some(day) = from.day.clone().filter(|_| !ahead) else { return true };
        if ends {
            self.until = Some(day);
        } else if starts || !self.narrow(from, &day) {
            self.start.get_or_insert(day);
        }
        if let Some(end) = &from.day_end {
            self.until = Some(end.clone());
        }
        true
    }

    fn add_end(&mut self, to: &Moment) {
        match &to.day {
            Some(day) => self.until = Some(day.clone()),
            None => self.hour_end = to.hour.or(self.hour_end),
        }
    }

    fn open(&self) -> bool {
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

    /// The same series in the half of the day that was not taken, where neither was said.
    fn in_other_half(
        mut self,
        context: &Context,
        mood: Mood,
        taken: &Series,
    ) -> Option<Alternative> {
        let Some(Hour::Clock(clock)) = self.hour else { return None };
        let alone = self.hour_end.is_none() && self.more_hours.is_empty() && self.part.is_none();
        let morning = taken.recurrence.time? < Time::constant(12, 0, 0, 0);
        let half = if morning { Half::Pm } else { Half::Am };
        self.hour = Some(Hour::Clock(Clock { half, ..clock }));
        let open = alone && clock.half == Half::Open;
        let start = open.then(|| self.settle(context, mood)).flatten()?.when.start;
        Some(Alternative { label: label::time(start.time()), start })
    }

    fn settle(mut self, context: &Context, mood: Mood) -> Option<Series> {
        let (context, zone) = in_zone(context, self.zone.as_ref())?;
        let reference = context.reference;
        let mut doubt = if self.left_over { Confidence::Unsure } else { Confidence::Sure };
        let time = self.time(&context, mood, &mut doubt);
        let calendar = Calendar { context: &context, today: reference.date(), ahead_today: true };
        let start = match &self.start {
            Some(day) => Some(calendar.day(day)?.date),
            None => None,
        };
        self.except_days();
        let ticking = matches!(self.rule.freq, Freq::Minutely | Freq::Hourly);
        let base = match (start, time) {
            (Some(day), time) => day.to_datetime(time.unwrap_or(Time::midnight())),
            (None, Some(time)) => reference.date().to_datetime(time),
            (None, None) if ticking => reference,
            (None, None) => reference.date().to_datetime(Time::midnight()),
        };
        let exdates = self.exdates(&calendar, base.date());
        let first = self.first(base, reference, start.is_some(), time.is_some(), &exdates)?;
        self.rule.until = self.until(&calendar, first.date());
        let all_day = time.is_none() && !ticking;
        let end = self.end(first, all_day, &context, mood);
        let (start_at, shifted) = if all_day { (first, None) } else { bend(&context.zone, first) };
        self.tidy();
        let role = if self.due { Role::Due } else { Role::Start };
        let when = When { role, start: start_at, end, all_day, zone, shifted };
        let anchor = if self.completion { Anchor::Completion } else { Anchor::Due };
        let recurrence = Recurrence { rrule: self.rule.to_string(), anchor, exdates, time };
        Some(Series { when, recurrence, doubt, used: self.used, others: Others::default() })
    }

    /// Sorted, unique and in the shape that the model prints.
    fn tidy(&mut self) {
        let rule = &mut self.rule;
        rule.by_month.sort_unstable();
        rule.by_month.dedup();
        rule.by_month_day
            .sort_by_key(|day| if *day < 0 { 100 - i32::from(*day) } else { i32::from(*day) });
        rule.by_month_day.dedup();
        rule.by_day.sort_by_key(|(n, day)| (day.to_monday_zero_offset(), *n < 0, *n));
        rule.by_day.dedup();
    }

    /// The clock time of every occurrence.
    fn time(&mut self, context: &Context, mood: Mood, doubt: &mut Confidence) -> Option<Time> {
        let hints = Hints { part: self.part, mood, now: None };
        let settled = |hour: &Hour| match hour {
            Hour::Clock(clock) => {
                settle(*clock, hints).map(|settled| (settled.time, settled.guess))
            }
            Hour::Close => Some((CLOSE, Guess::Custom)),
            Hour::Part(part, shift) => {
                part_hour(context.dayparts, *part, *shift).map(|time| (time, Guess::Custom))
            }
        };
        let hour = match (self.hour, self.hour_end) {
            (Some(Hour::Clock(first)), Some(Hour::Clock(last))) => {
                settle_range(first, last, hints).map(|(first, _)| (first.time, first.guess))
            }
            (Some(hour), _) => settled(&hour),
            (None, _) => {
                let part = self.part?;
                part_hour(context.dayparts, part, 0).map(|time| (time, Guess::Custom))
            }
        };
        let (time, guess) = hour?;
        match guess {
            Guess::None => {}
            Guess::Custom => *doubt = (*doubt).min(Confidence::Likely),
            Guess::Coin => *doubt = (*doubt).min(Confidence::Unsure),
        }
        let mut more: Vec<Time> =
            self.more_hours.iter().filter_map(|hour| settled(hour).map(|(time, _)| time)).collect();
        if !more.is_empty() {
            more.push(time);
            more.sort_unstable();
            self.rule.by_hour = more.iter().map(|time| time.hour()).collect();
            self.rule.by_minute = vec![time.minute()];
            return more.first().copied();
        }
        Some(time)
    }

    /// Weekdays and months left out become the days and months that are left.
    fn except_days(&mut self) {
        let rule = &mut self.rule;
        if !self.except.weekdays.is_empty() {
            if rule.by_day.is_empty() {
                let all = Weekday::Monday.cycle_forward().take(7);
                rule.by_day = all.map(|day| (0, day)).collect();
                rule.freq = if rule.freq == Freq::Daily && rule.interval == 1 {
                    Freq::Weekly
                } else {
                    rule.freq
                };
            }
            let weekdays = &self.except.weekdays;
            rule.by_day.retain(|(n, day)| *n != 0 || !weekdays.contains(day));
        }
        if !self.except.months.is_empty() {
            if rule.by_month.is_empty() {
                rule.by_month = (1..=12).collect();
            }
            let months = &self.except.months;
            rule.by_month.retain(|month| !months.contains(month));
        }
    }

    fn exdates(&self, calendar: &Calendar<'_>, base: Date) -> Vec<Date> {
        let calendar = Calendar { today: base.max(calendar.today), ..*calendar };
        self.except.days.iter().filter_map(|day| calendar.day(day)).map(|day| day.date).collect()
    }

    fn first(
        &self,
        base: DateTime,
        reference: DateTime,
        said: bool,
        timed: bool,
        exdates: &[Date],
    ) -> Option<DateTime> {
        let mut at = base;
        if !said
            && timed
            && at <= reference
            && !matches!(self.rule.freq, Freq::Minutely | Freq::Hourly)
        {
            at = plus_days(at.date(), 1)?.to_datetime(at.time());
        }
        let open =
            self.open() && matches!(self.rule.freq, Freq::Weekly | Freq::Monthly | Freq::Yearly);
        if open {
            return Some(if said || timed { at } else { base });
        }
        let mut rule = self.rule.clone();
        let month_alone =
            !rule.by_month.is_empty() && rule.by_day.is_empty() && rule.by_month_day.is_empty();
        if month_alone && rule.freq == Freq::Yearly {
            rule.by_month_day = vec![1];
        }
        for _ in 0..10 {
            let found = rule.first(at)?;
            if !exdates.contains(&found.date()) {
                return Some(found);
            }
            at = plus_days(found.date(), 1)?.to_datetime(base.time());
        }
        None
    }

    fn until(&self, calendar: &Calendar<'_>, first: Date) -> Option<Date> {
        if let Some(day) = &self.until {
            let from = Calendar { today: first.max(calendar.today), ..*calendar };
            return from.day(day).map(|day| day.date);
        }
        let dur = self.lasting.filter(|dur| !dur.is_clock() && self.rule.count.is_none())?;
        plus_days(plus(first, dur)?, -1)
    }

    fn end(
        &self,
        first: DateTime,
        all_day: bool,
        context: &Context,
        mood: Mood,
    ) -> Option<DateTime> {
        let hints = Hints { part: self.part, mood, now: None };
        if let (Some(Hour::Clock(start)), Some(Hour::Clock(last))) = (self.hour, self.hour_end) {
            let (_, last) = settle_range(start, last, hints)?;
            let date = plus_days(first.date(), last.carry)?;
            return Some(bend(&context.zone, date.to_datetime(last.time)).0);
        }
        lasting_end(first, all_day, self.lasts_hours?).filter(|_| !all_day)
    }
}

fn ymd(date: Date) -> Day {
    Day::Ymd { year: Some(date.year()), month: date.month(), day: date.day(), wd: None }
}
