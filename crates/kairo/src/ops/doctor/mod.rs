//! `kairo doctor`: what is wrong with an installation, and how to mend it.
//!
//! Each check looks at one thing and says one line about each thing that it found. They are plain
//! functions of what they look at, so that a test can break each thing and read its line.
//!
//! **Invariant:** a look changes nothing: no folder is made, no mode set, no key drawn, no cluster
//! started, no migration run. What cannot be seen without that is said to be unseen.
//! **Invariant:** no line shows a secret, nor what people write.

mod address;
mod certificate;
mod database;
mod folder;
mod keys;
mod machine;
pub mod queries;

#[cfg(test)]
mod tests;

use std::ffi::OsString;
use std::fmt;
use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;

use crate::clock::Clock;
use crate::config::{Config, ConfigError, Mail, OsAccount, Warning};
use crate::db::{DbError, Host};

/// How a finding is to be taken; the worst decides the command's exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// As it should be.
    Ok,
    /// Kairo works, and something is probably not meant, or will be wrong soon.
    Warning,
    /// Kairo does not work, or not safely.
    Problem,
}

impl Level {
    /// The command's exit code.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Ok => 0,
            Self::Warning => 1,
            Self::Problem => 2,
        }
    }
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Finding {
    /// How it is to be taken.
    pub level: Level,
    /// What was looked at.
    pub check: &'static str,
    /// What was found.
    pub what: String,
    /// What to do about it; empty where nothing is to be done.
    pub mend: String,
}

impl Finding {
    /// As it should be.
    fn ok(check: &'static str, what: impl Into<String>) -> Self {
        Self { level: Level::Ok, check, what: what.into(), mend: String::new() }
    }

    /// Probably not meant.
    fn warning(check: &'static str, what: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { level: Level::Warning, check, what: what.into(), mend: mend.into() }
    }

    /// Wrong.
    fn problem(check: &'static str, what: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { level: Level::Problem, check, what: what.into(), mend: mend.into() }
    }
}

impl fmt::Display for Finding {
    /// One line, whatever the parts hold.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let level = match self.level {
            Level::Ok => "ok",
            Level::Warning => "warning",
            Level::Problem => "problem",
        };
        let line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        write!(f, "{level:<8} {:<13} {}", self.check, line(&self.what))?;
        match self.mend.is_empty() {
            true => Ok(()),
            false => write!(f, ". {}", line(&self.mend)),
        }
    }
}

/// Everything that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report(pub Vec<Finding>);

impl Report {
    /// The worst level.
    pub fn worst(&self) -> Level {
        self.0.iter().map(|finding| finding.level).max().unwrap_or(Level::Ok)
    }
}

/// Looks at the policies of a database, and names what does not keep people apart.
pub type Lint = for<'a> fn(&'a Host) -> Looking<'a>;
/// A look under way.
pub type Looking<'a> = Pin<Box<dyn Future<Output = Result<Vec<String>, DbError>> + Send + 'a>>;

/// What is examined.
pub struct Subject {
    /// The configuration as it was read.
    pub config: Result<(Config, Vec<Warning>), ConfigError>,
    /// Who runs this command, which is to be who runs Kairo.
    pub account: OsAccount,
    /// Where programs are searched for (`$PATH`).
    pub search_path: Option<OsString>,
    /// The present.
    pub clock: Clock,
    /// The database's name in a private cluster, and the role that migrates it.
    pub private: (&'static str, &'static str),
    /// The lint of policies, which stands beside this module.
    pub lint: Lint,
}

/// Looks at everything.
pub async fn examine(subject: Subject) -> Report {
    let Subject { config, account, search_path, clock, private, lint } = subject;
    let (config, warnings) = match config {
        Ok(read) => read,
        Err(error) => {
            let mend = "Nothing else was looked at; mend this and run kairo doctor again";
            return Report(vec![Finding::problem("configuration", error.to_string(), mend)]);
        }
    };
    let mut found = configuration(&warnings);
    found.extend(folder::check(&config.data_dir, &account));
    let ring = keys::check(&config.keys, &account, &mut found);
    found.extend(certificate::check(&config, clock.now()));
    let node = folder::served(&config.data_dir);
    found.extend(address::check(&config, node.as_ref()));
    found.push(mail(config.mail.as_ref()));
    found.push(alerts(&config));
    found.extend(machine::check(&config.data_dir));
    if config.database_url.is_none() {
        found.push(machine::programs(&config, search_path.as_deref()));
    }
    let look = database::Look { config: &config, account: &account, node, private, lint };
    found.extend(look.check(ring.as_ref(), &clock).await);
    Report(found)
}

fn configuration(warnings: &[Warning]) -> Vec<Finding> {
    let mut found = vec![Finding::ok("configuration", "it can be read")];
    for warning in warnings {
        found.push(match warning {
            Warning::UnknownVariable(name) => Finding::warning(
                "environment",
                format!("{name} is no setting of Kairo's and is ignored"),
                "Unset it, or look for its right name in: kairo settings",
            ),
            Warning::OpenToOthers(path) => Finding::problem(
                "configuration",
                format!("{} holds a secret and can be read by others", path.display()),
                format!("Run: chmod go= {}", path.display()),
            ),
            Warning::RunsAsRoot => Finding::warning(
                "account",
                "this is root, and Kairo needs no rights of root's",
                "Run serve and doctor as a user of its own; deploy/kairo.service has one",
            ),
        });
    }
    found
}

fn mail(mail: Option<&Mail>) -> Finding {
    match mail {
        Some(mail) => Finding::ok("mail", format!("it is sent by a mail server, as {}", mail.from)),
        None => Finding::ok("mail", "it goes to the outbox: only this machine can reach Kairo"),
    }
}

/// On a machine that nobody else reaches the log is enough.
fn alerts(config: &Config) -> Finding {
    let ways = (config.alerts.email.as_ref(), config.alerts.webhook.is_some());
    match ways {
        (Some(email), false) => Finding::ok("alerts", format!("they are sent to {email}")),
        (Some(email), true) => {
            Finding::ok("alerts", format!("they are sent to {email}, and to a webhook"))
        }
        (None, true) => Finding::ok("alerts", "they are sent to a webhook"),
        (None, false) if config.is_loopback() => Finding::ok("alerts", "they are in the log"),
        (None, false) => Finding::warning(
            "alerts",
            "they are in the log, and nobody is told of them",
            "Set KAIRO_ALERTS_EMAIL, or KAIRO_ALERTS_WEBHOOK_URL and KAIRO_ALERTS_WEBHOOK_SECRET",
        ),
    }
}

/// A path for a person.
fn shown(path: &std::path::Path) -> String {
    PathBuf::from(path).display().to_string()
}
