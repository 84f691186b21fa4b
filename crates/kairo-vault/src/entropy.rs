//! Where random bytes come from.
//!
//! **Invariant:** keys, salts and nonces are drawn from the [`Entropy`] that the caller hands in,
//! so a test can fix them; the program hands in [`SystemEntropy`] and nothing else.

use ring::rand::{SecureRandom, SystemRandom};

use crate::VaultError;

/// A source of random bytes that nobody can predict.
pub trait Entropy {
    /// Fills `out` whole.
    ///
    /// # Errors
    /// [`VaultError::Entropy`] where the source has nothing to give; `out` must not be used then.
    fn fill(&self, out: &mut [u8]) -> Result<(), VaultError>;
}

/// The random bytes of the operating system.
#[derive(Clone, Debug)]
pub struct SystemEntropy(SystemRandom);

impl SystemEntropy {
    /// A handle; it holds no state.
    #[must_use]
    pub fn new() -> Self {
        Self(SystemRandom::new())
    }
}

impl Default for SystemEntropy {
    fn default() -> Self {
        Self::new()
    }
}

impl Entropy for SystemEntropy {
    fn fill(&self, out: &mut [u8]) -> Result<(), VaultError> {
        self.0.fill(out).map_err(|_| VaultError::Entropy)
    }
}

/// Draws an array, for salts and nonces.
pub(crate) fn draw<const N: usize>(entropy: &dyn Entropy) -> Result<[u8; N], VaultError> {
    let mut out = [0; N];
    entropy.fill(&mut out)?;
    Ok(out)
}
