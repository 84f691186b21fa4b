//! `kairo controls`: the claims of the Security page, from the host.
//!
//! **Invariant:** no command sets a claim to pass. `verify` runs checks, `attest` and `except` keep
//! somebody's word as such.

mod sight;
mod stage;
mod told;

pub(super) use sight::{Sighting, origins};

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand, ValueEnum};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::Failure;
use super::database::HostDatabase;
use super::open::open;
use crate::config::{Config, OsAccount, os_account};
use crate::trust::controls::catalogue::{Catalogue, Runner};
use crate::trust::controls::checks::implemented;
use crate::trust::controls::evidence;
use crate::trust::controls::state::{Known, State};
use crate::trust::controls::statements::NewStatement;
use crate::trust::controls::subject::Subject;
use crate::trust::controls::{self, Facts, lint};

#[derive(Subcommand)]
pub(super) enum Command {
    /// Look whether every sentence has a claim, every claim a check, and every check a sabotage.
    Lint(Lint),
    /// List the claims with where they stand in the catalogue.
    List,
    /// Show one claim, its checks and what they last found.
    Show {
        /// The claim, such as 2.1.
        id: String,
    },
    /// Run the checks now, and say where every claim stands.
    Verify(Verify),
    /// Break the real thing in a scratch cluster, check by check, and see each turn red.
    Selftest,
    /// Keep a person's word for a claim that no check can prove.
    Attest(Word),
    /// Keep a known gap of a claim, with its reason and its end.
    Except(Word),
}

#[derive(Args)]
pub(super) struct Lint {
    /// A folder of catalogue files; `controls` in this folder where it is there, else the
    /// program's own.
    #[arg(long)]
    folder: Option<PathBuf>,
}

#[derive(Args)]
pub(super) struct Verify {
    /// In a scratch Kairo that is started for it, instead of the one of the data folder.
    #[arg(long)]
    env: Option<Surroundings>,
    /// One section of the page alone.
    #[arg(long)]
    section: Option<u8>,
    /// How to say it.
    #[arg(long, default_value = "text")]
    format: Format,
    /// States that end in a failure, with commas.
    #[arg(long, value_delimiter = ',', default_value = "fail,inconclusive,stale")]
    fail_on: Vec<String>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Surroundings {
    Ci,
}

#[derive(Clone, Copy, ValueEnum)]
pub(super) enum Format {
    Text,
    Json,
    Junit,
}

#[derive(Args)]
pub(super) struct Word {
    /// The claim, such as 1.4.
    id: String,
    /// What it is about: a provider, a report.
    #[arg(long)]
    source: String,
    /// Whose word it is.
    #[arg(long)]
    owner: String,
    /// Why.
    #[arg(long)]
    reason: String,
    /// The last day on which it counts, such as 2027-02-02.
    #[arg(long)]
    until: Date,
}

/// The catalogue is broken.
const BAD_CATALOGUE: u8 = 3;
/// Something could not be told, or is older than it may be.
const UNTOLD: u8 = 2;

/// Runs one of them.
pub(super) fn run(file: Option<&Path>, command: &Command) -> Result<ExitCode, Failure> {
    match command {
        Command::Lint(lint) => run_lint(lint),
        Command::List => {
            print!("{}", told::list(&Catalogue::compiled()?, &facts(file)?));
            Ok(ExitCode::SUCCESS)
        }
        Command::Show { id } => show(file, id),
        Command::Verify(verify) => run_verify(file, verify),
        Command::Selftest => selftest(file),
        Command::Attest(word) => keep(file, word, false),
        Command::Except(word) => keep(file, word, true),
    }
}

fn run_lint(lint: &Lint) -> Result<ExitCode, Failure> {
    let here = PathBuf::from("controls");
    let folder = lint.folder.clone().or_else(|| here.join("checks.toml").is_file().then_some(here));
    let catalogue = match &folder {
        Some(folder) => Catalogue::in_folder(folder),
        None => Catalogue::compiled(),
    };
    let catalogue = match catalogue {
        Ok(catalogue) => catalogue,
        Err(error) => {
            eprintln!("kairo: {error}");
            return Ok(ExitCode::from(BAD_CATALOGUE));
        }
    };
    let faults = lint::run(&catalogue, &implemented(&catalogue));
    for fault in &faults {
        eprintln!("kairo: {fault}");
    }
    let (claims, checks) = (catalogue.claims().count(), catalogue.checks.len());
    println!("{claims} claims, {checks} checks, {} faults", faults.len());
    Ok(ExitCode::from(if faults.is_empty() { 0 } else { BAD_CATALOGUE }))
}

/// What the operator states, from the configuration alone.
fn facts(file: Option<&Path>) -> Result<Facts, Failure> {
    let account = OsAccount::current(os_account::environment());
    Ok(stated(&Config::load(file, os_account::environment(), &account)?.0))
}

/// What the operator states.
pub(super) fn stated(config: &Config) -> Facts {
    Facts::new(|name| config.facts.get(name).cloned())
}

fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    Ok(tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?)
}

fn show(file: Option<&Path>, id: &str) -> Result<ExitCode, Failure> {
    let catalogue = Catalogue::compiled()?;
    let none = || format!("there is no claim {id}; `kairo controls list` names them");
    let claim = catalogue.claim(id).ok_or_else(none)?.clone();
    let opened = open(file)?;
    let database = HostDatabase::attach(&opened)?;
    runtime()?.block_on(async {
        let (mut host, keys) = database.open(&opened).await?;
        let subject = sight::subject(&opened, &database, keys)?;
        let known = controls::known(&subject.base.db, &subject).await?;
        print!("{}", told::claim(&catalogue, &stated(&opened.config), &claim, &known));
        for check in &claim.checks {
            let newest = controls::queries::host::NEWEST_DETAIL;
            let rows = host.query_as("kairo_audit", newest, &[check]).await?;
            if let Some(row) = rows.first() {
                println!("{check}: {:#}", row.get::<_, serde_json::Value>("detail"));
            }
        }
        Ok(ExitCode::SUCCESS)
    })
}

fn keep(file: Option<&Path>, word: &Word, is_exception: bool) -> Result<ExitCode, Failure> {
    let catalogue = Catalogue::compiled()?;
    let opened = open(file)?;
    let until: Timestamp = word.until.tomorrow()?.to_zoned(TimeZone::UTC)?.timestamp();
    let statement = NewStatement {
        id: opened.ids.next()?,
        is_exception,
        claim: word.id.clone(),
        source: word.source.clone(),
        owner: word.owner.clone(),
        reason: word.reason.clone(),
        until,
    };
    statement.check(&catalogue, opened.clock.now())?;
    let database = HostDatabase::attach(&opened)?;
    runtime()?.block_on(async {
        let (mut host, _) = database.open(&opened).await?;
        statement.make(&mut host, &catalogue, opened.clock.now()).await.map_err(Failure::from)
    })?;
    let what = if is_exception { "excepted" } else { "attested" };
    println!("{} is {what} until {}", word.id, word.until);
    Ok(ExitCode::SUCCESS)
}

fn run_verify(file: Option<&Path>, verify: &Verify) -> Result<ExitCode, Failure> {
    let known_states = State::ALL.map(State::word);
    if let Some(unknown) = verify.fail_on.iter().find(|it| !known_states.contains(&it.as_str())) {
        return Err(
            format!("--fail-on {unknown}: the states are {}", known_states.join(", ")).into()
        );
    }
    let runtime = runtime()?;
    let (catalogue, known) = match verify.env {
        Some(Surroundings::Ci) => {
            let staged = stage::Staged::make(file, &runtime)?;
            let mut subject = staged.stage.subject.clone();
            // The history of the source, where this is its work tree, instead of the stage's.
            let here = PathBuf::from(".");
            if here.join(".git").exists() && here.join("controls/checks.toml").exists() {
                subject.repository = Some(here);
            }
            let known = runtime.block_on(verified(&subject, verify.section))?;
            (subject.catalogue, known)
        }
        None => {
            let opened = open(file)?;
            let database = HostDatabase::attach(&opened)?;
            runtime.block_on(async {
                let (_, keys) = database.open(&opened).await?;
                let subject = sight::subject(&opened, &database, keys)?;
                let known = verified(&subject, verify.section).await?;
                Ok::<_, Failure>((subject.catalogue.clone(), known))
            })?
        }
    };
    print!("{}", told::verified(&catalogue, &facts(file)?, &known, verify.section, verify.format));
    let states = told::states(&catalogue, &known, verify.section);
    let failed = |state: &State| verify.fail_on.iter().any(|word| word == state.word());
    Ok(match states.iter().copied().filter(failed).max() {
        None => ExitCode::SUCCESS,
        Some(State::Fail) => ExitCode::FAILURE,
        Some(_) => ExitCode::from(UNTOLD),
    })
}

/// Runs what can be run from here, writes it down, and reads where everything stands.
async fn verified(subject: &Subject, section: Option<u8>) -> Result<Known, Failure> {
    let mut wanted: Vec<&str> = Vec::new();
    for part in
        subject.catalogue.sections.iter().filter(|it| section.is_none_or(|n| n == it.number))
    {
        let sentences = part.blocks.iter().flat_map(|block| &block.sentences);
        let claims = sentences.flat_map(|sentence| &sentence.claims);
        wanted.extend(claims.flat_map(|claim| claim.checks.iter().map(String::as_str)));
    }
    for check in &subject.catalogue.checks {
        let is_wanted = wanted.contains(&check.id.as_str());
        if !is_wanted || check.runner == Runner::Attestation || !sight::sees(subject, check) {
            continue;
        }
        if let Some(run) = evidence::run(subject, check).await {
            evidence::record(subject, check, &run).await?;
        }
    }
    Ok(controls::known(&subject.base.db, subject).await?)
}

fn selftest(file: Option<&Path>) -> Result<ExitCode, Failure> {
    let runtime = runtime()?;
    let staged = stage::Staged::make(file, &runtime)?;
    let tested = runtime.block_on(async {
        // A chain needs links before one of them can be broken.
        verified(&staged.stage.subject, None).await?;
        Ok::<_, Failure>(staged.stage.run(|tested| println!("{}", told::tested(tested))).await)
    })?;
    let good = tested.iter().filter(|it| it.fault.is_none()).count();
    println!("{good} of {} checks detect a seeded violation", tested.len());
    Ok(if good == tested.len() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
