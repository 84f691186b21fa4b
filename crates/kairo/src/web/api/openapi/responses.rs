//! The refusals, each described once, and the headers of answers.
//!
//! **Invariant:** the table has every status that the edge or a handler of the API answers; a test
//! provokes them and looks them up.

use serde_json::{Map, Value, json};

use super::schema::Schema;

/// What the edge can answer to anything, before or around a handler.
pub const EVERYWHERE: [u16; 7] = [408, 413, 414, 429, 431, 500, 503];
/// The same, where a token is asked for.
pub const WITH_TOKEN: [u16; 8] = [401, 408, 413, 414, 429, 431, 500, 503];

/// Status, name in the components, description, and headers beside `X-Request-Id`.
type Row = (u16, &'static str, &'static str, &'static [&'static str]);

const ROWS: [Row; 17] = [
    (304, "NotModified", "The client has this version already.", &["ETag"]),
    (400, "Malformed", "The body, the query or a header cannot be read (`malformed`).", &[]),
    (
        401,
        "Unknown",
        "No token came (`sign_in_needed`), or one that has ended (`session_ended`).",
        &["WWW-Authenticate"],
    ),
    (403, "Forbidden", "The token may only read (`forbidden`).", &[]),
    (404, "NotFound", "Nothing there, or not the caller's to see (`not_found`).", &[]),
    (408, "SlowBody", "The body did not come in time (`slow_body`).", &[]),
    (
        409,
        "Conflict",
        "It has changed since that version (`version_moved`), or never (`nothing_to_undo`).",
        &[],
    ),
    (412, "VersionMoved", "If-Match names another version (`version_moved`).", &[]),
    (413, "TooLarge", "The body is larger than 256 KiB (`too_large`).", &[]),
    (414, "UriTooLong", "Path and query are too long (`uri_too_long`).", &[]),
    (415, "UnsupportedMedia", "Another type than application/json (`unsupported_media`).", &[]),
    (422, "Invalid", "Fields are refused; `errors` names each (`invalid`).", &[]),
    (428, "VersionMissing", "If-Match is missing (`version_missing`).", &[]),
    (429, "TooMany", "Too many requests from one address (`too_many`).", &["Retry-After"]),
    (431, "HeadersTooLarge", "Too many headers, or too long (`headers_too_large`).", &[]),
    (500, "Internal", "A fault of Kairo (`internal`).", &[]),
    (
        503,
        "Unavailable",
        "The database is away (`unavailable`), or the answer took too long (`timed_out`).",
        &["Retry-After"],
    ),
];

/// A reference to the response of a status.
pub fn named(status: u16) -> Value {
    let name = ROWS.iter().find(|row| row.0 == status).map_or("Internal", |row| row.1);
    json!({ "$ref": format!("#/components/responses/{name}") })
}

/// Every refusal, by its name.
pub fn all() -> Value {
    let named = ROWS.iter().map(|(status, name, description, more)| {
        let mut response = json!({ "description": description, "headers": headers(more) });
        if let (true, Value::Object(response)) = (*status >= 400, &mut response) {
            let schema = Schema::named("Problem").value();
            let content = json!({ "application/problem+json": { "schema": schema } });
            response.insert("content".to_owned(), content);
        }
        ((*name).to_owned(), response)
    });
    Value::Object(named.collect::<Map<_, _>>())
}

/// References to headers; every answer has a number.
pub fn headers(names: &[&str]) -> Value {
    let names = ["X-Request-Id"].iter().chain(names);
    let named = names.map(|name| {
        ((*name).to_owned(), json!({ "$ref": format!("#/components/headers/{name}") }))
    });
    Value::Object(named.collect::<Map<_, _>>())
}

/// Every header, by its name.
pub fn all_headers() -> Value {
    let seconds = Schema::whole(1, i64::from(u32::MAX));
    let rows = [
        ("X-Request-Id", true, "Number under which the request is logged.", super::shapes::id()),
        ("ETag", true, "The version, in quotes.", Schema::text().pattern("^\"[1-9][0-9]*\"$")),
        ("Location", true, "Where the capture is.", Schema::text().pattern("^/api/v1/captures/")),
        (
            "Idempotency-Replayed",
            false,
            "The request had been answered before, and this is that answer.",
            Schema::words(&["true"]),
        ),
        ("Retry-After", true, "Seconds to wait.", seconds),
        ("WWW-Authenticate", true, "How to say who asks.", Schema::words(&["Bearer"])),
    ];
    let rows = rows.map(|(name, required, description, schema)| {
        let header =
            json!({ "required": required, "description": description, "schema": schema.value() });
        (name.to_owned(), header)
    });
    Value::Object(Map::from_iter(rows))
}
