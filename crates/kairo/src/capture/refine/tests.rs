//! A model's answer, from bytes to a state. What needs a provider is in `tests/it/capture/refine`.

mod forms;
mod hostile;
mod states;

use jiff::civil::date;
use serde_json::{Value, json};

use super::apply::apply;
use super::tags::{Invalid, Tags};
use crate::capture::reading::{Setting, read};
use crate::items::State;

fn monday() -> Setting {
    Setting::at(date(2026, 11, 23).at(9, 0, 0, 0), "America/New_York")
}

/// What the reader makes of a text alone.
fn offline(text: &str) -> State {
    read(text, &monday(), &[], &[]).states.remove(0)
}

/// What it becomes with an answer of a model's.
fn refined(text: &str, answer: &Value) -> Result<State, Invalid> {
    apply(&Tags::read(&answer.to_string(), text)?, &offline(text), &monday())
}

/// A whole answer with these fields.
fn answer(fields: Value) -> Value {
    let mut answer = json!({
        "title": "", "kind": "task", "when_text": null, "when_norm": null, "role": "start",
        "repeat_text": null, "repeat_norm": null, "duration_min": null, "people": [], "place": null,
        "list": null, "labels": [], "priority": "none", "reminder_text": null,
        "confidence": "high", "leftovers": [],
    });
    let (into, from) = (answer.as_object_mut().unwrap(), fields);
    into.extend(from.as_object().unwrap().clone());
    answer
}
