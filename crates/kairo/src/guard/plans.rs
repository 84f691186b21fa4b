//! How the database learns what plans give.

use super::queries::{PlanSet, RulesSet};
use crate::config::{Plan, Plans};
use crate::db::{DbError, Door, Worker};

/// Writes the plans of a node that starts. What people have used stays as it is.
///
/// # Errors
/// The database does not answer.
pub async fn write_plans(door: &Door<Worker>, plans: &Plans) -> Result<(), DbError> {
    let set = |name, plan: &Plan| PlanSet {
        plan: name,
        model: plan.class.word(),
        month_cap: bounded(plan.month),
        hour_cap: bounded(plan.hour),
        burst_at: plan.burst.map(bounded),
    };
    let plans_set = vec![set("free", &plans.free), set("pro", &plans.pro)];
    door.write(None, (plans_set, RulesSet { day_nano_max: plans.day_nano_max })).await?;
    Ok(())
}

fn bounded(credits: u32) -> i32 {
    i32::try_from(credits).unwrap_or(i32::MAX).min(1_000_000_000)
}
