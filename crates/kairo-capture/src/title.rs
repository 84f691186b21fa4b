//! The title: the text without the spans that were understood, mended at the cut edges only.
//!
//! **Invariant:** what stands far from a cut is never changed, so a title without cuts is the
//! trimmed text, byte for byte but for runs of spaces at a cut.

use crate::model::Span;
use crate::words::{W, lowered, meaning};

/// Words that mean nothing at the end of what stands before a cut.
fn dangles_before(word: &str, sole: bool) -> bool {
    matches!(
        meaning(word),
        W::Due
            | W::Is
            | W::Be
            | W::At
            | W::By
            | W::From
            | W::Every
            | W::Until
            | W::Before
            | W::And
            | W::Starting
            | W::Scheduled
            | W::The
            | W::Of
            | W::On
            | W::Between
    ) && (sole || !matches!(meaning(word), W::On))
        || word == "will"
        || matches!(lowered(word).as_str(), "that's" | "thats")
}

/// Words that mean nothing at the start of what stands behind a cut.
fn dangles_behind(word: &str, first: bool) -> bool {
    match meaning(word) {
        W::Due => true,
        W::And | W::At | W::Is | W::To | W::On | W::By => first,
        _ => first && matches!(lowered(word).as_str(), "that"),
    }
}

const MARKS: &[char] = &[',', ';', ':', '-', '–', '—', '@', '|', '.', '&', '+'];

/// The title of `text` between two bytes without the cut spans.
pub(crate) fn title(text: &str, from: usize, to: usize, cuts: &[Span]) -> String {
    let mut pieces: Vec<&str> = Vec::new();
    let mut at = from;
    for cut in cuts {
        pieces.push(text.get(at..cut.start.max(at)).unwrap_or(""));
        at = cut.end.max(at);
    }
    pieces.push(text.get(at..to.max(at)).unwrap_or(""));
    if cuts.is_empty() {
        return pieces.concat().trim().to_owned();
    }
    // "Call Ann tomorrow." ends in a stop that ended the words cut.
    if pieces.last().is_some_and(|piece| piece.trim() == ".") {
        pieces.pop();
        pieces.push("");
    }
    let last = pieces.len() - 1;
    let filled = pieces.iter().rposition(|piece| !piece.trim_matches(blank).is_empty());
    let mut title = String::new();
    for (index, piece) in pieces.iter().enumerate() {
        let mut piece = piece.trim();
        if index > 0 {
            piece = trim_start(piece, title.is_empty());
            piece = without_about(text, from, cuts, piece, title.is_empty());
        }
        if index < last {
            let rest_blank = filled.is_none_or(|filled| filled <= index);
            piece = trim_end(piece, rest_blank);
        }
        let between = index > 0 && index < last;
        let joint = matches!(meaning(piece), W::And | W::Or | W::To | W::On | W::At | W::By);
        if piece.is_empty() || (between && joint) {
            continue;
        }
        let tight = piece.starts_with([',', '.', ';', ':', '!', '?', ')', '\'']);
        if !title.is_empty() && !tight {
            title.push(' ');
        }
        title.push_str(piece);
    }
    without_empty_brackets(title.trim())
}

/// "remind me on Friday about the report": "about" goes with the words that were cut before it.
fn without_about<'a>(
    text: &str,
    from: usize,
    cuts: &[Span],
    piece: &'a str,
    first: bool,
) -> &'a str {
    let asked = cuts.first().and_then(|cut| text.get(from..cut.end)).unwrap_or("").trim_start();
    let asked = matches!(meaning(asked.split(' ').next().unwrap_or("")), W::Remind | W::Reminder);
    let rest = ["about ", "of ", "for "].iter().find_map(|word| piece.strip_prefix(word));
    rest.filter(|_| first && asked).unwrap_or(piece)
}

fn blank(c: char) -> bool {
    c.is_whitespace() || MARKS.contains(&c) || matches!(c, '(' | ')' | '[' | ']' | '!' | '?')
}

fn trim_end(mut piece: &str, rest_blank: bool) -> &str {
    for _ in 0..4 {
        piece = piece.trim_end();
        let bare = piece.trim_end_matches(|c| MARKS.contains(&c) || matches!(c, '(' | '['));
        let opened = bare.len() < piece.len();
        let keeps = piece.ends_with('.') && !rest_blank;
        if opened && !keeps {
            piece = bare;
            continue;
        }
        let word = piece.rsplit(char::is_whitespace).next().unwrap_or("");
        if word.is_empty() || !dangles_before(word, rest_blank) {
            break;
        }
        let rest = piece.get(..piece.len() - word.len()).unwrap_or("");
        if rest.trim().is_empty() && !rest_blank {
            break;
        }
        piece = rest;
    }
    piece.trim_end()
}

fn trim_start(mut piece: &str, first: bool) -> &str {
    for _ in 0..4 {
        piece = piece.trim_start();
        let bare = piece.trim_start_matches(|c| MARKS.contains(&c) || matches!(c, ')' | ']'));
        let sentence = piece.starts_with(['.', '!', '?']) && !first;
        let bare = if first { bare.trim_start_matches(['!', '?', '*']) } else { bare };
        // "tomorrow 12-1 @ Nando's": the sign leads in a place, as "at" does.
        let place =
            piece.strip_prefix("@ ").is_some_and(|rest| rest.starts_with(char::is_alphabetic));
        if place && !first {
            break;
        }
        if bare.len() < piece.len() && !sentence {
            piece = bare;
            continue;
        }
        let word = piece.split(char::is_whitespace).next().unwrap_or("");
        if word.is_empty() || !dangles_behind(word, first) {
            break;
        }
        let rest = piece.get(word.len()..).unwrap_or("");
        if rest.trim().is_empty() && first {
            break;
        }
        piece = rest;
    }
    let lone = matches!(meaning(piece), W::At | W::On | W::By | W::And | W::Is | W::From);
    if lone && !first { "" } else { piece.trim_start() }
}

fn without_empty_brackets(title: &str) -> String {
    let mut title = title.to_owned();
    for empty in ["()", "[]", "( )", "[ ]", "* *"] {
        title = title.replace(empty, "");
    }
    title.trim().to_owned()
}
