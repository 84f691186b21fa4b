//! The page of one occurrence of a series, and the verbs on it.

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::changes::Press;
use super::form;
use super::lists::{agenda_view, answer, asks, here};
use super::occurrence_form::{self, Edit};
use super::sheet::{self, Back};
use super::told::{Told, Verb};
use crate::accounts::Person;
use crate::capture::desk::Desk;
use crate::capture::item_page::{self, ItemPage};
use crate::db::Identity;
use crate::items::amend::{self, Amended, At, Change, Scope};
use crate::items::{Fault, ItemError, Occurrence, Series, Standing};
use crate::web::caller::{Browser, ended, touch_later};
use crate::web::error::Error;
use crate::web::form::Form;
use crate::web::id::Named;
use crate::web::render::{page, page_with, see_other, with_cookies};
use crate::web::views::rows::{anchor, item_href};
use crate::web::views::{Agenda, CaptureLine, OccurrenceSheet};
use crate::web::{Site, lost};

/// `GET /items/{id}/occurrences/{original}`: the occurrence, and on a desk the agenda beside it.
pub(super) async fn show(
    State(site): State<Site>,
    Browser(identity): Browser,
    headers: HeaderMap,
    named: Named,
    Query(query): Query<Back>,
) -> Result<Response, Error> {
    let told = Told::read(&site, &headers);
    let read = read(&site, &identity, &named, told).await.map_err(ended)?;
    touch_later(&site, &identity, &read.person);
    let here = here(&site, &read.person)?;
    let sheet = occurrence_form::of(&read.page, &read.occurrence, &here, &query.back());
    let view = view(&site, &read.person, read.desk, told, sheet);
    answer(&site, told, page(&view)?)
}

/// One occurrence with all that its page shows.
struct Read {
    person: Person,
    page: ItemPage,
    desk: Desk,
    occurrence: Occurrence,
}

async fn read(
    site: &Site,
    identity: &Identity,
    named: &Named,
    told: Option<Told>,
) -> Result<Read, Error> {
    let original = Some(named.original);
    let asks = asks(site, told);
    let read = item_page::read_beside(&site.base, identity, named.id, original, asks).await?;
    let (person, page, desk) = read;
    let series = Series::of(&page.item.state, &page.overrides);
    let found = series.and_then(|series| series.find(named.original));
    let occurrence = found.ok_or(Error::NotFound)?;
    Ok(Read { person, page, desk, occurrence })
}

fn view(
    site: &Site,
    person: &Person,
    desk: Desk,
    told: Option<Told>,
    sheet: OccurrenceSheet,
) -> Agenda {
    agenda_view(site, person, desk, &super::filter::Query::default(), told, Some(sheet.into()))
}

/// `POST /items/{id}/occurrences/{original}`.
pub(super) async fn update(
    State(site): State<Site>,
    browser: Result<Browser, Error>,
    named: Named,
    Form(edit): Form<Edit>,
) -> Result<Response, Error> {
    let lost = |error: Error| {
        lost::words(error, CaptureLine { text: edit.typed(), ..CaptureLine::default() })
    };
    let identity = match browser {
        Ok(Browser(identity)) => identity,
        Err(error) => return lost(error),
    };
    let read = match read(&site, &identity, &named, None).await {
        Ok(read) => read,
        Err(error) => return lost(error),
    };
    if read.page.item.version != edit.version {
        return conflict(&site, read, &edit);
    }
    let setting = form::setting(&site.base, &read.person, &read.page.item);
    let setting = setting.ok_or(Error::NotFound)?;
    let wanted = edit.amendment(&read.page.item.state, &read.occurrence, &setting);
    let (by, scope) = match wanted {
        Ok(wanted) => wanted,
        Err(faults) => return refused(&site, read, &edit, &faults),
    };
    let (item, overrides) = (&read.page.item, read.page.overrides.as_slice());
    let at = At { item, overrides, original: named.original };
    let change = Change { by: &by, scope, standing: None };
    match amend::amend(&site.base, &identity, &read.person, at, change).await {
        Ok(amended) => Ok(saved(&site, &named, amended, scope, &edit.back)),
        // Read again: what it differs in was read with the version that has moved.
        Err(ItemError::VersionMoved(_)) => match self::read(&site, &identity, &named, None).await {
            Ok(now) => conflict(&site, now, &edit),
            Err(error) => lost(error),
        },
        Err(ItemError::Invalid(faults)) => refused(&site, read, &edit, &faults),
        Err(error) => lost(error.into()),
    }
}

/// To the occurrence that was changed, to the series where all of it was, or to the item that goes
/// on.
fn saved(site: &Site, named: &Named, amended: Amended, scope: Scope, back: &str) -> Response {
    let own = item_href(&named.id.to_string(), &named.original.to_string());
    let (to, told) = match amended {
        Amended::Not => (own, None),
        Amended::Item { item, .. } => {
            let told = Told { verb: Verb::Changed, id: item.id, version: item.version };
            // With another hour of the whole, this one has another name.
            let series = item_href(&item.id.to_string(), "");
            (if scope == Scope::This { own } else { series }, Some(told))
        }
        Amended::Split { ended, following } => {
            let told = Told { verb: Verb::Split, id: ended.id, version: ended.version };
            (item_href(&following.id.to_string(), ""), Some(told))
        }
    };
    let response = see_other(&format!("{to}?back={}", sheet::list(back)));
    match told {
        Some(told) => with_cookies(response, [told.cookie(site)]),
        None => response,
    }
}

fn refused(site: &Site, read: Read, edit: &Edit, faults: &[Fault]) -> Result<Response, Error> {
    let here = here(site, &read.person)?;
    let stored = occurrence_form::of(&read.page, &read.occurrence, &here, &edit.back);
    let view = view(site, &read.person, read.desk, None, edit.refill(stored, faults));
    page_with(StatusCode::UNPROCESSABLE_ENTITY, &view)
}

fn conflict(site: &Site, read: Read, edit: &Edit) -> Result<Response, Error> {
    let here = here(site, &read.person)?;
    let stored = occurrence_form::of(&read.page, &read.occurrence, &here, &edit.back);
    let view = view(site, &read.person, read.desk, None, edit.against(stored));
    page_with(StatusCode::CONFLICT, &view)
}

/// `POST /items/{id}/occurrences/{original}/completion`.
pub(super) async fn complete(
    State(site): State<Site>,
    Browser(identity): Browser,
    named: Named,
    Form(press): Form<Press>,
) -> Result<Response, Error> {
    stand(&site, &identity, &named, &press, Standing::Done, Verb::Done).await
}

/// `POST /items/{id}/occurrences/{original}/reopening`: neither done nor skipped any more.
pub(super) async fn reopen(
    State(site): State<Site>,
    Browser(identity): Browser,
    named: Named,
    Form(press): Form<Press>,
) -> Result<Response, Error> {
    stand(&site, &identity, &named, &press, Standing::Open, Verb::Reopened).await
}

/// `POST /items/{id}/occurrences/{original}/skip`.
pub(super) async fn skip(
    State(site): State<Site>,
    Browser(identity): Browser,
    named: Named,
    Form(press): Form<Press>,
) -> Result<Response, Error> {
    stand(&site, &identity, &named, &press, Standing::Skipped, Verb::Skipped).await
}

/// Back to the list. A page that was older than the series changes nothing and says so there.
async fn stand(
    site: &Site,
    identity: &Identity,
    named: &Named,
    press: &Press,
    standing: Standing,
    verb: Verb,
) -> Result<Response, Error> {
    let at = (named.id, named.original);
    let done = amend::set_standing(&site.base, identity, at, press.version, standing).await;
    let (verb, item) = match done {
        Ok((_, item)) => (verb, item),
        Err(ItemError::VersionMoved(item)) => (Verb::Moved, *item),
        Err(error) => return Err(error.into()),
    };
    let start = item.state.when.as_ref().map(|when| when.start);
    let present = start == Some(named.original);
    let name = if present { String::new() } else { named.original.to_string() };
    let to = format!("{}#{}", sheet::list(&press.back), anchor(&item.id.to_string(), &name));
    let told = Told { verb, id: item.id, version: item.version };
    Ok(with_cookies(see_other(&to), [told.cookie(site)]))
}
