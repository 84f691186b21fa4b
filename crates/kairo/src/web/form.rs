//! Forms as pages send them.
//!
//! **Invariant:** what a handler reads is what was sent: bytes that are no UTF-8 are refused,
//! where the framework would put other characters in their place and keep those.

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Request};
use serde::de::DeserializeOwned;

use super::error::Error;

/// The fields of a form (`application/x-www-form-urlencoded`).
pub struct Form<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Form<T> {
    type Rejection = axum::response::Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        use axum::response::IntoResponse as _;

        let (parts, body) = request.into_parts();
        let bytes = Bytes::from_request(Request::new(body), state)
            .await
            .map_err(axum::response::IntoResponse::into_response)?;
        if !is_utf8(&bytes) {
            let detail = "The form holds bytes that are no text, so nothing was saved. Send it in \
                          UTF-8.";
            return Err(Error::Malformed { detail: detail.into() }.into_response());
        }
        let request = Request::from_parts(parts, Body::from(bytes));
        let form = axum::Form::from_request(request, state).await;
        form.map(|axum::Form(fields)| Self(fields)).map_err(|refused| refused.into_response())
    }
}

/// Whether the fields are UTF-8 once their percent-encoding is taken off.
fn is_utf8(encoded: &[u8]) -> bool {
    let digit = |byte: Option<&u8>| byte.and_then(|byte| char::from(*byte).to_digit(16));
    let mut decoded = Vec::with_capacity(encoded.len());
    let mut rest = encoded;
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        let escaped = (*first == b'%').then(|| Some((digit(rest.first())?, digit(rest.get(1))?)));
        match escaped.flatten() {
            Some((high, low)) => {
                decoded.push(u8::try_from(high * 16 + low).unwrap_or_default());
                rest = rest.get(2..).unwrap_or_default();
            }
            None => decoded.push(*first),
        }
    }
    std::str::from_utf8(&decoded).is_ok()
}

#[cfg(test)]
mod tests;
