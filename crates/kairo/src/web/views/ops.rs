//! The operator's page.
//!
//! **Invariant:** people are ids; the view has no field for an address or a word of theirs.

use askama::Template;

/// The money of the day.
#[derive(Clone, Debug, Default)]
pub struct Spend {
    /// "$3.20".
    pub spent: String,
    /// "$20.00".
    pub ceiling: String,
    /// How far the dial is filled, of 100.
    pub percent: i64,
    /// The same in words; it may be past 100.
    pub share: String,
    /// "14:05 UTC": when 70 % were given out; empty for never.
    pub alarmed: String,
    /// When calls were first refused for want of money; empty for never.
    pub stopped: String,
}

/// Attempts at a model that came to the same.
#[derive(Clone, Debug, Default)]
pub struct Call {
    /// The model, as the provider names it.
    pub model: String,
    /// What they came to.
    pub outcome: String,
    /// How many.
    pub calls: String,
    /// Tokens of their prompts.
    pub tokens_in: String,
    /// Tokens of their answers.
    pub tokens_out: String,
    /// What they cost.
    pub cost: String,
}

/// Who used most.
#[derive(Clone, Debug, Default)]
pub struct Person {
    /// The account's id.
    pub id: String,
    /// Credits.
    pub credits: String,
    /// Calls that the small model answered.
    pub small: String,
    /// Kept answers.
    pub hits: String,
    /// What the calls cost.
    pub cost: String,
    /// Whether the small model answers now.
    pub downshifted: bool,
}

/// A counter that is not the sum of its ledger.
#[derive(Clone, Debug, Default)]
pub struct Drift {
    /// Whose.
    pub id: String,
    /// `month` or `hour`.
    pub window: String,
    /// What the counter says.
    pub used: String,
    /// What the ledger says.
    pub ledger: String,
}

/// What this node refused for its number.
#[derive(Clone, Debug, Default)]
pub struct Throttled {
    /// What.
    pub what: &'static str,
    /// How often.
    pub count: String,
}

/// What is out of the ordinary.
#[derive(Clone, Debug, Default)]
pub struct Alert {
    /// What happened, as the operator was told.
    pub what: String,
    /// "2 hours ago".
    pub when: String,
}

/// `/ops`.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "ops.html")]
pub struct Ops {
    /// Whether there is a provider of models.
    pub has_provider: bool,
    /// "23 November, 15:04 UTC".
    pub at: String,
    /// Today's money.
    pub spend: Spend,
    /// Credits of the last 24 hours.
    pub credits: String,
    /// Thoughts that a model read.
    pub captures: String,
    /// Calls by API tokens.
    pub chats: String,
    /// Those of both that the small model answered.
    pub small: String,
    /// "119 of 683 (17 %)".
    pub cache: String,
    /// People whom the small model answers until the hour is over.
    pub downshifted: String,
    /// Calls that have not ended.
    pub under_way: String,
    /// Attempts by model and outcome.
    pub calls: Vec<Call>,
    /// Who used most.
    pub people: Vec<Person>,
    /// Drift; `None` where it could not be compared.
    pub drift: Option<Vec<Drift>>,
    /// What this node throttled.
    pub throttled: Vec<Throttled>,
    /// What is out of the ordinary.
    pub alerts: Vec<Alert>,
}
