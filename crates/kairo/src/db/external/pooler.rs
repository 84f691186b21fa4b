//! Whether a pooler stands before the server, and whether Kairo can work through it.
//!
//! A connection through a pooler in transaction mode is another session of the server at each
//! transaction. What Kairo needs of a session lasts for one transaction anyhow, but for prepared
//! statements, which the pooler has to carry along.
//!
//! **Invariant:** what a pooler would lose is not asked of it: behind one, no bound and no setting
//! comes with the start-up of a connection.

use tokio_postgres::error::SqlState;

use super::super::endpoint::Endpoint;
use super::super::error::DbError;
use super::super::host::Host;
use super::{ExternalError, queries};

/// A start-up option that a server keeps; a pooler refuses it or drops it.
const SIGN: &str = "-c kairo.way=straight";

/// Whether `endpoint` leads to a pooler. One that sign-in fails at for another reason is told so.
pub(super) async fn is_between(endpoint: &Endpoint) -> Result<bool, DbError> {
    let host = match Host::connect(endpoint.clone().with_options(SIGN)).await {
        Ok(host) => host,
        Err(error) if refuses_options(&error) => return Ok(true),
        Err(error) => return Err(error),
    };
    let rows = host.query(queries::WAY, &[]).await;
    match rows {
        Ok(rows) => Ok(!rows.first().is_some_and(|row| row.get("straight"))),
        // Its answer came from another session than its preparation: a pooler that is too old.
        Err(error) if is_unprepared(&error) => Ok(true),
        Err(error) => Err(error),
    }
}

/// Refuses a pooler that does not carry prepared statements along. One that does gives them names
/// of its own, so this can be seen while the server's sessions are still the same by chance.
pub(super) async fn must_prepare(endpoint: &Endpoint) -> Result<(), ExternalError> {
    let host = Host::connect(endpoint.clone()).await?;
    match host.query(queries::PREPARED_AS, &[]).await {
        Ok(rows) if rows.first().is_some_and(|row| row.get("renamed")) => Ok(()),
        Ok(_) => Err(ExternalError::ForgetfulPooler),
        Err(error) if is_unprepared(&error) => Err(ExternalError::ForgetfulPooler),
        Err(error) => Err(error.into()),
    }
}

fn refuses_options(error: &DbError) -> bool {
    matches!(error, DbError::Unavailable(said) if said.contains("unsupported startup parameter"))
}

fn is_unprepared(error: &DbError) -> bool {
    let DbError::Other(error) = error else { return false };
    error.code() == Some(&SqlState::INVALID_SQL_STATEMENT_NAME)
}
