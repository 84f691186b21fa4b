//! What the pure parts of the API promise.

use axum::http::{HeaderMap, HeaderValue};
use proptest::prelude::*;

use super::fields::{Fields, Sent};
use super::moment::{moment, reference};
use super::precondition::{is_known, versions};
use crate::web::id::parse;

// Goal: the three forms of a local time are read, and every other form is refused by its reason.
#[test]
fn local_times_have_three_forms() {
    for (text, read, is_day) in [
        ("2026-11-24", "2026-11-24T00:00:00", true),
        ("2026-11-24T13:00", "2026-11-24T13:00:00", false),
        ("2024-02-29T23:59:59", "2024-02-29T23:59:59", false),
    ] {
        let found = moment("start", text).unwrap();
        assert_eq!((found.at.to_string().as_str(), found.is_day), (read, is_day));
    }
    for text in ["2026-11-24T13:00Z", "2026-11-24T13:00:00z", "2026-11-24T13:00-05:00"] {
        assert_eq!(moment("start", text).unwrap_err().code, "has_offset", "{text}");
    }
    for text in [
        "",
        "2026-11-2",
        "2026-11-24T",
        "2026-11-24T1:00",
        "2026-11-24T13:60",
        "2026-11-24T13:00:60",
        "2026-11-24T13:00:00.5",
        "2026-11-24t13:00",
        "+026-11-24",
        "2026-+1-24",
        "2026-11-24-01",
        "2025-02-29",
        "\u{0662}026-11-24",
        "2026-11-24T13:00:00:00",
        "2026-11-24Z",
    ] {
        assert_eq!(moment("start", text).unwrap_err().code, "bad_time", "{text}");
    }
    assert_eq!(reference("1899-12-31T00:00").unwrap_err().code, "out_of_range");
    assert!(reference("2400-12-31T00:00").is_ok());
}

// Goal: a list of tags gives its strong versions; a malformed one gives nothing.
#[test]
fn tags_are_read_as_they_are_written() {
    let headers = |text: &str| {
        HeaderMap::from_iter([(
            axum::http::header::IF_MATCH,
            HeaderValue::from_bytes(text.as_bytes()).unwrap(),
        )])
    };
    for (text, found) in [
        ("\"3\"", vec![3]),
        (" \"3\" ,\"4\",W/\"5\"", vec![3, 4]),
        ("\"a,b\", \"6\"", vec![6]),
        ("\"+3\", \"03\", \"3 \"", vec![]),
    ] {
        assert_eq!(versions(&headers(text)).unwrap(), found, "{text}");
    }
    for text in ["", ",", "\"3\",", "\"3\"\"4\"", "w/\"3\"", "W/3", "*, \"3\"", "\"3\u{e9}"] {
        assert!(versions(&headers(text)).is_err(), "{text}");
    }
    assert!(!is_known(&HeaderMap::new(), 1));
}

// Goal: an id has one form, so that an item has one address.
#[test]
fn ids_have_one_form() {
    let id = "019abcde-0000-7000-8000-000000000000";
    assert!(parse(id).is_some());
    for other in [id.replace('-', ""), format!("{{{id}}}"), format!("urn:uuid:{id}"), String::new()]
    {
        assert!(parse(&other).is_none(), "{other}");
    }
}

proptest! {
    // Goal: no body and no time makes the reading panic, and what is read is what was sent.
    #[test]
    fn no_input_breaks_the_reading(body in any::<Vec<u8>>(), text in ".{0,40}") {
        let _ = Fields::parse(&body, &["text"]);
        let _ = moment("start", &text);
        let sent = serde_json::json!({ "text": text }).to_string();
        let mut fields = Fields::parse(sent.as_bytes(), &["text"]).unwrap();
        let read = fields.text("text");
        prop_assert_eq!(text.contains('\0'), matches!(read, Sent::Nothing));
        prop_assert!(text.contains('\0') || read == Sent::Value(text));
    }

    // Goal: text near the form of a time never breaks the reading.
    #[test]
    fn near_times_are_read_or_refused(text in "[0-9T:Z+\\-\u{e9}]{8,22}") {
        let _ = moment("start", &text);
    }
}
