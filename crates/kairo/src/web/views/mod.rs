//! What a person sees: one struct a page, whose fields are all that its template shows.
//!
//! A page is built by a handler, rendered with `askama::Template::render` and sent; what a field
//! means stands at the field. Words that depend on dates come from [`words`], so that they are
//! the same everywhere.
//!
//! **Invariant:** templates know `if`, `for`, `include`, `extends` and macros, nothing else, and
//! never `|safe`: all text is escaped, because all of it may have been typed by somebody.
//! **Invariant:** no template holds an inline script, a `style` or an `on…` attribute, because the
//! Content-Security-Policy would refuse them.
//! Views must never read the clock, the database or a request.

pub mod chart;
pub mod errors;
pub mod frame;
pub mod item;
pub mod lists;
pub mod ops;
pub mod outbox;
pub mod preview;
pub mod repeats;
pub mod rows;
pub mod settings;
pub mod sign_in;
pub mod trust;
pub mod trust_claim;
pub mod trust_privacy;
pub mod trust_strip;
pub mod usage;
pub mod words;

#[cfg(test)]
mod tests;

pub use errors::ErrorPage;
pub use frame::{CaptureLine, Frame, Hidden, Notice, Place, Undo};
pub use item::{Choice, Field, ItemSheet, OccurrenceSheet, Select, Typed};
pub use lists::{ActiveFilter, Agenda, Captured, Done, Filter, Inbox, Try};
pub use ops::Ops;
pub use outbox::{Mail, Outbox};
pub use preview::{Alternative, Preview, Span};
pub use rows::{Day, Fact, Icon, Mark, Now, Row};
pub use settings::{Account, Reading, Session, Token, Tokens};
pub use sign_in::{Problem, SignIn, SignInCode, SignInLink, SignedOut};
pub use usage::{Metered, Spend, Usage};

/// The version that the foot of a page names.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

pub(crate) use super::assets::asset;
