//! Repetitions: "every other Friday", "weekly", "on Tuesdays", "last day of each month".
//!
//! **Invariant:** a repetition holds only what its own words say; the start, the end and the clock
//! come from the moments beside it.

use super::{Found, Scan};
use crate::ast::{Counted, Freq, Match, RepeatSaid, Said, Strength};
use crate::words::{Form, Unit, W, among, listed, lists};
use jiff::civil::Weekday;

/// Monday to Friday.
pub(super) const WORKDAYS: [Weekday; 5] =
    [Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday];
/// Saturday and Sunday.
pub(super) const WEEKEND: [Weekday; 2] = [Weekday::Saturday, Weekday::Sunday];

pub(super) fn repeat(freq: Freq, interval: u32) -> RepeatSaid {
    RepeatSaid { freq, interval, ..RepeatSaid::default() }
}

pub(super) fn weekly(days: &[Weekday]) -> RepeatSaid {
    let days = days.iter().map(|day| (0, *day)).collect();
    RepeatSaid { days, ..repeat(Freq::Weekly, 1) }
}

impl Scan<'_> {
    /// A repetition that begins here.
    pub(crate) fn repeat(&self, i: usize) -> Option<Match> {
        if !self.can_begin(i) {
            return None;
        }
        // "repeats monthly" says nothing that "monthly" does not.
        let words = ["repeat", "repeats", "repeating", "recurring", "recurs"];
        if among(&words, self.lower(i)) && !among(&words, self.lower(i + 1)) {
            let found = self.repeat(i + 1)?;
            return Some(Match { from: i, ..found });
        }
        let strong = |(said, to)| (said, to, Strength::Strong);
        let (said, to, strength) = self
            .edge_of_each(i)
            .or_else(|| self.every(i))
            .map(strong)
            .or_else(|| self.of_each_month(i).map(strong))
            .or_else(|| self.times_a(i).map(strong))
            .or_else(|| self.day_letters(i).map(strong))
            .or_else(|| self.on_plural_days(i).map(strong))
            .or_else(|| self.once_a(i).map(strong))
            .or_else(|| self.often(i))?;
        let (said, to) = self.repeat_tail(said, to);
        self.can_end(to).then_some(Match { from: i, to, said: Said::Repeat(said), strength })
    }

    /// "every ...", with "!" for a count from completion.
    fn every(&self, i: usize) -> Found<RepeatSaid> {
        let led = matches!(self.word(i), W::On | W::At | W::In);
        let i = i + usize::from(led);
        if !self.is(i, W::Every) {
            let alternate = self.is(i, W::Alternate);
            let (mut said, next) = self.every_what(i + 1).filter(|_| alternate)?;
            said.interval = 2;
            return Some((said, next));
        }
        let completion = self.sep(i + 1, '!') && self.glued(i + 1);
        let at = i + 1 + usize::from(completion);
        let at = at + usize::from(self.is(at, W::Single));
        let doubled = matches!(self.word(at), W::Other | W::Alternate);
        let (mut said, next) = if doubled {
            let (mut said, next) = self.every_what(at + 1)?;
            said.interval = 2;
            (said, next)
        } else {
            self.every_counted(at).or_else(|| self.every_what(at))?
        };
        said.completion = completion;
        Some((said, next))
    }

    /// "3 days", "third Tuesday", "1st and 15th", "last workday" behind "every".
    fn every_counted(&self, at: usize) -> Found<RepeatSaid> {
        if self.is(at, W::Half) || self.lower(at) == "half" {
            let at = at + 1 + usize::from(self.sep(at + 1, '-') || self.is(at + 1, W::A));
            let hour = self.is(at, W::Unit(Unit::Hour));
            return hour.then(|| (repeat(Freq::Minutely, 30), at + 1));
        }
        if let Some(found) = self.positions(at, false) {
            return Some(found);
        }
        let (n, next) = self.whole(at)?;
        let next = next + usize::from(self.sep(next, '-') && self.glued(next));
        // "every 9 Sept" is a day of each year.
        let dated = self.month(next).is_some();
        if n == 0 || n > crate::limits::INTERVAL_MAX || dated {
            return None;
        }
        let (mut said, after) = self.every_what(next)?;
        said.interval = said.interval.saturating_mul(n).min(crate::limits::INTERVAL_MAX);
        Some((said, after))
    }

    /// What comes behind "every": a unit, days, a month, a part of the day.
    fn every_what(&self, at: usize) -> Found<RepeatSaid> {
        if let Some((days, next)) = self.weekdays(at) {
            if let (true, Some((date @ 1..=31, after))) =
                (self.is(next, W::The), self.ordinal(next + 1))
            {
                // "every Friday the 13th".
                let month_days = vec![i8::try_from(date).ok()?];
                let freq = Freq::Monthly;
                return Some((RepeatSaid { month_days, freq, ..weekly(&days) }, after));
            }
            return Some(self.days_with_part(weekly(&days), next));
        }
        if let Some(said) = self.weeknights(at) {
            return Some((said, at + 1));
        }
        if let Some((holiday, next)) = self.holiday_name(at) {
            return Some((RepeatSaid { holiday: Some(holiday), ..repeat(Freq::Yearly, 1) }, next));
        }
        if let Some(found) = self.every_month_name(at) {
            return Some(found);
        }
        let next = at + 1;
        let glued_unit = self.unit(at);
        let said = match self.word(at) {
            W::Workdays => weekly(&WORKDAYS),
            W::Weekends | W::Unit(Unit::Weekend) => weekly(&WEEKEND),
            W::Part(part) | W::Parts(part) => {
                RepeatSaid { part: Some(part), ..repeat(Freq::Daily, 1) }
            }
            _ => {
                let (unit, next) = glued_unit?;
                if unit == Unit::Workday {
                    return Some(self.days_with_part(weekly(&WORKDAYS), next));
                }
                return Some(self.unit_tail(of_unit(unit)?, next));
            }
        };
        Some(self.days_with_part(said, next))
    }

    /// "morning" behind "every Monday".
    fn days_with_part(&self, mut said: RepeatSaid, next: usize) -> (RepeatSaid, usize) {
        match self.word(next) {
            W::Part(part) | W::Parts(part) if said.part.is_none() => {
                said.part = Some(part);
                (said, next + 1)
            }
            _ => (said, next),
        }
    }

    /// "on Monday and Thursday", "on the 15th", "on the last Friday" behind a unit.
    pub(super) fn unit_tail(&self, mut said: RepeatSaid, next: usize) -> (RepeatSaid, usize) {
        let led = matches!(self.word(next), W::On | W::In) || self.sep(next, ',');
        let at = next + usize::from(led);
        let at = at + usize::from(self.is(at, W::On));
        let at_the = at + usize::from(self.is(at, W::The));
        if said.freq == Freq::Weekly
            && let Some((days, after)) = self.weekdays(at).or_else(|| self.day_groups(at))
        {
            said.days = days.iter().map(|day| (0, *day)).collect();
            return self.days_with_part(said, after);
        }
        if said.freq == Freq::Monthly
            && led
            && let Some((more, after)) = self.positions(at_the, true)
        {
            let interval = said.interval;
            return (RepeatSaid { interval, freq: Freq::Monthly, ..more }, after);
        }
        if said.freq == Freq::Daily && self.is(next, W::Of) && self.is(next + 1, W::The) {
            let week =
                self.is(next + 2, W::Unit(Unit::Week)) || self.is(next + 2, W::Unit(Unit::Month));
            return (said, if week { next + 3 } else { next });
        }
        (said, next)
    }

    /// "weekdays" or "weekends" as days of a week.
    pub(super) fn day_groups(&self, at: usize) -> Found<Vec<Weekday>> {
        match self.word(at) {
            W::Workdays | W::Unit(Unit::Workday) => Some((WORKDAYS.to_vec(), at + 1)),
            W::Weekends | W::Unit(Unit::Weekend) => Some((WEEKEND.to_vec(), at + 1)),
            _ => None,
        }
    }

    /// "March", "March 5th", "5th of March", "Dec 25" behind "every".
    fn every_month_name(&self, at: usize) -> Found<RepeatSaid> {
        let dated = self.month_day(at).or_else(|| self.day_month(at));
        if let Some((found, next)) = dated
            && let crate::ast::Day::Ymd { month, day, .. } = found.day
        {
            let said = RepeatSaid {
                months: vec![month],
                month_days: vec![day],
                ..repeat(Freq::Yearly, 1)
            };
            return Some((said, next));
        }
        let (months, next) = self.month_list(at)?;
        Some((RepeatSaid { months, ..repeat(Freq::Yearly, 1) }, next))
    }

    /// "January", "January and July".
    pub(super) fn month_list(&self, at: usize) -> Found<Vec<i8>> {
        let ((month, _), mut next) = self.month(at)?;
        let mut months = vec![month];
        while let Some(((more, _), after)) = self.joined(next).and_then(|at| self.month(at)) {
            months.push(more);
            next = after;
            if months.len() > 12 {
                return None;
            }
        }
        Some((months, next))
    }

    /// Behind a comma, "and", "&", "/": where the next of a list begins.
    pub(super) fn joined(&self, i: usize) -> Option<usize> {
        let comma = self.sep(i, ',') || self.sep(i, '/') || self.sep(i, '&') || self.sep(i, '+');
        let at = i + usize::from(comma);
        let and = matches!(self.word(at), W::And | W::Or);
        let at = at + usize::from(and);
        let at = at + usize::from(matches!(self.word(at), W::On | W::Every));
        (comma || and).then_some(at + usize::from(self.is(at, W::The)))
    }

    /// A list of weekdays in any form ("mon, wed and fri", "Mon-Fri", "MWF").
    pub(super) fn weekdays(&self, at: usize) -> Found<Vec<Weekday>> {
        if let Some(found) = self.weekday_letters(at) {
            return Some(found);
        }
        let (first, mut next) = self.any_weekday(at)?;
        let mut days = vec![first];
        let mut last = first;
        for _ in 0..7 {
            if let Some(to) = self.range_mark(next)
                && let Some((end, after)) = self.any_weekday(to)
            {
                days.extend(between(last, end));
                (last, next) = (end, after);
                continue;
            }
            let joined = self.joined(next).unwrap_or(next);
            let Some((day, after)) = self.any_weekday(joined) else {
                break;
            };
            days.push(day);
            (last, next) = (day, after);
        }
        let mut unique: Vec<Weekday> = Vec::new();
        for day in days {
            if !unique.contains(&day) {
                unique.push(day);
            }
        }
        Some((unique, next))
    }

    fn any_weekday(&self, at: usize) -> Found<Weekday> {
        let W::Wd(wd, form) = self.word(at) else { return None };
        let short = matches!(form, Form::Short | Form::Weak);
        let dotted =
            short && self.sep(at + 1, '.') && self.glued(at + 1) && self.tok(at + 2).is_some();
        Some((wd, if dotted { at + 2 } else { at + 1 }))
    }

    /// "MWF", "TTh".
    fn weekday_letters(&self, at: usize) -> Found<Vec<Weekday>> {
        use Weekday::{Friday, Monday, Thursday, Tuesday, Wednesday};
        let days = match self.lower(at) {
            "mwf" => vec![Monday, Wednesday, Friday],
            "tth" | "tuth" => vec![Tuesday, Thursday],
            "mw" if self.word_before(at) == W::Every => vec![Monday, Wednesday],
            _ => return None,
        };
        Some((days, at + 1))
    }

    /// "Mondays", "on Tuesdays and Thursdays", "weekdays", "Friday nights".
    fn on_plural_days(&self, i: usize) -> Found<RepeatSaid> {
        let led = matches!(self.word(i), W::On | W::At);
        let at = i + usize::from(led);
        let alternate =
            self.is(at, W::Alternate) || (self.is(at, W::Every) && self.is(at + 1, W::Other));
        let at = at + usize::from(alternate);
        if let Some((days, next)) = self.weekdays(at) {
            let parts = matches!(self.word(next), W::Parts(_));
            let plural = (at..next).any(|at| matches!(self.word(at), W::Wd(_, Form::Plural)));
            let named = among(&["tgi", "tgif"], self.lower_before(at));
            let letters = self.lower(at).len() <= 4 && matches!(self.word(at), W::None);
            let subject = !led && self.is(next, W::Is);
            if !(plural || parts || letters) || named || subject {
                return None;
            }
            let mut said = weekly(&days);
            said.interval = if alternate { 2 } else { 1 };
            return Some(self.days_with_part(said, next));
        }
        if let Some(said) = self.weeknights(at).filter(|_| self.lower(at).ends_with('s')) {
            return Some((said, at + 1));
        }
        match self.word(at) {
            W::Workdays | W::Weekends if self.word_before(at) != W::A => {
                let (days, next) = self.day_groups(at)?;
                let adjective = matches!(self.word_before(i), W::Num(_))
                    || self.prev(i).is_some_and(|at| self.num(at).is_some());
                if adjective || matches!(self.word_before(i), W::Few | W::Couple) {
                    return None;
                }
                Some(self.days_with_part(weekly(&days), next))
            }
            W::Unit(Unit::Workday | Unit::Weekend) if matches!(self.word(at + 1), W::Parts(_)) => {
                let (days, next) = self.day_groups(at)?;
                Some(self.days_with_part(weekly(&days), next))
            }
            _ => None,
        }
    }

    /// "once a week", "once every two months".
    fn once_a(&self, i: usize) -> Found<RepeatSaid> {
        let once = self.is(i, W::Once);
        let per = self.is(i + 1, W::A) || self.lower(i + 1) == "per";
        if once && per {
            let (unit, next) = self.unit(i + 2)?;
            return Some(self.unit_tail(of_unit(unit)?, next));
        }
        if once && self.is(i + 1, W::Every) {
            return self.every(i + 1);
        }
        None
    }

    /// "daily", "every day"; an adjective ("the daily news") is none.
    fn often(&self, i: usize) -> Option<(RepeatSaid, usize, Strength)> {
        let (W::Often(often), mut next) = (self.word(i), i + 1) else { return self.hyphenated(i) };
        let mut said = of_unit(often.unit)?;
        said.interval = often.every;
        if self.lower(i) == "nightly" {
            said.part = Some(crate::words::Daypart::Night);
        }
        let before = self.word_before(i);
        let after = self.tok(next);
        let verb = listed(lists::VERBS, self.lower(next)) && self.tok(next + 1).is_some();
        let noun = self.is_word(next) && matches!(self.word(next), W::None) && !verb;
        let determined = matches!(before, W::The | W::A | W::This | W::Next | W::Last | W::Of)
            || among(&["my", "our", "your", "his", "her", "their"], self.lower_before(i));
        let capitals = self.is_word(next)
            && after.is_some_and(|tok| tok.capital)
            && self.tok(i).is_some_and(|tok| tok.capital);
        let hyphen = self.sep(next, '-') && self.glued(next);
        let plain = self.is_word(next) && matches!(self.word(next), W::None);
        if hyphen || capitals || (plain && determined) || (noun && i > 0) {
            return None;
        }
        (said, next) = self.unit_tail(said, next);
        let strength = if noun && !self.lower(i).ends_with("ally") {
            Strength::Somewhere
        } else {
            Strength::Strong
        };
        Some((said, next, strength))
    }

    /// "bi-weekly".
    fn hyphenated(&self, i: usize) -> Option<(RepeatSaid, usize, Strength)> {
        let prefix = self.lower(i);
        let dashed = self.sep(i + 1, '-');
        let W::Often(often) = self.word(i + 2) else { return None };
        let factor = match prefix {
            "bi" => 2,
            "semi" if often.unit == Unit::Year => 0,
            _ => return None,
        };
        if !dashed {
            return None;
        }
        let mut said = of_unit(if factor == 0 { Unit::Month } else { often.unit })?;
        said.interval = if factor == 0 { 6 } else { often.every * factor };
        let (said, next) = self.unit_tail(said, i + 3);
        Some((said, next, Strength::Strong))
    }

    /// A counted thing as part of a monthly rule.
    pub(super) fn counted_rule(said: &mut RepeatSaid, ns: &[i8], what: Counted) {
        match what {
            Counted::Wd(wd) => said.days.extend(ns.iter().map(|n| (*n, wd))),
            Counted::Day | Counted::Week => said.month_days.extend(ns),
            Counted::Workday => {
                said.days.extend(WORKDAYS.iter().map(|day| (0, *day)));
                said.set_pos = ns.first().copied();
            }
            Counted::Weekend => said.days.extend(ns.iter().map(|n| (*n, Weekday::Saturday))),
        }
    }
}

/// The days behind `from` up to `to`, within one week.
fn between(from: Weekday, to: Weekday) -> Vec<Weekday> {
    let mut days = Vec::new();
    let mut day = from;
    for _ in 0..6 {
        day = day.next();
        days.push(day);
        if day == to {
            break;
        }
    }
    days
}

/// A unit as a frequency.
pub(super) fn of_unit(unit: Unit) -> Option<RepeatSaid> {
    Some(match unit {
        Unit::Second => return None,
        Unit::Minute => repeat(Freq::Minutely, 1),
        Unit::Hour => repeat(Freq::Hourly, 1),
        Unit::Day => repeat(Freq::Daily, 1),
        Unit::Workday => weekly(&WORKDAYS),
        Unit::Week => repeat(Freq::Weekly, 1),
        Unit::Fortnight => repeat(Freq::Weekly, 2),
        Unit::Weekend => weekly(&WEEKEND),
        Unit::Month => repeat(Freq::Monthly, 1),
        Unit::Quarter => repeat(Freq::Monthly, 3),
        Unit::Year => repeat(Freq::Yearly, 1),
        Unit::Decade => repeat(Freq::Yearly, 10),
    })
}
