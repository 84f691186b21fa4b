//! Pools by role, and the transaction that is a pipeline.
//!
//! The pool is `deadpool` with a manager of our own and not `deadpool-postgres`, because the latter
//! cannot answer "is this statement prepared?" without preparing it, which is the very thing that
//! must not happen inside a pipeline.

use std::collections::HashMap;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::BytesMut;
use deadpool::managed::{self, Metrics, RecycleError, RecycleResult};
use futures_util::future::{OptionFuture, join_all, join4};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Row};

use super::batch::{Bound, Member};
use super::endpoint::Endpoint;
use super::error::DbError;
use super::identity::Identity;
use super::statement::{App, Entry, Login, RuntimeRole, Worker};
use crate::limits::{
    DB_BATCH_MAX, DB_LOCK_MS_MAX, DB_POOL_MAX, DB_STATEMENT_MS_MAX, DB_WAIT_MAX, QUOTA_LOCK_MS_MAX,
    QUOTA_POOL_MAX, QUOTA_STATEMENT_MS_MAX, QUOTA_WAIT_MAX,
};
use crate::meters::{self, PoolUse};

/// Makes the identity of a transaction. The third argument keeps it inside the transaction.
const SET_IDENTITY: &str = "SELECT set_config('kairo.session', $1, true)";

/// Bounds and the empty search path of each connection, said at its start (behind a pooler with the
/// identity of each transaction): a role may change its
/// own defaults (`ALTER ROLE`), so an injected statement could loosen what the next one gets.
fn bounded(endpoint: Endpoint, width: &Width) -> Endpoint {
    if endpoint.is_pooled() {
        return endpoint;
    }
    let Width { statement_ms_max, lock_ms_max, .. } = width;
    endpoint.with_options(&format!(
        "-c statement_timeout={statement_ms_max} -c lock_timeout={lock_ms_max} \
         -c idle_in_transaction_session_timeout={statement_ms_max} -c search_path= -c jit=off"
    ))
}

/// How many can pass a door at once, and how long each may take.
struct Width {
    /// Connections.
    connections_max: usize,
    /// Wait for one.
    wait_max: Duration,
    /// Longest run of one statement, in milliseconds.
    statement_ms_max: u32,
    /// Longest wait of one statement for a lock, in milliseconds.
    lock_ms_max: u32,
}

/// Doors of pages, sign-in and jobs.
const WIDE: Width = Width {
    connections_max: DB_POOL_MAX,
    wait_max: DB_WAIT_MAX,
    statement_ms_max: DB_STATEMENT_MS_MAX,
    lock_ms_max: DB_LOCK_MS_MAX,
};

/// The door of the quota: a database that is slow to decide is one that does not answer.
const NARROW: Width = Width {
    connections_max: QUOTA_POOL_MAX,
    wait_max: QUOTA_WAIT_MAX,
    statement_ms_max: QUOTA_STATEMENT_MS_MAX,
    lock_ms_max: QUOTA_LOCK_MS_MAX,
};

/// [`SET_IDENTITY`] with the same bounds: behind a pooler a connection has no start that reaches
/// the server, and what holds in its session is whatever the server's last user left there.
fn set_identity_and_bounds(width: &Width) -> String {
    let Width { statement_ms_max, lock_ms_max, .. } = width;
    format!(
        "{SET_IDENTITY}, set_config('statement_timeout', '{statement_ms_max}', true),
         set_config('lock_timeout', '{lock_ms_max}', true),
         set_config('idle_in_transaction_session_timeout', '{statement_ms_max}', true),
         set_config('search_path', '', true), set_config('jit', 'off', true)"
    )
}

/// A connection and what it has prepared.
struct Connection {
    client: Client,
    prepared: HashMap<&'static str, tokio_postgres::Statement>,
    /// Set while a transaction is under way and its COMMIT not seen.
    open: bool,
    /// Whether the bounds of a transaction are said with its identity (see [`bounded`]).
    says_bounds: bool,
}

/// Makes and checks connections of one role.
struct Connector {
    endpoint: Endpoint,
    entries: Arc<[Entry]>,
    width: &'static Width,
}

impl managed::Manager for Connector {
    type Type = Connection;
    type Error = DbError;

    async fn create(&self) -> Result<Connection, DbError> {
        // Rare, and large: every request would carry its room along.
        Box::pin(self.connect()).await
    }

    async fn recycle(&self, connection: &mut Connection, _: &Metrics) -> RecycleResult<DbError> {
        if connection.open || connection.client.is_closed() {
            return Err(RecycleError::message("its COMMIT was not seen, or it is closed"));
        }
        Ok(())
    }
}

impl Connector {
    async fn connect(&self) -> Result<Connection, DbError> {
        let client = self.endpoint.connect().await?;
        let mut prepared = HashMap::with_capacity(self.entries.len() + 1);
        let says_bounds = self.endpoint.is_pooled();
        let set_identity = match says_bounds {
            true => client.prepare(&set_identity_and_bounds(self.width)).await?,
            false => client.prepare(SET_IDENTITY).await?,
        };
        prepared.insert(SET_IDENTITY, set_identity);
        let statements = join_all(self.entries.iter().map(|entry| client.prepare(entry.sql))).await;
        for (entry, statement) in self.entries.iter().zip(statements) {
            let statement = statement?;
            check_types(entry, &statement)?;
            prepared.insert(entry.sql, statement);
        }
        Ok(Connection { client, prepared, open: false, says_bounds })
    }
}

/// Refuses a statement whose Rust types differ from the server's, before anybody depends on it.
fn check_types(entry: &Entry, statement: &tokio_postgres::Statement) -> Result<(), DbError> {
    let misfit = |detail: String| DbError::Misfit { statement: entry.name, detail };
    let (params, columns) = (statement.params(), statement.columns());
    if params.len() != entry.params.len() || columns.len() != entry.columns.len() {
        return Err(misfit(format!("{} parameters and {} columns", params.len(), columns.len())));
    }
    for (index, (accepts, kind)) in entry.params.iter().zip(params).enumerate() {
        if !accepts(kind) {
            return Err(misfit(format!("parameter ${} is {kind}", index + 1)));
        }
    }
    for (column, found) in entry.columns.iter().zip(columns) {
        if column.name != found.name() || !(column.accepts)(found.type_()) {
            return Err(misfit(format!("column {} is {}", found.name(), found.type_())));
        }
    }
    Ok(())
}

/// The door of one role.
pub struct Door<R> {
    pool: managed::Pool<Connector>,
    role: PhantomData<R>,
}

impl<R> Clone for Door<R> {
    fn clone(&self) -> Self {
        Self { pool: self.pool.clone(), role: PhantomData }
    }
}

impl<R: RuntimeRole> Door<R> {
    /// A door for a role. `entries` may hold statements of other roles; they are left out.
    pub fn open(endpoint: impl Into<Endpoint>, registry: &[&[Entry]]) -> Result<Self, DbError> {
        Self::open_as_wide_as(&WIDE, endpoint, registry)
    }

    fn open_as_wide_as(
        width: &'static Width,
        endpoint: impl Into<Endpoint>,
        registry: &[&[Entry]],
    ) -> Result<Self, DbError> {
        let entries =
            registry.iter().copied().flatten().filter(|entry| entry.role == R::NAME).copied();
        let connector = Connector {
            endpoint: bounded(endpoint.into(), width),
            entries: entries.collect(),
            width,
        };
        let pool = managed::Pool::builder(connector)
            .max_size(width.connections_max)
            .wait_timeout(Some(width.wait_max))
            .create_timeout(Some(DB_WAIT_MAX))
            .runtime(deadpool::Runtime::Tokio1)
            .build()
            .map_err(|error| DbError::Unavailable(error.to_string()))?;
        Ok(Self { pool, role: PhantomData })
    }

    /// Runs a batch that must not write: the transaction is read-only, so a forgotten write in a
    /// GET handler is an error.
    pub async fn read<M: Member<As = R>>(
        &self,
        identity: Option<&Identity>,
        batch: M,
    ) -> Result<M::Out, DbError> {
        self.run("BEGIN READ ONLY", identity, batch).await
    }

    /// Runs a batch in one transaction. All of it happened, or none.
    pub async fn write<M: Member<As = R>>(
        &self,
        identity: Option<&Identity>,
        batch: M,
    ) -> Result<M::Out, DbError> {
        self.run("BEGIN", identity, batch).await
    }

    async fn run<M: Member<As = R>>(
        &self,
        begin: &str,
        identity: Option<&Identity>,
        batch: M,
    ) -> Result<M::Out, DbError> {
        let since = Instant::now();
        let ran = self.run_uncounted(begin, identity, batch).await;
        meters::batch(R::NAME, ran.as_ref().err().map_or("done", DbError::word), since);
        ran
    }

    /// How the pool is used now.
    fn usage(&self) -> PoolUse {
        let status = self.pool.status();
        PoolUse {
            role: R::NAME,
            used: status.size.saturating_sub(status.available),
            idle: status.available,
            waiting: status.waiting,
            max: status.max_size,
        }
    }

    async fn run_uncounted<M: Member<As = R>>(
        &self,
        begin: &str,
        identity: Option<&Identity>,
        batch: M,
    ) -> Result<M::Out, DbError> {
        let mut connection = self.pool.get().await.map_err(|error| match error {
            managed::PoolError::Backend(error) => error,
            other => DbError::Unavailable(other.to_string()),
        })?;
        // Somebody who is nobody says so: the setting of an earlier transaction never carries over.
        let said = identity.map_or("", Identity::said);
        let mut bound = Vec::new();
        batch.bind(&mut bound);
        let answers = pipeline(&mut connection, begin, said, &bound).await?;
        Ok(batch.read(&mut answers.into_iter())?)
    }
}

/// Sends one transaction in one go.
async fn pipeline(
    connection: &mut Connection,
    begin: &str,
    said: &str,
    bound: &[Bound<'_>],
) -> Result<Vec<Vec<Row>>, DbError> {
    let Connection { client, prepared, open, says_bounds } = connection;
    let lookup = |sql: &str, name: &'static str| {
        prepared.get(sql).ok_or(DbError::Misfit {
            statement: name,
            detail: "it is not in the registry, so no connection prepared it".to_owned(),
        })
    };
    let set_identity = lookup(SET_IDENTITY, "SetIdentity")?;
    let said: [&(dyn ToSql + Sync); 1] = [&said];
    let introduced = bound.first().is_some_and(|member| member.entry.introduces);
    let mut statements = Vec::with_capacity(bound.len());
    for (at, member) in bound.iter().enumerate() {
        let Entry { sql, name, introduces, .. } = member.entry;
        if introduces && at > 0 {
            let detail = "it says who the transaction is, so it comes first".to_owned();
            return Err(DbError::Misfit { statement: name, detail });
        }
        let statement = lookup(sql, name)?;
        let said = said.into_iter().filter(|_| introduces);
        let params: Vec<_> = said.chain(member.params.iter().copied()).collect();
        check_encodes(name, &params, statement)?;
        statements.push((statement, params));
    }
    if statements.len() > DB_BATCH_MAX {
        // Beyond 30 futures `join_all` no longer polls in order, and order is what a pipeline is.
        return Err(DbError::Misfit {
            statement: "batch",
            detail: "too many statements".to_owned(),
        });
    }

    *open = true;
    let identify =
        (*says_bounds || !introduced).then(|| client.query(set_identity, said.as_slice()));
    // Every member queues its messages at the first poll, in this order. Never `try_join`: it would
    // return before COMMIT is sent, and the next user of the connection would inherit the identity.
    let (began, identified, members, committed) = join4(
        client.batch_execute(begin),
        OptionFuture::from(identify),
        join_all(statements.iter().map(|(statement, params)| client.query(*statement, params))),
        client.batch_execute("COMMIT"),
    )
    .await;
    if committed.is_ok() || committed.as_ref().is_err_and(|error| error.as_db_error().is_some()) {
        *open = false;
    }
    // After an error inside, the server answers COMMIT with ROLLBACK and no error of its own, so
    // COMMIT counts only when every member did.
    began?;
    identified.transpose()?;
    let answers = members.into_iter().collect::<Result<Vec<_>, _>>()?;
    committed?;
    Ok(answers)
}

/// Encodes each parameter once for nothing: a value that its type cannot carry would fail on this
/// side while COMMIT is already on its way, and half of the batch would stay.
fn check_encodes(
    name: &'static str,
    params: &[&(dyn ToSql + Sync)],
    statement: &tokio_postgres::Statement,
) -> Result<(), DbError> {
    let mut buffer = BytesMut::new();
    for (param, kind) in params.iter().zip(statement.params()) {
        buffer.clear();
        param.to_sql_checked(kind, &mut buffer).map_err(|error| DbError::Misfit {
            statement: name,
            detail: format!("a parameter does not encode as {kind}: {error}"),
        })?;
    }
    Ok(())
}

/// The doors of `serve`.
#[derive(Clone)]
pub struct Db {
    /// Requests of signed-in people.
    pub app: Door<App>,
    /// Verbs before there is a session.
    pub login: Door<Login>,
    /// Jobs.
    pub worker: Door<Worker>,
    /// The quota's few statements, on connections of their own.
    pub quota: Door<App>,
}

impl Db {
    /// Opens the doors; `endpoint_of` names the way to the database for a role, and `quota` the
    /// statements that have connections of their own.
    pub fn open<E: Into<Endpoint>>(
        endpoint_of: impl Fn(&'static str) -> E,
        registry: &[&[Entry]],
        quota: &[&[Entry]],
    ) -> Result<Self, DbError> {
        Ok(Self {
            app: Door::open(endpoint_of(App::NAME), registry)?,
            login: Door::open(endpoint_of(Login::NAME), registry)?,
            worker: Door::open(endpoint_of(Worker::NAME), registry)?,
            quota: Door::open_as_wide_as(&NARROW, endpoint_of(App::NAME), quota)?,
        })
    }

    /// How each door's pool is used now.
    pub fn usage(&self) -> Vec<PoolUse> {
        vec![self.app.usage(), self.login.usage(), self.worker.usage()]
    }
}
