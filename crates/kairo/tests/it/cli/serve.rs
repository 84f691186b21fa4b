//! `kairo serve` when something it stands on is gone.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

/// Far longer than a start or a stop takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// A data folder of one test, where the user that runs PostgreSQL can reach it.
struct Data(PathBuf);

impl Data {
    fn new(test: &str) -> Self {
        let path = PathBuf::from(format!("/tmp/kairo-it-{test}-{}", std::process::id()));
        let _of_a_former_process = fs::remove_dir_all(&path);
        Self(path)
    }

    fn serve(&self) -> Serve {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kairo"));
        command.arg("serve").env("KAIRO_DATA_DIR", &self.0).env("KAIRO_LISTEN", "127.0.0.1:0");
        Serve(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
    }
}

impl Drop for Data {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A running `kairo serve`; its server dies with it.
struct Serve(Child);

impl Serve {
    /// Waits until it serves.
    fn is_up(&mut self) {
        let stdout = self.0.stdout.as_mut().unwrap();
        let mut lines = BufReader::new(stdout).lines();
        assert!(lines.any(|line| line.unwrap().starts_with("Kairo is at ")), "it did not start");
    }

    fn pid(&self) -> Pid {
        Pid::from_child(&self.0)
    }

    /// How it ended, and what it said on standard error.
    fn end(mut self) -> (ExitStatus, String) {
        let until = Instant::now() + PATIENCE;
        while self.0.try_wait().unwrap().is_none() {
            assert!(Instant::now() < until, "it does not end");
            std::thread::sleep(Duration::from_millis(20));
        }
        let mut said = String::new();
        self.0.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        (self.0.wait().unwrap(), said)
    }
}

impl Drop for Serve {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

// Goal: Kairo does not outlive its database as a zombie; a supervisor sees that it failed.
#[test]
fn ends_with_its_database() {
    let data = Data::new("killed");
    let mut serve = data.serve();
    serve.is_up();
    let page = fs::read_to_string(data.0.join("pg/postmaster.pid")).unwrap();
    let postmaster = page.lines().next().unwrap().parse().unwrap();
    kill_process(Pid::from_raw(postmaster).unwrap(), Signal::KILL).unwrap();
    let (status, said) = serve.end();
    assert_eq!(status.code(), Some(1), "{said}");
    assert!(said.contains("PostgreSQL ended while Kairo was serving"), "{said}");
}

// Goal: a lost ring is told as that, and no other is made beside what the lost one sealed.
#[test]
fn makes_no_ring_for_a_sealed_database() {
    let data = Data::new("ring");
    let mut serve = data.serve();
    serve.is_up();
    kill_process(serve.pid(), Signal::TERM).unwrap();
    let (status, said) = serve.end();
    assert!(status.success(), "{said}");
    fs::remove_file(data.0.join("keys/ring")).unwrap();
    let (status, said) = data.serve().end();
    assert_eq!(status.code(), Some(1), "{said}");
    assert!(said.contains("there is no key ring in "), "{said}");
    assert_eq!(fs::read_dir(data.0.join("keys")).unwrap().count(), 0);
}
