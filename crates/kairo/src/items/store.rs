//! Between rows and items: opening, sealing, and the statements that keep them.
//!
//! **Invariant:** a row of somebody else is dropped here too, before its key is looked for; the
//! policies have dropped it already.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::body::Body;
use super::draft::Beside;
use super::queries::{ItemChange, ItemFollow, ItemRow, ItemsInsert};
use super::when::{Repeat, Role, When};
use super::{Item, ItemError, Kind, State, Status};
use crate::accounts::{AccountError, Base, Person};
use crate::keys::{Column, KeyError};

const BODY: Column = Column { table: "app.items", column: "body_sealed" };
const REVISION: Column = Column { table: "app.item_revisions", column: "state_sealed" };

/// Opens rows, the caller's alone.
pub fn open_all(base: &Base, person: &Person, rows: Vec<ItemRow>) -> Result<Vec<Item>, ItemError> {
    rows.into_iter()
        .filter(|row| base.checks.allow(person.user_id, row.user_id))
        .map(|row| open(person, row))
        .collect()
}

/// Opens one row.
fn open(person: &Person, row: ItemRow) -> Result<Item, ItemError> {
    let unexpected = || AccountError::Key(KeyError::Content);
    let bytes = person.keychain.open(BODY, row.id, &row.body_sealed)?;
    let body: Body = serde_json::from_slice(&bytes).map_err(|_| unexpected())?;
    let when = match (row.start_local, row.role.as_deref().and_then(Role::parse), row.zone) {
        (Some(start), Some(role), Some(zone)) => {
            Some(When { role, start, end: row.end_local, all_day: row.all_day, zone })
        }
        _ => None,
    };
    let repeat = row.rrule.map(|rrule| Repeat {
        rrule,
        from_completion: row.anchor.as_deref() == Some("completion"),
        exdates: row.exdates,
    });
    Ok(Item {
        id: row.id,
        capture_id: row.capture_id,
        state: State {
            kind: Kind::parse(&row.kind).ok_or_else(unexpected)?,
            status: Status::parse(&row.status).ok_or_else(unexpected)?,
            body,
            priority: row.priority,
            when,
            repeat,
            done_at: row.done_at,
            deleted_at: row.deleted_at,
        },
        version: row.version,
        created_at: row.created_at,
        updated_at: row.updated_at,
    })
}

/// The statement that keeps the new items of one capture, in their order.
pub fn insert(
    person: &Person,
    capture_id: Uuid,
    ids: &[Uuid],
    states: &[State],
) -> Result<ItemsInsert, ItemError> {
    let mut new = nothing(person.user_id, capture_id);
    for (id, state) in ids.iter().zip(states) {
        let (start_at, end_at) = instants(state);
        let (when, repeat) = (state.when.as_ref(), state.repeat.as_ref());
        new.ids.push(*id);
        new.kinds.push(state.kind.as_str().to_owned());
        new.bodies.push(seal_body(person, *id, &state.body)?);
        new.priorities.push(state.priority);
        new.starts.push(when.map(|when| when.start));
        new.ends.push(when.and_then(|when| when.end));
        new.all_day.push(when.is_some_and(|when| when.all_day));
        new.roles.push(when.map(|when| when.role.as_str().to_owned()));
        new.zones.push(when.map(|when| when.zone.clone()));
        new.starts_at.push(start_at);
        new.ends_at.push(end_at);
        new.rrules.push(repeat.map(|repeat| repeat.rrule.clone()));
        new.anchors.push(repeat.map(anchor));
        let exdates = repeat.map(|repeat| repeat.exdates.as_slice()).unwrap_or_default();
        let exdates: Vec<String> = exdates.iter().map(ToString::to_string).collect();
        new.exdates.push(format!("{{{}}}", exdates.join(",")));
    }
    Ok(new)
}

fn nothing(user_id: Uuid, capture_id: Uuid) -> ItemsInsert {
    ItemsInsert {
        user_id,
        capture_id,
        ids: Vec::new(),
        kinds: Vec::new(),
        bodies: Vec::new(),
        priorities: Vec::new(),
        starts: Vec::new(),
        ends: Vec::new(),
        all_day: Vec::new(),
        roles: Vec::new(),
        zones: Vec::new(),
        starts_at: Vec::new(),
        ends_at: Vec::new(),
        rrules: Vec::new(),
        anchors: Vec::new(),
        exdates: Vec::new(),
    }
}

/// The statement that changes an item from what it is to `after`, and keeps what it was, with what
/// the change did `beside` it. With `only_with` it does so only where that revision was kept.
pub fn change(
    person: &Person,
    item: &Item,
    (after, beside): (&State, &Beside),
    revision_id: Uuid,
    cause: &'static str,
    only_with: Option<Uuid>,
) -> Result<ItemChange, ItemError> {
    let (start_at, end_at) = instants(after);
    let before = Kept { state: item.state.clone(), beside: beside.clone() };
    let before = serde_json::to_vec(&before).map_err(|_| KeyError::Content)?;
    let when = after.when.as_ref();
    Ok(ItemChange {
        id: item.id,
        version: item.version,
        kind: after.kind.as_str().to_owned(),
        status: after.status.as_str().to_owned(),
        body_sealed: seal_body(person, item.id, &after.body)?,
        priority: after.priority,
        start_local: when.map(|when| when.start),
        end_local: when.and_then(|when| when.end),
        all_day: when.is_some_and(|when| when.all_day),
        role: when.map(|when| when.role.as_str().to_owned()),
        zone: when.map(|when| when.zone.clone()),
        start_at,
        end_at,
        rrule: after.repeat.as_ref().map(|repeat| repeat.rrule.clone()),
        anchor: after.repeat.as_ref().map(anchor),
        exdates: after.repeat.as_ref().map(|repeat| repeat.exdates.clone()).unwrap_or_default(),
        done_at: after.done_at,
        deleted_at: after.deleted_at,
        revision_id,
        before_sealed: person.keychain.seal(REVISION, revision_id, &before)?,
        cause: cause.to_owned(),
        only_with,
    })
}

/// A revision: what an item was, and what the change since did beside it.
#[derive(Serialize, Deserialize)]
pub struct Kept {
    /// The state that it was.
    #[serde(flatten)]
    pub state: State,
    /// What else the change did.
    #[serde(default, skip_serializing_if = "Beside::is_nothing")]
    pub beside: Beside,
}

/// The statement that keeps the item which goes on where another was ended.
pub fn follow(
    person: &Person,
    revision_id: Uuid,
    id: Uuid,
    state: &State,
) -> Result<ItemFollow, ItemError> {
    let (start_at, end_at) = instants(state);
    let (when, repeat) = (state.when.as_ref(), state.repeat.as_ref());
    Ok(ItemFollow {
        revision_id,
        id,
        status: state.status.as_str().to_owned(),
        body_sealed: seal_body(person, id, &state.body)?,
        start_local: when.map(|when| when.start),
        end_local: when.and_then(|when| when.end),
        all_day: when.is_some_and(|when| when.all_day),
        start_at,
        end_at,
        rrule: repeat.map(|repeat| repeat.rrule.clone()),
        exdates: repeat.map(|repeat| repeat.exdates.clone()).unwrap_or_default(),
        done_at: state.done_at,
    })
}

/// Opens what an item was.
pub fn open_revision(person: &Person, id: Uuid, sealed: &[u8]) -> Result<Kept, ItemError> {
    let bytes = person.keychain.open(REVISION, id, sealed)?;
    Ok(serde_json::from_slice(&bytes).map_err(|_| KeyError::Content)?)
}

fn seal_body(person: &Person, id: Uuid, body: &Body) -> Result<Vec<u8>, ItemError> {
    let plain = serde_json::to_vec(body).map_err(|_| KeyError::Content)?;
    Ok(person.keychain.seal(BODY, id, &plain)?)
}

fn instants(state: &State) -> (Option<jiff::Timestamp>, Option<jiff::Timestamp>) {
    state.when.as_ref().map_or((None, None), |when| {
        let (start, end) = when.instants();
        (Some(start), end)
    })
}

fn anchor(repeat: &Repeat) -> String {
    if repeat.from_completion { "completion".to_owned() } else { "due".to_owned() }
}
