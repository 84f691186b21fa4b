//! What a node remembers to refuse sooner: calls under way by person, and refusals of a moment ago.
//!
//! **Invariant:** forgetting is safe. Nothing here grants; the statement behind it does.
//! **Invariant:** memory has a bound, whoever asks.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use super::{Limit, Refusal, Standing};
use crate::config::Plans;
use crate::db::TokenHash;
use crate::limits::{DENIAL_KEPT, GUARD_REMEMBERED_MAX};

/// Who is in a crowd: the person, or a session of whom nothing is known yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Member {
    Person(Uuid),
    Session(TokenHash),
}

#[derive(Default)]
struct State {
    /// Whose session it was when it last asked, and how many calls the plan allows at once.
    known: HashMap<TokenHash, (Uuid, u32)>,
    /// Calls under way.
    under_way: HashMap<Member, u32>,
    /// Refusals, until when they are believed.
    refused: HashMap<TokenHash, (Limit, Standing, Timestamp)>,
    /// The day's budget, where it did not reach.
    spent: Option<Spent>,
}

/// A budget that did not reach.
#[derive(Clone, Copy)]
struct Spent {
    /// The least that it did not reach for, in nano-dollars.
    nano_min: i64,
    /// Until when that is believed.
    until: Timestamp,
    day_ends_in: Duration,
}

/// Calls under way on this node.
pub(super) struct Crowd {
    state: Arc<Mutex<State>>,
    plans: Plans,
}

/// One call's place; dropping it makes room for the next.
pub(super) struct Slot {
    state: Arc<Mutex<State>>,
    member: Member,
}

impl Crowd {
    pub(super) fn new(plans: &Plans) -> Self {
        Self { state: Arc::default(), plans: *plans }
    }

    /// A refusal of a moment ago, where the window that it spoke of still runs.
    pub(super) fn refused(&self, who: &TokenHash, now: Timestamp) -> Option<Refusal> {
        let state = lock(&self.state);
        let (limit, standing, until) = state.refused.get(who)?;
        (now < *until).then_some(Refusal::Quota { limit: *limit, standing: *standing })
    }

    /// Keeps a refusal, until `until` or the end of the window.
    pub(super) fn remember(
        &self,
        who: &TokenHash,
        limit: Limit,
        standing: Standing,
        until: Timestamp,
    ) -> Refusal {
        let end = match limit {
            Limit::Month => standing.month.end,
            Limit::Hour => standing.hour.end,
        };
        make_room(&mut lock(&self.state).refused).insert(*who, (limit, standing, until.min(end)));
        Refusal::Quota { limit, standing }
    }

    /// A budget that did not reach a moment ago for as much, whoever asked. Only somebody known is
    /// told: whether anybody else may ask at all is the database's to say.
    pub(super) fn spent(&self, who: &TokenHash, nano_max: i64, now: Timestamp) -> Option<Refusal> {
        let state = lock(&self.state);
        let Spent { nano_min, until, day_ends_in } = state.spent?;
        let holds = now < until && nano_max >= nano_min && state.known.contains_key(who);
        holds.then_some(Refusal::Budget { day_ends_in })
    }

    /// Keeps that the day's budget did not reach for a call: for a moment, and no longer than the
    /// day, which ends in so long.
    pub(super) fn remember_spent(
        &self,
        nano_max: i64,
        day_ends_in: Duration,
        now: Timestamp,
    ) -> Refusal {
        let mut state = lock(&self.state);
        // One that is believed and says more than this one stays, for its own time.
        let says_more = |it: &Spent| now < it.until && it.nano_min < nano_max;
        if !state.spent.as_ref().is_some_and(says_more) {
            let until = now + DENIAL_KEPT.min(day_ends_in);
            state.spent = Some(Spent { nano_min: nano_max, until, day_ends_in });
        }
        Refusal::Budget { day_ends_in }
    }

    /// A place for one more call; `None` where the person has as many as the plan allows. Somebody
    /// unknown is believed to be on the larger plan until the database has said otherwise.
    pub(super) fn enter(&self, who: &TokenHash) -> Option<Slot> {
        let mut state = lock(&self.state);
        let (member, most) = match state.known.get(who) {
            Some((person, most)) => (Member::Person(*person), *most),
            None => (Member::Session(*who), self.plans.pro.at_once.max(self.plans.free.at_once)),
        };
        let under_way = state.under_way.entry(member).or_insert(0);
        if *under_way >= most {
            return None;
        }
        *under_way += 1;
        Some(Slot { state: Arc::clone(&self.state), member })
    }

    /// Notes whose session it is.
    pub(super) fn learn(&self, who: &TokenHash, person: Option<Uuid>, plan: Option<&str>) {
        let mut state = lock(&self.state);
        match person.zip(plan) {
            Some((person, plan)) => {
                let at_once = self.plans.named(plan).at_once;
                make_room(&mut state.known).insert(*who, (person, at_once));
            }
            None => drop(state.known.remove(who)),
        }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut state = lock(&self.state);
        if let Some(under_way) = state.under_way.get_mut(&self.member) {
            *under_way = under_way.saturating_sub(1);
            if *under_way == 0 {
                state.under_way.remove(&self.member);
            }
        }
    }
}

/// Forgets everything where a map is full: it is a memory of moments.
fn make_room<K: Eq + Hash, V>(map: &mut HashMap<K, V>) -> &mut HashMap<K, V> {
    if map.len() >= GUARD_REMEMBERED_MAX {
        map.clear();
    }
    map
}

/// A panic while the lock was held leaves counts that are at worst too high.
fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
