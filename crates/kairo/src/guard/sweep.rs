//! What the guard does by itself: ends calls of nodes that died, and compares counters with the
//! ledger each night, and makes an alert of one that differs.
//!
//! **Invariant:** running it on several nodes at once ends nothing twice.

use std::time::Duration;

use jiff::Timestamp;

use super::overview;
use super::queries::{Drift, GuardPurge, Sweep};
use super::watch::queries::AlarmDrift;
use crate::clock::Clock;
use crate::db::{DbError, Door, Worker};
use crate::limits::{DRIFT_AGAIN, DRIFT_EVERY, GUARD_PURGE_ROWS, GUARD_SWEEP_EVERY};
use crate::meters;

/// Sweeps for as long as the runtime lives.
pub async fn run(door: Door<Worker>, clock: Clock) {
    let mut due: Option<Timestamp> = None;
    loop {
        if let Err(error) = sweep(&door).await {
            tracing::warn!(%error, "calls that nobody ended were not swept; trying later");
        }
        if let Err(error) = overview::sample(&door).await {
            tracing::warn!(%error, "what today's calls cost was not read; trying later");
        }
        let now = clock.now();
        if due.is_none_or(|at| at <= now) {
            // It reads the whole ledger: where that took too long, it is not begun again at once.
            let again = match compare(&door).await {
                Ok(_) => DRIFT_EVERY,
                Err(error) => {
                    tracing::warn!(%error, "counters were not compared; trying later");
                    DRIFT_AGAIN
                }
            };
            due = Some(now + again);
        }
        tokio::time::sleep(GUARD_SWEEP_EVERY.max(Duration::from_secs(1))).await;
    }
}

/// Ends what is past its end; gives how many calls that were.
///
/// # Errors
/// The database does not answer.
pub async fn sweep(door: &Door<Worker>) -> Result<i32, DbError> {
    let swept = door.write(None, Sweep {}).await?;
    let count = swept.first().map_or(0, |row| row.count);
    if count > 0 {
        tracing::warn!(count, "calls that nobody ended are kept as spent");
    }
    Ok(count)
}

/// Compares every counter with the sum of the ledger, and removes what is older than 90 days; gives
/// how many differ, which is none.
///
/// # Errors
/// The database does not answer.
pub async fn compare(door: &Door<Worker>) -> Result<usize, DbError> {
    let drift = door.read(None, Drift {}).await?;
    meters::quota_drift(drift.len());
    for row in &drift {
        let (user_id, bucket) = (row.user_id, row.bucket.as_str());
        let (used, ledger) = (row.used, row.ledger);
        tracing::error!(%user_id, bucket, used, ledger, "a quota is not the sum of its ledger");
    }
    if !drift.is_empty() {
        let number = i32::try_from(drift.len()).unwrap_or(i32::MAX);
        door.write(None, AlarmDrift { number }).await?;
    }
    let purge = || GuardPurge { rows: GUARD_PURGE_ROWS };
    while door.write(None, purge()).await?.first().is_some_and(|it| it.count >= GUARD_PURGE_ROWS) {}
    Ok(drift.len())
}
