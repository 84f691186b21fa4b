//! The buckets of sources that all nodes share, in the database: those of signing in and of routes
//! that may ask a model. A source is a keyed digest; what it stands for is not known here.
//!
//! **Invariant:** one statement reads, decides and counts, so requests of several nodes at once
//! cannot pass a bound together.
//! **Invariant:** a turn of the pepper gives no second share: as long as a bucket looks back on
//! what was counted under the former digest, that one counts too.
//! **Invariant:** the table has a fixed size, and a source that finds no room in it is let through.
//! **Invariant:** requests that are counted together pass no bound that they would not pass alone.

use std::collections::BTreeMap;

use futures_util::stream::{self, StreamExt as _};
use tokio::sync::oneshot;

use super::queries::SourcesPass;
use crate::db::{DbError, Door, Gather, Gathered, Login};
use crate::limits::{SOURCES_ALONE_MAX, SOURCES_BATCH_MAX, SOURCES_LANES, SOURCES_QUEUE_MAX};

/// A kind of routes with a share of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bucket {
    /// Asking for a mail, and bringing what was mailed.
    SignIn,
    /// What may ask a model, a capture included.
    Ai,
}

impl Bucket {
    /// As the database keeps it.
    fn word(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::Ai => "ai",
        }
    }
}

/// What a source is known by under one pepper. Equal for requests from one network, and useless
/// without the pepper.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Digests {
    /// Of the whole IPv4 address, or of the first 64 bits of an IPv6 one.
    pub network: [u8; 32],
    /// Of the first 48 bits of an IPv6 address, as which a provider may hand out 65,536 networks.
    pub site: Option<[u8; 32]>,
}

/// Counts one request of a source, which is known by all of these. Gives the seconds after which
/// it is worth asking again, where it may not.
///
/// # Errors
/// The database does not answer.
pub async fn pass(
    door: &Door<Login>,
    bucket: Bucket,
    known_by: &[Digests],
) -> Result<Option<u64>, DbError> {
    let rows = door.write(None, counting(bucket, [known_by])).await?;
    Ok(rows.first().and_then(|row| waits(row.wait_s?)))
}

/// One request with the way back to whoever waits.
struct Waiting {
    known_by: Vec<Digests>,
    answer: oneshot::Sender<Result<Option<u64>, DbError>>,
}

/// Counts what may ask a model, which is much: what comes while others are being counted is counted
/// together with the next.
pub struct Counter(Gather<Waiting>);

impl Counter {
    /// Starts to count. It ends when it is dropped.
    pub fn start(door: Door<Login>) -> Self {
        let gathered = Gathered {
            queue_max: SOURCES_QUEUE_MAX,
            batch_max: SOURCES_BATCH_MAX,
            lanes: SOURCES_LANES,
        };
        Self(Gather::start(gathered, move |batch| together(door.clone(), batch)))
    }

    /// As [`pass`], for [`Bucket::Ai`].
    ///
    /// # Errors
    /// The database does not answer, or does not keep up.
    pub async fn pass(&self, known_by: Vec<Digests>) -> Result<Option<u64>, DbError> {
        let (answer, answered) = oneshot::channel();
        self.0.send(Waiting { known_by, answer }).map_err(|_| behind())?;
        answered.await.unwrap_or_else(|_| Err(behind()))
    }
}

/// Counts all at once, and after them those that have to come alone: a source at its bound makes
/// nobody else wait.
async fn together(door: Door<Login>, batch: Vec<Waiting>) {
    let all = counting(Bucket::Ai, batch.iter().map(|it| it.known_by.as_slice()));
    let told: BTreeMap<i32, Option<i32>> = match door.write(None, all).await {
        Ok(rows) => rows.into_iter().map(|row| (row.nth, row.wait_s)).collect(),
        Err(error) => {
            tracing::warn!(%error, "sources of requests were not counted");
            BTreeMap::new()
        }
    };
    let mut alone = Vec::new();
    for (nth, waiting) in (0..).zip(batch) {
        match told.get(&nth) {
            Some(Some(wait_s)) => waiting.hear(Ok(waits(*wait_s))),
            Some(None) => alone.push(waiting),
            None => waiting.hear(Err(behind())),
        }
    }
    if alone.is_empty() {
        return;
    }
    let alone = stream::iter(alone);
    alone.for_each_concurrent(SOURCES_ALONE_MAX, |waiting| waiting.alone(&door)).await;
}

impl Waiting {
    async fn alone(self, door: &Door<Login>) {
        let counted = pass(door, Bucket::Ai, &self.known_by).await;
        self.hear(counted);
    }

    fn hear(self, counted: Result<Option<u64>, DbError>) {
        let _unheard = self.answer.send(counted);
    }
}

/// Nothing is known of a source, so nobody passes.
fn behind() -> DbError {
    DbError::Unavailable("sources are not counted, or not fast enough".to_owned())
}

fn counting<'a>(bucket: Bucket, requests: impl IntoIterator<Item = &'a [Digests]>) -> SourcesPass {
    let bucket = bucket.word();
    let mut counting = SourcesPass { bucket, nths: vec![], digests: vec![], wide: vec![] };
    for (nth, known_by) in (0..).zip(requests) {
        let networks = known_by.iter().map(|it| (it.network, false));
        let sites = known_by.iter().filter_map(|it| Some((it.site?, true)));
        for (digest, wide) in networks.chain(sites) {
            counting.nths.push(nth);
            counting.digests.push(digest.to_vec());
            counting.wide.push(wide);
        }
    }
    counting
}

fn waits(wait_s: i32) -> Option<u64> {
    u64::try_from(wait_s).ok().filter(|wait_s| *wait_s > 0)
}
