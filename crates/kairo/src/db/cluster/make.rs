//! Makes a new cluster, and the two files that say who may connect.
//!
//! **Invariant:** `pg/` is there whole or not at all: it is made as `pg.new` and renamed.
//! **Invariant:** the files that map users to roles lie outside of `pg/`, where the server's user
//! (and so a query that can write files) cannot change them.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, fchown};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::thread::sleep;

use rustix::fs::OFlags;

use super::process::command;
use super::programs::Programs;
use super::socket::open_folder;
use super::user::User;
use super::{ClusterError, POLL, ROLES, Tuning};
use crate::config::file::{read_file, replace_file, sync_parent};
use crate::config::{DataFolder, FolderError};

/// Most output of `initdb` that an error shows, in bytes.
const OUTPUT_BYTES_MAX: u64 = 8 * 1024;

/// The branch that made the cluster of `folder`; `None` before the first start.
pub(super) fn branch(folder: &DataFolder) -> Result<Option<u32>, ClusterError> {
    let pg = folder.pg();
    if !pg.exists() {
        return Ok(None);
    }
    let version = read_file(&pg.join("PG_VERSION"))?;
    let major = version.and_then(|(text, _)| text.trim().parse().ok());
    major.map(Some).ok_or(ClusterError::NoCluster(pg))
}

/// Makes the cluster of `folder`.
pub(super) fn make(
    folder: &DataFolder,
    programs: &Programs,
    user: &User,
    tuning: Tuning,
) -> Result<(), ClusterError> {
    for path in [folder.root(), programs.bin()] {
        if let Some(ancestor) = user.blocked_at(path) {
            let (path, user) = (path.to_path_buf(), user.name.clone());
            return Err(ClusterError::NotReachable { path, ancestor, user });
        }
    }
    let draft = folder.root().join("pg.new");
    remove_tree(&draft)?;
    let fail = |action| FolderError::io(action, &draft);
    DirBuilder::new().mode(0o700).create(&draft).map_err(fail("make the folder"))?;
    let held = open_folder(&draft)?;
    if folder.account().is_root() {
        fchown(&held, Some(user.uid), Some(user.gid)).map_err(fail("give away"))?;
    }
    initdb(&draft, folder, programs, user, tuning)?;
    let pg = folder.pg();
    fs::rename(&draft, &pg).map_err(FolderError::io("write", &pg))?;
    sync_parent(&pg)?;
    Ok(())
}

fn initdb(
    draft: &Path,
    folder: &DataFolder,
    programs: &Programs,
    user: &User,
    tuning: Tuning,
) -> Result<(), ClusterError> {
    // KILL, because what a killed `initdb` leaves is thrown away anyway.
    let mut command = command(programs, user, folder.account().is_root(), "KILL");
    command.arg(programs.bin().join("initdb"));
    command.arg("-D").arg(draft).args(["-U", "kairo_super", "--auth-local=peer"]);
    command.args(["--auth-host=reject", "--encoding=UTF8", "--locale=C.UTF-8"]);
    command.arg("--data-checksums");
    if tuning == Tuning::Test {
        command.arg("--no-sync");
    }
    command.current_dir(draft).stdout(Stdio::null()).stderr(Stdio::piped());
    let fail = |error: io::Error| ClusterError::InitFailed { output: error.to_string() };
    let mut child = command.spawn().map_err(fail)?;
    let mut output = Vec::new();
    if let Some(stderr) = child.stderr.take() {
        let mut stderr = stderr;
        let _ = (&mut stderr).take(OUTPUT_BYTES_MAX).read_to_end(&mut output);
        let _ = io::copy(&mut stderr, &mut io::sink());
    }
    let status = child.wait().map_err(fail)?;
    if status.success() {
        return Ok(());
    }
    let output = String::from_utf8_lossy(&output).trim().to_owned();
    Err(ClusterError::InitFailed { output })
}

/// Removes a half-made cluster. A process of a killed `initdb` may still write there for a moment.
fn remove_tree(path: &Path) -> Result<(), ClusterError> {
    for tries_left in (0..100_u8).rev() {
        match fs::remove_dir_all(path) {
            Ok(()) => return Ok(()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(_) if tries_left > 0 => sleep(POLL),
            Err(error) => return Err(FolderError::io("remove", path)(error).into()),
        }
    }
    Ok(())
}

/// Where the two files lie.
pub(super) struct Access {
    /// `pg_hba.conf`: how a connection proves who it is.
    pub(super) hba: PathBuf,
    /// `pg_ident.conf`: which user of the system may be which role.
    pub(super) ident: PathBuf,
}

/// Roles of `serve` enter Kairo's database alone: in `postgres` and `template1` nothing is closed.
const HBA: &[u8] = b"local all kairo_super peer map=kairo\n\
    local kairo kairo_app,kairo_login,kairo_worker,kairo_support peer map=kairo\n";

/// Writes both files: only the user that runs Kairo may connect, and only as Kairo's roles.
pub(super) fn write_access(folder: &DataFolder, kairo: &User) -> Result<Access, ClusterError> {
    let run = folder.run();
    let access = Access { hba: run.join("pg_hba.conf"), ident: run.join("pg_ident.conf") };
    let lines = ROLES.iter().map(|role| format!("kairo {} {role}\n", quoted(&kairo.name)));
    replace_file(&access.hba, HBA, 0o644)?;
    replace_file(&access.ident, lines.collect::<String>().as_bytes(), 0o644)?;
    Ok(access)
}

/// A name in quotes, so that one with a blank, or a leading slash (a regular expression there), is
/// itself.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Whether line 1 of `postmaster.pid` is `pid` and line 8 says `ready`.
pub(super) fn is_ready(pg: &Path, pid: i32) -> bool {
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed();
    let opened = OpenOptions::new().read(true).custom_flags(flags).open(pg.join("postmaster.pid"));
    let mut text = String::new();
    let Ok(file) = opened else { return false };
    if file.take(4096).read_to_string(&mut text).is_err() {
        return false;
    }
    let mut lines = text.lines().map(str::trim);
    lines.next().and_then(|line| line.parse().ok()) == Some(pid) && lines.nth(6) == Some("ready")
}
