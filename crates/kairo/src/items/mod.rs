//! Tasks, events and notes: what a thought becomes.
//!
//! Owns items and their revisions. Words are sealed; dates, kind and status are plain.
//!
//! **Invariant:** every change names the version that it was made from, keeps what was there
//! before, sealed, and moves the version by one, in one statement. So nothing is overwritten
//! unseen, and all can be undone.
//! **Invariant:** an item belongs to the person whose key sealed it, for ever; no verb changes
//! hands.

pub mod amend;
pub mod body;
pub mod change;
pub mod draft;
pub mod entries;
pub mod lists;
pub mod occurrence;
pub mod page;
pub mod queries;
mod rule;
pub mod series;
pub mod split;
pub mod store;
pub mod when;

use jiff::Timestamp;
use uuid::Uuid;

use crate::accounts::AccountError;
use crate::clock::NoRandomness;
use crate::db::DbError;
use crate::keys::KeyError;

pub use body::{Body, SpanKept};
pub use draft::{Amendment, Draft};
pub use occurrence::{Occurrence, Override, Seen, Series, Standing, Times};
pub use when::{Repeat, Role, When};

/// What an item is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Something to do.
    Task,
    /// Something that takes place.
    Event,
    /// Something to remember.
    Note,
}

impl Kind {
    /// The word that is stored and sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Task => "task",
            Self::Event => "event",
            Self::Note => "note",
        }
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Task, Self::Event, Self::Note].into_iter().find(|kind| kind.as_str() == word)
    }
}

/// Whether an item is still to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// To be done, to take place, or to remember.
    Open,
    /// Done.
    Done,
}

impl Status {
    /// The word that is stored and sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Done => "done",
        }
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Open, Self::Done].into_iter().find(|status| status.as_str() == word)
    }
}

/// An item, opened.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// Its id.
    pub id: Uuid,
    /// The capture that it came from.
    pub capture_id: Option<Uuid>,
    /// What may be changed.
    pub state: State,
    /// Moves with every change.
    pub version: i32,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
}

/// Everything of an item that a change may touch and undo restores.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct State {
    /// Task, event or note.
    pub kind: Kind,
    /// Open or done.
    pub status: Status,
    /// Its words.
    pub body: Body,
    /// 1 urgent to 4 low.
    pub priority: Option<i16>,
    /// When it is or is due.
    pub when: Option<When>,
    /// How it repeats.
    pub repeat: Option<Repeat>,
    /// When it was done.
    pub done_at: Option<Timestamp>,
    /// When it was deleted.
    pub deleted_at: Option<Timestamp>,
}

/// Why an item was not read or changed.
#[derive(Debug, thiserror::Error)]
pub enum ItemError {
    /// Nothing of the caller's has this id, or it is deleted.
    #[error("there is no such item")]
    NotFound,
    /// Another change came first; the item as it is now.
    #[error("the version has moved")]
    VersionMoved(Box<Item>),
    /// There is nothing to take back.
    #[error("there is nothing to undo")]
    NothingToUndo,
    /// A field is past its limit or does not fit another.
    #[error("a field was refused: {0:?}")]
    Invalid(Vec<Fault>),
    /// The session, the database or a key failed.
    #[error(transparent)]
    Account(#[from] AccountError),
}

/// One field that was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Name of the field.
    pub field: &'static str,
    /// A word for programs.
    pub code: &'static str,
    /// A sentence for the person.
    pub message: String,
}

impl From<DbError> for ItemError {
    fn from(error: DbError) -> Self {
        Self::Account(error.into())
    }
}

impl From<KeyError> for ItemError {
    fn from(error: KeyError) -> Self {
        Self::Account(error.into())
    }
}

impl From<NoRandomness> for ItemError {
    fn from(error: NoRandomness) -> Self {
        Self::Account(error.into())
    }
}

#[cfg(test)]
mod tests;
