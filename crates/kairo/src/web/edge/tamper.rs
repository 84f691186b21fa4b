//! What a scratch server does wrong on purpose, so that the self-test can see a check turn red.
//!
//! **Invariant:** `serve` never puts this layer on. Its state needs the mark of a cluster without
//! durability, on which nobody's data lives.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, CONTENT_LENGTH, COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::{self, Next};
use axum::response::Response;

use crate::trust::controls::checks::Tamper;
use crate::trust::controls::selftest::Tampers;

/// Largest page whose words are changed.
const BODY_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Puts it around a whole application, its edge included.
pub fn wrap(router: Router, tampers: Tampers) -> Router {
    router.layer(middleware::from_fn_with_state(tampers, pass))
}

async fn pass(State(tampers): State<Tampers>, mut request: Request, next: Next) -> Response {
    let tamper = tampers.now();
    match tamper {
        Some(Tamper::OtherSources) => {
            let other = format!("10.{}", tampers.next_source());
            if let Ok(other) = HeaderValue::try_from(other) {
                request.headers_mut().insert("x-forwarded-for", other);
            }
        }
        Some(Tamper::LogsSecrets) => {
            let headers = request.headers();
            let (cookie, bearer) = (headers.get(COOKIE), headers.get(AUTHORIZATION));
            tracing::info!(?cookie, ?bearer, "sabotage");
        }
        _ => {}
    }
    let mut response = next.run(request).await;
    match tamper {
        Some(Tamper::DropHeader(name)) => {
            response.headers_mut().remove(name);
        }
        Some(Tamper::LooseCookies) => loosen(response.headers_mut()),
        Some(Tamper::Words { from, to }) => return reworded(response, from, to).await,
        _ => {}
    }
    response
}

/// `name=value; Path=/`, and no flag.
fn loosen(headers: &mut HeaderMap) {
    let cookies: Vec<HeaderValue> = headers
        .get_all(SET_COOKIE)
        .iter()
        .filter_map(|cookie| cookie.to_str().ok()?.split(';').next().map(str::to_owned))
        .filter_map(|pair| HeaderValue::try_from(format!("{pair}; Path=/")).ok())
        .collect();
    headers.remove(SET_COOKIE);
    for cookie in cookies {
        headers.append(SET_COOKIE, cookie);
    }
}

async fn reworded(response: Response, from: &str, to: &str) -> Response {
    let (mut parts, body) = response.into_parts();
    let bytes = to_bytes(body, BODY_BYTES_MAX).await.unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes).replace(from, to);
    parts.headers.remove(CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(text))
}
