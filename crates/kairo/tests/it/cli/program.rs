//! The real program in a data folder of its own, as an operator starts and ends it.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Read as _};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::process::Pid;

/// Far longer than a start or a stop takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// The settings of a node behind a proxy on this machine. It has to be told its public name, which
/// holds its port, so a free one is looked for first.
pub fn proxied() -> [(&'static str, String); 3] {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    [
        ("KAIRO_LISTEN", format!("127.0.0.1:{port}")),
        ("KAIRO_PUBLIC_ORIGIN", format!("https://localhost:{port}")),
        ("KAIRO_TRUSTED_PROXIES", "127.0.0.0/8".to_owned()),
    ]
}

/// A data folder of one test, where the user that runs PostgreSQL can reach it.
pub struct Data(pub PathBuf);

impl Data {
    pub fn new(test: &str) -> Self {
        let path = PathBuf::from(format!("/tmp/kairo-it-{test}-{}", std::process::id()));
        let _of_a_former_process = fs::remove_dir_all(&path);
        Self(path)
    }

    pub fn serve(&self) -> Serve {
        let mut command = self.command();
        // Standard error is read at the end: a line for each request would fill the pipe, and the
        // program would wait for a reader.
        command.env("KAIRO_LOG_LEVEL", "warn");
        Serve(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
    }

    /// Serves with more of an environment.
    pub fn serve_with(&self, more: &[(&str, String)]) -> Serve {
        let mut command = self.command();
        command.env("KAIRO_LOG_LEVEL", "warn").envs(more.iter().map(|(name, it)| (name, it)));
        Serve(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
    }

    /// Serves with every line of its log, kept in a file.
    pub fn serve_logged(&self, log: File) -> Serve {
        self.serve_logged_with(log, &[])
    }

    /// Likewise, with more of an environment.
    pub fn serve_logged_with(&self, log: File, more: &[(&str, String)]) -> Serve {
        let mut command = self.command();
        command.env("KAIRO_LOG_LEVEL", "trace").envs(more.iter().map(|(name, it)| (name, it)));
        Serve(command.stdout(Stdio::piped()).stderr(log).spawn().unwrap())
    }

    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kairo"));
        command.arg("serve").env("KAIRO_DATA_DIR", &self.0).env("KAIRO_LISTEN", "127.0.0.1:0");
        command
    }
}

impl Drop for Data {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A running `kairo serve`; its server dies with it.
pub struct Serve(Child);

impl Serve {
    /// Waits until it serves, and tells its port.
    pub fn is_up(&mut self) -> u16 {
        let stdout = self.0.stdout.as_mut().unwrap();
        let mut lines = BufReader::new(stdout).lines().map(Result::unwrap);
        let ready = lines.find_map(|line| {
            let origin = line.strip_prefix("Kairo is at https://localhost:")?.to_owned();
            Some(origin.parse().unwrap())
        });
        ready.unwrap_or_else(|| {
            let mut said = String::new();
            let stderr = self.0.stderr.as_mut();
            stderr.map(|stderr| stderr.read_to_string(&mut said).unwrap());
            panic!("it does not serve: {said}")
        })
    }

    /// Closes the pipe that its standard output goes to.
    pub fn stop_reading(&mut self) {
        drop(self.0.stdout.take());
    }

    pub fn pid(&self) -> Pid {
        Pid::from_child(&self.0)
    }

    /// How it ended, and what it said on standard error.
    pub fn end(mut self) -> (ExitStatus, String) {
        let until = Instant::now() + PATIENCE;
        while self.0.try_wait().unwrap().is_none() {
            assert!(Instant::now() < until, "it does not end");
            std::thread::sleep(Duration::from_millis(20));
        }
        let mut said = String::new();
        if let Some(mut stderr) = self.0.stderr.take() {
            stderr.read_to_string(&mut said).unwrap();
        }
        (self.0.wait().unwrap(), said)
    }
}

impl Drop for Serve {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
