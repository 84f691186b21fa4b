//! Debian's packages.
//!
//! **Invariant:** never asks a question, and never waits for a password that nobody will type.

use std::process::Command;

use crate::sh::{self, Failure, Result};

/// Debian's installer; reads the package lists once, before the first package.
#[derive(Default)]
pub struct Apt {
    lists_read: bool,
}

/// Options of every call: slow mirrors are asked again, and another installer is waited for.
const OPTIONS: &str = "-o Acquire::Retries=3 -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0";

impl Apt {
    /// Installs the packages. `before` is shell that runs first, as root.
    pub fn install(&mut self, packages: &[&str], before: &str) -> Result<()> {
        let names = packages.join(" ");
        if sh::on_path("apt-get").is_none() {
            let what = format!("{names} is missing; install it with the system's own installer.");
            return Err(Failure::new(what));
        }
        let by_hand =
            format!("sudo apt-get update && sudo apt-get install --no-install-recommends {names}");
        let sudo = !sh::is_root();
        if sudo && !sh::succeeds(sh::command("sudo").args(["-n", "--", "true"])) {
            let what = format!("{names} is missing, and only root can install it:\n  {by_hand}");
            return Err(Failure::new(what));
        }
        println!("Installing {names} ...");
        let update = if self.lists_read { "" } else { "apt-get update -qq $o;" };
        let script = format!(
            "set -e; o='{OPTIONS}'; {update} {before} \
             apt-get install -qq -y --no-install-recommends $o {names} >/dev/null"
        );
        let failed = |error| Failure::new(format!("{error}\nBy hand:\n  {by_hand}"));
        sh::run(&mut as_root(sudo, &script)).map_err(failed)?;
        self.lists_read = true;
        Ok(())
    }
}

fn as_root(sudo: bool, script: &str) -> Command {
    let mut command = sh::command(if sudo { "sudo" } else { "env" });
    if sudo {
        command.args(["-n", "--", "env"]);
    }
    command.args(["DEBIAN_FRONTEND=noninteractive", "sh", "-c", script]);
    command
}
