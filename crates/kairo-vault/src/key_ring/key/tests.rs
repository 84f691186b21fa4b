//! What a root key and its id show and hide.

use proptest::prelude::*;

use super::contains;
use crate::test_entropy::Counting;
use crate::{KeyId, KeyRing, VaultError};

// Goal: an id has one text, and no other is read.
#[test]
fn key_id_text() {
    let text = "0192f0c1-0001-7abc-8def-0123456789ab";

    let id: KeyId = text.parse().unwrap();

    assert_eq!(id.to_string(), text);
    assert_eq!(KeyId::from_bytes(id.into_bytes()), id);
    for other in [
        "",
        "0192F0C1-0001-7abc-8def-0123456789ab",
        "0192f0c1000-1-7abc-8def-0123456789ab",
        "0192f0c1-0001-7abc-8def-0123456789a",
        "0192f0c1-0001-7abc-8def-0123456789abc",
        "+192f0c1-0001-7abc-8def-0123456789ab",
        "g192f0c1-0001-7abc-8def-0123456789ab",
        "------------------------------------",
        "0192f0c1-0001-7abc-8def-0123456789\u{e9}",
    ] {
        assert_eq!(other.parse::<KeyId>(), Err(VaultError::KeyId), "{other}");
    }
}

fn created(text: &str) -> Result<String, VaultError> {
    KeyRing::generate(KeyId::from_bytes([1; 16]), text, &Counting::from(0))?
        .render()
        .map(|text| KeyRing::parse(&text).map(|ring| ring.active().created().to_owned()).unwrap())
}

// Goal: an RFC 3339 time is kept as it was given.
#[test]
fn times_are_kept() {
    for good in [
        "2026-11-24T09:00:00Z",
        "2026-11-24T09:00:00.123456789Z",
        "2026-11-24T09:00:00+05:30",
        "2026-11-24T09:00:00.5-08:00",
    ] {
        assert_eq!(created(good).as_deref(), Ok(good));
    }
}

// Goal: what is no RFC 3339 time is refused, above all what would break a line of the ring.
#[test]
fn other_times_are_refused() {
    for bad in [
        "",
        "2026-11-24",
        "2026-11-24T09:00:00",
        "2026-11-24 09:00:00Z",
        "2026-11-24T09:00:00.Z",
        "2026-11-24T09:00:00.1234567890Z",
        "2026-11-24T09:00:00ZZ",
        "2026-11-24T09:00:00Z\n",
        "2026-11-24T09:00:00+0530",
        "2026-11-24T09:00:00+05:3",
        "2026-11-24T09:00:00 +05:30",
        "2026-11-24T09:00:0\u{e9}Z",
    ] {
        assert_eq!(created(bad), Err(VaultError::Created), "{bad}");
    }
}

proptest! {
    // Goal: the search finds what a plain one finds, wherever it stands.
    #[test]
    fn a_search_passes_over_nothing(
        haystack in prop::collection::vec(0_u8..3, 0..40),
        needle in prop::collection::vec(0_u8..3, 1..6),
    ) {
        let plain = haystack.windows(needle.len()).any(|window| window == needle);
        prop_assert_eq!(contains(&haystack, &needle), plain);
    }
}
