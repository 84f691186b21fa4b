//! Text, reference and time zone in; dated items with spans out.
//!
//! The way of a text: **lex** -> **match** -> **choose** -> **resolve** -> **render**, each a pure
//! function of what stands before it.
//!
//! **Invariant:** [`read`] is total: it never panics, whatever the text and the context.
//! **Invariant:** the same text and context give the same bytes, on every host.
//! This crate must never read a clock, the environment, the host's zone or its locale.

pub mod limits;
mod model;

pub use model::{
    Alternative, Anchor, Confidence, Context, DateOrder, Dayparts, Field, Item, Kind, NextWeekday,
    Reading, Recurrence, Role, Shift, Span, SpanRead, UnknownZone, When, zone_named,
};

/// Changes whenever a reading of some text may have changed; part of every cache key.
pub const READER_VERSION: &str = "1";

/// Reads a text.
pub fn read(text: &str, _context: &Context) -> Reading {
    let title = text.trim();
    let items = if title.is_empty() { Vec::new() } else { vec![plain(title)] };
    Reading { items, confidence: Confidence::Likely, uses_clock: false }
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
