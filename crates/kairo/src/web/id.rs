//! Ids in addresses.
//!
//! **Invariant:** an id has one spelling, the one that Kairo writes; whatever else stands in its
//! place names nothing (404), so an address does not tell a malformed id from somebody else's.

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use jiff::civil::DateTime;
use uuid::Uuid;

use super::error::Error;

/// The one id in the path of a route.
pub struct Id(pub Uuid);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let path = Path::<String>::from_request_parts(parts, state).await;
        let Path(text) = path.map_err(|_| Error::NotFound)?;
        parse(&text).map(Self).ok_or(Error::NotFound)
    }
}

/// Reads the one spelling of an id; the others that the `uuid` crate reads would give one item
/// several addresses.
pub fn parse(text: &str) -> Option<Uuid> {
    Uuid::try_parse(text).ok().filter(|id| id.to_string() == text)
}

/// An item and the name of one of its occurrences in the path of a route.
pub struct Named {
    /// The item.
    pub id: Uuid,
    /// The local time that its rule gives.
    pub original: DateTime,
}

impl<S: Send + Sync> FromRequestParts<S> for Named {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let path = Path::<(String, String)>::from_request_parts(parts, state).await;
        let Path((id, original)) = path.map_err(|_| Error::NotFound)?;
        let named = parse(&id).zip(parse_original(&original));
        named.map(|(id, original)| Self { id, original }).ok_or(Error::NotFound)
    }
}

/// Reads the one spelling of an occurrence's name: `2026-11-24T13:00:00`.
pub fn parse_original(text: &str) -> Option<DateTime> {
    let at: DateTime = text.parse().ok()?;
    // Years that items have; PostgreSQL knows fewer than the calendar does.
    let written = at.to_string() == text && (1900..=2400).contains(&at.year());
    written.then_some(at)
}
