//! One pass from text to tokens.
//!
//! **Invariant:** tokens are in order, do not overlap, and lie on character boundaries.
//! **Invariant:** what must stay plain (quotes, escapes, addresses, prices, dismissed spans) is one
//! [`Kind::Opaque`] token, so that no rule can look into it.

use crate::limits::{ADDRESS_BYTES_MAX, TEXT_CHARS_MAX, TOKENS_MAX};
use crate::model::Span;
use crate::words::{W, folded, meaning};
use std::borrow::Cow;

/// What a token is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Digits: value and how many there are.
    Num(u32, u8),
    /// Digits with an ordinal ending ("1st").
    Ord(u32),
    Word,
    Sep(char),
    Opaque(Plain),
}

/// Why a token is opaque.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Plain {
    Quote,
    Escape,
    Address,
    Price,
    Dismissed,
    /// Dismissed words that say a day or a time. What stands beside them keeps the company that it
    /// had: dismissing "5pm" in "sat 5pm" must not take the Saturday along.
    DismissedTime,
    Long,
}

/// A token.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tok {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) kind: Kind,
    pub(crate) word: W,
    /// Whether it touches the token before it.
    pub(crate) glued: bool,
    /// Whether it begins with a capital letter.
    pub(crate) capital: bool,
}

impl Tok {
    pub(crate) fn span(self) -> Span {
        Span { start: self.start, end: self.end }
    }
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    toks: Vec<Tok>,
}

/// Cuts a text into tokens, from byte `from` to byte `to`.
pub(crate) fn lex(text: &str, from: usize, to: usize, dismissed: &[Span]) -> Vec<Tok> {
    let line = text.get(..to).unwrap_or(text);
    let room = line.char_indices().nth(TEXT_CHARS_MAX).map_or(line.len(), |(at, _)| at);
    let mut lexer = Lexer { text: line.get(..room).unwrap_or(line), at: from, toks: Vec::new() };
    while lexer.toks.len() < TOKENS_MAX && lexer.step() {}
    let mut toks = lexer.toks;
    for span in dismissed {
        dismiss(&mut toks, *span);
    }
    toks
}

fn dismiss(toks: &mut [Tok], span: Span) {
    let inside = |tok: &&Tok| span.overlaps(tok.span());
    // "@sam" is a person, "@ 7pm" a time.
    let apart = toks.iter().filter(inside).nth(1).is_some_and(|tok| !tok.glued);
    let at = |tok: &Tok| tok.kind == Kind::Sep('@') && apart;
    let sign = |tok: &Tok| matches!(tok.kind, Kind::Sep(_)) && !at(tok);
    let sign = toks.iter().find(inside).is_some_and(sign);
    let time = !sign && toks.iter().filter(inside).any(says_time);
    let why = if time { Plain::DismissedTime } else { Plain::Dismissed };
    for tok in toks.iter_mut().filter(|tok| span.overlaps(tok.span())) {
        tok.kind = Kind::Opaque(why);
        tok.word = W::None;
    }
}

fn says_time(tok: &Tok) -> bool {
    let named = matches!(
        tok.word,
        W::Wd(..)
            | W::Month(..)
            | W::Rel(_)
            | W::Tonight
            | W::Part(_)
            | W::Noon
            | W::Midnight
            | W::Num(_)
            | W::Nth(_)
            | W::Holiday(_)
    );
    named || matches!(tok.kind, Kind::Num(..) | Kind::Ord(_) | Kind::Opaque(Plain::DismissedTime))
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn push(&mut self, bytes: usize, kind: Kind, word: W) {
        let (start, end) = (self.at, self.at + bytes);
        let glued = self.toks.last().is_some_and(|last| last.end == start);
        let capital = self.rest().chars().next().is_some_and(char::is_uppercase);
        self.toks.push(Tok { start, end, kind, word, glued, capital });
        self.at = end;
    }

    /// Takes one token; false at the end of the text.
    fn step(&mut self) -> bool {
        let rest = self.rest();
        let trimmed = rest.trim_start();
        self.at += rest.len() - trimmed.len();
        let Some(first) = trimmed.chars().next() else { return false };
        let fresh = self.toks.last().is_none_or(|last| {
            last.end < self.at || matches!(last.kind, Kind::Sep('(' | '[' | '<' | ',' | ';'))
        });
        let named = fresh && first.is_alphanumeric();
        if named && let Some(bytes) = address(trimmed) {
            self.push(bytes, Kind::Opaque(Plain::Address), W::None);
        } else if let Some((bytes, why)) = literal(trimmed, first, fresh) {
            self.push(bytes, Kind::Opaque(why), W::None);
        } else if first.is_ascii_digit() {
            self.number(trimmed);
        } else if is_letter(first) {
            self.word(trimmed);
        } else {
            let sep =
                if matches!(first, '–' | '—' | '−' | '‐' | '‑') { '-' } else { first };
            self.push(first.len_utf8(), Kind::Sep(sep), W::None);
        }
        true
    }

    fn number(&mut self, rest: &str) {
        for (spelling, word) in
            [("2nite", W::Tonight), ("2morrow", W::Rel(1)), ("2moro", W::Rel(1))]
        {
            let head = rest.get(..spelling.len()).unwrap_or("");
            let ends = !rest.get(spelling.len()..).unwrap_or("").starts_with(is_letter);
            if ends && head.eq_ignore_ascii_case(spelling) {
                self.push(spelling.len(), Kind::Word, word);
                return;
            }
        }
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let tail = rest.get(digits..).unwrap_or("");
        let grouped = thousands(tail);
        let value = rest.get(..digits).and_then(|number| number.parse::<u32>().ok());
        let (Some(value), true) = (value, digits <= 9 && grouped == 0) else {
            self.push(digits + grouped, Kind::Opaque(Plain::Long), W::None);
            return;
        };
        let ending = ordinal_ending(tail);
        if ending > 0 && (1..=99).contains(&value) {
            self.push(digits + ending, Kind::Ord(value), W::None);
        } else {
            let width = u8::try_from(digits).unwrap_or(u8::MAX);
            self.push(digits, Kind::Num(value, width), W::None);
        }
    }

    fn word(&mut self, rest: &str) {
        if let Some(bytes) = meridiem_with_dots(rest) {
            let word = if rest.starts_with(['a', 'A']) { W::Am } else { W::Pm };
            self.push(bytes, Kind::Word, word);
            return;
        }
        let mut bytes = 0;
        let mut chars = rest.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            let apostrophe = matches!(c, '\'' | '’')
                && chars.peek().is_some_and(|(_, next)| next.is_alphabetic());
            if !is_letter(c) && !apostrophe {
                break;
            }
            bytes = at + c.len_utf8();
        }
        let word = meaning(rest.get(..bytes).unwrap_or(""));
        self.push(bytes, Kind::Word, word);
    }
}

fn is_letter(c: char) -> bool {
    c.is_alphabetic() || c == '_' || ('\u{300}'..='\u{36f}').contains(&c)
}

/// Bytes of ",000" groups after a number.
fn thousands(tail: &str) -> usize {
    let group = |at: usize| {
        let bytes = tail.as_bytes();
        let three = (at + 1..at + 4).all(|i| bytes.get(i).is_some_and(u8::is_ascii_digit));
        bytes.get(at) == Some(&b',') && three && !bytes.get(at + 4).is_some_and(u8::is_ascii_digit)
    };
    let mut bytes = 0;
    while group(bytes) {
        bytes += 4;
    }
    bytes
}

fn ordinal_ending(tail: &str) -> usize {
    let two = tail.get(..2).unwrap_or("").to_ascii_lowercase();
    let ends = !tail.get(2..).unwrap_or("").starts_with(|c: char| c.is_alphanumeric());
    if ends && matches!(two.as_str(), "st" | "nd" | "rd" | "th") { 2 } else { 0 }
}

/// Bytes of "a.m." or "p.m", which would otherwise be four tokens.
fn meridiem_with_dots(rest: &str) -> Option<usize> {
    let lower = rest.get(..3)?.to_ascii_lowercase();
    if lower != "a.m" && lower != "p.m" {
        return None;
    }
    let after = rest.get(3..)?;
    if after.starts_with(is_letter) {
        return None;
    }
    Some(if after.starts_with('.') { 4 } else { 3 })
}

/// Bytes of an address (URL, mail, file or host name) at the start of a run without spaces.
fn address(rest: &str) -> Option<usize> {
    let whole = |text: &str| {
        let run = text.split(char::is_whitespace).next().unwrap_or("");
        run.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '>', '"', '\'']).len()
    };
    let mut end = ADDRESS_BYTES_MAX.min(rest.len());
    while !rest.is_char_boundary(end) {
        end -= 1;
    }
    let head = rest.get(..end)?;
    let run = head.get(..whole(head))?;
    let lower_start = run.get(..4).unwrap_or("").to_ascii_lowercase();
    let found = run.contains("://") || lower_start == "www." || is_mail(run) || is_dotted_name(run);
    found.then(|| whole(rest))
}

fn is_mail(run: &str) -> bool {
    run.split_once('@').is_some_and(|(name, host)| {
        name.chars().next_back().is_some_and(char::is_alphanumeric)
            && host.contains('.')
            && host.starts_with(char::is_alphanumeric)
    })
}

/// "notes.md", "example.com/a": two or more letters on both sides of a dot.
fn is_dotted_name(run: &str) -> bool {
    run.match_indices('.').any(|(at, _)| {
        let before = run.get(..at).unwrap_or("").chars().rev();
        let after = run.get(at + 1..).unwrap_or("").chars();
        let word = run.get(..at).unwrap_or("");
        before.take_while(|c| c.is_alphabetic()).count() >= 2
            && after.take_while(|c| c.is_alphabetic()).count() >= 2
            && (matches!(meaning(word), W::None)
                || matches!(meaning(run.get(at + 1..).unwrap_or("")), W::None))
    })
}

/// A quotation, an escaped word or a price at the start of `rest`.
fn literal(rest: &str, first: char, fresh: bool) -> Option<(usize, Plain)> {
    let closing = match first {
        '"' => Some('"'),
        '“' => Some('”'),
        '„' => Some('“'),
        '«' => Some('»'),
        '`' => Some('`'),
        '\'' | '‘' if fresh => return single_quoted(rest, first),
        _ => None,
    };
    if let Some(closing) = closing {
        let inner = rest.get(first.len_utf8()..)?;
        let at = inner.find(closing)?;
        return Some((first.len_utf8() + at + closing.len_utf8(), Plain::Quote));
    }
    if first == '\\' {
        let run = rest.split(char::is_whitespace).next().unwrap_or("");
        return (run.len() > 1).then_some((run.len(), Plain::Escape));
    }
    if matches!(first, '$' | '€' | '£' | '¥' | '₹') {
        let amount = rest.get(first.len_utf8()..)?;
        let digits = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',');
        let number = amount.split(|c| !digits(c)).next().unwrap_or("");
        let number = number.trim_end_matches(['.', ',']);
        return (!number.is_empty()).then_some((first.len_utf8() + number.len(), Plain::Price));
    }
    None
}

/// 'so' in single quotes; an apostrophe inside a word does not close it.
fn single_quoted(rest: &str, first: char) -> Option<(usize, Plain)> {
    let closing = if first == '\'' { '\'' } else { '’' };
    let open = first.len_utf8();
    let inner = rest.get(open..)?;
    let end = inner.match_indices(closing).find(|(at, mark)| {
        let after = inner.get(at + mark.len()..).unwrap_or("");
        *at > 0 && !after.starts_with(char::is_alphanumeric)
    });
    let (at, mark) = end?;
    let quoted = inner.get(..at)?;
    let tight = !quoted.starts_with(char::is_whitespace) && !quoted.ends_with(char::is_whitespace);
    tight.then_some((open + at + mark.len(), Plain::Quote))
}

/// Every token in lower case; nothing for what must stay plain.
pub(crate) fn lowers<'a>(text: &'a str, toks: &[Tok]) -> Vec<Cow<'a, str>> {
    let lower = |tok: &Tok| match tok.kind {
        Kind::Opaque(_) => Cow::Borrowed(""),
        _ => folded(text.get(tok.start..tok.end).unwrap_or("")),
    };
    toks.iter().map(lower).collect()
}
