//! Whom Kairo asks: checked once, before anything is served.
//!
//! **Invariant:** a model without a price is not asked, and no provider elsewhere that may keep what
//! it is sent: Kairo refuses to start instead.
//! **Invariant:** people's words and the key leave this machine over verified TLS alone.

use std::collections::BTreeMap;

use reqwest::Url;
use secrecy::SecretString;
use serde::Deserialize;

use crate::config::{Ai, Price};
use crate::guard::{Channel, Class};

/// The table of prices that is compiled in.
const PRICES: &str = include_str!("prices.toml");

/// The provider cannot be used as it is set.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    /// What is asked of it could not be counted against the budget.
    #[error(
        "Kairo knows no price of {model} (its table is of {version}). Set {setting} to US dollars \
         for a million tokens of the prompt and of the answer, such as 0.40/1.60"
    )]
    NoPrice {
        /// The model.
        model: String,
        /// The table's version.
        version: String,
        /// The setting that gives it one.
        setting: &'static str,
    },
    /// It may keep what people write.
    #[error(
        "KAIRO_AI_BASE_URL leads to {0}, and nothing says that it keeps nothing of what it is sent. \
         Set KAIRO_AI_RETENTION=zero where your contract with it says so, or use a model on this \
         machine"
    )]
    MayKeep(String),
    /// The list of hosts does not hold the address's.
    #[error("KAIRO_AI_HOSTS does not list {0}, to which KAIRO_AI_BASE_URL leads; add it there")]
    HostNotListed(String),
    /// The settings name no address.
    #[error("KAIRO_AI_BASE_URL cannot be used as an address")]
    Address,
    /// The table that is compiled in cannot be read.
    #[error("the table of prices is damaged: {0}")]
    Prices(String),
    /// No client can be made.
    #[error("no HTTP client can be made: {0}")]
    Client(String),
}

/// What is known about what becomes of people's words at a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retention {
    /// They do not leave this machine.
    Local,
    /// The operator states that nothing is kept, by contract. OpenAI shows a project's setting
    /// (`GET /organization/projects/{id}/data_retention`) to an administrator's key alone, which can
    /// ask no model and could do much else: Kairo asks for none.
    StatedZero,
}

impl Retention {
    /// The class's name.
    pub fn word(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::StatedZero => "zero, as the operator states",
        }
    }
}

/// One model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Model {
    pub(super) name: String,
    pub(super) price: Price,
}

/// A provider with its two models.
pub(super) struct Provider {
    pub(super) completions: Url,
    pub(super) key: Option<SecretString>,
    pub(super) retention: Retention,
    hosts: Vec<String>,
    normal: Model,
    small: Model,
}

#[derive(Deserialize)]
struct Table {
    version: String,
    #[expect(dead_code, reason = "for people who read the table")]
    source: String,
    prices: BTreeMap<String, String>,
}

impl Provider {
    pub(super) fn new(settings: &Ai) -> Result<Self, ProviderError> {
        let completions = format!("{}/chat/completions", settings.base_url);
        let completions: Url = completions.parse().map_err(|_| ProviderError::Address)?;
        if !settings.local && (completions.scheme() != "https" || !settings.zero_retention) {
            return Err(ProviderError::MayKeep(settings.host.clone()));
        }
        let table = table()?;
        let model = |name: &str, price: Option<Price>, setting| {
            let known = price.or_else(|| settings.local.then_some(Price::FREE));
            let known = known.or_else(|| Price::parse(table.prices.get(name)?));
            let price = known.ok_or_else(|| ProviderError::NoPrice {
                model: name.to_owned(),
                version: table.version.clone(),
                setting,
            })?;
            Ok::<_, ProviderError>(Model { name: name.to_owned(), price })
        };
        // One model has one price, whichever setting says it.
        let same = settings.model == settings.small_model;
        let small = settings.small_price.or(settings.price.filter(|_| same));
        let provider = Self {
            normal: model(&settings.model, settings.price, "KAIRO_AI_PRICE")?,
            small: model(&settings.small_model, small, "KAIRO_AI_SMALL_PRICE")?,
            key: settings.api_key.clone(),
            retention: if settings.local { Retention::Local } else { Retention::StatedZero },
            hosts: settings.hosts.clone(),
            completions,
        };
        match provider.allows(&provider.completions) {
            true => Ok(provider),
            false => Err(ProviderError::HostNotListed(settings.host.clone())),
        }
    }

    /// What every request goes over: with `https` the client sends nothing else.
    pub(super) fn channel(&self) -> Channel {
        if self.completions.scheme() == "https" { Channel::Tls } else { Channel::Loopback }
    }

    /// Whether this address is one of the hosts that may be asked.
    pub(super) fn allows(&self, url: &Url) -> bool {
        url.host_str().is_some_and(|host| self.hosts.iter().any(|allowed| allowed == host))
    }

    pub(super) fn model(&self, class: Class) -> &Model {
        match class {
            Class::Normal => &self.normal,
            Class::Small => &self.small,
        }
    }
}

fn table() -> Result<Table, ProviderError> {
    toml::from_str(PRICES).map_err(|error| ProviderError::Prices(error.message().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(base_url: &str, host: &str, local: bool) -> Ai {
        Ai {
            base_url: base_url.to_owned(),
            host: host.to_owned(),
            local,
            api_key: None,
            model: "gpt-4.1-mini".to_owned(),
            small_model: "gpt-4.1-nano".to_owned(),
            price: None,
            small_price: None,
            zero_retention: true,
            hosts: vec![host.to_owned()],
        }
    }

    fn openai() -> Ai {
        settings("https://api.openai.com/v1", "api.openai.com", false)
    }

    fn refusal(settings: &Ai) -> String {
        Provider::new(settings).err().map(|error| error.to_string()).unwrap_or_default()
    }

    // Goal: every price of the table can be read, and costs something both ways.
    #[test]
    fn the_table_is_whole() {
        let table = table().unwrap();
        assert!(table.version.len() == 10 && table.prices.len() > 10);
        for (model, price) in table.prices {
            let price = Price::parse(&price).unwrap();
            assert!(price.input > 0 && price.output > price.input, "{model}");
        }
    }

    // Goal: a model that the table does not know needs a price, and the message says which setting.
    #[test]
    fn an_unknown_model_needs_a_price() {
        let mut unknown = Ai { small_model: "gpt-99".to_owned(), ..openai() };
        assert!(refusal(&unknown).contains("Set KAIRO_AI_SMALL_PRICE"), "{}", refusal(&unknown));
        unknown.small_price = Price::parse("1/2");
        let known = Provider::new(&unknown).unwrap();
        assert_eq!(known.model(Class::Small).price, Price::parse("1/2").unwrap());
        assert_eq!(known.model(Class::Normal).price, Price::parse("0.40/1.60").unwrap());
        let one = Ai { model: "gpt-99".to_owned(), price: Price::parse("3/4"), ..unknown };
        let one = Provider::new(&Ai { small_price: None, ..one }).unwrap();
        assert_eq!(one.model(Class::Small), one.model(Class::Normal));
    }

    // Goal: without a word about what it keeps, a provider elsewhere is not asked; a model on this
    // machine is, and costs nothing.
    #[test]
    fn retention_fails_closed() {
        let silent = Ai { zero_retention: false, ..openai() };
        assert!(refusal(&silent).contains("KAIRO_AI_RETENTION=zero"), "{}", refusal(&silent));
        assert_eq!(Provider::new(&openai()).unwrap().retention, Retention::StatedZero);
        let local = settings("http://127.0.0.1:11434/v1", "127.0.0.1", true);
        let local = Ai { model: "llama3".to_owned(), zero_retention: false, ..local };
        let local = Provider::new(&local).unwrap();
        assert_eq!(local.retention, Retention::Local);
        assert_eq!(local.model(Class::Normal).price, Price::FREE);
    }

    // Goal: plain text to another machine is refused here too, whoever made the settings.
    #[test]
    fn plain_text_stays_on_this_machine() {
        let plain = settings("http://api.openai.com/v1", "api.openai.com", false);
        assert!(Provider::new(&plain).is_err());
    }

    // Goal: a host that is not on the list is not asked, whatever stands before or after its name.
    #[test]
    fn only_listed_hosts() {
        let other = Ai { hosts: vec!["eu.api.openai.com".to_owned()], ..openai() };
        assert!(refusal(&other).contains("KAIRO_AI_HOSTS does not list api.openai.com"));
        let provider = Provider::new(&openai()).unwrap();
        for (url, allowed) in [
            ("https://api.openai.com/v1/chat/completions", true),
            ("https://api.openai.com.example.org/v1", false),
            ("https://example.org/api.openai.com", false),
            ("https://api.openai.com@example.org/v1", false),
            ("https://xapi.openai.com/v1", false),
        ] {
            assert_eq!(provider.allows(&url.parse().unwrap()), allowed, "{url}");
        }
    }
}
