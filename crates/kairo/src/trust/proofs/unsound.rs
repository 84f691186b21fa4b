//! The refusal to serve from a database whose schema no longer keeps people apart.

use super::lint::{self, Finding};
use super::world::expected_objects;
use crate::db::{DbError, Host};

/// Why Kairo does not serve from this database.
#[derive(Debug, thiserror::Error)]
pub enum Unsound {
    /// Somebody changed the schema or the roles by hand, or another program made objects there.
    #[error(
        "this database does not keep people apart as Kairo needs it, so it is not served:\n{}\nA \
         database that only `kairo migrate` has changed has none of this",
        listed(.0)
    )]
    Found(Vec<Finding>),
    /// The catalogue could not be read.
    #[error(transparent)]
    Db(#[from] DbError),
}

fn listed(findings: &[Finding]) -> String {
    findings.iter().map(|it| format!("  {it}")).collect::<Vec<_>>().join("\n")
}

/// Refuses a database in which the lint finds anything, the powers of the roles of `serve` (rule
/// L15) among it.
///
/// # Errors
/// What was found, with what to do about each.
pub async fn refuse_unsound(host: &Host) -> Result<(), Unsound> {
    let findings = lint::run(host, &expected_objects()).await?;
    if findings.is_empty() { Ok(()) } else { Err(Unsound::Found(findings)) }
}
