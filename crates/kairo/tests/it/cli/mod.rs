//! The program itself, as an operator runs it.

mod addresses;
mod calls;
mod client;
mod controls;
mod doctor;
mod external;
mod killed;
mod mail;
mod metrics;
mod models;
mod pooler;
pub mod program;
mod renewed;
mod serve;
mod stopped;
