//! The meter, the page of usage, a capture's page and the operator's page.

use jiff::civil::{Date, date};

use super::{HOSTILE, agenda, frame, settings};
use crate::web::views::chart::{Chart, DayCalls};
use crate::web::views::ops::{Alert, Call, Drift, Person, Spend as Money, Throttled};
use crate::web::views::usage::{Amount, Gauge, Metered, Source};
use crate::web::views::*;

/// Thirty days up to this one.
pub(in super::super) fn thirty_days(calls: impl Fn(usize) -> (usize, usize)) -> Vec<DayCalls> {
    let first: Date = date(2026, 10, 25);
    let day = |index: usize| {
        let (normal, small) = calls(index);
        let span = jiff::Span::new().days(i64::try_from(index).unwrap());
        DayCalls { date: first + span, normal, small }
    };
    (0..30).map(day).collect()
}

fn gauge(used: i32, cap: i32) -> Gauge {
    Gauge {
        amount: Amount::of(used, cap),
        label: "43 of 120 used; the small model is used after 40".into(),
        mark: Some(40),
        first: "Small model until 11:00 am.".into(),
        rest: "After 40 calls in an hour Kairo goes on with the small model.".into(),
    }
}

pub(super) fn usage() -> Usage {
    let source = |name| Source { name, times: "1,187".into(), credits: "0".into() };
    Usage {
        frame: settings("Usage"),
        lead: "A credit is one call to a model.".into(),
        metered: Some(Metered {
            hour: gauge(43, 120),
            month: Gauge { mark: None, ..gauge(3_500, 3_000) },
            chart: Chart::of(&thirty_days(|index| (index * 1_000, index))),
            month_name: "November",
            sources: vec![source("Read without a model"), source("Your API tokens")],
        }),
    }
}

pub(super) fn usage_new() -> Usage {
    let metered = Metered {
        hour: gauge(0, 0),
        month: gauge(0, 0),
        chart: Chart::of(&thirty_days(|_| (0, 0))),
        ..Metered::default()
    };
    Usage { metered: Some(metered), ..usage() }
}

pub(super) fn usage_unmetered() -> Usage {
    Usage { metered: None, lead: "No model is set up here.".into(), ..usage() }
}

pub(super) fn agenda_spend() -> Agenda {
    let spend = Spend {
        hour: Amount::of(43, 120),
        month: Amount::of(3_000, 3_000),
        small: "Small model until 11:00 am".into(),
        warning: "This month’s credits are used up.".into(),
    };
    let mut page = agenda();
    page.frame.notice = Some(Notice {
        text: "Kept “coffee”. A model reads it once more.".into(),
        undo: None,
        asks: "/captures/018f".into(),
    });
    Agenda { spend: Some(spend), ..page }
}

pub(super) fn captured() -> Captured {
    Captured {
        frame: frame("You typed", Place::Elsewhere),
        text: "coffee w/ Dana the morrow".into(),
        how: "Read at once, without a model. Refined by a model.".into(),
        rows: agenda().days.into_iter().flat_map(|day| day.rows).take(1).collect(),
    }
}

pub(super) fn captured_hostile() -> Captured {
    Captured { text: HOSTILE.into(), rows: Vec::new(), ..captured() }
}

pub(super) fn ops() -> Ops {
    ops_of("gpt-small")
}

pub(super) fn ops_hostile() -> Ops {
    ops_of(HOSTILE)
}

fn ops_of(model: &str) -> Ops {
    let id = "0193c5a4-0000-7000-8000-000000000001".to_owned();
    Ops {
        has_provider: true,
        at: "23 November, 15:04 UTC".into(),
        spend: Money { spent: "$3.20".into(), ceiling: "$20.00".into(), ..Money::default() },
        calls: vec![Call { model: model.into(), outcome: "timed out".into(), ..Call::default() }],
        people: vec![Person { id: id.clone(), downshifted: true, ..Person::default() }],
        drift: Some(vec![Drift { id: id.clone(), window: "month".into(), ..Drift::default() }]),
        throttled: vec![Throttled { what: "Requests of one source", count: "3".into() }],
        alerts: vec![Alert { what: id, ..Alert::default() }],
        ..Ops::default()
    }
}
