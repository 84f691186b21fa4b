//! A real `kairo serve` for a command of the repository.
//!
//! **Invariant:** its data folder is its own, and goes away with it.

use std::env;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::sh::{self, About, Failure, Result};

/// A port that was free a moment ago.
pub fn free_port() -> Result<u16> {
    let free = TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr());
    Ok(free.about("a free port")?.port())
}

/// A Kairo that takes this machine for a proxy, so that its throttle sees many clients.
pub struct Kairo {
    child: Child,
    program: PathBuf,
    /// Its data folder.
    pub folder: PathBuf,
    port: u16,
}

impl Kairo {
    /// Starts one with more of an environment.
    pub fn start(program: &Path, more: &[(&str, String)]) -> Result<Self> {
        let folder = env::temp_dir().join(format!("kairo-xtask-{}", std::process::id()));
        let port = free_port()?;
        let mut serve = sh::command(program);
        serve.arg("serve").env("KAIRO_DATA_DIR", &folder).env("KAIRO_LOG_LEVEL", "warn");
        serve.env("KAIRO_LISTEN", format!("127.0.0.1:{port}"));
        serve.env("KAIRO_PUBLIC_ORIGIN", format!("https://localhost:{port}"));
        serve.env("KAIRO_TRUSTED_PROXIES", "127.0.0.1");
        serve.envs(more.iter().map(|(name, value)| (name, value)));
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

    /// Where it is.
    pub fn origin(&self) -> String {
        format!("https://localhost:{}", self.port)
    }

    /// A token of one person's, made with further options.
    pub fn token(&self, email: &str, options: &[&str]) -> Result<String> {
        let mut make = sh::command(&self.program);
        make.args(["token", "create", "--email", email]).args(options);
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
