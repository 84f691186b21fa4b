//! Addresses that get no more mail, as an operator sees them: in numbers, since no address is kept.

use jiff::Timestamp;

use super::Seals;
use super::queries::host::{RELEASE, SUPPRESSED};
use crate::db::{DbError, Host};

/// How many addresses were shut off for one reason.
#[derive(Debug)]
pub struct Suppressed {
    /// `bounced` or `complained`.
    pub reason: String,
    /// Addresses.
    pub addresses: i64,
    /// When the newest was.
    pub newest: Timestamp,
}

/// How many addresses get no more mail, by reason.
///
/// # Errors
/// The database cannot be read.
pub async fn suppressed(db: &mut Host) -> Result<Vec<Suppressed>, DbError> {
    let rows = db.query_as("kairo_auth", SUPPRESSED, &[]).await?;
    let read = |row: &tokio_postgres::Row| Suppressed {
        reason: row.get("reason"),
        addresses: row.get("addresses"),
        newest: row.get("newest"),
    };
    Ok(rows.iter().map(read).collect())
}

/// Lets an address get mail again; false where it was not shut off.
///
/// # Errors
/// The database refused.
pub async fn release(db: &mut Host, seals: &Seals, address: &str) -> Result<bool, DbError> {
    let macs = seals.address_macs(address);
    Ok(!db.query_as("kairo_auth", RELEASE, &[&macs]).await?.is_empty())
}
