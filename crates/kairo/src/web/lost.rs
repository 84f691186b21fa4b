//! When a form cannot be done, the words that were typed come back on the page that says so.

use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use super::error::Error;
use super::render::page_with;
use super::views::{CaptureLine, ErrorPage};

/// A page that says why, with what was typed in the capture line, ready to be copied or sent again
/// under the same key. Other faults than a lost session, a thing that is gone, too many requests or
/// a database that is away are answered as ever.
pub fn words(error: Error, typed: CaptureLine) -> Result<Response, Error> {
    let (title, what, next, href, label) = match &error {
        Error::SessionEnded | Error::SignInNeeded => (
            "You are signed out",
            "Your session has ended, so nothing was saved.",
            "Your words are still here. Sign in again in another tab, then send them.",
            "/sign-in",
            "Sign in",
        ),
        // One answer for what was deleted, never was, or is somebody else's.
        Error::NotFound => (
            "Nothing to change here",
            "It was deleted meanwhile, or it is not yours to see, so nothing was saved.",
            "Your words are still in the line; send them to keep them as something new.",
            "/",
            "Agenda",
        ),
        Error::Unavailable { .. } => (
            "Not saved",
            "Kairo cannot reach its database, so nothing was saved.",
            "Your words are still in the line; send them again in a minute.",
            "/",
            "Agenda",
        ),
        Error::TooMany { .. } => (
            "Not saved",
            "More came from here than Kairo answers, so nothing was saved.",
            "Your words are still in the line; send them again in a minute.",
            "/",
            "Agenda",
        ),
        _ => return Err(error),
    };
    let text = typed.text.trim().to_owned();
    let view = ErrorPage {
        title: title.to_owned(),
        what: what.to_owned(),
        next: next.to_owned(),
        line: Some(CaptureLine { text, ..typed }),
        href: href.to_owned(),
        label: label.to_owned(),
        ..ErrorPage::default()
    };
    let retry_after_s = error.retry_after_s();
    // Signing in is for later here: a redirect would drop the words.
    let status = match error {
        Error::SessionEnded | Error::SignInNeeded => StatusCode::UNAUTHORIZED,
        other => other.into_response().status(),
    };
    let mut page = page_with(status, &view)?;
    if let Some(seconds) = retry_after_s {
        page.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds.max(1)));
    }
    Ok(page)
}
