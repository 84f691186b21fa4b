//! `cargo xtask schema`: the generated picture of tables, policies and grants.
//!
//! A test of the application does the work, because only there is a migrated database at hand.

use crate::sh::{self, Failure, Result};

/// Writes `crates/kairo/schema.sql`, or with `--check` fails where it differs.
pub fn schema(arguments: &[String]) -> Result<()> {
    let mut test = sh::cargo(["nextest", "run", "-p", "kairo", "--test", "it", "schema"]);
    match arguments {
        [] => test.env("KAIRO_SCHEMA_WRITE", "1"),
        [only] if only == "--check" => test.env_remove("KAIRO_SCHEMA_WRITE"),
        _ => return Err(Failure::new("`cargo xtask schema` knows only `--check`.")),
    };
    sh::run(&mut test)
}
