//! The lists that pages show: what is open, and what was done.
//!
//! **Invariant:** a list reads at most `limits::ITEMS_AGENDA_MAX` items, and `OVERRIDES_AGENDA_MAX`
//! occurrences that differ, and says when there are more.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp};
use uuid::Uuid;

use super::entries::{self, Entries};
use super::queries::{
    InboxCount, ItemFind, ItemRow, ItemsDone, ItemsDoneInPart, ItemsOpen, OccurrenceRow,
    OccurrencesNear, OccurrencesSettled,
};
use super::{Item, ItemError, Series, store};
use crate::accounts::{Base, Person, visit};
use crate::db::Identity;
use crate::limits::{ITEMS_AGENDA_MAX, OVERRIDES_AGENDA_MAX};

/// Everything open, and what was done lately.
pub struct Open {
    /// Open items: dated ones in order, then those without a date, the newest first.
    pub items: Vec<Item>,
    /// Done within a day and a half: enough for any zone's today.
    pub done: Vec<Item>,
    /// What differs in the occurrences of the days that lists show.
    pub entries: Entries,
    /// Whether there are more open items, or more that differs, than was read.
    pub more: bool,
    /// The item that was asked for by id, deleted or not.
    pub told: Option<Item>,
}

/// What was done.
pub struct Done {
    /// The last first: items, and series seen at an occurrence that was done.
    pub items: Vec<(Item, Option<DateTime>)>,
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

/// Days from today on of which a list shows every occurrence.
pub const AHEAD_DAYS: i64 = 14;

/// The statements of [`open`], for a page that reads more with them.
pub fn open_statements(base: &Base, told: Option<Uuid>) -> OpenStatements {
    let now = base.clock.now();
    let since = now - DONE_LATELY;
    // The zone is known only with the answer; a day on either side holds every zone's today.
    let today = TimeZone::UTC.to_datetime(now).start_of_day();
    let (before, after) = (Span::new().days(1), Span::new().days(AHEAD_DAYS + 2));
    let near = OccurrencesNear {
        from: today.checked_sub(before).unwrap_or(today),
        to: today.checked_add(after).unwrap_or(today),
        since,
        limit: OVERRIDES_AGENDA_MAX + 1,
    };
    (
        ItemsOpen { limit: ITEMS_AGENDA_MAX + 1 },
        ItemsDone { since, limit: ITEMS_AGENDA_MAX },
        told.map(|id| ItemFind { id }),
        near,
    )
}

/// What [`open_statements`] gives.
pub type OpenStatements = (ItemsOpen, ItemsDone, Option<ItemFind>, OccurrencesNear);

/// Opens the rows of [`open_statements`].
pub fn open_from(
    base: &Base,
    person: &Person,
    (open, done, told, mut near): (Vec<ItemRow>, Vec<ItemRow>, Vec<ItemRow>, Vec<OccurrenceRow>),
) -> Result<Open, ItemError> {
    let (items, more_items) = cut(store::open_all(base, person, open)?);
    let done = store::open_all(base, person, done)?;
    let told = store::open_all(base, person, told)?.into_iter().next();
    let near_max = usize::try_from(OVERRIDES_AGENDA_MAX).unwrap_or(usize::MAX);
    let more = more_items || near.len() > near_max;
    near.truncate(near_max);
    let entries = entries::open_all(base, person, near)?;
    Ok(Open { items, done, entries, more, told })
}

/// Reads what was done, the last first.
pub async fn done(
    base: &Base,
    identity: &Identity,
    told: Option<Uuid>,
) -> Result<(Person, Done), ItemError> {
    let all = (Timestamp::UNIX_EPOCH, ITEMS_AGENDA_MAX + 1);
    let page = (
        ItemsDone { since: all.0, limit: all.1 },
        ItemsDoneInPart { limit: all.1 },
        OccurrencesSettled { limit: all.1 },
        InboxCount {},
        told.map(|id| ItemFind { id }),
    );
    let (person, (done, series, settled, inbox, told)) = visit(base, identity, page).await?;
    let mut items = store::open_all(base, &person, done)?;
    items.extend(store::open_all(base, &person, series)?);
    let max = usize::try_from(ITEMS_AGENDA_MAX).unwrap_or(usize::MAX);
    let cut_off = settled.len() > max;
    let entries = entries::open_all(base, &person, settled)?;
    let (items, more) = cut(done_of(items, &entries));
    let more = more || cut_off;
    let inbox = inbox.first().map_or(0, |row| usize::try_from(row.count).unwrap_or(0));
    let told = store::open_all(base, &person, told)?.into_iter().next();
    Ok((person, Done { items, more, inbox, told }))
}

/// Each thing that was done, the last first: a series once for each of its occurrences.
fn done_of(items: Vec<Item>, entries: &Entries) -> Vec<(Item, Option<DateTime>)> {
    let mut done = Vec::new();
    for item in items {
        let own = entries.get(&item.id).map(Vec::as_slice).unwrap_or_default();
        match Series::of(&item.state, own) {
            Some(series) => {
                done.extend(series.done().into_iter().map(|it| {
                    let state = it.seen(&item.state);
                    (Item { state, ..item.clone() }, Some(it.original))
                }));
            }
            None => done.push((item, None)),
        }
    }
    done.sort_by_key(|(item, _)| std::cmp::Reverse((item.state.done_at, item.id)));
    done
}

fn cut<T>(mut items: Vec<T>) -> (Vec<T>, bool) {
    let max = usize::try_from(ITEMS_AGENDA_MAX).unwrap_or(usize::MAX);
    let more = items.len() > max;
    items.truncate(max);
    (items, more)
}
