//! The agenda: overdue first, then day by day, with the line of now in today.

use std::collections::HashSet;

use jiff::Span;
use jiff::civil::{DateTime, Time, Weekday};

use super::rows::{Column, Here, last_here, row, start_here};
use crate::items::{Item, Kind, Status, series};
use crate::web::views::words::{self, Section};
use crate::web::views::{Day, Now, Row};

/// Sections of the agenda in order. Today is always there.
pub(super) fn agenda(open: &[Item], done: &[Item], here: &Here, week_start: Weekday) -> Vec<Day> {
    let shown: Vec<Item> =
        open.iter().chain(done).flat_map(|item| occurrences(item, here)).collect();
    let mut placed: Vec<(Section, DateTime, &Item)> = shown
        .iter()
        .filter_map(|item| place(item, here, week_start).map(|(section, at)| (section, at, item)))
        .collect();
    placed.sort_by_key(|(section, at, item)| (*section, *at, item.id));
    let mut days: Vec<(Section, Vec<(DateTime, &Item)>)> = vec![];
    if !placed.iter().any(|(section, ..)| *section == Section::Today) {
        days.push((Section::Today, vec![]));
    }
    for (section, at, item) in placed {
        match days.iter_mut().find(|(known, _)| *known == section) {
            Some((_, items)) => items.push((at, item)),
            None => days.push((section, vec![(at, item)])),
        }
    }
    days.sort_by_key(|(section, _)| *section);
    let mut days: Vec<Day> =
        days.into_iter().map(|(section, items)| day(section, &items, here)).collect();
    tell_anchors_apart(&mut days);
    days
}

/// The first row of an item has its anchor; further occurrences have their time in it, so that no
/// id stands twice on the page.
fn tell_anchors_apart(days: &mut [Day]) {
    let mut seen = HashSet::new();
    for row in days.iter_mut().flat_map(|day| day.rows.iter_mut().chain(&mut day.later)) {
        if !seen.insert(row.anchor.clone()) {
            row.anchor = format!("{}-{}", row.anchor, row.when_iso);
        }
    }
}

/// Days for which the occurrences of a recurring event are shown; beyond them, the next one.
const AHEAD_DAYS: i64 = 13;
/// Most occurrences of one event on the page: several a day would fill it.
const OCCURRENCES_MAX: usize = 14;

/// A recurring event once for each time it takes place soon; anything else once. A recurring task
/// waits at its present occurrence until that is done.
fn occurrences(item: &Item, here: &Here) -> Vec<Item> {
    let (Kind::Event, Some(when), Some(repeat)) =
        (item.state.kind, &item.state.when, &item.state.repeat)
    else {
        return vec![item.clone()];
    };
    let from = here.today().to_datetime(Time::midnight());
    let to = from.checked_add(Span::new().days(AHEAD_DAYS)).unwrap_or(from);
    let times = series::within(when, repeat, from, to, OCCURRENCES_MAX);
    times
        .into_iter()
        .map(|when| {
            let mut item = item.clone();
            item.state.when = Some(when);
            item
        })
        .collect()
}

/// In which section an item stands; `None` for one that has no date, or that lies back for good.
fn place(item: &Item, here: &Here, week_start: Weekday) -> Option<(Section, DateTime)> {
    let (start, last) = (start_here(item, here)?, last_here(item, here)?);
    let today = here.today();
    let done = item.state.status == Status::Done;
    // What runs over several days stands in today while it does.
    let shown = start.date().max(today.min(last.date()));
    if shown >= today {
        return Some((words::section(shown, today, week_start), start));
    }
    match (item.state.kind, done) {
        // Done late is shown in today until tomorrow; the list that is passed in is of today.
        (Kind::Task, true) => Some((Section::Today, start)),
        (Kind::Task, false) => Some((Section::Earlier, start)),
        _ => None,
    }
}

fn day(section: Section, items: &[(DateTime, &Item)], here: &Here) -> Day {
    let heading = words::heading(section, here.today());
    let column = match section {
        Section::Today | Section::Tomorrow | Section::Day(_) => Column::Clock,
        Section::Earlier | Section::NextWeek(_) | Section::Month(_) => Column::Day,
    };
    let make = |item: &Item| row(item, here, column, section == Section::Earlier);
    let mut day =
        Day { id: heading.id, title: heading.title, note: heading.note, ..Day::default() };
    if section == Section::Earlier {
        day.note = format!("{} left", words::thousands(items.len()));
    }
    if section == Section::Today {
        let (before, after) = around_now(items, here, make);
        let to_go = items.iter().filter(|(_, i)| is_to_do(i)).count();
        day.note = if to_go > 0 { format!("{to_go} to go") } else { String::new() };
        (day.rows, day.later) = (before, after);
        day.now =
            Some(Now { time: words::clock(here.now.time()), iso: words::iso_minute(here.now) });
    } else {
        day.rows = items.iter().map(|(_, item)| make(item)).collect();
    }
    day
}

fn is_to_do(item: &Item) -> bool {
    item.state.status == Status::Open && item.state.kind != Kind::Note
}

/// Today's rows before and after the line of now. What has no hour stands after it while it is
/// open, and before it once it is done.
fn around_now(
    items: &[(DateTime, &Item)],
    here: &Here,
    make: impl Fn(&Item) -> Row,
) -> (Vec<Row>, Vec<Row>) {
    let (mut before, mut timed, mut open) = (Vec::new(), Vec::new(), Vec::new());
    for (at, item) in items {
        let all_day = item.state.when.as_ref().is_none_or(|when| when.all_day);
        let done = item.state.status == Status::Done;
        if done || (!all_day && *at <= here.now) {
            before.push(make(item));
        } else if all_day {
            open.push(make(item));
        } else {
            timed.push(make(item));
        }
    }
    timed.append(&mut open);
    (before, timed)
}
