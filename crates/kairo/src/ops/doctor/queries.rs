//! What the doctor asks a database, as a role that may read little.

/// The server's own time; the difference from this machine's is looked at.
pub const SERVER_TIME: &str = "SELECT clock_timestamp() AS now";
