//! Which provider of models Kairo asks, what it costs, and what it keeps.
//!
//! **Invariant:** money is a whole number of nano-dollars; no price passes through a float.

use secrecy::SecretString;

use super::read::{self, Values};
use super::table::{self, Key};
use super::{ConfigError, Origin};

/// Digits of a price before and after its point.
const WHOLE_DIGITS_MAX: usize = 4;
const FRACTION_DIGITS_MAX: usize = 6;

/// Longest name of a model, in bytes; the ledger keeps it.
const MODEL_BYTES_MAX: usize = 200;

/// A provider that speaks OpenAI's API.
#[derive(Debug)]
pub struct Ai {
    /// `https://api.openai.com/v1`; `http://` on this machine alone.
    pub base_url: String,
    /// Its host, without a port.
    pub host: String,
    /// Whether it runs on this machine.
    pub local: bool,
    /// The key, where it wants one.
    pub api_key: Option<SecretString>,
    /// The model that answers normally.
    pub model: String,
    /// The model that answers whoever asks much, and the free plan.
    pub small_model: String,
    /// What the model costs, where the operator says so.
    pub price: Option<Price>,
    /// What the small model costs, where the operator says so.
    pub small_price: Option<Price>,
    /// Whether the operator states that the provider keeps nothing.
    pub zero_retention: bool,
    /// The hosts that may be asked.
    pub hosts: Vec<String>,
}

/// What a model costs, in nano-dollars for a thousand tokens: a dollar for a million tokens is a
/// million of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Price {
    /// Of the prompt.
    pub input: u64,
    /// Of the answer.
    pub output: u64,
}

impl Price {
    /// What a model on this machine costs.
    pub const FREE: Self = Self { input: 0, output: 0 };

    /// Reads `2.50/10`: dollars for a million tokens of the prompt, and of the answer.
    pub fn parse(text: &str) -> Option<Self> {
        let (input, output) = text.split_once('/')?;
        Some(Self { input: nanos(input.trim())?, output: nanos(output.trim())? })
    }

    /// What so many tokens cost, in nano-dollars, rounded up.
    pub fn of(self, tokens_in: u64, tokens_out: u64) -> i64 {
        let part = |tokens: u64, price: u64| u128::from(tokens) * u128::from(price);
        let nanos = (part(tokens_in, self.input) + part(tokens_out, self.output)).div_ceil(1_000);
        i64::try_from(nanos).unwrap_or(i64::MAX)
    }
}

/// A decimal number of dollars for a million tokens, exactly.
fn nanos(text: &str) -> Option<u64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str, most| {
        (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    if !digits(whole, WHOLE_DIGITS_MAX) || !digits(fraction, FRACTION_DIGITS_MAX) {
        return None;
    }
    format!("{whole}{fraction:0<6}").parse().ok()
}

/// What is set about a provider; without an address there is none, and nothing else may be set.
pub(super) fn read(values: &Values) -> Result<Option<Ai>, ConfigError> {
    let rest = [
        table::AI_API_KEY,
        table::AI_MODEL,
        table::AI_SMALL_MODEL,
        table::AI_PRICE,
        table::AI_SMALL_PRICE,
        table::AI_RETENTION,
        table::AI_HOSTS,
    ];
    let half = |set: &Key, unset: &Key| ConfigError::Half(set.env, unset.env);
    let Some((base_url, origin)) = values.parsed(&table::AI_BASE_URL, base)? else {
        return match rest.iter().find(|key| values.text(key).is_some()) {
            Some(key) => Err(half(key, &table::AI_BASE_URL)),
            None => Ok(None),
        };
    };
    let model = values.parsed(&table::AI_MODEL, model)?;
    let model = model.ok_or_else(|| half(&table::AI_BASE_URL, &table::AI_MODEL))?;
    let host = origin.host().to_owned();
    Ok(Some(Ai {
        local: is_local(&origin),
        api_key: values.text(&table::AI_API_KEY).map(SecretString::from),
        small_model: values
            .parsed(&table::AI_SMALL_MODEL, self::model)?
            .unwrap_or_else(|| model.clone()),
        model,
        price: values.parsed(&table::AI_PRICE, price)?,
        small_price: values.parsed(&table::AI_SMALL_PRICE, price)?,
        zero_retention: values.parsed(&table::AI_RETENTION, retention)?.is_some(),
        hosts: values.parsed(&table::AI_HOSTS, hosts)?.unwrap_or_else(|| vec![host.clone()]),
        base_url,
        host,
    }))
}

/// The key and people's words go along with each request, so plain text is for this machine alone.
fn base(text: &str) -> Result<(String, Origin), &'static str> {
    const WANTED: &str = "write the address of an OpenAI-compatible API, such as \
                          https://api.openai.com/v1; http:// is for this machine alone";
    let text = text.strip_suffix('/').unwrap_or(text);
    let (scheme, rest) = text.split_once("://").ok_or(WANTED)?;
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let origin = Origin::parse(&format!("https://{host}")).ok_or(WANTED)?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    let straight = path.bytes().all(plain)
        && (path.is_empty() || path.split('/').all(|part| !matches!(part, "" | "." | "..")));
    let fits = scheme == "https" || scheme == "http" && is_local(&origin);
    if fits && straight { Ok((text.to_owned(), origin)) } else { Err(WANTED) }
}

/// Whether only this machine is meant: a name below `localhost` is somebody's resolver's to answer.
fn is_local(origin: &Origin) -> bool {
    origin.is_loopback() && !origin.host().ends_with(".localhost")
}

fn model(text: &str) -> Result<String, &'static str> {
    let fits = text.len() <= MODEL_BYTES_MAX && text.bytes().all(|byte| byte.is_ascii_graphic());
    if fits { Ok(text.to_owned()) } else { Err("write a model's name as its provider does") }
}

fn price(text: &str) -> Result<Price, &'static str> {
    Price::parse(text).ok_or(
        "write dollars for a million tokens of the prompt and of the answer, such as 0.40/1.60",
    )
}

fn retention(text: &str) -> Result<(), &'static str> {
    match text {
        "zero" => Ok(()),
        _ => Err("write zero, where the contract with the provider says that it keeps nothing"),
    }
}

fn hosts(text: &str) -> Result<Vec<String>, &'static str> {
    let host = |text: &str| {
        let origin = Origin::parse(&format!("https://{text}"))?;
        (origin.host() == text).then(|| text.to_owned())
    };
    let hosts = text.split(',').map(str::trim).filter(|text| !text.is_empty()).map(host);
    let hosts = hosts.collect::<Option<Vec<_>>>();
    hosts.filter(|hosts| !hosts.is_empty()).ok_or(read::HOSTS_WANTED)
}

#[cfg(test)]
mod tests;
