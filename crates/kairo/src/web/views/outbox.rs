//! The outbox of a development machine: mails that went nowhere else.
//!
//! **Invariant:** the page exists only while no mail server is configured; the router decides.

use askama::Template;

/// One mail.
#[derive(Clone, Debug, Default)]
pub struct Mail {
    /// To whom.
    pub to: String,
    /// Subject.
    pub subject: String,
    /// "10:42 am".
    pub sent: String,
    /// The link in it; empty for none. It must be a path or an address of this origin.
    pub link: String,
    /// The code in it; empty for none.
    pub code: String,
    /// The text of the mail.
    pub body: String,
}

/// `/outbox`.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "outbox.html")]
pub struct Outbox {
    /// The newest first.
    pub mails: Vec<Mail>,
}
