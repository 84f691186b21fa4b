//! Which PostgreSQL is new enough.

use super::*;

// Goal: a release is taken from its first supported minor one, and refused one below.
#[test]
fn each_branch_has_its_own_oldest_release() {
    for oldest in OLDEST {
        assert!(oldest.is_supported(), "{oldest}");
    }
    let untried = Version(19, 0);
    for other in [Version(15, 13), Version(16, 9), Version(17, 5), Version(14, 20), untried] {
        assert!(!other.is_supported(), "{other}");
    }
}

// Goal: what packages print is read; what is no release is not taken for one.
#[test]
fn the_version_line_is_read() {
    let debian = "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n";
    assert_eq!(Version::read(debian), Some(Version(15, 18)));
    assert_eq!(Version::read("postgres (PostgreSQL) 18.0\n"), Some(Version(18, 0)));
    assert_eq!(Version::read("postgres (PostgreSQL) 19beta1\n"), None);
    assert_eq!(Version::read(""), None);
}
