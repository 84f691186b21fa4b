//! Repetitions that say how often rather than when: "twice a week", "at the end of each month",
//! "M-F".
//!
//! **Invariant:** where the words leave the days or the hours open, what is taken is marked as
//! guessed, and words beside it that say them win.

use super::repeat::{WORKDAYS, of_unit, repeat, weekly};
use super::{Found, Scan};
use crate::ast::{Edge, Freq, RepeatSaid};
use crate::lex::Kind;
use crate::words::{Daypart, Often, Unit, W};
use jiff::civil::Weekday::{self, Friday, Monday, Saturday, Sunday, Thursday, Tuesday, Wednesday};

/// Days of a week, spread evenly, by how many of them there are.
const SPREAD: [&[Weekday]; 7] = [
    &[],
    &[],
    &[Monday, Thursday],
    &[Monday, Wednesday, Friday],
    &[Monday, Tuesday, Thursday, Friday],
    &WORKDAYS,
    &[Monday, Tuesday, Wednesday, Thursday, Friday, Saturday],
];

/// Hours of a day, spread evenly.
fn hours(n: u32) -> Vec<(Daypart, i8)> {
    let (morning, evening) = ((Daypart::Morning, 0), (Daypart::Evening, 0));
    match n {
        2 => vec![morning, evening],
        3 => vec![morning, (Daypart::Afternoon, 0), evening],
        4 => vec![morning, (Daypart::Noon, 1), (Daypart::Afternoon, 2), evening],
        _ => Vec::new(),
    }
}

impl Scan<'_> {
    /// "twice a week", "3 times per day", "2x/month", "twice daily".
    pub(super) fn times_a(&self, i: usize) -> Found<RepeatSaid> {
        let (n, next) = match self.lower(i) {
            "twice" => (2, i + 1),
            "thrice" => (3, i + 1),
            _ => {
                let (n, next) = self.whole(i)?;
                let x = self.lower(next) == "x";
                (n, if x || self.is(next, W::Times) { next + 1 } else { return None })
            }
        };
        let unit = match self.word(next) {
            W::Often(Often { unit, every: 1 }) => Some((unit, next + 1)),
            _ => {
                let per = self.is(next, W::A)
                    || self.is(next, W::Every)
                    || matches!(self.lower(next), "per")
                    || self.sep(next, '/');
                per.then(|| self.unit(next + 1)).flatten()
            }
        };
        let (unit, next) = unit?;
        let said = spread(n, unit)?;
        let named = match unit {
            Unit::Week => repeat(Freq::Weekly, 1),
            Unit::Month => repeat(Freq::Monthly, 1),
            _ => return Some((said, next)),
        };
        let (named, after) = self.unit_tail(named, next);
        Some(if after > next { (named, after) } else { (said, next) })
    }

    /// "weeknights": evenings from Monday to Friday.
    pub(super) fn weeknights(&self, i: usize) -> Option<RepeatSaid> {
        let named = matches!(self.lower(i), "weeknight" | "weeknights");
        named.then(|| RepeatSaid { part: Some(Daypart::Evening), ..weekly(&WORKDAYS) })
    }

    /// "at the end of every month", "start of each week", "every month end", "every end of month".
    pub(super) fn edge_of_each(&self, i: usize) -> Found<RepeatSaid> {
        let i = i + usize::from(matches!(self.word(i), W::At | W::On | W::By | W::In));
        if self.is(i, W::Every) {
            let at = i + 1;
            if self.is(at, W::Unit(Unit::Month)) {
                let end = at + 1 + usize::from(self.sep(at + 1, '-'));
                return self.is(end, W::End).then(|| edge_rule(Edge::End, Unit::Month, end + 1))?;
            }
            let (edge, at) = self.edge(at)?;
            let at = at + usize::from(self.is(at, W::The));
            let W::Unit(unit) = self.word(at) else { return None };
            return edge_rule(edge, unit, at + 1);
        }
        let (edge, at) = self.edge(i)?;
        let W::Unit(unit) = self.word(at + 1) else { return None };
        if !self.is(at, W::Every) {
            return None;
        }
        edge_rule(edge, unit, at + 2)
    }

    /// "M-F", "M/W/F", "Tu/Th" before a clock time: letters alone may mean anything else.
    pub(super) fn day_letters(&self, i: usize) -> Found<RepeatSaid> {
        let (first, mut next) = self.day_letter(i)?;
        let mut days = vec![first];
        if self.sep(next, '-') && self.glued(next) {
            let (last, after) = self.day_letter(next + 1)?;
            let mut day = first;
            while day != last && days.len() < 7 {
                day = day.next();
                days.push(day);
            }
            next = after;
        }
        while days.len() < 7 && self.sep(next, '/') && self.glued(next) {
            let (day, after) = self.day_letter(next + 1)?;
            days.push(day);
            next = after;
        }
        let timed = self.clock_near(next) || self.is(i.wrapping_sub(1), W::Every);
        (days.len() > 1 && timed).then(|| (weekly(&days), next))
    }

    fn day_letter(&self, i: usize) -> Found<Weekday> {
        let tok = self.tok(i).filter(|tok| tok.kind == Kind::Word && tok.capital)?;
        let day = match self.text.get(tok.start..tok.end)? {
            "M" | "Mo" => Monday,
            "T" | "Tu" => Tuesday,
            "W" | "We" => Wednesday,
            "Th" | "R" => Thursday,
            "F" | "Fr" => Friday,
            "Sa" => Saturday,
            "Su" => Sunday,
            _ => return None,
        };
        Some((day, i + 1))
    }
}

/// So many times within a unit, spread evenly.
fn spread(n: u32, unit: Unit) -> Option<RepeatSaid> {
    let days = |days: &[i8]| RepeatSaid { month_days: days.to_vec(), ..repeat(Freq::Monthly, 1) };
    let whole = |of: u32| of.checked_rem(n).filter(|rest| *rest == 0).and(of.checked_div(n));
    let said = match (unit, n) {
        (unit, 1) => return of_unit(unit),
        (Unit::Day, 2..=4) => RepeatSaid { hours: hours(n), ..repeat(Freq::Daily, 1) },
        (Unit::Day, n) => repeat(Freq::Hourly, (12 / n.max(1)).max(1)),
        (Unit::Week, 2..=6) => weekly(SPREAD.get(usize::try_from(n).ok()?)?),
        (Unit::Week, 7) => repeat(Freq::Daily, 1),
        (Unit::Month, 2) => days(&[1, 15]),
        (Unit::Month, 3) => days(&[1, 11, 21]),
        (Unit::Month, 4) => days(&[1, 8, 15, 22]),
        (Unit::Year, _) => repeat(Freq::Monthly, whole(12)?),
        (Unit::Hour, _) => repeat(Freq::Minutely, whole(60)?),
        _ => return None,
    };
    Some(RepeatSaid { guessed: true, ..said })
}

/// The rule of an edge of every period.
fn edge_rule(edge: Edge, unit: Unit, next: usize) -> Found<RepeatSaid> {
    let monthly = |interval: u32, day: i8| RepeatSaid {
        month_days: vec![day],
        ..repeat(Freq::Monthly, interval)
    };
    let yearly = |month: i8, day: i8| RepeatSaid {
        months: vec![month],
        month_days: vec![day],
        ..repeat(Freq::Yearly, 1)
    };
    let said = match (unit, edge) {
        (Unit::Week, Edge::Start) => weekly(&[Monday]),
        (Unit::Week, Edge::Middle) => weekly(&[Wednesday]),
        (Unit::Week, Edge::End) => weekly(&[Friday]),
        (Unit::Month, Edge::Start) => monthly(1, 1),
        (Unit::Month, Edge::Middle) => monthly(1, 15),
        (Unit::Month, Edge::End) => monthly(1, -1),
        (Unit::Quarter, Edge::Start) => RepeatSaid { months: vec![1, 4, 7, 10], ..monthly(1, 1) },
        (Unit::Quarter, Edge::End) => RepeatSaid { months: vec![3, 6, 9, 12], ..monthly(1, -1) },
        (Unit::Year, Edge::Start) => yearly(1, 1),
        (Unit::Year, Edge::End) => yearly(12, 31),
        _ => return None,
    };
    Some((said, next))
}
