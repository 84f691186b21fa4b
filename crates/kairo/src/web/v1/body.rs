//! The body of a chat completion, checked before anything is asked of anybody.
//!
//! **Invariant:** a field that is not named here is refused: it might cost what nobody reserved
//! (another tier, sound, a search), or keep what nobody may keep.

use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use serde_json::{Map, Value};

use super::Ai;
use crate::ai::{Bound, Retention, bytes_of};
use crate::guard::Plan;
use crate::web::error::{Error, Gateway};

/// Fields that go on to the provider as they came.
const PASSED: [&str; 20] = [
    "frequency_penalty",
    "logit_bias",
    "logprobs",
    "max_completion_tokens",
    "max_tokens",
    "messages",
    "parallel_tool_calls",
    "presence_penalty",
    "reasoning_effort",
    "response_format",
    "seed",
    "stop",
    "stream",
    "stream_options",
    "temperature",
    "tool_choice",
    "tools",
    "top_logprobs",
    "top_p",
    "verbosity",
];

/// Fields that go no further: they name people, or ask to keep something, and change no answer.
const DROPPED: [&str; 8] = [
    "metadata",
    "model",
    "n",
    "prompt_cache_key",
    "safety_identifier",
    "service_tier",
    "store",
    "user",
];

/// Fields that the model reads.
const READ: [&str; 3] = ["messages", "response_format", "tools"];

/// A request that may be asked for.
#[derive(Debug)]
pub struct Chat {
    /// What goes on.
    pub body: Map<String, Value>,
    /// Whether the answer comes in pieces.
    pub streams: bool,
    /// The most tokens of the answer that the client wants.
    tokens: Option<u64>,
    /// Bytes of what the model reads.
    input_bytes: usize,
}

impl Chat {
    /// Reads a body.
    pub fn read(ai: &Ai, headers: &HeaderMap, body: &[u8]) -> Result<Self, Error> {
        let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
        if !kind.split(';').next().unwrap_or("").trim().eq_ignore_ascii_case("application/json") {
            return Err(Error::UnsupportedMedia);
        }
        let Ok(Value::Object(mut body)) = serde_json::from_slice(body) else {
            let detail = "The body is no JSON object.".into();
            return Err(Error::Malformed { detail });
        };
        check_model(ai, &body)?;
        for (name, value) in &body {
            let known = PASSED.into_iter().chain(DROPPED).find(|known| known == name);
            let known = known.ok_or_else(|| unknown(name))?;
            if (known == "n" && !is(value, 1)) || (known == "store" && !is_off(value)) {
                let detail = if known == "n" {
                    "Kairo gives one answer to a request: n must be 1."
                } else {
                    "Kairo asks for nothing to be stored: store must be false."
                };
                return Err(Gateway::invalid("unsupported_value", known, detail).into());
            }
        }
        body.retain(|name, value| !DROPPED.contains(&name.as_str()) && !value.is_null());
        let streams = match body.remove("stream") {
            None | Some(Value::Bool(false)) => false,
            Some(Value::Bool(true)) => true,
            Some(_) => return Err(wrong_type("stream", "stream is true or false.")),
        };
        let messages = body.get("messages").and_then(Value::as_array);
        if messages.is_none_or(Vec::is_empty) {
            return Err(wrong_type("messages", "messages is a list with at least one message."));
        }
        let tokens = tokens(&mut body)?;
        let read = READ.iter().filter_map(|name| body.get(*name));
        let input_bytes = read.map(bytes_of).fold(0, usize::saturating_add);
        Ok(Self { body, streams, tokens, input_bytes })
    }

    /// Makes it fit what a plan gives; an answer's length is cut to it, an input's is not.
    pub fn fit(&mut self, ai: &Ai, plan: &Plan) -> Result<(), Error> {
        let bytes_max = usize::try_from(plan.input_bytes).unwrap_or(usize::MAX);
        if self.input_bytes > bytes_max {
            let detail = format!(
                "The messages have {} bytes, and your plan reads up to {bytes_max}.",
                self.input_bytes
            );
            return Err(Gateway::invalid("context_length_exceeded", "messages", detail).into());
        }
        let most = u64::from(plan.tokens);
        let tokens = self.tokens.unwrap_or(most).min(most);
        // Models on one's own machine read the older name, OpenAI's newer ones only the other.
        let name = match ai.upstream.retention() {
            Retention::Local => "max_tokens",
            Retention::StatedZero => "max_completion_tokens",
        };
        self.body.insert(name.to_owned(), tokens.into());
        Ok(())
    }

    /// The most that it can cost, once it fits.
    pub fn bound(&self) -> Result<Bound, Error> {
        Bound::of(&self.body).ok_or_else(|| {
            let detail = "Kairo passes on text alone, since nobody can say beforehand what \
                          anything else costs.";
            Gateway::invalid("unsupported_content", "messages", detail).into()
        })
    }
}

fn is(value: &Value, number: u64) -> bool {
    value.is_null() || value.as_u64() == Some(number)
}

fn is_off(value: &Value) -> bool {
    matches!(value, Value::Null | Value::Bool(false))
}

fn check_model(ai: &Ai, body: &Map<String, Value>) -> Result<(), Error> {
    let Some(Value::String(name)) = body.get("model") else {
        return Err(wrong_type("model", "model names a model, such as kairo."));
    };
    if ai.models().contains(&name.as_str()) {
        return Ok(());
    }
    let shown: String = name.chars().filter(|it| !it.is_control()).take(NAME_SHOWN_MAX).collect();
    let detail = format!("The model `{shown}` does not exist. GET /v1/models lists those that do.");
    Err(Gateway { status: 404, ..Gateway::invalid("model_not_found", "model", detail) }.into())
}

/// Takes both names of the answer's length away; gives the smaller.
fn tokens(body: &mut Map<String, Value>) -> Result<Option<u64>, Error> {
    let mut least = None;
    for name in ["max_completion_tokens", "max_tokens"] {
        let Some(value) = body.remove(name) else { continue };
        let Some(tokens) = value.as_u64().filter(|tokens| *tokens > 0) else {
            return Err(wrong_type(
                name,
                "The most tokens of an answer are a whole number from 1.",
            ));
        };
        least = Some(least.map_or(tokens, |least: u64| least.min(tokens)));
    }
    Ok(least)
}

/// Characters of a name that a refusal repeats.
const NAME_SHOWN_MAX: usize = 40;

fn unknown(name: &str) -> Error {
    let shown: String = name.chars().filter(|it| !it.is_control()).take(NAME_SHOWN_MAX).collect();
    let detail = format!("Kairo does not pass on the parameter `{shown}`.");
    Error::from(Gateway { param: None, ..Gateway::invalid("unknown_parameter", "", detail) })
}

fn wrong_type(param: &'static str, detail: &'static str) -> Error {
    Gateway::invalid("invalid_value", param, detail).into()
}
