//! What stands on the desk: the open list, the meter beside it, and how far the second reading of
//! the thought that was just kept has come.

use uuid::Uuid;

use super::queries::{CaptureOfItem, CaptureRow};
use super::refine::Refine;
use crate::accounts::{Base, Person, visit};
use crate::db::Identity;
use crate::guard::Standing;
use crate::guard::queries::{AnswerRow, MyStanding};
use crate::items::ItemError;
use crate::items::lists::{self, Open, OpenStatements};

/// What a page asks for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asks {
    /// An item that a notice speaks of.
    pub told: Option<Uuid>,
    /// Whether there is a provider of models, so that there is something to show of it.
    pub metered: bool,
}

/// The desk.
pub struct Desk {
    /// What is open.
    pub open: Open,
    /// Where the person stands; `None` where nothing is metered.
    pub standing: Option<Standing>,
    /// The second reading of what the notice speaks of.
    pub second: Option<Second>,
}

/// A second reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Second {
    /// Of which capture.
    pub capture_id: Uuid,
    /// How far it has come.
    pub refine: Refine,
}

/// What [`statements`] gives.
pub type DeskStatements = (OpenStatements, Option<MyStanding>, Option<CaptureOfItem>);

/// What the rows of [`statements`] are.
pub type DeskRows = (<OpenStatements as crate::db::Member>::Out, Vec<AnswerRow>, Vec<CaptureRow>);

/// The statements of [`read`], for a page that reads more with them.
pub fn statements(base: &Base, asks: Asks) -> DeskStatements {
    let told = asks.told.filter(|_| asks.metered);
    (
        lists::open_statements(base, asks.told),
        asks.metered.then_some(MyStanding {}),
        told.map(|item_id| CaptureOfItem { item_id }),
    )
}

/// Opens the rows of [`statements`].
///
/// # Errors
/// A row cannot be opened.
pub fn from_rows(
    base: &Base,
    person: &Person,
    (open, standing, captures): DeskRows,
) -> Result<Desk, ItemError> {
    let own = |row: &&CaptureRow| base.checks.allow(person.user_id, row.user_id);
    let capture = captures.iter().find(own);
    Ok(Desk {
        open: lists::open_from(base, person, open)?,
        standing: standing.first().and_then(Standing::of),
        second: capture
            .map(|row| Second { capture_id: row.id, refine: Refine::parse(&row.refine) }),
    })
}

/// Reads the desk, in one round trip.
///
/// # Errors
/// The session has ended, or the database does not answer.
pub async fn read(
    base: &Base,
    identity: &Identity,
    asks: Asks,
) -> Result<(Person, Desk), ItemError> {
    let (person, rows) = visit(base, identity, statements(base, asks)).await?;
    let desk = from_rows(base, &person, rows)?;
    Ok((person, desk))
}
