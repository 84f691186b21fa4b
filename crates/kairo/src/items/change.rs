//! The verbs: read one, change it, mark it done, delete it, take the last change back.
//!
//! Each reads the item in one transaction and writes it in another; the version between them
//! decides, so no transaction waits for a person's program (MODEL 2).

use jiff::civil::DateTime;
use uuid::Uuid;

use super::draft::{Beside, Following};
use super::queries::{
    ItemChange, ItemFind, ItemSplits, OccurrencesOfItem, OccurrencesWithin, RevisionFind,
};
use super::split::Rest;
use super::{Draft, Fault, Item, ItemError, Override, Series, State, Status, entries, store};
use crate::accounts::queries::NewVersion;
use crate::accounts::{AccountError, Base, Person, visit};
use crate::db::{DbError, Identity};
use crate::limits::ITEM_OVERRIDES_MAX;

/// Why an item changes; kept with what it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// A person changed fields.
    Edit,
    /// It was done.
    Done,
    /// It is to be done again.
    Reopen,
    /// One occurrence was left out.
    Skip,
    /// The series was ended, and goes on as another item.
    Split,
    /// It was deleted.
    Delete,
    /// The change before was taken back.
    Undo,
    /// A model's tags changed what the reader had made of a thought.
    Refine,
}

impl Cause {
    fn as_str(self) -> &'static str {
        match self {
            Self::Edit => "edit",
            Self::Done => "done",
            Self::Reopen => "reopen",
            Self::Skip => "skip",
            Self::Split => "split",
            Self::Delete => "delete",
            Self::Undo => "undo",
            Self::Refine => "refine",
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

/// One item of the caller's with what differs in its occurrences: from its start on, and at
/// `original`.
pub async fn find_series(
    base: &Base,
    identity: &Identity,
    id: Uuid,
    original: Option<DateTime>,
) -> Result<(Person, Item, Vec<Override>), ItemError> {
    let page = (ItemFind { id }, overrides_of(id, original));
    let (person, (rows, overrides)) = visit(base, identity, page).await?;
    let item = store::open_all(base, &person, rows)?.into_iter().next();
    let item = item.filter(|item| item.state.deleted_at.is_none()).ok_or(ItemError::NotFound)?;
    let overrides = entries::open_of(base, &person, &item, overrides)?;
    Ok((person, item, overrides))
}

/// The statement that reads what differs in a series; it stands after the one that reads the item.
pub fn overrides_of(item_id: Uuid, original: Option<DateTime>) -> OccurrencesOfItem {
    let limit = i64::try_from(ITEM_OVERRIDES_MAX).unwrap_or(i64::MAX).saturating_add(1);
    OccurrencesOfItem { item_id, original, limit }
}

/// Likewise, with what differs within a range.
pub async fn find_within(
    base: &Base,
    identity: &Identity,
    id: Uuid,
    (from, to): (DateTime, DateTime),
) -> Result<(Person, Item, Vec<Override>), ItemError> {
    let limit = i64::try_from(ITEM_OVERRIDES_MAX).unwrap_or(i64::MAX);
    let within = OccurrencesWithin { item_id: id, from, to, limit };
    let (person, (rows, overrides)) = visit(base, identity, (ItemFind { id }, within)).await?;
    let item = store::open_all(base, &person, rows)?.into_iter().next();
    let item = item.filter(|item| item.state.deleted_at.is_none()).ok_or(ItemError::NotFound)?;
    let overrides = entries::open_of(base, &person, &item, overrides)?;
    Ok((person, item, overrides))
}

/// What differs behind the start of a series, as far back as `from`: what a series that is moved
/// there meets.
pub async fn behind(
    base: &Base,
    identity: &Identity,
    item: &Item,
    from: DateTime,
) -> Result<Vec<Override>, ItemError> {
    let Some(when) = &item.state.when else { return Ok(Vec::new()) };
    let limit = i64::try_from(ITEM_OVERRIDES_MAX).unwrap_or(i64::MAX);
    let within = OccurrencesWithin { item_id: item.id, from, to: when.start, limit };
    let (person, rows) = visit(base, identity, within).await?;
    let found = entries::open_of(base, &person, item, rows)?;
    Ok(found.into_iter().filter(|own| own.original < when.start).collect())
}

/// A draft of an item as it was read.
pub fn draft(base: &Base, item: &Item, overrides: Vec<Override>) -> Result<Draft, ItemError> {
    Ok(Draft::new(item.state.clone(), overrides, base.ids.next()?))
}

/// Keeps `draft` on top of `item`'s version. Gives the item as it is then.
pub async fn keep(
    base: &Base,
    identity: &Identity,
    person: &Person,
    item: Item,
    mut draft: Draft,
    cause: Cause,
) -> Result<Item, ItemError> {
    check(&draft.state)?;
    draft.follow();
    let revision = base.ids.next()?;
    let changed = (&draft.state, draft.beside());
    let statement = store::change(person, &item, changed, revision, cause.as_str(), None)?;
    let beside = entries::write(person, draft.beside(), revision)?;
    let written = base.db.app.write(Some(identity), (statement, beside)).await;
    let (rows, _) = written.map_err(in_the_way)?;
    kept(base, identity, item, draft.state, rows).await
}

/// An occurrence would get a name under which something else is kept that was not read.
fn in_the_way(error: DbError) -> ItemError {
    let DbError::Exists { .. } = error else { return error.into() };
    let message = "Something of this series that was done or changed stands there already. Move \
                   only this one."
        .to_owned();
    ItemError::Invalid(vec![Fault { field: "start", code: "taken", message }])
}

/// The item at its new version, or as it is where another change came first.
async fn kept(
    base: &Base,
    identity: &Identity,
    item: Item,
    state: State,
    rows: Vec<NewVersion>,
) -> Result<Item, ItemError> {
    match rows.first() {
        Some(row) => Ok(Item { state, version: row.version, updated_at: base.clock.now(), ..item }),
        None => {
            let (_, now) = find_any(base, identity, item.id).await?;
            Err(ItemError::VersionMoved(Box::new(now)))
        }
    }
}

/// Keeps `draft`, which ends the item, and what goes on after it. Gives both.
pub async fn keep_split(
    base: &Base,
    identity: &Identity,
    person: &Person,
    item: Item,
    mut draft: Draft,
    rest: Rest,
) -> Result<(Item, Item), ItemError> {
    check(&rest.state)?;
    let (revision, id) = (base.ids.next()?, base.ids.next()?);
    draft.set_following(id);
    let changed = (&draft.state, draft.beside());
    let cause = Cause::Split.as_str();
    let statement = store::change(person, &item, changed, revision, cause, None)?;
    let follow = store::follow(person, revision, id, &rest.state)?;
    let mut overrides = rest.overrides;
    for own in &mut overrides {
        own.id = base.ids.next()?;
    }
    let overrides: Vec<&Override> = overrides.iter().collect();
    let put = (!overrides.is_empty())
        .then(|| entries::put(person, revision, Some(id), &overrides))
        .transpose()?;
    let beside = entries::write(person, draft.beside(), revision)?;
    let batch = (statement, beside, follow, put);
    let (rows, ..) = base.db.app.write(Some(identity), batch).await.map_err(in_the_way)?;
    let now = base.clock.now();
    let capture_id = item.capture_id;
    let ended = kept(base, identity, item, draft.state, rows).await?;
    let following =
        Item { id, capture_id, state: rest.state, version: 1, created_at: now, updated_at: now };
    Ok((ended, following))
}

/// Applies `edit` to an item that still has `version`.
pub async fn edit(
    base: &Base,
    identity: &Identity,
    id: Uuid,
    version: i32,
    cause: Cause,
    edit: impl FnOnce(&Person, &mut Draft) -> Result<(), ItemError>,
) -> Result<(Person, Item), ItemError> {
    edit_at(base, identity, (id, None), version, cause, edit).await
}

/// Likewise, with what differs in one occurrence at hand.
pub async fn edit_at(
    base: &Base,
    identity: &Identity,
    (id, original): (Uuid, Option<DateTime>),
    version: i32,
    cause: Cause,
    edit: impl FnOnce(&Person, &mut Draft) -> Result<(), ItemError>,
) -> Result<(Person, Item), ItemError> {
    let (person, item, overrides) = find_series(base, identity, id, original).await?;
    // A name that the series does not have is not there, whatever the version.
    let series = Series::of(&item.state, &overrides);
    let is_there = |at| series.is_some_and(|series| series.find(at).is_some());
    if original.is_some_and(|at| !is_there(at)) {
        return Err(ItemError::NotFound);
    }
    writes(&person)?;
    if item.version != version {
        return Err(ItemError::VersionMoved(Box::new(item)));
    }
    let mut draft = draft(base, &item, overrides)?;
    edit(&person, &mut draft)?;
    if draft.state == item.state && draft.beside().is_nothing() {
        return Ok((person, item));
    }
    let item = keep(base, identity, &person, item, draft, cause).await?;
    Ok((person, item))
}

/// Marks an item done or open; see [`Draft::set_status`].
pub async fn set_status(
    base: &Base,
    identity: &Identity,
    id: Uuid,
    version: i32,
    status: Status,
) -> Result<(Person, Item), ItemError> {
    let now = base.clock.now();
    let cause = if status == Status::Done { Cause::Done } else { Cause::Reopen };
    edit(base, identity, id, version, cause, |_, draft| draft.set_status(status, now)).await
}

/// Deletes an item. Undo brings it back for 30 days.
pub async fn delete(
    base: &Base,
    identity: &Identity,
    id: Uuid,
    version: i32,
) -> Result<(Person, Item), ItemError> {
    let now = base.clock.now();
    edit(base, identity, id, version, Cause::Delete, |_, draft| {
        draft.state.deleted_at = Some(now);
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
    let before = store::open_revision(&person, before.id, &before.state_sealed)?;
    let draft = Draft::restoring(before.state, before.beside, base.ids.next()?);
    let item = restore(base, identity, &person, item, draft).await?;
    Ok((person, item))
}

/// Keeps what an item was, and takes the item that followed it away or back with it.
async fn restore(
    base: &Base,
    identity: &Identity,
    person: &Person,
    item: Item,
    draft: Draft,
) -> Result<Item, ItemError> {
    check(&draft.state)?;
    let revision = base.ids.next()?;
    let (changed, cause) = ((&draft.state, draft.beside()), Cause::Undo.as_str());
    let statement = store::change(person, &item, changed, revision, cause, None)?;
    let beside = entries::write(person, draft.beside(), revision)?;
    let following = match draft.beside().following {
        Some(following) => follows(base, identity, following, revision).await?,
        None => None,
    };
    let batch = (statement, beside, following);
    let (rows, ..) = base.db.app.write(Some(identity), batch).await.map_err(in_the_way)?;
    kept(base, identity, item, draft.state, rows).await
}

/// The statement that takes a following item away or back, in the transaction of `revision` and
/// with it alone. Where the item was changed in the moment since it was read, it stays as it is:
/// nothing of it is lost.
async fn follows(
    base: &Base,
    identity: &Identity,
    following: Following,
    revision: Uuid,
) -> Result<Option<ItemChange>, ItemError> {
    let page = (ItemFind { id: following.id }, ItemSplits { item_id: following.id });
    let (person, (rows, splits)) = visit(base, identity, page).await?;
    let item = store::open_all(base, &person, rows)?.into_iter().next();
    // It was deleted long ago, and is gone for good.
    let Some(item) = item else { return Ok(None) };
    if !following.made && !splits.is_empty() {
        // What goes on after it would happen beside this one.
        let message = "What follows this series was parted again. Take that back first.";
        let fault = Fault { field: "version", code: "parted", message: message.to_owned() };
        return Err(ItemError::Invalid(vec![fault]));
    }
    let deleted_at = (!following.made).then(|| base.clock.now());
    if item.state.deleted_at.is_some() == deleted_at.is_some() {
        return Ok(None);
    }
    let state = State { deleted_at, ..item.state.clone() };
    let (own, cause) = (base.ids.next()?, Cause::Undo.as_str());
    let changed = (&state, &Beside::default());
    store::change(&person, &item, changed, own, cause, Some(revision)).map(Some)
}

/// Whether the caller may change anything. Row-level security holds this too, but as an item that
/// cannot be found to change, which would read as "the version has moved".
pub fn writes(person: &Person) -> Result<(), ItemError> {
    if person.may_write { Ok(()) } else { Err(AccountError::OutOfScope.into()) }
}

/// The rules between fields that no single field shows.
fn check(state: &State) -> Result<(), ItemError> {
    if let Some(when) = &state.when {
        when.check().map_err(|fault| ItemError::Invalid(vec![fault]))?;
    }
    Ok(())
}
