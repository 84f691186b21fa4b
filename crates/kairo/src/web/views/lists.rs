//! The lists: agenda, inbox and what is done.
//!
//! **Invariant:** a list that is cut says so; an empty list says what to do.

use askama::Template;

use super::frame::Frame;
use super::item::{Choice, ItemSheet, OccurrenceSheet};
use super::rows::{Day, Row};
use super::usage::Spend;

/// A search over the list: a GET form with `q`, `tag` and `person`.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Where the form leads: `/`, `/inbox` or `/done`.
    pub action: String,
    /// The word that is looked for.
    pub q: String,
    /// Tags that the items have; the form leaves the field out where there is none.
    pub tags: Vec<Choice>,
    /// People that the items name; likewise.
    pub people: Vec<Choice>,
    /// What the list is narrowed to now.
    pub active: Vec<ActiveFilter>,
}

/// One thing that the list is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct ActiveFilter {
    /// "#house", "Sam", "“contract”".
    pub label: String,
    /// The same list without it.
    pub without: String,
}

/// A thing to try on a first visit.
#[derive(Clone, Debug, Default)]
pub struct Try {
    /// What to type; `GET /?text=` puts it into the line.
    pub text: String,
    /// How it would be read today.
    pub reading: String,
}

/// `/`, and `/items/{id}` with an item open beside it (or alone, on a phone).
#[derive(Clone, Debug, Default, Template)]
#[template(path = "items/agenda.html")]
pub struct Agenda {
    /// Common part.
    pub frame: Frame,
    /// "Monday 23 November".
    pub heading: String,
    /// "10:42 am".
    pub time: String,
    /// `2026-11-23T10:42`.
    pub time_iso: String,
    /// "New York".
    pub zone: String,
    /// The meter; `None` where there is no provider of models.
    pub spend: Option<Spend>,
    /// Sections in order; today carries the line of now.
    pub days: Vec<Day>,
    /// First visit: things to try. Shown where `days` has no row.
    pub tries: Vec<Try>,
    /// Search; `None` while there is nothing to look through.
    pub filter: Option<Filter>,
    /// The number of items shown, where there are more.
    pub more_than: Option<usize>,
    /// The item beside the list.
    pub item: Option<ItemSheet>,
    /// Or one occurrence of a series.
    pub occurrence: Option<OccurrenceSheet>,
    /// `/items/{id}` and its occurrences: the title is the heading of the page, and a phone shows
    /// the item alone.
    pub alone: bool,
}

/// `/inbox`: open items without a date.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "items/inbox.html")]
pub struct Inbox {
    /// Common part.
    pub frame: Frame,
    /// The items, the newest first.
    pub rows: Vec<Row>,
    /// Search.
    pub filter: Option<Filter>,
    /// The number of items shown, where there are more.
    pub more_than: Option<usize>,
}

/// `/done`: what was done, the last day first.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "items/done.html")]
pub struct Done {
    /// Common part.
    pub frame: Frame,
    /// A section for each day on which something was done.
    pub days: Vec<Day>,
    /// Search.
    pub filter: Option<Filter>,
    /// The number of items shown, where there are more.
    pub more_than: Option<usize>,
}

/// `/captures/{id}`: what was typed, how it was read, and what is left of it.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "items/captured.html")]
pub struct Captured {
    /// Common part.
    pub frame: Frame,
    /// What was typed, to the letter.
    pub text: String,
    /// "Read at once, without a model."
    pub how: String,
    /// Its items that are still there.
    pub rows: Vec<Row>,
}
