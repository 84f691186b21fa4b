//! Node, Chromium and the modules of the browser tests.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::apt::Apt;
use crate::sh::{self, About, Failure, Result};

/// Playwright's oldest.
const NODE_MAJOR_MIN: u32 = 20;

/// A Node that is new enough, and the folder that has to stand first on the path for it.
pub struct Node(Option<PathBuf>);

impl Node {
    /// A program that runs in `e2e/` and finds this Node.
    pub fn command(&self, program: &str) -> Command {
        let mut command = sh::command(program);
        command.current_dir(sh::root().join("e2e")).env("PATH", self.path());
        command
    }

    fn path(&self) -> OsString {
        let inherited = env::var_os("PATH").unwrap_or_default();
        let folders = self.0.iter().cloned().chain(env::split_paths(&inherited));
        env::join_paths(folders).unwrap_or_else(|_| inherited.clone())
    }

    fn is_new_enough(&self) -> bool {
        let mut asked = sh::command("node");
        asked.arg("--version").env("PATH", self.path());
        let Ok(printed) = sh::output(&mut asked) else { return false };
        major(&printed).is_some_and(|major| major >= NODE_MAJOR_MIN)
    }
}

/// The machine's Node; where it is too old, one from the npm package `node`, kept with the build.
pub fn node(apt: &mut Apt) -> Result<Node> {
    if sh::on_path("node").is_none() || sh::on_path("npm").is_none() {
        apt.install(&["nodejs", "npm"], "")?;
    }
    let machines = Node(None);
    if machines.is_new_enough() {
        return Ok(machines);
    }
    let folder = sh::tools()?.join("node");
    let own = Node(Some(folder.join("node_modules/node/bin")));
    if !own.is_new_enough() {
        println!(
            "The machine's Node is older than {NODE_MAJOR_MIN}; installing one for the tests ..."
        );
        fs::create_dir_all(&folder).about(folder.display())?;
        let mut npm = sh::command("npm");
        npm.args(["install", "--no-audit", "--no-fund", "--prefix"]).arg(&folder).arg("node@22");
        sh::run(&mut npm)?;
    }
    own.is_new_enough().then_some(own).ok_or_else(|| {
        Failure::new(format!("Install Node {NODE_MAJOR_MIN} or later for the browser tests."))
    })
}

fn major(printed: &str) -> Option<u32> {
    printed.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

/// The modules of `e2e/`, as its lock file names them.
pub fn browser_modules(node: &Node) -> Result<()> {
    let folder = sh::root().join("e2e");
    let lock = folder.join("package-lock.json");
    if is_newer(&folder.join("node_modules/.package-lock.json"), &lock) {
        return Ok(());
    }
    // The browser comes from the system's packages; Playwright must not look for one of its own.
    let mut npm = node.command("npm");
    npm.args(["ci", "--no-audit", "--no-fund"]).env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    sh::run(&mut npm)
}

fn is_newer(made: &Path, from: &Path) -> bool {
    let changed = |file: &Path| fs::metadata(file).and_then(|facts| facts.modified()).ok();
    changed(made) >= changed(from) && made.is_file()
}

/// The system's Chromium.
pub fn chromium(apt: &mut Apt) -> Result<PathBuf> {
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let find = || names.iter().find_map(|name| sh::on_path(name));
    if let Some(found) = find() {
        return Ok(found);
    }
    apt.install(&["chromium"], "")?;
    find().ok_or_else(|| Failure::new("Install Chromium for the browser tests."))
}
