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
const OPTIONS: &str = "-o Acquire::Retries=3 -o DPkg::Lock::Timeout=300";

impl Apt {
    /// Installs the packages. `around` is a shell line that runs before, as root.
    pub fn install(&mut self, packages: &[&str], around: &str) -> Result<()> {
        let names = packages.join(" ");
        let by_hand = format!("sudo apt-get install --no-install-recommends {names}");
        let sudo = root_by().ok_or_else(|| {
            Failure::new(format!("Kairo needs {names}. As root, or with sudo, run:\n  {by_hand}"))
        })?;
        println!("Installing {names} ...");
        if !self.lists_read {
            let update = format!("apt-get update -qq {OPTIONS}");
            sh::run(&mut as_root(sudo, &update))
                .map_err(|error| Failure::new(format!("{error}\nBy hand: {by_hand}")))?;
            self.lists_read = true;
        }
        let script = format!(
            "set -e; {around} apt-get install -qq -y --no-install-recommends {OPTIONS} {names}"
        );
        sh::run(&mut as_root(sudo, &script))
            .map_err(|error| Failure::new(format!("{error}\nBy hand: {by_hand}")))
    }
}

/// How root is reached: directly, by a sudo that asks nothing, or not at all.
fn root_by() -> Option<bool> {
    sh::on_path("apt-get")?;
    if sh::is_root() {
        return Some(false);
    }
    let silent = sh::on_path("sudo").is_some()
        && sh::succeeds(sh::command("sudo").args(["-n", "--", "true"]));
    silent.then_some(true)
}

fn as_root(sudo: bool, script: &str) -> Command {
    let mut command = sh::command(if sudo { "sudo" } else { "env" });
    if sudo {
        command.args(["-n", "--", "env"]);
    }
    command.args(["DEBIAN_FRONTEND=noninteractive", "sh", "-c", script]);
    command
}
