//! A database that proofs may break: plain connections as any role of a cluster on which nobody's
//! data lives.
//!
//! **Invariant:** only the mark of a throwaway cluster opens one. Sabotage never reaches a server
//! that somebody uses: there it would lock every reader out.
//! **Invariant:** nothing that answers a request uses it. Doors have their statements prepared and
//! their identity set; a probe says whatever an attacker could say.

use futures_util::future::{join, join_all, join3};
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

    /// Another database of the same cluster.
    #[must_use]
    pub fn beside(&self, database: &str) -> Self {
        let mut config = self.config.clone();
        config.dbname(database);
        Self { config }
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

    /// Sends several changes together, each with attempts of its own, and takes each back. An
    /// answer is the attempts' answers, or why the change cannot be made.
    ///
    /// # Errors
    /// The connection broke, or something could not be taken back.
    pub async fn changes(
        &self,
        changes: &[Change],
        undo: &str,
    ) -> Result<Vec<Result<Vec<Answer>, DbError>>, DbError> {
        let client = &self.host.client;
        let mut answers = Vec::with_capacity(changes.len());
        for some in changes.chunks(ATTEMPTS_IN_FLIGHT_MAX) {
            let sent = some.iter().map(|change| {
                let tries = change.attempts.iter().take(ATTEMPTS_IN_FLIGHT_MAX);
                let tries =
                    tries.map(|sql| join(client.simple_query(sql), client.batch_execute(undo)));
                // In this order, since each sends when it is first polled.
                join3(
                    client.batch_execute(&change.begin),
                    join_all(tries),
                    client.batch_execute(ROLLBACK),
                )
            });
            for (begun, tried, ended) in join_all(sent).await {
                ended?;
                answers.push(match begun {
                    Err(error) if error.as_db_error().is_some() => Err(error.into()),
                    Err(error) => return Err(error.into()),
                    Ok(()) => {
                        let mut of_change = Vec::with_capacity(tried.len());
                        for (tried, undone) in tried {
                            undone?;
                            of_change.push(answer(tried)?);
                        }
                        Ok(of_change)
                    }
                });
            }
        }
        Ok(answers)
    }
}

/// A change that is taken back, and what is tried while it lasts.
#[derive(Debug, Clone)]
pub struct Change {
    /// Begins a transaction, makes the change, and sets the savepoint that attempts go back to.
    pub begin: String,
    /// What is tried; of more than [`Change::ATTEMPTS_MAX`] the first ones.
    pub attempts: Vec<String>,
}

impl Change {
    /// Attempts that one change may have.
    pub const ATTEMPTS_MAX: usize = ATTEMPTS_IN_FLIGHT_MAX;
}

const ROLLBACK: &str = "ROLLBACK";

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
