//! Python's packages, in an environment of their own.

use std::fs;
use std::path::{Path, PathBuf};

use super::apt::Apt;
use crate::sh::{self, About, Result};

/// The environment in the target folder that has what a list names; `module` is what only a whole
/// installation can import, and `settings` is the environment that what has no wheel is built in.
/// Its name holds the versions, so another list makes another one.
pub fn python(
    apt: &mut Apt,
    name: &str,
    wanted: &Path,
    module: &str,
    settings: &[(&str, &str)],
) -> Result<PathBuf> {
    let text = fs::read_to_string(wanted).about(wanted.display())?;
    let versions = text.lines().filter_map(|line| line.trim().rsplit_once("=="));
    let versions: Vec<&str> = versions.map(|(_, version)| version).collect();
    let folder = sh::tools()?.join(format!("{name}-{}", versions.join("-")));
    let python = folder.join("bin/python");
    if sh::succeeds(sh::command(&python).args(["-c", &format!("import {module}")])) {
        return Ok(folder);
    }
    let make = || sh::succeeds(sh::command("python3").args(["-m", "venv"]).arg(&folder));
    if !make() {
        apt.install(&["python3-venv"], "")?;
        make();
    }
    // What has no wheel is compiled for a while, and others may use this machine, too.
    let mut pip = sh::command("nice");
    pip.arg(&python).args(["-m", "pip", "install", "--quiet", "-r"]).arg(wanted);
    sh::run(pip.envs(settings.iter().copied()))?;
    Ok(folder)
}
