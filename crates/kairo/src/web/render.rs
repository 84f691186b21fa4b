//! Turns a view into a page, and a change into a redirect.

use askama::Template;
use axum::http::header::{LOCATION, SET_COOKIE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Response};

use super::error::Error;

/// A page with status 200.
pub fn page(view: &impl Template) -> Result<Response, Error> {
    page_with(StatusCode::OK, view)
}

/// A page with a status.
pub fn page_with(status: StatusCode, view: &impl Template) -> Result<Response, Error> {
    Ok((status, Html(view.render()?)).into_response())
}

/// 303 to a path of this site: the browser asks for it with GET.
pub fn see_other(path: &str) -> Response {
    let location = HeaderValue::from_str(path).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response()
}

/// Adds cookies to an answer.
pub fn with_cookies<const N: usize>(
    mut response: Response,
    cookies: [Option<HeaderValue>; N],
) -> Response {
    for cookie in cookies.into_iter().flatten() {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

/// A path that a client named and that may be gone to: on this site, one slash first, and no
/// character that a browser would read as another host (`//`, `/\`) or that a header would not
/// carry.
pub fn local_path(path: &str) -> Option<&str> {
    let plain = path.len() <= crate::limits::NEXT_BYTES_MAX
        && path.starts_with('/')
        && !path.starts_with("//")
        && !path.starts_with("/\\")
        && path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    plain.then_some(path)
}
