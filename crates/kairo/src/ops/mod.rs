//! What an operator does with a running Kairo, and what looks after it.

pub mod doctor;
