//! Finding what a command needs, and installing what is missing.
//!
//! **Invariant:** what is there already is used as it is; nothing is upgraded, and no service that
//! was not running before runs afterwards.

mod apt;
mod cargo_tools;
mod node;
mod pooler;
mod postgres;
mod python;

pub use apt::Apt;
pub use cargo_tools::{CargoDeny, nextest};
pub use node::{browser_modules, chromium, node};
pub use pooler::poolers;
pub use postgres::postgres;
pub use python::python;
