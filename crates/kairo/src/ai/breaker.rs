//! Leaves a provider alone that fails, and lets one call find out when it is well again.
//!
//! Pure: time comes in as what has passed since some moment.
//!
//! **Invariant:** a call that began before the breaker last changed says nothing about the present.
//! **Invariant:** while it is half-open, one call at a time is let through.

use std::collections::VecDeque;
use std::time::Duration;

use crate::limits::{BREAKER_CALLS_MIN, BREAKER_OPEN, BREAKER_PERCENT, BREAKER_WINDOW};

/// How long failures count, and for how long a provider is left alone.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rule {
    pub(super) window: Duration,
    pub(super) calls_min: u32,
    pub(super) percent: u32,
    pub(super) open: Duration,
}

impl Default for Rule {
    fn default() -> Self {
        Self {
            window: BREAKER_WINDOW,
            calls_min: BREAKER_CALLS_MIN,
            percent: BREAKER_PERCENT,
            open: BREAKER_OPEN,
        }
    }
}

/// What one call said about the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is well.
    Well,
    /// It is not.
    Failing,
    /// Nothing: the caller went away, or asked for something that cannot be.
    Silent,
}

/// Leave to make one call; it comes back with a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ticket {
    /// Which of its states it was given in.
    era: u64,
}

#[derive(Debug)]
enum State {
    /// Calls pass, and are counted by the second.
    Closed(VecDeque<Second>),
    /// None pass until then.
    Open { until: Duration },
    /// One is under way.
    Probing,
}

#[derive(Clone, Copy, Debug)]
struct Second {
    second: u64,
    calls: u32,
    failures: u32,
}

/// One model's breaker.
#[derive(Debug)]
pub(super) struct Breaker {
    rule: Rule,
    state: State,
    era: u64,
}

impl Breaker {
    pub(super) fn new(rule: Rule) -> Self {
        Self { rule, state: State::Closed(VecDeque::new()), era: 0 }
    }

    /// Leave for one call; `None` where the provider is left alone.
    pub(super) fn enter(&mut self, now: Duration) -> Option<Ticket> {
        match self.state {
            State::Closed(_) => {}
            State::Open { until } if now >= until => self.turn(State::Probing),
            State::Open { .. } | State::Probing => return None,
        }
        Some(Ticket { era: self.era })
    }

    /// What came of a call.
    pub(super) fn judge(&mut self, ticket: Ticket, verdict: Verdict, now: Duration) {
        if ticket.era != self.era {
            return;
        }
        let open = State::Open { until: now.saturating_add(self.rule.open) };
        match (&mut self.state, verdict) {
            (State::Probing, Verdict::Well) => self.turn(State::Closed(VecDeque::new())),
            (State::Probing, Verdict::Failing) => self.turn(open),
            // The next one finds out.
            (State::Probing, Verdict::Silent) => self.turn(State::Open { until: now }),
            (State::Closed(_), Verdict::Silent) | (State::Open { .. }, _) => {}
            (State::Closed(seconds), verdict) => {
                count(seconds, verdict == Verdict::Failing, now);
                if self.rule.is_broken(seconds, now) {
                    self.turn(open);
                }
            }
        }
    }

    fn turn(&mut self, state: State) {
        self.state = state;
        self.era += 1;
    }
}

fn count(seconds: &mut VecDeque<Second>, failed: bool, now: Duration) {
    let second = now.as_secs();
    if seconds.back().is_none_or(|last| last.second < second) {
        seconds.push_back(Second { second, calls: 0, failures: 0 });
    }
    if let Some(last) = seconds.back_mut() {
        last.calls = last.calls.saturating_add(1);
        last.failures = last.failures.saturating_add(u32::from(failed));
    }
}

impl Rule {
    fn is_broken(&self, seconds: &mut VecDeque<Second>, now: Duration) -> bool {
        let first = now.as_secs().saturating_sub(self.window.as_secs());
        while seconds.front().is_some_and(|oldest| oldest.second < first) {
            seconds.pop_front();
        }
        let sum = |of: fn(&Second) -> u32| seconds.iter().map(of).fold(0_u32, u32::saturating_add);
        let (calls, failures) = (sum(|it| it.calls), sum(|it| it.failures));
        let share = u64::from(failures) * 100 >= u64::from(calls) * u64::from(self.percent);
        calls >= self.calls_min && share
    }
}

#[cfg(test)]
mod tests;
