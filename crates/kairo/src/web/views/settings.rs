//! Settings: the account's sessions, how words are read, and API tokens.
//!
//! **Invariant:** no page shows a network address, because none is kept.

use askama::Template;

use super::frame::Frame;
use super::item::{Field, Select};
use super::sign_in::Problem;

/// One place where the person is signed in.
#[derive(Clone, Debug, Default)]
pub struct Session {
    /// "Firefox on macOS".
    pub device: String,
    /// "Active 2 hours ago. Signed in 3 November with a mailed code."
    pub about: String,
    /// The session that asks.
    pub here: bool,
    /// Where Sign out is POSTed: `/settings/sessions/{id}/revocation`.
    pub revocation: String,
}

/// `/settings/account`: POST `/sign-out`, and POST `/settings/sessions/revocation` with `keys=1`
/// when API tokens are to end as well.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "settings/account.html")]
pub struct Account {
    /// Common part.
    pub frame: Frame,
    /// The account's address.
    pub email: String,
    /// Sessions, this one first.
    pub sessions: Vec<Session>,
    /// Live API tokens.
    pub tokens: usize,
}

/// `/settings/reading`: POST with `version`, `zone`, `week_start`, `date_order` and
/// `single_keys`.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "settings/reading.html")]
pub struct Reading {
    /// Common part.
    pub frame: Frame,
    /// IANA name of the time zone.
    pub zone: Field,
    /// Names to choose from.
    pub zones: Vec<String>,
    /// "10:42 am on Monday 23 November", as it is now in that zone.
    pub now: String,
    /// `monday` or `sunday`, and what else the handler offers.
    pub week_start: Select,
    /// `DMY` or `MDY`, each label with an example.
    pub date_order: Select,
    /// `on` or `off`: whether single letters are shortcuts.
    pub single_keys: Select,
    /// Version that the form was made from. After a conflict the new one, so that saving again is
    /// knowingly on top of the other change.
    pub version: i32,
    /// What stopped the person, apart from a field.
    pub problem: Option<Problem>,
    /// The session ended while the form was open: the page offers to sign in beside it.
    pub signed_out: bool,
}

/// One API token.
#[derive(Clone, Debug, Default)]
pub struct Token {
    /// Its name.
    pub name: String,
    /// "Made 3 November, used 2 hours ago. Ends 3 December."
    pub about: String,
    /// "captures, items".
    pub scopes: String,
    /// Where Revoke is POSTed: `/settings/tokens/{id}/revocation`.
    pub revocation: String,
}

/// `/settings/tokens`.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "settings/tokens.html")]
pub struct Tokens {
    /// Common part.
    pub frame: Frame,
    /// The account's address, for the command that makes a token.
    pub email: String,
    /// Live tokens, the newest first.
    pub tokens: Vec<Token>,
}
