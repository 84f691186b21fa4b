//! What a data key shows and hides.

use crate::test_entropy::Counting;
use crate::{DataKey, KeyId, KeyRing, Owner};

// Goal: `Debug` of what holds a secret shows ids and no key. The keys here are runs of one byte a
// step, so that a leak in hex, in decimal or in base64 would all be seen.
#[test]
fn debug_shows_no_secret() {
    let entropy = Counting::from(0xA0);
    let key = DataKey::generate([0x11; 16], Owner::user([0x22; 16]), &entropy).unwrap();
    let ring = KeyRing::generate(KeyId::from_bytes([0x44; 16]), "2026-11-24T09:00:00Z", &entropy);
    let ring = ring.unwrap();
    let text = ring.render().unwrap();
    let encoded = text.lines().nth(1).and_then(|line| line.split(' ').nth(4)).unwrap();

    for shown in [
        format!("{key:?} {key:#?}"),
        format!("{ring:?} {ring:#?}"),
        format!("{:?}", ring.active()),
        format!("{:?}", ring.subkey("sign-in").unwrap()),
        format!("{:?}", ring.system_key("outbox").unwrap()),
    ] {
        for leak in ["a0, a1", "a0a1", "160, 161", "c0c1", "192, 193", encoded] {
            assert!(!shown.to_lowercase().contains(&leak.to_lowercase()), "{leak} in {shown}");
        }
    }
    assert!(format!("{key:?}").contains("11111111111111111111111111111111"));
    assert!(format!("{ring:?}").contains("44444444-4444-4444-4444-444444444444"));
}
