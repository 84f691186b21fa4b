//! What a browser keeps after it asked for a mail: the binding, the address, and where to go
//! afterwards.
//!
//! **Invariant:** the cookie is the browser's own copy of what the person typed; nothing in it is
//! trusted but the binding, whose digest the database compares.

use axum::http::{HeaderMap, HeaderValue};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use kairo_capture::zone_named;
use serde::{Deserialize, Serialize};

use crate::accounts::bearer::{Secret, Use};
use crate::accounts::email::Email;
use crate::accounts::proofs::binding_life;
use crate::accounts::settings::zone_or_utc;
use crate::limits::ASKED_COOKIE_BYTES_MAX;
use crate::web::Site;
use crate::web::caller::Jar;
use crate::web::render::local_path;
use crate::web::views::words;

/// What the browser asked for.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Asked {
    binding: String,
    /// The address that was written to.
    pub(super) email: String,
    /// Where to go afterwards; empty for the agenda.
    pub(super) next: String,
    /// When the mail was written.
    pub(super) at: Timestamp,
    /// The browser's zone, where it told one.
    pub(super) zone: String,
}

impl Asked {
    pub(super) fn new(
        binding: &Secret,
        email: &Email,
        next: &str,
        at: Timestamp,
        zone: &str,
    ) -> Self {
        Self {
            binding: binding.reveal().to_string(),
            email: email.as_str().to_owned(),
            next: next.to_owned(),
            at,
            zone: if zone.is_empty() { String::new() } else { zone_or_utc(zone) },
        }
    }

    /// "10:42 am", where the browser is; empty where it did not tell its zone.
    pub(super) fn sent(&self) -> String {
        let zone = Some(&self.zone).filter(|zone| !zone.is_empty());
        let zone = zone.and_then(|zone| zone_named(zone).ok());
        zone.map(|zone| words::clock(zone.to_datetime(self.at).time())).unwrap_or_default()
    }

    /// Reads the cookie; `None` for none, or for one that Kairo did not write.
    pub(super) fn read(site: &Site, headers: &HeaderMap) -> Option<Self> {
        let value = Jar::Asked.read(site, headers).filter(|v| v.len() <= ASKED_COOKIE_BYTES_MAX)?;
        let asked: Self = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(value).ok()?).ok()?;
        // A planted cookie must not put words of another's choosing on the page.
        Email::parse(&asked.email).ok()?;
        let next = local_path(&asked.next).unwrap_or_default().to_owned();
        Some(Self { next, ..asked })
    }

    /// The cookie.
    pub(super) fn cookie(&self, site: &Site) -> Option<HeaderValue> {
        let value = URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).ok()?);
        Jar::Asked.set(site, &value, Some(binding_life()))
    }

    /// The binding.
    pub(super) fn binding(&self) -> Option<Secret> {
        Secret::parse(Use::Binding, &self.binding)
    }

    /// Where to go afterwards.
    pub(super) fn next(&self) -> &str {
        local_path(&self.next).unwrap_or("/")
    }
}
