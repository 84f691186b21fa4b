//! Policies proved: that the database itself keeps people apart, whatever the application sends.
//!
//! Three layers. The [`lint`] reads the catalogue for known pitfalls and may run anywhere. The
//! matrix tries every command on every table as every role and actor, and compares with a table
//! that was written by hand. The mutants break each policy, grant and view in turn, and ask whether
//! lint or matrix would have seen it: they prove the proofs.
//!
//! **Invariant:** expectations are written from the threat model, never recorded from a run.
//! **Invariant:** what is proved is enumerated from the catalogue, so that a new table, view or
//! function without an expectation is a failure and not a gap.
//! **Invariant:** whatever writes or breaks runs in a [`Scratch`](crate::db::Scratch) database.

mod unsound;

pub use unsound::{Unsound, refuse_unsound};

pub mod lint;
pub mod matrix;
pub mod mutants;

pub mod actors;
pub mod expected;
pub mod world;
