//! The lists that pages show: what is open, and what was done.
//!
//! **Invariant:** a list reads at most `limits::ITEMS_AGENDA_MAX` items, and says when there are
//! more.

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::queries::{InboxCount, ItemFind, ItemRow, ItemsDone, ItemsOpen};
use super::{Item, ItemError, store};
use crate::accounts::{Base, Person, visit};
use crate::db::Identity;
use crate::limits::ITEMS_AGENDA_MAX;

/// Everything open, and what was done lately.
pub struct Open {
    /// Open items: dated ones in order, then those without a date, the newest first.
    pub items: Vec<Item>,
    /// Done within a day and a half: enough for any zone's today.
    pub done: Vec<Item>,
    /// Whether there are more open items than were read.
    pub more: bool,
    /// The item that was asked for by id, deleted or not.
    pub told: Option<Item>,
}

/// What was done.
pub struct Done {
    /// The last first.
    pub items: Vec<Item>,
    /// Whether there are more.
    pub more: bool,
    /// Open items without a date.
    pub inbox: usize,
    /// The item that was asked for by id.
    pub told: Option<Item>,
}

const DONE_LATELY: SignedDuration = SignedDuration::from_hours(36);

/// Reads what is open, in one round trip; `told` is an item that a notice speaks of.
pub async fn open(
    base: &Base,
    identity: &Identity,
    told: Option<Uuid>,
) -> Result<(Person, Open), ItemError> {
    let (person, rows) = visit(base, identity, open_statements(base, told)).await?;
    let open = open_from(base, &person, rows)?;
    Ok((person, open))
}

/// The statements of [`open`], for a page that reads more with them.
pub fn open_statements(base: &Base, told: Option<Uuid>) -> OpenStatements {
    let since = base.clock.now() - DONE_LATELY;
    (
        ItemsOpen { limit: ITEMS_AGENDA_MAX + 1 },
        ItemsDone { since, limit: ITEMS_AGENDA_MAX },
        told.map(|id| ItemFind { id }),
    )
}

/// What [`open_statements`] gives.
pub type OpenStatements = (ItemsOpen, ItemsDone, Option<ItemFind>);

/// Opens the rows of [`open_statements`].
pub fn open_from(
    base: &Base,
    person: &Person,
    (open, done, told): (Vec<ItemRow>, Vec<ItemRow>, Vec<ItemRow>),
) -> Result<Open, ItemError> {
    let (items, more) = cut(store::open_all(base, person, open)?);
    let done = store::open_all(base, person, done)?;
    let told = store::open_all(base, person, told)?.into_iter().next();
    Ok(Open { items, done, more, told })
}

/// Reads what was done, the last first.
pub async fn done(
    base: &Base,
    identity: &Identity,
    told: Option<Uuid>,
) -> Result<(Person, Done), ItemError> {
    let page = (
        ItemsDone { since: Timestamp::UNIX_EPOCH, limit: ITEMS_AGENDA_MAX + 1 },
        InboxCount {},
        told.map(|id| ItemFind { id }),
    );
    let (person, (done, inbox, told)) = visit(base, identity, page).await?;
    let (items, more) = cut(store::open_all(base, &person, done)?);
    let inbox = inbox.first().map_or(0, |row| usize::try_from(row.count).unwrap_or(0));
    let told = store::open_all(base, &person, told)?.into_iter().next();
    Ok((person, Done { items, more, inbox, told }))
}

fn cut(mut items: Vec<Item>) -> (Vec<Item>, bool) {
    let max = usize::try_from(ITEMS_AGENDA_MAX).unwrap_or(usize::MAX);
    let more = items.len() > max;
    items.truncate(max);
    (items, more)
}
