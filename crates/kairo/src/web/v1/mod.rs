//! `/v1`: what clients of OpenAI's API expect, with the guard in front of the provider.
//!
//! **Invariant:** the caller is known by a bearer token alone; a cookie is never read.
//! **Invariant:** of what a client sends only fields that the guard can bound reach the provider,
//! and of what the provider answers no refusal's words and no header reach the client.
//! **Invariant:** nothing is kept: no prompt, no answer.

mod answer;
mod body;
mod completions;
mod models;

use axum::Router;
use axum::routing::{get, post};

use super::Site;
use super::edge::EdgeState;
use crate::accounts::sources::Bucket;
use crate::ai::Upstream;
use crate::guard::{Class, Guard};

/// What stands between the routes and a provider.
#[derive(Clone)]
pub struct Ai {
    /// Decides and charges.
    pub guard: Guard,
    /// Answers.
    pub upstream: Upstream,
}

/// The name by which a client leaves the choice of the model to Kairo, which decides it anyway.
const OWN_NAME: &str = "kairo";

impl Ai {
    /// The names that a client may ask for, each once.
    fn models(&self) -> Vec<&str> {
        let mut names = vec![OWN_NAME];
        for class in [Class::Normal, Class::Small] {
            let name = self.upstream.model(class);
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }
}

/// The routes. A call stands behind the strict bucket of its source.
pub fn routes(edge: &EdgeState) -> Router<Site> {
    let calling = Router::new().route("/v1/chat/completions", post(completions::create));
    Router::new().route("/v1/models", get(models::list)).merge(edge.strict(Bucket::Ai, calling))
}
