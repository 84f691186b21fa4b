//! The URL of an external server: PostgreSQL's own form, less what would weaken it.

use std::str::FromStr as _;

use tokio_postgres::Config;
use tokio_postgres::config::Host as Place;

use super::{External, ExternalError, tls};

/// What the URL asks for beside what the driver knows.
#[derive(Default)]
struct Asked {
    mode: Option<String>,
    root_cert: Option<String>,
}

impl External {
    /// Reads `KAIRO_DATABASE_URL`.
    ///
    /// # Errors
    /// No URL of PostgreSQL, no user or database, or plain text to another machine.
    pub fn parse(url: &str) -> Result<Self, ExternalError> {
        let (plain, asked) = take_out(url);
        let of_driver = |error: tokio_postgres::Error| {
            let cause = std::error::Error::source(&error).map(ToString::to_string);
            ExternalError::Url(cause.unwrap_or_else(|| "it cannot be read".to_owned()))
        };
        let mut config = Config::from_str(&plain).map_err(of_driver)?;
        let lacks = |what: &str| ExternalError::Url(format!("it names no {what}"));
        config.get_user().filter(|user| !user.is_empty()).ok_or_else(|| lacks("user"))?;
        config.get_dbname().filter(|name| !name.is_empty()).ok_or_else(|| lacks("database"))?;
        let [place] = config.get_hosts() else {
            return Err(ExternalError::Url("it has to name one host".to_owned()));
        };
        // The name decides about TLS, so the connection may not lead elsewhere.
        if !config.get_hostaddrs().is_empty() {
            return Err(ExternalError::Url("hostaddr leads past the host's name".to_owned()));
        }
        let (host, is_near) = match place {
            Place::Unix(folder) => (folder.display().to_string(), true),
            Place::Tcp(name) => (name.clone(), is_this_machine(name)),
        };
        let is_socket = matches!(place, Place::Unix(_));
        let tls = match asked.mode.as_deref() {
            _ if is_socket => None,
            None | Some("verify-full") => Some(tls::verifying(asked.root_cert.as_deref())?),
            // The loopback interface carries nothing that this machine does not see anyhow.
            Some("disable") if is_near => None,
            Some(mode) => return Err(ExternalError::PlainText { mode: mode.to_owned(), host }),
        };
        config.application_name("kairo").connect_timeout(crate::limits::DB_WAIT_MAX);
        Ok(Self { config, host, tls, pooled: false })
    }
}

/// Takes out the parameters that the driver does not know, or that it must not decide.
fn take_out(url: &str) -> (String, Asked) {
    let mut asked = Asked::default();
    let Some((before, query)) = url.split_once('?') else { return (url.to_owned(), asked) };
    let mut kept = Vec::new();
    for pair in query.split('&') {
        match pair.split_once('=') {
            Some(("sslmode", mode)) => asked.mode = Some(mode.to_owned()),
            Some(("sslrootcert", path)) => {
                let path = percent_encoding::percent_decode_str(path);
                asked.root_cert = Some(path.decode_utf8_lossy().into_owned());
            }
            _ => kept.push(pair),
        }
    }
    match kept.is_empty() {
        true => (before.to_owned(), asked),
        false => (format!("{before}?{}", kept.join("&")), asked),
    }
}

fn is_this_machine(name: &str) -> bool {
    let address = name.parse::<std::net::IpAddr>();
    name == "localhost" || address.is_ok_and(|address| address.is_loopback())
}
