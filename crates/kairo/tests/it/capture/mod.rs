//! Captures beyond a request: what becomes of them when their items are deleted, and their second
//! reading by a model.

mod purge;
mod refine;
