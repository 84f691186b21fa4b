//! The breaker of one model, as calls at once pass it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

use super::breaker::{Breaker, Rule, Ticket, Verdict};

/// One model's breaker. Cheap to clone.
#[derive(Clone)]
pub(super) struct Gate(Arc<Inner>);

struct Inner {
    breaker: Mutex<Breaker>,
    began: Instant,
}

/// Leave for one call, which says what came of it; dropped, it says nothing.
pub(super) struct Pass {
    gate: Gate,
    ticket: Option<Ticket>,
}

impl Gate {
    pub(super) fn new(rule: Rule) -> Self {
        let breaker = Mutex::new(Breaker::new(rule));
        Self(Arc::new(Inner { breaker, began: Instant::now() }))
    }

    /// `None` where the model is left alone.
    pub(super) fn enter(&self) -> Option<Pass> {
        let ticket = self.lock().enter(self.0.began.elapsed())?;
        Some(Pass { gate: self.clone(), ticket: Some(ticket) })
    }

    fn lock(&self) -> MutexGuard<'_, Breaker> {
        self.0.breaker.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pass {
    pub(super) fn judge(mut self, verdict: Verdict) {
        self.say(verdict);
    }

    fn say(&mut self, verdict: Verdict) {
        if let Some(ticket) = self.ticket.take() {
            self.gate.lock().judge(ticket, verdict, self.gate.0.began.elapsed());
        }
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        self.say(Verdict::Silent);
    }
}
