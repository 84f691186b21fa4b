//! `cargo xtask clients`: OpenAI's own clients for Python and Node against a real `kairo serve`
//! over TLS, with a provider of models on this machine behind it.
//!
//! **Invariant:** what it installs lies in the target folder, at the versions written down here.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

use crate::install::{self, Apt};
use crate::kairo::{self, Kairo};
use crate::sh::{self, About, Failure, Result};

/// Runs both clients, each until its person's credits of an hour are used up.
pub fn clients() -> Result<()> {
    let mut apt = Apt::default();
    install::postgres(&mut apt)?;
    let here = sh::root().join("xtask/clients");
    let wanted = here.join("requirements.txt");
    let python = install::python(&mut apt, "openai-python", &wanted, "openai", &[])?;
    let (python, modules) = (python.join("bin/python"), installed_for_node(&here)?);
    sh::run(&mut sh::cargo(["build", "--package", "kairo"]))?;
    let (provider, url) = Provider::start("python3".as_ref(), &here.join("provider.py"))?;
    let settings = [
        ("KAIRO_AI_BASE_URL", url),
        ("KAIRO_AI_MODEL", "large".to_owned()),
        ("KAIRO_AI_SMALL_MODEL", "small".to_owned()),
    ];
    let kairo = Kairo::start(&sh::built()?.join("kairo"), &settings)?;
    let ca = kairo.folder.join("tls/ca.pem");
    let mut runs = [sh::command(&python), sh::command("node")];
    let [in_python, in_node] = &mut runs;
    in_python.arg(here.join("check.py")).env("SSL_CERT_FILE", &ca);
    in_node.arg(here.join("check.mjs")).env("NODE_EXTRA_CA_CERTS", &ca);
    in_node.env("KAIRO_MODULES", modules);
    for (run, email) in runs.iter_mut().zip(["python@example.org", "node@example.org"]) {
        run.env("OPENAI_BASE_URL", format!("{}/v1", kairo.origin()));
        run.env("OPENAI_API_KEY", kairo.token(email, &["--plan", "pro"])?);
        run.env("PYTHONDONTWRITEBYTECODE", "1");
        sh::run(run)?;
    }
    drop(kairo);
    drop(provider);
    Ok(())
}

/// The client for Node in a folder of its own, which it gives.
fn installed_for_node(here: &Path) -> Result<PathBuf> {
    let wanted =
        fs::read_to_string(here.join("package.json")).about("xtask/clients/package.json")?;
    let folder = sh::tools()?.join("openai-node");
    let installed = folder.join("package.json");
    if fs::read_to_string(&installed).is_ok_and(|installed| installed == wanted) {
        return Ok(folder);
    }
    fs::create_dir_all(&folder).about(folder.display())?;
    // The list last, so that an installation that broke off is begun again.
    let version = wanted.split("\"openai\": \"").nth(1).and_then(|rest| rest.split('"').next());
    let version = version.ok_or_else(|| Failure::new("package.json names no openai"))?;
    let mut npm = sh::command("npm");
    npm.args(["install", "--silent", "--no-audit", "--no-fund", "--no-save", "--prefix"]);
    sh::run(npm.arg(&folder).arg(format!("openai@{version}")))?;
    fs::write(&installed, wanted).about(installed.display())?;
    Ok(folder)
}

/// The provider behind Kairo: a script that takes a port and says when it is ready.
pub struct Provider(Child);

impl Provider {
    /// Starts it; gives the address of its API, too.
    pub fn start(python: &Path, script: &Path) -> Result<(Self, String)> {
        let port = kairo::free_port()?;
        let mut command = sh::command(python);
        command.arg(script).arg(port.to_string()).env("PYTHONDONTWRITEBYTECODE", "1");
        let mut child = command.stdout(Stdio::piped()).spawn().about(python.display())?;
        let mut first = String::new();
        if let Some(out) = child.stdout.as_mut() {
            BufReader::new(out).read_line(&mut first).about("the provider")?;
        }
        let provider = Self(child);
        match first.trim() {
            "ready" => Ok((provider, format!("http://127.0.0.1:{port}/v1"))),
            _ => Err(Failure::new("The provider did not start.")),
        }
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ended = self.0.kill();
        let _gone = self.0.wait();
    }
}
