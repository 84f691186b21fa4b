//! What was already read at a place.
//!
//! Lists and ranges look ahead, so that the fifth of "jan 1, jan 2, ..." would be read once for
//! each of the places before it: eight times the work on a text of nothing but days.
//!
//! **Invariant:** only what depends on the place alone is kept, so a second look gives the same.

use super::Found;
use super::day::DayFound;
use crate::ast::{Clock, Dur};
use std::cell::OnceCell;

/// One reading for every token.
type Places<T> = Vec<OnceCell<Found<T>>>;

/// The days, clock times and lengths that were read at each token of a line.
#[derive(Debug, Default)]
pub(crate) struct Memo {
    pub(super) days: Places<DayFound>,
    pub(super) clocks: Places<Clock>,
    pub(super) clocks_led: Places<Clock>,
    pub(super) durations: Places<Dur>,
}

impl Memo {
    /// Room for a line of so many tokens.
    pub(crate) fn of(tokens: usize) -> Self {
        Self {
            days: vec![OnceCell::new(); tokens],
            clocks: vec![OnceCell::new(); tokens],
            clocks_led: vec![OnceCell::new(); tokens],
            durations: vec![OnceCell::new(); tokens],
        }
    }
}
