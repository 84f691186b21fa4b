//! A capture's own page: what was typed, what became of it, and how it was read.

use uuid::Uuid;

use super::queries::{CaptureFind, CaptureRow};
use super::{CaptureError, Typed, open_typed};
use crate::accounts::{Base, Person, visit};
use crate::db::Identity;
use crate::items::queries::{InboxCount, ItemsOfCapture};
use crate::items::{Item, ItemError, store};

/// A capture with what became of it.
pub struct CapturePage {
    /// What was typed, and how it was read.
    pub typed: Typed,
    /// Its items that are still there.
    pub items: Vec<Item>,
    /// Open items without a date, for the frame.
    pub inbox: usize,
}

/// Reads one of the caller's captures in one round trip.
///
/// # Errors
/// There is none of the caller's with this id, or the database does not answer.
pub async fn read(
    base: &Base,
    identity: &Identity,
    id: Uuid,
) -> Result<(Person, CapturePage), CaptureError> {
    let page = (CaptureFind { id }, ItemsOfCapture { capture_id: id }, InboxCount {});
    let (person, (captures, rows, inbox)) = visit(base, identity, page).await?;
    let own = |row: &&CaptureRow| base.checks.allow(person.user_id, row.user_id);
    let capture = captures.iter().find(own).ok_or(ItemError::NotFound)?;
    let typed = open_typed(&person, capture)?;
    let mut items = store::open_all(base, &person, rows)?;
    items.retain(|item| item.state.deleted_at.is_none());
    let inbox = inbox.first().map_or(0, |row| usize::try_from(row.count).unwrap_or(0));
    Ok((person, CapturePage { typed, items, inbox }))
}
