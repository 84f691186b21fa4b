//! What people vouch for and what they except: made on the host, with an owner, a reason and an
//! end.
//!
//! **Invariant:** a statement never makes a claim pass. An attestation is shown as somebody's word,
//! an exception as a known gap, and both end.

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::catalogue::{Catalogue, Kind, Lifecycle, Runner};
use super::queries::host::STATEMENT_MAKE;
use crate::db::{DbError, Host};

/// Longest time for which a person's word counts.
pub const ATTESTATION_MAX: SignedDuration = SignedDuration::from_hours(24 * 366);
/// Longest time for which a gap may be excepted.
pub const EXCEPTION_MAX: SignedDuration = SignedDuration::from_hours(24 * 90);
/// Longest source and owner, in characters.
pub const NAME_CHARS_MAX: usize = 100;
/// Longest reason, in characters.
pub const REASON_CHARS_MAX: usize = 500;

/// A statement that is to be made.
#[derive(Debug, Clone)]
pub struct NewStatement {
    /// Its id.
    pub id: Uuid,
    /// Whether it excepts a claim instead of vouching for it.
    pub is_exception: bool,
    /// The claim.
    pub claim: String,
    /// What it is about: a provider, a report.
    pub source: String,
    /// Whose word.
    pub owner: String,
    /// Why.
    pub reason: String,
    /// Until when it counts.
    pub until: Timestamp,
}

/// Why a statement is refused.
#[derive(Debug, thiserror::Error)]
pub enum StatementError {
    /// A misspelt id.
    #[error("there is no claim {0}; `kairo controls list` names them")]
    NoClaim(String),
    /// A claim that a check proves has no need of a word, and a word would weaken it.
    #[error("claim {0} is not one that a person attests: its checks say whether it holds")]
    NotAttested(String),
    /// What Kairo does not do yet cannot be excepted from what it does.
    #[error("claim {0} is in progress or a commitment: there is nothing to except")]
    NothingToExcept(String),
    /// Too long, or over already.
    #[error("an end has to lie ahead, and at most {0} days")]
    End(i64),
    /// Missing or too long.
    #[error("{0} needs 1 to {1} characters")]
    Words(&'static str, usize),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl NewStatement {
    /// Checks it against the catalogue and the present.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(&self, catalogue: &Catalogue, now: Timestamp) -> Result<(), StatementError> {
        let id = || self.claim.clone();
        let claim = catalogue.claim(&self.claim).ok_or_else(|| StatementError::NoClaim(id()))?;
        let attests = claim.checks.iter().filter_map(|check| catalogue.check(check));
        let attests = attests.into_iter().any(|check| check.runner == Runner::Attestation);
        if !self.is_exception && !attests {
            return Err(StatementError::NotAttested(id()));
        }
        let is_checked = claim.lifecycle == Lifecycle::Live && claim.kind != Kind::Promise;
        if self.is_exception && !is_checked {
            return Err(StatementError::NothingToExcept(id()));
        }
        let longest = if self.is_exception { EXCEPTION_MAX } else { ATTESTATION_MAX };
        let length = self.until.duration_since(now);
        if length <= SignedDuration::ZERO || length > longest {
            return Err(StatementError::End(longest.as_hours() / 24));
        }
        let words = [
            ("--source", &self.source, NAME_CHARS_MAX),
            ("--owner", &self.owner, NAME_CHARS_MAX),
            ("--reason", &self.reason, REASON_CHARS_MAX),
        ];
        for (name, text, most) in words {
            if text.trim().is_empty() || text.chars().count() > most {
                return Err(StatementError::Words(name, most));
            }
        }
        Ok(())
    }

    /// Makes it, as the migrating user.
    ///
    /// # Errors
    /// See [`NewStatement::check`], or the database.
    pub async fn make(
        &self,
        host: &mut Host,
        catalogue: &Catalogue,
        now: Timestamp,
    ) -> Result<(), StatementError> {
        self.check(catalogue, now)?;
        let kind = if self.is_exception { "exception" } else { "attestation" };
        let (claim, source, owner, reason) = (&self.claim, &self.source, &self.owner, &self.reason);
        let params: [&(dyn tokio_postgres::types::ToSql + Sync); 7] =
            [&self.id, &kind, claim, source, owner, reason, &self.until];
        host.query_as("kairo_audit", STATEMENT_MAKE, &params).await?;
        Ok(())
    }
}
