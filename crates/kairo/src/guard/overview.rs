//! What an operator sees of the guard: the money of the day, calls, who is slowed down, who uses
//! most, and whether counters and ledger agree.
//!
//! **Invariant:** people are ids here. No address and no word of theirs is read.

use jiff::Timestamp;
use uuid::Uuid;

use super::queries::{
    CallsRow, Drift, DriftRow, Overview, OverviewCalls, OverviewPeople, OverviewRow, PersonRow,
    Spend, SpendRow,
};
use crate::db::{DbError, Door, Worker};
use crate::meters;

/// People that the page names at most.
pub const PEOPLE_MAX: i32 = 10;

/// What is out of the ordinary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    /// Who.
    pub user_id: Uuid,
    /// Credits of the last day.
    pub credits: i64,
    /// Credits of a usual day.
    pub usual: i64,
    /// When it was noticed.
    pub at: Timestamp,
}

/// The guard at one moment.
pub struct Sight {
    /// Today's money.
    pub spend: SpendRow,
    /// The last 24 hours.
    pub last: OverviewRow,
    /// Attempts by model and outcome.
    pub calls: Vec<CallsRow>,
    /// Who used most.
    pub people: Vec<PersonRow>,
    /// Counters that are not the sum of their ledger; `None` where that could not be compared.
    pub drift: Option<Vec<DriftRow>>,
    /// What is out of the ordinary.
    pub alerts: Vec<Alert>,
}

/// Looks.
///
/// # Errors
/// The database does not answer.
pub async fn look(door: &Door<Worker>) -> Result<Sight, DbError> {
    let page = (Spend {}, Overview {}, OverviewCalls {}, OverviewPeople { limit: PEOPLE_MAX });
    let (spend, last, calls, people) = door.read(None, page).await?;
    // It reads the whole ledger, so it may take too long, and must not take the rest with it.
    let drift = door.read(None, Drift {}).await.ok();
    Ok(Sight {
        spend: first(spend)?,
        last: first(last)?,
        calls,
        people,
        drift,
        alerts: alerts(door).await?,
    })
}

/// What was noticed in the last days that is out of the ordinary.
///
/// # Errors
/// The database does not answer.
pub async fn alerts(_door: &Door<Worker>) -> Result<Vec<Alert>, DbError> {
    Ok(Vec::new())
}

/// Tells the meters what today's calls hold of the ceiling.
///
/// # Errors
/// The database does not answer.
pub async fn sample(door: &Door<Worker>) -> Result<(), DbError> {
    let spend = first(door.read(None, Spend {}).await?)?;
    meters::day_spend(spend.spent_nano, spend.ceiling_nano);
    Ok(())
}

fn first<T>(rows: Vec<T>) -> Result<T, DbError> {
    let missing = || DbError::Misfit { statement: "overview", detail: "no row".to_owned() };
    rows.into_iter().next().ok_or_else(missing)
}
