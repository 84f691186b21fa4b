//! The public pages of trust: what Kairo says of its security, where each sentence stands now, the
//! privacy policy, and the files that programs look for.
//!
//! [`Look`] is what the pages are made from: the catalogue, the operator's facts, and one reading
//! of the evidence. `words` says where a claim stands; `security`, `claim`, `criteria` and `json`
//! show it.
//!
//! **Invariant:** nobody has to be signed in, and no session is read: whether a cookie came decides
//! which links stand at the top, and nothing else.
//! **Invariant:** a page costs one round trip. Where the database is away it is served all the
//! same, with 503, and says of every checked claim that it could not tell.
//! **Invariant:** what exactly a check found is not here; it must never be taken from evidence into
//! a page.

pub mod claim;
pub mod criteria;
mod days;
pub mod json;
pub mod privacy;
pub mod security;
mod text;
mod well_known;
pub mod words;

#[cfg(test)]
pub(super) mod sample;
#[cfg(test)]
mod tests;

use askama::Template;
use axum::Router;
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use axum::routing::get;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::Site;
use super::caller::Jar;
use super::error::Error;
use super::render::page_with;
use super::views::trust::{Around, PublicPlace};
use crate::db::DbError;
use crate::trust::controls::catalogue::{Check, Claim, Kind, Lifecycle};
use crate::trust::controls::{Known, Page, Standing, State};

/// Routes of trust.
pub fn routes() -> Router<Site> {
    Router::new()
        .route("/security", get(security::show))
        .route("/security.json", get(json::show))
        .route("/security/criteria", get(criteria::show))
        .route("/security/{id}", get(claim::show))
        .route("/privacy", get(privacy::show))
        .route("/.well-known/security.txt", get(well_known::security_txt))
        .route("/.well-known/kairo-evidence.json", get(well_known::evidence))
}

/// Worth asking again after this long when the database is away.
const RETRY_AFTER_S: u64 = 5;

/// Why a claim cannot be told while the database is away.
pub const AWAY: &str = "Kairo cannot reach its database";
/// Why it cannot be told when the database is there and does not give the evidence.
pub const UNREADABLE: &str = "Kairo cannot read its evidence";

/// What the pages are made from, at one instant.
pub struct Look<'p> {
    /// The catalogue and the operator's facts.
    pub page: &'p Page,
    /// The evidence, or why there is none to read.
    known: Result<Known, &'static str>,
    /// The instant: the database's, or the program's where that is away.
    pub now: Timestamp,
}

impl<'p> Look<'p> {
    /// With evidence that was read, or why it was not; `now` is the program's present.
    pub fn new(page: &'p Page, known: Result<Known, &'static str>, now: Timestamp) -> Self {
        let now = known.as_ref().map_or(now, |known| known.now);
        Self { page, known, now }
    }

    /// As it is now; one round trip.
    async fn now(site: &'p Site) -> Self {
        let known = site.security.known(&site.base.db).await;
        Self::new(&site.security, known.map_err(trouble), site.base.clock.now())
    }

    /// 200, or 503 where there is no evidence to read.
    pub fn status(&self) -> StatusCode {
        match self.known {
            Ok(_) => StatusCode::OK,
            Err(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// Why there is no evidence; empty where there is.
    fn trouble(&self) -> String {
        self.known.as_ref().err().map_or(String::new(), |reason| (*reason).to_owned())
    }

    /// The day, UTC.
    pub fn today(&self) -> Date {
        self.now.to_zoned(TimeZone::UTC).date()
    }

    /// Where a claim stands.
    pub fn standing(&self, claim: &Claim) -> Standing {
        let catalogue = &self.page.catalogue;
        match &self.known {
            Ok(known) => known.claim(catalogue, claim),
            Err(reason) => match (claim.lifecycle, claim.kind) {
                (Lifecycle::InProgress, _) => bare(State::Never),
                (_, Kind::Promise) => bare(State::Commitment),
                _ => Standing::unknown(reason),
            },
        }
    }

    /// Where each check of a claim stands.
    pub fn checks(&self, claim: &Claim) -> Vec<(&'p Check, Standing)> {
        match &self.known {
            Ok(known) => known.checks(&self.page.catalogue, claim),
            Err(reason) => {
                let checks = claim.checks.iter().filter_map(|id| self.page.catalogue.check(id));
                checks.map(|check| (check, Standing::unknown(reason))).collect()
            }
        }
    }

    /// A text with the operator's facts and the dates of the newest version in it.
    pub fn fill(&self, text: &str) -> String {
        let mut text = self.page.facts.fill(text);
        if let Some(version) = self.page.catalogue.version() {
            text = text.replace("{updated}", &words::date(version.updated));
            text = text.replace("{effective}", &words::date(version.effective));
        }
        text
    }

    /// "hosting, regions": the facts that the operator has not stated; empty for none.
    fn unstated(&self) -> String {
        let unstated = self.page.facts.iter().filter(|fact| !fact.is_stated);
        unstated.map(|fact| fact.name.replace('_', " ")).collect::<Vec<_>>().join(", ")
    }
}

fn bare(state: State) -> Standing {
    Standing { state, reason: String::new(), ..Standing::unknown("") }
}

/// What the public is told of a database that does not answer; the log has the rest.
fn trouble(error: DbError) -> &'static str {
    match error {
        DbError::Unavailable(reason) => {
            tracing::warn!(reason, "the database cannot be reached");
            AWAY
        }
        other => {
            tracing::error!(error = %other, "evidence cannot be read");
            UNREADABLE
        }
    }
}

/// What stands around a page of this browser.
fn around(site: &Site, headers: &HeaderMap, place: PublicPlace) -> Around {
    Around { place, has_session: Jar::Session.read(site, headers).is_some() }
}

/// A page with the status of its look.
fn shown(look: &Look<'_>, view: &impl Template) -> Result<Response, Error> {
    Ok(retried(look, page_with(look.status(), view)?))
}

/// Says when it is worth asking again, where there was no evidence.
fn retried(look: &Look<'_>, mut response: Response) -> Response {
    if look.known.is_err() {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(RETRY_AFTER_S));
    }
    response
}
