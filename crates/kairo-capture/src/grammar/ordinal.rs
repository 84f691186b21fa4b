//! Ordinals as days: "the 15th", "last day of the month", "third Tuesday of May".
//!
//! **Invariant:** an ordinal before a thing ("2nd floor") is never a day.

use super::day::{DayFound, sure};
use super::{Found, Scan};
use crate::ast::{Counted, Day, Of};
use crate::lex::Kind;
use crate::words::{Form, Unit, W, among, listed, lists};

impl Scan<'_> {
    /// "the 15th", "the 5th of next month"; the caller judges whether it may stand.
    pub(super) fn day_of_month(&self, i: usize) -> Found<DayFound> {
        let article = self.is(i, W::The);
        let at = if article { i + 1 } else { i };
        let (day, next) = self.ordinal(at).filter(|(day, _)| (1..=31).contains(day))?;
        let day = i8::try_from(day).ok()?;
        if let Some((of, after)) = self.of_month(next) {
            return sure(Day::Dom { day, wd: None, of }, after);
        }
        let digits = matches!(self.tok(at)?.kind, Kind::Ord(_));
        let standing = (article || digits) && self.ordinal_stands(i, next, digits);
        standing.then_some((
            DayFound {
                day: Day::Dom { day, wd: None, of: Of::Soonest },
                sure: digits && (article || self.closes(i, next)),
            },
            next,
        ))
    }

    /// Whether a bare "17th" ends the text, and is no rank ("came 2nd").
    fn closes(&self, i: usize, next: usize) -> bool {
        let ranks = ["placed", "finished", "came", "ranked", "in", "is", "was"];
        self.tok(next).is_none() && i > 0 && !among(&ranks, self.lower_before(i))
    }

    /// Whether "the 2nd" is no "2nd floor": by what leads it in and what follows.
    fn ordinal_stands(&self, i: usize, next: usize, digits: bool) -> bool {
        let led = matches!(
            self.word_before(i),
            W::On
                | W::By
                | W::Due
                | W::Before
                | W::Until
                | W::From
                | W::After
                | W::Starting
                | W::Through
                | W::To
                | W::Between
                | W::And
                | W::Since
                | W::For
                | W::Is
        );
        let Some(after) = self.tok(next).filter(|_| !self.dismissed_time(next)) else {
            return digits || led;
        };
        if !matches!(after.kind, Kind::Word) {
            return digits
                && (led || !after.glued || matches!(after.kind, Kind::Sep(',' | '.' | ';')));
        }
        let lower = self.lower(next);
        if among(lists::ORDINAL_NOUNS, lower) && !matches!(after.word, W::And) {
            return false;
        }
        let known = !matches!(after.word, W::None | W::Nth(_) | W::Unit(_) | W::Units(_));
        let verb = listed(lists::VERBS, lower);
        if led { known || verb || i <= 1 } else { known && digits && !matches!(after.word, W::Of) }
    }

    /// "of May 2027", "of next month", "of the month" behind an ordinal.
    pub(super) fn of_month(&self, i: usize) -> Found<Of> {
        let led = matches!(self.word(i), W::Of | W::In);
        let at = if led { i + 1 } else { i };
        let at_word = if self.is(at, W::The) { at + 1 } else { at };
        if led && let Some(((month, _), next)) = self.month(at) {
            let (year, after) = self.year_after(next, false);
            return Some((Of::Month(month, year), after));
        }
        let month = |at: usize| self.is(at, W::Unit(Unit::Month));
        let year = |at: usize| self.is(at, W::Unit(Unit::Year));
        match self.word(at_word) {
            W::Unit(Unit::Month) if led => Some((Of::Soonest, at_word + 1)),
            W::This if month(at_word + 1) => Some((Of::MonthsAhead(0), at_word + 2)),
            W::Next | W::Following | W::Coming if month(at_word + 1) => {
                Some((Of::MonthsAhead(1), at_word + 2))
            }
            W::Last if month(at_word + 1) && led => Some((Of::MonthsAhead(-1), at_word + 2)),
            W::Unit(Unit::Year) if led => Some((Of::YearsAhead(0), at_word + 1)),
            W::This if led && year(at_word + 1) => Some((Of::YearsAhead(0), at_word + 2)),
            W::Next if led && year(at_word + 1) => Some((Of::YearsAhead(1), at_word + 2)),
            _ if led => {
                let (year, next) = self.year(at)?;
                Some((Of::Year(year), next))
            }
            _ => None,
        }
    }

    /// "third Tuesday of September", "last day of the month", "first Monday in May 2027".
    pub(super) fn nth(&self, i: usize) -> Found<Day> {
        let at = if self.is(i, W::The) { i + 1 } else { i };
        let (n, next) = self.position(at)?;
        let (what, next) = self.counted(next)?;
        let (of, after) = self.of_month(next)?;
        Some((Day::Nth { n, what, of }, after))
    }

    /// 1 to 5, or -1 for "last", -2 for "second to last".
    pub(super) fn position(&self, i: usize) -> Found<i8> {
        if self.is(i, W::Last) {
            return Some((-1, i + 1));
        }
        let (n, next) = self.ordinal(i)?;
        let n = i8::try_from(n).ok().filter(|n| (1..=31).contains(n))?;
        if self.is(next, W::Last) {
            return Some((-n, next + 1));
        }
        let dash = |at: usize| if self.sep(at, '-') { at + 1 } else { at };
        let to = dash(next);
        if self.is(to, W::To) && self.is(dash(to + 1), W::Last) {
            return Some((-n, dash(to + 1) + 1));
        }
        Some((n, next))
    }

    pub(super) fn counted(&self, i: usize) -> Found<Counted> {
        match self.word(i) {
            W::Wd(wd, Form::Full | Form::Short | Form::Weak) => Some((Counted::Wd(wd), i + 1)),
            W::Unit(Unit::Day) => Some((Counted::Day, i + 1)),
            W::Unit(Unit::Workday) => Some((Counted::Workday, i + 1)),
            W::Unit(Unit::Week) => Some((Counted::Week, i + 1)),
            W::Unit(Unit::Weekend) => Some((Counted::Weekend, i + 1)),
            _ => match self.unit(i) {
                Some((Unit::Workday, next)) => Some((Counted::Workday, next)),
                _ => None,
            },
        }
    }
}
