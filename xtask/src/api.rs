//! `cargo xtask api`: generated requests, valid and broken, against a real `kairo serve`, held
//! against the description that it gives of itself.
//!
//! **Invariant:** it runs on a data folder of its own, which goes away, and what it installs lies
//! in the target folder.

use crate::install::{self, Apt};
use crate::kairo::Kairo;
use crate::sh::{self, Result};

/// Requests of one operation in each phase; a minute in all.
const EXAMPLES: &str = "60";

/// Runs schemathesis; further arguments are its own (`--seed`, `-n`).
pub fn api(arguments: &[String]) -> Result<()> {
    let mut apt = Apt::default();
    install::postgres(&mut apt)?;
    let wanted = sh::root().join("xtask/api/requirements.txt");
    let installed = install::python(&mut apt, "schemathesis", &wanted, "schemathesis", &[])?;
    sh::run(&mut sh::cargo(["build", "--package", "kairo"]))?;
    let kairo = Kairo::start(&sh::built()?.join("kairo"), &[])?;
    // The settings lie there, and name the hooks beside them.
    let mut run = sh::command(installed.join("bin/schemathesis"));
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
