//! Reads the values of the keys from the environment and the file.
//!
//! **Invariant:** a value that is set to nothing counts as unset: composition tools pass every name
//! on, empty or not.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read;
use std::net::{IpAddr, SocketAddr};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use ipnet::IpNet;
use secrecy::SecretString;
use toml::{Table, Value};

use super::file::FILE_BYTES_MAX;
use super::table::{self, Key};
use super::{ConfigError, LogFormat, Origin, Warning};

/// The values that are set, by the key's name, each with the place that an error names.
pub(super) struct Values {
    set: BTreeMap<&'static str, Given>,
    warnings: Vec<Warning>,
}

struct Given {
    text: String,
    place: String,
}

impl Values {
    /// What the environment sets.
    pub(super) fn from_env(env: impl Iterator<Item = (String, String)>) -> Self {
        let mut values = Self { set: BTreeMap::new(), warnings: Vec::new() };
        for (name, text) in env.filter(|(name, _)| name.starts_with("KAIRO_")) {
            match table::by_env(&name) {
                None => values.warnings.push(Warning::UnknownVariable(name)),
                Some(_) if text.is_empty() => {}
                Some(key) => drop(values.set.insert(key.name, Given { text, place: name })),
            }
        }
        values.warnings.sort_by_key(ToString::to_string);
        values
    }

    /// Adds what the file sets and the environment does not.
    pub(super) fn add_file(&mut self, path: &Path) -> Result<(), ConfigError> {
        let unreadable = |source| ConfigError::Unreadable { path: path.to_path_buf(), source };
        let mut text = String::new();
        let file = File::open(path).map_err(unreadable)?;
        file.take(FILE_BYTES_MAX).read_to_string(&mut text).map_err(unreadable)?;
        let table: Table = toml::from_str(&text).map_err(|error| {
            let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or("");
            let line = before.matches('\n').count() + 1;
            let (path, problem) = (path.to_path_buf(), error.message().to_owned());
            ConfigError::Syntax { path, line, problem }
        })?;
        let mut found = Vec::new();
        flatten("", table, &mut found);
        let mut has_secret = false;
        for (name, value) in found {
            let Some(key) = table::by_name(&name) else {
                let known = table::ALL.map(|key| key.name).join(", ");
                return Err(ConfigError::UnknownKey { path: path.to_path_buf(), key: name, known });
            };
            let place = format!("{name} in {}", path.display());
            let Some(text) = written(value) else {
                let problem = "write the value as text, in quotes".to_owned();
                return Err(ConfigError::Invalid { place, problem });
            };
            has_secret |= key.is_secret && !text.is_empty();
            if !text.is_empty() {
                self.set.entry(key.name).or_insert(Given { text, place });
            }
        }
        let open = fs::metadata(path).is_ok_and(|meta| meta.mode() & 0o077 != 0);
        if has_secret && open {
            self.warnings.push(Warning::OpenToOthers(path.to_path_buf()));
        }
        Ok(())
    }

    /// The text that is set for `key`.
    pub(super) fn text(&self, key: &Key) -> Option<&str> {
        self.set.get(key.name).map(|given| given.text.as_str())
    }

    /// What `read` makes of the text for `key`; its error says what would be right.
    pub(super) fn parsed<T>(
        &self,
        key: &Key,
        read: impl FnOnce(&str) -> Result<T, &'static str>,
    ) -> Result<Option<T>, ConfigError> {
        let Some(given) = self.set.get(key.name) else { return Ok(None) };
        read(&given.text).map(Some).map_err(|wanted| {
            let problem = match key.is_secret {
                true => wanted.to_owned(),
                false => format!("{:?} does not fit; {wanted}", given.text),
            };
            ConfigError::Invalid { place: given.place.clone(), problem }
        })
    }

    /// As [`Values::parsed`], for a key that has a default.
    pub(super) fn needed<T>(
        &self,
        key: &Key,
        read: impl Fn(&str) -> Result<T, &'static str>,
    ) -> Result<T, ConfigError> {
        let wrong = |problem: &str| ConfigError::Invalid {
            place: key.env.to_owned(),
            problem: problem.to_owned(),
        };
        match self.parsed(key, &read)? {
            Some(value) => Ok(value),
            None => read(key.default).map_err(wrong),
        }
    }

    /// What is set and no secret.
    pub(super) fn shown(&self) -> BTreeMap<String, String> {
        let public = table::ALL.iter().filter(|key| !key.is_secret);
        let set = public.filter_map(|key| Some((key.name.to_owned(), self.text(key)?.to_owned())));
        set.collect()
    }

    pub(super) fn into_warnings(self) -> Vec<Warning> {
        self.warnings
    }
}

/// Turns tables into dotted names, in depth no further than the parser went.
fn flatten(prefix: &str, table: Table, found: &mut Vec<(String, Value)>) {
    for (name, value) in table {
        let name = if prefix.is_empty() { name } else { format!("{prefix}.{name}") };
        match value {
            Value::Table(inner) if table::by_name(&name).is_none() && !inner.is_empty() => {
                flatten(&name, inner, found);
            }
            value => found.push((name, value)),
        }
    }
}

fn written(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        Value::Integer(number) => Some(number.to_string()),
        Value::Boolean(flag) => Some(flag.to_string()),
        _ => None,
    }
}

pub(super) fn address(text: &str) -> Result<SocketAddr, &'static str> {
    text.parse().map_err(|_| "write an IP address and a port, such as 127.0.0.1:8443 or [::1]:8443")
}

/// An address that strangers do not reach. Numbers about Kairo are nobody else's: they tell how
/// many use it, when, and how near it is to its bounds.
pub(super) fn near_address(text: &str) -> Result<SocketAddr, &'static str> {
    const WANTED: &str = "write an address of this machine or of a private network and a port, \
                          such as 127.0.0.1:9464. Others can reach this one; where a firewall \
                          stands in front, write public: before it";
    if let Some(open) = text.strip_prefix("public:") {
        return address(open);
    }
    let at = address(text)?;
    if is_near(at.ip().to_canonical()) { Ok(at) } else { Err(WANTED) }
}

/// Loopback, the private networks of RFC 1918 and 4193, link-local ones, and the shared space of
/// RFC 6598 that overlay networks use. Not the wildcard: it is every address there is.
fn is_near(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => {
            let [first, second, ..] = ip.octets();
            let shared = first == 100 && (64..128).contains(&second);
            ip.is_loopback() || ip.is_private() || ip.is_link_local() || shared
        }
        IpAddr::V6(ip) => ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local(),
    }
}

pub(super) fn networks(text: &str) -> Result<Vec<IpNet>, &'static str> {
    let one = |text: &str| match text.parse::<IpAddr>() {
        Ok(address) => Ok(IpNet::from(address)),
        Err(_) => text.parse::<IpNet>().map(|network| network.trunc()),
    };
    let all = text.split(',').map(str::trim).filter(|text| !text.is_empty()).map(one);
    all.collect::<Result<Vec<_>, _>>()
        .map_err(|_| "write IP addresses or networks with commas, such as 192.0.2.7, 10.0.0.0/8")
}

pub(super) fn origin(text: &str) -> Result<Origin, &'static str> {
    Origin::parse(text).ok_or(
        "write https:// and a name in lower case, with a port if it is not 443, and no path, such \
         as https://kairo.example.com",
    )
}

pub(super) fn absolute(text: &str) -> Result<PathBuf, &'static str> {
    let path = PathBuf::from(text);
    if path.is_absolute() { Ok(path) } else { Err("write an absolute path") }
}

pub(super) fn file_source(text: &str) -> Result<PathBuf, &'static str> {
    let folder = text.strip_prefix("file:").map(PathBuf::from).filter(|path| path.is_absolute());
    folder.ok_or("write file: and an absolute folder, such as file:/etc/kairo/keys")
}

pub(super) fn log_format(text: &str) -> Result<LogFormat, &'static str> {
    match text {
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        _ => Err("write text or json"),
    }
}

pub(super) fn log_level(text: &str) -> Result<tracing::Level, &'static str> {
    text.parse().map_err(|_| "write error, warn, info, debug or trace")
}

pub(super) fn mailbox(text: &str) -> Result<String, &'static str> {
    let parsed = text.parse::<lettre::message::Mailbox>();
    parsed
        .map(|_| text.to_owned())
        .map_err(|_| "write an address, such as Kairo <kairo@example.com>")
}

/// Longest of the operator's facts, in characters; each stands in the middle of a sentence.
const FACT_CHARS_MAX: usize = 100;

/// Words that stand in a sentence of a page. A brace would be read as a placeholder.
pub(super) fn short_line(text: &str) -> Result<String, &'static str> {
    let text = text.trim();
    let is_plain = |c: char| !c.is_control() && c != '{' && c != '}';
    let fits = !text.is_empty() && text.chars().count() <= FACT_CHARS_MAX;
    if fits && text.chars().all(is_plain) {
        Ok(text.to_owned())
    } else {
        Err("write 1 to 100 characters on one line, without braces")
    }
}

/// An address without a name.
pub(super) fn mail_address(text: &str) -> Result<String, &'static str> {
    let parsed = text.trim().parse::<lettre::Address>();
    parsed.map(|it| it.to_string()).map_err(|_| "write an address, such as security@example.com")
}

/// Passwords and sign-in links go through this connection, so it is encrypted from the first byte,
/// or stays on this machine.
pub(super) fn smtp_url(text: &str) -> Result<SecretString, &'static str> {
    const WANTED: &str = "write smtps://user:password@host:465, or smtp://host:587?tls=required \
                          for STARTTLS; without TLS only to this machine";
    let (scheme, rest) = text.split_once("://").ok_or(WANTED)?;
    let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
    let authority = place.split('/').next().unwrap_or("");
    let host = authority.rsplit('@').next().unwrap_or("");
    let name = match host.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => {
            port.parse::<u16>().map_err(|_| WANTED)?;
            name
        }
        _ => host,
    };
    let encrypted = match scheme {
        "smtps" => true,
        "smtp" => query.split('&').any(|pair| pair == "tls=required"),
        _ => return Err(WANTED),
    };
    let local = Origin::parse(&format!("https://{name}")).is_some_and(|host| host.is_loopback());
    if name.is_empty() || !(encrypted || local) { Err(WANTED) } else { Ok(text.into()) }
}

/// The key goes along with each request, so plain text is for this machine alone.
pub(super) fn api_origin(text: &str) -> Result<String, &'static str> {
    const WANTED: &str = "write an origin without a path, such as https://api.resend.com; http:// \
                          is for this machine alone";
    let text = text.strip_suffix('/').unwrap_or(text);
    let (scheme, host) = text.split_once("://").ok_or(WANTED)?;
    let origin = Origin::parse(&format!("https://{host}")).ok_or(WANTED)?;
    let fits = scheme == "https" || scheme == "http" && origin.is_loopback();
    if fits { Ok(text.to_owned()) } else { Err(WANTED) }
}

/// What a list of hosts looks like.
pub(super) const HOSTS_WANTED: &str =
    "write names of hosts with commas and without ports, such as api.openai.com";

pub(super) fn webhook_secret(text: &str) -> Result<SecretString, &'static str> {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    let key = text.strip_prefix("whsec_").and_then(|encoded| STANDARD.decode(encoded).ok());
    let fits = key.is_some_and(|key| key.len() >= 16);
    let wanted = "write the whole signing secret of the webhook, whsec_ included";
    if fits { Ok(text.into()) } else { Err(wanted) }
}
