//! The program itself, as an operator runs it.

mod client;
mod external;
mod killed;
mod mail;
pub mod program;
mod serve;
mod stopped;
