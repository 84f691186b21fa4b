//! Signing in and out, and the settings of a person.
//!
//! **Invariant:** no answer tells whether an address has an account: the work, the page and the
//! cookies are the same.
//! **Invariant:** a session that begins has a new secret, and the one that the browser carried
//! before ends (ASVS 7.2.4), so a planted cookie is worth nothing.

mod asked;
mod reading;
mod sessions;
mod sign_in;
mod sign_out;
mod tokens;
mod usage;

use axum::Router;
use axum::response::Redirect;
use axum::routing::{get, post};

use super::Site;
use super::edge::EdgeState;
use crate::accounts::sources::Bucket;

pub use usage::spend;

/// Routes of accounts. Those of signing in stand behind the strict bucket.
pub fn routes(edge: &EdgeState) -> Router<Site> {
    let doors = Router::new()
        .route("/sign-in", get(sign_in::show).post(sign_in::ask))
        .route("/sign-in/code", get(sign_in::show_code).post(sign_in::redeem_code))
        .route("/sign-in/link", get(sign_in::show_link).post(sign_in::redeem_link));
    Router::new()
        .merge(edge.strict(Bucket::SignIn, doors))
        .route("/sign-out", post(sign_out::here))
        .route("/signed-out", get(sign_out::show))
        .route("/settings", get(|| async { Redirect::to("/settings/account") }))
        .route("/settings/account", get(sessions::show))
        .route("/settings/sessions/revocation", post(sign_out::everywhere))
        .route("/settings/sessions/{id}/revocation", post(sessions::revoke))
        .route("/settings/usage", get(usage::show))
        .route("/settings/usage/answers/deletion", post(usage::forget))
        .route("/settings/reading", get(reading::show).post(reading::update))
        .route("/settings/tokens", get(tokens::show))
        .route("/settings/tokens/{id}/revocation", post(tokens::revoke))
}
