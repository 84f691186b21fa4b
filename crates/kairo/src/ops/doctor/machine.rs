//! What the machine has: room on the disk, open files, the programs of PostgreSQL.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;

use rustix::process::{Resource, getrlimit};

use super::{Finding, shown};
use crate::config::Config;
use crate::db::cluster::Programs;
use crate::limits::{DISK_BYTES_MIN, DISK_BYTES_WARN, OPEN_FILES_MIN};

/// Looks at the disk of the data folder, and at the limit of this process, which `serve` has too
/// where it is started alike.
pub(super) fn check(data_dir: &Path) -> Vec<Finding> {
    let there = data_dir.ancestors().find(|path| path.exists()).unwrap_or(Path::new("/"));
    let disk = match rustix::fs::statvfs(there) {
        Ok(disk) => room(there, disk.f_bavail.saturating_mul(disk.f_frsize)),
        Err(error) => {
            let what = format!("{}: {error}", shown(there));
            Finding::warning("disk", what, "Look with: df")
        }
    };
    vec![disk, files(getrlimit(Resource::Nofile).current)]
}

/// Judges the free bytes.
pub(super) fn room(path: &Path, bytes: u64) -> Finding {
    let mib = bytes >> 20;
    let what = format!("{mib} MiB are free at {}", shown(path));
    let mend = "Make room; without any, thoughts are refused and PostgreSQL stops";
    match bytes {
        ..DISK_BYTES_MIN => Finding::problem("disk", what, mend),
        DISK_BYTES_MIN..DISK_BYTES_WARN => Finding::warning("disk", what, mend),
        _ => Finding::ok("disk", what),
    }
}

/// Judges the soft limit of open files.
pub(super) fn files(most: Option<u64>) -> Finding {
    match most.filter(|most| *most < OPEN_FILES_MIN) {
        None => Finding::ok("open files", "as many as Kairo may need"),
        Some(most) => Finding::warning(
            "open files",
            format!("{most} may be open at once, and Kairo may need {OPEN_FILES_MIN}"),
            format!("Set LimitNOFILE={OPEN_FILES_MIN} in its unit, or: ulimit -n {OPEN_FILES_MIN}"),
        ),
    }
}

/// The programs of the private cluster, of its own branch where there is a cluster.
pub(super) fn programs(config: &Config, search_path: Option<&OsStr>) -> Finding {
    let made_by = fs::read_to_string(config.data_dir.join("pg/PG_VERSION")).ok();
    let branch = made_by.and_then(|text| text.trim().parse().ok());
    match Programs::find(config.postgres_bin.as_deref(), search_path, branch) {
        Ok(programs) => {
            let (version, bin) = (programs.version(), programs.bin());
            Finding::ok("postgresql", format!("{version} in {}", shown(bin)))
        }
        Err(error) => {
            let mend = "Or name its folder with KAIRO_POSTGRES_BIN, or a server with \
                        KAIRO_DATABASE_URL";
            Finding::problem("postgresql", error.to_string(), mend)
        }
    }
}
