//! One JSON line in, one JSON line out: the contract of `kairo-capture --jsonl`.
//!
//! **Invariant:** every line has an answer; a bad one is `{"id":…,"error":…}`, and the next line
//! is read.

use crate::limits::LINE_BYTES_MAX;
use crate::{Confidence, Context, DateOrder, Field, Item, Kind, Reading, Span, When, read};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::time::Duration;

#[derive(Debug, Deserialize)]
struct Ask {
    text: String,
    timezone: String,
    reference: String,
    #[serde(default)]
    date_order: Option<String>,
}

#[derive(Debug, Serialize)]
struct Answer<'a> {
    id: &'a Value,
    start: Option<String>,
    end: Option<String>,
    timed: bool,
    rrule: Option<&'a str>,
    time: Option<String>,
    title: &'a str,
    us: u64,
}

/// Everything a reading holds, for `--full`.
#[derive(Debug, Serialize)]
struct Full<'a> {
    #[serde(flatten)]
    answer: Answer<'a>,
    people: &'a [String],
    kind: Option<Kind>,
    confidence: Confidence,
    items: &'a [Item],
}

#[derive(Debug, Serialize)]
struct Refusal<'a> {
    id: &'a Value,
    error: String,
}

/// Answers one line. `elapsed` gives the time since it was made, for the field `us`.
pub fn answer(line: &[u8], full: bool, elapsed: impl Fn() -> Duration) -> String {
    let before = elapsed();
    let mut id = Value::Null;
    match reply(line, full, &mut id, || elapsed().saturating_sub(before)) {
        Ok(reply) => reply,
        Err(error) => serde_json::to_string(&Refusal { id: &id, error }).unwrap_or_default(),
    }
}

fn reply(
    line: &[u8],
    full: bool,
    id: &mut Value,
    elapsed: impl Fn() -> Duration,
) -> Result<String, String> {
    if line.len() > LINE_BYTES_MAX {
        return Err(format!("the line is longer than {LINE_BYTES_MAX} bytes"));
    }
    let value: Value = serde_json::from_slice(line).map_err(|error| error.to_string())?;
    *id = value.get("id").cloned().unwrap_or(Value::Null);
    let ask: Ask = serde_json::from_value(value).map_err(|error| error.to_string())?;
    let context = context(&ask)?;
    let reading = read(&ask.text, &context);
    let us = u64::try_from(elapsed().as_micros()).unwrap_or(u64::MAX);
    render(id, &ask.text, &reading, &context, us, full).map_err(|error| error.to_string())
}

fn context(ask: &Ask) -> Result<Context, String> {
    let reference: DateTime = ask.reference.parse().map_err(|_| {
        format!("reference is no local time such as 2026-11-23T09:00:00: {:?}", ask.reference)
    })?;
    let mut context = Context::new(reference, &ask.timezone).map_err(|error| error.to_string())?;
    context.date_order = match ask.date_order.as_deref() {
        None => DateOrder::Mdy,
        Some(order) if order.eq_ignore_ascii_case("MDY") => DateOrder::Mdy,
        Some(order) if order.eq_ignore_ascii_case("DMY") => DateOrder::Dmy,
        Some(other) => return Err(format!("date_order is MDY or DMY, not {other:?}")),
    };
    Ok(context)
}

fn render(
    id: &Value,
    text: &str,
    reading: &Reading,
    context: &Context,
    us: u64,
    full: bool,
) -> serde_json::Result<String> {
    let item = reading.items.first();
    let when = item.and_then(|item| item.when.as_ref());
    let recurrence = item.and_then(|item| item.recurrence.as_ref());
    let answer = Answer {
        id,
        start: when.map(|when| local(when, when.start, &context.zone)),
        end: when.and_then(|when| when.end.map(|end| local(when, end, &context.zone))),
        timed: when.is_some_and(|when| !when.all_day),
        rrule: recurrence.map(|recurrence| recurrence.rrule.as_str()),
        time: recurrence
            .and_then(|recurrence| recurrence.time)
            .map(|time| format!("{:02}:{:02}", time.hour(), time.minute())),
        title: item.filter(|item| !is_bare(text, item)).map_or("", |item| &item.title),
        us,
    };
    if !full {
        return serde_json::to_string(&answer);
    }
    serde_json::to_string(&Full {
        answer,
        people: item.map_or(&[], |item| &item.people),
        kind: item.map(|item| item.kind),
        confidence: reading.confidence,
        items: &reading.items,
    })
}

/// Whether a text says a time and nothing else. The item repeats it as its title, since people
/// need one; a program is told that no words were left.
fn is_bare(text: &str, item: &Item) -> bool {
    let timed = |field: Field| !matches!(field, Field::Who | Field::Place | Field::Quote);
    let spans = item.spans.iter().filter(|read| timed(read.field));
    let spans: Vec<Span> = spans.map(|read| read.span).collect();
    let free = |at: usize| !spans.iter().any(|span| (span.start..span.end).contains(&at));
    item.when.is_some() && !text.char_indices().any(|(at, c)| c.is_alphanumeric() && free(at))
}

/// A time as wall time of the asker's zone, since the answer has no field for another zone.
fn local(when: &When, at: DateTime, zone: &TimeZone) -> String {
    let named = when.zone.as_deref().and_then(|name| crate::zone_named(name).ok());
    let at = match named {
        Some(named) if !when.all_day => named
            .to_ambiguous_zoned(at)
            .compatible()
            .map_or(at, |zoned| zoned.with_time_zone(zone.clone()).datetime()),
        _ => at,
    };
    at.strftime("%Y-%m-%dT%H:%M:%S").to_string()
}
