//! Settings, Reading: the time zone, the week, and which of day and month comes first.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use jiff::civil::Weekday;
use jiff::tz::TimeZoneDatabase;
use kairo_capture::{DateOrder, zone_named};
use serde::Deserialize;

use super::sessions::{inbox, notice, told};
use crate::accounts::settings::{self, Settings, SettingsFault};
use crate::accounts::{AccountError, Person, caller};
use crate::db::Identity;
use crate::web::Site;
use crate::web::caller::{Browser, Jar, ended, touch_later};
use crate::web::error::Error;
use crate::web::form::Form;
use crate::web::render::{page, page_with, with_cookies};
use crate::web::views::{Choice, Field, Place, Reading, Select, words};
use crate::web::{frame, lost};

/// What the form sends.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Sent {
    zone: String,
    week_start: String,
    date_order: String,
}

/// `GET /settings/reading`.
pub(super) async fn show(
    State(site): State<Site>,
    Browser(identity): Browser,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let person = caller(&site.base, &identity).await.map_err(ended)?;
    touch_later(&site, &identity, &person);
    let mut view = view(&site, &identity, &person, &person.settings).await?;
    view.frame.notice = notice(&site, &headers);
    Ok(with_cookies(page(&view)?, [Jar::Notice.clear(&site)]))
}

/// `POST /settings/reading`.
pub(super) async fn update(
    State(site): State<Site>,
    browser: Result<Browser, Error>,
    Form(sent): Form<Sent>,
) -> Result<Response, Error> {
    let identity = match browser {
        Ok(Browser(identity)) => identity,
        Err(error) => return lost::words(error, &sent.zone),
    };
    let person = match caller(&site.base, &identity).await.map_err(Error::from) {
        Ok(person) => person,
        Err(error) => return lost::words(error, &sent.zone),
    };
    let asked = Settings {
        time_zone: sent.zone.trim().to_owned(),
        week_start: match sent.week_start.as_str() {
            "sunday" => Weekday::Sunday,
            "saturday" => Weekday::Saturday,
            _ => Weekday::Monday,
        },
        date_order: if sent.date_order == "DMY" { DateOrder::Dmy } else { DateOrder::Mdy },
        version: person.settings.version,
    };
    if let Err(fault) = asked.check() {
        let mut view = view(&site, &identity, &person, &asked).await?;
        let message = match fault {
            SettingsFault::UnknownZone => {
                "There is no time zone of this name. Choose one from the list, such as Europe/Berlin."
            }
            SettingsFault::WeekStart => "A week begins on a Monday, Saturday or Sunday.",
        };
        view.zone.fault = Some(message.to_owned());
        return page_with(StatusCode::UNPROCESSABLE_ENTITY, &view);
    }
    match settings::update(&site.base, &identity, &person, &asked).await {
        Ok(()) => Ok(told(&site, "/settings/reading", "reading.kept")),
        Err(AccountError::VersionMoved) => {
            let mut view = view(&site, &identity, &person, &asked).await?;
            let message = "Someone changed this while you wrote. Look it over and save again.";
            view.zone.fault = Some(message.to_owned());
            page_with(StatusCode::CONFLICT, &view)
        }
        Err(error) => lost::words(error.into(), &sent.zone),
    }
}

async fn view(
    site: &Site,
    identity: &Identity,
    person: &Person,
    shown: &Settings,
) -> Result<Reading, Error> {
    let inbox = inbox(site, identity).await?;
    let now = site.base.clock.now();
    let local = zone_named(&shown.time_zone).map(|zone| zone.to_datetime(now));
    let now = local.map_or_else(
        |_| String::new(),
        |at| format!("{} on {}", words::clock(at.time()), words::long_date(at.date(), at.date())),
    );
    Ok(Reading {
        frame: frame::signed_in(site, person, Place::Elsewhere, "Reading - Settings", inbox, None),
        zone: Field { value: shown.time_zone.clone(), ..Field::default() },
        zones: zones(),
        now,
        week_start: select(
            &[("monday", "Monday"), ("saturday", "Saturday"), ("sunday", "Sunday")],
            match shown.week_start {
                Weekday::Sunday => "sunday",
                Weekday::Saturday => "saturday",
                _ => "monday",
            },
        ),
        date_order: select(
            &[("DMY", "Day first: 3/4 is 3 April"), ("MDY", "Month first: 3/4 is 4 March")],
            if shown.date_order == DateOrder::Dmy { "DMY" } else { "MDY" },
        ),
        ..Reading::default()
    })
}

fn select(values: &[(&str, &str)], chosen: &str) -> Select {
    let choice = |(value, label): &(&str, &str)| Choice {
        value: (*value).to_owned(),
        label: (*label).to_owned(),
        selected: *value == chosen,
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
