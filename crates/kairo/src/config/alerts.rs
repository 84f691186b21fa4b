//! Who is told of alerts.

use secrecy::SecretString;

use super::read::{self, Values};
use super::{ConfigError, Origin, both, table};

/// Who is told of alerts; by nobody's setting, the log alone.
#[derive(Debug, Default)]
pub struct Alerts {
    /// An address.
    pub email: Option<String>,
    /// A webhook.
    pub webhook: Option<AlertsWebhook>,
}

/// A webhook for alerts.
#[derive(Debug)]
pub struct AlertsWebhook {
    /// Its address, which at some providers is all that one needs to post there.
    pub url: SecretString,
    /// What messages are signed with.
    pub secret: SecretString,
}

pub(super) fn read(values: &Values) -> Result<Alerts, ConfigError> {
    let (url, secret) = (&table::ALERTS_WEBHOOK_URL, &table::ALERTS_WEBHOOK_SECRET);
    let of_url = values.parsed(url, address)?;
    let of_secret = values.parsed(secret, read::webhook_secret)?;
    Ok(Alerts {
        email: values.parsed(&table::ALERTS_EMAIL, read::mail_address)?,
        webhook: both(of_url, url, of_secret, secret)?
            .map(|(url, secret)| AlertsWebhook { url, secret }),
    })
}

/// What an alert says is nobody else's business, so plain text is for this machine alone.
fn address(text: &str) -> Result<SecretString, &'static str> {
    const WANTED: &str = "write an address such as https://hooks.example.com/kairo; http:// is for \
                          this machine alone";
    let (scheme, rest) = text.split_once("://").ok_or(WANTED)?;
    let host = rest.split(['/', '?', '#']).next().unwrap_or("");
    let origin = Origin::parse(&format!("https://{host}")).ok_or(WANTED)?;
    let fits = scheme == "https" || scheme == "http" && origin.is_loopback();
    if fits { Ok(text.into()) } else { Err(WANTED) }
}
