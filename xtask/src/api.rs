//! `cargo xtask api`: generated requests, valid and broken, against a real `kairo serve`, held
//! against the description that it gives of itself.
//!
//! **Invariant:** it runs on a data folder of its own, which goes away, and what it installs lies
//! in the target folder.

use std::fs;
use std::path::PathBuf;

use crate::install::{self, Apt};
use crate::kairo::Kairo;
use crate::sh::{self, About, Result};

/// Requests of one operation in each phase; a minute in all.
const EXAMPLES: &str = "60";

/// Runs schemathesis; further arguments are its own (`--seed`, `-n`).
pub fn api(arguments: &[String]) -> Result<()> {
    let mut apt = Apt::default();
    install::postgres(&mut apt)?;
    let schemathesis = installed(&mut apt)?;
    sh::run(&mut sh::cargo(["build", "--package", "kairo"]))?;
    let kairo = Kairo::start(&sh::built()?.join("kairo"), &[])?;
    // The settings lie there, and name the hooks beside them.
    let mut run = sh::command(&schemathesis);
    run.current_dir(sh::root().join("xtask/api")).arg("run");
    run.arg(format!("{}/api/v1/openapi.json", kairo.origin()));
    run.arg("--tls-verify").arg(kairo.folder.join("tls/ca.pem"));
    run.args(["--continue-on-failure", "-n", EXAMPLES]).args(arguments);
    run.env("KAIRO_URL", kairo.origin()).env("KAIRO_CA", kairo.folder.join("tls/ca.pem"));
    run.env("KAIRO_TOKEN", kairo.token("api@example.org", &[])?)
        .env("PYTHONDONTWRITEBYTECODE", "1");
    run.env("HYPOTHESIS_STORAGE_DIRECTORY", sh::tools()?.join("hypothesis"));
    sh::run(&mut run)
}

/// Schemathesis in a Python environment of its own, at the version that is written down.
fn installed(apt: &mut Apt) -> Result<PathBuf> {
    let wanted = sh::root().join("xtask/api/requirements.txt");
    let text = fs::read_to_string(&wanted).about(wanted.display())?;
    let version = text.trim().rsplit_once("==").map(|(_, version)| version).unwrap_or_default();
    let folder = sh::tools()?.join(format!("schemathesis-{version}"));
    let program = folder.join("bin/schemathesis");
    if sh::succeeds(sh::command(&program).arg("--version")) {
        return Ok(program);
    }
    let make = || sh::succeeds(sh::command("python3").args(["-m", "venv"]).arg(&folder));
    if !make() {
        apt.install(&["python3-venv"], "")?;
        make();
    }
    let mut pip = sh::command(folder.join("bin/python"));
    sh::run(pip.args(["-m", "pip", "install", "--quiet", "-r"]).arg(&wanted))?;
    Ok(program)
}
