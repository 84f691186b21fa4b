//! What a sealed record promises: it opens in its place alone, whole and unchanged.

use proptest::prelude::*;

use crate::limits::{NAME_BYTES_MAX, PLAINTEXT_BYTES_MAX, SEAL_OVERHEAD_BYTES};
use crate::test_entropy::{Counting, Dry};
use crate::{DataKey, Owner, OwnerKind, Place, SystemEntropy, VaultError, sealed_key_id};

const PLACE: Place<'_> =
    Place { table: "app.items", column: "body", row: [0x33; 16], purpose: "item" };
const TEXT: &[u8] = b"lunch with Sam tomorrow 1pm";

fn key() -> DataKey {
    DataKey::generate([0x11; 16], Owner::user([0x22; 16]), &Counting::from(0)).unwrap()
}

fn sealed() -> Vec<u8> {
    key().seal(&PLACE, TEXT, &Counting::from(0x80)).unwrap()
}

// Goal: the format is the one that is written down. The vector was computed apart from this crate,
// with HKDFExpand and AESGCM of the Python package `cryptography` 48; key bytes 00 to 1f, salt and
// nonce 80 to 9b.
#[test]
fn known_answer() {
    let expected = concat!(
        "0101111111111111111111111111111111110000",
        "808182838485868788898a8b8c8d8e8f909192939495969798999a9b",
        "af92f8608c3f4b428515ff412f2c0d929641e485fb28865f279975addca0e1d3b8bd734867329b2676bc2c",
    );

    let hex: String = sealed().iter().map(|byte| format!("{byte:02x}")).collect();

    assert_eq!(hex, expected);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    // Goal: any text opens again at its place, 64 bytes longer while sealed, and names its key.
    #[test]
    fn round_trip(text in prop::collection::vec(any::<u8>(), 0..2048), row in any::<[u8; 16]>()) {
        let place = Place { row, ..PLACE };

        let sealed = key().seal(&place, &text, &SystemEntropy::new()).unwrap();

        prop_assert_eq!(sealed.len(), text.len() + SEAL_OVERHEAD_BYTES);
        prop_assert_eq!(sealed_key_id(&sealed), Ok(key().id()));
        prop_assert_eq!(&*key().open(&place, &sealed).unwrap(), &text);
    }

    // Goal: bytes from anywhere neither open nor panic.
    #[test]
    fn noise_never_opens(noise in prop::collection::vec(any::<u8>(), 0..256)) {
        let mut headed = vec![1, 1];
        headed.extend_from_slice(&key().id());
        headed.extend_from_slice(&[0, 0]);
        headed.extend_from_slice(&noise);

        prop_assert!(key().open(&PLACE, &noise).is_err());
        prop_assert!(key().open(&PLACE, &headed).is_err());
    }
}

// Goal: no single bit of a sealed record can change, in the header, the text or the tag.
#[test]
fn every_flipped_bit_fails() {
    let good = sealed();
    for at in 0..good.len() {
        for bit in 0..8 {
            let mut bad = good.clone();
            bad[at] ^= 1 << bit;

            assert!(key().open(&PLACE, &bad).is_err(), "byte {at} bit {bit}");
        }
    }
}

// Goal: past the bytes of format and key id, the one answer to a change is `NotAuthentic`.
#[test]
fn tampering_has_one_answer() {
    let good = sealed();
    for at in (2..18).chain(20..good.len()) {
        let mut bad = good.clone();
        bad[at] ^= 1;

        assert_eq!(key().open(&PLACE, &bad).unwrap_err(), VaultError::NotAuthentic, "byte {at}");
    }
}

// Goal: a record that was cut at any length, or grew, does not open.
#[test]
fn every_other_length_fails() {
    let good = sealed();
    for len in 0..good.len() {
        let error = key().open(&PLACE, &good[..len]).unwrap_err();

        let short = len < SEAL_OVERHEAD_BYTES;
        let expected = if short { VaultError::Truncated } else { VaultError::NotAuthentic };
        assert_eq!(error, expected, "length {len}");
        assert_eq!(sealed_key_id(&good[..len]).is_err(), short, "length {len}");
    }
    let longer = [good, vec![0]].concat();
    assert_eq!(key().open(&PLACE, &longer).unwrap_err(), VaultError::NotAuthentic);
}

// Goal: cut and paste to another row, column, table or purpose fails.
#[test]
fn another_place_fails() {
    let others = [
        Place { row: [0x34; 16], ..PLACE },
        Place { column: "notes", ..PLACE },
        Place { table: "app.captures", ..PLACE },
        Place { purpose: "capture", ..PLACE },
        Place { table: "app.itemsb", column: "ody", ..PLACE },
        Place { table: PLACE.column, column: PLACE.table, ..PLACE },
    ];
    for other in others {
        let error = key().open(&other, &sealed()).unwrap_err();

        assert_eq!(error, VaultError::NotAuthentic, "{other:?}");
    }
}

// Goal: a record opens for no other owner, also where key and id are the same ones.
#[test]
fn another_owner_fails() {
    let others = [Owner::user([0x23; 16]), Owner { kind: OwnerKind::Team, ..key().owner() }];
    for other in others {
        let twin = DataKey::generate(key().id(), other, &Counting::from(0)).unwrap();

        assert_eq!(twin.open(&PLACE, &sealed()).unwrap_err(), VaultError::NotAuthentic);
    }
}

// Goal: another key fails, whether it has the id of the header or not.
#[test]
fn another_key_fails() {
    for (id, start) in [([0x11; 16], 1), ([0x12; 16], 0)] {
        let other = DataKey::generate(id, key().owner(), &Counting::from(start)).unwrap();

        assert_eq!(other.open(&PLACE, &sealed()).unwrap_err(), VaultError::NotAuthentic);
    }
}

// Goal: another version, algorithm or flag is refused by name, before a key is looked for.
#[test]
fn downgrade_fails() {
    for at in [0, 1, 18, 19] {
        for value in (0..=255).filter(|value| *value != sealed()[at]) {
            let mut bad = sealed();
            bad[at] = value;

            assert_eq!(key().open(&PLACE, &bad).unwrap_err(), VaultError::UnknownFormat);
            assert_eq!(sealed_key_id(&bad), Err(VaultError::UnknownFormat));
        }
    }
}

// Goal: the same text sealed twice shares nothing but the fixed bytes, so equality does not show.
#[test]
fn two_seals_differ() {
    let [first, second] =
        [(); 2].map(|()| key().seal(&PLACE, TEXT, &SystemEntropy::new()).unwrap());

    assert_eq!(first[..20], second[..20]);
    assert_ne!(first[20..36], second[20..36]);
    assert_ne!(first[36..48], second[36..48]);
    assert_ne!(first[48..], second[48..]);
}

// Goal: the longest text is sealed, and one byte more is not.
#[test]
fn plaintext_limit() {
    let longest = vec![b'a'; PLAINTEXT_BYTES_MAX];
    let longer = vec![b'a'; PLAINTEXT_BYTES_MAX + 1];

    let sealed = key().seal(&PLACE, &longest, &SystemEntropy::new()).unwrap();

    assert_eq!(&*key().open(&PLACE, &sealed).unwrap(), &longest);
    let refused = key().seal(&PLACE, &longer, &SystemEntropy::new());
    assert_eq!(refused, Err(VaultError::TooLong));
    let longer = [sealed, vec![0]].concat();
    assert_eq!(key().open(&PLACE, &longer).unwrap_err(), VaultError::TooLong);
}

// Goal: names that PostgreSQL would cut, and names that are none, are refused on both ways.
#[test]
fn name_limit() {
    let (longest, longer) = ("a".repeat(NAME_BYTES_MAX), "a".repeat(NAME_BYTES_MAX + 1));
    let good = Place { table: &longest, ..PLACE };
    assert!(key().seal(&good, TEXT, &SystemEntropy::new()).is_ok());

    for name in [longer.as_str(), "", "a b", "a\n", "caf\u{e9}", "\0"] {
        let places = [
            Place { table: name, ..PLACE },
            Place { column: name, ..PLACE },
            Place { purpose: name, ..PLACE },
        ];
        for place in places {
            let refused = key().seal(&place, TEXT, &SystemEntropy::new());
            assert_eq!(refused, Err(VaultError::Name), "{name:?}");
            assert_eq!(key().open(&place, &sealed()).unwrap_err(), VaultError::Name, "{name:?}");
        }
    }
}

// Goal: without random bytes there is no seal and no key.
#[test]
fn no_entropy_no_seal() {
    assert_eq!(key().seal(&PLACE, TEXT, &Dry), Err(VaultError::Entropy));
    let made = DataKey::generate([0; 16], Owner::user([0; 16]), &Dry);
    assert_eq!(made.map(|key| key.id()), Err(VaultError::Entropy));
}
