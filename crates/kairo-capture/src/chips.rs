//! The chips of a saying: which of its words are the day and which the hour, and what each shows.
//!
//! - "tomorrow at 8" is two chips, "by Friday 5pm" too; each can be dismissed alone.
//! - One chip, [`Field::Day`], where the day and the hour cannot be told apart: one word says both
//!   ("tonight", "in 2 hours"), they are written as one ("2026-11-24T13:00"), or a range has two of
//!   either ("Monday 9am to Tuesday 5pm"). The day is the main thing there, since it decides where
//!   the item stands; its text shows the hour too.
//! - Beside a repetition the words of a day bound the series, so they are [`Field::Repeat`].
//!
//! **Invariant:** the chips of a saying are in order, do not overlap, and leave nothing of it out
//! but a comma, a dash or a bracket between them.

use crate::ast::{Aspect, Match, Part, WhenSaid};
use crate::grammar::Scan;
use crate::label;
use crate::model::{Alternative, Field, Recurrence, Span, When};
use crate::timing::Others;
use jiff::civil::{Date, Time};

/// Words of a saying and what they were understood as.
#[derive(Debug, Clone)]
pub(crate) struct Chip {
    pub(crate) span: Span,
    pub(crate) field: Field,
    pub(crate) text: String,
    pub(crate) alternatives: Vec<Alternative>,
}

/// A saying with what it came to.
pub(crate) struct Saying<'a> {
    pub(crate) scan: &'a Scan<'a>,
    pub(crate) one: &'a Match,
    pub(crate) said: &'a WhenSaid,
    pub(crate) when: &'a When,
    pub(crate) recurrence: Option<&'a Recurrence>,
    pub(crate) reference: Date,
    /// Every hour of a list of hours; empty where there is no list.
    pub(crate) hours: Vec<Time>,
    /// Whether another saying of the same moment says the hour ("tonight ... at 8").
    pub(crate) hour_elsewhere: bool,
}

/// What a chip is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shown {
    One(Aspect),
    /// A day and an hour in the same words.
    Both,
}

impl Saying<'_> {
    /// The chips; each takes the other readings of its own words.
    pub(crate) fn chips(&self, others: &mut Others) -> Vec<Chip> {
        let parts = self.parts().into_iter();
        parts.filter_map(|(shown, from, to)| self.chip(shown, from, to, others)).collect()
    }

    fn parts(&self) -> Vec<(Shown, usize, usize)> {
        let whole = |shown: Shown| vec![(shown, self.one.from, self.one.to)];
        match self.said.from.parts.as_slice() {
            [] if self.said.from.hour.is_some() || self.said.from.from_now.is_some() => {
                whole(Shown::Both)
            }
            [] => whole(Shown::One(Aspect::Day)),
            [Part { aspect: Aspect::Day, .. }]
                if self.said.from.part.is_some() || self.said.from.hour.is_some() =>
            {
                whole(if self.hour_elsewhere { Shown::One(Aspect::Day) } else { Shown::Both })
            }
            [part] => whole(Shown::One(part.aspect)),
            parts if self.separable(parts) => {
                let last = parts.len() - 1;
                let edge = |(at, part): (usize, &Part)| {
                    let from = if at == 0 { self.one.from } else { part.from };
                    let to = if at == last { self.one.to } else { part.to };
                    (Shown::One(part.aspect), from, to)
                };
                parts.iter().enumerate().map(edge).collect()
            }
            _ => whole(Shown::Both),
        }
    }

    /// Whether each part can be taken back alone: no two of one kind, and none written in one word
    /// with the part before it.
    fn separable(&self, parts: &[Part]) -> bool {
        let alone = |(at, part): (usize, &Part)| {
            let alike = parts.iter().filter(|other| other.aspect == part.aspect).count() == 1;
            let end = at.checked_sub(1).and_then(|at| parts.get(at)).map(|before| before.to);
            let glued = end == Some(part.from) && self.scan.glued(part.from);
            alike && !glued
        };
        parts.iter().enumerate().all(alone)
    }

    fn chip(&self, shown: Shown, from: usize, to: usize, others: &mut Others) -> Option<Chip> {
        let start = self.scan.tok(from)?.start;
        let span = Span { start, end: self.scan.tok(to.checked_sub(1)?)?.end };
        let raw = || self.scan.text.get(span.start..span.end).unwrap_or("").to_owned();
        let series = self.recurrence.is_some();
        let (field, text) = match shown {
            Shown::One(Aspect::Zone) => (Field::Zone, raw()),
            Shown::One(Aspect::Lasting) => {
                let text = self.said.lasting.map_or_else(raw, label::length);
                (Field::Estimate, text)
            }
            Shown::One(Aspect::Hour) => (Field::Hour, self.hour().unwrap_or_else(raw)),
            _ if series => (Field::Repeat, raw()),
            Shown::One(Aspect::Day) => (Field::Day, self.day()),
            Shown::Both => (Field::Day, label::when(self.when, self.reference)),
        };
        let mut alternatives = Vec::new();
        if matches!(shown, Shown::One(Aspect::Day) | Shown::Both) {
            alternatives.append(&mut others.day);
        }
        if matches!(shown, Shown::One(Aspect::Hour) | Shown::Both) {
            alternatives.append(&mut others.hour);
        }
        Some(Chip { span, field, text, alternatives })
    }

    fn day(&self) -> String {
        let first = self.when.start.date();
        let to_day = self.said.to.as_ref().is_some_and(|to| to.day.is_some());
        let ranged = self.when.all_day || to_day || self.said.from.day_end.is_some();
        match self.when.end.map(|end| end.date()).filter(|last| ranged && *last > first) {
            Some(last) => label::days(first, last, self.reference),
            None => label::day_from(first, self.reference),
        }
    }

    /// The clock time or the range; nothing where the series has none.
    fn hour(&self) -> Option<String> {
        let from = &self.said.from;
        let to = self.said.to.as_ref();
        let starts = from.hour.is_some() || from.part.is_some();
        let ends =
            from.hour_end.is_some() || to.is_some_and(|to| to.hour.is_some() || to.part.is_some());
        let start = match self.recurrence {
            Some(recurrence) => recurrence.time?,
            None => self.when.start.time(),
        };
        Some(match self.when.end.filter(|_| ends) {
            None if self.hours.len() > 1 => label::hours(&self.hours),
            Some(end) if starts => label::times(start, end.time()),
            Some(end) => label::time(end.time()),
            None => label::time(start),
        })
    }
}
