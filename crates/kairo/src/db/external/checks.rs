//! Whether an external server may be served from; whether its policies hold is `trust::proofs`'s.

use super::super::cluster::Version;
use super::super::host::Host;
use super::super::migrate;
use super::{ExternalError, queries};

/// Something that the server allows and a migrating user cannot take away; shown, and not fatal:
/// the policies hold all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What is allowed.
    pub fact: String,
    /// The statement of a superuser that ends it.
    pub mend: String,
}

/// Refuses a release with known holes.
pub(super) async fn must_be_current(host: &Host) -> Result<(), ExternalError> {
    let rows = host.query(queries::VERSION, &[]).await?;
    let number: i32 = rows.first().map_or(0, |row| row.get("version"));
    supported(number)
}

/// Judges a release by its one number: 150018 is 15.18.
pub(super) fn supported(number: i32) -> Result<(), ExternalError> {
    let number = u32::try_from(number).unwrap_or(0);
    let version = Version { major: number / 10_000, minor: number % 10_000 };
    match version.is_supported() {
        true => Ok(()),
        false => Err(ExternalError::OldVersion {
            found: version.to_string(),
            wanted: Version::supported(),
        }),
    }
}

/// Refuses an old release, and a schema that is not this program's; `host` is a connection of
/// kairo_worker.
pub async fn must_be_migrated(host: &Host) -> Result<(), ExternalError> {
    must_be_current(host).await?;
    match migrate::behind(host).await? {
        Some(step) => Err(ExternalError::Behind(step)),
        None => Ok(()),
    }
}

/// What the server leaves open to everybody.
pub async fn shown_findings(host: &Host) -> Result<Vec<Finding>, ExternalError> {
    let rows = host.query(queries::FINDINGS, &[]).await?;
    let finding =
        |row: &tokio_postgres::Row| Finding { fact: row.get("fact"), mend: row.get("mend") };
    Ok(rows.iter().map(finding).collect())
}
