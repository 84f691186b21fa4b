//! What of mail needs no database: waits, signatures, messages, seals, and the outbox's folder.

use kairo_vault::{KeyId, KeyRing, SystemEntropy};
use secrecy::SecretString;

use super::*;
use crate::config::scratch::Scratch;
use crate::limits::{
    MAIL_ATTEMPTS_MAX, MAIL_LEASE_S, MAIL_PATIENCE_MAX, MAIL_SEND_MAX, MAIL_WAIT_FIRST, OUTBOX_MAX,
    WEBHOOK_ID_BYTES_MAX, WEBHOOK_SIGNATURES_MAX, WEBHOOK_SKEW_S_MAX,
};

fn letter(to: &str) -> Letter {
    Letter {
        to: to.to_owned(),
        subject: "Sign in".to_owned(),
        text: Zeroizing::new("text".to_owned()),
        link: Zeroizing::default(),
        code: Zeroizing::default(),
        at: Timestamp::UNIX_EPOCH,
    }
}

// Goal: waits double up to their bound, are spread over the upper half, and all of them together
// end while a letter still lives.
#[test]
fn waits_double_and_spread() {
    let ms = |time: Duration| u64::try_from(time.as_millis()).unwrap();
    for (attempt, whole) in [(1, 2_000), (2, 4_000), (6, 64_000), (7, 120_000), (u16::MAX, 120_000)]
    {
        assert_eq!(wait_ms(attempt, 0, None), whole);
        let least = wait_ms(attempt, u8::MAX, None);
        assert!(least > whole / 2 && least < whole * 51 / 100, "{least}");
    }
    let asked = |s| wait_ms(1, 0, Some(Duration::from_secs(s)));
    assert_eq!((asked(1), asked(30)), (ms(MAIL_WAIT_FIRST), 30_000));
    let most = MAIL_PATIENCE_MAX.as_secs();
    assert_eq!((asked(most), asked(most + 1)), (ms(MAIL_PATIENCE_MAX), ms(MAIL_PATIENCE_MAX)));
    let attempts = u16::try_from(MAIL_ATTEMPTS_MAX).unwrap();
    let all: u64 = (1..attempts).map(|attempt| wait_ms(attempt, 0, None)).sum();
    assert!(all < 600_000, "{all}");
    assert!(MAIL_SEND_MAX.as_secs() * 2 < MAIL_LEASE_S, "an attempt outlives its lease");
}

/// The example of Svix's page on verifying by hand, computed apart from this code.
const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
const AT: &str = "1614265330";
const BODY: &[u8] = br#"{"test": 2432232314}"#;
const TAG: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

fn webhook() -> Webhook {
    Webhook::new(&SecretString::from("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")).unwrap()
}

fn verified(id: &str, timestamp: &str, signatures: &str, body: &[u8]) -> Result<(), NotOurs> {
    let now = Timestamp::from_second(1_614_265_330).unwrap();
    webhook().verify(&Signed { id, timestamp, signatures }, body, now)
}

// Goal: a message of Svix's own example is known, also among others' signatures, and nothing else
// is.
#[test]
fn signatures() {
    let other = format!("v1,{} {TAG}", "A".repeat(43) + "=");
    for good in [TAG, &format!("v1a,x v1,! {TAG}"), &other] {
        assert_eq!(verified(ID, AT, good, BODY), Ok(()), "{good}");
    }
    let late = TAG.replace("v1,", "v2,");
    for forged in ["", "v1,", &TAG[3..], &late, &TAG[..20], &format!("v1,{}=", "A".repeat(43))] {
        assert_eq!(verified(ID, AT, forged, BODY), Err(NotOurs::Forged), "{forged}");
    }
    assert_eq!(verified(ID, AT, TAG, br#"{"test": 2432232315}"#), Err(NotOurs::Forged));
    assert_eq!(verified("msg_other", AT, TAG, BODY), Err(NotOurs::Forged));
    assert_eq!(verified(ID, "1614265331", TAG, BODY), Err(NotOurs::Forged));
    for unsigned in ["", "now", "1614265330.5"] {
        assert_eq!(verified(ID, unsigned, TAG, BODY), Err(NotOurs::Unsigned));
    }
    assert_eq!(verified("", AT, TAG, BODY), Err(NotOurs::Unsigned));
}

// Goal: a message may be as late, and as early, as its bound, and not a second more; ids and lists
// of signatures have a bound, too.
#[test]
fn one_past_the_bounds_of_a_message() {
    let skew = i64::try_from(WEBHOOK_SKEW_S_MAX).unwrap();
    for (by, holds) in [(skew, true), (-skew, true), (skew + 1, false), (-skew - 1, false)] {
        let now = Timestamp::from_second(1_614_265_330 + by).unwrap();
        let signed = Signed { id: ID, timestamp: AT, signatures: TAG };
        assert_eq!(webhook().verify(&signed, BODY, now).is_ok(), holds, "{by}");
    }
    let far = Signed { id: ID, timestamp: "-9223372036854775808", signatures: TAG };
    assert_eq!(webhook().verify(&far, BODY, Timestamp::MAX), Err(NotOurs::Stale));
    let long = |bytes| verified(&"x".repeat(bytes), AT, TAG, BODY);
    assert_eq!(long(WEBHOOK_ID_BYTES_MAX), Err(NotOurs::Forged));
    assert_eq!(long(WEBHOOK_ID_BYTES_MAX + 1), Err(NotOurs::Unsigned));
    let after = |others| format!("{}{TAG}", "v1,AAAA ".repeat(others));
    assert_eq!(verified(ID, AT, &after(WEBHOOK_SIGNATURES_MAX - 1), BODY), Ok(()));
    let more = verified(ID, AT, &after(WEBHOOK_SIGNATURES_MAX), BODY);
    assert_eq!(more, Err(NotOurs::Forged));
}

// Goal: what is no secret of a webhook is none.
#[test]
fn secrets_of_webhooks() {
    for bad in ["", "whsec_", "whsec_!", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_AAAA"] {
        assert!(Webhook::new(&SecretString::from(bad)).is_none(), "{bad}");
    }
}

// Goal: each kind of message is read for what it says; a bounce is for good unless it says
// otherwise.
#[test]
fn messages() {
    let fate = |kind: &str, more: &str| {
        let body = format!(
            r#"{{"type":"{kind}","created_at":"2026-11-22T23:41:12.126Z",
                 "data":{{"email_id":"e1","to":["a@b.example"]{more}}}}}"#
        );
        let told = Told::read(body.as_bytes()).unwrap();
        assert_eq!((told.provider_id.as_deref(), told.to.len()), (Some("e1"), 1));
        told.fate
    };
    let bounce = |kind| format!(r#","bounce":{{"subType":"General","type":"{kind}"}}"#);
    assert_eq!(fate("email.bounced", &bounce("Permanent")), Some(Fate::Bounced));
    assert_eq!(fate("email.bounced", ""), Some(Fate::Bounced));
    assert_eq!(fate("email.bounced", &bounce("Transient")), Some(Fate::SoftBounced));
    assert_eq!(fate("email.bounced", &bounce("Undetermined")), Some(Fate::SoftBounced));
    assert_eq!(fate("email.complained", ""), Some(Fate::Complained));
    assert_eq!(fate("email.delivered", ""), Some(Fate::Delivered));
    assert_eq!(fate("email.delivery_delayed", ""), Some(Fate::Delayed));
    assert_eq!(fate("email.failed", ""), Some(Fate::Failed));
    assert_eq!(fate("email.opened", ""), None);
    let contact = br#"{"type":"contact.created","data":{"id":"c1","to":"a@b.example"}}"#;
    assert_eq!(Told::read(contact).unwrap().fate, None);
    for bad in ["", "[]", "{}", r#"{"type":"email.bounced"}"#, r#"{"type":1,"data":{}}"#] {
        assert_eq!(Told::read(bad.as_bytes()), None, "{bad}");
    }
}

// Goal: one address past those that a message may name is not looked at.
#[test]
fn one_past_the_addresses_of_a_message() {
    let named = |count: usize| {
        let to = vec!["a@b.example"; count];
        let body = serde_json::json!({ "type": "email.bounced", "data": { "to": to } });
        Told::read(body.to_string().as_bytes()).unwrap().to.len()
    };
    let most = crate::limits::WEBHOOK_ADDRESSES_MAX;
    assert_eq!((named(most), named(most + 1)), (most, most));
}

fn ring(id: u8) -> KeyRing {
    let id = KeyId::from_bytes([id; 16]);
    KeyRing::generate(id, "2026-11-24T09:00:00Z", &SystemEntropy::new()).unwrap()
}

fn seals(ring: &KeyRing) -> Seals {
    Seals::new(ring.system_keys(LETTERS).unwrap(), ring.subkeys(ADDRESSES).unwrap())
}

// Goal: a letter opens in its own row alone, under its own ring alone, also after a rotation; an
// address is known again by the digest of before.
#[test]
fn a_letter_opens_in_its_row() {
    let mut ring = ring(1);
    let (row, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
    let sealed = seals(&ring).seal(row, &letter("ana@example.org")).unwrap();
    assert_eq!(sealed.address_macs.len(), 1);
    ring.rotate(KeyId::from_bytes([2; 16]), "2026-11-24T09:00:00Z", &SystemEntropy::new()).unwrap();
    let seals = seals(&ring);
    let opened = seals.open(row, &sealed.sealed).unwrap();
    assert_eq!((opened.to.as_str(), opened.text.as_str()), ("ana@example.org", "text"));
    assert!(seals.open(other, &sealed.sealed).is_err());
    assert!(super::tests::seals(&super::tests::ring(3)).open(row, &sealed.sealed).is_err());
    let macs = seals.address_macs("ana@example.org");
    assert_eq!((macs.len(), macs.last()), (2, sealed.address_macs.first()));
    assert_ne!(macs, seals.address_macs("ben@example.org"));
}

// Goal: the outbox keeps its newest mails and no more, closed to others, and a file that a killed
// Kairo left half written is no hindrance.
#[test]
fn the_outbox_keeps_the_newest() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = Scratch::new("outbox");
    let outbox = Outbox::in_folder(folder.to_path_buf());
    let at = |n: usize| Timestamp::from_second(1_800_000_000 + i64::try_from(n).unwrap()).unwrap();
    let name = format!("{:020}.json", at(0).as_nanosecond());
    std::fs::write(folder.join(format!("{name}.part")), "half").unwrap();
    for n in 0..=OUTBOX_MAX {
        outbox.keep(&Letter { at: at(n), ..letter(&format!("p{n}@example.org")) }).unwrap();
    }
    let kept: Vec<String> = outbox.letters().unwrap().into_iter().map(|it| it.to).collect();
    assert_eq!(kept.len(), OUTBOX_MAX);
    assert_eq!(kept.first().unwrap(), &format!("p{OUTBOX_MAX}@example.org"));
    assert!(!kept.contains(&"p0@example.org".to_owned()));
    for file in std::fs::read_dir(&*folder).unwrap() {
        let mode = file.unwrap().metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0);
    }
}
