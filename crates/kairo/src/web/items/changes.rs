//! The verbs on an item: each a form that POSTs to a noun and redirects to where it was pressed.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::form::{self, Edit};
use super::lists::{asks, here, item_view};
use super::sheet;
use super::told::{Told, Verb};
use crate::accounts::Person;
use crate::capture::desk::Desk;
use crate::capture::item_page::{self, ItemPage};
use crate::db::Identity;
use crate::items::change::{self, Cause};
use crate::items::{Fault, Item, ItemError, Status};
use crate::web::Site;
use crate::web::caller::Browser;
use crate::web::error::Error;
use crate::web::form::Form;
use crate::web::id::Id;
use crate::web::lost;
use crate::web::render::{page_with, see_other, with_cookies};
use crate::web::views::CaptureLine;
use crate::web::views::rows::anchor;

/// What every button beside an item sends.
#[derive(Debug, Deserialize)]
pub(super) struct Press {
    pub(super) version: i32,
    #[serde(default)]
    pub(super) back: String,
}

/// `POST /items/{id}/completion`.
pub(super) async fn complete(
    State(site): State<Site>,
    Browser(identity): Browser,
    Id(id): Id,
    Form(press): Form<Press>,
) -> Result<Response, Error> {
    let done = change::set_status(&site.base, &identity, id, press.version, Status::Done).await;
    answer(&site, Verb::Done, &press.back, done)
}

/// `POST /items/{id}/reopening`.
pub(super) async fn reopen(
    State(site): State<Site>,
    Browser(identity): Browser,
    Id(id): Id,
    Form(press): Form<Press>,
) -> Result<Response, Error> {
    let done = change::set_status(&site.base, &identity, id, press.version, Status::Open).await;
    answer(&site, Verb::Reopened, &press.back, done)
}

/// `POST /items/{id}/deletion`.
pub(super) async fn delete(
    State(site): State<Site>,
    Browser(identity): Browser,
    Id(id): Id,
    Form(press): Form<Press>,
) -> Result<Response, Error> {
    let done = change::delete(&site.base, &identity, id, press.version).await;
    answer(&site, Verb::Deleted, sheet::list(&press.back), done)
}

/// `POST /items/{id}/restoration`: takes the last change back.
pub(super) async fn restore(
    State(site): State<Site>,
    Browser(identity): Browser,
    Id(id): Id,
    Form(press): Form<Press>,
) -> Result<Response, Error> {
    let done = change::undo(&site.base, &identity, id, press.version).await;
    answer(&site, Verb::Restored, &press.back, done)
}

/// Back to the list, or to the item where the button was pressed there. A page that was older than
/// the item changes nothing and says so on the page that follows, which shows the item as it is.
fn answer(
    site: &Site,
    verb: Verb,
    back: &str,
    done: Result<(Person, Item), ItemError>,
) -> Result<Response, Error> {
    let (verb, item) = match done {
        Ok((_, item)) => (verb, item),
        Err(ItemError::VersionMoved(item)) => (Verb::Moved, *item),
        Err(error) => return Err(error.into()),
    };
    let own = format!("/items/{}", item.id);
    let to = if back == own && item.state.deleted_at.is_none() {
        own
    } else {
        format!("{}#{}", sheet::list(back), anchor(&item.id.to_string(), ""))
    };
    let told = Told { verb, id: item.id, version: item.version };
    Ok(with_cookies(see_other(&to), [told.cookie(site)]))
}

/// `POST /items/{id}`.
pub(super) async fn update(
    State(site): State<Site>,
    browser: Result<Browser, Error>,
    Id(id): Id,
    Form(edit): Form<Edit>,
) -> Result<Response, Error> {
    let lost = |error: Error| {
        lost::words(error, CaptureLine { text: edit.typed(), ..CaptureLine::default() })
    };
    let identity = match browser {
        Ok(Browser(identity)) => identity,
        Err(error) => return lost(error),
    };
    let read = item_page::read_beside(&site.base, &identity, id, None, asks(&site, None)).await;
    let (person, page, desk) = match read.map_err(Error::from) {
        Ok(read) => read,
        Err(error) => return lost(error),
    };
    let setting = form::setting(&site.base, &person, &page.item).ok_or(Error::NotFound)?;
    if page.item.version != edit.version {
        return conflict(&site, &person, &page, desk, &edit);
    }
    let after = match edit.state(&page.item, &setting) {
        Ok(after) => after,
        Err(faults) => return refused(&site, &person, &page, desk, &edit, &faults),
    };
    match save(&site, &identity, &person, &page, after).await {
        Ok(item) => {
            let told = Told { verb: Verb::Changed, id: item.id, version: item.version };
            let to = format!("/items/{id}?back={}", sheet::list(&edit.back));
            Ok(with_cookies(see_other(&to), [told.cookie(&site)]))
        }
        Err(ItemError::VersionMoved(now)) if now.state.deleted_at.is_none() => {
            let page = ItemPage { item: *now, ..page };
            conflict(&site, &person, &page, desk, &edit)
        }
        Err(ItemError::VersionMoved(_)) => lost(Error::NotFound),
        Err(ItemError::Invalid(faults)) => refused(&site, &person, &page, desk, &edit, &faults),
        Err(error) => lost(error.into()),
    }
}

async fn save(
    site: &Site,
    identity: &Identity,
    person: &Person,
    page: &ItemPage,
    after: crate::items::State,
) -> Result<Item, ItemError> {
    if after == page.item.state {
        return Ok(page.item.clone());
    }
    let item = page.item.clone();
    let mut draft = change::draft(&site.base, &item, page.overrides.clone())?;
    draft.state = after;
    change::keep(&site.base, identity, person, item, draft, Cause::Edit).await
}

fn refused(
    site: &Site,
    person: &Person,
    page: &ItemPage,
    desk: Desk,
    edit: &Edit,
    faults: &[Fault],
) -> Result<Response, Error> {
    let stored = sheet::of(page, &here(site, person)?, sheet::list(&edit.back));
    let view = item_view(site, person, desk, None, edit.refill(stored, faults));
    page_with(StatusCode::UNPROCESSABLE_ENTITY, &view)
}

fn conflict(
    site: &Site,
    person: &Person,
    page: &ItemPage,
    desk: Desk,
    edit: &Edit,
) -> Result<Response, Error> {
    let stored = sheet::of(page, &here(site, person)?, sheet::list(&edit.back));
    let view = item_view(site, person, desk, None, edit.against(stored));
    page_with(StatusCode::CONFLICT, &view)
}
