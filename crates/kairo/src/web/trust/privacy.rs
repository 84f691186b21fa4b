//! `GET /privacy`: the privacy policy, written from what this Kairo does and is set to.
//!
//! **Invariant:** every number is the constant that the code runs by, and nothing is promised that
//! the code does not keep: what is not built yet is said to be done by hand, on request.

use axum::extract::State as Given;
use axum::http::HeaderMap;
use axum::response::Response;

use super::{Look, around, text, words};
use crate::accounts::proofs::binding_life;
use crate::ai::Retention;
use crate::limits::{
    ANSWER_KEPT, DELETED_KEPT_S, ENDED_SESSION_KEPT_S, OUTBOX_MAX, PROOF_KEPT_S, PROOF_LIFE_S,
    SESSION_ABSOLUTE_S, SESSION_IDLE_S,
};
use crate::trust::controls::catalogue::Claim;
use crate::web::Site;
use crate::web::caller::Jar;
use crate::web::error::Error;
use crate::web::items::told;
use crate::web::render::page;
use crate::web::views::trust::{Around, Cookie, Privacy, PublicPlace};

const DAY_S: i64 = 86_400;

pub(super) async fn show(Given(site): Given<Site>, headers: HeaderMap) -> Result<Response, Error> {
    // It needs no evidence: what it says of breaches is marked on the Security page.
    let look = Look::new(&site.security, Err(""), site.base.clock.now());
    let around = around(&site, &headers, PublicPlace::Privacy);
    let view = view(&look, cookies(&site), site.outbox.is_some(), around);
    let Some(upstream) = site.ai.as_ref().map(|ai| &ai.upstream) else { return page(&view) };
    page(&Privacy {
        provider: upstream.host().to_owned(),
        provider_local: upstream.retention() == Retention::Local,
        ..view
    })
}

/// The claim whose sentence is the commitment about breaches.
const BREACH_CLAIM: &str = "7.5";

/// The page, with the site's cookies and whether mail stays on the machine.
pub fn view(look: &Look<'_>, cookies: Vec<Cookie>, outbox: bool, around: Around) -> Privacy {
    let catalogue = &look.page.catalogue;
    let fact = |name: &str| look.page.facts.value(name).to_owned();
    let version = catalogue.version();
    let is_breach = |claim: &Claim| claim.id == BREACH_CLAIM;
    let breach = catalogue.sentences().filter(|(_, it)| it.claims.iter().any(is_breach));
    Privacy {
        around,
        entity: fact("entity"),
        address: fact("security_address"),
        hosting: fact("hosting"),
        regions: fact("regions"),
        database: fact("database_service"),
        mail: fact("mail_service"),
        unstated: look.unstated(),
        updated: version.map(|it| it.updated.to_string()).unwrap_or_default(),
        updated_words: version.map(|it| words::date(it.updated)).unwrap_or_default(),
        answer_hours: ANSWER_KEPT.as_secs() / 3_600,
        outbox,
        outbox_max: OUTBOX_MAX,
        deleted_days: DELETED_KEPT_S / DAY_S,
        idle_days: SESSION_IDLE_S / DAY_S,
        session_days: SESSION_ABSOLUTE_S / DAY_S,
        ended_days: ENDED_SESSION_KEPT_S / DAY_S,
        proof_minutes: PROOF_LIFE_S / 60,
        asked_hours: PROOF_KEPT_S / 3_600,
        cookies,
        provider: String::new(),
        provider_local: false,
        breach: breach.map(|(_, it)| text::sentence(look, it, "")).collect(),
    }
}

fn cookies(site: &Site) -> Vec<Cookie> {
    vec![
        Cookie {
            name: Jar::Session.name(site),
            about: "keeps you signed in",
            kept: format!("{} days at most", SESSION_ABSOLUTE_S / DAY_S),
        },
        Cookie {
            name: Jar::Asked.name(site),
            about: "ties a mailed link and code to the browser that asked for them",
            kept: words::long(binding_life()),
        },
        Cookie {
            name: Jar::Notice.name(site),
            about: "carries one sentence to the next page: what was just done",
            kept: words::long(told::LIFE),
        },
    ]
}
