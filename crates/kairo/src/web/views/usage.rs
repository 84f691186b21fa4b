//! What was used: the meter beside the agenda, and the page of usage.
//!
//! **Invariant:** every picture has its numbers in words beside it, and a table behind it.

use askama::Template;

use super::chart::Chart;
use super::frame::Frame;
use super::words;

/// A number of credits out of those that there are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Amount {
    /// "812".
    pub used: String,
    /// "3,000".
    pub cap: String,
    /// How far the picture is filled; never past `max`.
    pub fill: i32,
    /// Where the picture ends; never 0.
    pub max: i32,
}

impl Amount {
    /// So many of so many. Where a cap was lowered, more can be used than there are.
    #[must_use]
    pub fn of(used: i32, cap: i32) -> Self {
        let number = |count: i32| words::thousands(usize::try_from(count).unwrap_or(0));
        let max = cap.max(1);
        // Of nothing, everything is used.
        let fill = if cap > 0 { used.clamp(0, max) } else { max };
        Self { used: number(used), cap: number(cap), fill, max }
    }
}

/// The meter beside the agenda, which leads to the page.
#[derive(Clone, Debug, Default)]
pub struct Spend {
    /// This hour.
    pub hour: Amount,
    /// This month.
    pub month: Amount,
    /// "Small model until 11:00 am"; empty while the normal one answers.
    pub small: String,
    /// A sentence where little or nothing is left; empty otherwise.
    pub warning: String,
}

/// One window as a dial.
#[derive(Clone, Debug, Default)]
pub struct Gauge {
    /// How much.
    pub amount: Amount,
    /// The picture for ears: "43 of 120 used; the small model is used after 40".
    pub label: String,
    /// Where a mark stands on the dial, such as the threshold of the small model.
    pub mark: Option<i32>,
    /// What matters most, in bold: "Small model until 11:00 am."; empty for nothing.
    pub first: String,
    /// What else there is to say.
    pub rest: String,
}

/// A line of the table of what credits went to.
#[derive(Clone, Debug, Default)]
pub struct Source {
    /// "Read without a model".
    pub name: &'static str,
    /// How often.
    pub times: String,
    /// For how many credits.
    pub credits: String,
}

/// What there is to see where there is a provider.
#[derive(Clone, Debug, Default)]
pub struct Metered {
    /// This hour.
    pub hour: Gauge,
    /// This month.
    pub month: Gauge,
    /// The last days.
    pub chart: Chart,
    /// "November".
    pub month_name: &'static str,
    /// What this month's credits went to.
    pub sources: Vec<Source>,
}

/// `/settings/usage`: POST `/settings/usage/answers/deletion` forgets kept answers.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "settings/usage.html")]
pub struct Usage {
    /// Common part.
    pub frame: Frame,
    /// "A credit is one call to a model. Most thoughts are read without one: …"
    pub lead: String,
    /// `None` where there is no provider of models.
    pub metered: Option<Metered>,
}
