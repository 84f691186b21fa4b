//! The headers that every answer carries, whatever made it.
//!
//! Sources: OWASP ASVS 5.0 3.4 and 14.3.2; RFC 6797 (HSTS).
//!
//! **Invariant:** no handler can loosen one of these; they are set last and replace what was there.

use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, REFERRER_POLICY, SERVER,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use uuid::Uuid;

use crate::web::error::is_under;

/// Pages: own files only, no inline code, no string ever becomes script (Trusted Types).
pub const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self'; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; \
    frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/// Everything that is not a page, should a browser be made to render it.
pub const LOCKED_POLICY: &str = "default-src 'none'; frame-ancestors 'none'";

/// Two years and the preload list, ASVS 3.4.1 and 3.7.4.
const HSTS_PUBLIC: &str = "max-age=63072000; includeSubDomains; preload";

/// On loopback five minutes: `localhost` is shared with whatever else a developer runs, which a
/// longer promise would force to HTTPS.
const HSTS_LOOPBACK: &str = "max-age=300";

/// Browser features: passkeys and the copy button are used, nothing else is.
const PERMISSIONS: &str = "accelerometer=(), autoplay=(), \
    browsing-topics=(), camera=(), clipboard-read=(), clipboard-write=(self), \
    display-capture=(), encrypted-media=(), fullscreen=(), gamepad=(), geolocation=(), \
    gyroscope=(), hid=(), identity-credentials-get=(), idle-detection=(), local-fonts=(), \
    magnetometer=(), microphone=(), midi=(), otp-credentials=(), payment=(), \
    picture-in-picture=(), publickey-credentials-create=(self), \
    publickey-credentials-get=(self), screen-wake-lock=(), serial=(), storage-access=(), \
    usb=(), window-management=(), xr-spatial-tracking=()";

/// What the type of a page begins with.
const PAGE: &[u8] = b"text/html";

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// `same-origin`, since `no-referrer` makes Chromium send `Origin: null` with every form.
const FIXED: [(HeaderName, HeaderValue); 7] = [
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (HeaderName::from_static("origin-agent-cluster"), HeaderValue::from_static("?1")),
    (HeaderName::from_static("permissions-policy"), HeaderValue::from_static(PERMISSIONS)),
];

/// Sets them all.
pub fn set(response: &mut Response, path: &str, loopback: bool, request_id: Uuid) {
    let immutable = is_under(path, "/assets") && response.status() == StatusCode::OK;
    let headers = response.headers_mut();
    let is_page = headers
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.as_bytes().get(..PAGE.len()))
        .is_some_and(|kind| kind.eq_ignore_ascii_case(PAGE));
    // Once for all, and not twice on the way there.
    headers.reserve(FIXED.len() + 4);
    let policy = if is_page { PAGE_POLICY } else { LOCKED_POLICY };
    let hsts = if loopback { HSTS_LOOPBACK } else { HSTS_PUBLIC };
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    headers.insert(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(hsts));
    for (name, value) in FIXED {
        headers.insert(name, value);
    }
    if !immutable {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    let mut id = Uuid::encode_buffer();
    if let Ok(id) = HeaderValue::from_str(request_id.hyphenated().encode_lower(&mut id)) {
        headers.insert(REQUEST_ID, id);
    }
    headers.remove(SERVER);
}
