//! Whether a provider that did no work is asked again, and when.
//!
//! Pure: randomness comes in.
//!
//! **Invariant:** further attempts are a bounded share of all, so that a provider in need is not
//! asked more than one that is well.

use std::time::Duration;

use crate::limits::{AI_RETRY_AFTER_MAX, AI_RETRY_BURST, AI_RETRY_PERCENT_MAX, AI_RETRY_WAIT};

/// What one further attempt takes from the budget, of which each call brings a share.
const PRICE: u32 = 100;

/// What a node may still try again.
#[derive(Debug)]
pub(super) struct Budget(u32);

impl Budget {
    pub(super) fn new() -> Self {
        Self(AI_RETRY_BURST * PRICE)
    }

    /// A call brings its share.
    pub(super) fn earn(&mut self) {
        self.0 = (self.0 + AI_RETRY_PERCENT_MAX).min(AI_RETRY_BURST * PRICE);
    }

    /// Takes what one further attempt costs; false where there is not as much.
    pub(super) fn spend(&mut self) -> bool {
        let left = self.0.checked_sub(PRICE);
        self.0 = left.unwrap_or(self.0);
        left.is_some()
    }
}

/// The wait before another attempt, after so many; `None` where the provider asks for a longer one
/// than is worth it. `random` spreads nodes over half of it, so that they do not come together.
pub(super) fn wait(attempts: u32, asked: Option<Duration>, random: u8) -> Option<Duration> {
    let whole = AI_RETRY_WAIT.saturating_mul(1 << attempts.saturating_sub(1).min(8));
    let own = whole / 2 + whole * u32::from(random) / 510;
    match asked {
        Some(asked) if asked > AI_RETRY_AFTER_MAX => None,
        Some(asked) => Some(asked.max(own)),
        None => Some(own),
    }
}

#[cfg(test)]
mod tests;
