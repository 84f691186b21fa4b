//! The most that a request can cost, known before it is sent.
//!
//! **Invariant:** whatever the provider counts, a prompt has no more tokens than this says: each
//! token is at least a byte, and what is not text (images, sound) is refused.
//! **Invariant:** a request names the most tokens of its answer, or has no bound and is not sent.

use std::io;

use serde_json::{Map, Value};

use crate::limits::{AI_MESSAGE_TOKENS, AI_TOKENS_MAX};

/// The most tokens of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bound {
    /// Of the prompt.
    pub tokens_in: u64,
    /// Of the answer.
    pub tokens_out: u64,
}

impl Bound {
    /// The bound of a request's body; `None` where it has none.
    pub fn of(body: &Map<String, Value>) -> Option<Self> {
        let messages = body.get("messages")?.as_array()?;
        if !messages.iter().all(is_text) {
            return None;
        }
        let mut bytes = 0_usize;
        for (name, value) in body {
            bytes = bytes.saturating_add(name.len()).saturating_add(bytes_of(value));
        }
        let room = messages.len().saturating_add(1).saturating_mul(AI_MESSAGE_TOKENS);
        let tokens_in = u64::try_from(bytes.saturating_add(room)).unwrap_or(u64::MAX);
        Some(Self { tokens_in, tokens_out: tokens_out(body)? })
    }
}

/// Bytes of a value as it is written; what could not be written would have no bound.
pub fn bytes_of(value: &Value) -> usize {
    let mut written = Written(0);
    serde_json::to_writer(&mut written, value).map_or(usize::MAX, |()| written.0)
}

/// Counts what is written, and keeps none of it.
struct Written(usize);

impl io::Write for Written {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        self.0 = self.0.saturating_add(piece.len());
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Of two names for one thing the larger counts: providers differ in which they read.
fn tokens_out(body: &Map<String, Value>) -> Option<u64> {
    let named = ["max_completion_tokens", "max_tokens"].map(|name| body.get(name));
    let mut most = None;
    for value in named.into_iter().flatten().filter(|value| !value.is_null()) {
        most =
            Some(value.as_u64().filter(|tokens| *tokens <= AI_TOKENS_MAX)?.max(most.unwrap_or(0)));
    }
    most
}

/// Whether a message is text alone: an address of an image is short, and what it leads to is not.
fn is_text(message: &Value) -> bool {
    let Some(message) = message.as_object() else { return false };
    let part = |part: &Value| {
        let kind = part.get("type").and_then(Value::as_str);
        matches!(kind, Some("text" | "refusal"))
    };
    let content = match message.get("content") {
        None | Some(Value::Null | Value::String(_)) => true,
        Some(Value::Array(parts)) => parts.iter().all(part),
        Some(_) => false,
    };
    // An earlier answer in sound is named by its id.
    content && message.get("audio").is_none_or(Value::is_null)
}

#[cfg(test)]
mod tests;
