//! One occurrence of a series as the sheet that changes it: what is shown, what was typed, and the
//! change between them.
//!
//! **Invariant:** a field that was not touched changes nothing, whatever the change is about: a
//! title of one occurrence does not become that of the series because its time was changed for all.

use serde::Deserialize;

use super::form::{fault, fault_of, select};
use super::rows::{Here, mark, moved};
use super::{sheet, told};
use crate::capture::item_page::ItemPage;
use crate::capture::reading::{self, Setting};
use crate::items::amend::Scope;
use crate::items::{Amendment, Fault, Occurrence, Standing, State, Times, When};
use crate::web::views::rows::{item_href, tick_action};
use crate::web::views::{Choice, Field, OccurrenceSheet, Select, repeats, words};

/// `POST /items/{id}/occurrences/{original}`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Edit {
    pub(super) version: i32,
    pub(super) back: String,
    title: String,
    when: String,
    notes: String,
    scope: String,
}

/// The state of the occurrence alone, which repeats nothing.
fn seen(series: &State, occurrence: &Occurrence) -> State {
    State { repeat: None, ..occurrence.seen(series) }
}

/// The sheet of an occurrence as it is.
pub(super) fn of(
    page: &ItemPage,
    occurrence: &Occurrence,
    here: &Here,
    back: &str,
) -> OccurrenceSheet {
    let plain = |value: String| Field { value, ..Field::default() };
    let state = seen(&page.item.state, occurrence);
    let (id, name) = (page.item.id.to_string(), occurrence.original.to_string());
    let settled = occurrence.standing != Standing::Open;
    let action = item_href(&id, &name);
    OccurrenceSheet {
        heading: state.body.title.clone(),
        mark: mark(state.kind),
        about: about(&page.item.state, occurrence, here),
        done: occurrence.standing == Standing::Done,
        skipped: occurrence.standing == Standing::Skipped,
        tick: tick_action(&id, &name, settled),
        skip: format!("{action}/skip"),
        series: format!("{}?back={}", item_href(&id, ""), sheet::list(back)),
        version: page.item.version,
        back: sheet::list(back).to_owned(),
        back_label: sheet::label(back).to_owned(),
        conflict: false,
        title: plain(state.body.title.clone()),
        when: plain(sheet::when_words(&state, here.today())),
        reading: sheet::reading(&state, here),
        notes: plain(state.body.notes.clone().unwrap_or_default()),
        scope: scopes(page, occurrence, Scope::This),
        undo: page.last_cause.is_some().then(|| told::undo(&page.item, &action)),
        action,
    }
}

/// "Task in a series, every weekday. Moved from Tue 24 Nov, 9:15 am."
fn about(series: &State, occurrence: &Occurrence, here: &Here) -> String {
    let repeat = series.repeat.as_ref();
    let rule = repeat
        .map(|repeat| repeats::repeat(&repeat.rrule, repeat.from_completion, here.today()))
        .unwrap_or_default();
    let mut out = format!("{} in a series, {rule}.", mark(series.kind).label());
    match occurrence.standing {
        Standing::Open => {}
        Standing::Done => out.push_str(" This one is done."),
        Standing::Skipped => out.push_str(" This one is skipped."),
    }
    if occurrence.moved {
        let all_day = series.when.as_ref().is_some_and(|when| when.all_day);
        let from = words::span(occurrence.original, None, all_day, here.today());
        out.push_str(&format!(" Moved from {from}."));
    }
    out
}

/// What a change may be about. What lies before the present start cannot be told from the rest.
fn scopes(page: &ItemPage, occurrence: &Occurrence, chosen: Scope) -> Select {
    let start = page.item.state.when.as_ref().map(|when| when.start);
    let of_one = Some(occurrence.original) < start;
    let all = [
        (Scope::This, "Only this one"),
        (Scope::Following, "This and following"),
        (Scope::All, "The whole series"),
    ];
    let choice = |(scope, label): (Scope, &str)| Choice {
        value: scope.as_str().to_owned(),
        label: label.to_owned(),
        selected: scope == chosen,
    };
    let offered = all.into_iter().filter(|(scope, _)| !of_one || *scope == Scope::This);
    Select { choices: offered.map(choice).collect(), ..Select::default() }
}

impl Edit {
    /// What was typed that differs from what the page showed, and what it is about.
    pub(super) fn amendment(
        &self,
        series: &State,
        occurrence: &Occurrence,
        setting: &Setting,
    ) -> Result<(Amendment, Scope), Vec<Fault>> {
        let mut faults = Vec::new();
        let state = seen(series, occurrence);
        let notes = self.notes.replace("\r\n", "\n");
        let shown_notes = state.body.notes.clone().unwrap_or_default();
        let mut by = Amendment {
            title: Some(self.title.clone()).filter(|title| *title != state.body.title),
            notes: Some(notes).filter(|notes| *notes != shown_notes),
            times: None,
        };
        match self.times(&state, setting) {
            Ok(times) => by.times = times,
            Err(fault) => faults.push(fault),
        }
        let scope = Scope::parse(&self.scope);
        if scope.is_none() {
            faults.push(fault("scope", "Choose what to change."));
        }
        match scope {
            Some(scope) if faults.is_empty() => Ok((by, scope)),
            _ => Err(faults),
        }
    }

    /// Reads the words of the time, in the series' own zone.
    fn times(&self, state: &State, setting: &Setting) -> Result<Option<Times>, Fault> {
        let words = self.when.trim();
        let Some(shown) = &state.when else { return Ok(None) };
        if words == sheet::when_words(state, setting.reference.date()) {
            return Ok(None);
        }
        if words.is_empty() {
            let message = "One of a series has a time. Skip it to leave it out.";
            return Err(fault("when", message));
        }
        let (when, repeat) = reading::read_time(words, setting).ok_or_else(|| {
            let message = "Kairo does not read this as a time. Try words like tomorrow 1pm to 2pm.";
            fault("when", message)
        })?;
        if repeat.is_some() {
            let message =
                "This is the time of one. Open the whole series to change how it repeats.";
            return Err(fault("when", message));
        }
        when.check()?;
        Ok(Some(in_zone(&when, &shown.zone)))
    }

    /// All that was typed, for a page that cannot show the form.
    pub(super) fn typed(&self) -> String {
        let fields = [&self.title, &self.when, &self.notes];
        let lines = fields.into_iter().flat_map(|field| field.lines()).map(str::trim);
        lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("; ")
    }

    /// Puts what was typed into a sheet, with the faults beside the fields.
    pub(super) fn refill(&self, sheet: OccurrenceSheet, faults: &[Fault]) -> OccurrenceSheet {
        let field = |name: &str, value: &str| Field {
            value: value.to_owned(),
            fault: fault_of(faults, name),
            stored: None,
        };
        let of_all = fault_of(faults, "scope").or_else(|| fault_of(faults, "occurrence"));
        OccurrenceSheet {
            title: field("title", &self.title),
            when: field("when", &self.when),
            notes: field("notes", &self.notes),
            scope: select(sheet.scope, &self.scope, of_all),
            ..sheet
        }
    }

    /// Puts what was typed beside what is stored now.
    pub(super) fn against(&self, stored: OccurrenceSheet) -> OccurrenceSheet {
        let beside = |typed: &str, stored: &Field| Field {
            value: typed.to_owned(),
            fault: None,
            stored: (typed.replace("\r\n", "\n") != stored.value).then(|| stored.value.clone()),
        };
        OccurrenceSheet {
            conflict: true,
            title: beside(&self.title, &stored.title),
            when: beside(&self.when, &stored.when),
            notes: beside(&self.notes, &stored.notes),
            scope: select(stored.scope, &self.scope, None),
            ..stored
        }
    }
}

/// The times of a date in the zone that a series has.
fn in_zone(when: &When, zone: &str) -> Times {
    let times = Times::of(when);
    if when.all_day {
        return times;
    }
    let there = |at| moved(at, &when.zone, zone).unwrap_or(at);
    Times { start: there(times.start), end: times.end.map(there), ..times }
}
