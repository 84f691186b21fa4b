//! A connection of its own: the migrating user's for the host's commands, and that by which the
//! start of `serve` looks at the database.
//!
//! **Invariant:** never pooled, never reachable from a request.

use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Row};

use super::endpoint::Endpoint;
use super::error::DbError;

/// A connection that nothing else uses.
pub struct Host {
    pub(super) client: Client,
}

impl Host {
    /// Connects; the connection ends with the value.
    pub async fn connect(endpoint: impl Into<Endpoint>) -> Result<Self, DbError> {
        Ok(Self { client: endpoint.into().connect().await? })
    }

    /// Runs statements without parameters, as they stand.
    pub async fn execute(&self, sql: &str) -> Result<(), DbError> {
        Ok(self.client.batch_execute(sql).await?)
    }

    /// Runs one statement and gives its rows.
    pub async fn query(
        &self,
        sql: &str,
        params: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>, DbError> {
        Ok(self.client.query(sql, params).await?)
    }

    /// Runs one statement as a role that nobody can sign in as, in a transaction of its own.
    pub async fn query_as(
        &mut self,
        role: &'static str,
        sql: &str,
        params: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>, DbError> {
        let transaction = self.client.transaction().await?;
        transaction.batch_execute(&format!("SET LOCAL ROLE {role}")).await?;
        let rows = transaction.query(sql, params).await?;
        transaction.commit().await?;
        Ok(rows)
    }
}
