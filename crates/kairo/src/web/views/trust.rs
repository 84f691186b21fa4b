//! The Security page, a claim of it, the criteria and the privacy policy.
//!
//! **Invariant:** a mark is a shape, a word and a link to its claim; nothing in here says what
//! exactly a check found.
//! **Invariant:** a sentence comes in pieces, so that a link inside of it needs no markup in text.

use askama::Template;

pub use super::trust_claim::{CheckRow, ClaimPage, DayRow, Step};
pub use super::trust_privacy::{Cookie, Privacy};
pub use super::trust_strip::{Bar, Strip};

/// Which of the public places a page is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PublicPlace {
    /// `/security`.
    Security,
    /// `/privacy`.
    Privacy,
    /// A page below one of them.
    #[default]
    Elsewhere,
}

/// What every public page has around it.
#[derive(Clone, Debug, Default)]
pub struct Around {
    /// Which place of the navigation is the current one.
    pub place: PublicPlace,
    /// Whether the browser carries a session's cookie; nobody has asked whether it is live.
    pub has_session: bool,
}

impl Around {
    /// Whether this is the Security page.
    #[must_use]
    pub fn at_security(&self) -> bool {
        self.place == PublicPlace::Security
    }

    /// Whether this is the privacy policy.
    #[must_use]
    pub fn at_privacy(&self) -> bool {
        self.place == PublicPlace::Privacy
    }
}

/// Where a claim stands, on one line.
#[derive(Clone, Debug, Default)]
pub struct ClaimMark {
    /// The claim.
    pub id: String,
    /// `pass`, `fail`, …; the symbol's name too.
    pub state: &'static str,
    /// "Verified".
    pub word: &'static str,
    /// " 3 min ago, 41 of 41 tables".
    pub rest: String,
    /// Whether the page is about this claim.
    pub is_current: bool,
}

/// A part of a sentence.
#[derive(Clone, Debug, Default)]
pub struct Piece {
    /// Its words.
    pub text: String,
    /// Where they lead; empty for no link.
    pub href: String,
}

/// A sentence, with the marks of what it claims.
#[derive(Clone, Debug, Default)]
pub struct SentenceRow {
    /// The bold words before it; empty for none.
    pub lead: String,
    /// The sentence.
    pub pieces: Vec<Piece>,
    /// Its claims.
    pub marks: Vec<ClaimMark>,
}

/// A paragraph, or a list of points.
#[derive(Clone, Debug, Default)]
pub struct BlockRow {
    /// Whether it is a list.
    pub is_list: bool,
    /// The sentences of the paragraph, or of each point.
    pub points: Vec<Vec<SentenceRow>>,
}

/// A section under its heading.
#[derive(Clone, Debug, Default)]
pub struct SectionRow {
    /// Its number.
    pub number: u8,
    /// Its heading.
    pub title: String,
    /// What it says.
    pub blocks: Vec<BlockRow>,
}

/// A date or a name at the head of the page.
#[derive(Clone, Debug, Default)]
pub struct FactRow {
    /// "Last updated".
    pub name: String,
    /// "24 November 2026".
    pub value: String,
    /// The date for machines; empty for a name.
    pub datetime: String,
    /// What it claims.
    pub marks: Vec<ClaimMark>,
}

/// A section in the map.
#[derive(Clone, Debug, Default)]
pub struct MapPart {
    /// `#s2`.
    pub href: String,
    /// "2".
    pub name: String,
    /// "Access controls: 11 verified, 1 failing", for ears.
    pub words: String,
    /// A bar for each claim.
    pub strip: Strip,
}

/// How many claims are in a state.
#[derive(Clone, Debug, Default)]
pub struct StateCount {
    /// `pass`.
    pub state: &'static str,
    /// How many.
    pub count: usize,
    /// "verified".
    pub name: &'static str,
    /// "a check passed and is fresh".
    pub about: &'static str,
}

/// Numbers behind a picture.
#[derive(Clone, Debug, Default)]
pub struct CountTable {
    /// What its rows are.
    pub caption: &'static str,
    /// The heading of the first column.
    pub first: &'static str,
    /// Those of the others.
    pub heads: Vec<&'static str>,
    /// Its rows: the name, then a number for each heading.
    pub rows: Vec<(String, Vec<String>)>,
}

/// How many claims hold.
#[derive(Clone, Debug, Default)]
pub struct Totals {
    /// Claims that are verified.
    pub verified: usize,
    /// Claims.
    pub claims: usize,
    /// The instant for machines.
    pub as_of: String,
    /// "15:42 UTC".
    pub as_of_time: String,
    /// "23 November 2026".
    pub as_of_date: String,
    /// The sections.
    pub map: Vec<MapPart>,
    /// States that some claim is in.
    pub states: Vec<StateCount>,
    /// States that none is in.
    pub absent: Vec<StateCount>,
    /// "Three marks that no claim has today".
    pub absent_title: String,
    /// The numbers by section, and by how a claim is known.
    pub tables: Vec<CountTable>,
}

/// `/security`.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "trust/security.html")]
pub struct Security {
    /// What is around it.
    pub around: Around,
    /// The heading.
    pub title: String,
    /// Dates and names.
    pub facts: Vec<FactRow>,
    /// "hosting, regions": what the operator has not stated; empty for nothing.
    pub unstated: String,
    /// Why there is no evidence to show; empty where there is.
    pub trouble: String,
    /// The sentences above the first heading.
    pub opening: Vec<SentenceRow>,
    /// The numbers.
    pub totals: Totals,
    /// All sections.
    pub sections: Vec<SectionRow>,
}

/// A criterion with the claims that speak to it.
#[derive(Clone, Debug, Default)]
pub struct CriterionRow {
    /// "CC6.1".
    pub id: String,
    /// What it is about, in our words.
    pub about: String,
    /// The words of each claim, and its mark.
    pub claims: Vec<(String, ClaimMark)>,
}

/// Criteria of one kind.
#[derive(Clone, Debug, Default)]
pub struct CriteriaGroup {
    /// `security`, for links.
    pub anchor: &'static str,
    /// "Security".
    pub title: &'static str,
    /// Its criteria.
    pub rows: Vec<CriterionRow>,
}

/// `/security/criteria`.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "trust/criteria.html")]
pub struct Criteria {
    /// What is around it.
    pub around: Around,
    /// Criteria that some claim speaks to.
    pub covered: usize,
    /// All criteria.
    pub all: usize,
    /// Ids of those that none speaks to, in words; empty for none.
    pub bare: String,
    /// Why there is no evidence to show; empty where there is.
    pub trouble: String,
    /// The groups.
    pub groups: Vec<CriteriaGroup>,
}
