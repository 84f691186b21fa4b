//! A database that proofs may break: plain connections as any role of a cluster on which nobody's
//! data lives.
//!
//! **Invariant:** only the mark of a throwaway cluster opens one. Sabotage never reaches a server
//! that somebody uses: there it would lock every reader out.
//! **Invariant:** nothing that answers a request uses it. Doors have their statements prepared and
//! their identity set; a probe says whatever an attacker could say.

use futures_util::future::{join, join_all};
use tokio_postgres::error::DbError as ServerError;
use tokio_postgres::{Config, SimpleQueryMessage};

use super::cluster::Throwaway;
use super::error::DbError;
use super::host::Host;

/// Pairs of futures that `join_all` polls in order; beyond 30 it promises none.
const ATTEMPTS_IN_FLIGHT_MAX: usize = 15;

/// Where proofs find a database, and how they sign in to it.
#[derive(Clone)]
pub struct Scratch {
    config: Config,
}

impl Scratch {
    /// A database of a throwaway cluster; `config` names host and database, and any user.
    pub fn new(config: Config, _mark: &Throwaway) -> Self {
        Self { config }
    }

    /// Signs in as a role.
    ///
    /// # Errors
    /// The server is away, or does not let the role in.
    pub async fn sign_in(&self, role: &str) -> Result<Probe, DbError> {
        let mut config = self.config.clone();
        config.user(role);
        Ok(Probe { host: Host::connect(config).await? })
    }
}

/// A connection that tries things.
pub struct Probe {
    host: Host,
}

/// What an attempt came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It ran, and the first column of what it gave.
    Rows(Vec<String>),
    /// It ran and gave nothing back, but changed so many rows.
    Changed(u64),
    /// The server refused it.
    Refused {
        /// SQLSTATE.
        code: String,
        /// Whether a missing grant is the cause, seen before anything ran. (A policy that refuses
        /// a row has the same SQLSTATE; the server's routine tells them apart in every language.)
        by_grant: bool,
    },
}

impl Probe {
    /// The connection itself, for what is no attempt.
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// Sends statements, each followed by `undo` whatever it came to; many travel together.
    ///
    /// # Errors
    /// The connection broke, or `undo` failed.
    pub async fn attempts(&self, sqls: &[String], undo: &str) -> Result<Vec<Answer>, DbError> {
        let mut answers = Vec::with_capacity(sqls.len());
        for some in sqls.chunks(ATTEMPTS_IN_FLIGHT_MAX) {
            let sent = some.iter().map(|sql| {
                join(self.host.client.simple_query(sql), self.host.client.batch_execute(undo))
            });
            for (tried, undone) in join_all(sent).await {
                undone?;
                answers.push(answer(tried)?);
            }
        }
        Ok(answers)
    }
}

fn answer(
    tried: Result<Vec<SimpleQueryMessage>, tokio_postgres::Error>,
) -> Result<Answer, DbError> {
    let messages = match tried {
        Ok(messages) => messages,
        Err(error) => {
            let Some(refusal) = error.as_db_error() else { return Err(error.into()) };
            let (code, by_grant) = (refusal.code().code().to_owned(), is_by_grant(refusal));
            return Ok(Answer::Refused { code, by_grant });
        }
    };
    let mut rows = None;
    let mut changed = 0;
    for message in messages {
        match message {
            SimpleQueryMessage::RowDescription(_) => rows = Some(Vec::new()),
            SimpleQueryMessage::Row(row) => {
                let value = row.try_get(0)?.unwrap_or_default().to_owned();
                rows.get_or_insert_default().push(value);
            }
            SimpleQueryMessage::CommandComplete(count) => changed = count,
            _ => {}
        }
    }
    Ok(rows.map_or(Answer::Changed(changed), Answer::Rows))
}

/// An error from inside a function has a context; the grant that it lacks is its owner's.
fn is_by_grant(refusal: &ServerError) -> bool {
    let by_grant = refusal.routine().is_some_and(|name| name.starts_with("aclcheck_error"));
    by_grant && refusal.where_().is_none()
}
