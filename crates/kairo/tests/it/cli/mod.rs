//! The program itself, as an operator runs it.

mod killed;
pub mod program;
mod serve;
