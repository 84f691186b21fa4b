//! Dates in digits: ISO, slashed, dotted, dashed.
//!
//! **Invariant:** a form that is also a fraction, a score or a version ("1/2", "3-2", "2.10") is
//! given as weak, and the caller asks for company.

use super::{Found, Scan};
use crate::ast::Day;
use crate::lex::Kind;
use crate::words::{W, among, listed, lists, namings};

/// A date in digits, and whether it needs no company.
pub(super) struct InDigits {
    pub(super) day: Day,
    pub(super) sure: bool,
}

impl Scan<'_> {
    /// A date made of digits.
    pub(super) fn digits_date(&self, i: usize) -> Found<InDigits> {
        if !self.can_begin(i) {
            return None;
        }
        let (first, width) = self.num(i)?;
        if width == 8 {
            return self.compact_date(first, i);
        }
        let mark = match self.tok(i + 1)?.kind {
            Kind::Sep(c @ ('-' | '/' | '.')) => c,
            _ => return None,
        };
        if !self.glued(i + 1) || !self.glued(i + 2) {
            return None;
        }
        if width == 4 {
            return self.year_first(first, mark, i);
        }
        self.two_or_three(first, width, mark, i)
    }

    /// The word before a number that may label it ("version 2.10", "v 2", "ratio of 3").
    pub(super) fn label_before(&self, i: usize) -> &str {
        let before = self.lower_before(i);
        if matches!(before, "of" | "is" | "are" | "was" | "were" | "'s") {
            return self.prev(i).map_or("", |at| self.lower_before(at));
        }
        before
    }

    /// Whether the word before a number makes it a label, a verse or a version.
    pub(super) fn labelled(&self, i: usize) -> bool {
        let before = self.label_before(i);
        let book = |at: usize| {
            let read = among(lists::READING, self.lower_before(at));
            at == 0 || read || self.num(at - 1).is_some()
        };
        listed(lists::LABELS, before)
            || (among(lists::BOOKS, before) && self.prev(i).is_some_and(book))
    }

    /// "bump node from 20.11 to 22.3": a word of software before a change between two versions.
    pub(super) fn between_versions(&self, i: usize) -> bool {
        let before = |words: std::ops::Range<usize>| {
            words.into_iter().any(|at| {
                let word = self.lower(at);
                listed(lists::LABELS, word) || among(namings::VERSIONING, word)
            })
        };
        matches!(self.word_before(i), W::From | W::To) && before(i.saturating_sub(6)..i)
    }

    fn compact_date(&self, value: u32, i: usize) -> Found<InDigits> {
        if self.labelled(i) {
            return None;
        }
        let (year, month, day) = (value / 10_000, value / 100 % 100, value % 100);
        let day = ymd(year, month, day).filter(|_| (1970..=2100).contains(&year))?;
        self.can_end(i + 1).then_some((InDigits { day, sure: true }, i + 1))
    }

    fn year_first(&self, year: u32, mark: char, i: usize) -> Found<InDigits> {
        if !(1900..=2199).contains(&year) {
            return None;
        }
        let (month, _) = self.num(i + 2).filter(|(_, width)| *width <= 2)?;
        let same = self.sep(i + 3, mark) && self.glued(i + 3) && self.glued(i + 4);
        let (day, _) = self.num(i + 4).filter(|(_, width)| same && *width <= 2)?;
        let day = ymd(year, month, day)?;
        let next = i + 5;
        let time_follows = self.glued(next) && self.lower(next) == "t";
        (time_follows || self.can_end(next)).then_some((InDigits { day, sure: true }, next))
    }

    fn two_or_three(&self, first: u32, width: u8, mark: char, i: usize) -> Found<InDigits> {
        let (second, second_width) = self.num(i + 2).filter(|(_, width)| *width <= 2)?;
        if width > 2 {
            return None;
        }
        let third = (self.sep(i + 3, mark) && self.glued(i + 3) && self.glued(i + 4))
            .then(|| self.num(i + 4))
            .flatten();
        if let Some((year, year_width)) = third {
            let year = match (year_width, year) {
                (4, 1900..=2199) => year,
                (2, _) => 2000 + year,
                _ => return None,
            };
            let next = i + 5;
            if year_width == 2 && self.labelled(i) {
                return None;
            }
            if listed(lists::UNITS_OF_THINGS, self.lower(next)) {
                return None;
            }
            let version = mark == '.' && year_width == 2 && (width == 1 && second_width == 1);
            let day = numeric(first, second, i16::try_from(year).ok())?;
            let ok = self.can_end(next) && !self.sep_glued(next, mark);
            return ok.then_some((InDigits { day, sure: !version }, next));
        }
        if self.labelled(i) || (mark == '.' && self.between_versions(i)) {
            return None;
        }
        self.without_year(first, second, second_width, mark, i)
    }

    fn sep_glued(&self, i: usize, c: char) -> bool {
        self.sep(i, c) && self.glued(i) && self.glued(i + 1)
    }

    fn without_year(
        &self,
        first: u32,
        second: u32,
        second_width: u8,
        mark: char,
        i: usize,
    ) -> Found<InDigits> {
        let day = numeric(first, second, None)?;
        if mark == '.' && second > 12 {
            return None;
        }
        let day = match day {
            Day::Numeric { first, second, .. } if mark == '.' => {
                Day::Ymd { year: None, month: second, day: first, wd: None }
            }
            day => day,
        };
        let mut next = i + 3;
        if mark == '.' && self.sep(next, '.') && self.glued(next) && !self.glued(next + 1) {
            next += 1;
            let sure = self.tok(next).is_some();
            return Some((InDigits { day, sure }, next));
        }
        let ranged = mark == '/'
            && self.sep(next, '-')
            && self.num(next + 1).is_some()
            && self.sep(next + 2, '/');
        if !(self.can_end(next) || ranged) || mark == '-' {
            return None;
        }
        let lead = self.word_before(i);
        let long = second_width == 2 || first >= 10;
        let led = i == 0
            || matches!(lead, W::On | W::By | W::Due | W::Until | W::Before | W::After | W::Wd(..))
            || (long && matches!(lead, W::From | W::To | W::Through | W::Starting));
        if mark == '.' && !led {
            return None;
        }
        let percent = self.sep(next, '%') || self.sep(next, '°');
        let thing = listed(lists::UNITS_OF_THINGS, self.lower(next));
        let fraction = first < second && first <= 3 && second <= 8 && second_width == 1;
        let whole = first == second;
        let always = first == 24 && second == 7;
        if percent || thing || always {
            return None;
        }
        Some((InDigits { day, sure: mark == '/' && !fraction && !whole }, next))
    }

    /// "2026 Dec 14".
    pub(super) fn year_month_day(&self, i: usize) -> Found<super::day::DayFound> {
        let (year @ 1900..=2199, 4) = self.num(i)? else { return None };
        let year = i16::try_from(year).ok()?;
        let (mut found, next) = self.month_day(i + 1)?;
        let Day::Ymd { year: said @ None, .. } = &mut found.day else { return None };
        *said = Some(year);
        Some((found, next))
    }

    /// Whether a year stands at a place: "2027", "'27", or ", 2027".
    pub(super) fn year(&self, i: usize) -> Found<i16> {
        let at = if self.sep(i, ',') || self.is(i, W::Of) { i + 1 } else { i };
        if let Some((year @ 1900..=2199, 4)) = self.num(at)
            && self.can_end(at + 1)
            && !self.followed_by_clock(at + 1)
        {
            return Some((i16::try_from(year).ok()?, at + 1));
        }
        if at == i
            && (self.sep(i, '\'') || self.sep(i, '’'))
            && let Some((year, 2)) = self.num(i + 1)
        {
            return Some((i16::try_from(2000 + year).ok()?, i + 2));
        }
        None
    }

    /// Whether a number before `i` is the beginning of a clock time.
    pub(super) fn followed_by_clock(&self, i: usize) -> bool {
        let meridiem = matches!(self.word(i), W::Am | W::Pm | W::Oclock)
            || (self.glued(i) && matches!(self.lower(i), "p" | "a" | "h"));
        meridiem
            || (self.sep(i, ':') && self.glued(i) && self.glued(i + 1) && self.num(i + 1).is_some())
    }
}

fn ymd(year: u32, month: u32, day: u32) -> Option<Day> {
    let year = i16::try_from(year).ok()?;
    let (month, day) = (i8::try_from(month).ok()?, i8::try_from(day).ok()?);
    jiff::civil::Date::new(year, month, day).ok()?;
    Some(Day::Ymd { year: Some(year), month, day, wd: None })
}

/// Two numbers of which one can be a month and the other a day.
fn numeric(first: u32, second: u32, year: Option<i16>) -> Option<Day> {
    let fits = |month: u32, day: u32| (1..=12).contains(&month) && (1..=31).contains(&day);
    if !fits(first, second) && !fits(second, first) {
        return None;
    }
    let (first, second) = (i8::try_from(first).ok()?, i8::try_from(second).ok()?);
    Some(Day::Numeric { first, second, year, wd: None })
}
