//! Integration tests: typed actors, a real PostgreSQL for each test, the real router in process.
//!
//! A folder has the path of what it tests under `src/`. `harness` starts a Kairo and its actors.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a harness that cannot go on fails its test by panicking"
)]

mod accounts;
mod ai;
mod api;
mod capture;
mod cli;
mod db;
mod deploy;
mod findings;
mod guard;
mod harness;
mod items;
mod limits;
mod mail;
mod outbox;
mod schema;
mod trust;
mod walls;
