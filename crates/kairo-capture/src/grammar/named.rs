//! Words of time that are a part of a name, of a saying or of a measure.
//!
//! **Invariant:** it only takes away: a match that it leaves is as the other rules gave it.
//! **Invariant:** each rule looks at a bounded number of tokens around a match; what holds for the
//! whole line is found once, in [`Signs`].

use super::Scan;
use crate::ast::{Day, Hour, Lead, Match, Moment, Said, WhenSaid};
use crate::lex::{Kind, Tok};
use crate::words::{W, among, listed, lists, namings, sayings};
use std::borrow::Cow;

/// How far a title is followed on each side of a match, in tokens.
const TITLE_TOKENS_MAX: usize = 8;

/// How far behind a match the thing that it names may stand, in tokens.
const THING_TOKENS_MAX: usize = 6;

/// What holds for a whole line.
#[derive(Debug, Clone, Default)]
pub(crate) struct Signs {
    /// The tokens that belong to a fixed saying.
    said: Vec<bool>,
    /// Whether a word in lower case says that capitals mean something here.
    mixed: bool,
}

impl Signs {
    /// The signs of a line.
    pub(crate) fn of(toks: &[Tok], lowers: &[Cow<'_, str>]) -> Self {
        let mut said = vec![false; toks.len()];
        for (i, lower) in lowers.iter().enumerate() {
            let fits = |saying: &&&[&str]| {
                let words = lowers.get(i..i + saying.len());
                words.is_some_and(|words| words.iter().zip(**saying).all(|(one, two)| one == two))
            };
            if let Some(saying) = sayings(lower).iter().filter(fits).max_by_key(|one| one.len()) {
                said.iter_mut().skip(i).take(saying.len()).for_each(|slot| *slot = true);
            }
        }
        let content = |tok: &Tok| {
            tok.kind == Kind::Word && !tok.capital && !tok.glued && tok.end - tok.start > 2
        };
        let mixed = toks.iter().any(|tok| content(tok) && tok.word == W::None);
        Self { said, mixed }
    }

    fn said(&self, from: usize, to: usize) -> bool {
        self.said.iter().take(to).skip(from).any(|said| *said)
    }
}

impl Scan<'_> {
    /// Whether a match that says a time only looks like one.
    pub(crate) fn only_named(&self, one: &Match) -> bool {
        let (from, to) = (one.from, one.to);
        let bare = match &one.said {
            Said::When(said) => said.lead == Lead::None,
            Said::Repeat(_) => !matches!(self.word(from), W::On | W::Every),
            _ => return false,
        };
        let adverb = matches!(self.word(to - 1), W::Often(_));
        let thing = self.tok(to + 1).is_none() && listed(namings::MADE_THINGS, self.lower(to));
        let named = if bare {
            self.names_thing(to, adverb) || self.is_holiday_thing(one)
        } else {
            thing && !self.starts_doing()
        };
        if self.signs.said(from, to) || self.asks_why() || named {
            return true;
        }
        let Said::When(said) = &one.said else {
            let on = self.prev(from).filter(|at| self.is(*at, W::On)).unwrap_or(from);
            return self.has_author(one) || self.lower_before(on) == "never";
        };
        let bare_day = bare && said.from.hour.is_none() && said.to.is_none();
        let dotted = self.prev(from).filter(|at| self.sep(*at, '.')).unwrap_or(from);
        let titled = among(namings::TITLES, self.lower_before(dotted))
            || among(namings::OF_WORDS, self.lower_before(from));
        (bare_day && (self.is_judged(from, to) || self.has_author(one) || titled))
            || self.is_long_past(one, said)
            || self.asks_how_many(said)
            || self.counts_from(from, said)
            || self.in_title(one, said)
            || self.was_sent(from, said)
            || self.is_street(from, to, &said.from)
            || self.is_measure(from, to, said)
    }

    /// "why is Friday called Friday": nothing is planned by asking why, but for "why not".
    fn asks_why(&self) -> bool {
        let offer = self.is(1, W::Not) || matches!(self.lower(1), "don't" | "dont");
        self.lower(0) == "why" && !offer
    }

    /// "how many hours in a week": a length in a question is no distance from today.
    fn asks_how_many(&self, said: &WhenSaid) -> bool {
        let distance = said.from.from_now.is_some() || matches!(said.from.day, Some(Day::In(_)));
        distance && self.lower(0) == "how" && among(namings::HOW, self.lower(1))
    }

    /// "back in March 2019": a month of a year that is over is remembered, not planned; alone it is
    /// what was asked for.
    fn is_long_past(&self, one: &Match, said: &WhenSaid) -> bool {
        let whole = one.from == 0 && one.to == self.toks.len();
        let over = |year: i16| year < self.today.year();
        matches!(said.from.day, Some(Day::Month { year: Some(year), .. }) if over(year))
            && said.to.is_none()
            && !whole
    }

    /// Whether the line begins with something to do or to attend.
    fn starts_doing(&self) -> bool {
        listed(lists::VERBS, self.lower(0)) || among(lists::EVENTS, self.lower(0))
    }

    /// "monday motivation quotes", "Midnight in Paris soundtrack": the words up to something that
    /// is made name it. A verb, a word of time or a mark between them ends the name.
    fn names_thing(&self, to: usize, adverb: bool) -> bool {
        for at in to..to + THING_TOKENS_MAX {
            if !self.is_word(at) || self.glued(at) {
                return false;
            }
            let lower = self.lower(at);
            if listed(namings::MADE_THINGS, lower) {
                let next = self.tok(at + 1);
                let ends = next.is_none_or(|tok| tok.kind != Kind::Word || tok.word != W::None);
                return ends || self.names_thing_once(at + 1);
            }
            let joins = matches!(self.word(at), W::In | W::Of | W::The | W::And | W::At);
            let capital = |at: usize| self.tok(at).is_some_and(|tok| tok.capital);
            let joined = capital(at) || (joins && capital(at + 1));
            let verb = at == to && !adverb && listed(lists::VERBS, lower);
            if (self.word(at) != W::None && !joined) || verb {
                return false;
            }
        }
        false
    }

    /// "Independence Day movie".
    fn is_holiday_thing(&self, one: &Match) -> bool {
        let Said::When(said) = &one.said else { return false };
        matches!(said.from.day, Some(Day::Holiday(..)))
            && said.from.hour.is_none()
            && among(namings::HOLIDAY_THINGS, self.lower(one.to))
    }

    /// "recipe book", "app alternatives": one more noun behind the thing.
    fn names_thing_once(&self, at: usize) -> bool {
        self.is_word(at) && self.word(at) == W::None && !listed(lists::VERBS, self.lower(at))
    }

    /// "Friday is my favourite day", "tomorrow was great": a remark about the day.
    fn is_judged(&self, from: usize, to: usize) -> bool {
        let asked = from == 1 && self.is(0, W::Is) && self.is(to, W::A);
        let opinions = [namings::OPINIONS, namings::GRADES];
        if asked && opinions.iter().any(|list| among(list, self.lower(to + 1))) {
            return true;
        }
        let is = self.is(to, W::Is) || matches!(self.lower(to), "was" | "were" | "isn't" | "feels");
        let article = matches!(self.word(to + 1), W::The | W::A)
            || among(&["my", "our", "your", "his", "her"], self.lower(to + 1));
        let word = self.lower(to + 1 + usize::from(article));
        let graded = among(namings::GRADES, word) && (article || !self.is(to, W::Is));
        is && (graded || among(namings::OPINIONS, word))
    }

    /// "Yesterday by the Beatles": a name and who made it, at the start of the text.
    fn has_author(&self, one: &Match) -> bool {
        let at = one.to + 1 + usize::from(self.is(one.to + 1, W::The));
        let author = self.tok(at).is_some_and(|tok| tok.capital && tok.word == W::None);
        let capital = |at: usize| self.tok(at).is_some_and(|tok| tok.capital);
        one.from < 3 && (0..=one.from).all(capital) && author && self.is(one.to, W::By)
    }

    /// "The Man Who Was Thursday", "28 Weeks Later": capitals that only a title has.
    fn in_title(&self, one: &Match, said: &WhenSaid) -> bool {
        let (from, to) = (one.from, one.to);
        let capital = |at: usize| self.tok(at).is_some_and(|tok| tok.capital);
        let small = |at: usize| {
            matches!(self.word(at), W::The | W::Of | W::After | W::Before | W::Until | W::And)
                || among(namings::IN_TITLES, self.lower(at))
        };
        let started = self.starts_doing();
        let led = from > 0 && capital(from - 1);
        let inside = (from + usize::from(!led)..to).any(|at| capital(at) && small(at));
        if inside && self.signs.mixed && !started {
            return true;
        }
        let far = (1..=TITLE_TOKENS_MAX).take_while(|by| *by <= from && capital(from - by)).last();
        let start = from - far.unwrap_or(0);
        let titled = (start.max(1)..from).any(|at| among(namings::IN_TITLES, self.lower(at)));
        let distance = said.from.from_now.is_some() || matches!(said.from.day, Some(Day::In(_)));
        let unit = |at: usize| matches!(self.word(at), W::Units(_)) && capital(at);
        let lower_lead = said.lead != Lead::None && !capital(from);
        let alone =
            from == 0 && to == self.toks.len() && self.is(to - 1, W::Later) && capital(to - 1);
        let units = distance && !started && (from..to).any(unit) && (lower_lead || alone);
        titled || units
    }

    /// "notes from Monday", "recipe from June": where something came from.
    fn was_sent(&self, from: usize, said: &WhenSaid) -> bool {
        let at = match said.lead {
            Lead::From => from,
            Lead::None if self.word_before(from) == W::From => from.saturating_sub(1),
            _ => return false,
        };
        let open = said.to.is_none() && said.from.hour.is_none() && said.from.day_end.is_none();
        open && at > 0 && listed(namings::SENT_THINGS, self.lower_before(at))
    }

    /// "count from 5 to 10": the words before a bare range count.
    fn counts_from(&self, from: usize, said: &WhenSaid) -> bool {
        let bare = |hour: &Option<Hour>| matches!(hour, Some(Hour::Clock(clock)) if clock.bare);
        let range = bare(&said.from.hour) && bare(&said.from.hour_end);
        let led = self.prev(from).filter(|at| self.is(*at, W::From)).unwrap_or(from);
        range && said.from.day.is_none() && among(lists::COUNTING, self.lower_before(led))
    }

    /// "11 November Street", "Avenue of 9 July".
    fn is_street(&self, at: usize, to: usize, from: &Moment) -> bool {
        let dated = matches!(from.day, Some(Day::Ymd { year: None, .. })) && from.hour.is_none();
        let event = among(namings::STREET_EVENTS, self.lower(to + 1));
        let behind = among(namings::STREETS, self.lower(to)) && !event;
        let before = self.word_before(at) == W::Of
            && self.prev(at).is_some_and(|of| among(namings::STREETS, self.lower_before(of)));
        dated && (behind || before)
    }

    /// "x = 12/4", "in 6/8", "2/10 would not recommend", "5/8 bolt", "a mile in 6:45".
    fn is_measure(&self, from: usize, to: usize, said: &WhenSaid) -> bool {
        let numbered = (from..to).all(|at| !self.is_word(at) || at == from);
        if !numbered {
            return false;
        }
        let equals = |at: usize| self.sep(at, '=');
        let doubled = self.sep(to, ')') && self.sep(to + 1, ')');
        if self.prev(from).is_some_and(equals) || equals(to) || doubled {
            return true;
        }
        let led_in = said.lead == Lead::In || self.word_before(from) == W::In;
        let Some(Day::Numeric { first, second, year: None, wd: None }) = said.from.day else {
            let coloned = (from..to).any(|at| self.sep(at, ':'));
            return said.from.day.is_none() && led_in && coloned && said.from.hour_end.is_none();
        };
        let next = self.lower(to);
        let marks = matches!(second, 5 | 10) && among(namings::AFTER_MARKS, next);
        let wood = self.is_word(to) && self.word(to) == W::None && self.is_word(to + 1);
        let wood = wood && among(namings::AFTER_FRACTIONS, self.lower(to + 1));
        let thing = said.lead == Lead::None && (wood || among(namings::AFTER_FRACTIONS, next));
        let same = said.to.as_ref().is_some_and(|to| to.day == said.from.day);
        let asked = self.word_before(from) == W::Is || self.lower_before(from).ends_with("t's");
        let asked = asked && from <= 2 && self.lower(0).starts_with("what");
        led_in || marks || (thing && first < second) || same || asked
    }
}
