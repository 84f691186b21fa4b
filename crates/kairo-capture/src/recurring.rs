//! From a repetition and the sayings beside it to a rule, its first occurrence and its end.
//!
//! **Invariant:** the first occurrence is an occurrence of the rule, and not before the reference
//! unless the text says a start.

mod gather;

use crate::ast::{
    Clock, Day, Dur, ExceptSaid, Freq, Half, Hour, Match, RepeatSaid, Said, ZoneName,
};
use crate::expand::Window;
use crate::hours::{CLOSE, Guess, Hints, part_hour, settle, settle_range, spread_halves};
use crate::label;
use crate::model::{Alternative, Anchor, Confidence, Context, Recurrence, Role, When};
use crate::resolve::{Calendar, plus, plus_days};
use crate::rule::Rule;
use crate::timing::{Mood, Others, bend_both, in_zone, lasting_end};
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
    /// Hours of "twice a day", where no other hour is said.
    spread: Vec<Hour>,
    guessed: bool,
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
        self.spread = said.hours.iter().map(|(part, shift)| Hour::Part(*part, *shift)).collect();
        self.guessed = said.guessed;
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
        self.spread_out();
        let mut doubt = if self.left_over { Confidence::Unsure } else { Confidence::Sure };
        let time = self.time(&context, mood, &mut doubt);
        self.step_hours(time, mood);
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
        // "every day until yesterday" would never happen; something else was meant.
        if self.rule.until.is_some_and(|until| until < first.date()) {
            self.rule.until = None;
            doubt = Confidence::Unsure;
        }
        let all_day = time.is_none() && !ticking;
        let end = self.end(first, all_day, mood);
        let (start_at, end, shifted) = match all_day {
            true => (first, end, None),
            false => bend_both(&context.zone, first, end),
        };
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
        rule.by_hour.sort_unstable();
        rule.by_hour.dedup();
    }

    /// Gives open hours their place: those of "twice a day", the halves of a list, and the steps of
    /// "every 2 hours from 9 to 5".
    fn spread_out(&mut self) {
        let said = self.hour.is_some() || self.part.is_some();
        if let (Some((first, rest)), false) = (self.spread.split_first(), said) {
            self.hour = Some(*first);
            self.more_hours = rest.to_vec();
        } else if said && !self.spread.is_empty() {
            self.guessed = false;
        }
        (self.hour, self.more_hours) = spread_halves(self.hour, &self.more_hours);
    }

    /// "every 2 hours from 9 to 5" happens within those hours of each day.
    fn step_hours(&mut self, time: Option<Time>, mood: Mood) {
        let (Some(Hour::Clock(first)), Some(Hour::Clock(last))) = (self.hour, self.hour_end) else {
            return;
        };
        let step = usize::try_from(self.rule.interval).unwrap_or(1).max(1);
        let hints = Hints { part: self.part, mood, now: None };
        let range = settle_range(first, last, hints).filter(|(_, last)| last.carry == 0);
        let (Some(time), Some((_, last))) = (time, range) else { return };
        match self.rule.freq {
            Freq::Hourly if self.rule.interval < 24 => {
                let hours = (time.hour()..=last.time.hour()).step_by(step);
                self.rule.by_hour = hours.collect();
                self.rule.by_minute = vec![time.minute()];
            }
            Freq::Minutely if 60 % step == 0 && time.minute() == 0 && last.time.minute() == 0 => {
                self.rule.by_hour = (time.hour()..last.time.hour()).collect();
                self.rule.by_minute = (0..60).step_by(step).collect();
            }
            _ => return,
        }
        self.hour_end = None;
        self.by_the_day();
    }

    /// The rule names its hours, so it is one of days.
    fn by_the_day(&mut self) {
        self.rule.interval = 1;
        self.rule.freq = if self.rule.by_day.is_empty() { Freq::Daily } else { Freq::Weekly };
    }

    /// The clock time of every occurrence.
    fn time(&mut self, context: &Context, mood: Mood, doubt: &mut Confidence) -> Option<Time> {
        let hints = Hints { part: self.part, mood, now: None };
        if self.guessed {
            *doubt = Confidence::Unsure;
        }
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
            // RFC 5545 has no rule for hours of unlike minutes; those of the first are kept.
            if more.iter().any(|other| other.minute() != time.minute()) {
                more.retain(|other| other.minute() == time.minute());
                *doubt = Confidence::Unsure;
            }
            // A position (BYSETPOS) would count the hours too.
            if self.rule.by_set_pos.is_some() {
                *doubt = Confidence::Unsure;
            }
            if more.len() == 1 || self.rule.by_set_pos.is_some() {
                return Some(time);
            }
            self.rule.by_hour = more.iter().map(|time| time.hour()).collect();
            self.rule.by_minute = vec![time.minute()];
            // "every hour at 9 and 5" contradicts itself; the hours that were said are meant.
            if matches!(self.rule.freq, Freq::Minutely | Freq::Hourly) {
                self.by_the_day();
                *doubt = Confidence::Unsure;
            }
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
        let far = base.checked_add(jiff::Span::new().years(9)).ok()?;
        if !self.rule.by_hour.is_empty() && !said {
            let rule = Rule { count: None, until: None, ..self.rule.clone() };
            let window = Window { from: reference, to: far, limit: 1 };
            let gone = |at: &DateTime| *at <= reference || exdates.contains(&at.date());
            return rule.expand(base, window, gone).first().copied();
        }
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
            let from = if said || timed { at } else { base };
            let rule = Rule { count: None, until: None, ..self.rule.clone() };
            let window = Window { from, to: far, limit: 1 };
            return rule.expand(from, window, |at| exdates.contains(&at.date())).first().copied();
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

    fn end(&self, first: DateTime, all_day: bool, mood: Mood) -> Option<DateTime> {
        let hints = Hints { part: self.part, mood, now: None };
        if let (Some(Hour::Clock(start)), Some(Hour::Clock(last))) = (self.hour, self.hour_end) {
            let (from, last) = settle_range(start, last, hints)?;
            // The first occurrence may be at another hour of a list.
            let end = plus_days(first.date(), last.carry)?.to_datetime(last.time);
            let length = first.date().to_datetime(from.time).until(end).ok()?;
            return first.checked_add(length).ok();
        }
        lasting_end(first, all_day, self.lasts_hours?).filter(|_| !all_day)
    }
}

fn ymd(date: Date) -> Day {
    Day::Ymd { year: Some(date.year()), month: date.month(), day: date.day(), wd: None }
}
