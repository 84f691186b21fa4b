//! Whether an external server may be served from.

use ring::digest;

use super::super::cluster::Version;
use super::super::host::Host;
use super::super::migrate::{MIGRATIONS, MigrateError};
use super::{ExternalError, RUNTIME_ROLES, queries};

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

/// Refuses a server where a runtime role may do more than Kairo gave it.
pub async fn must_be_fit(host: &Host) -> Result<(), ExternalError> {
    let roles: Vec<&str> = RUNTIME_ROLES.into();
    let rows = host.query(queries::POWERS, &[&roles]).await?;
    match rows.first() {
        None => Ok(()),
        Some(row) => Err(ExternalError::TooStrong {
            role: row.get("rolname"),
            fact: row.get("fact"),
            mend: row.get("mend"),
        }),
    }
}

/// Everything that `serve` asks before it serves; `host` is a connection of a runtime role.
pub async fn may_serve(host: &Host) -> Result<(), ExternalError> {
    must_be_current(host).await?;
    must_be_fit(host).await?;
    let rows = host.query(queries::STEPS, &[]).await?;
    for row in &rows {
        let (name, sha256): (String, Vec<u8>) = (row.get("name"), row.get("sha256"));
        let Some(step) = MIGRATIONS.iter().find(|step| step.name == name) else {
            return Err(MigrateError::Newer(name).into());
        };
        if digest::digest(&digest::SHA256, step.sql.as_bytes()).as_ref() != sha256 {
            return Err(MigrateError::Changed(name).into());
        }
    }
    match MIGRATIONS.get(rows.len()) {
        Some(step) => Err(ExternalError::Behind(step.name)),
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
