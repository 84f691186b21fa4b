//! The certificate of the HTTPS listener: there, closed, valid, long enough, for the right name.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use jiff::{SignedDuration, Timestamp};

use super::{Finding, shown};
use crate::config::Config;
use crate::keys::certificate::Certificate;
use crate::limits::CERTIFICATE_DAYS_LEFT_MIN;

const CHECK: &str = "certificate";

/// Looks at the operator's files, or at those that Kairo made.
pub(super) fn check(config: &Config, now: Timestamp) -> Vec<Finding> {
    match &config.tls {
        Some(files) => {
            let host = config.origin(config.listen).host().to_owned();
            let mut found = of_key(&files.key);
            found.extend(of_chain(&files.cert, Some(&host), now));
            found
        }
        None => {
            let made = config.data_dir.join("tls/cert.pem");
            if !made.exists() {
                let mend = "Nothing is to be done: the first start makes one";
                return vec![Finding::warning(CHECK, "there is none yet", mend)];
            }
            // A start makes it anew in the last 30 days, so one that nears its end is a Kairo that
            // has not been started since.
            of_chain(&made, None, now)
        }
    }
}

fn of_key(path: &Path) -> Vec<Finding> {
    match fs::metadata(path) {
        Err(error) => {
            let mend = "Name the key with KAIRO_TLS_KEY, readable by the user that runs Kairo";
            vec![Finding::problem(CHECK, format!("{}: {error}", shown(path)), mend)]
        }
        Ok(meta) if meta.mode() & 0o077 != 0 => {
            let what = format!("the key {} can be read by others", shown(path));
            let mend = format!("Run: chmod go= {}; and have a new certificate made", shown(path));
            vec![Finding::problem(CHECK, what, mend)]
        }
        Ok(_) => Vec::new(),
    }
}

fn of_chain(path: &Path, host: Option<&str>, now: Timestamp) -> Vec<Finding> {
    let mend = "Have it renewed; a running Kairo takes the new files within a minute";
    let certificate = match Certificate::read(path) {
        Ok(certificate) => certificate,
        Err(error) => {
            return vec![Finding::problem(CHECK, format!("{}: {error}", shown(path)), mend)];
        }
    };
    let until = certificate.until;
    let mut found = Vec::new();
    if !certificate.holds_at(now) {
        let from = certificate.from;
        let what = format!("{} is valid from {from} until {until}, and not now", shown(path));
        found.push(Finding::problem(CHECK, what, mend));
    } else if until.duration_since(now) < SignedDuration::from_hours(24 * CERTIFICATE_DAYS_LEFT_MIN)
    {
        let what = format!("{} ends on {until}", shown(path));
        found.push(Finding::warning(CHECK, what, mend));
    }
    if let Some(host) = host.filter(|host| !certificate.is_for(host)) {
        let what = format!("{} is not for {host}, which people type", shown(path));
        let mend = "Have one made for that name, or set KAIRO_PUBLIC_ORIGIN to its name";
        found.push(Finding::problem(CHECK, what, mend));
    }
    if found.is_empty() {
        found.push(Finding::ok(CHECK, format!("{} is valid until {until}", shown(path))));
    }
    found
}
