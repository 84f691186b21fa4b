//! The buckets of sources that all nodes share, in the database: those of signing in and of routes
//! that may ask a model. A source is a keyed digest; what it stands for is not known here.
//!
//! **Invariant:** one statement reads, decides and counts, so requests of several nodes at once
//! cannot pass a bound together.
//! **Invariant:** a turn of the pepper gives no second share: as long as a bucket looks back on
//! what was counted under the former digest, that one counts too.
//! **Invariant:** the table has a fixed size, and a source that finds no room in it is let through.
//! **Invariant:** requests that are counted together pass no bound that they would not pass alone.

use tokio::sync::oneshot;

use super::queries::SourcesPass;
use crate::db::{DbError, Door, Gather, Gathered, Login};
use crate::limits::{SOURCES_BATCH_MAX, SOURCES_LANES, SOURCES_QUEUE_MAX};

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
        let behind = || DbError::Unavailable("sources are not counted fast enough".to_owned());
        self.0.send(Waiting { known_by, answer }).map_err(|_| behind())?;
        answered.await.unwrap_or_else(|_| Err(behind()))
    }
}

/// Counts all at once, and those that have to come alone after them.
async fn together(door: Door<Login>, batch: Vec<Waiting>) {
    let all = counting(Bucket::Ai, batch.iter().map(|it| it.known_by.as_slice()));
    let mut rows = match door.write(None, all).await {
        Ok(rows) => rows,
        Err(error) => {
            tracing::warn!(%error, "sources of requests were not counted");
            for Waiting { answer, .. } in batch {
                let unavailable = DbError::Unavailable("sources were not counted".to_owned());
                let _unheard = answer.send(Err(unavailable));
            }
            return;
        }
    };
    rows.sort_unstable_by_key(|row| row.nth);
    for (row, Waiting { known_by, answer }) in rows.iter().zip(batch) {
        let counted = match row.wait_s {
            Some(wait_s) => Ok(waits(wait_s)),
            None => pass(&door, Bucket::Ai, &known_by).await,
        };
        let _unheard = answer.send(counted);
    }
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
