//! What a wrapped key promises: it opens for its owner under its root key alone.

use crate::limits::WRAPPED_BYTES;
use crate::test_entropy::{Counting, Dry};
use crate::{DataKey, KeyId, KeyRing, Owner, OwnerKind, SystemEntropy, VaultError, Wrapped};

const DEK: [u8; 16] = [0x11; 16];
const OWNER: Owner = Owner::user([0x22; 16]);
const KEK: KeyId = KeyId::from_bytes([0x44; 16]);
const NEXT: KeyId = KeyId::from_bytes([0x45; 16]);
const CREATED: &str = "2026-11-24T09:00:00Z";

fn key() -> DataKey {
    DataKey::generate(DEK, OWNER, &Counting::from(0)).unwrap()
}

fn ring() -> KeyRing {
    KeyRing::generate(KEK, CREATED, &Counting::from(0x40)).unwrap()
}

fn wrapped() -> Wrapped {
    ring().wrap(&key(), &Counting::from(0x80)).unwrap()
}

fn failure(ring: &KeyRing, dek: [u8; 16], owner: Owner, kek: KeyId, bytes: &[u8]) -> VaultError {
    ring.unwrap(dek, owner, kek, bytes).map(|key| key.id()).unwrap_err()
}

// Goal: the format is the one that is written down; computed as the vector of sealed records.
#[test]
fn known_answer() {
    let expected = concat!(
        "0101808182838485868788898a8b8c8d8e8f909192939495969798999a9b",
        "334ee0d4dacf35b212082a299b597ae85f3c977049044eba9bace661540d6622",
        "5e72f6560e387f2cff336dab4981c35d",
    );

    let hex: String = wrapped().bytes.iter().map(|byte| format!("{byte:02x}")).collect();

    assert_eq!(hex, expected);
    assert_eq!(wrapped().bytes.len(), WRAPPED_BYTES);
}

// Goal: the key that comes out is the one that went in.
#[test]
fn round_trip() {
    let Wrapped { kek_id, bytes } = ring().wrap(&key(), &SystemEntropy::new()).unwrap();

    let opened = ring().unwrap(DEK, OWNER, kek_id, &bytes).unwrap();

    assert_eq!((opened.id(), opened.owner()), (DEK, OWNER));
    assert_eq!(opened.mac("x", &[b"y"]), key().mac("x", &[b"y"]));
}

// Goal: a wrapped key serves no other owner, kind of owner or data-key id.
#[test]
fn another_owner_or_id_fails() {
    let team = Owner { kind: OwnerKind::Team, ..OWNER };
    let profile = Owner { kind: OwnerKind::Profile, ..OWNER };
    let others = [(DEK, Owner::user([0x23; 16])), (DEK, team), (DEK, profile), ([0x12; 16], OWNER)];
    for (dek, owner) in others {
        let error = failure(&ring(), dek, owner, KEK, &wrapped().bytes);

        assert_eq!(error, VaultError::NotAuthentic, "{owner:?}");
    }
}

// Goal: another root key fails, with its own id, with the id of the right one, and unknown.
#[test]
fn another_root_key_fails() {
    let same_id = KeyRing::generate(KEK, CREATED, &Counting::from(0x41)).unwrap();
    let same_key = KeyRing::generate(NEXT, CREATED, &Counting::from(0x40)).unwrap();
    let bytes = wrapped().bytes;

    assert_eq!(failure(&same_id, DEK, OWNER, KEK, &bytes), VaultError::NotAuthentic);
    assert_eq!(failure(&same_key, DEK, OWNER, NEXT, &bytes), VaultError::NotAuthentic);
    assert_eq!(failure(&same_key, DEK, OWNER, KEK, &bytes), VaultError::UnknownKey);
}

// Goal: every bit counts, and no other length passes.
#[test]
fn every_change_fails() {
    let good = wrapped().bytes;
    for at in 0..good.len() {
        for bit in 0..8 {
            let mut bad = good.clone();
            bad[at] ^= 1 << bit;
            let expected =
                if at < 2 { VaultError::UnknownFormat } else { VaultError::NotAuthentic };
            assert_eq!(failure(&ring(), DEK, OWNER, KEK, &bad), expected, "byte {at}");
        }
        let cut = failure(&ring(), DEK, OWNER, KEK, &good[..at]);
        assert_eq!(cut, VaultError::Truncated, "length {at}");
    }
    let longer = [good, vec![0]].concat();
    assert_eq!(failure(&ring(), DEK, OWNER, KEK, &longer), VaultError::Truncated);
}

// Goal: a rotation reaches every key: the old root key still opens, wrapping uses the new one,
// rewrapping moves and then has nothing left to do, and a retired root key opens no more.
#[test]
fn rotation() {
    let mut ring = ring();
    let old = wrapped();
    ring.rotate(NEXT, CREATED, &SystemEntropy::new()).unwrap();
    assert!(ring.unwrap(DEK, OWNER, old.kek_id, &old.bytes).is_ok());

    let rewrap = |from: &Wrapped| {
        ring.rewrap(DEK, OWNER, from.kek_id, &from.bytes, &SystemEntropy::new()).unwrap()
    };
    let new = rewrap(&old).unwrap();

    assert_eq!(new.kek_id, NEXT);
    assert_eq!(rewrap(&new), None);
    ring.retire(KEK).unwrap();
    assert_eq!(failure(&ring, DEK, OWNER, KEK, &old.bytes), VaultError::RetiredKey);
    let opened = ring.unwrap(DEK, OWNER, NEXT, &new.bytes).unwrap();
    assert_eq!(opened.mac("x", &[b"y"]), key().mac("x", &[b"y"]));
}

// Goal: a key wrapped twice shows no sign of it, and without random bytes nothing is wrapped.
#[test]
fn wrapping_is_fresh() {
    let [first, second] = [(); 2].map(|()| ring().wrap(&key(), &SystemEntropy::new()).unwrap());

    assert_ne!(first.bytes[2..30], second.bytes[2..30]);
    assert_ne!(first.bytes[30..], second.bytes[30..]);
    assert_eq!(ring().wrap(&key(), &Dry), Err(VaultError::Entropy));
}
