//! Settings, Usage: what was used of the credits, on which days, and for what.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kairo_capture::zone_named;

use super::sessions::{notice, told};
use crate::accounts::Person;
use crate::capture::refine;
use crate::capture::usage::{self, Usage};
use crate::guard::Standing;
use crate::guard::usage::{Day, Pace, Used};
use crate::web::Site;
use crate::web::caller::{Browser, Jar, ended, touch_later};
use crate::web::error::Error;
use crate::web::frame;
use crate::web::render::{page, with_cookies};
use crate::web::views::chart::{Chart, DayCalls};
use crate::web::views::usage::{Amount, Gauge, Metered, Source, Spend};
use crate::web::views::{self, Place, words};

/// `GET /settings/usage`.
pub(super) async fn show(
    State(site): State<Site>,
    Browser(identity): Browser,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let metered = site.refiner.is_some();
    let (person, usage) = usage::usage(&site.base, &identity, metered).await.map_err(ended)?;
    touch_later(&site, &identity, &person);
    let notice = notice(&site, &headers);
    let (place, title) = (Place::Elsewhere, "Usage - Settings");
    let frame = frame::signed_in(&site, &person, place, title, usage.inbox, notice);
    let view = views::Usage {
        frame,
        lead: lead(&usage),
        metered: usage.used.as_ref().map(|used| metered_view(used, usage.alone, &person)),
    };
    Ok(with_cookies(page(&view)?, [Jar::Notice.clear(&site)]))
}

/// `POST /settings/usage/answers/deletion`.
pub(super) async fn forget(
    State(site): State<Site>,
    Browser(identity): Browser,
) -> Result<Response, Error> {
    let forgotten = refine::forget(&site.base, &identity).await?;
    let code = if forgotten > 0 { "answers.gone" } else { "answers.none" };
    Ok(told(&site, "/settings/usage", code))
}

/// "Most thoughts are read without one: 1,306 of 1,870 this month cost nothing."
fn lead(usage: &Usage) -> String {
    let Some(used) = &usage.used else {
        return "No model is set up here. Every thought is read by Kairo itself, on this server, \
                and costs nothing."
            .to_owned();
    };
    let credit = "A credit is one call to a model.";
    let free = usage.alone + i64::from(used.month.hits);
    let all = free + i64::from(used.month.captures);
    if all == 0 {
        return format!("{credit} A thought that Kairo reads itself costs nothing.");
    }
    let (free_words, all_words) = (number(free), number(all));
    match free * 2 > all {
        true => format!(
            "{credit} Most thoughts are read without one: {free_words} of {all_words} this month \
             cost nothing."
        ),
        false => format!("{credit} {free_words} of {all_words} thoughts this month cost nothing."),
    }
}

fn metered_view(used: &Used, alone: i64, person: &Person) -> Metered {
    let (standing, month) = (&used.standing, used.month);
    let source = |name, times: i64, credits: i64| Source {
        name,
        times: number(times),
        credits: number(credits),
    };
    let (captures, chats) = (i64::from(month.captures), i64::from(month.chats));
    Metered {
        hour: hour(standing, person),
        month: self::month(standing),
        chart: Chart::of(&used.days.iter().map(day).collect::<Vec<_>>()),
        month_name: words::month(date(standing.counted_at).month()),
        sources: vec![
            source("Read without a model", alone, 0),
            source("Answered from your cache", i64::from(month.hits), 0),
            source("Thoughts refined by a model", captures, captures),
            source("Your API tokens", chats, chats),
        ],
    }
}

fn day(day: &Day) -> DayCalls {
    let count = |calls: i32| usize::try_from(calls).unwrap_or(0);
    DayCalls { date: day.date, normal: count(day.normal), small: count(day.small) }
}

fn hour(standing: &Standing, person: &Person) -> Gauge {
    let window = &standing.hour;
    let amount = Amount::of(window.used, window.cap);
    let until = clock_in(window.end, person);
    let mark = standing.burst_at.filter(|at| (0..window.cap).contains(at));
    let threshold = mark.map(|at| words::thousands(usize::try_from(at).unwrap_or(0)));
    let after = threshold.as_ref().map(|at| match at.as_str() {
        "0" => "Kairo asks the small model.".to_owned(),
        at => format!("After {at} calls in an hour Kairo goes on with the small model."),
    });
    let (first, rest) = match (window.left(), standing.is_downshifted(), &after) {
        (0, ..) => (
            format!("Used up until {until}."),
            "Thoughts are still kept, and read without a model.".to_owned(),
        ),
        (_, true, Some(after)) => {
            (format!("Small model until {until}."), format!("{after} Nothing stops."))
        }
        (_, true, None) => (format!("Small model until {until}."), "Nothing stops.".to_owned()),
        (_, false, Some(after)) => (String::new(), format!("Starts again at {until}. {after}")),
        (_, false, None) => (String::new(), format!("Starts again at {until}.")),
    };
    let label = match threshold {
        Some(at) => format!("; the small model is used after {at}"),
        None => String::new(),
    };
    Gauge {
        label: format!("{} of {} used{label}", amount.used, amount.cap),
        amount,
        mark,
        first,
        rest,
    }
}

fn month(standing: &Standing) -> Gauge {
    let window = &standing.month;
    let amount = Amount::of(window.used, window.cap);
    let end = words::day_month(date(window.end), date(standing.counted_at));
    let even = words::thousands(usize::try_from(standing.even()).unwrap_or(0));
    let again = format!("Starts again on {end}, 00:00 UTC.");
    let (first, rest) = match (window.left(), standing.pace()) {
        (0, _) => (
            "Used up.".to_owned(),
            format!("Thoughts are still kept, and read without a model until {end}, 00:00 UTC."),
        ),
        (_, Some(Pace::Reaches(credits))) => {
            (String::new(), format!("{again} At this pace you will use about {}.", about(credits)))
        }
        (_, Some(Pace::RunsOut(at))) => {
            let day = words::day_month(date(at), date(standing.counted_at));
            (String::new(), format!("{again} At this pace it is used up on {day}."))
        }
        (_, None) => (String::new(), again),
    };
    Gauge {
        label: format!(
            "{} of {} used; an even pace would be {even} by now",
            amount.used, amount.cap
        ),
        amount,
        mark: None,
        first,
        rest,
    }
}

/// The meter beside the agenda.
pub fn spend(standing: &Standing, person: &Person) -> Spend {
    let (hour, month) = (&standing.hour, &standing.month);
    let until = clock_in(hour.end, person);
    let end = words::day_month(date(month.end), date(standing.counted_at));
    let warning = if month.left() == 0 {
        format!(
            "This month\u{2019}s credits are used up. Thoughts are still kept and read without a \
             model until {end}."
        )
    } else if hour.left() == 0 {
        format!(
            "This hour\u{2019}s credits are used up. Thoughts are still kept and read without a \
             model until {until}."
        )
    } else if i64::from(month.used) * 5 >= i64::from(month.cap) * 4 {
        format!(
            "{} of this month\u{2019}s credits are left until {end}. After that, thoughts are kept \
             and read without a model.",
            number(i64::from(month.left()))
        )
    } else {
        String::new()
    };
    let small = standing.is_downshifted() && hour.left() > 0 && month.left() > 0;
    Spend {
        hour: Amount::of(hour.used, hour.cap),
        month: Amount::of(month.used, month.cap),
        small: if small { format!("Small model until {until}") } else { String::new() },
        warning,
    }
}

/// The day of an instant, UTC, as quotas count.
fn date(at: Timestamp) -> Date {
    TimeZone::UTC.to_datetime(at).date()
}

/// "11:00 am", where the person is.
fn clock_in(at: Timestamp, person: &Person) -> String {
    let zone = zone_named(&person.settings.time_zone).unwrap_or(TimeZone::UTC);
    words::clock(zone.to_datetime(at).time())
}

fn number(count: i64) -> String {
    words::thousands(usize::try_from(count).unwrap_or(0))
}

/// A number that claims no more than a pace can tell: tens from a hundred on, hundreds from ten
/// thousand on.
fn about(credits: i32) -> String {
    let step = match credits {
        ..100 => 1,
        100..10_000 => 10,
        _ => 100,
    };
    number(i64::from(credits / step * step))
}

#[cfg(test)]
mod tests;
