//! From the reader's answer to what is kept: the person's settings in, states of items out.
//!
//! **Invariant:** a reading never fails and never drops words: a title past its limit is cut for
//! show and the whole text goes into the notes; the capture itself keeps every word anyway.

use std::ops::Range;

use jiff::SignedDuration;
use jiff::civil::DateTime;
use kairo_capture::{Confidence, Context, Reading, Span, zone_named};

use super::{CaptureError, Thought};
use crate::accounts::{Base, Person};
use crate::items::{Body, Kind, Repeat, Role, SpanKept, State, Status, When};
use crate::limits::{
    ITEM_LABEL_CHARS_MAX, ITEM_LABELS_MAX, ITEM_PLACE_CHARS_MAX, ITEM_TITLE_CHARS_MAX,
};
use crate::meters;

/// A reading that the person chose among several: where, and the start that it gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Byte range of the words.
    pub span: Range<usize>,
    /// The start.
    pub start: DateTime,
}

/// What a text is read against.
pub struct Setting {
    /// The local time that it counts from.
    pub reference: DateTime,
    /// IANA name of the zone.
    pub zone_name: String,
    context: Context,
}

/// What a thought becomes.
pub struct Kept {
    /// At least one.
    pub states: Vec<State>,
    /// `sure`, `likely` or `unsure`.
    pub confidence: &'static str,
    /// Whether another minute might give another reading.
    pub uses_clock: bool,
}

impl Setting {
    /// The person's settings, or what the thought says instead.
    pub fn of(base: &Base, person: &Person, thought: &Thought) -> Result<Self, CaptureError> {
        let zone_name = thought.zone.as_deref().unwrap_or(&person.settings.time_zone);
        let zone = zone_named(zone_name).map_err(|_| CaptureError::UnknownZone)?;
        let now = zone.to_datetime(base.clock.now());
        let reference = thought.reference.unwrap_or(now);
        let context = Context::new(reference, zone_name).map_err(|_| CaptureError::UnknownZone)?;
        let context = Context {
            date_order: person.settings.date_order,
            week_start: person.settings.week_start,
            ..context
        };
        Ok(Self { reference, zone_name: zone_name.to_owned(), context })
    }

    /// How days and weeks are read, in a word for keys.
    pub(super) fn order_word(&self) -> String {
        format!("{:?} {:?}", self.context.date_order, self.context.week_start)
    }

    /// A setting of a test.
    #[cfg(test)]
    pub(super) fn at(reference: DateTime, zone_name: &str) -> Self {
        let context = Context::new(reference, zone_name).unwrap();
        Self { reference, zone_name: zone_name.to_owned(), context }
    }

    /// Reads a text.
    pub fn read(&self, text: &str, dismissed: &[Range<usize>]) -> Reading {
        let dismissed =
            dismissed.iter().map(|range| Span { start: range.start, end: range.end }).collect();
        let context = Context { dismissed, ..self.context.clone() };
        meters::reading(|| kairo_capture::read(text, &context))
    }
}

/// Reads a text into states.
pub fn read(text: &str, setting: &Setting, dismissed: &[Range<usize>], choices: &[Choice]) -> Kept {
    let mut reading = setting.read(text, dismissed);
    choose(&mut reading, choices);
    let confidence = match reading.confidence {
        Confidence::Sure => "sure",
        Confidence::Likely => "likely",
        Confidence::Unsure => "unsure",
    };
    let uses_clock = reading.uses_clock;
    let mut states: Vec<State> =
        reading.items.into_iter().map(|item| state(item, text, setting)).collect();
    if states.is_empty() {
        states.push(plain(text));
    }
    Kept { states, confidence, uses_clock }
}

/// Reads words that should be a time and nothing else; `None` where they are not.
pub fn read_time(words: &str, setting: &Setting) -> Option<(When, Option<Repeat>)> {
    let reading = setting.read(words, &[]);
    let [item] = <[_; 1]>::try_from(reading.items).ok()?;
    let is_left = |at: usize| !item.spans.iter().any(|s| (s.span.start..s.span.end).contains(&at));
    let left: String =
        words.char_indices().filter(|(at, _)| is_left(*at)).map(|(_, c)| c).collect();
    let understood = left
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .all(|word| CONNECTIVES.contains(&word.to_lowercase().as_str()));
    let state = state(item, words, setting);
    Some((state.when.filter(|_| understood)?, state.repeat))
}

/// Words that stand between the parts of a time without being one.
const CONNECTIVES: &[&str] = &["at", "on", "by", "the", "to", "from", "due", "after", "and", "of"];

/// Takes the readings that the person chose; one that the reader did not offer is passed over. A
/// day and an hour have chips of their own, so each choice moves the start by what it differs from
/// the reading, and two choices add up.
pub fn choose(reading: &mut Reading, choices: &[Choice]) {
    for item in &mut reading.items {
        let Some(read) = item.when.as_ref().map(|when| when.start) else { continue };
        for choice in choices {
            let offered = item.spans.iter().any(|span| {
                span.span.start == choice.span.start
                    && span.span.end == choice.span.end
                    && span.alternatives.iter().any(|other| other.start == choice.start)
            });
            if let (true, Some(when)) = (offered, item.when.as_mut()) {
                let by: SignedDuration = choice.start.duration_since(read);
                when.start = when.start.checked_add(by).unwrap_or(when.start);
                when.end = when.end.and_then(|end| end.checked_add(by).ok());
            }
        }
    }
}

fn state(item: kairo_capture::Item, text: &str, setting: &Setting) -> State {
    let when = item.when.map(|when| {
        let role = match when.role {
            kairo_capture::Role::Start => Role::Start,
            kairo_capture::Role::Due => Role::Due,
            kairo_capture::Role::NotBefore => Role::NotBefore,
        };
        let zone = when.zone.unwrap_or_else(|| setting.zone_name.clone());
        When { role, start: when.start, end: when.end, all_day: when.all_day, zone }.settle()
    });
    let when = when.filter(|when| when.check().is_ok());
    let repeat = item.recurrence.filter(|_| when.is_some()).map(|recurrence| {
        let time = when.as_ref().map(|when| when.start.time()).unwrap_or_default();
        Repeat {
            rrule: recurrence.rrule,
            from_completion: recurrence.anchor == kairo_capture::Anchor::Completion,
            exdates: recurrence.exdates.iter().map(|day| day.to_datetime(time)).collect(),
        }
    });
    let mut people = item.people;
    people.extend(item.assignee.filter(|name| !people.contains(name)));
    let spans = item.spans.iter().map(|read| SpanKept {
        start: read.span.start,
        end: read.span.end,
        field: serde_json::to_value(read.field)
            .ok()
            .and_then(|word| word.as_str().map(str::to_owned))
            .unwrap_or_default(),
        text: read.text.clone(),
    });
    let body = Body {
        title: item.title,
        notes: item.notes,
        people: fitting(people),
        place: item.place.filter(|place| place.chars().count() <= ITEM_PLACE_CHARS_MAX),
        tags: fitting(item.tags),
        list: item.list,
        estimate_minutes: item.estimate_minutes,
        reminder_minutes: item.reminder_minutes,
        spans: spans.collect(),
    };
    let kind = match item.kind {
        kairo_capture::Kind::Task => Kind::Task,
        kairo_capture::Kind::Event => Kind::Event,
        kairo_capture::Kind::Note => Kind::Note,
    };
    let priority = item.priority.map(i16::from);
    State { kind, priority, when, repeat, ..fit(body, text) }
}

fn plain(text: &str) -> State {
    fit(Body { title: text.trim().to_owned(), ..Body::default() }, text)
}

/// An open task of these words; a title past its limit is cut, and then the notes hold the whole
/// text.
fn fit(mut body: Body, text: &str) -> State {
    if body.title.trim().is_empty() {
        body.title = text.trim().to_owned();
    }
    if body.title.chars().count() > ITEM_TITLE_CHARS_MAX {
        let cut: String = body.title.chars().take(ITEM_TITLE_CHARS_MAX - 1).collect();
        let cut = cut.rsplit_once(char::is_whitespace).map_or(cut.as_str(), |(words, _)| words);
        body.notes = Some(text.trim().to_owned());
        body.title = format!("{cut}\u{2026}");
    }
    let spans = std::mem::take(&mut body.spans);
    let mut body = body.clone().tidy().unwrap_or(body);
    body.spans = spans;
    State {
        kind: Kind::Task,
        status: Status::Open,
        body,
        priority: None,
        when: None,
        repeat: None,
        done_at: None,
        deleted_at: None,
    }
}

pub(super) fn fitting(labels: Vec<String>) -> Vec<String> {
    let fits = |label: &String| label.chars().count() <= ITEM_LABEL_CHARS_MAX;
    labels.into_iter().filter(fits).take(ITEM_LABELS_MAX).collect()
}
