//! The keys of plans and of the ceiling over everybody.

use super::{Key, key};

/// Which keys decide one plan.
#[derive(Debug, Clone, Copy)]
pub struct PlanKeys {
    /// Credits of a month.
    pub month: Key,
    /// Credits of an hour.
    pub hour: Key,
    /// Past how many credits in an hour the small model answers.
    pub burst: Key,
    /// Which model answers before that.
    pub model: Key,
    /// Calls under way at once.
    pub at_once: Key,
    /// Bytes of a chat's messages.
    pub input_bytes: Key,
    /// Tokens of an answer.
    pub tokens: Key,
}

/// The plan of whoever pays nothing.
pub const FREE: PlanKeys = PlanKeys {
    month: key("plans.free_month", "KAIRO_PLANS_FREE_MONTH", "50", "Free: credits of a UTC month"),
    hour: key("plans.free_hour", "KAIRO_PLANS_FREE_HOUR", "10", "Free: credits of a UTC hour"),
    burst: key(
        "plans.free_burst",
        "KAIRO_PLANS_FREE_BURST",
        "never",
        "Free: past how many credits in an hour the small model answers, or `never`",
    ),
    model: key(
        "plans.free_model",
        "KAIRO_PLANS_FREE_MODEL",
        "small",
        "Free: which model answers, `normal` or `small`",
    ),
    at_once: key(
        "plans.free_at_once",
        "KAIRO_PLANS_FREE_AT_ONCE",
        "1",
        "Free: calls of one person under way at once, on each node",
    ),
    input_bytes: key(
        "plans.free_input_bytes",
        "KAIRO_PLANS_FREE_INPUT_BYTES",
        "4096",
        "Free: most bytes of a chat that is sent to a model",
    ),
    tokens: key(
        "plans.free_tokens",
        "KAIRO_PLANS_FREE_TOKENS",
        "512",
        "Free: most tokens of an answer",
    ),
};

/// The other.
pub const PRO: PlanKeys = PlanKeys {
    month: key("plans.pro_month", "KAIRO_PLANS_PRO_MONTH", "1500", "Pro: credits of a UTC month"),
    hour: key("plans.pro_hour", "KAIRO_PLANS_PRO_HOUR", "200", "Pro: credits of a UTC hour"),
    burst: key(
        "plans.pro_burst",
        "KAIRO_PLANS_PRO_BURST",
        "40",
        "Pro: past how many credits in an hour the small model answers, or `never`",
    ),
    model: key(
        "plans.pro_model",
        "KAIRO_PLANS_PRO_MODEL",
        "normal",
        "Pro: which model answers before that, `normal` or `small`",
    ),
    at_once: key(
        "plans.pro_at_once",
        "KAIRO_PLANS_PRO_AT_ONCE",
        "4",
        "Pro: calls of one person under way at once, on each node",
    ),
    input_bytes: key(
        "plans.pro_input_bytes",
        "KAIRO_PLANS_PRO_INPUT_BYTES",
        "16384",
        "Pro: most bytes of a chat that is sent to a model",
    ),
    tokens: key(
        "plans.pro_tokens",
        "KAIRO_PLANS_PRO_TOKENS",
        "1024",
        "Pro: most tokens of an answer",
    ),
};

/// The ceiling over everybody.
pub const DAY_USD: Key = key(
    "plans.day_usd",
    "KAIRO_PLANS_DAY_USD",
    "20",
    "What all calls of a UTC day may cost together, in US dollars; an alarm at 70 %, a stop at \
     100 %",
);

const fn keys(of: PlanKeys) -> [Key; 7] {
    [of.month, of.hour, of.burst, of.model, of.at_once, of.input_bytes, of.tokens]
}

/// In the order of the README.
pub(super) fn all() -> impl Iterator<Item = Key> {
    keys(FREE).into_iter().chain(keys(PRO)).chain([DAY_USD])
}
