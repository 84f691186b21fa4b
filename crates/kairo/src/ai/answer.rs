//! What of a provider's answers is read: counts, a status, a name of a known list.
//!
//! **Invariant:** a refusal's words (which may quote a prompt or a key) go no further than here.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::limits::AI_TOKENS_MAX;

/// What a provider counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usage {
    /// Tokens of the prompt.
    pub tokens_in: u64,
    /// Tokens of the answer.
    pub tokens_out: u64,
}

#[derive(Deserialize)]
struct Counted {
    prompt_tokens: Option<u64>,
    completion_tokens: Option<u64>,
}

impl Usage {
    /// What an answer says of itself; `None` where it says nothing that can be.
    pub(super) fn of(usage: &Value) -> Option<Self> {
        let counted = Counted::deserialize(usage).ok()?;
        let tokens_in = counted.prompt_tokens?;
        let tokens_out = counted.completion_tokens.unwrap_or(0);
        let sane = tokens_in > 0 && tokens_in.max(tokens_out) <= AI_TOKENS_MAX;
        sane.then_some(Self { tokens_in, tokens_out })
    }
}

/// What is read of a whole answer, which goes on as it came.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Whole {
    pub(super) usage: Option<Usage>,
}

#[derive(Deserialize)]
struct Answer<'a> {
    choices: Vec<IgnoredAny>,
    #[serde(borrow)]
    usage: Option<&'a RawValue>,
}

/// Reads a whole answer; `None` where it is none that a client could use.
pub(super) fn whole(body: &[u8]) -> Option<Whole> {
    // What is passed over below is not looked at for this.
    let body = str::from_utf8(body).ok()?;
    // A list would be read as the fields in their order.
    if !body.trim_ascii_start().starts_with('{') {
        return None;
    }
    let Answer { choices, usage } = serde_json::from_str(body).ok()?;
    let usage = || Usage::of(&serde_json::from_str(usage?.get()).ok()?);
    (!choices.is_empty()).then(|| Whole { usage: usage() })
}

/// One event of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// A piece of the answer.
    Piece {
        /// What it counts, where it does.
        usage: Option<Usage>,
        /// Whether it does nothing else.
        counts_only: bool,
        /// Whether it is the last piece of the answer.
        last: bool,
    },
    /// The end.
    Done,
    /// That something went wrong, or nothing that can be understood.
    Wrong,
}

#[derive(Deserialize)]
struct Piece {
    #[serde(default)]
    choices: Vec<Choice>,
    usage: Option<Value>,
    error: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct Choice {
    finish_reason: Option<IgnoredAny>,
}

/// What the data of an event says.
pub(super) fn said(data: &[u8]) -> Said {
    if data.trim_ascii() == b"[DONE]" {
        return Said::Done;
    }
    match serde_json::from_slice(data) {
        Ok(Piece { choices, usage, error: None }) => Said::Piece {
            counts_only: choices.is_empty() && usage.is_some(),
            last: choices.iter().any(|choice| choice.finish_reason.is_some()),
            usage: usage.as_ref().and_then(Usage::of),
        },
        _ => Said::Wrong,
    }
}

/// Parameters that providers refuse by name.
const PARAMETERS: [&str; 20] = [
    "frequency_penalty",
    "logit_bias",
    "logprobs",
    "max_completion_tokens",
    "max_tokens",
    "n",
    "parallel_tool_calls",
    "presence_penalty",
    "reasoning_effort",
    "response_format",
    "seed",
    "stop",
    "store",
    "stream_options",
    "temperature",
    "tool_choice",
    "tools",
    "top_logprobs",
    "top_p",
    "verbosity",
];

#[derive(Deserialize)]
struct Refused {
    error: Refusal,
}

#[derive(Deserialize)]
struct Refusal {
    param: Option<Value>,
    message: Option<Value>,
}

/// The parameter that a refusal names: by its field, or as the first of its message.
pub(super) fn refused_parameter(body: &[u8]) -> Option<&'static str> {
    let Refused { error } = serde_json::from_slice(body).ok()?;
    let text = |value: Option<Value>| match value {
        Some(Value::String(text)) => text,
        _ => String::new(),
    };
    let (param, message) = (text(error.param), text(error.message));
    let head = param.split(['.', '[']).next().unwrap_or_default();
    if !head.is_empty() {
        return PARAMETERS.into_iter().find(|name| *name == head);
    }
    // Short names are words of any sentence.
    let telling = |name: &&str| name.contains('_') || *name == "temperature";
    let mut words = message.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    words.find_map(|word| PARAMETERS.into_iter().filter(telling).find(|name| *name == word))
}

#[cfg(test)]
mod tests;
