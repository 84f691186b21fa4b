//! Schemas of JSON values, built in Rust so that their bounds are the numbers of `limits`.
//!
//! Source: JSON Schema 2020-12, the dialect of OpenAPI 3.1.
//!
//! **Invariant:** an object that is sent is closed (`additionalProperties: false`), as the reading
//! of bodies is; an object that is answered names every field as required.

use serde_json::{Map, Value, json};

/// A schema under construction.
#[derive(Clone)]
pub struct Schema(Map<String, Value>);

/// One field of an object: its name, its schema, and whether it must be there.
pub struct Field {
    name: &'static str,
    schema: Schema,
    required: bool,
}

/// A field that is always there.
pub fn always(name: &'static str, schema: Schema) -> Field {
    Field { name, schema, required: true }
}

/// A field that may be left out.
pub fn maybe(name: &'static str, schema: Schema) -> Field {
    Field { name, schema, required: false }
}

impl Schema {
    fn of(kind: &str) -> Self {
        Self(Map::from_iter([("type".to_owned(), json!(kind))]))
    }

    fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.0.insert(key.to_owned(), value.into());
        self
    }

    /// A text.
    pub fn text() -> Self {
        Self::of("string")
    }

    /// `true` or `false`.
    pub fn truth() -> Self {
        Self::of("boolean")
    }

    /// A whole number within bounds.
    pub fn whole(least: i64, most: i64) -> Self {
        Self::of("integer").with("minimum", least).with("maximum", most)
    }

    /// One of these words.
    pub fn words(words: &[&str]) -> Self {
        Self::text().with("enum", words)
    }

    /// A list.
    pub fn list(of: Self) -> Self {
        Self::of("array").with("items", of.value())
    }

    /// An object that a client sends: it has these fields and no other.
    pub fn sent<const N: usize>(fields: [Field; N]) -> Self {
        Self::object(fields).with("additionalProperties", false)
    }

    /// An object that Kairo answers. It may grow by fields, so it is left open.
    pub fn answered<const N: usize>(fields: [Field; N]) -> Self {
        Self::object(fields)
    }

    fn object<const N: usize>(fields: [Field; N]) -> Self {
        let required: Vec<&str> =
            fields.iter().filter(|field| field.required).map(|field| field.name).collect();
        let properties: Map<String, Value> =
            fields.into_iter().map(|it| (it.name.to_owned(), it.schema.value())).collect();
        let schema = Self::of("object").with("properties", properties);
        if required.is_empty() { schema } else { schema.with("required", required) }
    }

    /// A schema of the components.
    pub fn named(name: &str) -> Self {
        Self(Map::new()).with("$ref", format!("#/components/schemas/{name}"))
    }

    /// Length of a text, in characters.
    pub fn chars(self, least: usize, most: usize) -> Self {
        let schema = if least > 0 { self.with("minLength", least) } else { self };
        schema.with("maxLength", most)
    }

    /// Most entries of a list.
    pub fn most(self, entries: usize) -> Self {
        self.with("maxItems", entries)
    }

    /// A regular expression that a text matches, in the part that JSON Schema and all readers of it
    /// agree on.
    pub fn pattern(self, pattern: &str) -> Self {
        self.with("pattern", pattern)
    }

    /// The name of a text's form.
    pub fn format(self, format: &str) -> Self {
        self.with("format", format)
    }

    /// What it means.
    pub fn says(self, description: &str) -> Self {
        self.with("description", description)
    }

    /// How one looks.
    pub fn such_as(self, example: impl Into<Value>) -> Self {
        self.with("examples", vec![example.into()])
    }

    /// The same, or `null`.
    pub fn or_null(mut self) -> Self {
        if self.0.contains_key("$ref") {
            return Self(Map::new()).with("anyOf", vec![self.value(), json!({ "type": "null" })]);
        }
        if let Some(Value::Array(words)) = self.0.get_mut("enum") {
            words.push(Value::Null);
        }
        let kind = self.0.remove("type").unwrap_or_default();
        self.with("type", vec![kind, json!("null")])
    }

    /// The JSON.
    pub fn value(self) -> Value {
        Value::Object(self.0)
    }
}
