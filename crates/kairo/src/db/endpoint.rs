//! Where a connection goes: a server, a database, a role, and TLS where the way leads over a
//! network, perhaps through a pooler.
//!
//! **Invariant:** an endpoint with TLS never falls back to plain text: the driver is told to end a
//! connection whose server declines it.

use std::sync::Arc;

use rustls::ClientConfig;
use tokio_postgres::config::SslMode;
use tokio_postgres::{Client, Config, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::error::DbError;

/// A way to a database for one role.
#[derive(Clone)]
pub struct Endpoint {
    config: Config,
    tls: Option<Arc<ClientConfig>>,
    pooled: bool,
}

impl Endpoint {
    /// Over TLS, whose certificate and host name `tls` checks.
    pub(super) fn over_tls(mut config: Config, tls: Arc<ClientConfig>) -> Self {
        config.ssl_mode(SslMode::Require);
        Self { config, tls: Some(tls), pooled: false }
    }

    /// The same way with start-up options (`-c name=value`).
    pub(super) fn with_options(mut self, options: &str) -> Self {
        self.config.options(options);
        self
    }

    /// The same way, known to lead through a pooler or not.
    pub(super) fn through_pooler(self, pooled: bool) -> Self {
        Self { pooled, ..self }
    }

    /// Whether a transaction may find itself in another session of the server than the one before.
    pub(super) fn is_pooled(&self) -> bool {
        self.pooled
    }

    /// Connects. The connection lives until the client is dropped.
    pub(super) async fn connect(&self) -> Result<Client, DbError> {
        let client = match &self.tls {
            None => {
                let (client, connection) = self.config.connect(NoTls).await?;
                // The error reaches whoever waits on the client; here it would be logged twice.
                tokio::spawn(async move { drop(connection.await) });
                client
            }
            Some(tls) => {
                let tls = MakeRustlsConnect::new(ClientConfig::clone(tls));
                let (client, connection) = self.config.connect(tls).await?;
                tokio::spawn(async move { drop(connection.await) });
                client
            }
        };
        Ok(client)
    }
}

impl From<Config> for Endpoint {
    /// Without TLS: for a socket of this machine.
    fn from(config: Config) -> Self {
        Self { config, tls: None, pooled: false }
    }
}
