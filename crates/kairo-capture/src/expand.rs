//! The dates of a recurrence rule, counted from its start.
//!
//! **Invariant:** pure and bounded: at most `PERIODS_MAX` periods and `OCCURRENCES_MAX` dates,
//! whatever the rule says.
//! **Invariant:** weeks begin on Monday (RFC 5545, default of WKST), whatever the person's setting.

use crate::ast::Freq;
use crate::limits::{OCCURRENCES_MAX, PERIODS_MAX};
use crate::model::Recurrence;
use crate::resolve::{plus_days, plus_months};
use crate::rule::{Rule, RuleError};
use jiff::Span;
use jiff::civil::{Date, DateTime, Time, Weekday};

impl Recurrence {
    /// Local times at which it happens within `from..=to`, for a series that starts at `dtstart`.
    ///
    /// `COUNT` is counted from the start. Days that do not exist (the 31st of June) are skipped,
    /// as RFC 5545 asks. A rule that this crate did not write and cannot read gives an error.
    pub fn occurrences(
        &self,
        dtstart: DateTime,
        from: DateTime,
        to: DateTime,
        limit: usize,
    ) -> Result<Vec<DateTime>, RuleError> {
        let rule = Rule::parse(&self.rrule)?;
        let left_out = |at: &DateTime| self.exdates.contains(&at.date());
        let window = Window { from, to, limit: limit.min(OCCURRENCES_MAX) };
        Ok(rule.expand(dtstart, window, left_out))
    }

    /// The hours that the rule itself names.
    pub(crate) fn hours(&self) -> Vec<Time> {
        let named = |rule: &Rule| !rule.by_hour.is_empty();
        let rule = Rule::parse(&self.rrule).ok().filter(named);
        rule.map_or_else(Vec::new, |rule| rule.times(self.time.unwrap_or_default()))
    }
}

/// What part of a series is wanted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Window {
    pub(crate) from: DateTime,
    pub(crate) to: DateTime,
    pub(crate) limit: usize,
}

impl Rule {
    pub(crate) fn expand(
        &self,
        dtstart: DateTime,
        window: Window,
        left_out: impl Fn(&DateTime) -> bool,
    ) -> Vec<DateTime> {
        let mut found = Vec::new();
        let mut counted = 0_u32;
        let times = self.times(dtstart.time());
        let passes = self.count.is_none();
        let mut next = if passes { self.periods_before(dtstart, window.from) } else { 0 };
        for _ in 0..PERIODS_MAX {
            let period = next;
            next = period.saturating_add(self.barren(dtstart, period));
            let Some(start) = self.period_start(dtstart, period) else { break };
            let (days, tick) = (self.days(start, dtstart.date()), [start.time()]);
            let times = if self.ticks() { &tick[..] } else { &times[..] };
            let (mut days, times) = self.at_position(days, times);
            if passes {
                days.retain(|day| *day >= window.from.date());
            }
            let all = days.iter().flat_map(|day| times.iter().map(|time| day.to_datetime(*time)));
            for at in all.filter(|at| *at >= dtstart) {
                counted += 1;
                let over = self.count.is_some_and(|count| counted > count)
                    || self.until.is_some_and(|until| at.date() > until)
                    || at > window.to;
                if over || found.len() >= window.limit {
                    return found;
                }
                if at >= window.from && !left_out(&at) {
                    found.push(at);
                }
            }
            if start > window.to {
                break;
            }
        }
        found
    }

    /// The first occurrence at or after a moment, by a rule whose interval starts there.
    pub(crate) fn first(&self, at: DateTime) -> Option<DateTime> {
        let rule = Self { interval: 1, count: None, until: None, ..self.clone() };
        let to = at.checked_add(Span::new().years(9)).ok()?;
        rule.expand(at, Window { from: at, to, limit: 1 }, |_| false).first().copied()
    }

    /// How many periods lie safely before a moment, so that a far window costs no walk.
    fn periods_before(&self, dtstart: DateTime, from: DateTime) -> u32 {
        if from <= dtstart {
            return 0;
        }
        let days = i64::from((from.date() - dtstart.date()).get_days());
        let minutes = days * 1_440;
        let periods = match self.freq {
            Freq::Minutely => minutes - 1_440,
            Freq::Hourly => minutes / 60 - 24,
            Freq::Daily => days - 1,
            Freq::Weekly => days / 7 - 1,
            Freq::Monthly => days / 31 - 1,
            Freq::Yearly => days / 366 - 1,
        };
        u32::try_from(periods / i64::from(self.interval.max(1)) - 1).unwrap_or(0)
    }

    /// How many periods to go on by: past the rest of a day on which the minutes or hours of a rule
    /// do not count ("every minute on Fridays in June" would be looked at minute by minute).
    fn barren(&self, dtstart: DateTime, period: u32) -> u32 {
        let minutes = match self.freq {
            Freq::Daily => return self.barren_days(dtstart, period),
            Freq::Minutely => 1,
            Freq::Hourly => 60,
            _ => return 1,
        };
        let start = self.period_start(dtstart, period);
        let Some(start) = start.filter(|start| !self.allows(start.date())) else { return 1 };
        let passed = i64::from(start.hour()) * 60 + i64::from(start.minute());
        let step = minutes * i64::from(self.interval.max(1));
        u32::try_from((1_440 - passed + step - 1) / step).unwrap_or(1).max(1)
    }

    /// The same by days: past the rest of a month that does not count.
    fn barren_days(&self, dtstart: DateTime, period: u32) -> u32 {
        let day = self.period_start(dtstart, period).map(DateTime::date);
        let counts = |day: &Date| self.by_month.is_empty() || self.by_month.contains(&day.month());
        let Some(day) = day.filter(|day| !counts(day)) else { return 1 };
        let (left, step) = (day.days_in_month() - day.day() + 1, self.interval.max(1));
        u32::try_from(left).unwrap_or(1).div_ceil(step)
    }

    /// Where a period begins.
    fn period_start(&self, dtstart: DateTime, period: u32) -> Option<DateTime> {
        let n = i32::try_from(u64::from(period) * u64::from(self.interval.max(1))).ok()?;
        let date = dtstart.date();
        let midnight = |date: Date| date.to_datetime(Time::midnight());
        match self.freq {
            Freq::Minutely => dtstart.checked_add(Span::new().try_minutes(n).ok()?).ok(),
            Freq::Hourly => dtstart.checked_add(Span::new().try_hours(n).ok()?).ok(),
            Freq::Daily => plus_days(date, n).map(midnight),
            Freq::Weekly => {
                let monday = plus_days(date, -i32::from(date.weekday().to_monday_zero_offset()))?;
                plus_days(monday, n.checked_mul(7)?).map(midnight)
            }
            Freq::Monthly => plus_months(date.first_of_month(), n).map(midnight),
            Freq::Yearly => {
                let year = date.year().checked_add(i16::try_from(n).ok()?)?;
                Date::new(year, 1, 1).ok().map(midnight)
            }
        }
    }

    /// Whether it happens by the minute or hour, and not at times of a day.
    fn ticks(&self) -> bool {
        matches!(self.freq, Freq::Minutely | Freq::Hourly)
    }

    /// The days of one period, in order.
    fn days(&self, start: DateTime, first: Date) -> Vec<Date> {
        let day = start.date();
        let mut days = match self.freq {
            Freq::Weekly => self.days_of_week(day, first),
            Freq::Monthly if self.by_month.is_empty() || self.by_month.contains(&day.month()) => {
                self.days_of_month(day, first)
            }
            Freq::Monthly => Vec::new(),
            Freq::Yearly => self.days_of_year(day, first),
            _ => vec![day].into_iter().filter(|day| self.allows(*day)).collect(),
        };
        days.sort_unstable();
        days.dedup();
        days
    }

    /// The one day and time of a period that its position names. RFC 5545 counts it among the times
    /// of the period, not among its days.
    fn at_position<'a>(&self, days: Vec<Date>, times: &'a [Time]) -> (Vec<Date>, &'a [Time]) {
        let Some(position) = self.by_set_pos else { return (days, times) };
        let all = days.len() * times.len();
        let at = match usize::from(position.unsigned_abs()) {
            n if position > 0 => n.checked_sub(1),
            n => all.checked_sub(n),
        };
        let one = at.filter(|at| *at < all).and_then(|at| {
            let (day, time) = (at / times.len(), at % times.len());
            Some((vec![*days.get(day)?], times.get(time..=time)?))
        });
        one.unwrap_or_default()
    }

    fn times(&self, start: Time) -> Vec<Time> {
        if self.by_hour.is_empty() {
            return vec![start];
        }
        let minutes =
            if self.by_minute.is_empty() { vec![start.minute()] } else { self.by_minute.clone() };
        let mut times: Vec<Time> = self
            .by_hour
            .iter()
            .flat_map(|hour| {
                minutes.iter().filter_map(|minute| Time::new(*hour, *minute, 0, 0).ok())
            })
            .collect();
        times.sort_unstable();
        times.dedup();
        times
    }

    /// Whether a day passes the parts that only filter.
    fn allows(&self, day: Date) -> bool {
        let month = self.by_month.is_empty() || self.by_month.contains(&day.month());
        let weekday =
            self.by_day.is_empty() || self.by_day.iter().any(|(_, wd)| *wd == day.weekday());
        let from_end = day.day() - day.days_in_month() - 1;
        let month_day = self.by_month_day.is_empty()
            || self.by_month_day.contains(&day.day())
            || self.by_month_day.contains(&from_end);
        month && weekday && month_day
    }

    fn days_of_week(&self, monday: Date, start: Date) -> Vec<Date> {
        let listed: Vec<Weekday> = if self.by_day.is_empty() {
            vec![start.weekday()]
        } else {
            self.by_day.iter().map(|(_, day)| *day).collect()
        };
        (0..7)
            .filter_map(|at| plus_days(monday, at))
            .filter(|day| listed.contains(&day.weekday()))
            .filter(|day| self.by_month.is_empty() || self.by_month.contains(&day.month()))
            .collect()
    }

    fn days_of_month(&self, first: Date, start: Date) -> Vec<Date> {
        let last = first.days_in_month();
        let numbered = |n: i8| {
            let day = if n > 0 { n } else { last + 1 + n };
            Date::new(first.year(), first.month(), day).ok()
        };
        let by_number: Vec<Date> = self.by_month_day.iter().filter_map(|n| numbered(*n)).collect();
        if self.by_day.is_empty() {
            return if self.by_month_day.is_empty() {
                numbered(start.day()).into_iter().collect()
            } else {
                by_number
            };
        }
        let by_weekday: Vec<Date> =
            self.by_day.iter().flat_map(|(n, wd)| weekdays_of_month(first, *n, *wd)).collect();
        if self.by_month_day.is_empty() {
            by_weekday
        } else {
            by_weekday.into_iter().filter(|day| by_number.contains(day)).collect()
        }
    }

    fn days_of_year(&self, first: Date, start: Date) -> Vec<Date> {
        let months: Vec<i8> = match (self.by_month.is_empty(), self.by_day.is_empty()) {
            (false, _) => self.by_month.clone(),
            // Beside days of the month, weekdays only limit (RFC 5545 3.3.10).
            (true, _) if !self.by_month_day.is_empty() => (1..=12).collect(),
            (true, false) => return self.weekdays_of_year(first),
            (true, true) => vec![start.month()],
        };
        months
            .into_iter()
            .filter_map(|month| Date::new(first.year(), month, 1).ok())
            .flat_map(|month| self.days_of_month(month, start))
            .collect()
    }

    fn weekdays_of_year(&self, first: Date) -> Vec<Date> {
        let last = first.last_of_year();
        let one = |(n, wd): &(i8, Weekday)| -> Vec<Date> {
            let forward = plus_days(first, i32::from(first.weekday().until(*wd)));
            let backward = plus_days(last, -i32::from(last.weekday().since(*wd)));
            match *n {
                0 => (0..53)
                    .filter_map(|week| plus_days(forward?, 7 * week))
                    .filter(|day| *day <= last)
                    .collect(),
                n if n > 0 => forward
                    .and_then(|day| plus_days(day, 7 * (i32::from(n) - 1)))
                    .filter(|day| *day <= last)
                    .into_iter()
                    .collect(),
                n => backward
                    .and_then(|day| plus_days(day, 7 * (i32::from(n) + 1)))
                    .filter(|day| *day >= first)
                    .into_iter()
                    .collect(),
            }
        };
        self.by_day.iter().flat_map(one).collect()
    }
}

fn weekdays_of_month(first: Date, n: i8, wd: Weekday) -> Vec<Date> {
    if n != 0 {
        return first.nth_weekday_of_month(n, wd).ok().into_iter().collect();
    }
    (1..=5).filter_map(|n| first.nth_weekday_of_month(n, wd).ok()).collect()
}
