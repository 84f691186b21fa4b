//! The JSON API under `/api/v1`: captures and items, for programs.
//!
//! **Invariant:** the caller is known by a bearer token alone; a cookie is never read.
//! **Invariant:** what is not visible to the caller is 404 on every route, so that an id tells
//! nothing.
//! **Invariant:** no answer and no log line holds a word of serde or of the database: a body that
//! cannot be read is described by place and by field.

mod captures;
mod fields;
mod items;
mod moment;
mod occurrences;
pub mod openapi;
mod patch;
mod precondition;
mod shapes;
#[cfg(test)]
mod tests;
mod wait;

use axum::Router;
use axum::routing::{get, patch, post};

use super::Site;
use super::edge::EdgeState;
use crate::accounts::AccountError;
use crate::accounts::sources::Bucket;
use crate::items::ItemError;
use crate::web::error::{Error, FieldFault};

/// The routes of the API. Keeping a thought stands behind the strict bucket.
pub fn routes(edge: &EdgeState) -> Router<Site> {
    let keeping = Router::new().route("/api/v1/captures", post(captures::create));
    Router::new()
        .merge(edge.strict(Bucket::Ai, keeping))
        .route("/api/v1/captures/preview", post(captures::preview))
        .route("/api/v1/captures/{id}", get(captures::show))
        .route("/api/v1/items", get(items::list))
        .route("/api/v1/items/{id}", get(items::show).patch(items::change).delete(items::delete))
        .route("/api/v1/items/{id}/restoration", post(items::restore))
        .route("/api/v1/items/{id}/occurrences", get(occurrences::list))
        .route("/api/v1/items/{id}/occurrences/{original}", patch(occurrences::change))
        .route("/api/v1/openapi.json", get(openapi::show))
}

/// What an item's verb refused, for the client.
fn refused(error: ItemError) -> Error {
    match error {
        ItemError::NotFound => Error::NotFound,
        ItemError::VersionMoved(_) => Error::VersionMoved,
        ItemError::NothingToUndo => Error::Conflict {
            code: "nothing_to_undo",
            detail: "This item has not changed since it was made, so nothing can be taken back."
                .into(),
        },
        ItemError::Invalid(faults) => Error::Invalid(faults.into_iter().map(fault).collect()),
        ItemError::Account(error) => account(error),
    }
}

fn account(error: AccountError) -> Error {
    Error::from(error)
}

fn fault(fault: crate::items::Fault) -> FieldFault {
    FieldFault { field: fault.field, code: fault.code, message: fault.message }
}
