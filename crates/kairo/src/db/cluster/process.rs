//! One server process: started with a parent-death signal, watched, stopped.
//!
//! **Invariant:** the thread that starts the server waits for its end, because the parent-death
//! signal fires when that *thread* ends (prctl(2), PR_SET_PDEATHSIG), not when the process does.
//! **Invariant:** a signal is sent only to a process that is not yet reaped, so never to a stranger
//! that got the same id.

use std::collections::VecDeque;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use std::os::unix::process::CommandExt;

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, waitid};

use super::log::{LogLine, TAIL_LINES_MAX};
use super::programs::Programs;
use super::user::User;

/// Longest line of the server's log that is kept, in bytes.
const LINE_BYTES_MAX: u64 = 4 * 1024;

/// A command line for a program of PostgreSQL: without root's rights, dying with Kairo, in a clean
/// environment and in a process group of its own (Ctrl-C in a terminal is for Kairo, which then
/// stops the server in order).
pub(super) fn command(programs: &Programs, user: &User, as_root: bool, death: &str) -> Command {
    let mut command = Command::new(programs.setpriv());
    if as_root {
        command.args(["--reuid", &user.uid.to_string(), "--regid", &user.gid.to_string()]);
        command.arg("--clear-groups");
    }
    command.args(["--no-new-privs", "--pdeathsig", death, "--"]);
    command.env_clear().env("LC_ALL", "C").env("TZ", "UTC").env("PATH", "/usr/bin:/bin");
    command.stdin(Stdio::null()).process_group(0);
    command
}

/// A running server.
#[derive(Debug)]
pub(super) struct Server {
    pid: Pid,
    life: Arc<Life>,
    tail: Tail,
}

/// The last lines of the log, for the error that says why the server did not start.
type Tail = Arc<Mutex<VecDeque<LogLine>>>;

/// Two ends, because a signal must stop before the process is reaped, and a waiter wants the last
/// line of the log, which comes later.
#[derive(Debug, Default)]
struct Life {
    reaped: Mutex<bool>,
    ended: Mutex<bool>,
    changed: Condvar,
}

impl Server {
    /// Starts `command` in `folder`.
    pub(super) fn spawn(mut command: Command, folder: &Path) -> io::Result<Self> {
        command.current_dir(folder).stdout(Stdio::null()).stderr(Stdio::piped());
        let life = Arc::new(Life::default());
        let tail = Tail::default();
        let (told, born) = mpsc::sync_channel(1);
        let parent = (Arc::clone(&life), Arc::clone(&tail));
        thread::Builder::new().name("postgres".to_owned()).spawn(move || {
            match command.spawn() {
                Ok(child) => {
                    let _ = told.send(Ok(child.id()));
                    watch(child, &parent.0, parent.1);
                }
                Err(error) => drop(told.send(Err(error))),
            }
        })?;
        let id = born.recv().map_err(io::Error::other)??;
        let pid =
            i32::try_from(id).ok().and_then(Pid::from_raw).ok_or(io::ErrorKind::InvalidData)?;
        Ok(Self { pid, life, tail })
    }

    pub(super) fn pid(&self) -> Pid {
        self.pid
    }

    pub(super) fn is_running(&self) -> bool {
        !*hold(&self.life.reaped)
    }

    /// Sends a signal; nothing happens when the process has ended.
    pub(super) fn signal(&self, signal: Signal) {
        let reaped = hold(&self.life.reaped);
        if !*reaped {
            let _ = kill_process(self.pid, signal);
        }
    }

    /// Waits for the end, at most `limit`; whether it came.
    pub(super) fn wait(&self, limit: Duration) -> bool {
        let until = Instant::now() + limit;
        let mut ended = hold(&self.life.ended);
        while !*ended {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            let woken = self.life.changed.wait_timeout(ended, left);
            ended = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }

    /// The last lines of the log.
    pub(super) fn tail(&self) -> Vec<LogLine> {
        hold(&self.tail).iter().cloned().collect()
    }
}

/// Lives as long as the child does. The log's reader is joined before the end is told, so that
/// whoever waits for the end finds the last line.
fn watch(mut child: Child, life: &Life, tail: Tail) {
    let stderr = child.stderr.take();
    let reader = stderr.map(|stderr| thread::spawn(move || read_log(stderr, &tail)));
    if let Some(pid) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
        while matches!(waitid(WaitId::Pid(pid), options), Err(rustix::io::Errno::INTR)) {}
    }
    let mut reaped = hold(&life.reaped);
    let _ = child.wait();
    *reaped = true;
    drop(reaped);
    if let Some(reader) = reader {
        let _ = reader.join();
    }
    *hold(&life.ended) = true;
    life.changed.notify_all();
}

/// Reads the server's log until it closes it. A reader that stopped would stop the server, whose
/// writes to a full pipe wait.
fn read_log(stderr: ChildStderr, tail: &Mutex<VecDeque<LogLine>>) {
    let mut reader = BufReader::new(stderr);
    let mut shown = true;
    loop {
        let mut line = Vec::new();
        match (&mut reader).take(LINE_BYTES_MAX).read_until(b'\n', &mut line) {
            Ok(0) => return,
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(_) => return,
        }
        let text = String::from_utf8_lossy(&line);
        let Some(line) = LogLine::parse(text.trim_end(), &mut shown) else { continue };
        line.trace();
        let mut tail = hold(tail);
        if tail.len() == TAIL_LINES_MAX {
            tail.pop_front();
        }
        tail.push_back(line);
    }
}

/// A thread that panicked while it held a lock left whole values behind: each change is one store.
fn hold<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
