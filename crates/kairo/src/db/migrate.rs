//! Brings a database to the schema of this binary.
//!
//! Migrations are files that are compiled in, one step each, run in order, each in a transaction
//! that also records it. A file that was applied may not change: its SHA-256 is kept and compared.
//!
//! **Invariant:** row-level security is forced whenever no migration is running. A migration that
//! reads or changes rows names its tables in its first line (`-- reads: app.items, app.captures`);
//! FORCE is off for them inside that transaction only, since FORCE hides every row from the owner
//! too: a backfill would change nothing and a constraint would be "validated" over rows that it
//! never saw.

use ring::digest;

use super::error::DbError;
use super::host::Host;

/// A step.
pub struct Migration {
    /// File name without `.sql`.
    pub name: &'static str,
    /// Its statements.
    pub sql: &'static str,
}

macro_rules! migrations {
    ($($name:literal),* $(,)?) => {
        &[ $( Migration {
            name: $name,
            sql: include_str!(concat!("../../migrations/", $name, ".sql")),
        } ),* ]
    };
}

/// Every step in order; a test compares the list with the folder.
pub const MIGRATIONS: &[Migration] = migrations![
    "0001_roles_create",
    "0002_catalogue_close",
    "0003_users_create",
    "0004_sessions_create",
    "0005_identity_create",
    "0006_data_keys_create",
    "0007_settings_create",
    "0008_captures_create",
    "0009_items_create",
    "0010_item_revisions_create",
    "0011_item_occurrences_create",
    "0012_capture_keys_create",
    "0013_proofs_create",
    "0014_proofs_begin_and_redeem",
    "0015_sessions_list_and_revoke",
    "0016_keys_create",
    "0017_ring_create",
    "0018_jobs_create",
    "0019_items_purge",
    "0020_account_view",
    "0021_migrations_show",
    "0022_item_occurrences_settle",
    "0023_mail_create",
    "0024_evidence_create",
    "0025_guard_create",
    "0026_sources_create",
    "0027_model_answers_create",
    "0028_alerts_create",
    "0029_usage_show",
];

/// Why a database cannot be brought to this schema.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// The database is newer than the program: an older Kairo was started on it.
    #[error(
        "the database has the migration {0}, which this Kairo does not know; start the newer Kairo \
         that made it"
    )]
    Newer(String),
    /// An applied file differs from the one compiled in.
    #[error("the migration {0} was changed after it had been applied; this Kairo is not a release")]
    Changed(String),
    /// A step failed, and was rolled back as a whole.
    #[error("the migration {name} failed: {source}")]
    Step {
        /// The step.
        name: &'static str,
        /// What the server said.
        source: DbError,
    },
    /// The record of migrations could not be read or made.
    #[error(transparent)]
    Db(#[from] DbError),
}

const RECORD: &str = "
    CREATE SCHEMA IF NOT EXISTS ops;
    CREATE TABLE IF NOT EXISTS ops.migrations (
        name       text        PRIMARY KEY,
        sha256     bytea       NOT NULL,
        applied_at timestamptz NOT NULL DEFAULT statement_timestamp()
    );";

/// One Kairo migrates at a time; the number is "kairo" in ASCII.
const LOCK: &str = "SELECT pg_advisory_lock(461128164975)";
const UNLOCK: &str = "SELECT pg_advisory_unlock(461128164975)";

/// Applies what is missing; gives the names of the steps it took.
pub async fn run(host: &mut Host) -> Result<Vec<&'static str>, MigrateError> {
    run_steps(host, MIGRATIONS).await
}

/// As [`run`], with other steps: for tests of the runner itself.
pub async fn run_steps(
    host: &mut Host,
    steps: &[Migration],
) -> Result<Vec<&'static str>, MigrateError> {
    host.execute(LOCK).await?;
    let done = apply(host, steps).await;
    host.execute(UNLOCK).await?;
    done
}

async fn apply(host: &Host, steps: &[Migration]) -> Result<Vec<&'static str>, MigrateError> {
    host.execute(RECORD).await?;
    let mut taken = Vec::new();
    for step in missing(host, steps).await? {
        let sha256 = digest::digest(&digest::SHA256, step.sql.as_bytes());
        let record = sha256.as_ref().iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let (unforce, force) = force_switches(step.sql);
        let transaction = format!(
            "BEGIN;\n{unforce}\n{}\n{force}\n\
             INSERT INTO ops.migrations (name, sha256) VALUES ('{}', '\\x{record}');\nCOMMIT;",
            step.sql, step.name,
        );
        if let Err(source) = host.execute(&transaction).await {
            host.execute("ROLLBACK").await?;
            return Err(MigrateError::Step { name: step.name, source });
        }
        taken.push(step.name);
    }
    Ok(taken)
}

/// The first step that a database lacks; `None` where it has the schema of this binary. For a role
/// that may only read.
pub async fn behind(host: &Host) -> Result<Option<&'static str>, MigrateError> {
    Ok(missing(host, MIGRATIONS).await?.first().map(|step| step.name))
}

/// The steps that were not applied yet; those that were must be ours, unchanged.
async fn missing<'a>(host: &Host, steps: &'a [Migration]) -> Result<&'a [Migration], MigrateError> {
    let rows = host.query("SELECT name, sha256 FROM ops.migrations ORDER BY name", &[]).await?;
    for row in &rows {
        let (name, sha256): (String, Vec<u8>) = (row.get("name"), row.get("sha256"));
        let Some(step) = steps.iter().find(|step| step.name == name) else {
            return Err(MigrateError::Newer(name));
        };
        if digest::digest(&digest::SHA256, step.sql.as_bytes()).as_ref() != sha256 {
            return Err(MigrateError::Changed(name));
        }
    }
    Ok(steps.get(rows.len()..).unwrap_or_default())
}

/// The statements that switch FORCE off and on again for the tables that a first line names.
fn force_switches(sql: &str) -> (String, String) {
    let tables: Vec<&str> = sql
        .lines()
        .next()
        .and_then(|line| line.strip_prefix("-- reads:"))
        .map(|names| names.split(',').map(str::trim).filter(|name| !name.is_empty()).collect())
        .unwrap_or_default();
    let switch = |word: &str| {
        tables.iter().map(|t| format!("ALTER TABLE {t} {word} ROW LEVEL SECURITY;")).collect()
    };
    (switch("NO FORCE"), switch("FORCE"))
}

/// Makes the database where there is none, in UTF-8 and with an order that no host's locale
/// changes.
pub async fn ensure_database(server: &Host, name: &'static str) -> Result<(), DbError> {
    let found = server.query("SELECT FROM pg_database WHERE datname = $1", &[&name]).await?;
    if found.is_empty() {
        let create =
            format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'");
        server.execute(&create).await?;
    }
    Ok(())
}
