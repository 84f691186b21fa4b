//! Whether a request that changes something was sent by Kairo's own pages.
//!
//! Sources: OWASP ASVS 5.0 3.5.1 and 3.5.2; the Fetch metadata specification. `Sec-Fetch-Site` is
//! set by the browser and cannot be set by a page, so it decides alone where it is present.
//!
//! **Invariant:** `/api` and `/v1` never see a cookie, so there is nothing there for another site
//! to ride on; everything else that changes state needs proof of the same origin once a cookie
//! came.

use axum::body::HttpBody as _;
use axum::extract::Request;
use axum::http::header::{CONTENT_TYPE, COOKIE, HeaderMap, HeaderName, ORIGIN};
use axum::http::{HeaderValue, Method};

use crate::web::error::{Error, is_under};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Lets the request pass, with its cookies taken off under `/api` and `/v1`.
///
/// # Errors
/// [`Error::CrossSite`], [`Error::UnsupportedMedia`] for an API call that is not JSON, and
/// [`Error::MethodNotAllowed`] for TRACE (which echoes cookies, ASVS 13.4.4) and CONNECT.
pub fn check(request: &mut Request, origin: &HeaderValue) -> Result<(), Error> {
    let method = request.method();
    if method == Method::TRACE || method == Method::CONNECT {
        return Err(Error::MethodNotAllowed);
    }
    let path = request.uri().path();
    if is_under(path, "/api") || is_under(path, "/v1") {
        let writes = [Method::POST, Method::PUT, Method::PATCH].contains(method);
        request.headers_mut().remove(COOKIE);
        // Nothing at all is of no type; the router may know better why it is refused (405).
        let is_bare =
            request.body().is_end_stream() && !request.headers().contains_key(CONTENT_TYPE);
        if writes && !is_bare && !is_json(request.headers()) {
            return Err(Error::UnsupportedMedia);
        }
        return Ok(());
    }
    if [Method::GET, Method::HEAD, Method::OPTIONS].contains(method) {
        return Ok(());
    }
    if is_own(request.headers(), origin) { Ok(()) } else { Err(Error::CrossSite) }
}

fn is_own(headers: &HeaderMap, origin: &HeaderValue) -> bool {
    if headers.contains_key(SEC_FETCH_SITE) {
        return is_exactly(headers, &SEC_FETCH_SITE, b"same-origin");
    }
    if headers.contains_key(ORIGIN) {
        return is_exactly(headers, &ORIGIN, origin.as_bytes());
    }
    !headers.contains_key(COOKIE)
}

/// A header that came twice is refused: which of the two counts would be a guess.
fn is_exactly(headers: &HeaderMap, name: &HeaderName, wanted: &[u8]) -> bool {
    let mut values = headers.get_all(name).iter();
    values.next().is_some_and(|value| value.as_bytes() == wanted) && values.next().is_none()
}

fn is_json(headers: &HeaderMap) -> bool {
    let mut kinds = headers.get_all(CONTENT_TYPE).iter();
    let (Some(kind), None) = (kinds.next(), kinds.next()) else { return false };
    kind.to_str().is_ok_and(|kind| {
        let essence = kind.split(';').next().unwrap_or_default();
        essence.trim().eq_ignore_ascii_case("application/json")
    })
}
