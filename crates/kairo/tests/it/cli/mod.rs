//! The program itself, as an operator runs it.

mod client;
mod controls;
mod doctor;
mod external;
mod killed;
mod mail;
mod metrics;
mod models;
pub mod program;
mod renewed;
mod serve;
mod stopped;
