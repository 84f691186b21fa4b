//! The way to a provider, once.

use std::fmt;

use uuid::Uuid;

use super::crowd::Slot;
use super::ledger::{Attempt, Ledger, Settlement};
use super::{Ask, Class, Task};
use crate::meters;

/// A call that was granted and charged. Whoever holds it may make one call, and says what became of
/// it; where nobody does (a panic, a request that was dropped), dropping says what is safe: a call
/// that had begun stays charged at the most that it could cost, any other is given back.
///
/// **Invariant:** it cannot be cloned or made elsewhere, and ends in exactly one of three ways.
pub struct Permit {
    reservation: Uuid,
    class: Class,
    task: Task,
    nano_max: i64,
    ledger: Ledger,
    end: Option<End>,
    _slot: Slot,
}

/// How it ends if nobody says anything more.
enum End {
    /// Nothing has left for the provider.
    Unsent,
    /// The provider may have worked.
    Sent,
}

impl Permit {
    pub(super) fn new(
        reservation: Uuid,
        class: Class,
        ask: Ask,
        ledger: Ledger,
        slot: Slot,
    ) -> Self {
        let (task, nano_max) = (ask.task, ask.nano_max);
        Self { reservation, class, task, nano_max, ledger, end: Some(End::Unsent), _slot: slot }
    }

    /// Which model answers.
    pub fn class(&self) -> Class {
        self.class
    }

    /// What the call is for.
    pub fn task(&self) -> Task {
        self.task
    }

    /// The most that the call may cost, in nano-dollars.
    pub fn nano_max(&self) -> i64 {
        self.nano_max
    }

    /// The ledger's row, for the log.
    pub fn reservation(&self) -> Uuid {
        self.reservation
    }

    /// Says that from here on the provider may do work: to be called before the first byte leaves.
    pub fn begin(&mut self) {
        self.end = Some(End::Sent);
    }

    /// The call was made, with what it cost.
    pub fn settle(mut self, settlement: Settlement) {
        self.end = None;
        self.count(&settlement.attempts);
        self.ledger.settle(self.reservation, settlement);
    }

    /// The provider provably did no work (it could not be reached, it refused): the credit and the
    /// money go back.
    pub fn release(mut self, attempts: Vec<Attempt>) {
        self.end = None;
        self.count(&attempts);
        self.ledger.release(self.reservation, attempts);
    }

    fn count(&self, attempts: &[Attempt]) {
        for attempt in attempts {
            meters::model_called(self.class.word(), attempt.outcome.word());
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        match self.end.take() {
            None => {}
            Some(End::Unsent) => self.ledger.release(self.reservation, Vec::new()),
            Some(End::Sent) => {
                let unknown = Settlement { cost_nano: self.nano_max, ..Settlement::default() };
                self.ledger.settle(self.reservation, unknown);
            }
        }
    }
}

impl fmt::Debug for Permit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Permit")
            .field("reservation", &self.reservation)
            .field("class", &self.class)
            .finish_non_exhaustive()
    }
}
