//! What the text of a key ring may be, and what a ring keeps over its life.

use proptest::prelude::*;

use crate::limits::{RING_KEYS_MAX, RING_TEXT_BYTES_MAX};
use crate::test_entropy::{Counting, Dry};
use crate::{DataKey, KeyId, KeyRing, KeyState, Place, SystemEntropy, VaultError};

const CREATED: &str = "2026-11-24T09:00:00Z";
/// Computed apart from this crate, as the vector of sealed records: key bytes 40 to 5f.
const TEXT: &str = "kairo-keyring 1\n\
    key 44444444-4444-4444-4444-444444444444 2026-11-24T09:00:00Z active \
    QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXWFlaW1xdXl8\n\
    fingerprint hldnR0Lt2oELh0sN5MNSy2atlobVOSdQK1v53F5Shg8\n";
const KEY_TEXT: &str = "QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXWFlaW1xdXl8";

fn id(byte: u8) -> KeyId {
    KeyId::from_bytes([byte; 16])
}

fn ring() -> KeyRing {
    KeyRing::generate(id(0x44), CREATED, &Counting::from(0x40)).unwrap()
}

/// A ring of three: 3 active, 2 and 1 decrypt-only.
fn three() -> KeyRing {
    let mut ring = KeyRing::generate(id(1), CREATED, &Counting::from(10)).unwrap();
    ring.rotate(id(2), CREATED, &Counting::from(20)).unwrap();
    ring.rotate(id(3), CREATED, &Counting::from(30)).unwrap();
    ring
}

fn refusal(text: &str) -> VaultError {
    KeyRing::parse(text).map(|ring| ring.active().id()).unwrap_err()
}

fn states(ring: &KeyRing) -> Vec<(KeyId, KeyState)> {
    ring.keys().map(|key| (key.id(), key.state())).collect()
}

// Goal: text and fingerprint are the ones that are written down, and are read back.
#[test]
fn known_answer() {
    assert_eq!(ring().render().unwrap().as_str(), TEXT);
    assert_eq!(KeyRing::parse(TEXT).unwrap().render().unwrap().as_str(), TEXT);
}

// Goal: order, states and keys outlive the text.
#[test]
fn round_trip() {
    let mut ring = three();
    ring.retire(id(1)).unwrap();

    let read = KeyRing::parse(&ring.render().unwrap()).unwrap();

    let expected =
        [(id(3), KeyState::Active), (id(2), KeyState::DecryptOnly), (id(1), KeyState::Retired)];
    assert_eq!(states(&read), expected);
    assert_eq!(read.fingerprint(), ring.fingerprint());
    assert_eq!(read.find(id(2)).map(|key| key.state()), Some(KeyState::DecryptOnly));
    assert!(read.find(id(9)).is_none());
    assert_eq!(read.active().id(), id(3));
}

// Goal: exactly one key is active.
#[test]
fn one_active_key() {
    let text = three().render().unwrap();

    assert_eq!(refusal(&text.replace("decrypt-only", "active")), VaultError::TwoActiveKeys);
    assert_eq!(refusal(&text.replace(" active ", " decrypt-only ")), VaultError::NoActiveKey);
    assert_eq!(refusal(&TEXT.replace(" active ", " retired ")), VaultError::NoActiveKey);
    let first_two: Vec<&str> = TEXT.lines().collect();
    let no_keys = format!("{}\n{}\n", first_two[0], first_two[2]);
    assert_eq!(refusal(&no_keys), VaultError::NoActiveKey);
}

// Goal: no id and no key appears twice, in a text or by rotation.
#[test]
fn duplicates_are_refused() {
    let line = TEXT.lines().nth(1).unwrap().replace("active", "decrypt-only");
    let twice = |line: &str| TEXT.replace("fingerprint", &format!("{line}\nfingerprint"));
    let same_id = line.replace("QEFC", "AEFC");
    let same_key = line.replace("key 4", "key 5");

    for text in [twice(&line), twice(&same_id), twice(&same_key)] {
        assert_eq!(refusal(&text), VaultError::DuplicateKey);
    }
    let before = ring().fingerprint();
    let mut ring = ring();
    for (new, start) in [(0x44, 0x50), (0x45, 0x40)] {
        let refused = ring.rotate(id(new), CREATED, &Counting::from(start));
        assert_eq!(refused, Err(VaultError::DuplicateKey));
    }
    assert_eq!(ring.fingerprint(), before);
}

// Goal: a key in bad or other base64, too short or too long is refused, with its line.
#[test]
fn bad_keys_are_refused() {
    for key in [
        "",
        "QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXWFlaW1xdXl",
        "QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXWFlaW1xdXl8A",
        "QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXWFlaW1xdXl8=",
        "QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXWFlaW1xdXl9",
        "QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXWFlaW1xdXl!",
        "QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXWFlaW1xdX+8",
        "QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXWFlaW1xdX\u{e9}",
    ] {
        let error = refusal(&TEXT.replace(KEY_TEXT, key));

        assert_eq!(error, VaultError::RingLine { line: 2 }, "{key}");
    }
}

// Goal: anything before, between or after the lines is refused.
#[test]
fn garbage_is_refused() {
    let line = |line| VaultError::RingLine { line };
    let cases = [
        (format!("{TEXT}x"), line(4)),
        (format!("{TEXT}\n"), line(4)),
        (format!("{TEXT}{TEXT}"), line(4)),
        (format!(" {TEXT}"), VaultError::RingVersion),
        (format!("\u{feff}{TEXT}"), VaultError::RingVersion),
        (TEXT.replace("\nkey", "\n\nkey"), line(2)),
        (TEXT.replace("\nkey", "\n# a comment\nkey"), line(2)),
        (TEXT.replace("key 4", "key  4"), line(2)),
        (TEXT.replace(KEY_TEXT, &format!("{KEY_TEXT} x")), line(2)),
        (TEXT.replace(KEY_TEXT, &format!("{KEY_TEXT}\r")), line(2)),
        (TEXT.replace(" active", " Active"), line(2)),
        (TEXT.replace("Z active", " active"), line(2)),
        (TEXT.replace("fingerprint ", "fingerprint  "), line(3)),
    ];
    for (text, expected) in cases {
        assert_eq!(refusal(&text), expected, "{text}");
    }
}

// Goal: a version that this build does not know is refused as such.
#[test]
fn unknown_versions_are_refused() {
    for first in ["", "kairo-keyring", "kairo-keyring 2", "kairo-keyring 11", "other 1"] {
        let text = TEXT.replace("kairo-keyring 1", first);

        assert_eq!(refusal(&text), VaultError::RingVersion, "{first}");
    }
    assert_eq!(refusal(""), VaultError::RingVersion);
}

// Goal: a file that was cut anywhere is refused, at the end of a line too.
#[test]
fn every_cut_is_refused() {
    let text = three().render().unwrap();
    for len in 0..text.len() {
        assert!(KeyRing::parse(&text[..len]).is_err(), "length {len}");
    }
    let whole_lines = text.find("fingerprint").unwrap();
    assert_eq!(refusal(&text[..whole_lines]), VaultError::RingTruncated);
    assert_eq!(refusal(&text[..text.len() - 1]), VaultError::RingTruncated);
}

// Goal: a lost line or a damaged key shows, before a data key is wrapped with it.
#[test]
fn damage_shows() {
    let text = three().render().unwrap();
    let lost: String =
        text.lines().filter(|line| !line.contains("01010101")).map(|l| format!("{l}\n")).collect();

    assert_eq!(refusal(&lost), VaultError::RingFingerprint);
    assert_eq!(refusal(&TEXT.replace("QEFC", "REFC")), VaultError::RingFingerprint);
    assert_eq!(refusal(&TEXT.replace("key 4", "key 5")), VaultError::RingFingerprint);
    assert_eq!(refusal(&TEXT.replace("hldn", "ildn")), VaultError::RingFingerprint);
}

// Goal: a ring holds so many keys and its text so many bytes, and not one more.
#[test]
fn limits() {
    let entropy = SystemEntropy::new();
    let mut ring =
        KeyRing::generate(id(0), "2026-11-24T09:00:00.123456789+00:00", &entropy).unwrap();
    for byte in 1..RING_KEYS_MAX {
        ring.rotate(id(byte as u8), "2026-11-24T09:00:00.123456789+00:00", &entropy).unwrap();
    }
    let full = ring.render().unwrap();

    assert!(KeyRing::parse(&full).is_ok());
    assert_eq!(ring.rotate(id(0xff), CREATED, &entropy), Err(VaultError::RingTooLarge));
    let extra = TEXT.lines().nth(1).unwrap().replace("active", "retired");
    let over = full.replace("fingerprint", &format!("{extra}\nfingerprint"));
    assert_eq!(refusal(&over).to_string(), VaultError::RingTooLarge.to_string());
    let longest = format!("{TEXT}{}", "x".repeat(RING_TEXT_BYTES_MAX - TEXT.len()));
    assert_eq!(refusal(&longest), VaultError::RingLine { line: 4 });
    assert_eq!(refusal(&format!("{longest}x")), VaultError::RingTooLarge);
}

// Goal: the fingerprint follows ids and keys, and neither order nor state.
#[test]
fn fingerprint_names_the_keys() {
    let mut ring = three();
    let first = ring.fingerprint().unwrap();
    ring.activate(id(1)).unwrap();
    ring.retire(id(2)).unwrap();
    assert_eq!(ring.fingerprint(), Ok(first));

    ring.remove(id(2)).unwrap();

    assert_ne!(ring.fingerprint(), Ok(first));
    let other = KeyRing::generate(id(0x44), CREATED, &Counting::from(0x41)).unwrap();
    assert_ne!(other.fingerprint(), self::ring().fingerprint());
}

// Goal: a key goes from staged to active, decrypt-only, retired and away, and skips no step.
#[test]
fn the_life_of_a_key() {
    let mut ring = ring();
    let (old, new) = (id(0x44), id(0x45));
    ring.stage(new, CREATED, &SystemEntropy::new()).unwrap();
    assert_eq!(states(&ring), [(old, KeyState::Active), (new, KeyState::DecryptOnly)]);
    assert_eq!(ring.activate(old), Err(VaultError::KeyInUse));
    assert_eq!(ring.activate(id(9)), Err(VaultError::UnknownKey));

    ring.activate(new).unwrap();

    assert_eq!(states(&ring), [(new, KeyState::Active), (old, KeyState::DecryptOnly)]);
    assert_eq!(ring.remove(old), Err(VaultError::KeyInUse));
    assert_eq!(ring.retire(new), Err(VaultError::KeyInUse));
    assert_eq!(ring.retire(id(9)), Err(VaultError::UnknownKey));
    ring.retire(old).unwrap();
    assert_eq!(ring.activate(old), Err(VaultError::RetiredKey));
    ring.revive(old).unwrap();
    assert_eq!(ring.find(old).map(|key| key.state()), Some(KeyState::DecryptOnly));
    ring.retire(old).unwrap();
    ring.remove(old).unwrap();
    assert_eq!(states(&ring), [(new, KeyState::Active)]);
}

// Goal: without random bytes no key is made, and the ring stays as it was.
#[test]
fn no_entropy_no_key() {
    let mut ring = three();

    assert_eq!(ring.rotate(id(9), CREATED, &Dry), Err(VaultError::Entropy));

    assert_eq!(ring.fingerprint(), three().fingerprint());
    assert_eq!(ring.active().id(), id(3));
}

// Goal: a digest from before a rotation is checked with the subkey of its root key, until that is
// retired.
#[test]
fn subkeys_outlive_a_rotation() {
    let mut ring = ring();
    let digest = ring.subkey("sign-in").unwrap().mac(&[b"123456"]);
    ring.rotate(id(0x45), CREATED, &SystemEntropy::new()).unwrap();

    let fits = |ring: &KeyRing| {
        let subkeys = ring.subkeys("sign-in").unwrap();
        assert_eq!(subkeys[0].key_id(), id(0x45));
        subkeys.iter().any(|subkey| subkey.verify(&[b"123456"], &digest).is_ok())
    };

    assert!(ring.subkey("sign-in").unwrap().verify(&[b"123456"], &digest).is_err());
    assert!(fits(&ring));
    assert!(ring.subkey_of(id(0x44), "sign-in").unwrap().verify(&[b"123456"], &digest).is_ok());
    ring.retire(id(0x44)).unwrap();
    assert!(!fits(&ring));
    let retired = ring.subkey_of(id(0x44), "sign-in").map(|subkey| subkey.key_id());
    assert_eq!(retired, Err(VaultError::RetiredKey));
}

// Goal: mail that was sealed before a rotation opens after it, and for its purpose only.
#[test]
fn system_keys_outlive_a_rotation() {
    let place = Place { table: "app.outbox", column: "body", row: [7; 16], purpose: "mail" };
    let mut ring = ring();
    let key = ring.system_key("outbox").unwrap();
    let hex: String = key.id().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hex, "524a28a487011365f5d5431f2d6ba85f", "computed as the text above");
    let sealed = key.seal(&place, b"hello", &SystemEntropy::new()).unwrap();
    ring.rotate(id(0x45), CREATED, &SystemEntropy::new()).unwrap();

    let opened = ring.system_key_of("outbox", &sealed).unwrap().open(&place, &sealed).unwrap();

    assert_eq!(opened.as_slice(), b"hello");
    let other = ring.system_key_of("answers", &sealed).map(|key| key.id());
    assert_eq!(other, Err(VaultError::UnknownKey));
    let all: Vec<_> = ring.system_keys("outbox").unwrap().iter().map(DataKey::id).collect();
    assert_eq!(all, [ring.system_key("outbox").unwrap().id(), key.id()]);
    ring.retire(id(0x44)).unwrap();
    assert_eq!(ring.system_keys("outbox").unwrap().len(), 1);
    let retired = ring.system_key_of("outbox", &sealed).map(|key| key.id());
    assert_eq!(retired, Err(VaultError::UnknownKey));
}

proptest! {
    // Goal: a text with one byte changed is refused or, in a time or a state alone, read with the
    // same keys; it never panics and never yields another key.
    #[test]
    fn mutated_texts(at in 0..TEXT.len(), byte in 0_u8..128) {
        let mut bytes = TEXT.as_bytes().to_vec();
        bytes[at] = byte;
        let text = String::from_utf8(bytes).unwrap();

        if let Ok(read) = KeyRing::parse(&text) {
            prop_assert_eq!(read.fingerprint(), ring().fingerprint());
        }
    }

    // Goal: no text makes the parser panic.
    #[test]
    fn any_text(text in "(kairo-keyring 1\n)?((key|fingerprint) ?[ -~\u{e9}]{0,60}\n?){0,4}") {
        prop_assert!(KeyRing::parse(&text).is_err());
    }
}

// Goal: a key that leaked is seen in each form that Kairo or a person would write it in.
#[test]
fn a_leaked_key_is_found() {
    let ring = ring();
    let raw: Vec<u8> = (0x40..0x60).collect();
    let hex: String = raw.iter().map(|byte| format!("{byte:02x}")).collect();
    for leak in [raw.as_slice(), hex.as_bytes(), hex.to_uppercase().as_bytes(), KEY_TEXT.as_bytes()]
    {
        assert!(ring.appears_in(&[b"@before ", leak, b" after"].concat()));
        assert!(!ring.appears_in(&leak[..leak.len() - 1]));
    }
    assert!(!ring.appears_in(b""));
}
