//! `cargo xtask test`: installs what tests need and runs everything that CI runs.
//!
//! **Invariant:** a step that did not run is never counted as passed; the last line tells all three
//! numbers, and the exit code is zero only where nothing failed.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::time::Instant;

use crate::install::{self, Apt, CargoDeny};
use crate::model;
use crate::schema;
use crate::sh::{self, About, Failure, Result};
use crate::tidy;

/// Runs all steps; `--fast` leaves cargo-deny out where it is not installed, `--model` has the one
/// in that CI does without.
pub fn test(arguments: &[String]) -> Result<()> {
    let (mut fast, mut with_model) = (false, false);
    for argument in arguments {
        match argument.as_str() {
            "--fast" => fast = true,
            "--model" => with_model = true,
            _ => return Err(Failure::new("`cargo xtask test` knows only `--fast` and `--model`.")),
        }
    }
    let mut deny = CargoDeny::find(fast)?;
    let mut apt = Apt::default();
    let mut steps = Steps::default();
    steps.run("tools", || {
        install::postgres(&mut apt)?;
        install::nextest()
    });
    steps.run("format", || sh::run(&mut sh::cargo(["fmt", "--all", "--check"])));
    steps.run("tidy", || tidy::tidy(&[]));
    let built = steps.run("clippy", clippy);
    if built {
        steps.run("tests", tests);
        steps.run("pooler", || pooler(&mut apt));
        steps.run("fuzz", fuzz);
        steps.run("schema", || schema::schema(&["--check".to_owned()]));
        steps.run("controls", controls);
        steps.run("browser", || browser(&mut apt));
        steps.run("documents", documents);
    } else {
        for name in ["tests", "pooler", "fuzz", "schema", "controls", "browser", "documents"] {
            steps.skip(name, "the workspace does not build");
        }
    }
    match (with_model, built) {
        (true, true) => drop(steps.run("model", || model::model(&mut apt))),
        (true, false) => steps.skip("model", "the workspace does not build"),
        (false, _) => steps.skip("model", "it compiles for minutes, and `--model` has it run"),
    }
    steps.run("dependencies", || dependencies(&mut deny));
    steps.close()
}

/// What became of the steps so far.
#[derive(Default)]
struct Steps {
    passed: usize,
    skipped: usize,
    failed: Vec<String>,
}

/// How a step ended that did not fail.
enum Outcome {
    Passed,
    Skipped(&'static str),
}

impl From<()> for Outcome {
    fn from((): ()) -> Self {
        Self::Passed
    }
}

impl Steps {
    /// Runs one step under its heading; whether it did not fail.
    fn run<T: Into<Outcome>>(&mut self, name: &str, step: impl FnOnce() -> Result<T>) -> bool {
        println!("\n== {name}");
        let began = Instant::now();
        match step().map(Into::into) {
            Ok(Outcome::Passed) => {
                println!("== {name}: passed in {:.1} s", began.elapsed().as_secs_f32());
                self.passed += 1;
                true
            }
            Ok(Outcome::Skipped(reason)) => {
                self.skip(name, reason);
                true
            }
            Err(failure) => {
                println!("{failure}");
                println!("== {name}: FAILED in {:.1} s", began.elapsed().as_secs_f32());
                self.failed.push(name.to_owned());
                false
            }
        }
    }

    fn skip(&mut self, name: &str, reason: &str) {
        println!("== {name}: SKIPPED, {reason}");
        self.skipped += 1;
    }

    fn close(self) -> Result<()> {
        let (passed, failed, skipped) = (self.passed, self.failed.len(), self.skipped);
        println!();
        if failed > 0 {
            println!("Failed: {}", self.failed.join(", "));
        }
        let skips = if skipped > 0 { format!(", {skipped} skipped") } else { String::new() };
        println!("{passed} passed, {failed} failed{skips}");
        if failed > 0 {
            return Err(Failure::new("Not everything passed."));
        }
        Ok(())
    }
}

fn clippy() -> Result<()> {
    let mut clippy = sh::cargo(["clippy", "--workspace", "--all-targets"]);
    sh::run(clippy.args(["--", "-D", "warnings"]))
}

/// All of them, also after one that fails: a run takes minutes, and says everything that it found.
fn tests() -> Result<()> {
    sh::run(&mut sh::cargo(["nextest", "run", "--workspace", "--no-fail-fast"]))
}

/// Kairo through PgBouncer, for which two releases of that are needed.
fn pooler(apt: &mut Apt) -> Result<Outcome> {
    let programs = match install::poolers(apt) {
        Ok(programs) => programs,
        Err(failure) => {
            println!("{failure}");
            return Ok(Outcome::Skipped("PgBouncer could not be had, for the reason above"));
        }
    };
    let mut tests = sh::cargo(["nextest", "run", "--package", "kairo", "--ignore-default-filter"]);
    tests.args(["cli::pooler::", "--no-tests", "fail"]);
    tests.env("KAIRO_PGBOUNCER", programs.new).env("KAIRO_PGBOUNCER_OLD", programs.old);
    sh::run(&mut tests)?;
    Ok(Outcome::Passed)
}

/// A minute of texts without end against the reader, with overflow checks on.
fn fuzz() -> Result<()> {
    let mut smoke = sh::cargo(["nextest", "run", "--package", "kairo-capture", "--test", "smoke"]);
    sh::run(smoke.env("KAIRO_FUZZ_S", "60"))
}

fn documents() -> Result<()> {
    let mut doc = sh::cargo(["doc", "--workspace", "--no-deps", "--document-private-items"]);
    sh::run(doc.env("RUSTDOCFLAGS", "-D warnings"))
}

/// The claims of the Security page: the catalogue is whole, each check sees what breaks its claim,
/// and every claim that is live holds in a scratch Kairo.
fn controls() -> Result<()> {
    let kairo = sh::built()?.join("kairo");
    sh::run(&mut sh::cargo(["build", "--package", "kairo"]))?;
    let folder = Scratch::new()?;
    for arguments in [&["lint"][..], &["selftest"], &["verify", "--env", "ci"]] {
        let mut command = sh::command(&kairo);
        command.arg("controls").args(arguments);
        sh::run(command.env("KAIRO_DATA_DIR", &folder.0))?;
    }
    Ok(())
}

/// A data folder for one step. It lies where every user can enter, because a private cluster that
/// is started by root runs as another user.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Result<Self> {
        let folder = env::temp_dir().join(format!("kairo-controls-{}", std::process::id()));
        fs::create_dir(&folder).about(folder.display())?;
        Ok(Self(folder))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            eprintln!("{}: {error}", self.0.display());
        }
    }
}

fn browser(apt: &mut Apt) -> Result<()> {
    let chromium = install::chromium(apt)?;
    let node = install::node(apt)?;
    install::browser_modules(&node)?;
    sh::run(&mut sh::cargo(["build", "--package", "kairo"]))?;
    let mut playwright = node.command("node");
    playwright.args(["node_modules/@playwright/test/cli.js", "test"]);
    playwright.env("KAIRO_BIN", sh::built()?.join("kairo")).env("KAIRO_CHROMIUM", chromium);
    sh::run(&mut playwright)
}

fn dependencies(deny: &mut CargoDeny) -> Result<Outcome> {
    if !deny.wait()? {
        return Ok(Outcome::Skipped("cargo-deny is not installed and --fast was given"));
    }
    sh::run(&mut sh::cargo(["deny", "check", "bans", "licenses", "sources"]))?;
    // The advisories are a repository of their own that many build machines cannot reach.
    let mut fetch = sh::command("timeout");
    if sh::succeeds(fetch.args(["60", "cargo", "deny", "fetch", "db"])) {
        sh::run(&mut sh::cargo(["deny", "check", "--disable-fetch", "advisories"]))?;
    } else {
        println!("Advisories were NOT checked: their database cannot be reached from here.");
    }
    Ok(Outcome::Passed)
}
