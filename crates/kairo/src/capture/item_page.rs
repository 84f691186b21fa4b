//! What an item's page shows: the item among the others, what was typed, and the last change.

use jiff::civil::DateTime;
use uuid::Uuid;

use super::desk::{self, Asks, Desk};
use super::queries::CaptureOfItem;
use super::{CaptureError, Typed, open_typed};
use crate::accounts::{Base, Person, visit};
use crate::db::Identity;
use crate::items::queries::{ItemFind, LastChange};
use crate::items::{Item, ItemError, Override, change, entries, store};

/// One item with where it came from.
pub struct ItemPage {
    /// The item.
    pub item: Item,
    /// What was typed.
    pub typed: Option<Typed>,
    /// Why it has the version that it has (`edit`, `done`, …); `None` for one never changed.
    pub last_cause: Option<String>,
    /// What differs in its occurrences from its start on, and at the one that was asked for.
    pub overrides: Vec<Override>,
}

/// Reads an item that is not deleted, what differs in it, and the desk around it, in one round
/// trip.
pub async fn read_beside(
    base: &Base,
    identity: &Identity,
    id: Uuid,
    original: Option<DateTime>,
    asks: Asks,
) -> Result<(Person, ItemPage, Desk), CaptureError> {
    let overrides = change::overrides_of(id, original);
    let about = (CaptureOfItem { item_id: id }, LastChange { item_id: id });
    let page = ((ItemFind { id }, overrides, about), desk::statements(base, asks));
    let (person, ((rows, overrides, (captures, changes)), rows_around)) =
        visit(base, identity, page).await?;
    let item = store::open_all(base, &person, rows)?.into_iter().next();
    let item = item.filter(|item| item.state.deleted_at.is_none()).ok_or(ItemError::NotFound)?;
    let overrides = entries::open_of(base, &person, &item, overrides)?;
    let typed = captures.first().map(|row| open_typed(&person, row)).transpose()?;
    let last_cause = changes.into_iter().next().map(|change| change.cause);
    let desk = desk::from_rows(base, &person, rows_around)?;
    Ok((person, ItemPage { item, typed, last_cause, overrides }, desk))
}
