//! When a form cannot be done, the words that were typed come back on the page that says so.

use axum::response::{IntoResponse, Response};

use super::error::Error;
use super::render::page_with;
use super::views::{CaptureLine, ErrorPage};

/// A page that says why, with the words in a line that can be copied or sent again. Other faults
/// than a lost session or a database that is away are answered as ever.
pub fn words(error: Error, typed: &str) -> Result<Response, Error> {
    let (title, what, next, href, label) = match &error {
        Error::SessionEnded | Error::SignInNeeded => (
            "You are signed out",
            "Your session has ended, so nothing was saved.",
            "Your words are still here. Sign in again in another tab, then send them.",
            "/sign-in",
            "Sign in",
        ),
        Error::Unavailable { .. } => (
            "Not saved",
            "Kairo cannot reach its database, so nothing was saved.",
            "Your words are still in the line; send them again in a minute.",
            "/",
            "Agenda",
        ),
        _ => return Err(error),
    };
    let view = ErrorPage {
        title: title.to_owned(),
        what: what.to_owned(),
        next: next.to_owned(),
        line: Some(CaptureLine { text: typed.trim().to_owned(), ..CaptureLine::default() }),
        href: href.to_owned(),
        label: label.to_owned(),
        ..ErrorPage::default()
    };
    let status = error.into_response().status();
    page_with(status, &view)
}
