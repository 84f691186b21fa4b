//! Settings, Account: where the person is signed in.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use jiff::Timestamp;
use uuid::Uuid;

use super::sign_out;
use crate::accounts::sessions::{self, Session};
use crate::accounts::{Person, SessionKind, device};
use crate::items::queries::{Count, InboxCount};
use crate::web::Site;
use crate::web::caller::{Browser, Jar, ended, touch_later};
use crate::web::error::Error;
use crate::web::frame;
use crate::web::id::Id;
use crate::web::render::{page, see_other, with_cookies};
use crate::web::views::{self, Account, Notice, Place, words};

/// `GET /settings/account`.
pub(super) async fn show(
    State(site): State<Site>,
    Browser(identity): Browser,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let (person, live, inbox) =
        sessions::list_beside(&site.base, &identity, InboxCount {}).await.map_err(ended)?;
    touch_later(&site, &identity, &person);
    let now = site.base.clock.now();
    let tokens = live.iter().filter(|session| session.kind == SessionKind::Key).count();
    let view = Account {
        email: person.email.clone(),
        sessions: live
            .iter()
            .filter(|session| session.kind == SessionKind::Web)
            .map(|session| row(session, &person, now))
            .collect(),
        tokens,
        frame: frame::signed_in(
            &site,
            &person,
            Place::Elsewhere,
            "Account - Settings",
            counted(&inbox),
            notice(&site, &headers),
        ),
    };
    Ok(with_cookies(page(&view)?, [Jar::Notice.clear(&site)]))
}

/// Open items without a date, for the number in the navigation.
pub(super) fn counted(inbox: &[Count]) -> usize {
    inbox.first().map_or(0, |row| usize::try_from(row.count).unwrap_or(0))
}

fn row(session: &Session, person: &Person, now: Timestamp) -> views::Session {
    let active = words::ago(session.last_seen_at, now);
    let begun = day(session.created_at, person, now);
    let how = if session.method == "link" { "with a mailed link" } else { "with a mailed code" };
    views::Session {
        device: session.name.clone(),
        about: format!("Active {active}. Signed in {begun} {how}."),
        here: session.this,
        revocation: format!("/settings/sessions/{}/revocation", session.id),
    }
}

/// "today", "3 November": the day of an instant, where the person is.
pub(super) fn day(at: Timestamp, person: &Person, now: Timestamp) -> String {
    let zone = kairo_capture::zone_named(&person.settings.time_zone);
    let zone = zone.unwrap_or(jiff::tz::TimeZone::UTC);
    let (date, today) = (zone.to_datetime(at).date(), zone.to_datetime(now).date());
    if date == today { "today".to_owned() } else { words::day_month(date, today) }
}

/// `POST /settings/sessions/{id}/revocation`.
pub(super) async fn revoke(
    State(site): State<Site>,
    Browser(identity): Browser,
    Id(id): Id,
) -> Result<Response, Error> {
    let (_, live) = sessions::list(&site.base, &identity).await?;
    // A browser's: the name of a token is a person's text, which must not travel in a cookie.
    let session = find(&live, id, SessionKind::Web)?;
    sessions::revoke(&site.base, &identity, session.id).await?;
    if session.this {
        return Ok(sign_out::gone(&site, "out.here.0"));
    }
    Ok(told(&site, "/settings/account", &format!("ended.{}", device_code(&session.name))))
}

/// One of the caller's by the id in a path.
pub(super) fn find(live: &[Session], id: Uuid, kind: SessionKind) -> Result<&Session, Error> {
    live.iter().find(|it| it.id == id && it.kind == kind).ok_or(Error::NotFound)
}

/// Back to a page of the settings, with one sentence for it.
pub(super) fn told(site: &Site, to: &str, code: &str) -> Response {
    let life = Some(jiff::SignedDuration::from_secs(60));
    with_cookies(see_other(to), [Jar::Notice.set(site, code, life)])
}

/// A device's label is from a closed list, so it may travel in a cookie; spaces may not.
fn device_code(label: &str) -> String {
    label.replace(' ', "_")
}

/// The sentence that a change of the settings left.
pub(super) fn notice(site: &Site, headers: &HeaderMap) -> Option<Notice> {
    let code = Jar::Notice.read(site, headers)?;
    let text = match code.split_once('.')? {
        ("ended", "token") => {
            "The token is revoked. It cannot open anything from now on.".to_owned()
        }
        ("ended", code) => {
            // Any page of this host may have planted the cookie, so only our own words are said.
            let device = code.replace('_', " ");
            if !device::is_label(&device) {
                return None;
            }
            format!("Signed out on {device}. It cannot open anything from now on.")
        }
        ("reading", "kept") => "Kept. It counts from the next thought on.".to_owned(),
        ("answers", "gone") => {
            "The kept answers are forgotten. The same thought asks a model again.".to_owned()
        }
        ("answers", "none") => "There was no kept answer to forget.".to_owned(),
        _ => return None,
    };
    Some(Notice { text, ..Notice::default() })
}
