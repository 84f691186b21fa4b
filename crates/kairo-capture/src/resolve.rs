//! From words to the calendar: which day a saying means, seen from the reference.
//!
//! **Invariant:** a saying without a year or a month means the next one to come, today included.
//! **Invariant:** a day that does not exist ("30 Feb") resolves to nothing, never to another day.

use crate::ast::{Counted, Day, Dur, Edge, Of, Which};
use crate::limits::YEARS_AWAY_MAX;
use crate::model::{Context, DateOrder, NextWeekday};
use crate::words::{Holiday, Unit};
use jiff::Span;
use jiff::civil::{Date, Weekday};

/// A resolved day, with what made it doubtful.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Resolved {
    pub(crate) date: Date,
    /// The text contradicts itself, or a far year was needed to reconcile it.
    pub(crate) contested: bool,
    /// Another day that the words could mean.
    pub(crate) other: Option<Date>,
}

fn sure(date: Date) -> Resolved {
    Resolved { date, contested: false, other: None }
}

/// The calendar as seen from one day.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Calendar<'a> {
    pub(crate) context: &'a Context,
    pub(crate) today: Date,
    /// Whether the time said with the day is still to come today.
    pub(crate) ahead_today: bool,
}

impl Calendar<'_> {
    /// The day that a saying means.
    pub(crate) fn day(&self, day: &Day) -> Option<Resolved> {
        let resolved = match day {
            Day::Rel(days) => sure(plus_days(self.today, *days)?),
            Day::Ymd { year: Some(year), month, day, wd } => {
                let date = Date::new(*year, *month, *day).ok()?;
                let contested = wd.is_some_and(|wd| wd != date.weekday());
                Resolved { contested, ..sure(date) }
            }
            Day::Ymd { year: None, month, day, wd } => self.month_day(*month, *day, *wd)?,
            Day::Numeric { first, second, year, wd } => {
                self.numeric(*first, *second, *year, *wd)?
            }
            Day::Dom { day, wd, of } => self.day_of_month(*day, *wd, *of)?,
            Day::Month { month, year, edge, ahead } => self.month(*month, *year, *edge, *ahead)?,
            Day::Wd(wd, which) => self.weekday(*wd, *which)?,
            Day::In(dur) => sure(plus(self.today, *dur)?),
            Day::Plus(base, dur) => {
                let base = self.day(base)?;
                Resolved { date: plus(base.date, *dur)?, other: None, ..base }
            }
            Day::Period { unit, ahead, edge } => sure(self.period(*unit, *ahead, *edge)?),
            Day::Nth { n, what, of } => sure(self.nth(*n, *what, *of)?),
            Day::Holiday(holiday, year, which) => sure(self.holiday(*holiday, *year, *which)?),
            Day::Year(year) => sure(Date::new(*year, 1, 1).ok()?),
            Day::OfYear { base, ahead } => {
                let year = self.today.year().checked_add(i16::try_from(*ahead).ok()?)?;
                return self.day(&in_year((**base).clone(), year));
            }
            Day::WdNear { wd, base, before } => {
                let base = self.day(base)?;
                let days = if *before {
                    let since = i32::from(base.date.weekday().since(*wd));
                    if since == 0 { -7 } else { -since }
                } else {
                    let until = i32::from(base.date.weekday().until(*wd));
                    if until == 0 { 7 } else { until }
                };
                Resolved { date: plus_days(base.date, days)?, other: None, ..base }
            }
            Day::WeekOf(day) => {
                let inner = self.day(day)?;
                Resolved { date: self.week_start(inner.date)?, ..inner }
            }
        };
        let years = (resolved.date.year() - self.today.year()).abs();
        (years <= YEARS_AWAY_MAX).then_some(resolved)
    }

    fn month_day(&self, month: i8, day: i8, wd: Option<Weekday>) -> Option<Resolved> {
        let year = self.today.year();
        let next = (year..year + 9)
            .filter_map(|year| Date::new(year, month, day).ok())
            .find(|date| *date >= self.today)?;
        let Some(wd) = wd.filter(|wd| *wd != next.weekday()) else { return Some(sure(next)) };
        let fixed = (next.year() + 1..next.year() + 7)
            .filter_map(|year| Date::new(year, month, day).ok())
            .find(|date| date.weekday() == wd);
        let date = fixed.unwrap_or(next);
        Some(Resolved { date, contested: true, other: Some(next).filter(|next| *next != date) })
    }

    fn numeric(
        &self,
        first: i8,
        second: i8,
        year: Option<i16>,
        wd: Option<Weekday>,
    ) -> Option<Resolved> {
        let reading = |month: i8, day: i8| {
            let said = Day::Ymd { year, month, day, wd };
            if (1..=12).contains(&month) { self.day(&said) } else { None }
        };
        let (mdy, dmy) = (reading(first, second), reading(second, first));
        let (mine, other) = match self.context.date_order {
            DateOrder::Mdy => (mdy, dmy),
            DateOrder::Dmy => (dmy, mdy),
        };
        let settled = |one: Option<Resolved>| one.filter(|one| !one.contested);
        let by_weekday = wd.and(settled(mine).or(settled(other)));
        let best = by_weekday.or(mine).or(other)?;
        let rival = mine.and(other).map(|other| other.date).filter(|date| *date != best.date);
        Some(Resolved { other: if wd.is_some() { None } else { rival }, ..best })
    }

    fn day_of_month(&self, day: i8, wd: Option<Weekday>, of: Of) -> Option<Resolved> {
        let in_month = |ahead: i32| {
            let first = plus_months(self.today.first_of_month(), ahead)?;
            Date::new(first.year(), first.month(), day).ok()
        };
        let fits = |date: &Date| wd.is_none_or(|wd| wd == date.weekday());
        let resolved = match of {
            Of::Soonest => {
                let later = |date: &Date| *date >= self.today && fits(date);
                let found = (0..36).filter_map(in_month).find(later);
                let plain = (0..3).filter_map(in_month).find(|date| *date >= self.today);
                let date = found.or(plain)?;
                Resolved { contested: !fits(&date), ..sure(date) }
            }
            Of::MonthsAhead(ahead) => sure(in_month(ahead)?),
            Of::Month(month, year) => {
                return self.day(&Day::Ymd { year, month, day, wd });
            }
            Of::YearsAhead(_) | Of::Year(_) => return None,
        };
        Some(resolved)
    }

    fn month(&self, month: i8, year: Option<i16>, edge: Edge, ahead: i32) -> Option<Resolved> {
        let this = self.today.year();
        let year = year.unwrap_or_else(|| {
            let passed = month < self.today.month();
            let same = month == self.today.month();
            match ahead {
                -1 if passed => this,
                -1 => this - 1,
                2 if same => this + 1,
                _ if passed => this + 1,
                _ => this,
            }
        });
        let first = Date::new(year, month, 1).ok()?;
        let date = match edge {
            Edge::Whole | Edge::Start => first,
            Edge::Middle => Date::new(year, month, 15).ok()?,
            Edge::End => first.last_of_month(),
        };
        let date = if date < self.today
            && first.month() == self.today.month()
            && year == this
            && ahead != -1
        {
            if edge == Edge::Whole { self.today } else { plus_months(date, 12)? }
        } else {
            date
        };
        Some(sure(date))
    }

    /// The first day of the week that a day lies in.
    pub(crate) fn week_start(&self, date: Date) -> Option<Date> {
        let since = date.weekday().since(self.context.week_start);
        plus_days(date, -i32::from(since))
    }

    fn in_week(&self, wd: Weekday, ahead: i32) -> Option<Date> {
        let start = self.week_start(self.today)?;
        let offset = i32::from(wd.since(self.context.week_start));
        plus_days(start, offset + 7 * ahead)
    }

    /// The soonest such weekday; today counts only while its time is ahead.
    fn soonest(&self, wd: Weekday) -> Option<Date> {
        let until = i32::from(self.today.weekday().until(wd));
        let until = if until == 0 && !self.ahead_today { 7 } else { until };
        plus_days(self.today, until)
    }

    fn weekday(&self, wd: Weekday, which: Which) -> Option<Resolved> {
        let soonest = self.soonest(wd)?;
        let date = match which {
            Which::Plain => soonest,
            Which::This => {
                let until = i32::from(self.today.weekday().until(wd));
                plus_days(self.today, until)?
            }
            Which::Next => {
                let week = self.in_week(wd, 1)?;
                let (date, other) = match self.context.next_weekday {
                    NextWeekday::OfNextWeek => (week, soonest),
                    NextWeekday::Soonest => (soonest, week),
                };
                return Some(Resolved {
                    other: Some(other).filter(|other| *other != date),
                    ..sure(date)
                });
            }
            Which::Last => {
                let since = i32::from(self.today.weekday().since(wd));
                plus_days(self.today, -(if since == 0 { 7 } else { since }))?
            }
            Which::AfterNext => plus_days(soonest, 7)?,
            Which::InWeek(ahead) => self.in_week(wd, ahead)?,
        };
        Some(sure(date))
    }

    fn period(&self, unit: Unit, ahead: i32, edge: Edge) -> Option<Date> {
        let date = self.period_at(unit, ahead, edge)?;
        let passed = date < self.today && ahead == 0;
        if !passed {
            return Some(date);
        }
        match edge {
            Edge::Whole => Some(self.today),
            _ => self.period_at(unit, 1, edge),
        }
    }

    fn period_at(&self, unit: Unit, ahead: i32, edge: Edge) -> Option<Date> {
        let (first, last) = match unit {
            Unit::Week => {
                let first = plus_days(self.week_start(self.today)?, 7 * ahead)?;
                let days = if edge == Edge::End { 4 } else { 6 };
                let last = plus_days(first, days)?;
                let over = ahead == 0 && last < self.today;
                (first, if over { plus_days(first, 6)? } else { last })
            }
            Unit::Weekend => {
                let saturday = self.in_week(Weekday::Saturday, ahead)?;
                let saturday = if self.context.week_start == Weekday::Sunday || ahead != 0 {
                    saturday
                } else {
                    saturday.max(self.today)
                };
                (saturday, plus_days(saturday, 1)?)
            }
            Unit::Month => {
                let first = plus_months(self.today.first_of_month(), ahead)?;
                (first, first.last_of_month())
            }
            Unit::Quarter => {
                let month = (self.today.month() - 1) / 3 * 3 + 1;
                let first = plus_months(Date::new(self.today.year(), month, 1).ok()?, 3 * ahead)?;
                (first, plus_months(first, 2)?.last_of_month())
            }
            Unit::Year => {
                let first = plus_months(self.today.first_of_year(), 12 * ahead)?;
                (first, first.last_of_year())
            }
            _ => return None,
        };
        let half = (last - first).get_days() / 2;
        Some(match edge {
            Edge::End => last,
            Edge::Whole if ahead == 0 && unit != Unit::Weekend => last,
            Edge::Whole | Edge::Start => first,
            Edge::Middle if unit == Unit::Month => plus_days(first, 14)?,
            Edge::Middle if unit == Unit::Week => self.in_week(Weekday::Wednesday, ahead)?,
            Edge::Middle => plus_days(first, half)?,
        })
    }

    fn nth(&self, n: i8, what: Counted, of: Of) -> Option<Date> {
        let month = |ahead: i32| {
            let first = plus_months(self.today.first_of_month(), ahead)?;
            nth_in_month(first, n, what)
        };
        match of {
            Of::Soonest => (0..14).filter_map(month).find(|date| *date >= self.today),
            Of::MonthsAhead(ahead) => month(ahead),
            Of::Month(named, Some(year)) => nth_in_month(Date::new(year, named, 1).ok()?, n, what),
            Of::Month(named, None) => {
                let year = self.today.year();
                (year..year + 9)
                    .filter_map(|year| nth_in_month(Date::new(year, named, 1).ok()?, n, what))
                    .find(|date| *date >= self.today)
            }
            Of::Year(year) => nth_in_year(year, n, what),
            Of::YearsAhead(ahead) => {
                let year = self.today.year().checked_add(i16::try_from(ahead).ok()?)?;
                nth_in_year(year, n, what)
            }
        }
    }

    /// A holiday of a year, or the next one.
    pub(crate) fn holiday(
        &self,
        holiday: Holiday,
        year: Option<i16>,
        which: Which,
    ) -> Option<Date> {
        if let Some(year) = year {
            return holiday_in(holiday, year);
        }
        let this = self.today.year();
        if which == Which::Last {
            return [this, this - 1]
                .into_iter()
                .filter_map(|year| holiday_in(holiday, year))
                .find(|date| *date < self.today);
        }
        (this..this + 9).filter_map(|year| holiday_in(holiday, year)).find(|date| {
            if which == Which::Next { *date > self.today } else { *date >= self.today }
        })
    }
}

/// A day without a year in a given one.
fn in_year(day: Day, year: i16) -> Day {
    let year = Some(year);
    match day {
        Day::Ymd { month, day, wd, .. } => Day::Ymd { year, month, day, wd },
        Day::Month { month, edge, ahead, .. } => Day::Month { month, year, edge, ahead },
        other => other,
    }
}

pub(crate) fn plus_days(date: Date, days: i32) -> Option<Date> {
    date.checked_add(Span::new().try_days(days).ok()?).ok()
}

pub(crate) fn plus_months(date: Date, months: i32) -> Option<Date> {
    date.checked_add(Span::new().try_months(months).ok()?).ok()
}

/// Working days that are counted one by one; past them a text means something else.
const WORKDAYS_MAX: u32 = 2_000;

/// A day plus a calendar length; working days skip Saturday and Sunday.
pub(crate) fn plus(date: Date, dur: Dur) -> Option<Date> {
    let mut date = plus_days(plus_months(date, dur.months)?, dur.days)?;
    let step = if dur.workdays < 0 { -1 } else { 1 };
    let steps = Some(dur.workdays.unsigned_abs()).filter(|days| *days <= WORKDAYS_MAX)?;
    for _ in 0..steps {
        loop {
            date = plus_days(date, step)?;
            if !matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday) {
                break;
            }
        }
    }
    Some(date)
}

fn nth_in_month(first: Date, n: i8, what: Counted) -> Option<Date> {
    let same = |date: &Date| date.month() == first.month() && date.year() == first.year();
    match what {
        Counted::Wd(wd) => first.nth_weekday_of_month(n, wd).ok(),
        Counted::Weekend => first.nth_weekday_of_month(n, Weekday::Saturday).ok(),
        Counted::Day if n > 0 => plus_days(first, i32::from(n) - 1).filter(same),
        Counted::Day => plus_days(first.last_of_month(), i32::from(n) + 1).filter(same),
        Counted::Week if n > 0 => plus_days(first, 7 * (i32::from(n) - 1)).filter(same),
        Counted::Week => plus_days(first.last_of_month(), -6),
        Counted::Workday => {
            let (edge, step) = if n > 0 { (first, 1) } else { (first.last_of_month(), -1) };
            (0..31)
                .filter_map(|at| plus_days(edge, at * step))
                .filter(|date| !matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday))
                .nth(usize::from(n.unsigned_abs()).saturating_sub(1))
                .filter(same)
        }
    }
}

fn nth_in_year(year: i16, n: i8, what: Counted) -> Option<Date> {
    let edge = Date::new(year, if n > 0 { 1 } else { 12 }, 1).ok()?;
    nth_in_month(edge, n, what)
}

/// A holiday of one year.
pub(crate) fn holiday_in(holiday: Holiday, year: i16) -> Option<Date> {
    match holiday {
        Holiday::Fixed(month, day) => Date::new(year, month, day).ok(),
        Holiday::Nth(n @ (40 | 41), _, month) => {
            let fourth = Date::new(year, month, 1).ok()?.nth_weekday_of_month(4, Weekday::Thursday);
            plus_days(fourth.ok()?, if n == 40 { 1 } else { 4 })
        }
        Holiday::Nth(n, wd, month) => {
            Date::new(year, month, 1).ok()?.nth_weekday_of_month(n, wd).ok()
        }
        Holiday::Easter(days) => plus_days(easter(year)?, i32::from(days)),
    }
}

/// Easter Sunday by the anonymous Gregorian computus (Meeus, Astronomical Algorithms, ch. 8).
fn easter(year: i16) -> Option<Date> {
    let y = i32::from(year);
    let (a, b, c) = (y % 19, y / 100, y % 100);
    let (d, e) = (b / 4, b % 4);
    let g = (8 * b + 13) / 25;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let n = h + l - 7 * m + 114;
    Date::new(year, i8::try_from(n / 31).ok()?, i8::try_from(n % 31 + 1).ok()?).ok()
}
