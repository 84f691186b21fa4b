//! What the API answers: the JSON of captures and items (MODEL 4).
//!
//! **Invariant:** every field is always there, `null` where there is nothing; a program need not
//! tell missing from empty.

use jiff::civil::DateTime;
use serde::Serialize;
use uuid::Uuid;

use crate::capture::refine::Refine;
use crate::items::{Body, Item, Occurrence, SpanKept, State, When};

/// An item.
#[derive(Serialize)]
pub struct ItemShape {
    /// Its id; a preview has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Uuid>,
    kind: &'static str,
    status: &'static str,
    title: String,
    notes: Option<String>,
    people: Vec<String>,
    place: Option<String>,
    tags: Vec<String>,
    priority: Option<i16>,
    /// Local, without offset; a date when all day.
    start: Option<String>,
    end: Option<String>,
    all_day: bool,
    role: Option<&'static str>,
    zone: Option<String>,
    /// The instant of the start, in UTC.
    start_at: Option<String>,
    rrule: Option<String>,
    /// A preview has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<i32>,
    /// What was read from which bytes of the capture's text.
    spans: Vec<SpanKept>,
}

impl From<State> for ItemShape {
    fn from(state: State) -> Self {
        let State { kind, status, body, priority, when, repeat, .. } = state;
        let Body { title, notes, people, place, tags, spans, .. } = body;
        let local = |when: &When, at: DateTime| {
            if when.all_day { at.date().to_string() } else { at.to_string() }
        };
        Self {
            id: None,
            kind: kind.as_str(),
            status: status.as_str(),
            title,
            notes,
            people,
            place,
            tags,
            priority,
            start: when.as_ref().map(|when| local(when, when.start)),
            end: when.as_ref().and_then(|when| when.end.map(|end| local(when, end))),
            all_day: when.as_ref().is_some_and(|when| when.all_day),
            role: when.as_ref().map(|when| when.role.as_str()),
            start_at: when.as_ref().map(|when| when.instants().0.to_string()),
            zone: when.map(|when| when.zone),
            rrule: repeat.map(|repeat| repeat.rrule),
            version: None,
            spans,
        }
    }
}

impl From<Item> for ItemShape {
    fn from(item: Item) -> Self {
        Self { id: Some(item.id), version: Some(item.version), ..item.state.into() }
    }
}

/// One occurrence of a series.
#[derive(Serialize)]
pub struct OccurrenceShape {
    /// Its name: the local time that the rule gives.
    original: String,
    /// `open`, `done` or `skipped`.
    status: &'static str,
    title: String,
    notes: Option<String>,
    start: Option<String>,
    end: Option<String>,
    all_day: bool,
    zone: Option<String>,
    start_at: Option<String>,
    /// Whether it takes place at another time than the rule gives.
    moved: bool,
    /// Whether it has a title or notes of its own.
    edited: bool,
}

impl OccurrenceShape {
    /// One occurrence of an item with this state.
    pub fn new(series: &State, occurrence: &Occurrence) -> Self {
        let seen = ItemShape::from(occurrence.seen(series));
        Self {
            original: occurrence.original.to_string(),
            status: occurrence.standing.as_str(),
            title: seen.title,
            notes: seen.notes,
            start: seen.start,
            end: seen.end,
            all_day: seen.all_day,
            zone: seen.zone,
            start_at: seen.start_at,
            moved: occurrence.moved,
            edited: !occurrence.words.is_empty(),
        }
    }
}

/// Some occurrences of one item.
#[derive(Serialize)]
pub struct OccurrencesAnswer {
    /// The item.
    pub item: Uuid,
    /// Its version, which a change of an occurrence names.
    pub version: i32,
    /// In the order of their starts.
    pub occurrences: Vec<OccurrenceShape>,
    /// Where the next page begins: the value for `from`.
    pub next: Option<String>,
}

/// What a change of an occurrence left behind.
#[derive(Serialize)]
pub struct ChangedAnswer {
    /// The item at its new version; ended before the occurrence where it goes on as another.
    pub item: ItemShape,
    /// The occurrence, while the item has it.
    pub occurrence: Option<OccurrenceShape>,
    /// The item that goes on from the occurrence.
    pub following: Option<ItemShape>,
}

/// One capture with its items.
#[derive(Serialize)]
pub struct CaptureAnswer {
    capture: CaptureShape,
    items: Vec<ItemShape>,
}

#[derive(Serialize)]
struct CaptureShape {
    id: Uuid,
    refine: &'static str,
}

impl CaptureAnswer {
    /// A capture, how far its second reading has come, and its items.
    pub fn new(id: Uuid, refine: Refine, items: Vec<Item>) -> Self {
        let items = items.into_iter().map(ItemShape::from).collect();
        Self { capture: CaptureShape { id, refine: refine.as_str() }, items }
    }
}

/// What a text would become.
#[derive(Serialize)]
pub struct PreviewAnswer {
    /// Without ids.
    pub items: Vec<ItemShape>,
    /// `sure`, `likely` or `unsure`.
    pub confidence: &'static str,
}

/// One page of items.
#[derive(Serialize)]
pub struct PageAnswer {
    /// In order of their ids.
    pub items: Vec<ItemShape>,
    /// Where the next page begins: the value for `after`.
    pub next: Option<Uuid>,
}
