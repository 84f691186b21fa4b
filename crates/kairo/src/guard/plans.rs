//! What plans give, and how the database learns it.

use super::Class;
use super::queries::{PlanSet, RulesSet};
use crate::db::{DbError, Door, Worker};

/// What one plan gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Which model answers before any burst.
    pub class: Class,
    /// Credits of a calendar month.
    pub month: u32,
    /// Credits of an hour.
    pub hour: u32,
    /// Past how many credits in an hour the small model answers.
    pub burst: Option<u32>,
    /// Calls that one person may have under way on one node.
    pub at_once: u32,
    /// Most bytes of a chat's messages.
    pub input_bytes: u32,
    /// Most tokens of an answer.
    pub tokens: u32,
}

/// Both plans, and the ceiling over everybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plans {
    /// The plan of whoever pays nothing.
    pub free: Plan,
    /// The other.
    pub pro: Plan,
    /// What all calls of a day may cost, in nano-dollars.
    pub day_nano_max: i64,
}

impl Plans {
    /// The plan of this name, as the database has it.
    pub fn named(&self, plan: &str) -> &Plan {
        if plan == "pro" { &self.pro } else { &self.free }
    }
}

impl Plans {
    /// The most that either plan lets one call be.
    pub fn larger(&self) -> Plan {
        let (free, pro) = (&self.free, &self.pro);
        Plan {
            input_bytes: free.input_bytes.max(pro.input_bytes),
            tokens: free.tokens.max(pro.tokens),
            ..*pro
        }
    }
}

impl Default for Plans {
    fn default() -> Self {
        let free = Plan {
            class: Class::Small,
            month: 50,
            hour: 10,
            burst: None,
            at_once: 1,
            input_bytes: 4 * 1024,
            tokens: 512,
        };
        let pro = Plan {
            class: Class::Normal,
            month: 1_500,
            hour: 200,
            burst: Some(40),
            at_once: 4,
            input_bytes: 16 * 1024,
            tokens: 1_024,
        };
        Self { free, pro, day_nano_max: 20_000_000_000 }
    }
}

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
