//! What the page of usage shows: the guard's count, and how many thoughts needed no model.

use super::queries::ReadAlone;
use crate::accounts::{AccountError, Base, Person, visit};
use crate::db::Identity;
use crate::guard::queries::{MyDays, MyMonth, MyStanding};
use crate::guard::usage::{Used, statements, used};
use crate::items::queries::InboxCount;

/// A person's usage.
pub struct Usage {
    /// Open items without a date, for the frame.
    pub inbox: usize,
    /// What was used; `None` where there is no provider to use.
    pub used: Option<Used>,
    /// Thoughts of this month for which no model was asked.
    pub alone: i64,
}

type Metered = (Option<MyStanding>, Option<MyDays>, Option<MyMonth>, Option<ReadAlone>);

/// Reads it in one round trip; nothing of the guard's where nothing is `metered`.
///
/// # Errors
/// The session has ended, or the database does not answer.
pub async fn usage(
    base: &Base,
    identity: &Identity,
    metered: bool,
) -> Result<(Person, Usage), AccountError> {
    let statements: Metered = match metered {
        true => {
            let (standing, days, month) = statements();
            (Some(standing), Some(days), Some(month), Some(ReadAlone {}))
        }
        false => (None, None, None, None),
    };
    let page = (InboxCount {}, statements);
    let (person, (inbox, (standing, days, month, alone))) = visit(base, identity, page).await?;
    let usage = Usage {
        inbox: inbox.first().map_or(0, |row| usize::try_from(row.count).unwrap_or(0)),
        used: used(&standing, days, &month),
        alone: alone.first().map_or(0, |row| row.count),
    };
    Ok((person, usage))
}
