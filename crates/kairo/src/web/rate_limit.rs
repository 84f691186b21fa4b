//! What is left of a person's credits, in the headers of draft-ietf-httpapi-ratelimit-headers-11.
//!
//! Both are lists of structured fields (RFC 9651), an item a window: `RateLimit-Policy` says how
//! much a window has (`q`) and how long it is (`w`), `RateLimit` what is left of it (`r`) and in
//! how many seconds the next one begins (`t`).
//!
//! **Invariant:** a mirror of what the database said with the same answer; nothing decides by it.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use jiff::Timestamp;
use jiff::tz::Offset;

use crate::guard::{Standing, Window};

const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const LEFT: HeaderName = HeaderName::from_static("ratelimit");

/// Seconds of an hour.
const HOUR_S: i64 = 3_600;

/// Puts both headers into an answer.
pub fn set(headers: &mut HeaderMap, standing: &Standing) {
    let Standing { month, hour, counted_at, .. } = standing;
    let quota = |window: &Window| window.cap.max(0);
    let ends_in_s = |window: &Window| window.ends_in_s(*counted_at);
    let policies = format!(
        "\"hour\";q={};w={HOUR_S}, \"month\";q={};w={}",
        quota(hour),
        quota(month),
        month_s(month.end)
    );
    let lefts = format!(
        "\"hour\";r={};t={}, \"month\";r={};t={}",
        hour.left(),
        ends_in_s(hour),
        month.left(),
        ends_in_s(month)
    );
    for (name, value) in [(POLICY, policies), (LEFT, lefts)] {
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(name, value);
        }
    }
}

/// Seconds of the month that ends then, in UTC, where all of its days have 24 hours.
fn month_s(end: Timestamp) -> i64 {
    let next = Offset::UTC.to_datetime(end).date().first_of_month();
    let days = next.yesterday().map_or(31, |last| last.day());
    i64::from(days) * 24 * HOUR_S
}

#[cfg(test)]
mod tests;
