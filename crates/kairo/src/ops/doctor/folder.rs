//! The data folder: whose it is, and whom it is open to.

use std::fs::{self, File, TryLockError};
use std::io::{self, Read as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use super::{Finding, shown};
use crate::config::file::read_file;
use crate::config::folder::refuse_git;
use crate::config::{Node, OsAccount};

const CHECK: &str = "data folder";

/// What lies in it, and the most that its mode may be. The cluster is its own user's, where Kairo
/// is started as root.
const INNER: [(&str, u32); 6] = [
    ("keys", 0o700),
    ("outbox", 0o700),
    ("pg", 0o700),
    ("tls", 0o711),
    ("run", 0o711),
    ("lock", 0o600),
];
const SECRETS: [&str; 3] = ["tls/key.pem", "run/node.json", "keys/ring"];

/// Looks at the folder and at what lies in it.
pub(super) fn check(path: &Path, account: &OsAccount) -> Vec<Finding> {
    if let Err(error) = refuse_git(path) {
        return vec![Finding::problem(CHECK, error.to_string(), "")];
    }
    let meta = match fs::metadata(path) {
        Ok(meta) if meta.is_dir() => meta,
        Ok(_) => {
            let mend = "Move it away; Kairo makes the folder itself";
            return vec![Finding::problem(CHECK, format!("{} is no folder", shown(path)), mend)];
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let mend = "Nothing is to be done: the first start makes it";
            return vec![Finding::warning(CHECK, format!("{} is not there", shown(path)), mend)];
        }
        Err(error) => {
            let mend = "Run kairo doctor as the user that runs Kairo";
            return vec![Finding::problem(CHECK, format!("{}: {error}", shown(path)), mend)];
        }
    };
    let mut found = Vec::new();
    // Root may use a folder of the user that it runs the cluster as.
    if meta.uid() != account.uid && !account.is_root() {
        found.push(owner(path, meta.uid(), account));
    }
    found.extend(mode(path, meta.mode(), 0o711));
    for (name, most) in INNER {
        found.extend(inner(&path.join(name), most, name != "pg", account));
    }
    for name in SECRETS {
        found.extend(inner(&path.join(name), 0o600, true, account));
    }
    if found.is_empty() {
        found.push(Finding::ok(CHECK, format!("{} belongs to Kairo alone", shown(path))));
    }
    found
}

fn inner(path: &Path, most: u32, is_ours: bool, account: &OsAccount) -> Vec<Finding> {
    let Ok(meta) = fs::symlink_metadata(path) else { return Vec::new() };
    if meta.is_symlink() {
        let what = format!("{} is a link, and may lead anywhere", shown(path));
        return vec![Finding::problem(CHECK, what, "Put what it leads to in its place")];
    }
    let mut found = Vec::new();
    if is_ours && meta.uid() != account.uid {
        found.push(owner(path, meta.uid(), account));
    }
    found.extend(mode(path, meta.mode(), most));
    found
}

fn owner(path: &Path, owner: u32, account: &OsAccount) -> Finding {
    let uid = account.uid;
    Finding::problem(
        CHECK,
        format!("{} belongs to user id {owner}, and this is user id {uid}", shown(path)),
        format!("Run Kairo and its doctor as user id {owner}, or: chown {uid} {}", shown(path)),
    )
}

fn mode(path: &Path, mode: u32, most: u32) -> Option<Finding> {
    let found = mode & 0o7777;
    (found & 0o077 & !most != 0).then(|| {
        let what = format!("{} is open to others (mode {found:o})", shown(path));
        Finding::problem(CHECK, what, format!("Run: chmod {most:o} {}", shown(path)))
    })
}

/// The node that serves from the folder now, as it says of itself.
pub(super) fn served(path: &Path) -> Option<Node> {
    let mut lock = File::open(path.join("lock")).ok()?;
    // A node that was killed leaves its words behind, but not its lock. Whoever starts meanwhile
    // waits for a holder that is gone at once.
    if !matches!(lock.try_lock_shared(), Err(TryLockError::WouldBlock)) {
        return None;
    }
    let mut holder = String::new();
    (&mut lock).take(256).read_to_string(&mut holder).ok()?;
    let (text, _) = read_file(&path.join("run/node.json")).ok()??;
    let node: Node = serde_json::from_str(&text).ok()?;
    let instance = holder.strip_prefix("serve ")?.split_whitespace().nth(1)?;
    (node.instance == instance).then_some(node)
}
