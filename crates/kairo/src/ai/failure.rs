//! Why there is no answer, and what that says about whether the provider worked.

use std::time::Duration;

use crate::guard::Outcome;

use super::breaker::Verdict;

/// Why there is no answer. It holds no word of the provider's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The request names no most tokens of its answer, or holds something else than text, so that
    /// nobody can say what it costs.
    #[error("the request has no bound")]
    Unbounded,
    /// The request could cost more than is left of what was reserved for the call.
    #[error("the request could cost more than was reserved for it")]
    BeyondReserved,
    /// The call asked as often as it may.
    #[error("the call has asked as often as it may")]
    AskedEnough,
    /// The host is not on the list.
    #[error("the host may not be asked")]
    HostNotListed,
    /// The provider failed so often that it is left alone for a while.
    #[error("the provider is left alone for a while")]
    LeftAlone,
    /// The provider refused the request.
    #[error("the provider refused with {status}")]
    Refused {
        /// Its status.
        status: u16,
        /// The parameter that it does not take, where it named a known one.
        parameter: Option<&'static str>,
    },
    /// The provider has no room.
    #[error("the provider has no room")]
    Busy {
        /// How long it asked to wait.
        retry_after: Option<Duration>,
    },
    /// The provider failed before it answered.
    #[error("the provider failed with {status}")]
    Failed {
        /// Its status.
        status: u16,
    },
    /// It could not be connected to, or not over TLS.
    #[error("the provider cannot be reached")]
    Unreachable,
    /// It did not answer in time.
    #[error("the provider did not answer in time")]
    TimedOut,
    /// Its answer broke off.
    #[error("the answer broke off")]
    BrokenOff,
    /// Its answer was none, or too long.
    #[error("the answer could not be used")]
    Invalid,
}

impl Failure {
    /// As the ledger has it; `None` where nothing was sent.
    pub(super) fn outcome(self) -> Option<Outcome> {
        match self {
            Self::Unbounded
            | Self::BeyondReserved
            | Self::AskedEnough
            | Self::HostNotListed
            | Self::LeftAlone => None,
            Self::Refused { .. } => Some(Outcome::Refused),
            Self::Busy { .. } => Some(Outcome::Busy),
            Self::Failed { .. } => Some(Outcome::Failed),
            Self::Unreachable => Some(Outcome::Unreachable),
            Self::TimedOut => Some(Outcome::TimedOut),
            Self::BrokenOff => Some(Outcome::BrokenOff),
            Self::Invalid => Some(Outcome::Invalid),
        }
    }

    /// What it says about the provider; a refusal says that it is there.
    pub(super) fn verdict(self) -> Verdict {
        match self.outcome() {
            None => Verdict::Silent,
            Some(Outcome::Refused) => Verdict::Well,
            Some(_) => Verdict::Failing,
        }
    }

    /// Whether the same request may be sent again: the provider did no work, and may next time.
    pub(super) fn may_pass(self) -> bool {
        matches!(self, Self::Busy { .. } | Self::Failed { .. } | Self::Unreachable)
    }
}

/// Whether the provider may have worked, so that the call stays charged.
pub(super) fn may_have_worked(outcome: Outcome) -> bool {
    match outcome {
        Outcome::Refused | Outcome::Busy | Outcome::Failed | Outcome::Unreachable => false,
        Outcome::Answered
        | Outcome::Estimated
        | Outcome::TimedOut
        | Outcome::BrokenOff
        | Outcome::Invalid => true,
    }
}
