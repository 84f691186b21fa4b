//! `kairo migrate`: brings the database to the schema of this program, and ends.

use std::path::Path;

use super::Failure;
use super::database::HostDatabase;
use super::open::open;
use crate::db::external;

/// Migrates, makes the keys at the first run, and tells what an external server leaves open.
pub(super) fn run(file: Option<&Path>) -> Result<(), Failure> {
    let opened = open(file)?;
    let database = HostDatabase::attach(&opened)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let (host, _) = database.open(&opened).await?;
        if let HostDatabase::External(external) = &database {
            println!("Migrated on {}.", external.host());
            for finding in external::shown_findings(&host).await? {
                println!("Finding: {}.", finding.fact);
                println!("  A superuser ends it with: {};", finding.mend);
            }
        }
        Ok::<(), Failure>(())
    })?;
    println!("The database has the schema of this Kairo.");
    Ok(())
}
