//! An external PostgreSQL: read from one URL, reached over verified TLS, and refused where it would
//! not keep what the policies promise.
//!
//! **Invariant:** a password and what people write never cross a network in plain text: a host that
//! is not this machine is reached over TLS with a verified name, and nothing turns that off.
//! **Invariant:** `serve` never signs in as the migrating user, whose rights reach past the
//! policies; it takes host, database and TLS from the URL and the runtime roles' own passwords.

mod checks;
mod pooler;
mod queries;
mod tls;
mod url;

use tokio_postgres::Config;
use zeroize::Zeroizing;

use super::endpoint::Endpoint;
use super::error::DbError;
use super::host::Host;
use super::migrate::MigrateError;

pub use checks::{Finding, must_be_migrated, shown_findings};

/// The roles that sign in while Kairo serves.
pub const RUNTIME_ROLES: [&str; 4] = ["kairo_app", "kairo_login", "kairo_worker", "kairo_support"];

/// The external server cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ExternalError {
    /// The URL does not say where the database is. The URL itself holds a password and is not
    /// shown.
    #[error(
        "KAIRO_DATABASE_URL: {0}. Write it as postgresql://USER:PASSWORD@HOST:PORT/DATABASE, a \
         socket's folder percent-encoded in the place of the host"
    )]
    Url(String),
    /// Somebody on the way could read everything, or play the server.
    #[error(
        "KAIRO_DATABASE_URL asks for sslmode={mode}, and {host} is another machine. Kairo reaches \
         it with sslmode=verify-full alone; name the authority's certificate with sslrootcert=FILE \
         where it is none that browsers know"
    )]
    PlainText {
        /// What the URL asks for.
        mode: String,
        /// The server.
        host: String,
    },
    /// The file of the authority is missing or holds no certificate.
    #[error("KAIRO_DATABASE_URL: sslrootcert={path}: {problem}")]
    RootCert {
        /// The file.
        path: String,
        /// What is wrong with it.
        problem: String,
    },
    /// Wrong password, unknown database, server away, certificate not trusted.
    #[error("cannot sign in to PostgreSQL as {role}: {source}")]
    SignIn {
        /// As whom.
        role: String,
        /// What was said.
        source: DbError,
    },
    /// Known holes of older releases pass row-level security.
    #[error("the server runs PostgreSQL {found}; Kairo needs {wanted}. Update the server")]
    OldVersion {
        /// What runs there.
        found: String,
        /// What would do.
        wanted: String,
    },
    /// Kairo's names are taken there.
    #[error(
        "this server has the role {0} already, and the keys here hold no password for it: it \
         belongs to another Kairo. Use a server of its own for each Kairo, or set KAIRO_KEYS to \
         that Kairo's keys"
    )]
    RolesOfAnother(String),
    /// The keys came from another Kairo, or a password was changed by hand.
    #[error(
        "the server does not take the password that the keys here hold for {role} ({source}). Set \
         KAIRO_KEYS to the keys of the Kairo that migrated this server"
    )]
    OtherPassword {
        /// As whom.
        role: &'static str,
        /// What was said.
        source: DbError,
    },
    /// Its transactions would look for prepared statements in a session that has none.
    #[error(
        "KAIRO_DATABASE_URL leads to a pooler that does not carry prepared statements along. Kairo \
         works through PgBouncer 1.21 or later with max_prepared_statements=200 (pool_mode \
         transaction or session); with any other pooler, name the server itself"
    )]
    ForgetfulPooler,
    /// Migrations and the host's commands hold a session: a lock, a role.
    #[error(
        "KAIRO_DATABASE_URL leads to a pooler, and this command needs the server itself. Give it \
         the server's own address; `kairo serve` alone works through a pooler"
    )]
    Pooler,
    /// `serve` came first.
    #[error(
        "the keys here hold no passwords of the runtime roles, so this server was never migrated \
         with them. Run: kairo migrate"
    )]
    NotMigrated,
    /// The schema is older than the program.
    #[error("the database lacks the migration {0}. Run: kairo migrate")]
    Behind(&'static str),
    /// The schema is newer than the program, or was changed.
    #[error(transparent)]
    Migrate(#[from] MigrateError),
    /// The database failed meanwhile.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// An external server, as the URL names it.
#[derive(Clone)]
pub struct External {
    config: Config,
    host: String,
    tls: Option<std::sync::Arc<rustls::ClientConfig>>,
    pooled: bool,
}

impl External {
    /// The way for the user that the URL names, who migrates.
    pub fn migrating(&self) -> Endpoint {
        self.endpoint(self.config.clone())
    }

    /// The name of the migrating user.
    pub fn migrating_role(&self) -> &str {
        self.config.get_user().unwrap_or_default()
    }

    /// The way for a runtime role with its password.
    pub fn runtime(&self, role: &str, password: &Zeroizing<String>) -> Endpoint {
        let mut config = self.config.clone();
        config.user(role).password(password.as_str());
        self.endpoint(config)
    }

    /// The server's name, for a person.
    pub fn host(&self) -> &str {
        &self.host
    }

    fn endpoint(&self, config: Config) -> Endpoint {
        let endpoint = match &self.tls {
            Some(tls) => Endpoint::over_tls(config, tls.clone()),
            None => config.into(),
        };
        endpoint.through_pooler(self.pooled)
    }

    /// The same server with what is found out about the way to it, as a runtime role.
    ///
    /// # Errors
    /// A pooler that Kairo cannot work through, or the server says no.
    pub async fn looked_at(
        self,
        role: &'static str,
        password: &Zeroizing<String>,
    ) -> Result<Self, ExternalError> {
        let way = self.runtime(role, password);
        let looked = pooler::is_between(&way).await;
        let pooled = looked.map_err(|source| ExternalError::OtherPassword { role, source })?;
        if pooled {
            pooler::must_prepare(&way).await?;
        }
        Ok(Self { pooled, ..self })
    }

    /// Whether a pooler was found before it.
    pub fn is_pooled(&self) -> bool {
        self.pooled
    }

    /// Signs in as the migrating user.
    ///
    /// # Errors
    /// The server says no, is too old, or a pooler answers in its place.
    pub async fn sign_in(&self) -> Result<Host, ExternalError> {
        let failed = |source| {
            let role = self.migrating_role().to_owned();
            ExternalError::SignIn { role, source }
        };
        if pooler::is_between(&self.migrating()).await.map_err(failed)? {
            return Err(ExternalError::Pooler);
        }
        let host = Host::connect(self.migrating()).await.map_err(failed)?;
        checks::must_be_current(&host).await?;
        Ok(host)
    }
}

/// Gives each runtime role its password, as a verifier: the password itself is in no statement, so
/// in no log of the server either (RFC 5803).
pub async fn set_passwords<'a>(
    host: &Host,
    passwords: impl Iterator<Item = (&'a str, &'a Zeroizing<String>)>,
) -> Result<(), DbError> {
    for (role, password) in passwords {
        let verifier = postgres_protocol::password::scram_sha_256(password.as_bytes());
        host.execute(&queries::role_password(role, &verifier)).await?;
    }
    Ok(())
}

/// A runtime role that the server has already; `None` on a server of no Kairo.
pub async fn role_there(host: &Host) -> Result<Option<String>, DbError> {
    let roles: Vec<&str> = RUNTIME_ROLES.into();
    let rows = host.query(queries::ROLES_THERE, &[&roles]).await?;
    Ok(rows.first().map(|row| row.get("rolname")))
}

#[cfg(test)]
mod tests;
