//! The checks: code that asks whether a claim holds, one function each, with what breaks it.
//!
//! **Invariant:** a check never takes the word of what it verifies. It asks the wire, the
//! database's catalogue or rows, the log, or files, as somebody outside would; where it makes the
//! program do something, it counts what came of it by SQL or at the wire's other end.
//! **Invariant:** a check that could not look says [`Untold`]; only one that tested something may
//! pass.
//! **Invariant:** a sabotage is done to the real object, never to what a check reads of it.

mod accounts;
mod cache;
mod canary;
mod database;
mod egress;
mod flood;
mod hello;
mod ledger;
mod pages;
mod queries;
mod quota;
mod record;
mod rows;
mod scans;
mod wire;

use futures_util::future::BoxFuture;
use serde_json::{Value, json};

use super::subject::Subject;
use crate::db::DbError;

pub use queries::{SABOTAGE_ATTESTATION, SABOTAGE_KEY, UNDO_ATTESTATION, UNDO_KEY};

/// What a check saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observation {
    /// How many there are to test.
    pub population: usize,
    /// How many were tested.
    pub tested: usize,
    /// What does not hold, for the operator.
    pub violations: Vec<String>,
    /// What shows that it ran.
    pub witness: String,
}

/// Most violations that evidence names; their number is kept whole.
const VIOLATIONS_NAMED_MAX: usize = 40;
/// Longest that one is told.
const VIOLATION_CHARS_MAX: usize = 200;

impl Observation {
    /// Nothing was found wrong with any of `population`.
    fn of(population: usize, violations: Vec<String>, witness: impl Into<String>) -> Self {
        Self { population, tested: population, violations, witness: witness.into() }
    }

    /// What evidence keeps for the operator.
    pub fn detail(&self) -> Value {
        let short = |text: &String| text.chars().take(VIOLATION_CHARS_MAX).collect::<String>();
        let named = self.violations.iter().take(VIOLATIONS_NAMED_MAX).map(short);
        json!({ "violations": named.collect::<Vec<_>>(), "witness": short(&self.witness) })
    }
}

/// The check could not tell, and why, in words that everybody may read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Untold(pub String);

impl From<DbError> for Untold {
    fn from(error: DbError) -> Self {
        tracing::debug!(%error, "a check could not ask the database");
        Self("the database did not answer the check".to_owned())
    }
}

/// What a check comes to.
pub type Told = Result<Observation, Untold>;

/// How selftest breaks the real object, and mends it.
#[derive(Debug, Clone, Copy)]
pub enum Sabotage {
    /// The superuser of a scratch cluster changes its database.
    Sql {
        /// What breaks it.
        apply: &'static str,
        /// What mends it.
        revert: &'static str,
    },
    /// The scratch server answers otherwise than it should.
    Wire(Tamper),
    /// The ring's own bytes are written into a column.
    KeyInDatabase,
    /// A key is committed to a scratch repository.
    KeyInSource,
}

/// What a scratch server does wrong on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tamper {
    /// It leaves a header out.
    DropHeader(&'static str),
    /// Cookies lose their flags.
    LooseCookies,
    /// It logs the headers and forms that it gets.
    LogsSecrets,
    /// Each request counts as from another address.
    OtherSources,
    /// It says other words.
    Words {
        /// Instead of these.
        from: &'static str,
        /// These.
        to: &'static str,
    },
    /// Something in front of it still speaks TLS 1.0.
    OldTls,
    /// Something in front of it still takes a suite without forward secrecy.
    WeakSuite,
}

/// A check's code.
pub struct Implementation {
    /// The check's id in the catalogue.
    pub id: &'static str,
    /// What it does.
    pub run: for<'a> fn(&'a Subject) -> BoxFuture<'a, Told>,
    /// What must turn it red.
    pub sabotage: Sabotage,
}

macro_rules! implementations {
    ($($id:literal => $run:path, $sabotage:expr;)*) => {
        /// Every check that this program has code for.
        pub const ALL: &[Implementation] = &[ $( Implementation {
            id: $id,
            run: |subject| Box::pin($run(subject)),
            sabotage: $sabotage,
        } ),* ];
    };
}

use Sabotage::{KeyInDatabase, KeyInSource, Sql, Wire};
use Tamper::{DropHeader, Words};

const fn sql((apply, revert): (&'static str, &'static str)) -> Sabotage {
    Sql { apply, revert }
}

const fn words(from: &'static str, to: &'static str) -> Sabotage {
    Wire(Words { from, to })
}

implementations! {
    "tls.versions" => wire::versions, Wire(Tamper::OldTls);
    "tls.suites" => wire::suites, Wire(Tamper::WeakSuite);
    "edge.hsts" => wire::hsts, Wire(DropHeader("strict-transport-security"));
    "throttle.sign_in" => wire::throttle, Wire(Tamper::OtherSources);
    "throttle.signed_in" => flood::signed_in, Wire(Tamper::OtherSources);
    "keys.outside_database" => scans::keys_outside_database, KeyInDatabase;
    "source.no_keys" => scans::no_keys_in_source, KeyInSource;
    "privacy.raw_addresses" => scans::raw_addresses, sql(queries::SABOTAGE_ADDRESS);
    "logs.no_secrets" => scans::no_secrets_in_logs, Wire(Tamper::LogsSecrets);
    "db.rls_forced" => database::rls_forced, sql(queries::SABOTAGE_RLS);
    "db.runtime_roles" => database::runtime_roles, sql(queries::SABOTAGE_ROLE);
    "db.grants_expected" => database::grants_expected, sql(queries::SABOTAGE_GRANT);
    "db.policies_proved" => database::policies_proved, sql(queries::SABOTAGE_POLICY);
    "staff.no_content" => database::staff_no_content, sql(queries::SABOTAGE_STAFF);
    "accounts.single_use" => accounts::single_use, sql(queries::SABOTAGE_SINGLE_USE);
    "accounts.sign_out_everywhere" => accounts::sign_out_everywhere,
        sql(queries::SABOTAGE_SIGN_OUT);
    "cookies.flags" => accounts::cookie_flags, Wire(Tamper::LooseCookies);
    "guard.exact" => quota::exact, sql(queries::SABOTAGE_QUOTA);
    "guard.downshift" => quota::downshift, sql(queries::SABOTAGE_DOWNSHIFT);
    "guard.ledger" => ledger::sums, sql(queries::SABOTAGE_LEDGER);
    "cache.free" => cache::free, sql(queries::SABOTAGE_CACHE);
    "egress.tls" => egress::tls, sql(queries::SABOTAGE_EGRESS);
    "page.sentences" => pages::sentences, words("not a checklist", "not a checkbox");
    "page.version" => pages::version, words("datetime=\"20", "datetime=\"19");
    "page.entity" => pages::entity,
        words("\"value\":\"Kairo Labs LLC\"", "\"value\":\"Kairo Labs Inc.\"");
    "page.posture" => pages::posture, words("Responsible disclosure", "SOC 2 certified");
    "page.criteria" => pages::criteria, words("CC6.1", "CC6.0");
    "page.privacy" => pages::privacy, words("72 hours", "72 days");
    "contact.address" => pages::contact, words("mailto:", "mailto:old.");
    "operator.facts" => record::operator_facts, words("\"stated\":true", "\"stated\":false");
    "evidence.chain" => record::chain, sql(queries::SABOTAGE_CHAIN);
}

/// The ids of [`ALL`], and those of attestations, which need no code: their state follows from the
/// statements.
pub fn implemented(catalogue: &super::catalogue::Catalogue) -> Vec<&str> {
    let attested = catalogue.checks.iter();
    let attested = attested.filter(|it| it.runner == super::catalogue::Runner::Attestation);
    ALL.iter().map(|it| it.id).chain(attested.map(|it| it.id.as_str())).collect()
}

/// The code of a check.
pub fn implementation(id: &str) -> Option<&'static Implementation> {
    ALL.iter().find(|it| it.id == id)
}
