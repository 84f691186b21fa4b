//! The lists and the page of one item.

use std::collections::BTreeMap;

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use jiff::civil::{Date, DateTime};
use kairo_capture::zone_named;
use serde::Deserialize;

use super::days;
use super::filter;
use super::rows::{Column, Here, row};
use super::sheet::{self, Back};
use super::told::Told;
use crate::accounts::Person;
use crate::capture::desk::{self, Asks, Desk};
use crate::capture::item_page;
use crate::capture::refine::Refine;
use crate::items::lists;
use crate::items::{Item, Status};
use crate::limits::{CAPTURE_TEXT_CHARS_MAX, ITEMS_AGENDA_MAX};
use crate::web::caller::{Browser, Jar, ended};
use crate::web::error::Error;
use crate::web::frame;
use crate::web::id::Id;
use crate::web::render::{page, page_with, with_cookies};
use crate::web::views::{
    Agenda, CaptureLine, Day, Done, Frame, Inbox, ItemSheet, Now, OccurrenceSheet, Place, Row, Try,
    words,
};
use crate::web::{Site, accounts, caller};

/// `/?text=` fills the line; the rest narrows the list.
#[derive(Deserialize)]
pub(super) struct HomeQuery {
    text: Option<String>,
    #[serde(flatten)]
    filter: filter::Query,
}

/// `GET /`.
pub(super) async fn agenda(
    State(site): State<Site>,
    Browser(identity): Browser,
    headers: HeaderMap,
    Query(query): Query<HomeQuery>,
) -> Result<Response, Error> {
    let told = Told::read(&site, &headers);
    let (person, desk) =
        desk::read(&site.base, &identity, asks(&site, told)).await.map_err(ended)?;
    caller::touch_later(&site, &identity, &person);
    let said = told.filter(|_| !is_running(&desk));
    let mut view = agenda_view(&site, &person, desk, &query.filter, told, None);
    if let Some(text) = query.text {
        view.frame.line.text = text.chars().take(CAPTURE_TEXT_CHARS_MAX).collect();
        view.frame.line.focus = true;
    }
    answer(&site, said, page(&view)?)
}

/// What a page with the agenda asks for.
pub(super) fn asks(site: &Site, told: Option<Told>) -> Asks {
    Asks { told: told.map(|told| told.id), metered: site.refiner.is_some() }
}

/// Whether what the notice speaks of is still being read: it speaks again on the next page, then.
fn is_running(desk: &Desk) -> bool {
    desk.second.is_some_and(|second| second.refine == Refine::Running)
}

/// The agenda with a line that was refused, or whose words wait for another try.
pub async fn agenda_with_line(
    site: &Site,
    identity: &crate::db::Identity,
    status: StatusCode,
    line: CaptureLine,
) -> Result<Response, Error> {
    let (person, desk) = desk::read(&site.base, identity, asks(site, None)).await?;
    let mut view = agenda_view(site, &person, desk, &filter::Query::default(), None, None);
    view.frame.line = line;
    page_with(status, &view)
}

/// `GET /items/{id}`: the item, and on a desk the agenda beside it.
pub(super) async fn item(
    State(site): State<Site>,
    Browser(identity): Browser,
    headers: HeaderMap,
    Id(id): Id,
    Query(query): Query<Back>,
) -> Result<Response, Error> {
    let told = Told::read(&site, &headers);
    let (person, item_page, desk) =
        item_page::read_beside(&site.base, &identity, id, None, asks(&site, told))
            .await
            .map_err(ended)?;
    caller::touch_later(&site, &identity, &person);
    let here = here(&site, &person)?;
    let sheet = sheet::of(&item_page, &here, &query.back());
    let view = item_view(&site, &person, desk, told, sheet);
    answer(&site, told, page(&view)?)
}

/// An item's page with a sheet that may hold faults or a conflict.
pub(super) fn item_view(
    site: &Site,
    person: &Person,
    desk: Desk,
    told: Option<Told>,
    sheet: ItemSheet,
) -> Agenda {
    agenda_view(site, person, desk, &filter::Query::default(), told, Some(sheet.into()))
}

/// What stands beside the agenda.
pub(super) enum Beside {
    /// An item.
    Item(Box<ItemSheet>),
    /// One occurrence of a series.
    Occurrence(Box<OccurrenceSheet>),
}

impl From<ItemSheet> for Beside {
    fn from(sheet: ItemSheet) -> Self {
        Self::Item(Box::new(sheet))
    }
}

impl From<OccurrenceSheet> for Beside {
    fn from(sheet: OccurrenceSheet) -> Self {
        Self::Occurrence(Box::new(sheet))
    }
}

impl Beside {
    fn action(&self) -> &str {
        match self {
            Self::Item(sheet) => &sheet.action,
            Self::Occurrence(sheet) => &sheet.action,
        }
    }

    fn heading(&self) -> &str {
        match self {
            Self::Item(sheet) => &sheet.heading,
            Self::Occurrence(sheet) => &sheet.heading,
        }
    }
}

pub(super) fn agenda_view(
    site: &Site,
    person: &Person,
    Desk { open, standing, second }: Desk,
    query: &filter::Query,
    told: Option<Told>,
    beside: Option<Beside>,
) -> Agenda {
    let Ok(here) = here(site, person) else { return Agenda::default() };
    let inbox = open.items.iter().filter(|item| item.state.when.is_none()).count();
    let blank = open.items.is_empty() && open.done.is_empty();
    let back = beside.as_ref().map_or("/", Beside::action);
    let notice = told.and_then(|told| Some(told.notice(open.told.as_ref()?, back, second)));
    let dated: Vec<Item> =
        open.items.into_iter().filter(|item| item.state.when.is_some()).collect();
    let today = here.today();
    let filter = query.view("/", &dated);
    let shown = days::shown(dated, open.done, &open.entries, query, &here);
    let heading = words::long_date(today, today);
    let title = match &beside {
        Some(beside) => beside.heading().to_owned(),
        None => format!("Agenda, {heading}"),
    };
    let mut frame = frame::signed_in(site, person, Place::Agenda, &title, inbox, notice);
    let (mut days, cut_off) = days::agenda(&shown, &here, person.settings.week_start);
    let mut tries = Vec::new();
    if blank && beside.is_none() && !query.is_active() {
        frame.line.focus = true;
        days = vec![first_day(&here)];
        tries = self::tries(site, person, &here);
    } else {
        say_if_empty(&mut days, query.is_active());
    }
    let alone = beside.is_some();
    if let Some(beside) = &beside {
        mark_current(&mut days, beside.action());
    }
    let (item, occurrence) = match beside {
        Some(Beside::Item(sheet)) => (Some(*sheet), None),
        Some(Beside::Occurrence(sheet)) => (None, Some(*sheet)),
        None => (None, None),
    };
    Agenda {
        frame,
        heading,
        time: words::clock(here.now.time()),
        time_iso: words::iso_minute(here.now),
        zone: words::zone_city(&here.zone),
        spend: standing.map(|standing| accounts::spend(&standing, person)),
        days,
        tries,
        filter: filter.filter(|_| !alone),
        more_than: more_than(open.more || cut_off),
        alone,
        item,
        occurrence,
    }
}

fn say_if_empty(days: &mut [Day], narrowed: bool) {
    let alone = days.len() == 1;
    let today = days.iter_mut().find(|day| day.id == "today");
    if let Some(today) = today.filter(|day| day.rows.is_empty() && day.later.is_empty()) {
        let empty = match (narrowed, alone) {
            (true, true) => "Nothing matches. Remove a filter, or look for another word.",
            (true, false) => "Nothing of today matches.",
            (false, _) => "Nothing more for today.",
        };
        today.empty = empty.to_owned();
    }
}

fn mark_current(days: &mut [Day], href: &str) {
    let rows = days.iter_mut().flat_map(|day| day.rows.iter_mut().chain(&mut day.later));
    for row in rows {
        row.current = row.href == href;
    }
}

fn first_day(here: &Here) -> Day {
    Day {
        id: "today".to_owned(),
        title: "Nothing here yet".to_owned(),
        empty: "Type what is on your mind the way you would say it, and press Enter. Kairo finds \
                the day, the time and the people, and keeps your words."
            .to_owned(),
        now: Some(Now { time: words::clock(here.now.time()), iso: words::iso_minute(here.now) }),
        ..Day::default()
    }
}

/// Things to type, each with how it would be read today.
fn tries(site: &Site, person: &Person, here: &Here) -> Vec<Try> {
    let samples = [
        "lunch with Sam tomorrow 1pm",
        "pay rent every 1st",
        "contract review by Friday 5pm !!",
        "\"May\" is the cat\u{2019}s name",
    ];
    let read = |text: &str| sheet::sample_reading(site, person, text, here);
    samples.into_iter().map(|text| Try { text: text.to_owned(), reading: read(text) }).collect()
}

/// `GET /inbox`.
pub(super) async fn inbox(
    State(site): State<Site>,
    Browser(identity): Browser,
    headers: HeaderMap,
    Query(query): Query<filter::Query>,
) -> Result<Response, Error> {
    let told = Told::read(&site, &headers);
    let (person, open) =
        lists::open(&site.base, &identity, told.map(|told| told.id)).await.map_err(ended)?;
    caller::touch_later(&site, &identity, &person);
    let here = here(&site, &person)?;
    let notice = told.and_then(|told| Some(told.notice(open.told.as_ref()?, "/inbox", None)));
    let undated: Vec<Item> =
        open.items.into_iter().filter(|item| item.state.when.is_none()).collect();
    let count = undated.len();
    let filter = query.view("/inbox", &undated);
    let rows: Vec<Row> = query
        .apply(undated)
        .iter()
        .map(|item| from(row(item, None, &here, Column::Clock, false), "/inbox"))
        .collect();
    let view = Inbox {
        frame: frame::signed_in(&site, &person, Place::Inbox, "Inbox", count, notice),
        rows,
        filter,
        more_than: more_than(open.more),
    };
    answer(&site, told, page(&view)?)
}

/// `GET /done`.
pub(super) async fn done(
    State(site): State<Site>,
    Browser(identity): Browser,
    headers: HeaderMap,
    Query(query): Query<filter::Query>,
) -> Result<Response, Error> {
    let told = Told::read(&site, &headers);
    let (person, list) =
        lists::done(&site.base, &identity, told.map(|told| told.id)).await.map_err(ended)?;
    caller::touch_later(&site, &identity, &person);
    let here = here(&site, &person)?;
    let notice = told.and_then(|told| Some(told.notice(list.told.as_ref()?, "/done", None)));
    let items: Vec<Item> = list.items.iter().map(|(item, _)| item.clone()).collect();
    let filter = query.view("/done", &items);
    let mut by_day: BTreeMap<Date, Vec<Row>> = BTreeMap::new();
    for (item, original) in list.items.iter().filter(|(item, _)| query.fits(item)) {
        let Some(day) = done_on(item, &here.zone) else { continue };
        by_day.entry(day).or_default().push(done_row(item, *original, &here));
    }
    let days = by_day.into_iter().rev().map(|(date, rows)| done_day(date, rows, &here)).collect();
    let frame: Frame = frame::signed_in(&site, &person, Place::Done, "Done", list.inbox, notice);
    answer(&site, told, page(&Done { frame, days, filter, more_than: more_than(list.more) })?)
}

fn done_day(date: Date, rows: Vec<Row>, here: &Here) -> Day {
    let title = match words::relative_day(date, here.today()).as_str() {
        "today" => "Today".to_owned(),
        "yesterday" => "Yesterday".to_owned(),
        _ => words::long_date(date, here.today()),
    };
    Day { id: format!("d{date}"), title, rows, ..Day::default() }
}

/// The row of a done item: its time is when it was done.
fn done_row(item: &Item, original: Option<DateTime>, here: &Here) -> Row {
    let at = item.state.done_at.zip(zone_named(&here.zone).ok());
    let at = at.map(|(instant, zone)| zone.to_datetime(instant));
    Row {
        when: at.map(|at| words::clock(at.time())).unwrap_or_default(),
        when_iso: at.map(words::iso_minute).unwrap_or_default(),
        ..from(row(item, original, here, Column::Clock, false), "/done")
    }
}

/// A row whose page leads back to another list than the agenda.
fn from(row: Row, place: &str) -> Row {
    Row { href: format!("{}?back={place}", row.href), ..row }
}

fn done_on(item: &Item, zone: &str) -> Option<Date> {
    if item.state.status != Status::Done {
        return None;
    }
    Some(zone_named(zone).ok()?.to_datetime(item.state.done_at?).date())
}

pub(super) fn here(site: &Site, person: &Person) -> Result<Here, Error> {
    let zone = person.settings.time_zone.clone();
    let rules = zone_named(&zone).map_err(Error::internal)?;
    Ok(Here { now: rules.to_datetime(site.base.clock.now()), zone })
}

fn more_than(more: bool) -> Option<usize> {
    more.then(|| usize::try_from(ITEMS_AGENDA_MAX).unwrap_or(usize::MAX))
}

/// Takes the notice's cookie away once its sentence was shown.
pub(super) fn answer(
    site: &Site,
    told: Option<Told>,
    response: Response,
) -> Result<Response, Error> {
    Ok(match told {
        Some(_) => with_cookies(response, [Jar::Notice.clear(site)]),
        None => response,
    })
}
