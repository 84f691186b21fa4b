//! `cargo xtask api`: generated requests, valid and broken, against a real `kairo serve`, held
//! against the description that it gives of itself.
//!
//! **Invariant:** it runs on a data folder of its own, which goes away, and what it installs lies
//! in the target folder.

use std::env;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::install::{self, Apt};
use crate::sh::{self, About, Failure, Result};

/// Requests of one operation in each phase; a minute in all.
const EXAMPLES: &str = "60";

/// Runs schemathesis; further arguments are its own (`--seed`, `-n`).
pub fn api(arguments: &[String]) -> Result<()> {
    let mut apt = Apt::default();
    install::postgres(&mut apt)?;
    let schemathesis = installed(&mut apt)?;
    sh::run(&mut sh::cargo(["build", "--package", "kairo"]))?;
    let kairo = Kairo::start(&sh::built()?.join("kairo"))?;
    // The settings lie there, and name the hooks beside them.
    let mut run = sh::command(&schemathesis);
    run.current_dir(sh::root().join("xtask/api")).arg("run");
    run.arg(format!("{}/api/v1/openapi.json", kairo.origin()));
    run.arg("--tls-verify").arg(kairo.folder.join("tls/ca.pem"));
    run.args(["--continue-on-failure", "-n", EXAMPLES]).args(arguments);
    run.env("KAIRO_URL", kairo.origin()).env("KAIRO_CA", kairo.folder.join("tls/ca.pem"));
    run.env("KAIRO_TOKEN", kairo.token()?).env("PYTHONDONTWRITEBYTECODE", "1");
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

/// A Kairo that takes this machine for a proxy, so that its throttle sees many clients.
struct Kairo {
    child: Child,
    program: PathBuf,
    folder: PathBuf,
    port: u16,
}

impl Kairo {
    fn start(program: &Path) -> Result<Self> {
        let folder = env::temp_dir().join(format!("kairo-api-{}", std::process::id()));
        let free = TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr());
        let port = free.about("a free port")?.port();
        let mut serve = sh::command(program);
        serve.arg("serve").env("KAIRO_DATA_DIR", &folder).env("KAIRO_LOG_LEVEL", "warn");
        serve.env("KAIRO_LISTEN", format!("127.0.0.1:{port}"));
        serve.env("KAIRO_PUBLIC_ORIGIN", format!("https://localhost:{port}"));
        serve.env("KAIRO_TRUSTED_PROXIES", "127.0.0.1");
        let child = serve.stdin(Stdio::null()).stdout(Stdio::piped()).spawn();
        let child = child.about(program.display())?;
        let mut kairo = Self { child, program: program.to_owned(), folder, port };
        // It stays with its child, who may have more to say.
        let out = kairo.child.stdout.as_mut();
        let lines = out.into_iter().flat_map(|out| BufReader::new(out).lines());
        let mut lines = lines.map_while(std::result::Result::ok);
        let ready = lines.any(|line| line.starts_with("Kairo is at"));
        if ready { Ok(kairo) } else { Err(Failure::new("Kairo did not start.")) }
    }

    fn origin(&self) -> String {
        format!("https://localhost:{}", self.port)
    }

    fn token(&self) -> Result<String> {
        let mut make = sh::command(&self.program);
        make.args(["token", "create", "--email", "api@example.org"]);
        let said = sh::output(make.env("KAIRO_DATA_DIR", &self.folder))?;
        said.lines().last().map(str::to_owned).ok_or_else(|| Failure::new("no token was made"))
    }
}

impl Drop for Kairo {
    fn drop(&mut self) {
        // In order, so that its PostgreSQL is gone before its folder is.
        let pid = self.child.id().to_string();
        let _asked = Command::new("kill").args(["-TERM", &pid]).status();
        let _ended = self.child.wait();
        let _removed = fs::remove_dir_all(&self.folder);
    }
}
