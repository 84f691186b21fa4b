//! Who asks: the cookie of a browser, or the bearer token of a program.
//!
//! **Invariant:** pages read the cookie alone and the API reads the header alone, so a browser
//! cannot be made to spend its cookie on the API, nor a token be planted in a browser.
//! **Invariant:** what is extracted here is a claim; the database decides at the first statement
//! whether the session is live.

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::header::{AUTHORIZATION, COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};
use jiff::SignedDuration;

use super::Site;
use super::error::Error;
use crate::accounts::bearer::{Secret, Use};
use crate::accounts::{AccountError, Person, sessions};
use crate::db::{DbError, Identity};

/// A browser that carries a session cookie.
pub struct Browser(pub Identity);

/// A program that carries an API token.
pub struct Program(pub Identity);

/// The names of the site's cookies. Cookies ignore ports, so on a loopback origin the names hold
/// it: otherwise two Kairos on one machine would sign each other out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Jar {
    /// The session: HttpOnly, Secure, SameSite=Lax.
    Session,
    /// The binding of a mail to the browser that asked for it, with the address and where to go.
    Asked,
    /// One sentence for the next page.
    Notice,
}

impl Jar {
    /// The cookie's name on this site.
    pub fn name(self, site: &Site) -> String {
        let stem = match self {
            Self::Session => "__Host-kairo",
            Self::Asked => "__Host-kairo-asked",
            Self::Notice => "__Host-kairo-notice",
        };
        match site.origin.rsplit_once(':').filter(|_| site.loopback) {
            Some((_, port)) if port.bytes().all(|b| b.is_ascii_digit()) => format!("{stem}-{port}"),
            _ => stem.to_owned(),
        }
    }

    /// The cookie's value in a request; `None` where it is missing or sent twice: two cookies of
    /// one name are somebody's attempt to shadow the other.
    pub fn read(self, site: &Site, headers: &HeaderMap) -> Option<String> {
        let name = self.name(site);
        let mut found = headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|header| header.to_str().ok())
            .flat_map(|header| header.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .filter(|(found, _)| *found == name)
            .map(|(_, value)| value.to_owned());
        let value = found.next()?;
        found.next().is_none().then_some(value)
    }

    /// `Set-Cookie` that keeps `value` for as long as `life`; for the browser's session without
    /// one.
    pub fn set(
        self,
        site: &Site,
        value: &str,
        life: Option<SignedDuration>,
    ) -> Option<HeaderValue> {
        let age = life.map(|life| format!("; Max-Age={}", life.as_secs())).unwrap_or_default();
        let name = self.name(site);
        let cookie = format!("{name}={value}; Path=/; Secure; HttpOnly; SameSite=Lax{age}");
        let mut value = HeaderValue::from_str(&cookie).ok()?;
        value.set_sensitive(true);
        Some(value)
    }

    /// `Set-Cookie` that takes the cookie away.
    pub fn clear(self, site: &Site) -> Option<HeaderValue> {
        self.set(site, "", Some(SignedDuration::ZERO))
    }
}

impl FromRequestParts<Site> for Browser {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, Error> {
        let value = Jar::Session.read(site, &parts.headers).ok_or(Error::SignInNeeded)?;
        let secret = Secret::parse(Use::Session, &value).ok_or(Error::SignInNeeded)?;
        Ok(Self(secret.identity()))
    }
}

impl OptionalFromRequestParts<Site> for Browser {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Option<Self>, Error> {
        Ok(<Self as FromRequestParts<Site>>::from_request_parts(parts, site).await.ok())
    }
}

impl FromRequestParts<Site> for Program {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &Site) -> Result<Self, Error> {
        // Of two headers, a proxy before Kairo may have looked at the other one.
        let mut sent = parts.headers.get_all(AUTHORIZATION).iter();
        let (Some(header), None) = (sent.next(), sent.next()) else {
            return Err(Error::SignInNeeded);
        };
        let (scheme, token) = header
            .to_str()
            .ok()
            .and_then(|text| text.split_once(' '))
            .ok_or(Error::SignInNeeded)?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(Error::SignInNeeded);
        }
        let secret = Secret::parse(Use::Token, token.trim()).ok_or(Error::SignInNeeded)?;
        Ok(Self(secret.identity()))
    }
}

/// Worth asking again after this long when the database is away.
const RETRY_AFTER_S: u64 = 5;

impl From<DbError> for Error {
    fn from(error: DbError) -> Self {
        match error {
            DbError::Unavailable(reason) => {
                tracing::warn!(reason, "the database cannot be reached");
                Self::Unavailable { retry_after_s: RETRY_AFTER_S }
            }
            DbError::Refused => Self::SessionEnded,
            other => Self::internal(other),
        }
    }
}

impl From<AccountError> for Error {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::SessionEnded => Self::SessionEnded,
            AccountError::OutOfScope => Self::Forbidden,
            AccountError::NotFound => Self::NotFound,
            AccountError::VersionMoved => Self::VersionMoved,
            AccountError::Db(error) => error.into(),
            other => Self::internal(other),
        }
    }
}

/// For pages that are read: a session that ended leads to the sign-in page, and back here
/// afterwards.
pub fn ended(error: impl Into<Error>) -> Error {
    match error.into() {
        Error::SessionEnded => Error::SignInNeeded,
        other => other,
    }
}

/// Writes after the answer that the session was seen, where that is due.
pub fn touch_later(site: &Site, identity: &Identity, person: &Person) {
    if !person.touch_due {
        return;
    }
    let (base, identity) = (site.base.clone(), identity.clone());
    tokio::spawn(async move {
        if let Err(error) = sessions::touch(&base, &identity).await {
            tracing::warn!(%error, "a session's last sight was not written");
        }
    });
}
