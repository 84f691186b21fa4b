//! What alerts say, and when a message is tried again.

use std::time::Duration;

use jiff::Timestamp;
use secrecy::SecretString;
use uuid::Uuid;

use super::queries::Alert;
use super::words::line;
use super::*;
use crate::limits::{
    ALERT_LOOK_EVERY, ALERT_PATIENCE_MAX, ALERT_WAIT_FIRST, ALERT_WAIT_MAX, ALERTS_LISTED_MAX,
    MAIL_LETTER_BYTES_MAX,
};

fn alert(kind: &str) -> Alert {
    Alert {
        id: Uuid::nil(),
        kind: kind.to_owned(),
        user_id: (kind == "usage").then(|| Uuid::from_u128(7)),
        day: jiff::civil::date(2026, 11, 29),
        credits: Some(240),
        usual_milli: Some(12_449),
        cost_nano: Some(1_204_999_999),
        usual_nano: Some(55_000_000),
        number: Some(3),
        basis: Some("own".to_owned()),
        created_at: Timestamp::UNIX_EPOCH,
    }
}

// Goal: an alert says what happened in numbers that a person reads, whose days are the usual ones,
// and nothing of money where there was none.
#[test]
fn an_alert_is_told_in_numbers() {
    let own = line(&alert("usage"));
    assert!(own.contains("used 240 credits ($1.20) in 24 hours"), "{own}");
    assert!(own.contains("Usual for them: 12.4 credits ($0.06) a day"), "{own}");
    assert!(own.contains("00000000-0000-0000-0000-000000000007"), "{own}");
    let free = Alert { cost_nano: Some(0), usual_nano: Some(0), ..alert("usage") };
    assert!(line(&free).contains("used 240 credits in 24") && !line(&free).contains('$'));
    let plan = Alert { basis: Some("plan".to_owned()), ..alert("usage") };
    assert!(line(&plan).contains("others on the plan"));
    let first = Alert { usual_milli: Some(0), ..alert("usage") };
    assert!(line(&first).contains("nothing to compare with"));
    let budget = Alert { usual_nano: Some(20_000_000_000), ..alert("spend_alarm") };
    assert!(line(&budget).contains("$1.20 of the $20.00"), "{}", line(&budget));
    assert!(line(&alert("missed")).contains("3 hours"));
    assert!(line(&alert("drift")).contains(": 3."));
}

// Goal: of one alert more than a letter spells out it says how many, and the longest letter fits.
#[test]
fn one_past_the_longest_list() {
    let of = |count: usize| -> Vec<Alert> { (0..count).map(|_| alert("spend_stop")).collect() };
    assert!(!text("https://kairo.example.com", &of(ALERTS_LISTED_MAX)).contains("more;"));
    let more = text("https://kairo.example.com", &of(ALERTS_LISTED_MAX + 1));
    assert!(more.contains("And 1 more;"), "{more}");
    assert!(more.len() < MAIL_LETTER_BYTES_MAX / 2);
    assert_eq!(
        (subject(&of(1)).as_str(), subject(&of(2)).as_str()),
        ("Kairo: an alert", "Kairo: 2 alerts")
    );
}

// Goal: waits double up to the longest one, chance halves them at most, and the other side's wish
// is heard up to a bound.
#[test]
fn waits_grow_to_their_bound() {
    assert_eq!(wait_after(1, 0, None), ALERT_WAIT_FIRST);
    assert_eq!(wait_after(2, 0, None), ALERT_WAIT_FIRST * 2);
    assert_eq!(wait_after(u16::MAX, 0, None), ALERT_WAIT_MAX);
    assert!(wait_after(1, 255, None) > ALERT_WAIT_FIRST / 2);
    let asked = |seconds| wait_after(1, 0, Some(Duration::from_secs(seconds)));
    assert_eq!(asked(3_600), Duration::from_secs(3_600));
    assert_eq!(asked(ALERT_PATIENCE_MAX.as_secs() + 1), ALERT_PATIENCE_MAX);
    assert!(ALERT_LOOK_EVERY <= ALERT_WAIT_FIRST);
}

// Goal: a webhook is reached over TLS or on this machine, and its secret is one byte too short or
// long enough.
#[test]
fn a_webhook_is_safe_or_refused() {
    let hook = |url: &str, secret: &str| {
        Hook::new(&SecretString::from(url), &SecretString::from(secret)).map(drop)
    };
    let secret = "whsec_AAAAAAAAAAAAAAAAAAAAAA==";
    for url in ["https://hooks.example.com/x", "http://127.0.0.1:9/x", "http://localhost/x"] {
        assert!(hook(url, secret).is_ok(), "{url}");
    }
    assert!(matches!(hook("http://hooks.example.com/", secret), Err(HookError::Plain)));
    assert!(matches!(hook("hooks", secret), Err(HookError::Address)));
    for secret in ["whsec_AAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAA==", "whsec_?"] {
        assert!(matches!(hook("https://hooks.example.com/", secret), Err(HookError::Secret)));
    }
}
