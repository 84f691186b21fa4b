//! Task, event or note.
//!
//! - **Event**: it takes place. It has a start time (not a deadline) and no word of doing first
//!   ("lunch with Sam 1pm", "standup 9:15", but not "call Sam at 1pm"), or a range of times or
//!   days. A word such as "meet" or "attend" first is an appointment too.
//! - **Note**: nothing to do. No date, and either nothing but a quotation, a text that begins with
//!   "note:" or "fyi", or a remark: something *is* something.
//! - **Task**: everything else, with or without a date.
//!
//! **Invariant:** the kind never changes any other field.

use crate::grammar::Scan;
use crate::lex::{Kind as Lexed, Plain};
use crate::model::{Item, Kind, Role};
use crate::words::{among, listed, lists};

/// The kind of an item.
pub(crate) fn kind(scan: &Scan<'_>, taken: &[bool], item: &Item) -> Kind {
    let free: Vec<usize> =
        (0..scan.toks.len()).filter(|i| !taken.get(*i).copied().unwrap_or(false)).collect();
    match &item.when {
        Some(when) if when.role == Role::Start => {
            let first = first_word(scan, &free);
            let verb = listed(lists::VERBS, first);
            let named = free.iter().any(|i| among(lists::EVENTS, scan.lower(*i)));
            let opens = among(lists::EVENTS, first);
            let call_with = first == "call" && free.iter().any(|i| scan.lower(*i) == "with");
            if when.all_day {
                let event = when.end.is_some() && !verb;
                return if event { Kind::Event } else { Kind::Task };
            }
            let ranged = when.end.is_some() && item.estimate_minutes.is_none();
            if opens
                || call_with
                || ranged
                || (!verb && item.recurrence.is_none())
                || (named && !verb)
            {
                Kind::Event
            } else if verb || !named {
                Kind::Task
            } else {
                Kind::Event
            }
        }
        Some(_) => Kind::Task,
        None if item.recurrence.is_none() && is_note(scan, &free) => Kind::Note,
        None => Kind::Task,
    }
}

fn first_word<'a>(scan: &Scan<'a>, free: &[usize]) -> &'a str {
    let skipped =
        ["please", "to", "the", "a", "an", "i", "need", "must", "have", "my", "and", "go", "we"];
    free.iter()
        .filter(|i| scan.is_word(**i))
        .map(|i| scan.lower(*i))
        .find(|word| !among(&skipped, word))
        .unwrap_or_default()
}

fn is_note(scan: &Scan<'_>, free: &[usize]) -> bool {
    let Some(first) = free.first().copied() else { return false };
    let lower = scan.lower(first);
    let marked = matches!(lower, "note" | "notes" | "idea" | "fyi" | "quote" | "til" | "remark");
    if marked && (scan.sep(first + 1, ':') || lower == "fyi") {
        return true;
    }
    let quoted = |i: &usize| scan.is_opaque(*i, Plain::Quote);
    let silent =
        |i: &usize| quoted(i) || matches!(scan.tok(*i).map(|tok| tok.kind), Some(Lexed::Sep(_)));
    if free.iter().any(quoted) && free.iter().all(silent) {
        return true;
    }
    let asks = free.last().is_some_and(|i| scan.sep(*i, '?'));
    let does = listed(lists::VERBS, lower)
        || among(&["what", "who", "why", "how", "is", "are", "if", "where"], lower);
    let says = free.iter().take(8).any(|i| {
        matches!(
            scan.lower(*i),
            "is" | "are"
                | "was"
                | "were"
                | "isn't"
                | "aren't"
                | "has"
                | "had"
                | "likes"
                | "loves"
                | "hates"
                | "said"
                | "says"
                | "means"
        )
    });
    says && !does && !asks
}
