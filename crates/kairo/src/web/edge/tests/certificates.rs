//! The development certificate and what the handshake agrees to.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use jiff::{SignedDuration, Timestamp};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use super::*;
use crate::web::edge::tls;

/// A folder of its own, removed at the end.
pub(super) struct Folder(pub PathBuf);

impl Folder {
    pub(super) fn new() -> Self {
        let name = Ids::new(Clock::system(), Random::system()).next().unwrap();
        Self(std::env::temp_dir().join(format!("kairo-edge-{name}")))
    }

    fn texts(&self) -> [String; 3] {
        ["ca.pem", "cert.pem", "key.pem"].map(|it| fs::read_to_string(self.0.join(it)).unwrap())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn days(days: i64) -> Timestamp {
    Clock::system().now() + SignedDuration::from_hours(24 * days)
}

// Goal: a good certificate is kept across starts, and made anew 30 days before its end.
#[test]
fn a_certificate_lasts_until_it_nears_its_end() {
    let folder = Folder::new();
    tls::development(&folder.0, days(0)).unwrap();
    let first = folder.texts();
    for kept in [0, 1, 365] {
        tls::development(&folder.0, days(kept)).unwrap();
        assert_eq!(folder.texts(), first, "after {kept} days");
    }
    tls::development(&folder.0, days(367)).unwrap();
    assert_ne!(folder.texts(), first);
}

// Goal: any broken, missing or mismatched file heals, and a readable key is replaced.
#[test]
fn broken_files_heal() {
    let folder = Folder::new();
    let spoil: [fn(&PathBuf); 5] = [
        |dir| fs::write(dir.join("cert.pem"), "nonsense").unwrap(),
        |dir| fs::remove_file(dir.join("ca.pem")).unwrap(),
        |dir| assert!(fs::copy(dir.join("cert.pem"), dir.join("ca.pem")).unwrap() > 0),
        |dir| fs::write(dir.join("key.pem"), "").unwrap(),
        |dir| fs::set_permissions(dir.join("key.pem"), fs::Permissions::from_mode(0o644)).unwrap(),
    ];
    for spoil in spoil {
        tls::development(&folder.0, days(0)).unwrap();
        let before = folder.texts();
        spoil(&folder.0);
        tls::development(&folder.0, days(0)).unwrap();
        assert_ne!(folder.texts()[1], before[1]);
    }
}

// Goal: an operator's key that the group or others can read is refused, with what to do about it.
#[test]
fn a_key_open_to_others_is_refused() {
    let folder = Folder::new();
    tls::development(&folder.0, days(0)).unwrap();
    let (chain, key) = (folder.0.join("cert.pem"), folder.0.join("key.pem"));
    for (mode, passes) in [(0o600, true), (0o400, true), (0o640, false), (0o604, false)] {
        fs::set_permissions(&key, fs::Permissions::from_mode(mode)).unwrap();
        let made = tls::from_files(&chain, &key);
        assert_eq!(made.is_ok(), passes, "{mode:o}");
        let told = made.err().map(|refused| refused.to_string()).unwrap_or_default();
        assert_eq!(told.contains("chmod go="), !passes, "{told}");
    }
}

// Goal: only the owner reads the key, and no key of the authority is left anywhere.
#[test]
fn the_authority_cannot_sign_again() {
    let folder = Folder::new();
    tls::development(&folder.0, days(0)).unwrap();
    let mode = fs::metadata(folder.0.join("key.pem")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let mut names: Vec<_> =
        fs::read_dir(&folder.0).unwrap().map(|it| it.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["ca.pem", "cert.pem", "key.pem"]);
    assert_eq!(folder.texts().concat().matches("PRIVATE KEY").count(), 2);
}

// Goal: the authority is bound to this machine's names and signs no further authority; the leaf is
// for servers alone (RFC 5280 4.2.1.9, 4.2.1.10, 4.2.1.12).
#[test]
fn the_certificates_say_what_they_are_for() {
    const NAME_CONSTRAINTS_CRITICAL: &[u8] = &[0x55, 0x1d, 0x1e, 1, 1, 0xff];
    const AUTHORITY_OF_NO_OTHER: &[u8] = &[0x30, 6, 1, 1, 0xff, 2, 1, 0];
    const SERVER_AUTH_ALONE: &[u8] = &[0x30, 10, 6, 8, 0x2b, 6, 1, 5, 5, 7, 3, 1];
    let folder = Folder::new();
    tls::development(&folder.0, days(0)).unwrap();
    let holds = |file: &str, part: &[u8]| {
        let der = CertificateDer::from_pem_file(folder.0.join(file)).unwrap();
        der.windows(part.len()).any(|window| window == part)
    };
    assert!(holds("ca.pem", NAME_CONSTRAINTS_CRITICAL));
    assert!(holds("ca.pem", AUTHORITY_OF_NO_OTHER));
    assert!(holds("cert.pem", SERVER_AUTH_ALONE));
}

// Goal: a clock far in the future, or before the epoch, is an error and not a panic.
#[test]
fn a_wild_clock_is_an_error() {
    let folder = Folder::new();
    assert!(tls::development(&folder.0, Timestamp::MAX).is_err());
    assert!(tls::development(&folder.0, Timestamp::MIN).is_err());
}
