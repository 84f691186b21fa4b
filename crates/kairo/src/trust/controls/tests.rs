//! The parts of the engine that need no database.

mod catalogue;
mod secrets;
mod states;
mod wire;
