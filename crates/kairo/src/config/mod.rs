//! Configuration: what the operator decides, and where this node keeps its files.
//!
//! **Invariant:** one table (`table.rs`) names every key; parsing, the README and the refusal of
//! unknown keys follow from it.
//! **Invariant:** a secret is a `SecretString`; neither `Debug`, an error nor `node.json` shows
//! one.

pub mod ai;
mod alerts;
pub mod file;
pub mod folder;
pub mod node;
mod origin;
pub mod os_account;
mod plans;
mod read;
pub mod table;

#[cfg(test)]
pub(crate) mod scratch;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use ipnet::IpNet;
use secrecy::SecretString;

pub use ai::{Ai, Price};
pub use alerts::{Alerts, AlertsWebhook};
pub use folder::{AlreadyServed, DataFolder, FolderError, Holder, Lock};
pub use node::Node;
pub use origin::Origin;
pub use os_account::OsAccount;
pub use plans::{Class, Plan, Plans};

use read::Values;
use table::Key;

/// What the operator decided, checked.
#[derive(Debug)]
pub struct Config {
    /// The data folder, absolute.
    pub data_dir: PathBuf,
    /// The HTTPS listener; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The origin, where it is not derived; see [`Config::origin`].
    pub public_origin: Option<Origin>,
    /// The plain HTTP listener that sends people to the origin; off unless set.
    pub http_listen: Option<SocketAddr>,
    /// The listener with the numbers; off unless set.
    pub metrics_listen: Option<SocketAddr>,
    /// The proxies in front of Kairo.
    pub trusted_proxies: Vec<IpNet>,
    /// An external PostgreSQL.
    pub database_url: Option<SecretString>,
    /// The folder of the keys.
    pub keys: KeySource,
    /// Certificate chain and key, where Kairo makes none of its own.
    pub tls: Option<TlsFiles>,
    /// By which way mail leaves; without one it goes to the outbox.
    pub mail: Option<Mail>,
    /// Who is told of alerts.
    pub alerts: Alerts,
    /// What each plan gives.
    pub plans: Plans,
    /// Which provider of models is asked; without one there is none, and everything works offline.
    pub ai: Option<Ai>,
    /// The form of the log.
    pub log_format: LogFormat,
    /// Least severity in the log.
    pub log_level: tracing::Level,
    /// The folder of PostgreSQL's programs, where they are not searched for.
    pub postgres_bin: Option<PathBuf>,
    /// What the operator states about this Kairo, by the Security page's placeholders.
    pub facts: BTreeMap<&'static str, String>,
    settings: BTreeMap<String, String>,
}

/// Where the keys are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeySource {
    /// Files in this folder.
    File(PathBuf),
}

/// A certificate that the operator brings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// Certificate chain, PEM.
    pub cert: PathBuf,
    /// Private key, PEM.
    pub key: PathBuf,
}

/// By which way mail leaves, and the sender.
#[derive(Debug)]
pub struct Mail {
    /// The way.
    pub way: MailWay,
    /// The sender.
    pub from: String,
}

/// A way by which mail leaves.
#[derive(Debug)]
pub enum MailWay {
    /// A mail server.
    Smtp {
        /// `smtps://…` or `smtp://…`, with the password.
        url: SecretString,
        /// The authority of its certificate, where that is none of the public ones.
        authority: Option<PathBuf>,
    },
    /// Resend's API.
    Resend {
        /// Its origin.
        base_url: String,
        /// The key.
        api_key: SecretString,
        /// What its messages are signed with, where it sends any.
        webhook_secret: Option<SecretString>,
    },
}

/// The form of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Something that works and is probably not meant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Warning {
    /// A misspelt name, or one that Kubernetes injects for a service called kairo.
    #[error("{0} is no name of Kairo's and is ignored")]
    UnknownVariable(String),
    /// The file with a password is readable by others.
    #[error("{0} holds a secret and can be read by others. Run: chmod go= {0}")]
    OpenToOthers(PathBuf),
    /// Root can read everything, and so can whoever breaks into what it runs.
    #[error("Kairo runs as root; it needs no rights of root's. Run it as a user of its own")]
    RunsAsRoot,
}

/// The configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file is not there, or not readable.
    #[error("cannot read {path}: {source}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is no TOML. The line itself is not shown: it may hold a password.
    #[error("{path}, line {line}: {problem}")]
    Syntax {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What the parser said.
        problem: String,
    },
    /// A misspelt key would silently leave a default in force.
    #[error("{path}: there is no key {key}. The keys are: {known}")]
    UnknownKey {
        /// The file.
        path: PathBuf,
        /// What it says.
        key: String,
        /// What it could say.
        known: String,
    },
    /// A value does not fit its key.
    #[error("{place}: {problem}")]
    Invalid {
        /// The variable, or the key and its file.
        place: String,
        /// What is wrong, and what would be right; never the value of a secret.
        problem: String,
    },
    /// No home and no XDG folder.
    #[error("there is no home folder to keep data in; set KAIRO_DATA_DIR")]
    NoDataDir,
    /// The default file names another folder than the one it lies in.
    #[error(
        "{file} lies in the data folder and names {named} as the data folder; remove data_dir there"
    )]
    OtherDataDir {
        /// The file.
        file: PathBuf,
        /// The folder that it names.
        named: PathBuf,
    },
    /// Others can reach the listener, and Kairo cannot know by which name.
    #[error(
        "Kairo listens on {0}, which others can reach, and needs to know its name there. Set \
         KAIRO_PUBLIC_ORIGIN to what people type, such as https://kairo.example.com"
    )]
    NoOrigin(SocketAddr),
    /// Behind a proxy a loopback listener is reached by everybody.
    #[error(
        "KAIRO_TRUSTED_PROXIES names a proxy, and Kairo needs to know by which name people reach \
         it. Set KAIRO_PUBLIC_ORIGIN to what they type, such as https://kairo.example.com"
    )]
    ProxyWithoutOrigin,
    /// The outbox shows everybody's sign-in links, so it is for a developer's own machine.
    #[error(
        "a Kairo that others can reach needs mail for sign-in. Set KAIRO_SMTP_URL (such as \
         smtps://user:password@mail.example.com:465) or KAIRO_RESEND_API_KEY, and KAIRO_MAIL_FROM"
    )]
    NoMail,
    /// Which of the two should a letter go by?
    #[error("KAIRO_SMTP_URL and KAIRO_RESEND_API_KEY are both set; mail leaves by one, so set one")]
    TwoWays,
    /// Two keys belong together.
    #[error("{0} is set and {1} is not; set both or none")]
    Half(&'static str, &'static str),
}

/// What the operator states; each is one short line.
fn facts(values: &Values) -> Result<BTreeMap<&'static str, String>, ConfigError> {
    let mut facts = BTreeMap::new();
    for (name, key) in table::FACTS {
        let read = if name == "security_address" { read::mail_address } else { read::short_line };
        if let Some(value) = values.parsed(&key, read)? {
            facts.insert(name, value);
        }
    }
    Ok(facts)
}

impl Config {
    /// Reads the configuration: the environment wins over `file`, which is `DATA_DIR/kairo.toml`
    /// (if it is there) when none is named.
    ///
    /// # Errors
    /// The first thing that is wrong, with what to do about it.
    pub fn load(
        file: Option<&Path>,
        env: impl Iterator<Item = (String, String)>,
        account: &OsAccount,
    ) -> Result<(Self, Vec<Warning>), ConfigError> {
        let mut values = Values::from_env(env);
        let data_dir = |values: &Values| match values.text(&table::DATA_DIR) {
            Some(text) => Ok(PathBuf::from(text)),
            None => account.default_data_dir().ok_or(ConfigError::NoDataDir),
        };
        if let Some(file) = file {
            values.add_file(file)?;
        } else {
            let dir = data_dir(&values)?;
            let file = dir.join("kairo.toml");
            let unreadable = |source| ConfigError::Unreadable { path: file.clone(), source };
            if file.try_exists().map_err(unreadable)? {
                values.add_file(&file)?;
                let named = data_dir(&values)?;
                if named != dir {
                    return Err(ConfigError::OtherDataDir { file, named });
                }
            }
        }
        let dir = data_dir(&values)?;
        let data_dir = std::path::absolute(&dir)
            .map_err(|source| ConfigError::Unreadable { path: dir, source })?;
        let config = Self::build(&values, data_dir)?;
        config.check()?;
        let mut warnings = values.into_warnings();
        if account.is_root() {
            warnings.push(Warning::RunsAsRoot);
        }
        Ok((config, warnings))
    }

    fn build(values: &Values, data_dir: PathBuf) -> Result<Self, ConfigError> {
        let keys = match values.parsed(&table::KEYS, read::file_source)? {
            Some(folder) => KeySource::File(folder),
            None => KeySource::File(data_dir.join("keys")),
        };
        let cert = values.parsed(&table::TLS_CERT, read::absolute)?;
        let key = values.parsed(&table::TLS_KEY, read::absolute)?;
        Ok(Self {
            listen: values.needed(&table::LISTEN, read::address)?,
            public_origin: values.parsed(&table::PUBLIC_ORIGIN, read::origin)?,
            http_listen: values.parsed(&table::HTTP_LISTEN, read::address)?,
            metrics_listen: values.parsed(&table::METRICS_LISTEN, read::near_address)?,
            trusted_proxies: values
                .parsed(&table::TRUSTED_PROXIES, read::networks)?
                .unwrap_or_default(),
            database_url: values.text(&table::DATABASE_URL).map(SecretString::from),
            keys,
            tls: both(cert, &table::TLS_CERT, key, &table::TLS_KEY)?
                .map(|(cert, key)| TlsFiles { cert, key }),
            mail: Self::mail(values)?,
            alerts: alerts::read(values)?,
            plans: plans::plans(values)?,
            ai: ai::read(values)?,
            log_format: values.needed(&table::LOG_FORMAT, read::log_format)?,
            log_level: values.needed(&table::LOG_LEVEL, read::log_level)?,
            postgres_bin: values.parsed(&table::POSTGRES_BIN, read::absolute)?,
            facts: facts(values)?,
            settings: values.shown(),
            data_dir,
        })
    }

    fn mail(values: &Values) -> Result<Option<Mail>, ConfigError> {
        let from = values.parsed(&table::MAIL_FROM, read::mailbox)?;
        let smtp_url = values.parsed(&table::SMTP_URL, read::smtp_url)?;
        let authority = values.parsed(&table::SMTP_CA, read::absolute)?;
        if authority.is_some() && smtp_url.is_none() {
            return Err(ConfigError::Half(table::SMTP_CA.env, table::SMTP_URL.env));
        }
        let base_url = values.needed(&table::RESEND_BASE_URL, read::api_origin)?;
        let webhook_secret = values.parsed(&table::RESEND_WEBHOOK_SECRET, read::webhook_secret)?;
        let Some(api_key) = values.text(&table::RESEND_API_KEY).map(SecretString::from) else {
            if webhook_secret.is_some() {
                let (set, unset) = (table::RESEND_WEBHOOK_SECRET.env, table::RESEND_API_KEY.env);
                return Err(ConfigError::Half(set, unset));
            }
            let by_smtp = both(smtp_url, &table::SMTP_URL, from, &table::MAIL_FROM)?;
            let mail = |(url, from)| Mail { way: MailWay::Smtp { url, authority }, from };
            return Ok(by_smtp.map(mail));
        };
        if smtp_url.is_some() {
            return Err(ConfigError::TwoWays);
        }
        let half = ConfigError::Half(table::RESEND_API_KEY.env, table::MAIL_FROM.env);
        let way = MailWay::Resend { base_url, api_key, webhook_secret };
        Ok(Some(Mail { way, from: from.ok_or(half)? }))
    }

    /// What only several keys together show.
    fn check(&self) -> Result<(), ConfigError> {
        if self.public_origin.is_none() && !self.listen.ip().is_loopback() {
            return Err(ConfigError::NoOrigin(self.listen));
        }
        if self.public_origin.is_none() && !self.trusted_proxies.is_empty() {
            return Err(ConfigError::ProxyWithoutOrigin);
        }
        if self.mail.is_none() && !self.outbox_allowed() {
            return Err(ConfigError::NoMail);
        }
        Ok(())
    }

    /// The origin of the pages, given the address that the listener got.
    pub fn origin(&self, bound: SocketAddr) -> Origin {
        self.public_origin.clone().unwrap_or_else(|| Origin::localhost(bound.port()))
    }

    /// Whether only this machine can reach Kairo: by the listener, and by the origin (a proxy may
    /// stand in front of a loopback listener).
    pub fn is_loopback(&self) -> bool {
        let origin = self.public_origin.as_ref();
        self.listen.ip().is_loopback() && origin.is_none_or(Origin::is_loopback)
    }

    /// Whether mail may go to the outbox, whose page shows everybody's sign-in links: on a
    /// developer's own machine, and only without a mail server.
    pub fn outbox_allowed(&self) -> bool {
        self.mail.is_none() && self.is_loopback()
    }

    /// Every setting that is set and no secret, by its name in `kairo.toml`; for `node.json`.
    pub fn settings(&self) -> &BTreeMap<String, String> {
        &self.settings
    }
}

fn both<A, B>(
    a: Option<A>,
    a_key: &Key,
    b: Option<B>,
    b_key: &Key,
) -> Result<Option<(A, B)>, ConfigError> {
    match (a, b) {
        (Some(a), Some(b)) => Ok(Some((a, b))),
        (None, None) => Ok(None),
        (Some(_), None) => Err(ConfigError::Half(a_key.env, b_key.env)),
        (None, Some(_)) => Err(ConfigError::Half(b_key.env, a_key.env)),
    }
}
