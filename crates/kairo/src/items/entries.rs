//! Between rows and what differs in occurrences: opening, sealing, and the statements that keep it.
//!
//! **Invariant:** words are bound to the row that they were sealed for; a row keeps its id for as
//! long as it is there, whatever its occurrence is called.

use std::collections::HashMap;

use uuid::Uuid;

use super::draft::Beside;
use super::occurrence::{Override, Standing, Times, Words};
use super::queries::{OccurrenceRow, OccurrencesDrop, OccurrencesPut};
use super::{Item, ItemError};
use crate::accounts::{AccountError, Base, Person};
use crate::keys::{Column, KeyError};

const BODY: Column = Column { table: "app.item_occurrences", column: "body_sealed" };

/// What differs, by item.
pub type Entries = HashMap<Uuid, Vec<Override>>;

/// Opens rows, the caller's alone.
pub fn open_all(
    base: &Base,
    person: &Person,
    rows: Vec<OccurrenceRow>,
) -> Result<Entries, ItemError> {
    let mut entries = Entries::new();
    for row in rows {
        if base.checks.allow(person.user_id, row.user_id) {
            entries.entry(row.item_id).or_default().push(open(person, row)?);
        }
    }
    Ok(entries)
}

/// Opens rows of one item.
pub fn open_of(
    base: &Base,
    person: &Person,
    item: &Item,
    rows: Vec<OccurrenceRow>,
) -> Result<Vec<Override>, ItemError> {
    Ok(open_all(base, person, rows)?.remove(&item.id).unwrap_or_default())
}

fn open(person: &Person, row: OccurrenceRow) -> Result<Override, ItemError> {
    let unexpected = || AccountError::Key(KeyError::Content);
    let words = match &row.body_sealed {
        Some(sealed) => {
            let bytes = person.keychain.open(BODY, row.id, sealed)?;
            serde_json::from_slice(&bytes).map_err(|_| unexpected())?
        }
        None => Words::default(),
    };
    let standing = match row.change.as_str() {
        "done" => Standing::Done,
        "skipped" => Standing::Skipped,
        _ => Standing::Open,
    };
    let (end, all_day) = (row.end_local, row.all_day);
    Ok(Override {
        id: row.id,
        original: row.original_local,
        standing,
        times: row.start_local.map(|start| Times { start, end, all_day }),
        words,
        settled_at: row.settled_at,
    })
}

/// The statements of what a change did beside the item, in their order: every row that it touched
/// goes, then those come that are there since. Rows change their names among each other, so none
/// may be in another's way; and one that was not read must never be written over.
pub type Written = (Option<OccurrencesDrop>, Option<OccurrencesPut>);

/// Makes the statements that go with a revision.
pub fn write(person: &Person, beside: &Beside, revision_id: Uuid) -> Result<Written, ItemError> {
    let were = beside.touched.iter().filter(|it| it.before.is_some());
    let originals: Vec<_> = were.map(|it| it.original).collect();
    let drop = (!originals.is_empty()).then_some(OccurrencesDrop { revision_id, originals });
    let there: Vec<&Override> = beside.touched.iter().filter_map(|it| it.after.as_ref()).collect();
    let put = (!there.is_empty()).then(|| put(person, revision_id, None, &there)).transpose()?;
    Ok((drop, put))
}

/// The statement that keeps what differs, of the item that was changed or of the one that follows.
pub fn put(
    person: &Person,
    revision_id: Uuid,
    following: Option<Uuid>,
    overrides: &[&Override],
) -> Result<OccurrencesPut, ItemError> {
    let times = |own: &&Override| own.times.clone();
    let body = |own: &&Override| -> Result<Option<Vec<u8>>, ItemError> {
        if own.words.is_empty() {
            return Ok(None);
        }
        let plain = serde_json::to_vec(&own.words).map_err(|_| KeyError::Content)?;
        Ok(Some(person.keychain.seal(BODY, own.id, &plain)?))
    };
    Ok(OccurrencesPut {
        revision_id,
        following,
        ids: overrides.iter().map(|own| own.id).collect(),
        originals: overrides.iter().map(|own| own.original).collect(),
        changes: overrides.iter().map(|own| change(own).to_owned()).collect(),
        starts: overrides.iter().map(|own| times(own).map(|times| times.start)).collect(),
        ends: overrides.iter().map(|own| times(own).and_then(|times| times.end)).collect(),
        all_day: overrides.iter().map(|own| times(own).is_some_and(|it| it.all_day)).collect(),
        bodies: overrides.iter().map(body).collect::<Result<_, _>>()?,
        settled: overrides.iter().map(|own| own.settled_at).collect(),
    })
}

/// The word that is stored.
fn change(own: &Override) -> &'static str {
    match own.standing {
        Standing::Done => "done",
        Standing::Skipped => "skipped",
        Standing::Open if own.words.is_empty() => "moved",
        Standing::Open => "edited",
    }
}
