//! A JSON object as it was sent, read field by field, so that every refusal names its field.
//!
//! **Invariant:** a field that the address does not know, or that came twice, is refused and never
//! passed over: a misspelt field would be a change that silently did not happen, and of two values
//! each reader may take another one (CWE-436).

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

use crate::web::error::{Error, FieldFault};

/// Characters of an unknown name that a refusal repeats.
const NAME_SHOWN_CHARS_MAX: usize = 40;

/// What a field held.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Sent<T> {
    /// It was not sent.
    #[default]
    Nothing,
    /// `null`: the value goes away.
    Null,
    /// A value.
    Value(T),
}

impl<T> Sent<T> {
    /// The value, where one was sent.
    pub fn value(self) -> Option<T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Nothing | Self::Null => None,
        }
    }

    /// Whether a value was sent.
    pub fn is_value(&self) -> bool {
        matches!(self, Self::Value(_))
    }

    /// Whether it was not sent at all.
    pub fn is_nothing(&self) -> bool {
        matches!(self, Self::Nothing)
    }
}

/// The fields of one body, and what was wrong with those that were read.
pub struct Fields {
    sent: Vec<(String, Value)>,
    /// Every refusal so far.
    pub faults: Vec<FieldFault>,
}

/// An object with its keys as they came, also those that came twice.
struct Pairs(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Pairs;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

fn malformed(detail: impl Into<Cow<'static, str>>) -> Error {
    Error::Malformed { detail: detail.into() }
}

impl Fields {
    /// Reads an object whose fields are among `known`.
    pub fn parse(body: &[u8], known: &[&str]) -> Result<Self, Error> {
        let pairs = serde_json::from_slice::<Pairs>(body).map_err(|error| {
            if error.is_data() {
                return malformed("The body is JSON, but not an object. Send {} with fields.");
            }
            // The place alone: serde's own words may repeat what a person wrote.
            malformed(format!(
                "The body is not JSON in UTF-8: it cannot be read at line {}, column {}.",
                error.line(),
                error.column()
            ))
        })?;
        let mut names = std::collections::HashSet::new();
        for (name, _) in &pairs.0 {
            let shown: String = name.chars().take(NAME_SHOWN_CHARS_MAX).collect();
            if !known.contains(&name.as_str()) {
                let known = known.join(", ");
                return Err(malformed(format!(
                    "There is no field \"{shown}\" here. The fields are {known}."
                )));
            }
            if !names.insert(name) {
                return Err(malformed(format!(
                    "The field \"{shown}\" came twice. Send it once, so that one value is meant."
                )));
            }
        }
        Ok(Self { sent: pairs.0, faults: Vec::new() })
    }

    /// Notes a refusal.
    pub fn refuse(&mut self, field: &'static str, code: &'static str, message: impl Into<String>) {
        self.faults.push(FieldFault { field, code, message: message.into() });
    }

    /// Takes a field and reads it; `wanted` says what `read` takes.
    fn read<T>(
        &mut self,
        field: &'static str,
        wanted: &str,
        read: impl FnOnce(Value) -> Option<T>,
    ) -> Sent<T> {
        let found = self.sent.iter().position(|(name, _)| name == field);
        match found.map(|at| self.sent.swap_remove(at).1) {
            None => Sent::Nothing,
            Some(Value::Null) => Sent::Null,
            Some(value) => read(value).map_or_else(
                || {
                    self.refuse(field, "wrong_type", format!("This takes {wanted}."));
                    Sent::Nothing
                },
                Sent::Value,
            ),
        }
    }

    /// A text. NUL is refused: PostgreSQL keeps none, and C programs end there.
    pub fn text(&mut self, field: &'static str) -> Sent<String> {
        let sent = self.read(field, "a text in quotes", |value| match value {
            Value::String(text) => Some(text),
            _ => None,
        });
        if matches!(&sent, Sent::Value(text) if text.contains('\0')) {
            self.refuse(field, "bad_character", "A text cannot hold the character U+0000.");
            return Sent::Nothing;
        }
        sent
    }

    /// A list of texts.
    pub fn texts(&mut self, field: &'static str) -> Sent<Vec<String>> {
        let one = |value| match value {
            Value::String(text) => Some(text),
            _ => None,
        };
        let sent = self.read(field, "a list of texts such as [\"one\", \"two\"]", |value| {
            let Value::Array(values) = value else { return None };
            values.into_iter().map(one).collect::<Option<Vec<String>>>()
        });
        if matches!(&sent, Sent::Value(texts) if texts.iter().any(|text| text.contains('\0'))) {
            self.refuse(field, "bad_character", "A text cannot hold the character U+0000.");
            return Sent::Nothing;
        }
        sent
    }

    /// A whole number. `2.0` is one, as JSON Schema has it (2020-12 validation, 4.3).
    pub fn number(&mut self, field: &'static str) -> Sent<i64> {
        self.read(field, "a whole number", |value| value.as_i64().or_else(|| whole(&value)))
    }

    /// `true` or `false`.
    pub fn truth(&mut self, field: &'static str) -> Sent<bool> {
        self.read(field, "true or false", |value| value.as_bool())
    }

    /// Ends with every refusal at once.
    pub fn done(self) -> Result<(), Error> {
        if self.faults.is_empty() { Ok(()) } else { Err(Error::Invalid(self.faults)) }
    }
}

/// Below 2^53 each whole number has a `f64` of its own.
const WHOLE_MAX: f64 = 9_007_199_254_740_992.0;

fn whole(value: &Value) -> Option<i64> {
    let number = value.as_f64().filter(|number| number.fract() == 0.0)?;
    if number.abs() >= WHOLE_MAX {
        return None;
    }
    // Written out: `as` would be silent where a bound is forgotten.
    format!("{number:.0}").parse().ok()
}
