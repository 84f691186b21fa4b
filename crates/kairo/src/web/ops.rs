//! `/ops`: what an operator sees of calls to models, on the machine that Kairo runs on.
//!
//! **Invariant:** until staff can sign in it exists for a client of this machine alone, and names
//! people by id: no address, no word of theirs.

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::Site;
use super::error::Error;
use super::near::Near;
use super::render::page;
use super::views::ops::{self as view, Call, Ops};
use super::views::words;
use crate::guard::overview::{self, Alert, Sight};
use crate::guard::queries::{CallsRow, DriftRow, PersonRow, SpendRow};
use crate::meters::{self, Bound};

/// Routes of operators.
pub fn routes() -> Router<Site> {
    Router::new().route("/ops", get(show))
}

async fn show(State(site): State<Site>, _: Near) -> Result<Response, Error> {
    let sight = overview::look(&site.base.db.worker).await.map_err(Error::from)?;
    page(&ops(sight, site.refiner.is_some()))
}

fn ops(sight: Sight, has_provider: bool) -> Ops {
    let Sight { spend, last, calls, people, drift, alerts } = sight;
    let now = spend.counted_at;
    let asked = last.hits.saturating_add(last.captures);
    Ops {
        has_provider,
        at: moment(now),
        spend: money(&spend),
        credits: number(last.credits),
        captures: number(last.captures),
        chats: number(last.chats),
        small: number(last.small),
        cache: format!(
            "{} of {} ({} %)",
            number(last.hits),
            number(asked),
            share(last.hits, asked)
        ),
        downshifted: number(last.downshifted),
        under_way: number(last.under_way),
        calls: calls.into_iter().map(call).collect(),
        people: people.into_iter().map(person).collect(),
        drift: drift.map(|rows| rows.into_iter().map(drifted).collect()),
        throttled: meters::throttled_here().map(throttled).into(),
        alerts: alerts.into_iter().map(|alert| alerted(&alert, now)).collect(),
    }
}

fn money(spend: &SpendRow) -> view::Spend {
    let percent = share(spend.spent_nano, spend.ceiling_nano);
    let at = |moment: Option<Timestamp>| moment.map(clock).unwrap_or_default();
    view::Spend {
        spent: dollars(spend.spent_nano),
        ceiling: dollars(spend.ceiling_nano),
        percent: percent.clamp(0, 100),
        share: percent.to_string(),
        alarmed: at(spend.alarmed_at),
        stopped: at(spend.stopped_at),
    }
}

fn call(row: CallsRow) -> Call {
    Call {
        model: row.model,
        outcome: row.outcome.replace('_', " "),
        calls: number(row.calls),
        tokens_in: number(row.tokens_in),
        tokens_out: number(row.tokens_out),
        cost: dollars(row.cost_nano),
    }
}

fn person(row: PersonRow) -> view::Person {
    view::Person {
        id: row.user_id.to_string(),
        credits: number(row.credits),
        small: number(row.small),
        hits: number(row.hits),
        cost: dollars(row.cost_nano),
        downshifted: row.downshifted,
    }
}

fn drifted(row: DriftRow) -> view::Drift {
    view::Drift {
        id: row.user_id.to_string(),
        window: row.bucket,
        used: number(i64::from(row.used)),
        ledger: number(i64::from(row.ledger)),
    }
}

fn throttled((bound, count): (Bound, u64)) -> view::Throttled {
    let what = match bound {
        Bound::Source => "Requests of one source",
        Bound::SignIn => "Sign-in posts of one source",
        Bound::Ai => "Thoughts and calls of one source",
        Bound::Connections => "Connections of one source",
    };
    view::Throttled { what, count: words::thousands(usize::try_from(count).unwrap_or(usize::MAX)) }
}

fn alerted(alert: &Alert, now: Timestamp) -> view::Alert {
    view::Alert { what: alert.what.clone(), when: words::ago(alert.at, now) }
}

/// "23 November, 15:04 UTC".
fn moment(at: Timestamp) -> String {
    let local = TimeZone::UTC.to_datetime(at);
    format!("{}, {}", words::day_month(local.date(), local.date()), clock(at))
}

/// "15:04 UTC".
fn clock(at: Timestamp) -> String {
    let local = TimeZone::UTC.to_datetime(at);
    format!("{:02}:{:02} UTC", local.hour(), local.minute())
}

fn number(count: i64) -> String {
    words::thousands(usize::try_from(count).unwrap_or(0))
}

/// So many in a hundred, rounded down; all of nothing is 0.
fn share(part: i64, whole: i64) -> i64 {
    if whole <= 0 {
        return 0;
    }
    let percent = i128::from(part.max(0)) * 100 / i128::from(whole);
    i64::try_from(percent).unwrap_or(i64::MAX)
}

/// "$12.34", and below a dollar "$0.0123", since a call costs parts of a cent.
fn dollars(nano: i64) -> String {
    let nano = nano.max(0);
    let (whole, rest) = (nano / 1_000_000_000, nano % 1_000_000_000);
    match whole {
        0 if rest == 0 => "$0".to_owned(),
        0 => format!("$0.{:04}", rest / 100_000),
        _ => format!("${}.{:02}", number(whole), rest / 10_000_000),
    }
}

#[cfg(test)]
mod tests;
