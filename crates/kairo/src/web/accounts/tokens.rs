//! Settings, API tokens: which there are, and an end to each.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

use super::sessions::{counted, day, find, notice, told};
use crate::accounts::sessions::{self, Session};
use crate::accounts::{Person, SessionKind};
use crate::items::queries::InboxCount;
use crate::web::Site;
use crate::web::caller::{Browser, Jar, ended, touch_later};
use crate::web::error::Error;
use crate::web::frame;
use crate::web::id::Id;
use crate::web::render::{page, with_cookies};
use crate::web::views::{Place, Token, Tokens, words};

/// `GET /settings/tokens`.
pub(super) async fn show(
    State(site): State<Site>,
    Browser(identity): Browser,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let (person, live, inbox) =
        sessions::list_beside(&site.base, &identity, InboxCount {}).await.map_err(ended)?;
    touch_later(&site, &identity, &person);
    let tokens = live
        .iter()
        .filter(|session| session.kind == SessionKind::Key)
        .map(|session| token(&site, session, &person))
        .collect();
    let notice = notice(&site, &headers);
    let view = Tokens {
        email: person.email.clone(),
        tokens,
        frame: frame::signed_in(
            &site,
            &person,
            Place::Elsewhere,
            "API tokens - Settings",
            counted(&inbox),
            notice,
        ),
    };
    Ok(with_cookies(page(&view)?, [Jar::Notice.clear(&site)]))
}

fn token(site: &Site, session: &Session, person: &Person) -> Token {
    let now = site.base.clock.now();
    let mut about = format!(
        "Made {}, used {}.",
        day(session.created_at, person, now),
        words::ago(session.last_seen_at, now)
    );
    if let Some(end) = session.expires_at {
        about.push_str(&format!(" Ends {}.", day(end, person, now)));
    }
    let scopes = if session.may_write { "reads and changes" } else { "reads only" };
    Token {
        name: session.name.clone(),
        about,
        scopes: scopes.to_owned(),
        revocation: format!("/settings/tokens/{}/revocation", session.id),
    }
}

/// `POST /settings/tokens/{id}/revocation`.
pub(super) async fn revoke(
    State(site): State<Site>,
    Browser(identity): Browser,
    Id(id): Id,
) -> Result<Response, Error> {
    let (_, live) = sessions::list(&site.base, &identity).await?;
    let token = find(&live, id, SessionKind::Key)?;
    sessions::revoke(&site.base, &identity, token.id).await?;
    Ok(told(&site, "/settings/tokens", "ended.token"))
}
