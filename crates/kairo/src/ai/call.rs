//! One call: what a permit is spent on.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde::ser::{Serialize, SerializeMap as _, Serializer};
use serde_json::{Map, Value};
use tokio::time::sleep;

use super::answer::{self, Usage, Whole};
use super::bound::Bound;
use super::breaker::Verdict;
use super::client::Begun;
use super::failure::{Failure, may_have_worked};
use super::gate::Pass;
use super::provider::Model;
use super::stream::{self, Streamed};
use super::{Upstream, retry};
use crate::guard::{Attempt, Class, Outcome, Permit, Settlement};
use crate::limits::{AI_ANSWER_BYTES_MAX, AI_RETRIES_MAX, ASKS_MAX};

/// A call. However it ends (also by a panic, or since nobody waits for it any more), the ledger is
/// told once: what it cost, or that the credit goes back.
pub struct Call {
    pub(super) upstream: Upstream,
    permit: Option<Permit>,
    class: Class,
    attempts: Vec<Attempt>,
    asks: usize,
    retries: usize,
}

/// A whole answer.
#[derive(Debug)]
pub struct Reply {
    /// As the provider sent it: a JSON object with a choice.
    pub body: Bytes,
    /// What it counted, where it did.
    pub usage: Option<Usage>,
}

/// A body as it leaves: what is said here is said whatever it says itself.
struct Sent<'a> {
    body: &'a Map<String, Value>,
    model: &'a str,
    streams: bool,
}

impl Serialize for Sent<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        const SAID: [&str; 5] = ["model", "n", "store", "stream", "stream_options"];
        let mut map = serializer.serialize_map(None)?;
        for (name, value) in self.body {
            if !SAID.contains(&name.as_str()) {
                map.serialize_entry(name, value)?;
            }
        }
        map.serialize_entry("model", self.model)?;
        map.serialize_entry("n", &1)?;
        map.serialize_entry("store", &false)?;
        map.serialize_entry("stream", &self.streams)?;
        if self.streams {
            // Without it a stream says nothing of what it cost.
            map.serialize_entry("stream_options", &BTreeMap::from([("include_usage", true)]))?;
        }
        map.end()
    }
}

/// An attempt that the provider began to answer.
pub(super) struct Opened {
    pub(super) begun: Begun,
    pass: Pass,
    attempt: usize,
}

impl Call {
    pub(super) fn new(upstream: Upstream, permit: Permit) -> Self {
        let class = permit.class();
        Self { upstream, class, permit: Some(permit), attempts: Vec::new(), asks: 0, retries: 0 }
    }

    /// Which model answers.
    pub fn class(&self) -> Class {
        self.class
    }

    /// Asks for a whole answer. The model, `n`, `store` and `stream` are set here, whatever the
    /// body says; it names the most tokens of the answer.
    ///
    /// # Errors
    /// Why there is none; the call may ask again, in another way.
    pub async fn ask(&mut self, body: Map<String, Value>) -> Result<Reply, Failure> {
        let mut opened = self.open(body, false).await?;
        let read = opened.begun.whole(AI_ANSWER_BYTES_MAX).await;
        let read = read.and_then(|body| match answer::whole(&body) {
            Some(Whole { usage }) => Ok(Reply { body: body.into(), usage }),
            None => Err(Failure::Invalid),
        });
        match &read {
            Ok(reply) => self.answered(opened, reply.usage),
            Err(failure) => self.broke(opened, *failure),
        }
        read
    }

    /// Asks for an answer in pieces, which ends the call.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn stream(mut self, body: Map<String, Value>) -> Result<Streamed, Failure> {
        let counts = body.get("stream_options").and_then(|it| it.get("include_usage"));
        let counts = counts == Some(&Value::Bool(true));
        let opened = self.open(body, true).await?;
        Ok(stream::start(self, opened, counts))
    }

    /// Ends it; the ledger is told.
    pub fn end(self) {}

    /// Tells the ledger. Nothing can be asked afterwards.
    pub(super) fn finish(&mut self) {
        let Some(permit) = self.permit.take() else { return };
        let attempts = std::mem::take(&mut self.attempts);
        match attempts.iter().any(|attempt| may_have_worked(attempt.outcome)) {
            true => permit.settle(Settlement::of(attempts)),
            false => permit.release(attempts),
        }
    }

    /// The provider answered; without its count the most is kept.
    pub(super) fn answered(&mut self, opened: Opened, usage: Option<Usage>) {
        opened.pass.judge(Verdict::Well);
        let price = self.model().price;
        let Some(attempt) = self.attempts.get_mut(opened.attempt) else { return };
        let Some(Usage { tokens_in, tokens_out }) = usage else { return };
        (attempt.tokens_in, attempt.tokens_out) = (tokens_in, tokens_out);
        attempt.cost_nano = price.of(tokens_in, tokens_out);
        attempt.outcome = Outcome::Answered;
    }

    /// The answer went wrong after it had begun; the most is kept.
    pub(super) fn broke(&mut self, opened: Opened, failure: Failure) {
        opened.pass.judge(failure.verdict());
        if let Some(attempt) = self.attempts.get_mut(opened.attempt) {
            attempt.outcome = failure.outcome().unwrap_or(attempt.outcome);
        }
    }

    fn model(&self) -> &Model {
        self.upstream.0.model(self.class)
    }

    async fn open(&mut self, body: Map<String, Value>, streams: bool) -> Result<Opened, Failure> {
        if self.asks >= ASKS_MAX {
            return Err(Failure::AskedEnough);
        }
        let most = self.most(&body)?;
        self.asks += 1;
        let body = self.sent(body, streams)?;
        self.upstream.0.budget().earn();
        loop {
            let failure = match self.attempt(body.clone(), most, streams).await {
                Ok(opened) => return Ok(opened),
                Err(failure) => failure,
            };
            self.wait_again(failure).await?;
        }
    }

    /// The most that a request may cost, which fits into what is left of what was reserved.
    fn most(&self, body: &Map<String, Value>) -> Result<i64, Failure> {
        let Bound { tokens_in, tokens_out } = Bound::of(body).ok_or(Failure::Unbounded)?;
        let most = self.model().price.of(tokens_in, tokens_out);
        let costs = self.attempts.iter().map(|attempt| attempt.cost_nano);
        let spent = costs.fold(0, i64::saturating_add);
        let reserved = self.permit.as_ref().ok_or(Failure::AskedEnough)?.nano_max();
        match most.saturating_add(spent) <= reserved {
            true => Ok(most),
            false => Err(Failure::BeyondReserved),
        }
    }

    /// The body as it leaves. It takes the one that came, which would else stay in memory for as
    /// long as the provider thinks.
    fn sent(&self, body: Map<String, Value>, streams: bool) -> Result<Bytes, Failure> {
        let sent = Sent { body: &body, model: &self.model().name, streams };
        serde_json::to_vec(&sent).map(Bytes::from).map_err(|_| Failure::Unbounded)
    }

    async fn attempt(&mut self, body: Bytes, most: i64, streams: bool) -> Result<Opened, Failure> {
        let upstream = self.upstream.clone();
        let inner = &upstream.0;
        let pass = inner.gate(self.class).enter().ok_or(Failure::LeftAlone)?;
        if let Some(permit) = &mut self.permit {
            permit.begin();
        }
        // It stands like this if nobody waits for the answer any more.
        let attempt = self.attempts.len();
        self.attempts.push(Attempt {
            model: self.model().name.clone(),
            outcome: Outcome::Estimated,
            status: None,
            tokens_in: 0,
            tokens_out: 0,
            cost_nano: most,
            channel: inner.provider.channel(),
        });
        let times = inner.times;
        let first_byte = if streams { times.first_byte } else { times.answer };
        match inner.client.send(&inner.provider, body, first_byte).await {
            Ok(begun) => Ok(Opened { begun, pass, attempt }),
            Err(failure) => {
                pass.judge(failure.verdict());
                self.failed(attempt, failure);
                Err(failure)
            }
        }
    }

    /// What an attempt came to that got no answer; where the provider did no work, it cost nothing.
    fn failed(&mut self, attempt: usize, failure: Failure) {
        let Some(outcome) = failure.outcome() else {
            self.attempts.truncate(attempt);
            return;
        };
        let Some(attempt) = self.attempts.get_mut(attempt) else { return };
        attempt.outcome = outcome;
        attempt.status = match failure {
            Failure::Refused { status, .. } | Failure::Failed { status } => Some(status),
            Failure::Busy { .. } => Some(429),
            _ => None,
        };
        if !may_have_worked(outcome) {
            attempt.cost_nano = 0;
        }
    }

    /// Waits until the same request may be sent again, or says that it may not.
    async fn wait_again(&mut self, failure: Failure) -> Result<(), Failure> {
        let asked = match failure {
            Failure::Busy { retry_after } => retry_after,
            _ => None,
        };
        if !failure.may_pass() || self.retries >= AI_RETRIES_MAX {
            return Err(failure);
        }
        let [random] = self.upstream.0.random.bytes().map_err(|_| failure)?;
        let attempts = u32::try_from(self.retries + 1).unwrap_or(u32::MAX);
        let wait = retry::wait(attempts, asked, random).ok_or(failure)?;
        if !self.upstream.0.budget().spend() {
            return Err(failure);
        }
        self.retries += 1;
        sleep(wait).await;
        Ok(())
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        self.finish();
    }
}
