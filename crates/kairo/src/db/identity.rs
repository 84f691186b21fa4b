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

/// Who asks: as what the secret was brought, and T of MODEL 1, which is the lower hex of
/// SHA-256("kairo/db/v1" || secret). Whoever holds it can act in the database but cannot sign in
/// over HTTP with it.
#[derive(Clone)]
pub struct Identity {
    /// `key:` and T.
    said: Zeroizing<String>,
}

/// As what the secret was brought. T does not tell, so it stands in front of it, and the sessions'
/// digests are of both: an API token is worth nothing as a cookie.
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
    fn kind(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::Key => "key",
            Self::Job => "job",
        }
    }
}

/// SHA-256 of kind and T: what the table of sessions keeps.
pub type TokenHash = [u8; 32];

impl Identity {
    /// The identity that a bearer's secret stands for.
    pub fn from_secret(secret: &[u8; 32], bearer: Bearer) -> Self {
        let mut input = Zeroizing::new(Vec::with_capacity(DOMAIN.len() + secret.len()));
        input.extend_from_slice(DOMAIN);
        input.extend_from_slice(secret);
        let digest = digest::digest(&digest::SHA256, &input);
        // With room for all of it: a string that grew would leave a piece of T behind.
        let mut said = Zeroizing::new(String::with_capacity(4 + 64));
        said.push_str(bearer.kind());
        said.push(':');
        for byte in digest.as_ref() {
            for nibble in [byte >> 4, byte & 15] {
                said.push(char::from_digit(u32::from(nibble), 16).unwrap_or_default());
            }
        }
        Self { said }
    }

    /// What `authn.sessions.token_hash` keeps.
    pub fn token_hash(&self) -> TokenHash {
        let mut out = [0; 32];
        out.copy_from_slice(digest::digest(&digest::SHA256, self.said.as_bytes()).as_ref());
        out
    }

    /// What a transaction says of who it is, and a batch of several people's requests for each.
    pub fn said(&self) -> &str {
        &self.said
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity(..)")
    }
}
