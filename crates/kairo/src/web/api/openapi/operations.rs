//! Every operation of the API: what it takes and what can come back.
//!
//! **Invariant:** one operation for each method of each route in `api::routes`; a test compares.

use serde_json::{Map, Value, json};

use super::responses;
use super::schema::Schema;
use super::shapes;
use crate::limits::{
    IDEMPOTENCY_KEY_BYTES_MAX, ITEMS_PAGE_DEFAULT, ITEMS_PAGE_MAX, REFINE_WAIT_S_MAX,
};

/// One method of one route.
struct Operation {
    method: &'static str,
    path: &'static str,
    id: &'static str,
    summary: &'static str,
    /// Schema of the body that is sent.
    takes: Option<&'static str>,
    parameters: Vec<Value>,
    /// Status, words, schema of the body, headers.
    gives: (u16, &'static str, Option<&'static str>, &'static [&'static str]),
    /// Refusals beside those that every operation has.
    refuses: &'static [u16],
    /// Whether anybody may ask.
    open: bool,
}

/// Every path with its methods.
pub fn all() -> Value {
    let mut paths: Map<String, Value> = Map::new();
    for operation in captures().into_iter().chain(items()).chain(occurrences()).chain([document()])
    {
        let (path, method) = (operation.path.to_owned(), operation.method.to_owned());
        let methods = paths.entry(path).or_insert_with(|| json!({}));
        if let Value::Object(methods) = methods {
            methods.insert(method, operation.value());
        }
    }
    Value::Object(paths)
}

fn captures() -> [Operation; 3] {
    [
        Operation {
            method: "post",
            path: "/api/v1/captures",
            id: "keepThought",
            summary: "Keep a thought; once for each Idempotency-Key",
            takes: Some("Thought"),
            parameters: vec![idempotency_key(), wait_s()],
            gives: (
                201,
                "Kept, with its items in the order of the text.",
                Some("Capture"),
                &["Location", "Idempotency-Replayed"],
            ),
            refuses: &[400, 403, 415, 422],
            open: false,
        },
        Operation {
            method: "post",
            path: "/api/v1/captures/preview",
            id: "previewThought",
            summary: "See how a thought would be read; nothing is kept",
            takes: Some("Thought"),
            parameters: Vec::new(),
            gives: (200, "What it would become.", Some("Preview"), &[]),
            refuses: &[400, 415, 422],
            open: false,
        },
        Operation {
            method: "get",
            path: "/api/v1/captures/{id}",
            id: "readCapture",
            summary: "Read a capture, with its items as they are now and without deleted ones",
            takes: None,
            parameters: vec![path_id("The capture."), wait_s()],
            gives: (200, "The capture.", Some("Capture"), &[]),
            refuses: &[400, 404, 422],
            open: false,
        },
    ]
}

fn items() -> [Operation; 5] {
    let item = || path_id("The item.");
    [
        Operation {
            method: "get",
            path: "/api/v1/items",
            id: "listItems",
            summary: "List items in the order of their ids",
            takes: None,
            parameters: list_query(),
            gives: (200, "One page.", Some("ItemPage"), &[]),
            refuses: &[400, 422],
            open: false,
        },
        Operation {
            method: "get",
            path: "/api/v1/items/{id}",
            id: "readItem",
            summary: "Read an item",
            takes: None,
            parameters: vec![item(), if_none_match()],
            gives: (200, "The item, with its version as ETag.", Some("Item"), &["ETag"]),
            refuses: &[304, 404],
            open: false,
        },
        Operation {
            method: "patch",
            path: "/api/v1/items/{id}",
            id: "changeItem",
            summary: "Change the fields that are sent",
            takes: Some("ItemPatch"),
            parameters: vec![item(), if_match()],
            gives: (200, "The item at its new version.", Some("Item"), &["ETag"]),
            refuses: &[400, 403, 404, 412, 415, 422, 428],
            open: false,
        },
        Operation {
            method: "delete",
            path: "/api/v1/items/{id}",
            id: "deleteItem",
            summary: "Delete an item; a restoration brings it back for 30 days",
            takes: None,
            parameters: vec![item(), if_match()],
            gives: (204, "Deleted.", None, &[]),
            refuses: &[400, 403, 404, 412, 428],
            open: false,
        },
        Operation {
            method: "post",
            path: "/api/v1/items/{id}/restoration",
            id: "restoreItem",
            summary: "Take the newest change back",
            takes: Some("Restoration"),
            parameters: vec![item()],
            gives: (200, "The item as it was, as a new version.", Some("Item"), &["ETag"]),
            refuses: &[400, 403, 404, 409, 415, 422],
            open: false,
        },
    ]
}

fn occurrences() -> [Operation; 2] {
    let item = || path_id("The item that recurs.");
    let original = parameter("path", "original", shapes::original(), "Name of the occurrence.");
    [
        Operation {
            method: "get",
            path: "/api/v1/items/{id}/occurrences",
            id: "listOccurrences",
            summary: "List the times of a series; two weeks from today unless asked otherwise",
            takes: None,
            parameters: vec![
                item(),
                parameter("query", "from", shapes::occurrences_from(), "Local, or a `next`."),
                parameter("query", "to", shapes::moment(), "Local; not within the range."),
            ],
            gives: (200, "In the order of their starts.", Some("OccurrencePage"), &["ETag"]),
            refuses: &[400, 404, 422],
            open: false,
        },
        Operation {
            method: "patch",
            path: "/api/v1/items/{id}/occurrences/{original}",
            id: "changeOccurrence",
            summary: "Change one time of a series, it and the following, or all",
            takes: Some("OccurrencePatch"),
            parameters: vec![item(), original, if_match()],
            gives: (200, "What became of it.", Some("OccurrenceChange"), &["ETag"]),
            refuses: &[400, 403, 404, 412, 415, 422, 428],
            open: false,
        },
    ]
}

fn document() -> Operation {
    Operation {
        method: "get",
        path: "/api/v1/openapi.json",
        id: "readDescription",
        summary: "Read this description",
        takes: None,
        parameters: Vec::new(),
        gives: (200, "OpenAPI 3.1.", Some("Description"), &[]),
        refuses: &[],
        open: true,
    }
}

impl Operation {
    fn value(self) -> Value {
        let refuses: &[u16] = match self.open {
            true => &responses::EVERYWHERE,
            false => &responses::WITH_TOKEN,
        };
        let mut answers = Map::from_iter([self.success()]);
        for status in refuses.iter().chain(self.refuses) {
            answers.insert(status.to_string(), responses::named(*status));
        }
        let mut value = json!({
            "operationId": self.id,
            "summary": self.summary,
            "responses": answers,
        });
        let mut put = |key: &str, part: Value| {
            if let Value::Object(value) = &mut value {
                value.insert(key.to_owned(), part);
            }
        };
        if !self.parameters.is_empty() {
            put("parameters", Value::Array(self.parameters));
        }
        if let Some(name) = self.takes {
            put("requestBody", json!({ "required": true, "content": content(name) }));
        }
        if self.open {
            put("security", json!([]));
        }
        value
    }

    fn success(&self) -> (String, Value) {
        let (status, description, schema, headers) = self.gives;
        let mut response = json!({
            "description": description,
            "headers": responses::headers(headers),
        });
        if let (Some(name), Value::Object(response)) = (schema, &mut response) {
            response.insert("content".to_owned(), content(name));
        }
        (status.to_string(), response)
    }
}

fn content(name: &str) -> Value {
    json!({ "application/json": { "schema": Schema::named(name).value() } })
}

/// What a request carries outside of its body. A part of the path is always there.
fn parameter(place: &str, name: &str, schema: Schema, description: &str) -> Value {
    json!({
        "name": name, "in": place, "required": place == "path", "description": description,
        "schema": schema.value(),
    })
}

fn path_id(description: &str) -> Value {
    parameter("path", "id", shapes::id(), description)
}

fn idempotency_key() -> Value {
    let key = Schema::text().chars(1, IDEMPOTENCY_KEY_BYTES_MAX).pattern("^[!-~]([ -~]*[!-~])?$");
    let says = "The same key and body give the first answer again, so a request can be sent again \
                after a lost answer. Another body under the key is refused with `key_reused`.";
    parameter("header", "Idempotency-Key", key, says)
}

/// Required: a change without it is refused (428), so a generated client should ask for it.
fn if_match() -> Value {
    let tag = "(W/)?\"[!#-~]*\"";
    let tags = Schema::text().pattern(&format!("^{tag}( ?, ?{tag})*$")).such_as("\"1\"");
    let says = "The version that the change is made from, in quotes. Without it the answer is 428; \
                a version that has moved, or a weak tag, gives 412; `*` is refused with 400.";
    let mut value = parameter("header", "If-Match", tags, says);
    if let Value::Object(value) = &mut value {
        value.insert("required".to_owned(), Value::Bool(true));
    }
    value
}

fn if_none_match() -> Value {
    let tags = Schema::text().such_as("\"1\"");
    let says = "Versions that the client has; the answer is 304 where the item's is among them.";
    parameter("header", "If-None-Match", tags, says)
}

fn wait_s() -> Value {
    let says = "Whole seconds for which the answer may wait for a second reading to end.";
    parameter("query", "wait_s", Schema::whole(0, REFINE_WAIT_S_MAX), says)
}

fn list_query() -> Vec<Value> {
    let limit = format!("Most items of the page; {ITEMS_PAGE_DEFAULT} unless named.");
    let touch = "Local. Items that touch from <= … < to in their own zone; a series counts by its \
                 first date.";
    vec![
        parameter("query", "after", shapes::id(), "The `next` of the page before."),
        parameter("query", "limit", Schema::whole(1, ITEMS_PAGE_MAX), &limit),
        parameter("query", "status", shapes::status(), "Only these."),
        parameter("query", "from", shapes::range_end(), touch),
        parameter("query", "to", shapes::range_end(), touch),
    ]
}
