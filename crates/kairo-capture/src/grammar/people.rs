//! People and places named in the words that are left.
//!
//! **Invariant:** people and places stay in the title; only a sign ("@sam") is taken out of it.
//! A capital letter counts as evidence only where the sentence does not ask for one.

use super::Scan;
use crate::lex::{Kind, Plain, Tok};
use crate::words::{W, among, is_given_name, is_rare_name, is_relation, is_surname, listed, lists};

/// A person: tokens and the name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PersonFound {
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) name: String,
}

/// Every person named in the tokens that no match has taken.
pub(crate) fn people(scan: &Scan<'_>, taken: &[bool], known: &[String]) -> Vec<PersonFound> {
    let mut found = Vec::new();
    let mut i = 0;
    while i < scan.toks.len() {
        let free = !taken.get(i).copied().unwrap_or(true);
        match scan.person(i, taken, known).filter(|_| free) {
            Some(person) => {
                i = person.to.max(i + 1);
                found.push(person);
            }
            None => i += 1,
        }
    }
    found
}

/// "at Cafe Roma": tokens and the name of a place.
pub(crate) fn place(
    scan: &Scan<'_>,
    taken: &[bool],
    people: &[PersonFound],
) -> Option<PersonFound> {
    let free = |i: usize| !taken.get(i).copied().unwrap_or(true);
    let person = |i: usize| people.iter().any(|person| (person.from..person.to).contains(&i));
    for i in 0..scan.toks.len() {
        let at = scan.is(i, W::At) || (scan.sep(i, '@') && !scan.glued(i + 1));
        if !at || !free(i) || !free(i + 1) {
            continue;
        }
        let mut to =
            i + 1 + usize::from(scan.is(i + 1, W::The) || among(&["my", "our"], scan.lower(i + 1)));
        let proper = scan.tok(to + 1).is_some_and(|tok| tok.capital) && free(to + 1);
        if among(lists::PLACES, scan.lower(to)) && free(to) && !proper {
            return Some(scan.named(i + 1, to + 1));
        }
        let from = i + 1;
        let first_name = to;
        while free(to) && scan.place_word(to, to > first_name) {
            to += 1;
        }
        while to > first_name
            && !scan.tok(to - 1).is_some_and(|tok| tok.capital || matches!(tok.kind, Kind::Num(..)))
        {
            to -= 1;
        }
        let owner = (first_name..to).any(|i| scan.lower(i).ends_with("'s"));
        let whole_person = (first_name..to).all(person) && to > first_name && !owner;
        if to > first_name && !whole_person {
            return Some(scan.named(from, to));
        }
    }
    None
}

/// Forms of address that a family name follows.
const TITLES: [&str; 7] = ["dr", "mr", "mrs", "ms", "prof", "doctor", "professor"];

impl Scan<'_> {
    fn named(&self, from: usize, to: usize) -> PersonFound {
        let start = self.tok(from).map_or(0, |tok| tok.start);
        let end = to.checked_sub(1).and_then(|at| self.tok(at)).map_or(start, |tok| tok.end);
        let name = self.text.get(start..end).unwrap_or("").to_owned();
        PersonFound { from, to, name }
    }

    fn place_word(&self, i: usize, inner: bool) -> bool {
        let Some(tok) = self.tok(i) else { return false };
        match tok.kind {
            Kind::Word if tok.capital => true,
            Kind::Word => inner && matches!(self.lower(i), "of" | "the" | "de" | "la" | "and"),
            Kind::Num(..) => inner && self.closes_name(i + 1),
            Kind::Sep('&' | '\'' | '’' | '-') => inner,
            _ => false,
        }
    }

    /// Whether a number before `i` ends a name ("Pier 4", "Room 12 tomorrow").
    fn closes_name(&self, i: usize) -> bool {
        self.tok(i).is_none_or(|tok| {
            tok.capital || (tok.word != W::None && !matches!(tok.word, W::Unit(_) | W::Units(_)))
        })
    }

    fn person(&self, i: usize, taken: &[bool], known: &[String]) -> Option<PersonFound> {
        let tok = self.tok(i)?;
        if tok.kind != Kind::Word || self.glued_to_sign(i) {
            return None;
        }
        let free = |at: usize| !taken.get(at).copied().unwrap_or(true);
        let lower = self.lower(i);
        let base = lower.strip_suffix("'s").unwrap_or(lower);
        let asked = self.asked(i);
        let name = is_given_name(base) || known.iter().any(|name| same_first(name, base));
        let capital = tok.capital && lower.len() > 1 && !self.shouted(i);
        let common = listed(lists::NO_PERSON, base) || (listed(lists::VERBS, base) && !capital);
        let eve = tok.capital && lower == "eve";
        let known_word =
            tok.word != W::None && !eve && !matches!(tok.word, W::Month(..) | W::Wd(..));
        if common || known_word || base.is_empty() {
            return None;
        }
        let sure = name && (tok.capital || i > 0 || self.tok(i + 1).is_some());
        let mine = self.lower_before(i) == "my";
        let relation =
            is_relation(base) && (asked.is_some() || mine || lower.ends_with("'s") || i == 0);
        let rare = is_rare_name(base)
            && asked.is_some_and(|word| word == "and" || self.asks_for_person(word))
            && self.ends_phrase(i + 1);
        let titled = among(&TITLES, self.title_before(i)) && tok.word == W::None;
        let by_capital = capital
            && asked.is_some_and(|word| self.asks_for_person(word))
            && !matches!(tok.word, W::Wd(..));
        let after_with = asked.is_some_and(|word| among(lists::PERSON_SURELY, word))
            && !capital
            && tok.word == W::None
            && self.ends_phrase(i + 1)
            && !lower.ends_with("ing");
        if !(sure || relation || rare || titled || by_capital || after_with) {
            return None;
        }
        let mut to = i + 1;
        let possessive = lower.ends_with("'s");
        while !possessive && free(to) && to < i + 3 && self.family_name(to, capital, name) {
            to += 1;
        }
        // "aunt May".
        let named = |tok: &Tok| {
            tok.capital && tok.kind == Kind::Word && matches!(tok.word, W::None | W::Month(_, true))
        };
        let titled = relation && among(&["aunt", "uncle", "cousin"], base);
        if titled && !possessive && to == i + 1 && free(to) && self.tok(to).is_some_and(named) {
            to += 1;
        }
        let mut person = self.named(i, to);
        for ending in ["'s", "’s"] {
            if let Some(name) = person.name.strip_suffix(ending) {
                person.name = name.to_owned();
            }
        }
        Some(person)
    }

    /// "dr" in "dr. jones".
    fn title_before(&self, i: usize) -> &str {
        let at =
            self.prev(i).map_or(i, |at| if self.sep(at, '.') { at.saturating_sub(1) } else { at });
        self.lower(at)
    }

    fn glued_to_sign(&self, i: usize) -> bool {
        let before = self.prev(i).and_then(|at| self.tok(at));
        self.glued(i)
            && before.is_some_and(|tok| {
                matches!(tok.kind, Kind::Sep('#' | '/' | '~' | '.' | '-' | '_') | Kind::Num(..))
            })
    }

    /// All capitals, as "HR" and "CEO" are.
    fn shouted(&self, i: usize) -> bool {
        let slice = self.slice(i);
        slice.len() > 1 && slice.chars().all(|c| !c.is_lowercase())
    }

    /// The word before that asks for a person, past "and" and a name, or past a title.
    fn asked(&self, i: usize) -> Option<&str> {
        let mut at = self.prev(i)?;
        if self.sep(at, '.')
            || among(
                &["mr", "mrs", "ms", "dr", "prof", "my", "uncle", "aunt", "coach"],
                self.lower(at),
            )
        {
            at = self.prev(at)?;
        }
        if among(&["mr", "mrs", "ms", "dr"], self.lower(at)) {
            at = self.prev(at)?;
        }
        if self.sep(at, '/') && self.prev(at).is_some_and(|before| self.lower(before) == "w") {
            return Some("with");
        }
        if self.is(at, W::And) || self.sep(at, ',') || self.sep(at, '&') {
            let name = self.prev(at)?;
            let lower = self.lower(name);
            let listed = is_given_name(lower) || is_relation(lower) || self.tok(name)?.capital;
            return listed.then_some("and");
        }
        let word = self.lower(at);
        // "talk to Joy" and "pick up Ann" ask for somebody, unlike "to" and "up" elsewhere.
        let spoken =
            word == "to" && among(&["talk", "speak", "write", "reply"], self.lower_before(at));
        if spoken || (word == "up" && self.lower_before(at) == "pick") {
            return Some("call");
        }
        let ask = among(lists::PERSON_AFTER, word) && !self.is_opaque(at, Plain::Quote);
        ask.then_some(word)
    }

    /// Whether the word may be followed by something else than a person too.
    fn asks_for_person(&self, word: &str) -> bool {
        !matches!(
            word,
            "from"
                | "to"
                | "for"
                | "about"
                | "by"
                | "is"
                | "pay"
                | "see"
                | "visit"
                | "join"
                | "called"
                | "book"
        )
    }

    /// Whether a phrase ends here: no noun follows ("with tomato soup" goes on).
    fn ends_phrase(&self, i: usize) -> bool {
        let Some(tok) = self.tok(i) else { return true };
        match tok.kind {
            Kind::Word => {
                tok.word != W::None
                    || among(
                        &["re", "regarding", "please", "that", "if", "when", "then", "to"],
                        self.lower(i),
                    )
            }
            Kind::Sep(_) => true,
            _ => false,
        }
    }

    /// A second name behind a first.
    fn family_name(&self, i: usize, capital: bool, given: bool) -> bool {
        let Some(tok) = self.tok(i) else { return false };
        let lower = self.lower(i);
        if tok.kind != Kind::Word || tok.word != W::None || listed(lists::NO_PERSON, lower) {
            return false;
        }
        let common = given && !capital && is_surname(lower);
        common || (capital && tok.capital && !self.shouted(i))
    }
}

fn same_first(known: &str, base: &str) -> bool {
    known.split_whitespace().next().is_some_and(|first| crate::words::lowered(first) == base)
}
