//! The page of a capture: what was typed, how it was read, and what became of it.

use axum::extract::State;
use axum::http::HeaderValue;
use axum::response::Response;

use super::lists::here;
use super::rows::{Column, row};
use super::sheet;
use crate::capture::page;
use crate::web::caller::{Browser, ended, touch_later};
use crate::web::error::Error;
use crate::web::id::Id;
use crate::web::views::{self, Place};
use crate::web::{Site, frame, render};

/// How far the second reading has come, for the script that waits for it: a page's markup is
/// nothing that a script could read under the policy of Trusted Types.
const REFINE: &str = "kairo-refine";

/// `GET /captures/{id}`.
pub(super) async fn show(
    State(site): State<Site>,
    Browser(identity): Browser,
    Id(id): Id,
) -> Result<Response, Error> {
    let (person, read) = page::read(&site.base, &identity, id).await.map_err(ended)?;
    touch_later(&site, &identity, &person);
    let here = here(&site, &person)?;
    let rows = read.items.iter().map(|item| row(item, None, &here, Column::Day, false));
    let view = views::Captured {
        rows: rows.collect(),
        how: sheet::how_read(&read.typed),
        frame: frame::signed_in(&site, &person, Place::Elsewhere, "You typed", read.inbox, None),
        text: read.typed.text,
    };
    let mut response = render::page(&view)?;
    let refine = HeaderValue::from_static(read.typed.refine.as_str());
    response.headers_mut().insert(REFINE, refine);
    Ok(response)
}
