//! The catalogue: the page's sentences, their claims, the checks, and the versions of the text.
//!
//! It is the folder `controls/`, compiled in. The page is rendered from it, so a sentence that is
//! not in the catalogue is not on the page.
//!
//! **Invariant:** unknown keys are refused: a misspelt `checks` would leave a claim without any.
//! **Invariant:** nothing here knows a state. What holds is evidence, and stands in the database.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::SignedDuration;
use jiff::civil::Date;
use ring::digest;
use serde::{Deserialize, Deserializer};

/// The files of the sections in the order of the page, and the three that speak of all.
const SECTIONS: [(&str, &str); 11] = [
    ("00-header.toml", include_str!("../../../../../controls/00-header.toml")),
    ("01-encryption.toml", include_str!("../../../../../controls/01-encryption.toml")),
    ("02-access-controls.toml", include_str!("../../../../../controls/02-access-controls.toml")),
    ("03-infrastructure.toml", include_str!("../../../../../controls/03-infrastructure.toml")),
    ("04-ai-controls.toml", include_str!("../../../../../controls/04-ai-controls.toml")),
    ("05-audit-trail.toml", include_str!("../../../../../controls/05-audit-trail.toml")),
    ("06-account-security.toml", include_str!("../../../../../controls/06-account-security.toml")),
    (
        "07-incident-response.toml",
        include_str!("../../../../../controls/07-incident-response.toml"),
    ),
    ("08-compliance.toml", include_str!("../../../../../controls/08-compliance.toml")),
    ("09-disclosure.toml", include_str!("../../../../../controls/09-disclosure.toml")),
    ("10-contact.toml", include_str!("../../../../../controls/10-contact.toml")),
];
const CHECKS: (&str, &str) = ("checks.toml", include_str!("../../../../../controls/checks.toml"));
const VERSIONS: (&str, &str) =
    ("versions.toml", include_str!("../../../../../controls/versions.toml"));
const CRITERIA: (&str, &str) =
    ("criteria.toml", include_str!("../../../../../controls/criteria.toml"));

/// The catalogue cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    /// A file is no TOML, or has a key that the catalogue does not know.
    #[error("controls/{file}: {source}")]
    Syntax {
        /// The file.
        file: String,
        /// What the parser said, with the line.
        source: Box<toml::de::Error>,
    },
    /// A file is not there.
    #[error("controls/{file}: {source}")]
    Unreadable {
        /// The file.
        file: String,
        /// What the system said.
        source: std::io::Error,
    },
}

/// All of it.
#[derive(Debug)]
pub struct Catalogue {
    /// Sections in the order of the page; the header is the first.
    pub sections: Vec<Section>,
    /// Every check.
    pub checks: Vec<Check>,
    /// Versions of the text, the first one first.
    pub versions: Vec<Version>,
    /// The criteria that claims speak to.
    pub criteria: Vec<Criterion>,
}

/// One section of the page.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// Its number; 0 for what stands above the first heading.
    #[serde(rename = "section")]
    pub number: u8,
    /// Its heading.
    pub title: String,
    /// Paragraphs and points in order.
    #[serde(rename = "block")]
    pub blocks: Vec<Block>,
}

/// A paragraph, a point of a list, or a fact of the header.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Block {
    /// Which of them.
    pub kind: BlockKind,
    /// The bold words that it begins with.
    #[serde(default)]
    pub lead: String,
    /// Its sentences.
    #[serde(rename = "sentence")]
    pub sentences: Vec<Sentence>,
}

/// What a block is on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BlockKind {
    /// Running text.
    Paragraph,
    /// One point of the list that it stands in.
    Point,
    /// A date or a name of the header.
    Fact,
}

/// One sentence of the page.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sentence {
    /// As the page has it, with placeholders for the operator's facts.
    pub text: String,
    /// "We commit to:" says nothing by itself; what follows does.
    #[serde(default)]
    pub opens_list: bool,
    /// What it claims.
    #[serde(default, rename = "claim")]
    pub claims: Vec<Claim>,
}

/// One thing that a sentence claims.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// Stable for ever; an id that was retired is never used again.
    pub id: String,
    /// The claim in plain words.
    pub text: String,
    /// How it can be known.
    pub kind: Kind,
    /// Whether Kairo does it today.
    pub lifecycle: Lifecycle,
    /// The role that is told when it fails.
    pub owner: String,
    /// Ids of Trust Services Criteria.
    pub tsc: Vec<String>,
    /// Where the code or the schema enforces it, below `crates/kairo`.
    #[serde(default)]
    pub enforced_by: Vec<String>,
    /// The checks, all of which must hold.
    #[serde(default)]
    pub checks: Vec<String>,
    /// How much of a failure the public sees.
    pub detail: Detail,
    /// What a reader must know besides.
    #[serde(default)]
    pub note: String,
    /// What Kairo does not do yet.
    #[serde(default)]
    pub missing: String,
}

/// How a claim can be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Measured on the running Kairo.
    Measured,
    /// Proved by running the code, for the program that runs.
    Proved,
    /// A provider's interface says so.
    Provider,
    /// A person vouches for it, until a date.
    Attested,
    /// A clock over Kairo's own records.
    Clock,
    /// What Kairo says that it is not or has not.
    Posture,
    /// What no machine can verify.
    Promise,
}

impl Kind {
    /// Every kind, in the order of tables.
    pub const ALL: [Self; 7] = [
        Self::Measured,
        Self::Proved,
        Self::Provider,
        Self::Attested,
        Self::Clock,
        Self::Posture,
        Self::Promise,
    ];

    /// As the catalogue spells it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Measured => "measured",
            Self::Proved => "proved",
            Self::Provider => "provider",
            Self::Attested => "attested",
            Self::Clock => "clock",
            Self::Posture => "posture",
            Self::Promise => "promise",
        }
    }
}

/// Whether Kairo does what a claim says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lifecycle {
    /// It does.
    Live,
    /// It does not yet.
    InProgress,
}

impl Lifecycle {
    /// As the catalogue spells it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::InProgress => "in_progress",
        }
    }
}

/// How much of a failure the public sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Detail {
    /// That it fails.
    None,
    /// And how many of how many.
    Counts,
    /// And what.
    Full,
}

/// How a check is made.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// Stable for ever.
    pub id: String,
    /// Moves when the check asks something else; older evidence keeps its version.
    pub version: i32,
    /// What holds when it passes.
    pub title: String,
    /// What it asks, and what counts as a violation.
    pub how: String,
    /// By what it asks.
    pub runner: Runner,
    /// Whether it asks the running Kairo or a scratch cluster.
    pub place: Spot,
    /// How often it runs.
    #[serde(deserialize_with = "time")]
    pub every: SignedDuration,
    /// After how long an unchanged result is written again.
    #[serde(deserialize_with = "time")]
    pub renew: SignedDuration,
    /// How long evidence counts.
    #[serde(deserialize_with = "time")]
    pub max_age: SignedDuration,
    /// How long it may take.
    #[serde(deserialize_with = "time")]
    pub timeout: SignedDuration,
    /// What is counted.
    pub population: String,
    /// One of it.
    pub population_one: String,
    /// Fewer than this is no answer: what passes on nothing is the classic lie.
    pub population_min: u32,
    /// What shows that it really ran.
    pub witness: String,
    /// What `selftest` does to the real object to see it fail.
    pub sabotage: String,
}

/// By what a check asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Runner {
    /// The database's catalogue or rows.
    Sql,
    /// Bytes on the wire.
    Tls,
    /// Requests to the listener.
    Http,
    /// A longer work.
    Job,
    /// The source and the program.
    Source,
    /// Kairo's own records.
    Records,
    /// What a person signed.
    Attestation,
}

/// Where a check is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Spot {
    /// On the running Kairo.
    Live,
    /// In a cluster that is made for it; counts for the program that made it alone.
    Scratch,
}

/// A version of the page's text.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Version {
    /// From 1.
    pub number: u32,
    /// When the text was changed.
    pub updated: Date,
    /// When it holds from.
    pub effective: Date,
    /// Digest of the text; see [`Catalogue::text_sha256`].
    pub text_sha256: String,
    /// What changed.
    pub summary: String,
}

/// One of the Trust Services Criteria, in our own words.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Criterion {
    /// Its id.
    pub id: String,
    /// What it is about.
    pub about: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Checks {
    check: Vec<Check>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Versions {
    version: Vec<Version>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Criteria {
    criterion: Vec<Criterion>,
}

/// "90m", as jiff reads a span of hours, minutes and seconds.
fn time<'de, D: Deserializer<'de>>(source: D) -> Result<SignedDuration, D::Error> {
    let text = String::deserialize(source)?;
    text.parse().map_err(serde::de::Error::custom)
}

fn parsed<'a, T: Deserialize<'a>>(file: &str, text: &'a str) -> Result<T, CatalogueError> {
    toml::from_str(text).map_err(|source| CatalogueError::Syntax {
        file: file.to_owned(),
        source: Box::new(source),
    })
}

impl Catalogue {
    /// The catalogue of this program.
    ///
    /// # Errors
    /// It was compiled in broken, which a test and the lint refuse.
    pub fn compiled() -> Result<Self, CatalogueError> {
        Self::read(|(_, text)| Ok((*text).to_owned()))
    }

    /// The catalogue of a folder.
    ///
    /// # Errors
    /// A file is missing or broken.
    pub fn in_folder(folder: &Path) -> Result<Self, CatalogueError> {
        Self::read(|(file, _)| {
            std::fs::read_to_string(folder.join(file))
                .map_err(|source| CatalogueError::Unreadable { file: (*file).to_owned(), source })
        })
    }

    fn read(
        text_of: impl Fn(&(&str, &str)) -> Result<String, CatalogueError>,
    ) -> Result<Self, CatalogueError> {
        let mut sections = Vec::with_capacity(SECTIONS.len());
        for file in &SECTIONS {
            sections.push(parsed(file.0, &text_of(file)?)?);
        }
        let checks: Checks = parsed(CHECKS.0, &text_of(&CHECKS)?)?;
        let versions: Versions = parsed(VERSIONS.0, &text_of(&VERSIONS)?)?;
        let criteria: Criteria = parsed(CRITERIA.0, &text_of(&CRITERIA)?)?;
        Ok(Self {
            sections,
            checks: checks.check,
            versions: versions.version,
            criteria: criteria.criterion,
        })
    }

    /// Every sentence in order, with its section.
    pub fn sentences(&self) -> impl Iterator<Item = (&Section, &Sentence)> {
        self.sections.iter().flat_map(|section| {
            let blocks = section.blocks.iter();
            blocks.flat_map(|block| &block.sentences).map(move |sentence| (section, sentence))
        })
    }

    /// Every claim in the order of the page.
    pub fn claims(&self) -> impl Iterator<Item = &Claim> {
        self.sentences().flat_map(|(_, sentence)| &sentence.claims)
    }

    /// The claim of this id.
    pub fn claim(&self, id: &str) -> Option<&Claim> {
        self.claims().find(|claim| claim.id == id)
    }

    /// The check of this id.
    pub fn check(&self, id: &str) -> Option<&Check> {
        self.checks.iter().find(|check| check.id == id)
    }

    /// The version whose text this is: the newest one.
    pub fn version(&self) -> Option<&Version> {
        self.versions.last()
    }

    /// SHA-256 of the text in a form that no layout changes: for each section `SECTION n title`,
    /// for each block with a lead `LEAD lead`, for each sentence `SENTENCE text`, a line each.
    pub fn text_sha256(&self) -> String {
        let mut text = String::new();
        for section in &self.sections {
            text.push_str(&format!("SECTION {} {}\n", section.number, section.title));
            for block in &section.blocks {
                if !block.lead.is_empty() {
                    text.push_str(&format!("LEAD {}\n", block.lead));
                }
                for sentence in &block.sentences {
                    text.push_str(&format!("SENTENCE {}\n", sentence.text));
                }
            }
        }
        hex(digest::digest(&digest::SHA256, text.as_bytes()).as_ref())
    }

    /// SHA-256 over the compiled files: evidence says by which catalogue it was found.
    pub fn digest() -> [u8; 32] {
        let mut context = digest::Context::new(&digest::SHA256);
        for (file, text) in SECTIONS.iter().chain([&CHECKS, &VERSIONS, &CRITERIA]) {
            for part in [*file, *text] {
                context.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
                context.update(part.as_bytes());
            }
        }
        let mut out = [0; 32];
        out.copy_from_slice(context.finish().as_ref());
        out
    }

    /// Claims by the criteria that they speak to.
    pub fn by_criterion(&self) -> BTreeMap<&str, Vec<&Claim>> {
        let mut map: BTreeMap<&str, Vec<&Claim>> = BTreeMap::new();
        for claim in self.claims() {
            for id in &claim.tsc {
                map.entry(id).or_default().push(claim);
            }
        }
        map
    }
}

/// Lower hex.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
