//! The agenda: overdue first, then day by day, with the line of now in today.

use jiff::Span;
use jiff::civil::{DateTime, Time, Weekday};

use super::filter::Query;
use super::rows::{Column, Here, last_here, row, start_here};
use crate::items::entries::Entries;
use crate::items::lists::AHEAD_DAYS;
use crate::items::{Item, Kind, Occurrence, Series, State, Status};
use crate::limits::ITEMS_AGENDA_MAX;
use crate::web::views::rows::anchor;
use crate::web::views::words::{self, Section};
use crate::web::views::{Day, Now, Row};

/// One thing in a list: an item, or a series seen at one of its occurrences.
pub(super) struct Shown {
    /// The item, with the words, the date and the status that it has there.
    pub(super) item: Item,
    /// The occurrence's name.
    pub(super) original: Option<DateTime>,
    /// Where the series stands: that row has the item's own anchor.
    present: bool,
}

/// Sections of the agenda in order, and whether there is more than it has room for. Today is always
/// there.
pub(super) fn agenda(shown: &[Shown], here: &Here, week_start: Weekday) -> (Vec<Day>, bool) {
    let mut placed: Vec<(Section, DateTime, &Shown)> = shown
        .iter()
        .filter_map(|it| place(&it.item, here, week_start).map(|(section, at)| (section, at, it)))
        .collect();
    placed.sort_by_key(|(section, at, it)| (*section, *at, it.item.id, it.original));
    let max = usize::try_from(ITEMS_AGENDA_MAX).unwrap_or(usize::MAX);
    let more = placed.len() > max;
    placed.truncate(max);
    let mut days: Vec<(Section, Vec<(DateTime, &Shown)>)> = vec![];
    if !placed.iter().any(|(section, ..)| *section == Section::Today) {
        days.push((Section::Today, vec![]));
    }
    for (section, at, it) in placed {
        match days.iter_mut().find(|(known, _)| *known == section) {
            Some((_, items)) => items.push((at, it)),
            None => days.push((section, vec![(at, it)])),
        }
    }
    days.sort_by_key(|(section, _)| *section);
    let days = days.into_iter().map(|(section, items)| day(section, &items, here)).collect();
    (days, more)
}

/// Most occurrences of one series on the page: several a day would fill it.
const OCCURRENCES_MAX: usize = 14;

/// What a list of open and lately done items shows: a series once for each time that it takes place
/// soon or that was done today, anything else once.
pub(super) fn shown(
    open: Vec<Item>,
    done: Vec<Item>,
    entries: &Entries,
    query: &Query,
    here: &Here,
) -> Vec<Shown> {
    let mut all = Vec::new();
    for item in open.into_iter().chain(done) {
        let own = entries.get(&item.id).map(Vec::as_slice).unwrap_or_default();
        let fits = query.fits(&item);
        let Some(series) = Series::of(&item.state, own) else {
            if fits && is_shown(&item.state, here) {
                all.push(Shown { item: lean(item), original: None, present: true });
            }
            continue;
        };
        let found = occurrences(&series, &item, here);
        let stands_at = item.state.when.as_ref().map(|when| when.start);
        let lean = lean(item.clone());
        for it in found {
            let state = it.seen(&lean.state);
            let item = Item { state, ..lean.clone() };
            let own = !it.words.is_empty();
            if (fits || (own && query.fits(&item))) && is_shown(&item.state, here) {
                let present = Some(it.original) == stands_at;
                all.push(Shown { item, original: Some(it.original), present });
            }
        }
    }
    all
}

/// What is done is shown on its day, and until tomorrow where that has passed.
fn is_shown(state: &State, here: &Here) -> bool {
    let Some(when) = &state.when else { return false };
    let ahead = when.end.unwrap_or(when.start).date() >= here.today();
    let of_series = state.repeat.is_some();
    state.status == Status::Open || (of_series && ahead) || here.is_today(state.done_at)
}

/// The occurrences of a series that a list shows. Its days are those of the person, in the zone of
/// the series.
fn occurrences(series: &Series<'_>, item: &Item, here: &Here) -> Vec<Occurrence> {
    let from = here.today().to_datetime(Time::midnight());
    let to = from.checked_add(Span::new().days(AHEAD_DAYS)).unwrap_or(from);
    let when = item.state.when.as_ref();
    let there = |at| when.map_or(at, |when| here.local_there(when, at));
    let (from, to) = (there(from), there(to));
    if item.state.status == Status::Done {
        return series.done();
    }
    let mut found = series.soon(from, to, OCCURRENCES_MAX);
    // Done late, today: its day has passed, and the series has moved on.
    let late = series.done().into_iter().filter(|it| it.when.end.unwrap_or(it.when.start) < from);
    found.extend(late);
    found
}

/// An item without what no row shows: long notes would be copied for each occurrence of a series.
fn lean(mut item: Item) -> Item {
    (item.state.body.notes, item.state.body.spans) = (None, Vec::new());
    item
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

fn day(section: Section, items: &[(DateTime, &Shown)], here: &Here) -> Day {
    let heading = words::heading(section, here.today());
    let column = match section {
        Section::Today | Section::Tomorrow | Section::Day(_) => Column::Clock,
        Section::Earlier | Section::NextWeek(_) | Section::Month(_) => Column::Day,
    };
    let make = |it: &Shown| {
        let row = row(&it.item, it.original, here, column, section == Section::Earlier);
        let anchor = if it.present { anchor(&it.item.id.to_string(), "") } else { row.anchor };
        Row { anchor, ..row }
    };
    let mut day =
        Day { id: heading.id, title: heading.title, note: heading.note, ..Day::default() };
    if section == Section::Earlier {
        day.note = format!("{} left", words::thousands(items.len()));
    }
    if section == Section::Today {
        let (before, after) = around_now(items, here, make);
        let to_go = items.iter().filter(|(_, it)| is_to_do(&it.item)).count();
        day.note = if to_go > 0 { format!("{to_go} to go") } else { String::new() };
        (day.rows, day.later) = (before, after);
        day.now =
            Some(Now { time: words::clock(here.now.time()), iso: words::iso_minute(here.now) });
    } else {
        day.rows = items.iter().map(|(_, it)| make(it)).collect();
    }
    day
}

fn is_to_do(item: &Item) -> bool {
    item.state.status == Status::Open && item.state.kind != Kind::Note
}

/// Today's rows before and after the line of now. What has no hour stands after it while it is
/// open, and before it once it is done.
fn around_now(
    items: &[(DateTime, &Shown)],
    here: &Here,
    make: impl Fn(&Shown) -> Row,
) -> (Vec<Row>, Vec<Row>) {
    let (mut before, mut timed, mut open) = (Vec::new(), Vec::new(), Vec::new());
    for (at, it) in items {
        let all_day = it.item.state.when.as_ref().is_none_or(|when| when.all_day);
        let done = it.item.state.status == Status::Done;
        if done || (!all_day && *at <= here.now) {
            before.push(make(it));
        } else if all_day {
            open.push(make(it));
        } else {
            timed.push(make(it));
        }
    }
    timed.append(&mut open);
    (before, timed)
}
