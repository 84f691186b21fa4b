//! Providers of models: one API (OpenAI's chat completions), two models, one way in.
//!
//! [`Upstream::call`] takes a [`Permit`] by value, and there is no other way to a provider: what
//! was not granted and charged before cannot be sent, and the compiler knows. A [`Call`] says to
//! the ledger what became of it, in whichever way it ends.
//!
//! **Invariant:** at most [`ASKS_MAX`](crate::limits::ASKS_MAX) requests a permit, and as many
//! further attempts as the provider did no work for; together they cost no more than was reserved.
//! **Invariant:** a credit goes back only where every attempt provably did no work: refused, busy,
//! failed before it answered, or not reached. Whatever else happens is charged, at the provider's
//! own count or at the most that it could be.
//! **Invariant:** no word of a provider's refusal reaches a log or a client: it may quote prompts
//! and keys.

mod answer;
mod bound;
mod breaker;
mod call;
mod client;
mod failure;
mod gate;
mod provider;
mod retry;
mod sse;
mod stream;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Semaphore;

pub use answer::Usage;
pub use bound::{Bound, bytes_of};
pub use call::{Call, Reply};
pub use client::Times;
pub use failure::Failure;
pub use provider::{ProviderError, Retention};
pub use stream::Streamed;

use crate::clock::Random;
use crate::config::Ai;
use crate::guard::{Class, Permit};
use crate::limits::AI_DRAINS_MAX;
use breaker::Rule;
use client::Client;
use gate::Gate;
use provider::{Model, Provider};
use retry::Budget;

/// The provider, as everybody on this node shares it. Cheap to clone.
#[derive(Clone)]
pub struct Upstream(Arc<Inner>);

/// What an [`Upstream`] is made from.
pub struct UpstreamSettings<'a> {
    /// Whom to ask.
    pub provider: &'a Ai,
    /// For how long it is waited for; `Times::default()` outside tests.
    pub times: Times,
    /// Streams without a client that are read to their end; `AI_DRAINS_MAX` outside tests.
    pub drains_max: usize,
    /// Spreads further attempts.
    pub random: Random,
}

impl<'a> UpstreamSettings<'a> {
    /// As in service.
    pub fn new(provider: &'a Ai, random: Random) -> Self {
        Self { provider, times: Times::default(), drains_max: AI_DRAINS_MAX, random }
    }
}

struct Inner {
    provider: Provider,
    client: Client,
    times: Times,
    normal: Gate,
    small: Gate,
    budget: Mutex<Budget>,
    drains: Arc<Semaphore>,
    random: Random,
}

impl Upstream {
    /// The provider of the settings, checked. Nothing is asked of it yet.
    ///
    /// # Errors
    /// A model without a price, a provider that may keep what it is sent, an address that may not
    /// be asked.
    pub fn open(settings: UpstreamSettings<'_>) -> Result<Self, ProviderError> {
        let UpstreamSettings { provider, times, drains_max, random } = settings;
        let provider = Provider::new(provider)?;
        let client = Client::new(&provider, times)?;
        let rule = Rule { open: times.left_alone, ..Rule::default() };
        let normal = Gate::new(rule);
        // One model is well or not, whatever it is asked for.
        let same = provider.model(Class::Normal) == provider.model(Class::Small);
        let small = if same { normal.clone() } else { Gate::new(rule) };
        let (budget, drains) = (Mutex::new(Budget::new()), Arc::new(Semaphore::new(drains_max)));
        let inner = Inner { provider, client, times, normal, small, budget, drains, random };
        Ok(Self(Arc::new(inner)))
    }

    /// The most that `asks` requests can cost, in nano-dollars, with the dearer model: for as many
    /// tokens of a prompt, by [`Bound`] or as bytes and 16 a message, and of an answer.
    pub fn nano_max(&self, tokens_in: u64, tokens_out: u64, asks: usize) -> i64 {
        let cost = |class| self.0.provider.model(class).price.of(tokens_in, tokens_out);
        let dearer = cost(Class::Normal).max(cost(Class::Small));
        dearer.saturating_mul(i64::try_from(asks).unwrap_or(i64::MAX))
    }

    /// The model that answers for a class.
    pub fn model(&self, class: Class) -> &str {
        &self.0.provider.model(class).name
    }

    /// The host that is asked.
    pub fn host(&self) -> &str {
        self.0.provider.completions.host_str().unwrap_or_default()
    }

    /// What becomes of people's words there.
    pub fn retention(&self) -> Retention {
        self.0.provider.retention
    }

    /// The way in: spends the permit on one call.
    pub fn call(&self, permit: Permit) -> Call {
        Call::new(self.clone(), permit)
    }
}

impl Inner {
    fn model(&self, class: Class) -> &Model {
        self.provider.model(class)
    }

    fn gate(&self, class: Class) -> &Gate {
        match class {
            Class::Normal => &self.normal,
            Class::Small => &self.small,
        }
    }

    fn budget(&self) -> MutexGuard<'_, Budget> {
        self.budget.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
