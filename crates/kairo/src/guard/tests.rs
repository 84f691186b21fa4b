//! What of the guard needs no database: see `tests/it/guard` for the rest.

mod crowd;
mod usage;
