//! Fields with a sign or a fixed wording: tags, lists, priorities, reminders, estimates, notes.
//!
//! **Invariant:** a sign counts only at the start of a run ("C#" is no tag, "yes!" no priority).

use super::Scan;
use crate::ast::{Dur, Match, Said, Strength};
use crate::lex::{Kind, Plain};
use crate::words::{W, among, listed, lists, lowered};

fn strong(from: usize, to: usize, said: Said) -> Option<Match> {
    Some(Match { from, to, said, strength: Strength::Strong })
}

impl Scan<'_> {
    /// A field that begins here.
    pub(crate) fn field(&self, i: usize, known_lists: &[String]) -> Option<Match> {
        if self.is_opaque(i, Plain::Escape) {
            return strong(i, i + 1, Said::Escape);
        }
        self.note(i)
            .or_else(|| self.sigil(i, known_lists))
            .or_else(|| self.assigned(i))
            .or_else(|| self.reminder(i))
            .or_else(|| self.priority(i))
            .or_else(|| self.priority_words(i))
            .or_else(|| self.estimate(i))
            .or_else(|| self.lead_in(i))
    }

    /// "// a note" to the end of the line.
    fn note(&self, i: usize) -> Option<Match> {
        let fresh = !self.glued(i);
        let slashes = self.sep(i, '/') && self.sep(i + 1, '/') && self.glued(i + 1);
        (fresh && slashes && self.tok(i + 2).is_some()).then_some(())?;
        strong(i, self.toks.len(), Said::Note)
    }

    fn fresh(&self, i: usize) -> bool {
        let before = self.prev(i).and_then(|at| self.tok(at));
        !self.glued(i) || before.is_some_and(|tok| matches!(tok.kind, Kind::Sep('(' | '[' | ',')))
    }

    /// One past a run of letters, digits and inner dashes that is glued together.
    fn run(&self, i: usize) -> usize {
        let mut next = i;
        while let Some(tok) = self.tok(next) {
            let inner = match tok.kind {
                Kind::Word | Kind::Num(..) | Kind::Ord(_) => true,
                Kind::Sep('-' | '/' | '.' | '&' | '\'') => {
                    self.glued(next + 1) && self.is_named(next + 1)
                }
                _ => false,
            };
            if !tok.glued || !inner {
                break;
            }
            next += 1;
        }
        next
    }

    fn is_named(&self, i: usize) -> bool {
        matches!(self.tok(i).map(|tok| tok.kind), Some(Kind::Word | Kind::Num(..) | Kind::Ord(_)))
    }

    /// "#tag", "@name", "+name", "~list", "/list".
    fn sigil(&self, i: usize, known_lists: &[String]) -> Option<Match> {
        let Kind::Sep(sign) = self.tok(i)?.kind else { return None };
        if !self.fresh(i) || !self.glued(i + 1) {
            return None;
        }
        let to = self.run(i + 1);
        let letters = (i + 1..to).any(|at| self.is_word(at));
        match sign {
            '#' if letters => strong(i, to, Said::Tag),
            '@' if self.is_word(i + 1) && !self.timely(i + 1) => strong(i, to, Said::Person),
            '+' if self.is_word(i + 1) => strong(i, to, Said::Assignee),
            '~' if self.duration(i + 1).is_some() => None,
            '~' | '/' if self.is_word(i + 1) => {
                let known = self.known(i + 1, known_lists);
                let path =
                    sign == '/' && (i + 1..to).any(|at| self.sep(at, '/') || self.sep(at, '.'));
                if path && known.is_none() {
                    return None;
                }
                strong(i, known.unwrap_or(to), Said::List)
            }
            _ => None,
        }
    }

    /// Whether a word behind "@" is a day or a time rather than a name.
    fn timely(&self, i: usize) -> bool {
        !matches!(self.word(i), W::None | W::Month(..) | W::Is | W::Me | W::A | W::Holiday(_))
    }

    /// One past the longest known list name that begins here.
    fn known(&self, i: usize, known_lists: &[String]) -> Option<usize> {
        let start = self.tok(i)?.start;
        // No more of the text than the longest name can fill: the rest would be read once a sign.
        let chars = known_lists.iter().map(|name| name.chars().count()).max()?;
        let head: String = self.text.get(start..)?.chars().take(chars + 1).collect();
        let rest = lowered(&head);
        let fits = |name: &&String| {
            let name = lowered(name);
            !name.is_empty()
                && rest.starts_with(&name)
                && !rest.get(name.len()..).unwrap_or("").starts_with(char::is_alphanumeric)
        };
        let longest = known_lists.iter().filter(fits).map(|name| name.len()).max()?;
        let mut to = i;
        while self.tok(to).is_some_and(|tok| tok.start < start + longest) {
            to += 1;
        }
        Some(to)
    }

    /// "p1", "!!", "!2", "!high".
    fn priority(&self, i: usize) -> Option<Match> {
        if !self.fresh(i) {
            return None;
        }
        if self.lower(i) == "p"
            && self.glued(i + 1)
            && let Some((level @ 1..=4, 1)) = self.num(i + 1)
            && self.can_end(i + 2)
        {
            return strong(i, i + 2, Said::Priority(u8::try_from(level).ok()?));
        }
        if !self.sep(i, '!') {
            return None;
        }
        let mut to = i + 1;
        while self.sep(to, '!') && self.glued(to) {
            to += 1;
        }
        let single = to == i + 1;
        if single && self.glued(to) {
            if let Some((level @ 1..=5, 1)) = self.num(to)
                && self.can_end(to + 1)
            {
                return strong(i, to + 1, Said::Priority(u8::try_from(level.min(4)).ok()?));
            }
            let level = level_word(self.lower(to))?;
            return strong(i, to + 1, Said::Priority(level));
        }
        let level = match to - i {
            1 => 3,
            2 => 2,
            _ => 1,
        };
        (!self.glued(to)).then_some(())?;
        strong(i, to, Said::Priority(level))
    }

    /// "asap", "high priority", "urgent:".
    fn priority_words(&self, i: usize) -> Option<Match> {
        if !self.is_word(i) || !self.fresh(i) {
            return None;
        }
        let lower = self.lower(i);
        let edge =
            i == 0 || self.tok(i + 1).is_none() || self.prev(i).is_some_and(|at| self.sep(at, '('));
        match lower {
            "asap" => return strong(i, i + 1, Said::Priority(1)),
            "urgent" | "urgently" | "critical" if edge => {
                let colon = self.sep(i + 1, ':') || self.sep(i + 1, '-') || self.sep(i + 1, '!');
                let end = self.tok(i + 1).is_none() || self.sep(i + 1, ')');
                let verb =
                    listed(lists::VERBS, self.lower(i + 1)) || self.is(i + 1, W::None) && colon;
                let article = matches!(self.word_before(i), W::Is | W::A | W::The | W::Be);
                if (colon || end || verb || i == 0 && lower == "urgently") && !article {
                    return strong(i, i + 1 + usize::from(colon), Said::Priority(1));
                }
            }
            "important" if i == 0 && (self.sep(1, ':') || self.sep(1, '!')) => {
                return strong(0, 2, Said::Priority(2));
            }
            "priority" => {
                let at = i + 1 + usize::from(self.sep(i + 1, ':') || self.is(i + 1, W::Is));
                if let Some((level @ 1..=4, 1)) = self.num(at) {
                    return strong(i, at + 1, Said::Priority(u8::try_from(level).ok()?));
                }
                let level = level_word(self.lower(at))?;
                return strong(i, at + 1, Said::Priority(level));
            }
            _ => {}
        }
        let at = i + 1 + usize::from(self.sep(i + 1, '-'));
        let level = level_word(lower).filter(|_| matches!(self.lower(at), "priority" | "prio"))?;
        let article = matches!(self.word_before(i), W::A | W::The);
        let from =
            if matches!(self.lower_before(i), "with" | "as") { i.saturating_sub(1) } else { i };
        if article || self.lower(at + 1) == "list" {
            None
        } else {
            strong(from, at + 1, Said::Priority(level))
        }
    }

    /// "remind me 30 min before", "!15m", "alert 1 hour", "with a 10 minute reminder".
    fn reminder(&self, i: usize) -> Option<Match> {
        let start = i + usize::from(self.is(i, W::And) || self.sep(i, ','));
        if let Some((dur, next)) = self.duration(start)
            && let (true, after) = self.beforehand(next)
            && i > 0
            && self.tok(after).is_none()
        {
            return strong(i, after, Said::Reminder(dur));
        }
        let with = self.is(start, W::With);
        if with {
            let at = start + 1 + usize::from(self.is(start + 1, W::A));
            let (dur, next) = self.duration(at)?;
            let said = self.is(next, W::Reminder) || self.lower(next) == "warning";
            return said.then_some(()).and_then(|()| strong(i, next + 1, Said::Reminder(dur)));
        }
        let sign = self.sep(start, '!') && self.fresh(start) && self.glued(start + 1);
        let word = match self.word(start) {
            W::Remind if self.is(start + 1, W::Me) => start + 2,
            W::Remind | W::Reminder => start + 1,
            _ if sign => start + 1,
            _ => return None,
        };
        let at = word + usize::from(self.sep(word, ':'));
        let (dur, next) = self.duration(at)?;
        let (before, next) = self.beforehand(next);
        let noun = matches!(self.word(start), W::Reminder) || sign;
        if !(before || noun) || !self.can_end(next) {
            return None;
        }
        strong(i, next, Said::Reminder(dur))
    }

    fn beforehand(&self, next: usize) -> (bool, usize) {
        let more = |at: usize| match self.lower(at) {
            "it" | "start" | "hand" => at + 1,
            _ => at,
        };
        match self.lower(next) {
            "before" | "prior" | "ahead" | "earlier" => (true, more(next + 1)),
            "beforehand" => (true, next + 1),
            "in" if self.lower(next + 1) == "advance" => (true, next + 2),
            _ => (false, next),
        }
    }

    /// "~30m", "takes 2 hours", "(45 min)", "est 1h", "90m" at an edge.
    fn estimate(&self, i: usize) -> Option<Match> {
        if !self.can_begin(i) {
            return None;
        }
        if self.sep(i, '~') || self.sep(i, '(') || self.sep(i, '[') {
            let (dur, next) = self.duration(i + 1).filter(|(dur, _)| clockwise(*dur))?;
            if self.sep(i, '~') {
                return self
                    .can_end(next)
                    .then_some(())
                    .and_then(|()| strong(i, next, Said::Estimate(dur)));
            }
            let closed = self.sep(next, ')') || self.sep(next, ']');
            return closed.then_some(()).and_then(|()| strong(i, next + 1, Said::Estimate(dur)));
        }
        let lower = self.lower(i);
        if matches!(lower, "est" | "estimate" | "estimated" | "duration" | "takes" | "lasting") {
            let at = i + 1 + usize::from(self.sep(i + 1, ':') || self.sep(i + 1, '.'));
            let at = at + usize::from(self.is(at, W::Approx));
            let (dur, next) = self.duration(at).filter(|(dur, _)| clockwise(*dur))?;
            return strong(i, next, Said::Estimate(dur));
        }
        self.shorthand(i)
    }

    /// "90m", "1h30m": glued, at the end or beside a day or a time.
    fn shorthand(&self, i: usize) -> Option<Match> {
        let (value, width) = self.num(i)?;
        let decimal = self.sep(i + 1, '.') && self.glued(i + 1) && self.num(i + 2).is_some();
        let unit_at = if decimal { i + 3 } else { i + 1 };
        let unit = self.lower(unit_at);
        let shape = match unit {
            "m" => value % 5 == 0 && value <= 180,
            "h" | "hr" | "hrs" => value <= 12 && width <= 2,
            "min" | "mins" => value <= 600,
            _ => false,
        };
        let (dur, next) = self.duration(i)?;
        let glued = self.glued(unit_at);
        // "2pm 45 minutes": unglued, a length only right behind the time that it lasts from.
        let spelled = !matches!(unit, "m" | "h") && self.behind_time(i) && clockwise(dur);
        if !(shape && glued || spelled && !glued) || !self.can_end(next) {
            return None;
        }
        let meters = unit == "m"
            && (i..next).len() == 2
            && among(&["run", "swim", "walk", "sprint", "row"], self.lower_before(i));
        let verb = self.prev(i).is_some_and(|_| self.is(i.wrapping_sub(1), W::In));
        let last = self.tok(next).is_none();
        let alone = last && i > 0 && glued;
        let strength = if alone { Strength::Strong } else { Strength::Beside };
        (!meters && !verb).then_some(Match {
            from: i,
            to: next,
            said: Said::Estimate(dur),
            strength,
        })
    }

    /// Whether a clock time or a day ends right before a place.
    fn behind_time(&self, i: usize) -> bool {
        let at = i - usize::from(i > 0 && self.sep(i - 1, ','));
        let numbered = at > 1 && self.num(at - 1).is_some() && self.sep(at - 2, ':');
        let named = matches!(
            self.word_before(at),
            W::Am | W::Pm | W::Noon | W::Oclock | W::Rel(_) | W::Wd(..) | W::Tonight | W::Part(_)
        );
        let glued_half = matches!(self.lower_before(at), "p" | "a") && self.glued(at - 1);
        numbered || named || glued_half
    }

    /// "assign to Maria", "assigned to @maria:".
    fn assigned(&self, i: usize) -> Option<Match> {
        if !matches!(self.lower(i), "assign" | "assigned") || !self.is(i + 1, W::To) {
            return None;
        }
        let at = i + 2 + usize::from(self.sep(i + 2, '@'));
        let name = self.tok(at).filter(|tok| tok.kind == Kind::Word)?;
        let known = name.capital || crate::words::is_given_name(self.lower(at)) || at > i + 2;
        let colon = usize::from(self.sep(at + 1, ':'));
        (known && self.can_end(at + 1)).then_some(())?;
        strong(i, at + 1 + colon, Said::Assignee)
    }

    /// "remind me to", "todo:", "don't forget to" at the start.
    fn lead_in(&self, i: usize) -> Option<Match> {
        let start = usize::from(i > 0 && self.lower(0) == "please");
        let polite = i > 0
            && i <= 3
            && matches!(self.lower(0), "please" | "hey" | "hi" | "ok" | "okay" | "can" | "could")
            && (0..i).all(|at| self.is_word(at) || self.sep(at, ','));
        if i != 0 && i != start && !polite {
            return None;
        }
        for words in LEAD_INS {
            let fits = |(at, word): (usize, &&str)| {
                self.lower(i + at) == *word || (self.sep(i + at, ':') && *word == ":")
            };
            let to = i + words.len();
            if words.iter().enumerate().all(fits) && self.tok(to).is_some() {
                let strength = Strength::Strong;
                let from = if polite { 0 } else { i };
                return Some(Match { from, to, said: Said::LeadIn, strength });
            }
        }
        None
    }
}

fn clockwise(dur: Dur) -> bool {
    dur.is_clock() && dur.months == 0
}

fn level_word(lower: &str) -> Option<u8> {
    match lower {
        "urgent" | "highest" | "critical" | "top" => Some(1),
        "high" => Some(2),
        "medium" | "normal" => Some(3),
        "low" | "lowest" => Some(4),
        _ => None,
    }
}

/// Words that only say that something is captured; the longest come first.
const LEAD_INS: &[&[&str]] = &[
    &["set", "up", "a", "reminder", "to"],
    &["set", "a", "reminder", "to"],
    &["set", "a", "reminder", "for", "me", "to"],
    &["set", "a", "reminder", "that"],
    &["set", "a", "reminder", "for"],
    &["set", "a", "reminder", "about"],
    &["set", "a", "reminder"],
    &["set", "reminder", "to"],
    &["set", "reminder", "for"],
    &["create", "a", "reminder", "to"],
    &["create", "a", "reminder", "for"],
    &["add", "a", "reminder", "to"],
    &["add", "a", "reminder", "for"],
    &["make", "a", "reminder", "to"],
    &["create", "a", "task", "to"],
    &["add", "a", "task", "to"],
    &["give", "me", "a", "reminder", "to"],
    &["don't", "let", "me", "forget", "to"],
    &["don't", "forget", "to"],
    &["dont", "forget", "to"],
    &["remember", "to"],
    &["remind", "me", "to"],
    &["remind", "me", "that"],
    &["remind", "me", "about"],
    &["remind", "me", "of"],
    &["remind", "me", "i", "have"],
    &["remind", "me", ":"],
    &["remind", "me"],
    &["reminder", "to"],
    &["reminder", ":"],
    &["note", "to", "self", ":"],
    &["to", "do", ":"],
    &["todo", ":"],
    &["task", ":"],
    &["event", ":"],
];
