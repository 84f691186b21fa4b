//! What a server that was killed, or whose Kairo was, leaves behind.
//!
//! **Invariant:** called only under the data folder's lock, so no living Kairo owns what is found.
//! A server that is still shutting down is waited for; nothing is adopted.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::user::User;
use super::{ClusterError, POLL};
use crate::config::FolderError;
use crate::config::file::read_file;

/// Wait for a process that has ended and that its parent has not collected yet.
const ZOMBIE_MAX: Duration = Duration::from_secs(10);
/// Wait for a server that shuts down in order (it writes a checkpoint).
const FAST_STOP_MAX: Duration = Duration::from_secs(60);
/// Wait for a server that was told to drop everything.
const HARD_STOP_MAX: Duration = Duration::from_secs(10);

/// The process that a `postmaster.pid` names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    /// It is gone, or belongs to another user: PostgreSQL sees that by itself.
    Harmless,
    /// It has ended, and still holds its number.
    Zombie,
    /// A server of this very cluster.
    Server,
    /// Somebody else, who got the number later. PostgreSQL would refuse to start.
    Stranger,
}

/// Clears the way for a server in `pg`.
pub(super) fn clear(pg: &Path, user: &User) -> Result<(), ClusterError> {
    let path = pg.join("postmaster.pid");
    let started = Instant::now();
    let mut told = None;
    loop {
        let Some((text, _)) = read_file(&path)? else { return Ok(()) };
        let pid = text.lines().next().and_then(|line| line.trim().parse::<i32>().ok());
        let Some(pid) = pid.filter(|pid| *pid > 1).and_then(Pid::from_raw) else {
            return remove(&path);
        };
        let waited = started.elapsed();
        match look(pid, pg, user) {
            Found::Harmless => return Ok(()),
            Found::Stranger => return remove(&path),
            Found::Zombie if waited > ZOMBIE_MAX => return remove(&path),
            Found::Zombie => {}
            Found::Server if waited > FAST_STOP_MAX + HARD_STOP_MAX => {
                return Err(ClusterError::StillRunning { pid: pid.as_raw_pid() });
            }
            Found::Server => {
                let wanted = if waited > FAST_STOP_MAX { Signal::QUIT } else { Signal::INT };
                if told != Some(wanted) {
                    tracing::info!(pid = pid.as_raw_pid(), "waiting for the former server to stop");
                    let _ = kill_process(pid, wanted);
                    told = Some(wanted);
                }
            }
        }
        sleep(POLL);
    }
}

/// Looks at a process. The working directory is compared by device and inode: the cluster's folder
/// may have been moved since.
pub(super) fn look(pid: Pid, pg: &Path, user: &User) -> Found {
    let proc = Path::new("/proc").join(pid.as_raw_pid().to_string());
    let Ok(meta) = fs::metadata(&proc) else { return Found::Harmless };
    if meta.uid() != user.uid {
        return Found::Harmless;
    }
    // "PID (COMMAND) STATE …"; the command may hold anything, so count from its last bracket.
    let stat = fs::read_to_string(proc.join("stat")).unwrap_or_default();
    let state = stat.rsplit_once(") ").and_then(|(_, rest)| rest.chars().next());
    match state {
        None => return Found::Harmless,
        Some('Z' | 'X') => return Found::Zombie,
        Some(_) => {}
    }
    let here = fs::metadata(proc.join("cwd"));
    let same = |a: &fs::Metadata, b: &fs::Metadata| a.dev() == b.dev() && a.ino() == b.ino();
    match (here, fs::metadata(pg)) {
        (Ok(here), Ok(pg)) if same(&here, &pg) => Found::Server,
        _ => Found::Stranger,
    }
}

fn remove(path: &Path) -> Result<(), ClusterError> {
    tracing::info!(path = %path.display(), "removing what a killed server left behind");
    fs::remove_file(path).map_err(FolderError::io("remove", path)).map_err(Into::into)
}
