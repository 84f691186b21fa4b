//! Secrets that a browser or a program bears: what is sent, and what it is turned into.
//!
//! **Invariant:** a secret is 32 random bytes; only digests of it leave this process (MODEL 1).

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest;
use zeroize::{Zeroize, Zeroizing};

use crate::clock::{NoRandomness, Random};
use crate::db::{Bearer, Identity};

/// What a secret is for; its first letters tell secret scanners and people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// A browser's session: `ks1_`.
    Session,
    /// An API token: `kt1_`.
    Token,
    /// A mailed link: `kl1_`.
    Link,
    /// The browser that asked for a mail: `kb1_`.
    Binding,
    /// A job's session, which never leaves the process: `kj1_`.
    Job,
}

impl Use {
    fn prefix(self) -> &'static str {
        match self {
            Self::Session => "ks1_",
            Self::Token => "kt1_",
            Self::Link => "kl1_",
            Self::Binding => "kb1_",
            Self::Job => "kj1_",
        }
    }
}

/// 32 random bytes with their use; zeroed when dropped.
pub struct Secret {
    bytes: [u8; 32],
    usage: Use,
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.bytes.zeroize();
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({:?})", self.usage)
    }
}

impl Secret {
    /// A new one.
    pub fn draw(usage: Use, random: &Random) -> Result<Self, NoRandomness> {
        Ok(Self { bytes: random.bytes()?, usage })
    }

    /// Reads what a client sent; `None` for anything but the one text form of such a secret.
    pub fn parse(usage: Use, text: &str) -> Option<Self> {
        // The length is checked first: a huge header is not decoded.
        let encoded = text.strip_prefix(usage.prefix()).filter(|rest| rest.len() == 43)?;
        let decoded = Zeroizing::new(URL_SAFE_NO_PAD.decode(encoded).ok()?);
        Some(Self { bytes: decoded.as_slice().try_into().ok()?, usage })
    }

    /// The text that the client keeps.
    pub fn reveal(&self) -> Zeroizing<String> {
        let encoded = Zeroizing::new(URL_SAFE_NO_PAD.encode(self.bytes));
        Zeroizing::new(format!("{}{}", self.usage.prefix(), *encoded))
    }

    /// The identity that the secret stands for in the database.
    pub fn identity(&self) -> Identity {
        let bearer = match self.usage {
            Use::Token => Bearer::Key,
            Use::Job => Bearer::Job,
            Use::Session | Use::Link | Use::Binding => Bearer::Web,
        };
        Identity::from_secret(&self.bytes, bearer)
    }

    /// The digest that the tables of proofs keep. It tells uses apart, so that a link's digest can
    /// never match a binding.
    pub fn digest(&self) -> [u8; 32] {
        let mut context = digest::Context::new(&digest::SHA256);
        context.update(b"kairo/proof/v1/");
        context.update(self.usage.prefix().as_bytes());
        context.update(&self.bytes);
        let mut out = [0; 32];
        out.copy_from_slice(context.finish().as_ref());
        out
    }
}
