//! `kairo doctor`: what is wrong with this installation, and how to mend it.

use std::path::Path;
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::Failure;
use super::open::{DATABASE, MIGRATING_ROLE};
use crate::clock::Clock;
use crate::config::{Config, OsAccount, os_account};
use crate::db::Host;
use crate::ops::doctor::{Looking, Report, Subject, examine};
use crate::trust::proofs::{Unsound, refuse_unsound};

#[derive(Args)]
pub(super) struct Doctor {
    /// How the findings are written.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Text,
    Json,
}

/// Examines and prints; 0, 1 or 2 as the worst finding is ok, a warning or a problem.
pub(super) fn run(file: Option<&Path>, doctor: &Doctor) -> Result<ExitCode, Failure> {
    let account = OsAccount::current(os_account::environment());
    let subject = Subject {
        config: Config::load(file, os_account::environment(), &account),
        account,
        search_path: std::env::var_os("PATH"),
        clock: Clock::system(),
        private: (DATABASE, MIGRATING_ROLE),
        lint,
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let report = runtime.block_on(examine(subject));
    print(&report, doctor.format)?;
    Ok(ExitCode::from(report.worst().exit_code()))
}

fn print(report: &Report, format: Format) -> Result<(), Failure> {
    match format {
        Format::Text => report.0.iter().for_each(|finding| println!("{finding}")),
        Format::Json => {
            let whole = serde_json::json!({ "worst": report.worst(), "findings": report.0 });
            println!("{}", serde_json::to_string(&whole)?);
        }
    }
    Ok(())
}

fn lint(host: &Host) -> Looking<'_> {
    Box::pin(async {
        match refuse_unsound(host).await {
            Ok(()) => Ok(Vec::new()),
            Err(Unsound::Found(found)) => Ok(found.iter().map(ToString::to_string).collect()),
            Err(Unsound::Db(error)) => Err(error),
        }
    })
}
