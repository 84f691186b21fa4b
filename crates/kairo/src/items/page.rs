//! Items page by page in the order of their ids, for programs that copy them.
//!
//! **Invariant:** ids never change and never come back, so whoever follows `next` sees each item
//! that was there at the start exactly once, whatever is added or deleted meanwhile.

use jiff::civil::DateTime;
use uuid::Uuid;

use super::queries::ItemsPage;
use super::{Item, ItemError, Status, store};
use crate::accounts::{Base, Person, visit};
use crate::db::Identity;

/// Which items are asked for.
#[derive(Clone, Debug, Default)]
pub struct PageAsked {
    /// The last id that the caller has.
    pub after: Option<Uuid>,
    /// Only open ones, or only done ones.
    pub status: Option<Status>,
    /// Only those that end at this local time or later.
    pub from: Option<DateTime>,
    /// Only those that start before this local time.
    pub to: Option<DateTime>,
    /// How many at most.
    pub limit: i64,
}

/// Some items in the order of their ids.
pub struct Page {
    /// At most as many as were asked for.
    pub items: Vec<Item>,
    /// The id after which the next page begins, where there is one.
    pub next: Option<Uuid>,
}

/// Reads one page.
pub async fn page(
    base: &Base,
    identity: &Identity,
    asked: PageAsked,
) -> Result<(Person, Page), ItemError> {
    let statement = ItemsPage {
        after: asked.after,
        status: asked.status.map(|status| status.as_str().to_owned()),
        from: asked.from,
        to: asked.to,
        // One more than asked for tells whether there is another page.
        limit: asked.limit.saturating_add(1),
    };
    let (person, mut rows) = visit(base, identity, statement).await?;
    let wanted = usize::try_from(asked.limit).unwrap_or(0);
    let more = rows.len() > wanted;
    rows.truncate(wanted);
    let next = rows.last().map(|row| row.id).filter(|_| more);
    let items = store::open_all(base, &person, rows)?;
    Ok((person, Page { items, next }))
}
