//! Text, reference and time zone in; dated items with spans out.
//!
//! The way of a text: **lex** -> **match** (`grammar`) -> **choose** -> **resolve** (`join`,
//! `timing`, `recurring`, `resolve`, `hours`) -> **render** (`items`, `chips`, `title`, `kind`,
//! `label`), each a pure function of what stands before it.
//!
//! **Invariant:** [`read`] is total: it never panics, whatever the text and the context.
//! **Invariant:** the same text and context give the same bytes, on every host.
//! This crate must never read a clock, the environment, the host's zone or its locale.

mod ast;
mod chips;
mod choose;
mod expand;
mod grammar;
mod hours;
mod items;
mod join;
pub mod jsonl;
mod kind;
mod label;
mod lex;
pub mod limits;
mod model;
mod recurring;
mod resolve;
mod rule;
mod timing;
mod title;
mod words;

pub use model::{
    Alternative, Anchor, Confidence, Context, DateOrder, Dayparts, Field, Item, Kind, NextWeekday,
    Reading, Recurrence, Role, Shift, Span, SpanRead, UnknownZone, When, zone_named,
};
pub use rule::RuleError;

/// Changes whenever a reading of some text may have changed; part of every cache key.
pub const READER_VERSION: &str = "4";

/// Reads a text: one item, or several where it lists lines or days.
pub fn read(text: &str, context: &Context) -> Reading {
    let lines = lines(text);
    let bullets: Vec<Option<usize>> =
        lines.iter().map(|(from, to)| bullet(text, *from, *to)).collect();
    if lines.len() > 1 && bullets.iter().all(Option::is_some) {
        return read_list(text, &lines, &bullets, context);
    }
    let Some((from, to)) = lines.first().copied() else {
        return Reading { items: Vec::new(), confidence: Confidence::Sure, uses_clock: false };
    };
    let mut reading = items::read_line(text, from, to, context);
    let rest = text.get(to..).unwrap_or("").trim();
    if !rest.is_empty() {
        for item in &mut reading.items {
            let notes = item.notes.take();
            item.notes =
                Some(notes.map_or_else(|| rest.to_owned(), |notes| format!("{notes}\n{rest}")));
        }
    }
    reading
}

/// The lines of a text that are not blank.
fn lines(text: &str) -> Vec<(usize, usize)> {
    let mut at = 0;
    let mut found = Vec::new();
    for line in text.split_inclusive(['\n', '\r']) {
        let trimmed = line.trim_end();
        if !trimmed.trim_start().is_empty() {
            found.push((at, at + trimmed.len()));
        }
        at += line.len();
        if found.len() > limits::ITEMS_MAX {
            break;
        }
    }
    found
}

/// Where the words of a list's line begin.
fn bullet(text: &str, from: usize, to: usize) -> Option<usize> {
    let line = text.get(from..to)?;
    let words = line.trim_start();
    let marks = ["- [ ] ", "* [ ] ", "[ ] ", "- ", "* ", "• ", "– "];
    let rest = marks.iter().find_map(|mark| words.strip_prefix(mark))?;
    let rest = rest.trim_start();
    (!rest.is_empty()).then_some(to - rest.len())
}

fn read_list(
    text: &str,
    lines: &[(usize, usize)],
    bullets: &[Option<usize>],
    context: &Context,
) -> Reading {
    let mut whole = Reading { items: Vec::new(), confidence: Confidence::Sure, uses_clock: false };
    for ((from, to), start) in lines.iter().zip(bullets).take(limits::ITEMS_MAX) {
        let reading = items::read_line(text, start.unwrap_or(*from), *to, context);
        whole.confidence = whole.confidence.min(reading.confidence);
        whole.uses_clock |= reading.uses_clock;
        whole.items.extend(reading.items);
    }
    whole.items.truncate(limits::ITEMS_MAX);
    whole
}

fn plain(title: &str) -> Item {
    Item {
        kind: Kind::Task,
        title: title.to_owned(),
        notes: None,
        people: Vec::new(),
        place: None,
        tags: Vec::new(),
        list: None,
        priority: None,
        when: None,
        recurrence: None,
        reminder_minutes: None,
        estimate_minutes: None,
        assignee: None,
        spans: Vec::new(),
    }
}
