//! The most that a request can cost, known before it is sent.
//!
//! **Invariant:** whatever the provider counts, a prompt has no more tokens than this says: each
//! token is at least a byte, and what is not text (images, sound) is refused.
//! **Invariant:** a request names the most tokens of its answer, or has no bound and is not sent.

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
            let value = serde_json::to_string(value).ok()?;
            bytes = bytes.saturating_add(name.len()).saturating_add(value.len());
        }
        let room = messages.len().saturating_add(1).saturating_mul(AI_MESSAGE_TOKENS);
        let tokens_in = u64::try_from(bytes.saturating_add(room)).unwrap_or(u64::MAX);
        Some(Self { tokens_in, tokens_out: tokens_out(body)? })
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
mod tests {
    use serde_json::json;

    use super::*;

    fn bound(body: Value) -> Option<Bound> {
        Bound::of(body.as_object().unwrap())
    }

    // Goal: the bound is never below the bytes of what the model reads.
    #[test]
    fn a_prompt_has_no_more_tokens_than_bytes() {
        let text = "\u{1F600}\"\n".repeat(100);
        let body = json!({ "messages": [{ "role": "user", "content": text }], "max_tokens": 7 });
        let bound = bound(body).unwrap();
        assert!(bound.tokens_in > 600 && bound.tokens_in < 1_200, "{bound:?}");
        assert_eq!(bound.tokens_out, 7);
    }

    // Goal: of two names for the answer's most tokens the larger counts, and one is needed.
    #[test]
    fn an_answer_has_a_bound() {
        let with = |more: Value| {
            let mut body = json!({ "messages": [] });
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            bound(body).map(|bound| bound.tokens_out)
        };
        assert_eq!(with(json!({ "max_tokens": 5, "max_completion_tokens": 9 })), Some(9));
        assert_eq!(with(json!({ "max_tokens": 9, "max_completion_tokens": null })), Some(9));
        for none in [
            json!({}),
            json!({ "max_tokens": null }),
            json!({ "max_tokens": -1 }),
            json!({ "max_tokens": "9" }),
            json!({ "max_tokens": 1.5 }),
            json!({ "max_tokens": 5, "max_completion_tokens": u64::MAX }),
        ] {
            assert_eq!(with(none.clone()), None, "{none}");
        }
    }

    // Goal: what is not text has no bound.
    #[test]
    fn only_text_has_a_bound() {
        let with = |content: Value| {
            let message = json!({ "role": "user", "content": content });
            bound(json!({ "messages": [message], "max_tokens": 1 })).is_some()
        };
        assert!(with(json!("x")) && with(json!([{ "type": "text", "text": "x" }])));
        assert!(with(Value::Null));
        for other in [
            json!([{ "type": "image_url", "image_url": { "url": "https://example.org/x" } }]),
            json!([{ "type": "text", "text": "x" }, { "type": "input_audio" }]),
            json!([{ "type": "file" }]),
            json!([{}]),
            json!(["x"]),
            json!({ "type": "text" }),
            json!(7),
        ] {
            assert!(!with(other.clone()), "{other}");
        }
        assert_eq!(bound(json!({ "messages": ["x"], "max_tokens": 1 })), None);
        assert_eq!(bound(json!({ "max_tokens": 1 })), None);
    }
}
