//! The application's own check that a row belongs to the caller: the first of two walls.
//!
//! Row-level security is the second, and must hold alone. To prove that it does, a test takes the
//! first wall down; a program that serves cannot.

use uuid::Uuid;

use crate::db::cluster::Throwaway;

/// Whether rows of others are dropped by the application too.
#[derive(Clone)]
pub struct OwnerChecks(State);

#[derive(Clone)]
enum State {
    On,
    Off,
}

impl OwnerChecks {
    /// As every program that serves has it.
    pub fn on() -> Self {
        Self(State::On)
    }

    /// Without the check. Needs the mark of a cluster that was started without durability, which
    /// only tests make: on such a cluster nobody's data lives.
    pub fn off(_only_tests_have_it: &Throwaway) -> Self {
        Self(State::Off)
    }

    /// Whether the caller may see a row of `owner`.
    pub fn allow(&self, caller: Uuid, owner: Uuid) -> bool {
        match self.0 {
            State::On => caller == owner,
            State::Off => true,
        }
    }
}
