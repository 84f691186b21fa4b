//! The words of an item, sealed as one JSON value.
//!
//! **Invariant:** words are checked against their limits before they are sealed; nothing longer is
//! kept.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::Fault;
use crate::limits::{
    ITEM_LABEL_CHARS_MAX, ITEM_LABELS_MAX, ITEM_NOTES_CHARS_MAX, ITEM_PLACE_CHARS_MAX,
    ITEM_TITLE_CHARS_MAX,
};

/// What a person wrote about an item.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Body {
    /// What it is called.
    pub title: String,
    /// Anything more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
    /// Who is part of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub people: Vec<String>,
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// Tags, without the sign.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// The list it stands on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<String>,
    /// How long it is thought to take.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimate_minutes: Option<i32>,
    /// Minutes before the start at which to remind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reminder_minutes: Option<i32>,
    /// What was read from which bytes of the capture.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spans: Vec<SpanKept>,
}

/// One thing that was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpanKept {
    /// First byte of the capture's text.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// What it was read as: `day`, `hour`, `who`, …
    pub field: String,
    /// How, in words.
    pub text: String,
}

impl Body {
    /// Trims, drops what is empty or said twice, and checks every limit.
    pub fn tidy(mut self) -> Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        self.title = one_line(&self.title);
        let written = |c: &char| !c.is_control() || matches!(c, '\n' | '\t');
        self.notes = self
            .notes
            .map(|notes| notes.trim().chars().filter(written).collect::<String>())
            .filter(|notes| !notes.is_empty());
        self.place = self.place.as_deref().map(one_line).filter(|place| !place.is_empty());
        self.people = labels(self.people, "people", &mut faults);
        self.tags = labels(self.tags, "tags", &mut faults);
        if self.title.is_empty() {
            faults.push(Fault {
                field: "title",
                code: "empty",
                message: "An item needs a title.".to_owned(),
            });
        }
        within(&self.title, ITEM_TITLE_CHARS_MAX, "title", &mut faults);
        within(self.notes.as_deref().unwrap_or(""), ITEM_NOTES_CHARS_MAX, "notes", &mut faults);
        within(self.place.as_deref().unwrap_or(""), ITEM_PLACE_CHARS_MAX, "place", &mut faults);
        if faults.is_empty() { Ok(self) } else { Err(faults) }
    }

    /// Whether a word stands anywhere in it; `folded` is in lower case already.
    pub fn mentions(&self, folded: &str) -> bool {
        let holds = |text: &str| text.to_lowercase().contains(folded);
        holds(&self.title)
            || self.notes.as_deref().is_some_and(holds)
            || self.place.as_deref().is_some_and(holds)
            || self.people.iter().any(|name| holds(name))
            || self.tags.iter().any(|tag| holds(tag))
    }
}

/// A text with each run of white space, line breaks too, as one space.
fn one_line(text: &str) -> String {
    let words: Vec<String> = text
        .split_whitespace()
        .map(|word| word.chars().filter(|c| !c.is_control()).collect())
        .collect();
    words.join(" ")
}

fn within(text: &str, chars_max: usize, field: &'static str, faults: &mut Vec<Fault>) {
    let chars = text.chars().count();
    if chars > chars_max {
        faults.push(Fault {
            field,
            code: "too_long",
            message: format!("This has {chars} characters; {chars_max} are the most."),
        });
    }
}

fn labels(labels: Vec<String>, field: &'static str, faults: &mut Vec<Fault>) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    let mut folded = HashSet::new();
    for label in labels {
        let label = one_line(label.trim().trim_start_matches(['#', '@']));
        if label.is_empty() || !folded.insert(label.to_lowercase()) {
            continue;
        }
        // Counted while they are read: a body of a quarter megabyte holds a hundred thousand.
        if kept.len() == ITEM_LABELS_MAX {
            faults.push(Fault {
                field,
                code: "too_many",
                message: format!("These are more than {ITEM_LABELS_MAX}, which are the most."),
            });
            break;
        }
        within(&label, ITEM_LABEL_CHARS_MAX, field, faults);
        kept.push(label);
    }
    kept
}
