//! The verbs: read one, change it, mark it done, delete it, take the last change back.
//!
//! Each reads the item in one transaction and writes it in another; the version between them
//! decides, so no transaction waits for a person's program (MODEL 2).

use uuid::Uuid;

use super::queries::{ItemFind, RevisionFind};
use super::{Item, ItemError, State, Status, store};
use crate::accounts::{AccountError, Base, Person, visit};
use crate::db::Identity;

/// Why an item changes; kept with what it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// A person changed fields.
    Edit,
    /// It was done.
    Done,
    /// It is to be done again.
    Reopen,
    /// It was deleted.
    Delete,
    /// The change before was taken back.
    Undo,
}

impl Cause {
    fn as_str(self) -> &'static str {
        match self {
            Self::Edit => "edit",
            Self::Done => "done",
            Self::Reopen => "reopen",
            Self::Delete => "delete",
            Self::Undo => "undo",
        }
    }
}

/// One item of the caller's, that is not deleted.
pub async fn find(base: &Base, identity: &Identity, id: Uuid) -> Result<(Person, Item), ItemError> {
    let (person, item) = find_any(base, identity, id).await?;
    if item.state.deleted_at.is_some() {
        return Err(ItemError::NotFound);
    }
    Ok((person, item))
}

/// One item of the caller's, deleted or not: what undo looks at.
pub async fn find_any(
    base: &Base,
    identity: &Identity,
    id: Uuid,
) -> Result<(Person, Item), ItemError> {
    let (person, rows) = visit(base, identity, ItemFind { id }).await?;
    let item = store::open_all(base, &person, rows)?.into_iter().next();
    Ok((person, item.ok_or(ItemError::NotFound)?))
}

/// Keeps `after` on top of `item`'s version. Gives the item as it is then.
pub async fn keep(
    base: &Base,
    identity: &Identity,
    person: &Person,
    item: Item,
    after: State,
    cause: Cause,
) -> Result<Item, ItemError> {
    check(&after)?;
    let statement = store::change(person, &item, &after, base.ids.next()?, cause.as_str())?;
    let rows = base.db.app.write(Some(identity), statement).await?;
    match rows.first() {
        Some(row) => {
            Ok(Item { state: after, version: row.version, updated_at: base.clock.now(), ..item })
        }
        None => {
            let (_, now) = find_any(base, identity, item.id).await?;
            Err(ItemError::VersionMoved(Box::new(now)))
        }
    }
}

/// Applies `edit` to an item that still has `version`.
pub async fn edit(
    base: &Base,
    identity: &Identity,
    id: Uuid,
    version: i32,
    cause: Cause,
    edit: impl FnOnce(&Person, &mut State) -> Result<(), ItemError>,
) -> Result<(Person, Item), ItemError> {
    let (person, item) = find(base, identity, id).await?;
    writes(&person)?;
    if item.version != version {
        return Err(ItemError::VersionMoved(Box::new(item)));
    }
    let mut after = item.state.clone();
    edit(&person, &mut after)?;
    if after == item.state {
        return Ok((person, item));
    }
    let item = keep(base, identity, &person, item, after, cause).await?;
    Ok((person, item))
}

/// Marks an item done or open; see [`State::set_status`].
pub async fn set_status(
    base: &Base,
    identity: &Identity,
    id: Uuid,
    version: i32,
    status: Status,
) -> Result<(Person, Item), ItemError> {
    let now = base.clock.now();
    let cause = if status == Status::Done { Cause::Done } else { Cause::Reopen };
    edit(base, identity, id, version, cause, |_, state| {
        state.set_status(status, now);
        Ok(())
    })
    .await
}

/// Deletes an item. Undo brings it back for 30 days.
pub async fn delete(
    base: &Base,
    identity: &Identity,
    id: Uuid,
    version: i32,
) -> Result<(Person, Item), ItemError> {
    let now = base.clock.now();
    edit(base, identity, id, version, Cause::Delete, |_, state| {
        state.deleted_at = Some(now);
        Ok(())
    })
    .await
}

/// Takes back the change that led to `version`: the item becomes what it was before, as a new
/// version.
pub async fn undo(
    base: &Base,
    identity: &Identity,
    id: Uuid,
    version: i32,
) -> Result<(Person, Item), ItemError> {
    let earlier = version.saturating_sub(1);
    let page = (ItemFind { id }, RevisionFind { item_id: id, version: earlier });
    let (person, (rows, revisions)) = visit(base, identity, page).await?;
    let item = store::open_all(base, &person, rows)?.into_iter().next();
    let item = item.ok_or(ItemError::NotFound)?;
    writes(&person)?;
    if item.version != version {
        return Err(ItemError::VersionMoved(Box::new(item)));
    }
    let before = revisions.into_iter().next().ok_or(ItemError::NothingToUndo)?;
    let state = store::open_revision(&person, before.id, &before.state_sealed)?;
    let item = keep(base, identity, &person, item, state, Cause::Undo).await?;
    Ok((person, item))
}

/// Whether the caller may change anything. Row-level security holds this too, but as an item that
/// cannot be found to change, which would read as "the version has moved".
fn writes(person: &Person) -> Result<(), ItemError> {
    if person.may_write { Ok(()) } else { Err(AccountError::OutOfScope.into()) }
}

/// The rules between fields that no single field shows.
fn check(state: &State) -> Result<(), ItemError> {
    if let Some(when) = &state.when {
        when.check().map_err(|fault| ItemError::Invalid(vec![fault]))?;
    }
    Ok(())
}
