//! A change of an item: only what was sent changes, `null` takes a value away (RFC 7396 in one
//! level).
//!
//! **Invariant:** every refusal names its field, and all of them come at once.
//! **Invariant:** start, end, zone and the rest of a date are judged together, after the change: no
//! order of fields lets a date through that cannot be.

use jiff::Timestamp;

use super::fields::{Fields, Sent};
use super::moment::{Moment, moment, zone};
use crate::accounts::Person;
use crate::items::change::Cause;
use crate::items::{Draft, Fault, ItemError, Kind, Repeat, Role, State, Status, When};
use crate::limits::ITEM_LABELS_MAX;
use crate::web::error::{Error, FieldFault};

const FIELDS: [&str; 14] = [
    "title", "notes", "people", "place", "tags", "priority", "kind", "status", "start", "end",
    "all_day", "role", "zone", "rrule",
];

/// A change as it was sent.
pub struct Patch {
    title: Sent<String>,
    notes: Sent<String>,
    people: Sent<Vec<String>>,
    place: Sent<String>,
    tags: Sent<Vec<String>>,
    priority: Sent<i16>,
    kind: Sent<Kind>,
    status: Sent<Status>,
    start: Sent<Moment>,
    end: Sent<Moment>,
    all_day: Sent<bool>,
    role: Sent<Role>,
    zone: Sent<String>,
    rrule: Sent<String>,
}

impl Patch {
    /// Reads a body.
    pub fn read(body: &[u8]) -> Result<Self, Error> {
        let mut fields = Fields::parse(body, &FIELDS)?;
        let from = &mut fields;
        let patch = Self {
            title: needed(from, "title", Fields::text),
            notes: from.text("notes"),
            people: from.texts("people"),
            place: from.text("place"),
            tags: from.texts("tags"),
            priority: priority(from),
            kind: word(from, "kind", "task, event or note", Kind::parse),
            status: word(from, "status", "open or done", Status::parse),
            start: told(from, "start", |text| moment("start", text)),
            end: told(from, "end", |text| moment("end", text)),
            all_day: from.truth("all_day"),
            role: role(from),
            zone: told(from, "zone", |name| zone("zone", name)),
            rrule: from.text("rrule"),
        };
        fields.done()?;
        Ok(patch)
    }

    /// Why the item changes.
    pub fn cause(&self) -> Cause {
        match self.status {
            Sent::Value(Status::Done) => Cause::Done,
            Sent::Value(Status::Open) => Cause::Reopen,
            Sent::Nothing | Sent::Null => Cause::Edit,
        }
    }

    /// Changes the item; `now` is when it is done, where it is.
    pub fn apply(
        self,
        person: &Person,
        now: Timestamp,
        draft: &mut Draft,
    ) -> Result<(), ItemError> {
        let mut faults = Vec::new();
        let state = &mut draft.state;
        faults.extend(self.date(person, state).err().into_iter().flatten());
        faults.extend(self.words(state).err().into_iter().flatten());
        match self.priority {
            Sent::Value(priority) => state.priority = Some(priority),
            Sent::Null => state.priority = None,
            Sent::Nothing => {}
        }
        state.kind = self.kind.value().unwrap_or(state.kind);
        if !faults.is_empty() {
            return Err(ItemError::Invalid(faults));
        }
        draft.follow();
        self.status.value().map_or(Ok(()), |status| draft.set_status(status, now))
    }

    fn words(&self, state: &mut State) -> Result<(), Vec<Fault>> {
        let mut body = state.body.clone();
        if let Sent::Value(title) = &self.title {
            body.title.clone_from(title);
        }
        replace(&mut body.notes, &self.notes);
        replace(&mut body.place, &self.place);
        let mut faults = Vec::new();
        for (field, labels, sent) in
            [("people", &mut body.people, &self.people), ("tags", &mut body.tags, &self.tags)]
        {
            match sent {
                Sent::Value(sent) => {
                    faults.extend(too_many(field, sent.len()));
                    labels.clone_from(sent);
                }
                Sent::Null => labels.clear(),
                Sent::Nothing => {}
            }
        }
        // An item whose words stay is not judged again: a limit that was lowered would lock it.
        if body != state.body {
            match body.tidy() {
                Ok(body) => state.body = body,
                Err(more) => {
                    let same = |a: &Fault, b: &Fault| (a.field, a.code) == (b.field, b.code);
                    let new = |fault: &Fault| !faults.iter().any(|told| same(told, fault));
                    let more: Vec<Fault> = more.into_iter().filter(new).collect();
                    faults.extend(more);
                }
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(())
    }

    fn date(&self, person: &Person, state: &mut State) -> Result<(), Vec<Fault>> {
        if self.leaves_date() {
            return Ok(());
        }
        let old = state.when.as_ref();
        let start = match (&self.start, old) {
            (Sent::Value(start), _) => *start,
            (Sent::Nothing, Some(when)) => Moment { at: when.start, is_day: when.all_day },
            (Sent::Null, _) | (Sent::Nothing, None) => return self.undated(state),
        };
        let end = match (&self.end, old) {
            (Sent::Value(end), _) => Some(*end),
            (Sent::Nothing, Some(when)) => when.end.map(|at| Moment { at, is_day: when.all_day }),
            _ => None,
        };
        let all_day = match self.all_day {
            Sent::Value(all_day) => all_day,
            Sent::Nothing | Sent::Null => start.is_day,
        };
        fits(start, self.start.is_value(), all_day, "start")?;
        if let Some(end) = end {
            fits(end, self.end.is_value(), all_day, "end")?;
        }
        let own = || person.settings.time_zone.clone();
        let when = When {
            role: match self.role {
                Sent::Value(role) => role,
                Sent::Null => Role::Start,
                Sent::Nothing => old.map_or(Role::Start, |when| when.role),
            },
            start: start.at,
            end: end.map(|end| end.at),
            all_day,
            zone: match &self.zone {
                Sent::Value(zone) => zone.clone(),
                Sent::Null => own(),
                Sent::Nothing => old.map_or_else(own, |when| when.zone.clone()),
            },
        };
        let when = when.settle();
        when.check().map_err(|fault| vec![fault])?;
        state.repeat = self.repeat(state.repeat.take(), &when).map_err(|fault| vec![fault])?;
        state.when = Some(when);
        Ok(())
    }

    /// A date that stays is not judged again: what was kept by older rules would lock the item.
    fn leaves_date(&self) -> bool {
        self.start.is_nothing()
            && self.end.is_nothing()
            && self.all_day.is_nothing()
            && self.role.is_nothing()
            && self.zone.is_nothing()
            && self.rrule.is_nothing()
    }

    fn repeat(&self, old: Option<Repeat>, when: &When) -> Result<Option<Repeat>, Fault> {
        let repeat = match &self.rrule {
            Sent::Null => None,
            Sent::Nothing => old,
            Sent::Value(rrule) => {
                let old = old.unwrap_or_default();
                let repeat = Repeat { rrule: rrule.clone(), ..old };
                repeat.check(when.start)?;
                Some(repeat)
            }
        };
        // A day that is left out is named by its start, so it moves with the clock time.
        Ok(repeat.map(|repeat| Repeat {
            exdates: repeat
                .exdates
                .iter()
                .map(|at| at.date().to_datetime(when.start.time()))
                .collect(),
            ..repeat
        }))
    }

    /// Takes the date away, with all that says nothing without one.
    fn undated(&self, state: &mut State) -> Result<(), Vec<Fault>> {
        let left = [
            ("end", self.end.is_value()),
            ("all_day", self.all_day == Sent::Value(true)),
            ("role", self.role.is_value()),
            ("zone", self.zone.is_value()),
            ("rrule", self.rrule.is_value()),
        ];
        let faults = left.into_iter().filter(|(_, sent)| *sent).map(|(field, _)| Fault {
            field,
            code: "needs_start",
            message: "This says nothing without a start. Send `start` too.".to_owned(),
        });
        let faults: Vec<Fault> = faults.collect();
        if !faults.is_empty() {
            return Err(faults);
        }
        state.when = None;
        state.repeat = None;
        Ok(())
    }
}

/// Whether a moment is of the kind that the item's others are. A time that was kept loses its clock
/// on a day, but a day that was kept has no clock to go on with.
fn fits(at: Moment, sent: bool, all_day: bool, field: &'static str) -> Result<(), Vec<Fault>> {
    let fault = |code, message: &str| Err(vec![Fault { field, code, message: message.to_owned() }]);
    match (at.is_day, all_day) {
        (true, false) => fault("needs_time", "Send the time too, such as 2026-11-24T13:00:00."),
        (false, true) if sent => fault("needs_day", "All day takes a day, such as 2026-11-24."),
        _ => Ok(()),
    }
}

/// Counted as sent: what was said twice would fall away later, but a bound that a program cannot
/// count by itself is none.
fn too_many(field: &'static str, count: usize) -> Option<Fault> {
    let message = format!("These are more than {ITEM_LABELS_MAX}, which are the most.");
    (count > ITEM_LABELS_MAX).then_some(Fault { field, code: "too_many", message })
}

fn replace(kept: &mut Option<String>, sent: &Sent<String>) {
    match sent {
        Sent::Value(text) => *kept = Some(text.clone()),
        Sent::Null => *kept = None,
        Sent::Nothing => {}
    }
}

/// A field that has a value always.
pub(super) fn needed<T>(
    fields: &mut Fields,
    field: &'static str,
    read: impl FnOnce(&mut Fields, &'static str) -> Sent<T>,
) -> Sent<T> {
    let sent = read(fields, field);
    if matches!(sent, Sent::Null) {
        fields.refuse(field, "needed", "This cannot be taken away. Send a value, or leave it out.");
        return Sent::Nothing;
    }
    sent
}

pub(super) fn word<T>(
    fields: &mut Fields,
    field: &'static str,
    takes: &str,
    parse: impl FnOnce(&str) -> Option<T>,
) -> Sent<T> {
    needed(fields, field, |fields, field| words(fields, field, takes, parse))
}

fn words<T>(
    fields: &mut Fields,
    field: &'static str,
    takes: &str,
    parse: impl FnOnce(&str) -> Option<T>,
) -> Sent<T> {
    told(fields, field, |text| {
        let message = format!("This takes {takes}.");
        parse(text).ok_or(Fault { field, code: "bad_word", message })
    })
}

fn role(fields: &mut Fields) -> Sent<Role> {
    words(fields, "role", "start, due or not_before", Role::parse)
}

pub(super) fn told<T>(
    fields: &mut Fields,
    field: &'static str,
    read: impl FnOnce(&str) -> Result<T, Fault>,
) -> Sent<T> {
    match fields.text(field) {
        Sent::Nothing => Sent::Nothing,
        Sent::Null => Sent::Null,
        Sent::Value(text) => match read(&text) {
            Ok(value) => Sent::Value(value),
            Err(Fault { field, code, message }) => {
                fields.faults.push(FieldFault { field, code, message });
                Sent::Nothing
            }
        },
    }
}

fn priority(fields: &mut Fields) -> Sent<i16> {
    match fields.number("priority") {
        Sent::Nothing => Sent::Nothing,
        Sent::Null => Sent::Null,
        Sent::Value(number) => match i16::try_from(number).ok().filter(|n| (1..=4).contains(n)) {
            Some(priority) => Sent::Value(priority),
            None => {
                fields.refuse("priority", "out_of_range", "This takes 1 (urgent) to 4 (low).");
                Sent::Nothing
            }
        },
    }
}
