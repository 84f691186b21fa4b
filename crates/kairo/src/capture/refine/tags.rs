//! A model's answer, from bytes to tags that stand in the text.
//!
//! **Invariant:** every word that is kept from an answer stands in the capture; what does not is
//! dropped, whoever put it into the model's mouth.
//! **Invariant:** an answer that cannot be used is an error with a sentence of Kairo's own, which
//! may be told to the model.

use serde::Deserialize;
use serde_json::Value;

use crate::limits::MODEL_ANSWER_BYTES_MAX;

/// Why an answer cannot be used, in words that a model may be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Invalid {
    /// It holds no JSON object, or one that does not fit.
    #[error("it is not one JSON object with the fields that were asked for")]
    Form,
    /// It is longer than any answer needs to be.
    #[error("it is too long")]
    TooLong,
    /// The phrase of a time is none that Kairo reads.
    #[error("when_norm or repeat_norm is no phrase that can be read; write it like tomorrow 15:00")]
    Phrase,
}

/// What it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum TaggedKind {
    Task,
    Event,
    Note,
}

/// What the time is to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum TaggedRole {
    #[default]
    Start,
    Due,
    After,
}

/// How urgent it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum TaggedPriority {
    #[default]
    None,
    Low,
    Medium,
    High,
    Urgent,
}

/// What a model found. Small models leave fields out; what may be missing may be so.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Tags {
    pub(super) title: String,
    #[serde(default)]
    pub(super) kind: Option<TaggedKind>,
    #[serde(default)]
    pub(super) when_text: Option<String>,
    #[serde(default)]
    pub(super) when_norm: Option<String>,
    #[serde(default)]
    pub(super) role: Option<TaggedRole>,
    #[serde(default)]
    pub(super) repeat_text: Option<String>,
    #[serde(default)]
    pub(super) repeat_norm: Option<String>,
    #[serde(default)]
    pub(super) duration_min: Option<i64>,
    #[serde(default)]
    pub(super) people: Vec<String>,
    #[serde(default)]
    pub(super) place: Option<String>,
    #[serde(default)]
    pub(super) labels: Vec<String>,
    #[serde(default)]
    pub(super) priority: Option<TaggedPriority>,
}

impl Tags {
    /// Reads an answer to `text`.
    pub(super) fn read(answer: &str, text: &str) -> Result<Self, Invalid> {
        if answer.len() > MODEL_ANSWER_BYTES_MAX {
            return Err(Invalid::TooLong);
        }
        let object = balanced(answer).ok_or(Invalid::Form)?;
        let parsed =
            serde_json::from_str(object).or_else(|_| serde_json::from_str(&mended(object)));
        let tags: Self = parsed.map_err(|_| Invalid::Form)?;
        Ok(tags.within(text))
    }

    /// Drops every word that the text does not have, and every control character.
    fn within(self, text: &str) -> Self {
        let have = tokens(text);
        let stands = |said: &String| {
            let said = tokens(said);
            !said.is_empty() && is_subsequence(&said, &have)
        };
        // Names and labels are copied whole; words from here and there would make new ones.
        let folded = text.to_lowercase();
        let copied =
            |said: &String| !said.trim().is_empty() && folded.contains(&said.trim().to_lowercase());
        let empty = |said: &String| said.trim().is_empty();
        let given = |said: Option<String>| said.filter(|said| !empty(said));
        let when_text = given(self.when_text).filter(stands);
        let repeat_text = given(self.repeat_text).filter(stands);
        Self {
            title: Some(self.title).filter(stands).unwrap_or_default(),
            // A time that no word of the text says was made up.
            when_norm: given(self.when_norm).filter(|_| when_text.is_some()),
            repeat_norm: given(self.repeat_norm).filter(|_| repeat_text.is_some()),
            when_text,
            repeat_text,
            people: self.people.into_iter().filter(copied).collect(),
            place: given(self.place).filter(copied),
            labels: self.labels.into_iter().filter(copied).collect(),
            ..self
        }
    }
}

/// The text of an answer, wherever the form put it.
pub(super) fn said(body: &Value) -> Option<&str> {
    let message = body.pointer("/choices/0/message")?;
    let called = message.pointer("/tool_calls/0/function/arguments").and_then(Value::as_str);
    called.or_else(|| message.get("content").and_then(Value::as_str))
}

/// The first object whose braces close, out of fences and chatter.
fn balanced(answer: &str) -> Option<&str> {
    let from = answer.find('{')?;
    let (mut depth, mut in_text, mut escaped) = (0_usize, false, false);
    for (at, sign) in answer.get(from..)?.char_indices() {
        match sign {
            _ if escaped => escaped = false,
            '\\' if in_text => escaped = true,
            '"' => in_text = !in_text,
            '{' if !in_text => depth += 1,
            '}' if !in_text => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return answer.get(from..=from + at);
                }
            }
            _ => {}
        }
    }
    None
}

/// Takes out commas before a closing bracket and makes typographic quotes plain: what small models
/// get wrong most.
fn mended(object: &str) -> String {
    let mut out = String::with_capacity(object.len());
    let mut in_text = false;
    let mut signs = object.chars().peekable();
    while let Some(sign) = signs.next() {
        match sign {
            '\\' if in_text => {
                out.push(sign);
                out.extend(signs.next());
            }
            '"' => {
                in_text = !in_text;
                out.push(sign);
            }
            '\u{201c}' | '\u{201d}' if !in_text => out.push('"'),
            ',' if !in_text => {
                while signs.next_if(|sign| sign.is_whitespace()).is_some() {}
                if !matches!(signs.peek(), Some('}' | ']')) {
                    out.push(',');
                }
            }
            _ => out.push(sign),
        }
    }
    out
}

fn tokens(text: &str) -> Vec<String> {
    text.split(|sign: char| !sign.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

fn is_subsequence(said: &[String], have: &[String]) -> bool {
    let mut rest = have.iter();
    said.iter().all(|word| rest.any(|other| other == word))
}
