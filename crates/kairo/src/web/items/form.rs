//! The form that changes an item: fields in, a state or faults out.
//!
//! **Invariant:** a field that was not touched changes nothing: the words of a time that still are
//! what the page showed are not read again.

use serde::Deserialize;

use super::sheet;
use crate::accounts::{Base, Person};
use crate::capture::Thought;
use crate::capture::reading::{self, Setting};
use crate::items::{Body, Fault, Item, Kind, Repeat, State};
use crate::web::views::{Field, ItemSheet, Select};

/// `POST /items/{id}`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Edit {
    pub(super) version: i32,
    pub(super) back: String,
    pub(super) title: String,
    pub(super) when: String,
    pub(super) kind: String,
    pub(super) place: String,
    pub(super) people: String,
    pub(super) tags: String,
    pub(super) priority: String,
    pub(super) notes: String,
}

impl Edit {
    /// The state that the form asks for, on top of what the item is.
    pub(super) fn state(&self, item: &Item, setting: &Setting) -> Result<State, Vec<Fault>> {
        let mut faults = Vec::new();
        let mut state = item.state.clone();
        let body = Body {
            title: self.title.clone(),
            notes: Some(self.notes.replace("\r\n", "\n")),
            place: Some(self.place.clone()),
            people: names(&self.people),
            tags: names(&self.tags),
            ..item.state.body.clone()
        };
        match body.tidy() {
            Ok(body) => state.body = body,
            Err(more) => faults.extend(more),
        }
        match Kind::parse(&self.kind) {
            Some(kind) => state.kind = kind,
            None => faults.push(fault("kind", "Choose a task, an event or a note.")),
        }
        match self.priority.as_str() {
            "" => state.priority = None,
            level => match level.parse().ok().filter(|level| (1..=4).contains(level)) {
                Some(level) => state.priority = Some(level),
                None => faults.push(fault("priority", "Choose one of the priorities.")),
            },
        }
        if let Err(more) = self.read_when(&mut state, setting) {
            faults.push(more);
        }
        if faults.is_empty() { Ok(state) } else { Err(faults) }
    }

    /// Reads the words of the time, in the item's own zone. The words of the repetition stand after
    /// the time and are kept as they are while they stand there; taking them out ends it.
    fn read_when(&self, state: &mut State, setting: &Setting) -> Result<(), Fault> {
        let today = setting.reference.date();
        let words = self.when.trim();
        if words == sheet::when_words(state, today) {
            return Ok(());
        }
        if words.is_empty() {
            (state.when, state.repeat) = (None, None);
            return Ok(());
        }
        let suffix = sheet::repeat_words(state, today);
        let kept = state.repeat.clone().zip(words.strip_suffix(&suffix));
        let (kept, words) = match kept.filter(|_| !suffix.is_empty()) {
            Some((repeat, words)) => (Some(repeat), words),
            None => (None, words),
        };
        let (when, read) = reading::read_time(words, setting).ok_or_else(|| {
            let message = "Kairo does not read this as a time. Try words like tomorrow 1pm to 2pm.";
            fault("when", message)
        })?;
        when.check()?;
        // Days that are left out are kept as local starts, so they move with the hour.
        let at_its_hour = |mut repeat: Repeat| {
            for left_out in &mut repeat.exdates {
                *left_out = left_out.date().to_datetime(when.start.time());
            }
            repeat
        };
        state.repeat = kept.map(at_its_hour).or(read);
        state.when = Some(when);
        Ok(())
    }

    /// All that was typed, for a page that cannot show the form.
    pub(super) fn typed(&self) -> String {
        let fields = [&self.title, &self.when, &self.place, &self.people, &self.tags, &self.notes];
        // It comes back in a line, which has no breaks.
        let lines = fields.into_iter().flat_map(|field| field.lines()).map(str::trim);
        lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("; ")
    }

    /// Puts what was typed into a sheet, with the faults beside the fields.
    pub(super) fn refill(&self, sheet: ItemSheet, faults: &[Fault]) -> ItemSheet {
        let field = |name: &str, value: &str| Field {
            value: value.to_owned(),
            fault: fault_of(faults, name),
            stored: None,
        };
        ItemSheet {
            title: field("title", &self.title),
            when: field("when", &self.when),
            kind: select(sheet.kind, &self.kind, fault_of(faults, "kind")),
            place: field("place", &self.place),
            people: field("people", &self.people),
            tags: field("tags", &self.tags),
            priority: select(sheet.priority, &self.priority, fault_of(faults, "priority")),
            notes: field("notes", &self.notes),
            ..sheet
        }
    }

    /// Puts what was typed beside what is stored now: both are on the page, and saving again is
    /// knowing.
    pub(super) fn against(&self, stored: ItemSheet) -> ItemSheet {
        let beside = |typed: &str, stored: &Field| Field {
            value: typed.to_owned(),
            fault: None,
            stored: (typed.replace("\r\n", "\n") != stored.value).then(|| stored.value.clone()),
        };
        let beside_choice = |typed: &str, stored: Select| {
            let label = stored.choices.iter().find(|choice| choice.selected);
            let other = label.filter(|choice| choice.value != typed).map(|c| c.label.clone());
            Select { stored: other, ..select(stored, typed, None) }
        };
        ItemSheet {
            conflict: true,
            title: beside(&self.title, &stored.title),
            when: beside(&self.when, &stored.when),
            kind: beside_choice(&self.kind, stored.kind),
            place: beside(&self.place, &stored.place),
            people: beside(&self.people, &stored.people),
            tags: beside(&self.tags, &stored.tags),
            priority: beside_choice(&self.priority, stored.priority),
            notes: beside(&self.notes, &stored.notes),
            ..stored
        }
    }
}

pub(super) fn select(select: Select, chosen: &str, fault: Option<String>) -> Select {
    let mut select = Select { fault, ..select };
    for choice in &mut select.choices {
        choice.selected = choice.value == chosen;
    }
    select
}

pub(super) fn fault(field: &'static str, message: &str) -> Fault {
    Fault { field, code: "invalid", message: message.to_owned() }
}

pub(super) fn fault_of(faults: &[Fault], name: &str) -> Option<String> {
    // Faults of the time's parts belong to the one field that the form has for it.
    let is = |fault: &&Fault| {
        fault.field == name || (name == "when" && ["start", "end", "zone"].contains(&fault.field))
    };
    faults.iter().find(is).map(|fault| fault.message.clone())
}

/// "Sam, Priya".
fn names(list: &str) -> Vec<String> {
    list.split([',', ';', '\n']).map(str::to_owned).collect()
}

/// What a form's time is read against: the person's settings, now, in the zone that the item was
/// meant in. Read in another zone, an hour later would be ten hours off.
pub(super) fn setting(base: &Base, person: &Person, item: &Item) -> Option<Setting> {
    let zone = item.state.when.as_ref().map(|when| when.zone.clone());
    Setting::of(base, person, &Thought { zone, ..Thought::default() }).ok()
}
