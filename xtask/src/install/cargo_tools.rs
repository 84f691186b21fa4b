//! Tools that cargo builds: nextest, and cargo-deny in the background.

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use crate::sh::{self, About, Failure, Result};

/// Makes sure that `cargo nextest` is there.
pub fn nextest() -> Result<()> {
    if sh::succeeds(&mut sh::cargo(["nextest", "--version"])) {
        return Ok(());
    }
    println!("Installing cargo-nextest ...");
    sh::run(&mut install("cargo-nextest", false)?)?;
    let folder = build_folder("cargo-nextest")?;
    fs::remove_dir_all(&folder).about(folder.display())
}

/// cargo-deny: there, on its way, or left out.
pub enum CargoDeny {
    /// Installed.
    Ready,
    /// Being built at low priority while the workspace builds.
    Building(Child),
    /// Not installed, and the person asked for speed.
    LeftOut,
}

impl CargoDeny {
    /// Finds it or starts to build it: minutes of work, so that it begins before anything else.
    pub fn find(fast: bool) -> Result<Self> {
        if sh::succeeds(&mut sh::cargo(["deny", "--version"])) {
            return Ok(Self::Ready);
        }
        if fast {
            return Ok(Self::LeftOut);
        }
        println!("Installing cargo-deny in the background ...");
        let mut build = install("cargo-deny", true)?;
        build.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        Ok(Self::Building(build.spawn().about("cargo install cargo-deny")?))
    }

    /// Waits for the build, if there is one; whether the tool is there.
    pub fn wait(&mut self) -> Result<bool> {
        match self {
            Self::Ready => Ok(true),
            Self::LeftOut => Ok(false),
            Self::Building(build) => {
                println!("Waiting for cargo-deny to be built ...");
                if build.wait().about("cargo install cargo-deny")?.success() {
                    let folder = build_folder("cargo-deny")?;
                    fs::remove_dir_all(&folder).about(folder.display())?;
                    return Ok(true);
                }
                let by_hand = "cargo install --locked cargo-deny";
                Err(Failure::new(format!("cargo-deny was not built. By hand: {by_hand}")))
            }
        }
    }
}

/// A folder for one tool's build: in the workspace's, one build would wait for the other's lock.
fn build_folder(name: &str) -> Result<PathBuf> {
    Ok(sh::tools()?.join(name))
}

/// `cargo install`; in the background it must not slow the workspace down.
fn install(name: &str, in_background: bool) -> Result<Command> {
    let mut command = if in_background {
        let mut nice = sh::command("nice");
        nice.args(["-n", "19", "cargo", "install", "--jobs", "1"]);
        nice
    } else {
        sh::cargo(["install"])
    };
    command.args(["--quiet", "--locked", name]);
    command.env("CARGO_TARGET_DIR", build_folder(name)?);
    Ok(command)
}
