//! Zones behind a time: abbreviations, offsets, and places ("London time").
//!
//! **Invariant:** a zone is read only behind a clock time, so that a place's name stays a name.

use super::{Found, Scan};
use crate::ast::ZoneName;
use crate::model::place_zone;
use crate::words::{W, lists};

/// Most words that the name of a place has.
const PLACE_WORDS_MAX: usize = 3;

impl Scan<'_> {
    /// A zone behind a time ("CET", "UTC+2", "Eastern time").
    pub(super) fn zone(&self, i: usize) -> Found<ZoneName> {
        if self.glued(i) && self.lower(i) == "z" {
            return Some((ZoneName::Iana("UTC".to_owned()), i + 1));
        }
        if self.glued(i) && (self.sep(i, '+') || self.sep(i, '-')) {
            // "3-2" is a range or a score; an offset stands behind minutes or a half of the day.
            let bare = self.prev(i).filter(|at| self.num(*at).is_some_and(|(_, width)| width < 3));
            let bare = bare.is_some_and(|at| !self.prev(at).is_some_and(|at| self.sep(at, ':')));
            let (offset, next) = self.offset(i).filter(|_| !(bare && self.sep(i, '-')))?;
            let after_seconds = self.sep(next.saturating_sub(2), ':') || next == i + 2;
            return after_seconds.then_some((ZoneName::Offset(offset), next));
        }
        let abbreviated = lists::ZONES.iter().any(|(name, _)| *name == self.lower(i));
        if let Some(found) = self.place_time(i).filter(|_| !abbreviated) {
            return Some(found);
        }
        let at = if self.sep(i, '(') { i + 1 } else { i };
        let lower = self.lower(at);
        let (_, iana) = lists::ZONES.iter().find(|(name, _)| *name == lower)?;
        let upper = self.slice(at).chars().all(char::is_uppercase);
        let time = self.is(at + 1, W::Time);
        if !upper && lower.len() < 3 && !time
            || (lower.len() > 4 && !time && at == i && !self.zone_closes(at))
        {
            return None;
        }
        let mut next = if time { at + 2 } else { at + 1 };
        if matches!(lower, "utc" | "gmt") && (self.sep(next, '+') || self.sep(next, '-')) {
            let (offset, after) = self.offset(next)?;
            return Some((ZoneName::Offset(offset), after));
        }
        if at > i {
            next = if self.sep(next, ')') { next + 1 } else { return None };
        }
        Some((ZoneName::Iana((*iana).to_owned()), next))
    }

    /// "+2", "+02:00", "-0530".
    fn offset(&self, i: usize) -> Found<i32> {
        let sign = if self.sep(i, '-') { -1 } else { 1 };
        let (value, width) = self.num(i + 1).filter(|_| self.glued(i + 1))?;
        let value = i32::try_from(value).ok()?;
        if width == 4 {
            return Some((sign * (value / 100 * 60 + value % 100), i + 2));
        }
        if width > 2 || value > 14 {
            return None;
        }
        if self.sep(i + 2, ':')
            && let Some((minutes @ 0..=59, 2)) = self.num(i + 3)
        {
            return Some((sign * (value * 60 + i32::try_from(minutes).ok()?), i + 4));
        }
        Some((sign * value * 60, i + 2))
    }

    /// Whether a zone's word in lower case ("2pm eastern") can be nothing else: it follows a half
    /// of the day and no noun follows it.
    fn zone_closes(&self, at: usize) -> bool {
        let noun = self.is_word(at + 1) && self.word(at + 1) == W::None;
        let meridiem = matches!(self.word_before(at), W::Am | W::Pm | W::Noon);
        self.tok(at).is_some_and(|tok| tok.capital) || (meridiem && !noun)
    }

    /// "London time", "New York time".
    fn place_time(&self, i: usize) -> Found<ZoneName> {
        let words = (1..=PLACE_WORDS_MAX).find(|words| self.is(i + words, W::Time))?;
        let named = (i..i + words).all(|at| self.is_word(at) && !self.glued(at));
        let name: Vec<&str> = (i..i + words).map(|at| self.lower(at)).collect();
        let zone = place_zone(&name.join(" ")).filter(|_| named)?;
        Some((ZoneName::Iana(zone.to_owned()), i + words + 1))
    }
}
