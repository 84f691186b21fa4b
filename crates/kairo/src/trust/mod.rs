//! What Kairo can show of its own claims: checks that run against the very program and database
//! that serve people.
//!
//! **Invariant:** a check judges what it observes. It never takes the word of the code that it is
//! about.

pub mod controls;
pub mod proofs;
