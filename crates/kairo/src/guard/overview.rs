//! What an operator sees of the guard: the money of the day, calls, who is slowed down, who uses
//! most, and whether counters and ledger agree.
//!
//! **Invariant:** people are ids here. No address and no word of theirs is read.

use super::queries::{
    CallsRow, Drift, DriftRow, Overview, OverviewCalls, OverviewPeople, OverviewRow, PersonRow,
    Spend, SpendRow,
};
use super::watch::queries::AlertsNewest;
use super::watch::words;
use crate::db::{DbError, Door, Worker};
use crate::meters;
use jiff::Timestamp;

/// People that the page names at most.
pub const PEOPLE_MAX: i32 = 10;
/// Alerts that it shows.
pub const ALERTS_MAX: i32 = 20;

/// What is out of the ordinary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    /// What happened, as it was told.
    pub what: String,
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

/// What was noticed last that is out of the ordinary.
///
/// # Errors
/// The database does not answer.
pub async fn alerts(door: &Door<Worker>) -> Result<Vec<Alert>, DbError> {
    let newest = door.read(None, AlertsNewest { limit: ALERTS_MAX }).await?;
    let told = newest.iter().map(|row| Alert { what: words::line(row), at: row.created_at });
    Ok(told.collect())
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
