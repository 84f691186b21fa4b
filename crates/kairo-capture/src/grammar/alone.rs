//! Moments of a fixed wording that need no company: "in 2027", "right now", "the next 3 days".
//!
//! **Invariant:** each is read only where nothing can go on with it.

use super::Scan;
use crate::ast::{Day, Dur, Lead, Match, Moment, Said, Strength, WhenSaid};
use crate::words::{W, among, listed, lists};

impl Scan<'_> {
    /// "in 2027".
    pub(crate) fn year_alone(&self, i: usize) -> Option<Match> {
        let lead = match self.word(i) {
            W::In => Lead::In,
            W::By | W::Before => Lead::By,
            _ => return None,
        };
        let (year, 4) = self.num(i + 1)? else { return None };
        let year = i16::try_from(year).ok()?;
        let near = (self.today.year()..=self.today.year() + 15).contains(&year);
        let ends = self.can_end(i + 2) && (self.tok(i + 2).is_none() || !self.is_word(i + 2));
        if !near || !ends {
            return None;
        }
        let from = Moment { day: Some(Day::Year(year)), ..Moment::default() };
        let said = WhenSaid { lead, from, to: None, lasting: None, offset: None };
        Some(Match {
            from: i,
            to: i + 2,
            said: Said::When(Box::new(said)),
            strength: Strength::Strong,
        })
    }

    /// "now" by itself.
    pub(crate) fn now(&self, i: usize) -> Option<Match> {
        let right = self.lower(i) == "right" || self.lower(i) == "just";
        let at = i + usize::from(right);
        let whole = self.is(at, W::Now) && self.tok(at + 1).is_none();
        let small = self.slice(at) == "now" && (right || i == 0);
        if !whole || !small || self.lower(i) == "just" {
            return None;
        }
        let from = Moment { from_now: Some(Dur::default()), ..Moment::default() };
        let said = WhenSaid { lead: Lead::None, from, to: None, lasting: None, offset: None };
        Some(Match {
            from: i,
            to: at + 1,
            said: Said::When(Box::new(said)),
            strength: Strength::Strong,
        })
    }

    /// "call back in 20": minutes, where the text says something to do and nothing else can be
    /// meant; a round number alone, since "in 3" counts anything.
    pub(crate) fn minutes_alone(&self, i: usize) -> Option<Match> {
        let (minutes, to) = self.whole(i + 1).filter(|_| self.is(i, W::In))?;
        let round = (5..60).contains(&minutes) && minutes.is_multiple_of(5);
        let done = |at: usize| {
            let word = self.lower(at);
            listed(lists::VERBS, word)
                || among(lists::EVENTS, word)
                || matches!(word, "be" | "back")
        };
        let ends = i > 0 && self.tok(to).is_none() && done(0);
        let opens = i == 0 && self.tok(to + 1).is_some() && listed(lists::VERBS, self.lower(to));
        if !round || !(ends || opens) || self.glued(to) {
            return None;
        }
        let from_now = Some(Dur { seconds: i64::from(minutes) * 60, ..Dur::default() });
        let from = Moment { from_now, guessed: true, ..Moment::default() };
        let said = WhenSaid { lead: Lead::In, from, to: None, lasting: None, offset: None };
        let said = Said::When(Box::new(said));
        Some(Match { from: i, to, said, strength: Strength::Strong })
    }

    /// "the next 3 days", "over the next two weeks": a range from today.
    pub(crate) fn next_days(&self, i: usize) -> Option<Match> {
        let led = matches!(self.word(i), W::In | W::Over | W::For | W::Within | W::During);
        let at = i + usize::from(led);
        let at = at + usize::from(self.is(at, W::The));
        if !self.is(at, W::Next) && !self.is(at, W::Coming) {
            return None;
        }
        let (dur, next) = self.duration(at + 1)?;
        let plural =
            matches!(self.word(next.saturating_sub(1)), W::Units(_) | W::Workdays | W::Weekends);
        if dur.is_clock() || !plural || !self.can_end(next) || self.unit(next).is_some() {
            return None;
        }
        let from = Moment { day: Some(Day::Rel(1)), ..Moment::default() };
        let to = Moment { day: Some(Day::In(dur)), ..Moment::default() };
        let lead = if led { Lead::On } else { Lead::None };
        let said = WhenSaid { lead, from, to: Some(to), lasting: None, offset: None };
        Some(Match {
            from: i,
            to: next,
            said: Said::When(Box::new(said)),
            strength: Strength::Strong,
        })
    }
}
