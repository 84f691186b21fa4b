//! `kairo migrate`: brings the database to the schema of this program, and ends.

use std::path::Path;

use super::Failure;
use super::open::{open, prepare};
use crate::db::cluster::HostCluster;

/// Migrates; says so when there was nothing to do.
pub(super) fn run(file: Option<&Path>) -> Result<(), Failure> {
    let opened = open(file)?;
    let cluster = HostCluster::attach(&opened.folder, || opened.programs())?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(prepare(|role, database| cluster.pg_config(role, database), &opened))?;
    println!("The database has the schema of this Kairo.");
    Ok(())
}
