//! When a form cannot be done, the words that were typed come back on the page that says so.

use axum::response::{IntoResponse, Response};

use super::error::Error;
use super::render::page_with;
use super::views::{CaptureLine, ErrorPage};

/// A page that says why, with the words in a line that can be copied or sent again. Other faults than a lost
/// session, a database that is away or an item that was deleted meanwhile are answered as ever.
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
        // One answer for what was deleted, never was, or is somebody else's.
        Error::NotFound => (
            "Nothing to change here",
            "It was deleted meanwhile, or it is not yours to see, so nothing was saved.",
            "Your words are still in the line; send them to keep them as something new.",
            "/",
            "Agenda",
        ),
        _ => return Err(error),
    };
    // The line is one line: browsers drop line breaks, which would run two words into one.
    let lines: Vec<&str> = typed.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let view = ErrorPage {
        title: title.to_owned(),
        what: what.to_owned(),
        next: next.to_owned(),
        line: Some(CaptureLine { text: lines.join(" "), ..CaptureLine::default() }),
        href: href.to_owned(),
        label: label.to_owned(),
        ..ErrorPage::default()
    };
    let status = error.into_response().status();
    page_with(status, &view)
}
