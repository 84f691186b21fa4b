//! What the accounts' pure parts promise.

use proptest::prelude::*;

use super::bearer::{Secret, Use};
use super::device;
use super::email::Email;
use crate::clock::Random;
use crate::limits::EMAIL_BYTES_MAX;

// Goal: addresses that a mail server could read differently are refused.
#[test]
fn odd_addresses_are_refused() {
    for bad in [
        "",
        "ana",
        "@x.org",
        "ana@",
        "a@b",
        "a@@x.org",
        "a@x.org@y.org",
        "a b@x.org",
        "\"a\"@x.org",
        "ana@x.org\r\nBcc: b@y.org",
        "ana\u{FF20}x.org",
        "ana@ex\u{FF41}mple.org",
        "ana@127.0.0.1",
        "ana@[127.0.0.1]",
        ".a@x.org",
        "a.@x.org",
        "a..b@x.org",
        "ana@x.org.",
        "ana@.x.org",
        "a,b@x.org",
    ] {
        assert!(Email::parse(bad).is_err(), "{bad:?} was taken");
    }
}

// Goal: one address has one form, and only case and the domain's script are changed.
#[test]
fn addresses_have_one_form() {
    for (typed, normal) in [
        ("Ana@Example.ORG", "ana@example.org"),
        (" ana+tag@example.org ", "ana+tag@example.org"),
        ("a.n.a@example.org", "a.n.a@example.org"),
        ("ana@b\u{FC}cher.example", "ana@xn--bcher-kva.example"),
    ] {
        assert_eq!(Email::parse(typed).unwrap().as_str(), normal);
    }
    let long = format!("{}@{}.org", "a".repeat(64), "b".repeat(60));
    assert!(Email::parse(&long).is_ok());
    assert!(Email::parse(&format!("a{long}")).is_err(), "a local part one byte past the limit");
}

proptest! {
    // Goal: what was normalised is taken again unchanged (Auth.js GHSA-7rqj-j65f-68wh).
    #[test]
    fn normalising_twice_changes_nothing(typed in "\\PC{1,20}@\\PC{1,20}") {
        if let Ok(email) = Email::parse(&typed) {
            prop_assert_eq!(Email::parse(email.as_str()), Ok(email.clone()));
            prop_assert!(email.as_str().is_ascii());
        }
    }

    // Goal: nothing but the one text form of a secret is read.
    #[test]
    fn a_secret_has_one_form(text in "\\PC{0,60}") {
        prop_assert!(Secret::parse(Use::Session, &text).is_none());
    }
}

// Goal: a secret comes back from its text, and only for its own use.
#[test]
fn secrets_keep_their_use() {
    let secret = Secret::draw(Use::Session, &Random::system()).unwrap();
    let text = secret.reveal();
    let again = Secret::parse(Use::Session, &text).unwrap();
    assert_eq!(again.digest(), secret.digest());
    assert!(Secret::parse(Use::Token, &text).is_none());
    assert!(!format!("{secret:?}").contains(&text[4..]));
    let token = Secret::parse(Use::Token, &text.replacen("ks1_", "kt1_", 1)).unwrap();
    assert_ne!(token.digest(), secret.digest());
}

// Goal: a label comes from the closed list, whatever was sent.
#[test]
fn devices_come_from_a_closed_list() {
    let chrome =
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/120.0.0.0 Safari/537.36";
    assert_eq!(device::label(chrome), "Chrome on Linux");
    let safari = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604.1";
    assert_eq!(device::label(safari), "Safari on iPhone");
    assert_eq!(device::label("<script>"), "A browser on another system");
    for agent in [chrome, safari, "<script>"] {
        assert!(device::is_label(&device::label(agent)));
    }
    assert!(!device::is_label("your bank. Call on Windows"));
}

// Goal: every label is one of the closed list, and nothing else is: labels come back in cookies.
#[test]
fn labels_are_known_again() {
    use super::device::{BROWSERS, SYSTEMS, is_label, label};
    let marks = ["Edg/", "OPR/", "Firefox/", "Chrome/", "Version/ Safari/", "curl"];
    let systems = ["iPhone", "iPad", "Android", "Windows NT", "Mac OS X", "CrOS", "Linux", "BeOS"];
    for (mark, browser) in marks.iter().zip(BROWSERS) {
        for (at, system) in systems.iter().zip(SYSTEMS) {
            let made = label(&format!("{mark} {at}"));
            assert_eq!(made, format!("{browser} on {system}"));
            assert!(is_label(&made));
        }
    }
    for other in ["", " on ", "Firefox", "Firefox on", "Call 0800 on Linux", "Edge on Linux on x"] {
        assert!(!is_label(other), "{other}");
    }
}

// Goal: the longest address that mail servers take is taken, and one byte more is not.
#[test]
fn one_byte_past_an_address() {
    let of_bytes = |bytes: usize| {
        let label = "d".repeat(62);
        let domain = format!("{label}.{label}.{label}");
        let local = "l".repeat(bytes - domain.len() - "@.org".len());
        format!("{local}@{domain}.org")
    };
    assert_eq!(of_bytes(EMAIL_BYTES_MAX).len(), EMAIL_BYTES_MAX);
    assert!(Email::parse(&of_bytes(EMAIL_BYTES_MAX)).is_ok());
    assert!(Email::parse(&of_bytes(EMAIL_BYTES_MAX + 1)).is_err());
}
