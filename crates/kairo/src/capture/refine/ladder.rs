//! How a provider is got to answer in a form: the strictest way that it takes, learnt by asking and
//! remembered.
//!
//! Providers differ, and some say that they take a form and do not: so every answer is checked in
//! the same way, whatever was promised. llama.cpp's server answers `json_schema` with 500; OpenAI's
//! thinking models refuse `temperature` and `max_tokens` with a 400 that names them.
//!
//! **Invariant:** one call asks a bounded number of times, and an answer that could not be used is
//! asked for again once.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::civil::Weekday;

use super::prompt::{self, Rung};
use super::tags::{Invalid, said};
use crate::ai::{Bound, Call, Failure};
use crate::capture::reading::Setting;
use crate::config::Class;

/// What is asked.
pub(super) struct Question<'a>(prompt::Question<'a>);

impl<'a> Question<'a> {
    /// About a text.
    pub(super) fn new(text: &'a str, setting: &Setting, seed: u32) -> Self {
        let weekday: Weekday = setting.reference.weekday();
        Self(prompt::Question { capture: text, weekday, seed })
    }

    /// The most tokens of any one request that is made of it: in the longest form, with an answer
    /// that could not be used.
    pub(super) fn tokens_max(&self) -> (u64, u64) {
        let longest = "x".repeat(crate::limits::MODEL_ANSWER_BYTES_MAX);
        let bounds = Rung::ALL.into_iter().filter_map(|rung| {
            Bound::of(&prompt::body(&self.0, rung, Some((&longest, &longest)), &[]))
        });
        bounds.fold((0, 0), |(tokens_in, tokens_out), bound| {
            (bound.tokens_in.max(tokens_in), bound.tokens_out.max(tokens_out))
        })
    }
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoAnswer {
    /// The provider gave none.
    #[error("the model gave no answer: {0}")]
    Provider(#[from] Failure),
    /// Two could not be used.
    #[error("the model's answers could not be used: {0}")]
    Invalid(#[from] Invalid),
}

/// What a model takes.
#[derive(Clone, Debug)]
struct Taken {
    rung: Rung,
    untaken: BTreeSet<&'static str>,
}

impl Default for Taken {
    fn default() -> Self {
        Self { rung: Rung::Schema, untaken: BTreeSet::new() }
    }
}

impl Taken {
    /// Takes a lesson from a refusal; false where there is none, or none is left.
    fn learn(&mut self, failure: Failure) -> bool {
        match failure {
            // The key, the model or the day, and not the form.
            Failure::Refused { status: 401 | 403 | 404, .. } => false,
            Failure::Refused { parameter: Some(name), .. } if !FORMS.contains(&name) => {
                self.untaken.insert(name)
            }
            // A form that is not taken is refused, or breaks the server.
            Failure::Refused { .. } | Failure::Failed { .. } => match self.rung.below() {
                Some(below) => {
                    self.rung = below;
                    true
                }
                None => false,
            },
            _ => false,
        }
    }
}

/// Parameters that ask for a form.
const FORMS: [&str; 3] = ["response_format", "tools", "tool_choice"];

/// What is known of both models of this node's provider.
#[derive(Default)]
pub(super) struct Ladder {
    normal: Mutex<Taken>,
    small: Mutex<Taken>,
}

impl Ladder {
    /// Asks until `read` can use an answer; gives the answer's text, and what was read.
    pub(super) async fn climb<T>(
        &self,
        call: &mut Call,
        class: Class,
        question: &Question<'_>,
        read: impl Fn(&str) -> Result<T, Invalid>,
    ) -> Result<(String, T), NoAnswer> {
        let mut taken = self.taken(class).clone();
        let mut wrong: Option<(String, Invalid)> = None;
        loop {
            let untaken: Vec<&'static str> = taken.untaken.iter().copied().collect();
            let why = wrong.as_ref().map(|(_, invalid)| invalid.to_string());
            let again = wrong.as_ref().map(|(answer, _)| answer.as_str()).zip(why.as_deref());
            let body = prompt::body(&question.0, taken.rung, again, &untaken);
            let reply = match call.ask(body).await {
                Ok(reply) => reply,
                Err(failure) if taken.learn(failure) => {
                    // A server that is down breaks at every form; one that refuses a form says so.
                    if matches!(failure, Failure::Refused { .. }) {
                        *self.taken(class) = taken.clone();
                    }
                    continue;
                }
                // What was wrong with an answer says more than that none more may be asked for.
                Err(failure) => {
                    return Err(wrong.map_or(failure.into(), |(_, invalid)| invalid.into()));
                }
            };
            *self.taken(class) = taken.clone();
            let body = serde_json::from_slice(&reply.body).unwrap_or_default();
            let answer = said(&body).unwrap_or_default().to_owned();
            match read(&answer) {
                Ok(found) => return Ok((answer, found)),
                Err(invalid) if wrong.is_some() => return Err(invalid.into()),
                Err(invalid) => wrong = Some((cut(answer), invalid)),
            }
        }
    }

    fn taken(&self, class: Class) -> MutexGuard<'_, Taken> {
        let taken = match class {
            Class::Normal => &self.normal,
            Class::Small => &self.small,
        };
        taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An answer as it is shown to the model again.
fn cut(mut answer: String) -> String {
    let mut end = answer.len().min(crate::limits::MODEL_ANSWER_BYTES_MAX);
    while !answer.is_char_boundary(end) {
        end -= 1;
    }
    answer.truncate(end);
    answer
}
