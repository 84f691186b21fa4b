//! The door to PostgreSQL, and the schema behind it.

mod door;
mod introduction;
mod lost;
mod migrations;
mod registry;
mod roles;
mod sessions;
mod statements;
