//! What is left of a person's credits, in the headers of draft-ietf-httpapi-ratelimit-headers-11.
//!
//! Both are lists of structured fields (RFC 9651), an item a window: `RateLimit-Policy` says how
//! much a window has (`q`) and how long it is (`w`), `RateLimit` what is left of it (`r`) and in
//! how many seconds the next one begins (`t`).
//!
//! **Invariant:** a mirror of what the database said with the same answer; nothing decides by it.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use jiff::Timestamp;
use jiff::ToSpan as _;
use jiff::tz::TimeZone;

use crate::guard::{Standing, Window};

const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const LEFT: HeaderName = HeaderName::from_static("ratelimit");

/// Seconds of an hour.
const HOUR_S: i64 = 3_600;

/// Puts both headers into an answer.
pub fn set(headers: &mut HeaderMap, standing: &Standing) {
    let Standing { month, hour, counted_at, .. } = standing;
    let policy = |name: &str, window: &Window, length_s: i64| {
        format!("\"{name}\";q={};w={length_s}", window.cap.max(0))
    };
    let left = |name: &str, window: &Window| {
        format!("\"{name}\";r={};t={}", window.left(), window.ends_in_s(*counted_at))
    };
    let policies =
        format!("{}, {}", policy("hour", hour, HOUR_S), policy("month", month, month_s(month.end)));
    let lefts = format!("{}, {}", left("hour", hour), left("month", month));
    for (name, value) in [(POLICY, policies), (LEFT, lefts)] {
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(name, value);
        }
    }
}

/// Seconds of the month that ends then.
fn month_s(end: Timestamp) -> i64 {
    let end = end.to_zoned(TimeZone::UTC);
    let start = end.checked_sub(1.month());
    start.map_or(31 * 24 * HOUR_S, |start| {
        end.timestamp().as_second() - start.timestamp().as_second()
    })
}

#[cfg(test)]
mod tests;
