//! What keyed digests promise: known vectors, and no two lists with one digest.

use crate::test_entropy::Counting;
use crate::{DataKey, KeyId, KeyRing, Owner, VaultError};

const PARTS: &[&[u8]] = &[b"ab", b"c"];

fn key(start: u8) -> DataKey {
    DataKey::generate([0x11; 16], Owner::user([0x22; 16]), &Counting::from(start)).unwrap()
}

fn ring() -> KeyRing {
    let id = KeyId::from_bytes([0x44; 16]);
    KeyRing::generate(id, "2026-11-24T09:00:00Z", &Counting::from(0x40)).unwrap()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

// Goal: the derivations are the ones that are written down. Computed apart from this crate, with
// HKDFExpand of the Python package `cryptography` 48 and the `hmac` of its standard library; key
// bytes 00 to 1f and 40 to 5f.
#[test]
fn known_answers() {
    assert_eq!(
        hex(&key(0).mac("cache", PARTS).unwrap()),
        "1d9d91d68a84d223511b4dd3f757fea4c4fc9adc7648b738bdbe0ff09b306e13"
    );
    assert_eq!(
        hex(&ring().subkey("sign-in").unwrap().mac(PARTS)),
        "668da0e2aaf4627bcb65fa35e10e4afb137dfc73d14ca37408b7d7dd79e047b2"
    );
}

// Goal: key, purpose, parts and where the parts are cut all change the digest of a data key.
#[test]
fn data_key_digests_are_separate() {
    let good = key(0).mac("cache", PARTS).unwrap();

    assert_eq!(key(0).verify_mac("cache", PARTS, &good), Ok(()));
    let others: [(_, _, &[&[u8]]); 6] = [
        (key(1), "cache", PARTS),
        (key(0), "request", PARTS),
        (key(0), "cache", &[b"a", b"bc"]),
        (key(0), "cache", &[b"abc"]),
        (key(0), "cache", &[b"ab", b"c", b""]),
        (key(0), "cache", &[]),
    ];
    for (key, purpose, parts) in others {
        assert_ne!(key.mac(purpose, parts), Ok(good));
        assert_eq!(key.verify_mac(purpose, parts, &good), Err(VaultError::NotAuthentic));
    }
}

// Goal: a digest that was changed or cut is refused; an empty one too.
#[test]
fn changed_digests_are_refused() {
    let subkey = ring().subkey("sign-in").unwrap();
    let good = subkey.mac(PARTS);

    assert_eq!(subkey.verify(PARTS, &good), Ok(()));
    for at in 0..good.len() {
        let mut bad = good;
        bad[at] ^= 1;
        assert_eq!(subkey.verify(PARTS, &bad), Err(VaultError::NotAuthentic));
        assert_eq!(subkey.verify(PARTS, &good[..at]), Err(VaultError::NotAuthentic));
    }
}

// Goal: a purpose that is no name is refused everywhere.
#[test]
fn purposes_are_names() {
    for purpose in ["", "sign in", &"a".repeat(64)] {
        assert_eq!(key(0).mac(purpose, PARTS), Err(VaultError::Name));
        assert_eq!(ring().subkey(purpose).map(|_| ()), Err(VaultError::Name));
        assert_eq!(ring().system_key(purpose).map(|_| ()), Err(VaultError::Name));
    }
    assert!(key(0).mac(&"a".repeat(63), PARTS).is_ok());
}

// Goal: one root key and purpose give a subkey and a system key that have nothing in common.
#[test]
fn uses_of_one_key_are_separate() {
    let system = ring().system_key("outbox").unwrap();

    let digests = [
        ring().subkey("outbox").unwrap().mac(PARTS),
        ring().subkey("outbox2").unwrap().mac(PARTS),
        system.mac("outbox", PARTS).unwrap(),
    ];

    assert_ne!(digests[0], digests[1]);
    assert_ne!(digests[0], digests[2]);
}
