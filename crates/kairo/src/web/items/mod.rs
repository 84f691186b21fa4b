//! The pages of items: the agenda, the inbox, what is done, one item, and the verbs on it.
//!
//! **Invariant:** what a person typed into a form comes back with every fault, conflict or lost
//! session.

mod captured;
mod changes;
mod days;
mod filter;
mod form;
mod lists;
mod occurrence;
mod occurrence_form;
mod rows;
mod sheet;
pub mod told;

use axum::Router;
use axum::routing::{get, post};

use super::Site;
use super::error::{Error, FieldFault};
use crate::items::ItemError;

pub use lists::agenda_with_line;

/// Routes of items.
pub fn routes() -> Router<Site> {
    Router::new()
        .route("/", get(lists::agenda))
        .route("/inbox", get(lists::inbox))
        .route("/done", get(lists::done))
        .route("/captures/{id}", get(captured::show))
        .route("/items/{id}", get(lists::item).post(changes::update))
        .route("/items/{id}/completion", post(changes::complete))
        .route("/items/{id}/reopening", post(changes::reopen))
        .route("/items/{id}/deletion", post(changes::delete))
        .route("/items/{id}/restoration", post(changes::restore))
        .route("/items/{id}/occurrences/{original}", get(occurrence::show).post(occurrence::update))
        .route("/items/{id}/occurrences/{original}/completion", post(occurrence::complete))
        .route("/items/{id}/occurrences/{original}/reopening", post(occurrence::reopen))
        .route("/items/{id}/occurrences/{original}/skip", post(occurrence::skip))
}

impl From<ItemError> for Error {
    fn from(error: ItemError) -> Self {
        match error {
            ItemError::NotFound => Self::NotFound,
            ItemError::VersionMoved(_) => Self::VersionMoved,
            ItemError::NothingToUndo => Self::Conflict {
                code: "nothing_to_undo",
                detail: "There is no change to take back.".into(),
            },
            ItemError::Invalid(faults) => Self::Invalid(
                faults
                    .into_iter()
                    .map(|fault| FieldFault {
                        field: fault.field,
                        code: fault.code,
                        message: fault.message,
                    })
                    .collect(),
            ),
            ItemError::Account(error) => error.into(),
        }
    }
}
