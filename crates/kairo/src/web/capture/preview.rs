//! How the line is read while it is typed, as the browser draws it.

use kairo_capture::{Confidence, Field, Kind, Reading, SpanRead};

use crate::capture::reading::{Choice, choose};
use crate::web::views::preview::{chip_words, utf16_offset};
use crate::web::views::{Alternative, Preview, Span};

/// The preview of the first item; further items of one line are shown once they are kept.
pub(super) fn of(text: &str, mut reading: Reading, choices: &[Choice]) -> Preview {
    let read_start = start(&reading);
    choose(&mut reading, choices);
    let Some(item) = reading.items.first() else { return Preview::default() };
    let shown = |read: &SpanRead| span(text, read, read_start, choices);
    Preview {
        title: item.title.clone(),
        kind: match item.kind {
            Kind::Task => "task",
            Kind::Event => "event",
            Kind::Note => "note",
        },
        spans: item.spans.iter().filter(|read| read.field != Field::Quote).map(shown).collect(),
        sure: reading.confidence == Confidence::Sure,
    }
}

fn start(reading: &Reading) -> Option<jiff::civil::DateTime> {
    reading.items.first().and_then(|item| item.when.as_ref()).map(|when| when.start)
}

fn span(
    text: &str,
    read: &SpanRead,
    read_start: Option<jiff::civil::DateTime>,
    choices: &[Choice],
) -> Span {
    let mut span = Span {
        start: utf16_offset(text, read.span.start),
        end: utf16_offset(text, read.span.end),
        field: picture(read.field),
        text: read.text.clone(),
        alternatives: Vec::new(),
        unsure: false,
    };
    if let (Some(own), false) = (read_start, read.alternatives.is_empty()) {
        let others: Vec<String> =
            read.alternatives.iter().map(|other| other.label.clone()).collect();
        let (words, labels) = chip_words(&read.text, &others);
        let chosen = choices.iter().find(|choice| choice.span == (read.span.start..read.span.end));
        let taken = chosen.map_or(own, |choice| choice.start);
        let starts = std::iter::once(own).chain(read.alternatives.iter().map(|other| other.start));
        span.text = words;
        span.alternatives = labels
            .into_iter()
            .zip(starts)
            .map(|(label, start)| Alternative {
                label,
                choice: start.to_string(),
                taken: taken == start,
            })
            .collect();
        span.unsure = chosen.is_none();
    }
    span
}

fn picture(field: Field) -> &'static str {
    match field {
        Field::Day => "day",
        Field::Hour | Field::Zone | Field::Reminder | Field::Estimate => "hour",
        Field::Repeat => "loop",
        Field::Who | Field::Assignee => "who",
        Field::Place => "place",
        Field::Tag | Field::List => "tag",
        Field::Priority => "flag",
        Field::Note | Field::Quote => "note",
    }
}
