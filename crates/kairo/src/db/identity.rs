//! Who a transaction runs as: a digest of the bearer's secret, which the database itself turns into
//! a user.
//!
//! **Invariant:** the application never tells the database a user id to be; a forged identity needs
//! a secret of 256 bits.

use std::fmt;

use ring::digest;
use zeroize::Zeroizing;

/// Separates this digest from every other use of the same secret.
const DOMAIN: &[u8] = b"kairo/db/v1";

/// T of MODEL 1: lower hex of SHA-256("kairo/db/v1" || secret). Whoever holds T can act in the
/// database but cannot sign in over HTTP with it.
#[derive(Clone)]
pub struct Identity {
    digest: Zeroizing<String>,
    bearer: Bearer,
}

/// As what the secret was brought. The digest does not tell, so the transaction says it too, and
/// `authn.me` finds a session of that kind alone: an API token is worth nothing as a cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bearer {
    /// A browser's cookie.
    Web,
    /// An API token.
    Key,
    /// A job's own session.
    Job,
}

impl Bearer {
    /// The kind of its sessions, as the table has it.
    pub(super) fn kind(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::Key => "key",
            Self::Job => "job",
        }
    }
}

/// SHA-256 of T: what the table of sessions keeps.
pub type TokenHash = [u8; 32];

impl Identity {
    /// The identity that a bearer's secret stands for.
    pub fn from_secret(secret: &[u8; 32], bearer: Bearer) -> Self {
        let mut input = Zeroizing::new(Vec::with_capacity(DOMAIN.len() + secret.len()));
        input.extend_from_slice(DOMAIN);
        input.extend_from_slice(secret);
        let digest = digest::digest(&digest::SHA256, &input);
        let mut hex = Zeroizing::new(String::with_capacity(64));
        for byte in digest.as_ref() {
            for nibble in [byte >> 4, byte & 15] {
                hex.push(char::from_digit(u32::from(nibble), 16).unwrap_or_default());
            }
        }
        Self { digest: hex, bearer }
    }

    /// What `authn.sessions.token_hash` keeps.
    pub fn token_hash(&self) -> TokenHash {
        let mut out = [0; 32];
        out.copy_from_slice(digest::digest(&digest::SHA256, self.digest.as_bytes()).as_ref());
        out
    }

    /// What a batch of several people's requests says for this one: kind and digest, as each of
    /// them would say alone.
    pub fn said(&self) -> (&'static str, &str) {
        (self.bearer.kind(), &self.digest)
    }

    pub(super) fn setting(&self) -> &str {
        &self.digest
    }

    pub(super) fn bearer(&self) -> Bearer {
        self.bearer
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity(..)")
    }
}
