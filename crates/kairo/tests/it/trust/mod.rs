//! The proofs about the database, run and themselves put to the test.

mod controls;
mod lint;
mod matrix;
mod mutants;
mod pages;
