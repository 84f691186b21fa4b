//! What a URL may say.

use super::*;

fn refusal(url: &str) -> String {
    match External::parse(url) {
        Ok(_) => panic!("{url} was taken"),
        Err(error) => error.to_string(),
    }
}

// Goal: a socket needs no TLS, another machine always has it, and this machine may do without.
#[test]
fn tls_leads_to_every_other_machine() {
    for (url, has_tls) in [
        ("postgresql://mig@%2Ftmp%2Fs:5555/kairo", false),
        ("postgresql://mig@%2Ftmp%2Fs/kairo?sslmode=verify-full", false),
        ("postgres://mig:x@db.example.com/kairo", true),
        ("postgres://mig:x@db.example.com:6432/kairo?sslmode=verify-full", true),
        ("postgres://mig:x@127.0.0.1/kairo", true),
        ("postgres://mig:x@127.0.0.1/kairo?sslmode=disable", false),
        ("postgres://mig:x@localhost/kairo?sslmode=disable&application_name=x", false),
    ] {
        assert_eq!(External::parse(url).unwrap().tls.is_some(), has_tls, "{url}");
    }
}

// Goal: no mode of plain text, or of TLS without a verified name, reaches another machine.
#[test]
fn plain_text_to_another_machine_is_refused() {
    for mode in ["disable", "allow", "prefer", "require", "verify-ca", "VERIFY-FULL", ""] {
        let said = refusal(&format!("postgres://mig:hunter2@db.example.com/kairo?sslmode={mode}"));
        assert!(said.contains("verify-full"), "{said}");
        assert!(!said.contains("hunter2"), "{said}");
    }
    assert!(refusal("postgres://m:x@192.0.2.1/kairo?sslmode=disable").contains("192.0.2.1"));
}

// Goal: a URL that says too little is refused with what it lacks, and never shown.
#[test]
fn an_incomplete_url_is_refused() {
    for (url, what) in [
        ("postgres://db.example.com/kairo", "user"),
        ("postgres://mig:hunter2@db.example.com", "database"),
        ("postgres://mig:hunter2@a.example.com,b.example.com/kairo", "one host"),
        ("mysql://mig:hunter2@db/kairo", "KAIRO_DATABASE_URL"),
        ("postgres://mig:hunter2@localhost/kairo?sslmode=disable&hostaddr=192.0.2.1", "hostaddr"),
        ("", "KAIRO_DATABASE_URL"),
        ("postgres://mig:hunter2@db/kairo?ssl_min=hunter2", "KAIRO_DATABASE_URL"),
    ] {
        let said = refusal(url);
        assert!(said.contains(what), "{url}: {said}");
        assert!(!said.contains("hunter2"), "{said}");
    }
}

// Goal: an authority's file that is not there or holds nothing is named.
#[test]
fn a_missing_authority_is_named() {
    let url = "postgres://mig:x@db.example.com/kairo?sslrootcert=/nowhere/ca.pem";
    assert!(refusal(url).contains("/nowhere/ca.pem"));
    let url = "postgres://mig:x@db.example.com/kairo?sslrootcert=%2Fno%20where%2Fca.pem";
    assert!(refusal(url).contains("/no where/ca.pem"));
    let url = "postgres://mig:x@db.example.com/kairo?sslrootcert=/dev/null";
    assert!(refusal(url).contains("no certificate"));
}

// Goal: each branch has its first release without known holes; one before it, and a branch that
// nobody tried, are refused with what would do.
#[test]
fn an_old_release_is_refused() {
    for number in [150_014, 150_018, 160_010, 170_006, 180_000, 180_009] {
        assert!(checks::supported(number).is_ok(), "{number}");
    }
    for number in [150_013, 160_009, 170_005, 140_030, 90_624, 190_000, 0, -1] {
        let said = checks::supported(number).unwrap_err().to_string();
        assert!(said.contains("15.14, 16.10"), "{number}: {said}");
    }
}
