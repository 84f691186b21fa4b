//! Captures beyond a request: what becomes of them when their items are deleted.

mod purge;
