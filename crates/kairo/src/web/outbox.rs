//! The development outbox as a page: on a developer's own machine, while mail goes nowhere else.
//!
//! **Invariant:** the page shows everybody's sign-in links, so it does not exist anywhere else: it
//! is there for a client of this machine, under the site's own name (see [`super::near`]).

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;

use super::Site;
use super::error::Error;
use super::near::Near;
use super::render::page;
use super::views::{self, words};

/// Routes of the outbox.
pub fn routes() -> Router<Site> {
    Router::new().route("/outbox", get(show))
}

async fn show(State(site): State<Site>, _: Near) -> Result<Response, Error> {
    let outbox = site.outbox.as_ref().ok_or(Error::NotFound)?;
    let now = site.base.clock.now();
    let letters = outbox.letters().map_err(Error::internal)?;
    let mails = letters
        .into_iter()
        .map(|letter| views::Mail {
            to: letter.to,
            subject: letter.subject,
            sent: words::ago(letter.at, now),
            link: letter.link,
            code: letter.code,
            body: letter.text,
        })
        .collect();
    page(&views::Outbox { mails })
}
