//! Calls of definer functions, and what each must give to whom.
//!
//! **Invariant:** what a call gives is written by hand, from what its caller may learn.

pub mod queries;
