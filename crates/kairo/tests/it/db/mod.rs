//! The door to PostgreSQL, and the schema behind it.

mod door;
mod lost;
mod sessions;
mod statements;
