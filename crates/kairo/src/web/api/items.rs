//! `/api/v1/items`: list, read, change, delete and restore.

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use uuid::Uuid;

use super::fields::{Fields, Sent};
use super::patch::Patch;
use super::precondition::{etag, is_known, versions};
use super::shapes::{ItemShape, PageAnswer};
use super::{fault, moment, refused};
use crate::accounts::Base;
use crate::db::Identity;
use crate::items::page::{PageAsked, page};
use crate::items::{Item, ItemError, Status, change as verbs};
use crate::limits::{ITEMS_PAGE_DEFAULT, ITEMS_PAGE_MAX};
use crate::web::Site;
use crate::web::caller::{Program, touch_later};
use crate::web::error::{Error, FieldFault};
use crate::web::id::{Id, parse};

/// `GET /items`: one page in order of ids.
pub async fn list(
    State(site): State<Site>,
    Program(identity): Program,
    query: Result<Query<Vec<(String, String)>>, QueryRejection>,
) -> Result<Json<PageAnswer>, Error> {
    let Query(pairs) = query.map_err(|_| Error::Malformed {
        detail: "The query could not be read. Write it as name=value, joined by &.".into(),
    })?;
    let found = page(&site.base, &identity, asked(pairs)?).await.map_err(refused)?;
    let (person, page) = found;
    touch_later(&site, &identity, &person);
    let items = page.items.into_iter().map(ItemShape::from).collect();
    Ok(Json(PageAnswer { items, next: page.next }))
}

/// `GET /items/{id}`: one item with its `ETag`.
pub async fn show(
    State(site): State<Site>,
    Program(identity): Program,
    Id(id): Id,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let (person, item) = verbs::find(&site.base, &identity, id).await.map_err(refused)?;
    touch_later(&site, &identity, &person);
    if is_known(&headers, item.version) {
        return Ok((StatusCode::NOT_MODIFIED, [etag(item.version)]).into_response());
    }
    Ok(answer(item))
}

/// `PATCH /items/{id}`: changes the fields that were sent.
pub async fn change(
    State(site): State<Site>,
    Program(identity): Program,
    Id(id): Id,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Error> {
    let patch = Patch::read(&body)?;
    let version = version(&site.base, &identity, id, &headers).await?;
    let (now, cause) = (site.base.clock.now(), patch.cause());
    let changed = verbs::edit(&site.base, &identity, id, version, cause, |person, draft| {
        patch.apply(person, now, draft)
    });
    let (person, item) = changed.await.map_err(refused)?;
    touch_later(&site, &identity, &person);
    Ok(answer(item))
}

/// `DELETE /items/{id}`: 204. `POST …/restoration` brings it back.
pub async fn delete(
    State(site): State<Site>,
    Program(identity): Program,
    Id(id): Id,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let version = version(&site.base, &identity, id, &headers).await?;
    let gone = verbs::delete(&site.base, &identity, id, version).await;
    let (person, _) = gone.map_err(refused)?;
    touch_later(&site, &identity, &person);
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// `POST /items/{id}/restoration`: takes back the change that led to a version.
pub async fn restore(
    State(site): State<Site>,
    Program(identity): Program,
    Id(id): Id,
    body: Bytes,
) -> Result<Response, Error> {
    let mut fields = Fields::parse(&body, &["version"])?;
    let version = match fields.number("version") {
        Sent::Value(version) => i32::try_from(version).ok().filter(|version| *version > 0),
        Sent::Nothing | Sent::Null => None,
    };
    if version.is_none() && fields.faults.is_empty() {
        let message = "Send the version whose change is to be taken back, such as 2.";
        fields.refuse("version", "bad_version", message);
    }
    fields.done()?;
    let undone = verbs::undo(&site.base, &identity, id, version.unwrap_or_default()).await;
    let (person, item) = undone.map_err(|error| match error {
        // Not 412: that answers for headers alone (RFC 9110 15.5.13).
        ItemError::VersionMoved(_) => Error::Conflict {
            code: "version_moved",
            detail: "Someone changed this after that version, so nothing was taken back. Load it \
                     again and name its version."
                .into(),
        },
        other => refused(other),
    })?;
    touch_later(&site, &identity, &person);
    Ok(answer(item))
}

fn answer(item: Item) -> Response {
    ([etag(item.version)], Json(ItemShape::from(item))).into_response()
}

/// The one version that the change is made from. A list of several names the one that the item has,
/// or nothing; an item that the caller cannot see is 404 before any of that.
pub(super) async fn version(
    base: &Base,
    identity: &Identity,
    id: Uuid,
    headers: &HeaderMap,
) -> Result<i32, Error> {
    let named = versions(headers)?;
    if let [one] = named.as_slice() {
        return Ok(*one);
    }
    let (_, item) = verbs::find(base, identity, id).await.map_err(refused)?;
    named.contains(&item.version).then_some(item.version).ok_or(Error::VersionMoved)
}

fn asked(pairs: Vec<(String, String)>) -> Result<PageAsked, Error> {
    let mut asked = PageAsked { limit: ITEMS_PAGE_DEFAULT, ..PageAsked::default() };
    let (mut faults, mut seen) = (Vec::new(), Vec::new());
    for (name, value) in pairs {
        let known = ["after", "limit", "status", "from", "to"];
        let Some(field) = known.into_iter().find(|known| *known == name) else {
            let shown: String = name.chars().take(40).collect();
            let known = known.join(", ");
            return Err(Error::Malformed {
                detail: format!("There is no \"{shown}\" here. The query takes {known}.").into(),
            });
        };
        if seen.contains(&field) {
            faults.push(refuse(field, "twice", "This came twice. Send it once."));
            continue;
        }
        seen.push(field);
        faults.extend(take(&mut asked, field, &value).err());
    }
    if asked.from.zip(asked.to).is_some_and(|(from, to)| to < from) {
        faults.push(refuse("to", "before_from", "The end of the range lies before its start."));
    }
    if faults.is_empty() { Ok(asked) } else { Err(Error::Invalid(faults)) }
}

fn take(asked: &mut PageAsked, field: &'static str, value: &str) -> Result<(), FieldFault> {
    match field {
        "after" => {
            let message = "Send the id that `next` gave.";
            asked.after = Some(parse(value).ok_or_else(|| refuse(field, "bad_id", message))?);
        }
        "limit" => {
            let number = value.bytes().all(|byte| byte.is_ascii_digit());
            let limit =
                value.parse().ok().filter(|limit| number && (1..=ITEMS_PAGE_MAX).contains(limit));
            let message = format!("This takes a number from 1 to {ITEMS_PAGE_MAX}.");
            asked.limit = limit.ok_or_else(|| refuse(field, "out_of_range", message))?;
        }
        "status" => {
            let message = "This takes open or done.";
            let status = Status::parse(value).ok_or_else(|| refuse(field, "bad_word", message))?;
            asked.status = Some(status);
        }
        "from" => asked.from = Some(moment::moment(field, value).map_err(fault)?.at),
        _ => asked.to = Some(moment::moment(field, value).map_err(fault)?.at),
    }
    Ok(())
}

pub(super) fn refuse(
    field: &'static str,
    code: &'static str,
    message: impl Into<String>,
) -> FieldFault {
    FieldFault { field, code, message: message.into() }
}
