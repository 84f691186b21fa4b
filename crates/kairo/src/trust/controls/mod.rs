//! Claims: what the Security page says, how each sentence is checked, and what was found.
//!
//! The [`catalogue`] is the page. A check looks at one running Kairo, the [`Subject`], and tells
//! what it saw; the [`runner`] runs what is due and writes [`evidence`]. Where a claim stands is
//! computed when it is read ([`state`]). [`selftest`] breaks the real thing in a scratch cluster
//! and expects each check to see it.
//!
//! **Invariant:** no verb sets a claim to pass. Evidence comes from runs, statements of people are
//! shown as such, and both end by themselves.
//! **Invariant:** the public sees states, counts and reasons; what exactly failed is for the
//! operator.

pub mod catalogue;
pub mod checks;
pub mod evidence;
pub mod facts;
pub mod lint;
pub mod model;
pub mod origin;
pub mod queries;
pub mod relay;
pub mod runner;
pub mod secrets;
pub mod selftest;
pub mod state;
pub mod statements;
pub mod subject;
pub mod watch;
pub mod workshop;

#[cfg(test)]
mod tests;

pub use catalogue::{Catalogue, CatalogueError};
pub use facts::Facts;
pub use state::{Known, Standing, State};
pub use subject::{Env, Program, Subject};
pub use watch::Watch;

use crate::db::{Db, DbError};
use queries::{
    DayRow, EvidenceDays, EvidenceNewest, NewestRow, Present, StatementRow, StatementsMade,
};
use state::{Newest, Outcome, Statement};

/// Days that a strip shows.
pub const STRIP_DAYS: i32 = 90;

/// What the page stands on: the catalogue, the operator's facts, and the program that runs.
#[derive(Debug)]
pub struct Page {
    /// The catalogue.
    pub catalogue: Catalogue,
    /// The operator's facts.
    pub facts: Facts,
    /// SHA-256 of the program.
    pub program: Vec<u8>,
    /// Whose evidence is shown.
    pub env: Env,
}

impl Page {
    /// Everything that states follow from, in one round trip.
    ///
    /// # Errors
    /// The database is away.
    pub async fn known(&self, db: &Db) -> Result<Known, DbError> {
        known_of(db, &self.catalogue, self.env, &self.program).await
    }

    /// The same, and the days of some checks.
    ///
    /// # Errors
    /// The database is away.
    pub async fn known_with_days(
        &self,
        db: &Db,
        checks: Vec<String>,
    ) -> Result<(Known, Vec<DayRow>), DbError> {
        let days = EvidenceDays { env: self.env.word().to_owned(), checks, days: STRIP_DAYS };
        let newest = newest_of(&self.catalogue, self.env);
        let batch = (Present {}, newest, StatementsMade {}, days);
        let (now, newest, statements, days) = db.app.read(None, batch).await?;
        Ok((assembled((now, newest, statements), self.program.clone()), days))
    }
}

fn newest_of(catalogue: &Catalogue, env: Env) -> EvidenceNewest {
    let checks = catalogue.checks.iter().map(|check| check.id.clone()).collect();
    EvidenceNewest { env: env.word().to_owned(), checks }
}

/// What is known of a subject.
///
/// # Errors
/// The database is away.
pub async fn known(db: &Db, subject: &Subject) -> Result<Known, DbError> {
    known_of(db, &subject.catalogue, subject.env, &subject.program.sha256).await
}

async fn known_of(
    db: &Db,
    catalogue: &Catalogue,
    env: Env,
    program: &[u8],
) -> Result<Known, DbError> {
    let batch = (Present {}, newest_of(catalogue, env), StatementsMade {});
    Ok(assembled(db.app.read(None, batch).await?, program.to_vec()))
}

type Read = (Vec<queries::NowRow>, Vec<NewestRow>, Vec<StatementRow>);

fn assembled((now, newest, statements): Read, program: Vec<u8>) -> Known {
    Known {
        now: now.first().map(|row| row.now).unwrap_or_default(),
        program,
        newest: newest.into_iter().map(Newest::from).collect(),
        statements: statements.into_iter().map(Statement::from).collect(),
    }
}

impl From<NewestRow> for Newest {
    fn from(row: NewestRow) -> Self {
        Self {
            check: row.check_id,
            version: row.check_version,
            program: row.program,
            observed_at: row.observed_at,
            expires_at: row.expires_at,
            since: row.since,
            outcome: Outcome::of(&row.outcome),
            population: row.population,
            tested: row.tested,
            violations: row.violations,
            reason: row.reason,
        }
    }
}

impl From<StatementRow> for Statement {
    fn from(row: StatementRow) -> Self {
        Self {
            is_exception: row.kind == "exception",
            claim: row.claim_id,
            source: row.source,
            owner: row.owner,
            reason: row.reason,
            made_at: row.made_at,
            until: row.until,
        }
    }
}
