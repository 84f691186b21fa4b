//! A moment with the words that lead it in, its end, and how long it lasts.
//!
//! **Invariant:** the lead decides the role (due, start, not before) and whether a weak name may
//! stand ("on sat" may, "sat" may not).

use super::{Found, Scan};
use crate::ast::{
    Aspect, Day, Dur, Half, Hour, Lead, Match, Moment, Part, Said, Strength, WhenSaid, add_part,
};
use crate::lex::Kind;
use crate::words::{Form, W, among, listed, lists};

impl Scan<'_> {
    /// A moment that begins here, led in or not.
    pub(crate) fn when(&self, i: usize) -> Option<Match> {
        if !self.can_begin(i) {
            return None;
        }
        let (lead, at) = self.lead(i);
        let counted = lead == Lead::For && self.duration(at).is_some();
        let (said, sure, next) = self.when_led(lead, i, at).filter(|_| !counted)?;
        if !self.can_end(next) || self.possessive(next) || self.noise(i, lead, at, &said, next) {
            return None;
        }
        let names = matches!(
            lead,
            Lead::On
                | Lead::By
                | Lead::Due
                | Lead::Until
                | Lead::After
                | Lead::From
                | Lead::Starting
                | Lead::Ending
                | Lead::Within
        );
        let sure = sure || (names && self.name_stands(&said, next));
        let strength = if sure { Strength::Strong } else { Strength::Beside };
        Some(Match { from: i, to: next, said: Said::When(Box::new(said)), strength })
    }

    fn possessive(&self, next: usize) -> bool {
        (self.sep(next, '\'') || self.sep(next, '’'))
            && self.glued(next)
            && self.lower(next + 1) == "s"
    }

    /// Whether a weak name behind "on" or "by" is still a day ("on sat" is, "on may" is not).
    fn name_stands(&self, said: &WhenSaid, next: usize) -> bool {
        match &said.from.day {
            Some(Day::Dom { .. } | Day::Numeric { .. } | Day::Holiday(..)) => true,
            Some(Day::Wd(..)) => !matches!(said.lead, Lead::From) || !self.is_word(next),
            _ => false,
        }
    }

    fn when_led(&self, lead: Lead, i: usize, at: usize) -> Option<(WhenSaid, bool, usize)> {
        if let Some((from, next)) = self.now_and(lead, at) {
            return Some((
                WhenSaid { lead, from, to: None, lasting: None, offset: None },
                true,
                next,
            ));
        }
        if let Some(found) = self.away_from(lead, at) {
            return Some(found);
        }
        let dotted = self.sep(at + 1, '.') && self.glued(at + 1);
        let led = !matches!(lead, Lead::None | Lead::On | Lead::In | Lead::For | Lead::Within)
            || (self.behind_dismissed_time(i) && !dotted);
        let ahead = matches!(lead, Lead::In | Lead::Within)
            || (lead == Lead::After && self.is(i, W::After));
        let whole = ahead.then_some(i);
        let (found, next) =
            whole.and_then(|at| self.moment(at, led)).or_else(|| self.moment(at, led))?;
        let (mut from, mut sure) = (found.moment, found.sure);
        let next = self.more_hours(&mut from, next);
        let (to, next) = self.ended(&mut from, lead, at, next);
        sure = sure || to.is_some();
        let timed =
            |at: usize| self.clock(at, true).is_some() || self.custom_hour(at, false).is_some();
        let by = (at..next).any(|at| matches!(self.word(at), W::By | W::Before) && timed(at + 1));
        let after =
            (at..next).any(|at| self.is(at, W::After) && self.custom_hour(at, false).is_some());
        let lead = match lead {
            Lead::None | Lead::On if after => Lead::After,
            lead if by && lead != Lead::After => Lead::By,
            lead => lead,
        };
        let next = self.onwards(lead, next);
        let next_two =
            matches!(self.word(i), W::In) && self.is(i + 1, W::The) && self.is(i + 2, W::Next);
        let lead = if next_two && lead == Lead::In { Lead::Within } else { lead };
        let latest = matches!(self.word(next), W::At | W::By)
            && self.is(next + 1, W::The)
            && self.lower(next + 2) == "latest";
        let (lead, next) = if latest { (Lead::By, next + 3) } else { (lead, next) };
        if let Some(last) = from.parts.last_mut() {
            last.to = next;
        }
        let open = to.is_none() && from.hour_end.is_none();
        let (lasting, next) = match self.lasting(next).filter(|_| open) {
            Some((dur, after)) => {
                self.add_lasting(&mut from, dur, next, after);
                (Some(dur), after)
            }
            None => (None, next),
        };
        let said = WhenSaid { lead, from, to, lasting, offset: None };
        Some((self.each_day(self.same_week(self.same_year(self.moved(i, said)))), sure, next))
    }

    /// "don't call before 10": the earliest, not the latest.
    fn forbidden(&self, i: usize) -> bool {
        let not = ["don't", "dont", "never", "not"];
        (i.saturating_sub(4)..i).any(|at| among(&not, self.lower(at)))
    }

    /// "on" and "onwards" behind "from Monday".
    fn onwards(&self, lead: Lead, next: usize) -> usize {
        let word = match self.lower(next) {
            "onwards" | "onward" | "forward" => true,
            "on" => self.tok(next + 1).is_none(),
            _ => false,
        };
        next + usize::from(word && matches!(lead, Lead::From | Lead::Starting | Lead::After))
    }

    /// The end of a range, its parts behind those of the start.
    fn ended(
        &self,
        from: &mut Moment,
        lead: Lead,
        at: usize,
        next: usize,
    ) -> (Option<Moment>, usize) {
        let opened = at.checked_sub(1).is_some_and(|at| self.is(at, W::Between));
        let Some((to, after)) = self.range_end(from, lead, opened, next) else {
            return (None, next);
        };
        let mut mark = Some(next);
        for part in &to.parts {
            let start = mark.take().unwrap_or(part.from);
            add_part(&mut from.parts, Part { from: start, ..*part });
        }
        (Some(to), after)
    }

    /// "for 3 days" widens the days that it stands behind; any other length is a part of its own.
    fn add_lasting(&self, from: &mut Moment, dur: Dur, next: usize, after: usize) {
        let days = from.parts.last().is_some_and(|last| last.aspect == Aspect::Day);
        let aspect = if days && !dur.is_clock() { Aspect::Day } else { Aspect::Lasting };
        let start = next + usize::from(self.sep(next, ','));
        add_part(&mut from.parts, Part { aspect, from: start, to: after });
    }

    /// "2 hours before noon", "half an hour after midnight".
    fn away_from(&self, lead: Lead, at: usize) -> Option<(WhenSaid, bool, usize)> {
        let (dur, next) = self.duration(at).filter(|(dur, _)| dur.is_clock())?;
        let dur = match self.word(next) {
            W::Before => dur.negated(),
            W::After | W::From => dur,
            _ => return None,
        };
        let (mut found, after) = self.moment(next + 1, true)?;
        // The distance leads in the time: where a day stands between them, neither goes alone.
        if found.moment.parts.first().is_none_or(|part| part.aspect != Aspect::Hour) {
            found.moment.parts.clear();
        }
        let timed =
            matches!(found.moment.hour, Some(Hour::Clock(_))) && found.moment.hour_end.is_none();
        let lead = if lead == Lead::In { Lead::None } else { lead };
        let said =
            WhenSaid { lead, from: found.moment, to: None, lasting: None, offset: Some(dur) };
        timed.then_some((said, true, after))
    }

    /// "and 8pm" behind "at 8am".
    fn more_hours(&self, moment: &mut Moment, mut next: usize) -> usize {
        for _ in 0..6 {
            let single = matches!(moment.hour, Some(Hour::Clock(_))) && moment.hour_end.is_none();
            let comma = self.sep(next, ',');
            let and = self.is(next + usize::from(comma), W::And) || self.sep(next, '&');
            let at = next + usize::from(comma) + usize::from(and);
            let at = at + usize::from(self.is(at, W::At));
            let between = next.checked_sub(2).is_some_and(|at| self.is(at, W::Between));
            if !single || !(comma || and) || between {
                break;
            }
            let Some((clock, after)) =
                self.clock(at, and || comma).filter(|(_, to)| self.can_end(*to))
            else {
                break;
            };
            let more = comma && (self.sep(after, ',') || self.is(after, W::And));
            let last = and && self.tok(after).is_none();
            let stated = !clock.bare || clock.half != Half::Open || last || more;
            let next_day = moment.day.is_some() && self.day_follows(after);
            if !stated || next_day || self.range_mark(after).is_some() {
                break;
            }
            moment.more_hours.push(Hour::Clock(clock));
            let part = Part { aspect: Aspect::Hour, from: next + usize::from(comma), to: after };
            add_part(&mut moment.parts, part);
            next = after;
        }
        next
    }

    /// "in 2 hours", "half an hour from now", "45 minutes ago".
    fn now_and(&self, lead: Lead, at: usize) -> Found<Moment> {
        let inside = matches!(lead, Lead::In | Lead::Within | Lead::After);
        let at = match self.lower(at) {
            "about" | "around" | "just" | "exactly" | "another" | "the" | "under" if inside => {
                at + 1
            }
            _ => at,
        };
        let at = if inside && self.is(at, W::Next) { at + 1 } else { at };
        let clock = lead == Lead::After && self.clock(at, true).is_some_and(|(time, _)| !time.bare);
        if clock {
            return None;
        }
        let (dur, next) = self.duration(at).or_else(|| {
            let half = inside && self.is(at, W::Half);
            let (unit, next) = self.unit(at + 1).filter(|_| half)?;
            Some((super::length(500, unit)?, next))
        })?;
        if !dur.is_clock() || dur.months != 0 {
            return None;
        }
        let (time_word, next) = self.time_word(next);
        let now = |at: usize| self.is(at, W::Now) || self.is(at, W::Rel(0));
        let (dur, next) = match self.word(next) {
            W::From if now(next + 1) => (dur, next + 2),
            W::Ago | W::Earlier => (dur.negated(), next + 1),
            W::Hence | W::Later => (dur, next + 1),
            W::Before => return None,
            W::After if !inside => return None,
            W::Of | W::Or if inside => return None,
            _ if inside => (dur, next),
            _ => return None,
        };
        let noun = inside && !time_word && self.is_word(next) && self.lower(next) == "or";
        (!noun).then_some((Moment { from_now: Some(dur), ..Moment::default() }, next))
    }

    /// "for 2 hours", "(90 min)" right behind a moment.
    fn lasting(&self, i: usize) -> Found<Dur> {
        let open = self.sep(i, '(');
        let comma = self.sep(i, ',');
        let at = i + usize::from(open || comma);
        let led = matches!(self.word(at), W::For | W::Takes);
        if !led && !open {
            return None;
        }
        let at = at + usize::from(led);
        let (dur, next) = self.duration(at)?;
        if open {
            return self.sep(next, ')').then_some((dur, next + 1));
        }
        let counted = self.is(next, W::Of) || self.is(next, W::Ago);
        (!counted && self.can_end(next)).then_some((dur, next))
    }

    /// The words that lead a moment in; the longest wins.
    fn lead(&self, i: usize) -> (Lead, usize) {
        let (lead, next) = self.lead_word(i);
        if lead == Lead::None {
            return (lead, i);
        }
        let mut next = next;
        for _ in 0..3 {
            let skip = match self.word(next) {
                W::On | W::At | W::Approx => true,
                W::By | W::Before | W::In | W::For | W::From => {
                    matches!(lead, Lead::Due | Lead::Starting | Lead::For)
                        && !(self.is(next, W::In) && self.month(next + 1).is_none()
                            || self.is(next, W::For) && lead == Lead::For)
                }
                _ => self.sep(next, ':') && matches!(lead, Lead::Due),
            };
            if !skip {
                break;
            }
            next += 1;
        }
        (lead, next)
    }

    fn lead_word(&self, i: usize) -> (Lead, usize) {
        let two = |word: W| self.is(i + 1, word);
        match self.word(i) {
            W::On => (Lead::On, i + 1),
            W::Approx if matches!(self.lower_before(i), "how" | "what") => (Lead::None, i),
            W::At | W::Between | W::Approx => (Lead::At, i + 1),
            W::In | W::During => (Lead::In, i + 1),
            W::For => (Lead::For, i + 1),
            W::Before if self.forbidden(i) => (Lead::After, i + 1),
            W::By | W::Before => (Lead::By, i + 1),
            W::Until => (Lead::Until, i + 1),
            W::Through => (Lead::Until, i + 1),
            W::After | W::Since => (Lead::After, i + 1),
            W::From => (Lead::From, i + 1),
            W::Within => (Lead::Within, i + 1),
            W::Over => (Lead::On, i + 1),
            W::Ending => (Lead::Ending, i + 1),
            W::Starting | W::Beginning if !two(W::Of) => (Lead::Starting, i + 1),
            W::Due if two(W::Is) => (Lead::Due, i + 2),
            W::Due if matches!(self.lower(i + 1), "date" | "back") => (Lead::Due, i + 2),
            W::Due => (Lead::Due, i + 1),
            W::Deadline => (Lead::Due, i + 1 + usize::from(two(W::Is))),
            W::Is if two(W::Due) => (Lead::Due, i + 2),
            W::Is if two(W::On) || two(W::At) => (Lead::On, i + 2),
            W::Scheduled if two(W::For) => (Lead::For, i + 2),
            W::Scheduled => (Lead::On, i + 1),
            W::No | W::Not if self.is(i + 2, W::Than) => match self.word(i + 1) {
                W::Later => (Lead::By, i + 3),
                W::Earlier => (Lead::After, i + 3),
                _ => (Lead::None, i),
            },
            W::Not if two(W::Before) || two(W::Until) => (Lead::After, i + 2),
            W::Not if two(W::After) => (Lead::By, i + 2),
            W::Times => (Lead::None, i),
            _ if self.sep(i, '@') => (Lead::At, i + 1),
            _ if self.lower(i) == "as" && two(W::Of) => (Lead::Starting, i + 2),
            _ if self.lower(i) == "latest" => (Lead::By, i + 1),
            _ if self.lower(i) == "effective" => (Lead::Starting, i + 1),
            _ if self.lower(i) == "earliest" => (Lead::After, i + 1),
            _ => (Lead::None, i),
        }
    }

    /// Readings that the words around them forbid.
    fn noise(&self, i: usize, lead: Lead, at: usize, said: &WhenSaid, next: usize) -> bool {
        let bare = matches!(said.from.hour, Some(Hour::Clock(clock)) if clock.bare);
        let hour_only = bare
            && said.from.day.is_none()
            && !said.from.tonight
            && said.from.hour_end.is_none()
            && said.to.is_none();
        if !hour_only {
            return self.noisy_day(i, said, next);
        }
        let start = i.saturating_sub(6);
        let measured = (start..i).any(|at| among(lists::MEASURING, self.lower(at)));
        let aiming = among(lists::AIMING, self.lower_before(i));
        let verb_at = aiming && lead == Lead::At && !self.dismissed_time(next);
        let fraction =
            matches!(self.tok(next).map(|tok| tok.kind), Some(Kind::Sep('/' | '%' | '°')));
        match lead {
            Lead::By | Lead::Until => {
                measured || fraction || matches!(self.word_before(i), W::Num(_))
            }
            Lead::From if self.range_mark(next).is_some() => true,
            Lead::From | Lead::After => {
                let verb = lead == Lead::After && listed(lists::VERBS, self.lower(next));
                self.tok(next).is_some_and(|tok| tok.word == W::None && !verb)
                    || fraction
                    || !self.digits(at)
            }
            Lead::At if self.is(i, W::Approx) => !self.stands_alone(next) || self.is(i, W::Over),
            Lead::At => fraction || verb_at || self.is(i, W::Between),
            Lead::None if self.behind_dismissed_time(i) => fraction,
            _ => true,
        }
    }

    fn digits(&self, at: usize) -> bool {
        self.num(at).is_some()
    }

    fn stands_alone(&self, next: usize) -> bool {
        self.tok(next).is_none()
            || self.dismissed_time(next)
            || matches!(self.word(next), W::Rel(_) | W::Wd(..) | W::Tonight)
    }

    fn noisy_day(&self, i: usize, said: &WhenSaid, next: usize) -> bool {
        let night = said.from.part.is_some() && said.from.hour.is_none();
        if night && among(lists::AFTER_NIGHT, self.lower(next)) {
            return true;
        }
        let Some(day) = &said.from.day else { return false };
        if said.from.hour.is_some() || said.to.is_some() {
            return false;
        }
        let plain_wd = matches!(day, Day::Wd(_, crate::ast::Which::Plain));
        let named = plain_wd && said.lead == Lead::None && self.names_a_person(i, next);
        let adverb = matches!(day, Day::Rel(_))
            && self.is(i, W::Rel(0))
            && matches!(self.lower(next), "show" | "special");
        let short = matches!(self.word(i), W::Wd(_, Form::Short | Form::Weak)) && plain_wd;
        let plural =
            short && matches!(self.lower_before(i), "mr" | "ms" | "mrs" | "dr" | "le" | "la");
        named || adverb || plural
    }

    /// "Wednesday Addams": a weekday between capitals, no preposition.
    fn names_a_person(&self, i: usize, next: usize) -> bool {
        let capital = |at: usize| {
            self.tok(at)
                .is_some_and(|tok| tok.capital && tok.word == W::None && tok.kind == Kind::Word)
        };
        i > 1 && capital(i) && capital(next) && capital(i.wrapping_sub(1))
    }
}
