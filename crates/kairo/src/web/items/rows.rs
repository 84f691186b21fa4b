//! An item as a row of a list.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use kairo_capture::zone_named;

use crate::items::{Item, Kind, Role, Status, When};
use crate::web::views::rows::{anchor, item_href, tick_action};
use crate::web::views::{Fact, Icon, Mark, Row, repeats, words};

/// The present, where the person is.
pub(super) struct Here {
    /// Local date and time.
    pub(super) now: DateTime,
    /// IANA name.
    pub(super) zone: String,
}

impl Here {
    /// Today.
    pub(super) fn today(&self) -> Date {
        self.now.date()
    }

    /// Whether a moment lies in today.
    pub(super) fn is_today(&self, at: Option<Timestamp>) -> bool {
        let day = at.zip(zone_named(&self.zone).ok()).map(|(at, zone)| zone.to_datetime(at).date());
        day == Some(self.today())
    }

    /// A local time of here, where a date is meant.
    pub(super) fn local_there(&self, when: &When, at: DateTime) -> DateTime {
        if when.all_day { at } else { moved(at, &self.zone, &when.zone).unwrap_or(at) }
    }
}

pub(super) fn mark(kind: Kind) -> Mark {
    match kind {
        Kind::Task => Mark::Task,
        Kind::Event => Mark::Event,
        Kind::Note => Mark::Note,
    }
}

/// The local start where the person is: an item that was meant in another zone is shown in this
/// one.
pub(super) fn start_here(item: &Item, here: &Here) -> Option<DateTime> {
    local_here(item, item.state.when.as_ref()?.start, here)
}

/// The last local moment, likewise.
pub(super) fn last_here(item: &Item, here: &Here) -> Option<DateTime> {
    let when = item.state.when.as_ref()?;
    local_here(item, when.end.unwrap_or(when.start), here)
}

fn local_here(item: &Item, local: DateTime, here: &Here) -> Option<DateTime> {
    let when = item.state.when.as_ref()?;
    if when.all_day { Some(local) } else { moved(local, &when.zone, &here.zone) }
}

/// A local time of one zone in another.
pub(super) fn moved(local: DateTime, from: &str, to: &str) -> Option<DateTime> {
    if from == to {
        return Some(local);
    }
    let (from, to) = (zone_named(from).ok()?, zone_named(to).ok()?);
    let instant = from.to_ambiguous_timestamp(local).compatible().ok()?;
    Some(to.to_datetime(instant))
}

/// How a row tells its time.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    /// The list is one day: "1:00 pm".
    Clock,
    /// It is several: "Fri 20".
    Day,
}

/// The row of an item, or of the occurrence that `original` names. `late` says that it should have
/// been done before today.
pub(super) fn row(
    item: &Item,
    original: Option<DateTime>,
    here: &Here,
    column: Column,
    late: bool,
) -> Row {
    let id = item.id.to_string();
    let occurrence = original.map(|at| at.to_string()).unwrap_or_default();
    let start = start_here(item, here);
    let timed = item.state.when.as_ref().is_some_and(|when| !when.all_day);
    let done = item.state.status == Status::Done;
    let when = match (start, column) {
        (Some(start), Column::Clock) if timed => words::clock(start.time()),
        (Some(start), Column::Day) => words::row_day(start.date(), here.today()),
        _ => String::new(),
    };
    let when_iso = match start {
        Some(start) if timed => words::iso_minute(start),
        Some(start) => start.date().to_string(),
        None => String::new(),
    };
    Row {
        anchor: anchor(&id, &occurrence),
        href: item_href(&id, &occurrence),
        title: item.state.body.title.clone(),
        when_iso: if when.is_empty() { String::new() } else { when_iso },
        when,
        mark: mark(item.state.kind),
        done,
        late,
        current: false,
        tick: tick_action(&id, &occurrence, done),
        version: item.version,
        facts: facts(item, here),
    }
}

/// Two facts at most, the most telling first.
fn facts(item: &Item, here: &Here) -> Vec<Fact> {
    let mut facts = Vec::new();
    let mut add = |icon, text: String| facts.push(Fact { icon, text });
    if let Some(repeat) = &item.state.repeat {
        let words = repeats::repeat(&repeat.rrule, repeat.from_completion, here.today());
        add(Icon::Loop, words);
    }
    if item.state.when.as_ref().is_some_and(|when| when.role == Role::Due) {
        add(Icon::None, "due".to_owned());
    }
    match item.state.priority {
        Some(1) => add(Icon::Flag, "urgent".to_owned()),
        Some(2) => add(Icon::Flag, "high".to_owned()),
        _ => {}
    }
    // The reader leaves a place in the title where the sentence needs it; twice on a line is noise.
    let place = item.state.body.place.as_ref();
    if let Some(place) = place.filter(|place| !item.state.body.title.contains(place.as_str())) {
        add(Icon::Place, place.clone());
    }
    for tag in &item.state.body.tags {
        add(Icon::Tag, tag.clone());
    }
    facts.truncate(2);
    facts
}
