//! One claim of the Security page, opened.

use askama::Template;

use super::trust::{Around, SentenceRow};
use super::trust_strip::Strip;

/// A check of a claim.
#[derive(Clone, Debug, Default)]
pub struct CheckRow {
    /// `db.rls_forced`.
    pub id: String,
    /// What holds when it passes.
    pub title: String,
    /// "Verified 3 min ago, 41 of 41 tables".
    pub state: String,
    /// Whether its state is more than quiet: failing or overdue.
    pub is_loud: bool,
    /// How it asks; empty where a person vouches instead.
    pub how: String,
    /// The instant of the last evidence for machines; empty for none.
    pub seen: String,
    /// "23 November 2026, 15:39:07 UTC".
    pub seen_words: String,
    /// ": 41 of 41 tables tested, 0 did not hold." or why there is none.
    pub evidence: String,
    /// What shows that it really ran; empty where a person vouches instead.
    pub witness: String,
    /// What is done to see it fail; empty where a person vouches instead.
    pub sabotage: String,
    /// How long it holds.
    pub holds: String,
}

/// Days in a row that came to the same.
#[derive(Clone, Debug, Default)]
pub struct DayRow {
    /// "26 to 31 Aug".
    pub days: String,
    /// "verified".
    pub state: &'static str,
    /// Why.
    pub why: String,
}

/// A neighbour.
#[derive(Clone, Debug, Default)]
pub struct Step {
    /// Its id.
    pub id: String,
    /// Its words.
    pub text: String,
}

/// `/security/{id}`.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "trust/claim.html")]
pub struct ClaimPage {
    /// What is around it.
    pub around: Around,
    /// Its id.
    pub id: String,
    /// "2. Access controls".
    pub section: String,
    /// Where its sentence stands: `/security#s2`.
    pub section_href: String,
    /// Why there is no evidence to show; empty where there is.
    pub trouble: String,
    /// The sentence that claims it, with the marks of all that it claims.
    pub sentence: SentenceRow,
    /// The claim in plain words.
    pub text: String,
    /// "verified 3 min ago".
    pub state: String,
    /// "measured on the running Kairo".
    pub kind: &'static str,
    /// What it means that it is in progress, a promise or excepted; empty otherwise.
    pub standing: String,
    /// The checks.
    pub checks: Vec<CheckRow>,
    /// What Kairo does not do yet; empty for nothing.
    pub missing: String,
    /// What a reader must know besides; empty for nothing.
    pub note: String,
    /// Who is told when it fails.
    pub owner: String,
    /// Files that enforce it.
    pub enforced_by: Vec<String>,
    /// Criteria with what they are about.
    pub criteria: Vec<(String, String)>,
    /// The last 90 days; `None` where no check runs.
    pub strip: Option<Strip>,
    /// The strip in words, for ears.
    pub strip_words: String,
    /// "26 Aug", "10 Oct", "Today".
    pub strip_dates: Vec<String>,
    /// The same days as a table, the newest first.
    pub days: Vec<DayRow>,
    /// The claim before.
    pub before: Option<Step>,
    /// The claim after.
    pub after: Option<Step>,
}
