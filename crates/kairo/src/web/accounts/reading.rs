//! Settings, Reading: the time zone, the week, which of day and month comes first, and shortcuts.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use jiff::civil::Weekday;
use jiff::tz::TimeZoneDatabase;
use kairo_capture::{DateOrder, zone_named};
use serde::Deserialize;

use super::sessions::{counted, notice, told};
use crate::accounts::settings::{self, Settings, SettingsFault};
use crate::accounts::{AccountError, Person, visit};
use crate::items::queries::InboxCount;
use crate::web::Site;
use crate::web::caller::{Browser, Jar, ended, touch_later};
use crate::web::error::Error;
use crate::web::form::Form;
use crate::web::frame;
use crate::web::render::{page, page_with, with_cookies};
use crate::web::views::{Choice, Field, Frame, Place, Problem, Reading, Select, words};

/// What the form sends. The version is the one that the page was made from; a client that sends
/// none knows of no other change, and counts as the newest.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Sent {
    version: Option<i32>,
    zone: String,
    week_start: String,
    date_order: String,
    /// A client that sends none leaves it as it is.
    single_keys: String,
}

const WEEK_STARTS: [(&str, &str, Weekday); 3] = [
    ("monday", "Monday", Weekday::Monday),
    ("saturday", "Saturday", Weekday::Saturday),
    ("sunday", "Sunday", Weekday::Sunday),
];

const DATE_ORDERS: [(&str, &str, DateOrder); 2] = [
    ("DMY", "Day first: 3/4 is 3 April", DateOrder::Dmy),
    ("MDY", "Month first: 3/4 is 4 March", DateOrder::Mdy),
];

const SINGLE_KEYS: [(&str, &str, bool); 2] =
    [("on", "On: / goes to the line", true), ("off", "Off", false)];

/// `GET /settings/reading`.
pub(super) async fn show(
    State(site): State<Site>,
    Browser(identity): Browser,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let (person, inbox) = visit(&site.base, &identity, InboxCount {}).await.map_err(ended)?;
    touch_later(&site, &identity, &person);
    let inbox = counted(&inbox);
    let mut view = stored(&site, &person.settings, person_frame(&site, &person, inbox));
    view.frame.notice = notice(&site, &headers);
    Ok(with_cookies(page(&view)?, [Jar::Notice.clear(&site)]))
}

/// `POST /settings/reading`. Whatever stops it, the form comes back as it was filled in.
pub(super) async fn update(
    State(site): State<Site>,
    browser: Result<Browser, Error>,
    Form(sent): Form<Sent>,
) -> Result<Response, Error> {
    match try_update(&site, browser, &sent).await {
        Err(error) => kept(&site, error, &sent),
        answer => answer,
    }
}

async fn try_update(
    site: &Site,
    browser: Result<Browser, Error>,
    sent: &Sent,
) -> Result<Response, Error> {
    let Browser(identity) = browser?;
    let (person, inbox) = visit(&site.base, &identity, InboxCount {}).await?;
    let asked = match sent.read(&person.settings) {
        Ok(asked) => asked,
        Err(faults) => {
            let inbox = counted(&inbox);
            let mut view = faults.on(filled(site, sent, person_frame(site, &person, inbox)));
            view.version = sent.version.unwrap_or(person.settings.version);
            return page_with(StatusCode::UNPROCESSABLE_ENTITY, &view);
        }
    };
    match settings::update(&site.base, &identity, &person, &asked).await {
        Ok(()) => Ok(told(site, "/settings/reading", "reading.kept")),
        Err(AccountError::VersionMoved) => {
            let (person, inbox) = visit(&site.base, &identity, InboxCount {}).await?;
            let inbox = counted(&inbox);
            let mine = filled(site, sent, person_frame(site, &person, inbox));
            page_with(StatusCode::CONFLICT, &beside(mine, &person.settings))
        }
        Err(error) => Err(error.into()),
    }
}

/// What is wrong with a form.
#[derive(Default)]
struct Faults {
    zone: Option<String>,
    week_start: Option<String>,
    date_order: Option<String>,
    single_keys: Option<String>,
}

impl Faults {
    /// The form with each fault under its field.
    fn on(self, mut view: Reading) -> Reading {
        view.zone.fault = self.zone;
        view.week_start.fault = self.week_start;
        view.date_order.fault = self.date_order;
        view.single_keys.fault = self.single_keys;
        view
    }
}

impl Sent {
    fn read(&self, now: &Settings) -> Result<Settings, Faults> {
        let week_start = WEEK_STARTS.iter().find(|(value, ..)| *value == self.week_start);
        let date_order = DATE_ORDERS.iter().find(|(value, ..)| *value == self.date_order);
        let single_keys = SINGLE_KEYS.iter().find(|(value, ..)| *value == self.single_keys);
        let keys_known = single_keys.is_some() || self.single_keys.is_empty();
        let typed = self.zone.trim();
        let asked = Settings {
            time_zone: settings::known_zone(typed).unwrap_or_else(|| typed.to_owned()),
            week_start: week_start.map_or(Weekday::Monday, |(.., day)| *day),
            date_order: date_order.map_or(DateOrder::Mdy, |(.., order)| *order),
            single_keys: single_keys.map_or(now.single_keys, |(.., on)| *on),
            version: self.version.unwrap_or(now.version),
        };
        let known = asked.check() != Err(SettingsFault::UnknownZone);
        if known && week_start.is_some() && date_order.is_some() && keys_known {
            return Ok(asked);
        }
        let fault = |wrong: bool, words: &str| wrong.then(|| words.to_owned());
        Err(Faults {
            zone: fault(
                !known,
                "There is no time zone of this name. Choose one from the list, such as \
                 Europe/Berlin.",
            ),
            week_start: fault(week_start.is_none(), "A week begins on one of these days."),
            date_order: fault(date_order.is_none(), "Choose what comes first."),
            single_keys: fault(!keys_known, "Choose whether single keys do things."),
        })
    }
}

/// Where the form can be sent again later, it comes back filled in: the session ended meanwhile, or
/// the database is away. Other faults are answered as ever.
fn kept(site: &Site, error: Error, sent: &Sent) -> Result<Response, Error> {
    let signed_out = matches!(error, Error::SessionEnded | Error::SignInNeeded);
    let (title, text) = match &error {
        Error::SessionEnded | Error::SignInNeeded => (
            "You are signed out",
            "Your session has ended, so nothing was saved. Sign in again in another tab, then save \
             here.",
        ),
        Error::Unavailable { .. } => (
            "Not saved",
            "Kairo cannot reach its database, so nothing was saved. Save again in a minute.",
        ),
        _ => return Err(error),
    };
    let problem = Problem { title: title.to_owned(), text: text.to_owned() };
    let view = Reading {
        problem: Some(problem),
        signed_out,
        ..filled(site, sent, frame::unknown(site, TITLE))
    };
    page_with(error.into_response().status(), &view)
}

const TITLE: &str = "Reading - Settings";

fn person_frame(site: &Site, person: &Person, inbox: usize) -> Frame {
    frame::signed_in(site, person, Place::Elsewhere, TITLE, inbox, None)
}

/// The form as it was sent.
fn filled(site: &Site, sent: &Sent, frame: Frame) -> Reading {
    Reading {
        frame,
        zone: Field { value: sent.zone.trim().to_owned(), ..Field::default() },
        zones: zones(),
        now: now_in(site, sent.zone.trim()),
        week_start: select(&WEEK_STARTS, |(value, ..)| *value == sent.week_start),
        date_order: select(&DATE_ORDERS, |(value, ..)| *value == sent.date_order),
        single_keys: select(&SINGLE_KEYS, |(value, ..)| *value == sent.single_keys),
        version: sent.version.unwrap_or_default(),
        ..Reading::default()
    }
}

/// The form with what is kept.
fn stored(site: &Site, settings: &Settings, frame: Frame) -> Reading {
    Reading {
        frame,
        zone: Field { value: settings.time_zone.clone(), ..Field::default() },
        zones: zones(),
        now: now_in(site, &settings.time_zone),
        week_start: select(&WEEK_STARTS, |(.., day)| *day == settings.week_start),
        date_order: select(&DATE_ORDERS, |(.., order)| *order == settings.date_order),
        single_keys: select(&SINGLE_KEYS, |(.., on)| *on == settings.single_keys),
        version: settings.version,
        ..Reading::default()
    }
}

/// After a conflict: what was sent, and beside it what is stored where the two differ.
fn beside(mut mine: Reading, now: &Settings) -> Reading {
    let differs = |select: &Select, label: &str| {
        let same = select.choices.iter().any(|choice| choice.selected && choice.label == label);
        (!same).then(|| label.to_owned())
    };
    mine.zone.stored = (mine.zone.value != now.time_zone).then(|| now.time_zone.clone());
    let week = WEEK_STARTS.iter().find(|(.., day)| *day == now.week_start);
    mine.week_start.stored = week.and_then(|(_, label, _)| differs(&mine.week_start, label));
    let order = DATE_ORDERS.iter().find(|(.., order)| *order == now.date_order);
    mine.date_order.stored = order.and_then(|(_, label, _)| differs(&mine.date_order, label));
    let keys = SINGLE_KEYS.iter().find(|(.., on)| *on == now.single_keys);
    mine.single_keys.stored = keys.and_then(|(_, label, _)| differs(&mine.single_keys, label));
    mine.version = now.version;
    mine.problem = Some(Problem {
        title: "Changed in the meantime".to_owned(),
        text: "Someone changed this while you wrote. Both texts are below; keep what you want."
            .to_owned(),
    });
    mine
}

/// "10:42 am on Monday 23 November"; empty where there is no such zone.
fn now_in(site: &Site, zone: &str) -> String {
    let local = zone_named(zone).map(|zone| zone.to_datetime(site.base.clock.now()));
    local.map_or_else(
        |_| String::new(),
        |at| format!("{} on {}", words::clock(at.time()), words::long_date(at.date(), at.date())),
    )
}

fn select<T>(values: &[(&str, &str, T)], is_chosen: impl Fn(&(&str, &str, T)) -> bool) -> Select {
    let choice = |row: &(&str, &str, T)| Choice {
        value: row.0.to_owned(),
        label: row.1.to_owned(),
        selected: is_chosen(row),
    };
    Select { choices: values.iter().map(choice).collect(), ..Select::default() }
}

/// Names of places, without the old and the technical ones.
fn zones() -> Vec<String> {
    let is_place = |name: &String| {
        name.split_once('/').is_some_and(|(area, _)| {
            !["Etc", "SystemV", "US", "Canada", "Brazil", "Chile", "Mexico"].contains(&area)
        })
    };
    let mut names: Vec<String> = TimeZoneDatabase::bundled()
        .available()
        .map(|name| name.to_string())
        .filter(is_place)
        .collect();
    names.push("UTC".to_owned());
    names.sort_unstable();
    names
}
