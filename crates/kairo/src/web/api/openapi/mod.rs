//! `GET /api/v1/openapi.json`: the API's own description, OpenAPI 3.1.
//!
//! It is built by hand from small typed parts and not by a macro on types: bodies are read field by
//! field (`fields.rs`), so there is no type of a request that a macro could stand on, and what
//! `null`, a missing field and a bound mean would be said twice.
//!
//! **Invariant:** every bound is the constant of `limits` that the code checks.
//! **Invariant:** a test compares the operations with the table of routes, and real answers with
//! the schemas.

mod operations;
mod responses;
mod schema;
mod shapes;

use std::sync::LazyLock;

use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use serde_json::{Value, json};

use self::schema::{Schema, always};

/// The description as it is sent.
static TEXT: LazyLock<String> = LazyLock::new(|| description().to_string());

/// Answers the description. It holds nothing of anybody's, so no token is asked for.
pub async fn show() -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], TEXT.as_str())
}

/// The description.
pub fn description() -> Value {
    let mut schemas = shapes::all();
    if let Value::Object(schemas) = &mut schemas {
        let itself = Schema::answered([always("openapi", Schema::text())]);
        schemas.insert("Description".to_owned(), itself.value());
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Kairo",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Capture thoughts and work on the items that they become. Bodies are \
                            JSON. Times are local, and name their zone beside them.",
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{ "url": "/" }],
        "security": [{ "token": [] }],
        "paths": operations::all(),
        "components": {
            "securitySchemes": {
                "token": {
                    "type": "http", "scheme": "bearer",
                    "description": "An API token, made with `kairo token create`.",
                },
            },
            "schemas": schemas,
            "responses": responses::all(),
            "headers": responses::all_headers(),
        },
    })
}
