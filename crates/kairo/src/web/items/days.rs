//! The agenda: overdue first, then day by day, with the line of now in today.

use jiff::civil::{DateTime, Weekday};

use super::rows::{Column, Here, last_here, row, start_here};
use crate::items::{Item, Kind, Status};
use crate::web::views::words::{self, Section};
use crate::web::views::{Day, Now, Row};

/// Sections of the agenda in order. Today is always there.
pub(super) fn agenda(open: &[Item], done: &[Item], here: &Here, week_start: Weekday) -> Vec<Day> {
    let mut placed: Vec<(Section, DateTime, &Item)> = open
        .iter()
        .chain(done)
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
    days.into_iter().map(|(section, items)| day(section, &items, here)).collect()
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
