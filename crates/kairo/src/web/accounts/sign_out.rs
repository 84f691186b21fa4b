//! Signing out, here or everywhere.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::Response;
use serde::Deserialize;

use crate::accounts::{AccountError, sessions};
use crate::web::Site;
use crate::web::caller::{Browser, Jar};
use crate::web::error::Error;
use crate::web::form::Form;
use crate::web::render::{page, see_other, with_cookies};
use crate::web::views::SignedOut;

const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");

/// `POST /sign-out`. A session that has ended already is signed out as well.
pub(super) async fn here(
    State(site): State<Site>,
    browser: Option<Browser>,
) -> Result<Response, Error> {
    if let Some(Browser(identity)) = browser {
        match sessions::sign_out(&site.base, &identity).await {
            Ok(()) | Err(AccountError::SessionEnded) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(gone(&site, "out.here.0"))
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Everywhere {
    keys: Option<String>,
}

/// `POST /settings/sessions/revocation`: ends every session, and the API tokens with `keys`.
pub(super) async fn everywhere(
    State(site): State<Site>,
    Browser(identity): Browser,
    Form(form): Form<Everywhere>,
) -> Result<Response, Error> {
    let keys = form.keys.is_some();
    let (_, live) = sessions::list(&site.base, &identity).await?;
    let tokens = live.iter().filter(|s| s.kind == crate::accounts::SessionKind::Key).count();
    sessions::sign_out_everywhere(&site.base, &identity, keys).await?;
    Ok(gone(&site, &format!("out.everywhere.{}", if keys { tokens } else { 0 })))
}

/// To the page after; what the browser cached of the account goes (ASVS 14.3.1). Cookies are named
/// one by one and not swept: on a loopback host they belong to other ports as well.
pub(super) fn gone(site: &Site, told: &str) -> Response {
    let life = Some(jiff::SignedDuration::from_secs(60));
    let cookies = [Jar::Session.clear(site), Jar::Notice.set(site, told, life)];
    let mut response = with_cookies(see_other("/signed-out"), cookies);
    let sweep = HeaderValue::from_static("\"cache\", \"storage\"");
    response.headers_mut().insert(CLEAR_SITE_DATA, sweep);
    response
}

/// `GET /signed-out`.
pub(super) async fn show(State(site): State<Site>, headers: HeaderMap) -> Result<Response, Error> {
    let told = Jar::Notice.read(&site, &headers).unwrap_or_default();
    let tokens = told.strip_prefix("out.everywhere.").map(|count| count.parse().unwrap_or(0));
    let view = SignedOut { everywhere: tokens.is_some(), tokens: tokens.unwrap_or(0) };
    Ok(with_cookies(page(&view)?, [Jar::Notice.clear(&site)]))
}
