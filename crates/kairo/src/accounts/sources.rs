//! The buckets of sources that all nodes share, in the database: those of signing in and of routes
//! that may ask a model. A source is a keyed digest; what it stands for is not known here.
//!
//! **Invariant:** one statement reads, decides and counts, so requests of several nodes at once
//! cannot pass a bound together.
//! **Invariant:** a turn of the pepper gives no second share: as long as a bucket looks back on
//! what was counted under the former digest, that one counts too.
//! **Invariant:** the table has a fixed size, and a source that finds no room in it is let through.

use super::AccountError;
use super::queries::SourcePass;
use crate::db::{Door, Login};

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
pub async fn pass(
    door: &Door<Login>,
    bucket: Bucket,
    known_by: &[Digests],
) -> Result<Option<u64>, AccountError> {
    let networks = known_by.iter().map(|it| (it.network, false));
    let sites = known_by.iter().filter_map(|it| Some((it.site?, true)));
    let (digests, wide) = networks.chain(sites).map(|(it, wide)| (it.to_vec(), wide)).unzip();
    let counting = SourcePass { bucket: bucket.word(), digests, wide };
    let rows = door.write(None, counting).await?;
    let wait_s = rows.first().map_or(0, |row| row.wait_s);
    Ok(u64::try_from(wait_s).ok().filter(|wait_s| *wait_s > 0))
}
