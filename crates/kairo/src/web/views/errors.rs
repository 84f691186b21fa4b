//! The page of an error: what happened, what to do next, and a number to tell it by.
//!
//! **Invariant:** the page tells nothing of the inside; the log line with the same number does.

use askama::Template;

use super::frame::CaptureLine;

/// Any error of a page.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "error.html")]
pub struct ErrorPage {
    /// "Not found".
    pub title: String,
    /// What happened: "There is nothing at this address, or it is not yours."
    pub what: String,
    /// What to do next; empty for nothing.
    pub next: String,
    /// Number that the log has too; empty for none.
    pub request_id: String,
    /// A capture that could not be kept: the words come back in the line.
    pub line: Option<CaptureLine>,
    /// Where the button leads: `/` or `/sign-in`; empty for none.
    pub href: String,
    /// What the button says: "Agenda", "Sign in".
    pub label: String,
}
