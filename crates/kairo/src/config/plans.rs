//! What each plan gives, and the ceiling over everybody.

use super::ConfigError;
use super::read::{self, Values};
use super::table::plans::{DAY_USD, FREE, PRO, PlanKeys};

/// Which of the two models answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// `KAIRO_AI_MODEL`.
    Normal,
    /// `KAIRO_AI_SMALL_MODEL`.
    Small,
}

impl Class {
    /// `normal` or `small`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Small => "small",
        }
    }
}

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

/// Reads both plans and the ceiling.
pub(super) fn plans(values: &Values) -> Result<Plans, ConfigError> {
    Ok(Plans {
        free: plan(values, &FREE)?,
        pro: plan(values, &PRO)?,
        day_nano_max: values.needed(&DAY_USD, read::dollars)?,
    })
}

fn plan(values: &Values, keys: &PlanKeys) -> Result<Plan, ConfigError> {
    Ok(Plan {
        class: values.needed(&keys.model, read::class)?,
        month: values.needed(&keys.month, read::credits)?,
        hour: values.needed(&keys.hour, read::credits)?,
        burst: values.needed(&keys.burst, read::burst)?,
        at_once: values.needed(&keys.at_once, read::at_once)?,
        input_bytes: values.needed(&keys.input_bytes, read::input_bytes)?,
        tokens: values.needed(&keys.tokens, read::tokens)?,
    })
}
