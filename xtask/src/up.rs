//! `cargo xtask up`: from a fresh clone to a running Kairo.
//!
//! **Invariant:** this program becomes `kairo serve` instead of starting it. Signals, the exit code
//! and the terminal are then Kairo's own, and no process stays between it and the person.

use std::env;
use std::os::unix::process::CommandExt;
use std::process::Command;

use crate::install::{self, Apt};
use crate::sh::{self, Failure, Result};

/// Finds or installs PostgreSQL, builds, and runs Kairo with these options until it is stopped.
pub fn up(arguments: &[String]) -> Result<()> {
    if env::var_os("KAIRO_DATABASE_URL").is_none() {
        let postgres = install::postgres(&mut Apt::default())?;
        println!("PostgreSQL {} in {}", postgres.version, postgres.folder.display());
    }
    println!("Building Kairo. The first time takes a few minutes, later ones seconds.");
    sh::run(&mut sh::cargo(["build", "--package", "kairo"]))?;
    let kairo = sh::built()?.join("kairo");
    print!("{}", next_steps(&origin()));
    let failed = Command::new(&kairo).arg("serve").args(arguments).exec();
    Err(Failure::new(format!("{} did not start: {failed}", kairo.display())))
}

/// Where a browser will find Kairo, as far as the environment tells.
fn origin() -> String {
    if let Ok(origin) = env::var("KAIRO_PUBLIC_ORIGIN") {
        return origin;
    }
    let listen = env::var("KAIRO_LISTEN").unwrap_or_default();
    let port = listen.rsplit_once(':').map_or("8443", |(_, port)| port);
    format!("https://localhost:{port}")
}

fn next_steps(origin: &str) -> String {
    format!(
        "
Kairo starts now. When it says that it is ready:
  1. Open {origin} in a browser. It warns about the certificate until you
     trust tls/ca.pem of the data folder; README, \"Trust the certificate\", tells how.
  2. Type any e-mail address. Without mail settings no mail leaves this machine:
  3. {origin}/outbox shows it, with your link and code.
Ctrl-C stops Kairo and its database.

"
    )
}
