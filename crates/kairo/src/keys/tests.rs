//! The key source.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::sync::Barrier;

use jiff::Timestamp;
use kairo_vault::{KeyId, KeyRing, SystemEntropy};

use super::source::{KeyError, RingStore};
use crate::config::scratch::Scratch;
use crate::config::{FolderError, KeySource, OsAccount};

fn open(path: &Path) -> Result<RingStore, KeyError> {
    RingStore::open(&KeySource::File(path.to_path_buf()), &OsAccount::current(std::iter::empty()))
}

fn make(store: &RingStore, id: u8) -> Result<KeyRing, KeyError> {
    let now = Timestamp::new(1_795_000_000, 123_456_789).unwrap();
    store.load_or_make(KeyId::from_bytes([id; 16]), now, &SystemEntropy::new())
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

// The first start makes a ring that only its account can read, and the second finds the same.
#[test]
fn ring_is_made_once() {
    let dir = Scratch::new("ring");
    let store = open(&dir.join("keys")).unwrap();
    assert!(store.load().unwrap().is_none());
    let made = make(&store, 1).unwrap();
    let found = make(&store, 2).unwrap();
    assert_eq!(made.fingerprint(), found.fingerprint());
    assert_eq!(made.active().created(), "2026-11-18T11:06:40Z");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&dir.join("keys")), 0o700);
    assert_eq!(mode(&dir.join("keys/ring")), 0o600);
    assert_eq!(fs::read_dir(dir.join("keys")).unwrap().count(), 1);
}

// First starts at the same moment end with one ring among them.
#[test]
fn first_starts_at_once_share_a_ring() {
    let dir = Scratch::new("race");
    let store = open(&dir.join("keys")).unwrap();
    let gate = Barrier::new(8);
    let first = |id| {
        gate.wait();
        make(&store, id).unwrap().fingerprint().unwrap()
    };
    let prints: Vec<[u8; 32]> = std::thread::scope(|scope| {
        let first = &first;
        let starts: Vec<_> = (1..=8).map(|id| scope.spawn(move || first(id))).collect();
        starts.into_iter().map(|start| start.join().unwrap()).collect()
    });
    assert!(prints.iter().all(|print| print == &prints[0]));
}

// Keys that others can read are refused, in the folder as in the file.
#[test]
fn keys_open_to_others_are_refused() {
    let dir = Scratch::new("modes");
    let store = open(&dir.join("keys")).unwrap();
    make(&store, 1).unwrap();
    for mode in [0o640, 0o604, 0o620] {
        set_mode(&dir.join("keys/ring"), mode);
        let refused = store.load().err().unwrap();
        assert!(matches!(refused, KeyError::Folder(FolderError::OpenToOthers { .. })), "{refused}");
    }
    set_mode(&dir.join("keys"), 0o750);
    let refused = open(&dir.join("keys")).unwrap_err();
    assert!(matches!(refused, KeyError::Folder(FolderError::OpenToOthers { .. })), "{refused}");
}

// Keys of another account are refused.
#[test]
fn keys_of_another_account_are_refused() {
    let dir = Scratch::new("owner");
    open(&dir.join("keys")).unwrap();
    let me = OsAccount::current(std::iter::empty());
    let other = OsAccount { uid: me.uid + 1, ..me };
    let refused = RingStore::open(&KeySource::File(dir.join("keys")), &other).unwrap_err();
    assert!(matches!(refused, KeyError::Folder(FolderError::NotOurs { .. })), "{refused}");
}

// Keys in a git work tree end in a commit: refused, through a link as well.
#[test]
fn keys_in_a_git_work_tree_are_refused() {
    let dir = Scratch::new("keys-git");
    fs::create_dir_all(dir.join("tree/.git")).unwrap();
    fs::create_dir(dir.join("tree/keys")).unwrap();
    symlink(dir.join("tree/keys"), dir.join("link")).unwrap();
    for path in [dir.join("tree/keys"), dir.join("link")] {
        let refused = open(&path).unwrap_err();
        assert!(matches!(refused, KeyError::Folder(FolderError::GitWorkTree { .. })), "{refused}");
    }
}

// A damaged ring is refused and kept as it is: making another would lose what the first sealed.
#[test]
fn damaged_ring_is_kept() {
    let dir = Scratch::new("damaged");
    let store = open(&dir.join("keys")).unwrap();
    make(&store, 1).unwrap();
    let file = dir.join("keys/ring");
    let text = fs::read_to_string(&file).unwrap();
    for damaged in [&text[..text.len() / 2], ""] {
        fs::write(&file, damaged).unwrap();
        assert!(matches!(make(&store, 2), Err(KeyError::Damaged { .. })));
        assert_eq!(fs::read_to_string(&file).unwrap(), damaged);
    }
}

// Replacing the ring is seen by the next load, and leaves one file.
#[test]
fn ring_is_replaced() {
    let dir = Scratch::new("replace");
    let store = open(&dir.join("keys")).unwrap();
    let mut ring = make(&store, 1).unwrap();
    let (id, entropy) = (KeyId::from_bytes([2; 16]), SystemEntropy::new());
    ring.rotate(id, "2026-11-24T00:00:00Z", &entropy).unwrap();
    store.replace(&ring).unwrap();
    assert_eq!(store.load().unwrap().unwrap().active().id(), id);
    assert_eq!(fs::read_dir(dir.join("keys")).unwrap().count(), 1);
}
