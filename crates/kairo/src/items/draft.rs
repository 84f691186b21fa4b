//! An item on its way to another version: its state, and what differs in its occurrences.
//!
//! Owns what a change does to a series as a whole: done and skipped move it on, open takes it
//! back, another hour takes along what differs. Pure; `change` keeps the outcome.
//!
//! **Invariant:** the start of an open series is open itself: what is done or skipped at the start
//! moves the series on, and leaves an entry with the time that it had.
//! **Invariant:** every touch of an occurrence is noted with what was there before, so that undo
//! restores it with the state.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use kairo_capture::zone_named;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::occurrence::{Override, Series, Standing, Times, Words};
use super::split::has_hours;
use super::{Body, Fault, ItemError, State, Status, When, series};
use crate::limits::ITEM_OVERRIDES_MAX;

/// An item being changed.
pub struct Draft {
    /// What the item becomes.
    pub state: State,
    before: State,
    overrides: Vec<Override>,
    beside: Beside,
    /// Whether what differs has its names under the series as it is now.
    renamed: bool,
    spare: Uuid,
}

/// What a change did beside the item's own state; kept in its revision.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beside {
    /// Occurrences that were touched.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub touched: Vec<Touched>,
    /// The item that goes on where this one was ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub following: Option<Following>,
}

/// One occurrence that was touched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Touched {
    /// The time that the rule gives.
    pub original: DateTime,
    /// What differed.
    pub before: Option<Override>,
    /// What differs since.
    pub after: Option<Override>,
}

/// An item that another goes on as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Following {
    /// Its id.
    pub id: Uuid,
    /// Whether the change made it, or took it away.
    pub made: bool,
}

impl Beside {
    /// Whether the item's state was all that changed.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }

    /// The same in the other direction.
    pub fn reversed(self) -> Self {
        let touched = |it: Touched| Touched { before: it.after, after: it.before, ..it };
        Self {
            touched: self.touched.into_iter().map(touched).collect(),
            following: self.following.map(|it| Following { made: !it.made, ..it }),
        }
    }
}

/// A change of one occurrence; what is `None` stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Amendment {
    /// Its title.
    pub title: Option<String>,
    /// Its notes; empty for none.
    pub notes: Option<String>,
    /// When it takes place.
    pub times: Option<Times>,
}

impl Draft {
    /// `spare` is the id of the entry that a change may need.
    pub fn new(state: State, overrides: Vec<Override>, spare: Uuid) -> Self {
        let before = state.clone();
        Self { state, before, overrides, beside: Beside::default(), renamed: false, spare }
    }

    /// What an earlier version was, with what the change since did beside it taken back.
    pub fn restoring(state: State, since: Beside, spare: Uuid) -> Self {
        let (before, overrides) = (state.clone(), Vec::new());
        Self { state, before, overrides, beside: since.reversed(), renamed: true, spare }
    }

    /// What the change does beside the state.
    pub fn beside(&self) -> &Beside {
        &self.beside
    }

    /// What differs, as the change has it.
    pub fn overrides(&self) -> &[Override] {
        &self.overrides
    }

    pub(super) fn set_following(&mut self, id: Uuid) {
        self.beside.following = Some(Following { id, made: true });
    }

    /// The series, where it is one.
    pub fn series(&self) -> Option<Series<'_>> {
        Series::of(&self.state, &self.overrides)
    }

    /// Makes the item done or open. Done of a series is done of its present occurrence: the series
    /// moves on, and is done itself with its last one.
    pub fn set_status(&mut self, status: Status, now: Timestamp) -> Result<(), ItemError> {
        if self.state.status == status {
            return Ok(());
        }
        let present = self.series().map(|series| series.when.start);
        match (present, status) {
            (Some(present), Status::Done) => self.settle(present, Standing::Done, now),
            (Some(present), Status::Open) => self.reopen(present),
            (None, _) => {
                self.state.status = status;
                self.state.done_at = (status == Status::Done).then_some(now);
                Ok(())
            }
        }
    }

    /// Makes one occurrence open, done or skipped.
    pub fn set_standing(
        &mut self,
        original: DateTime,
        standing: Standing,
        now: Timestamp,
    ) -> Result<(), ItemError> {
        let found = self.series().and_then(|series| series.find(original));
        match (found.ok_or(ItemError::NotFound)?.standing, standing) {
            (same, wanted) if same == wanted && self.is_as_it_stands(original) => Ok(()),
            (_, Standing::Open) => self.reopen(original),
            (_, settled) => self.settle(original, settled, now),
        }
    }

    /// A series that was over before its last occurrence had an entry is reopened like any other.
    fn is_as_it_stands(&self, original: DateTime) -> bool {
        let start = self.state.when.as_ref().map(|when| when.start);
        self.state.status == Status::Open || start != Some(original)
    }

    fn settle(
        &mut self,
        original: DateTime,
        standing: Standing,
        now: Timestamp,
    ) -> Result<(), ItemError> {
        self.put(original, |own| {
            own.standing = standing;
            own.settled_at = Some(now);
        });
        self.move_on(now);
        self.bounded()
    }

    fn reopen(&mut self, original: DateTime) -> Result<(), ItemError> {
        self.put(original, |own| {
            own.standing = Standing::Open;
            own.settled_at = None;
        });
        let (Some(when), Some(repeat)) = (&self.state.when, &self.state.repeat) else {
            return Err(ItemError::NotFound);
        };
        let was_over = self.state.status == Status::Done;
        let over_since = self.state.done_at;
        if original < when.start {
            let back = series::back(when, repeat, original).ok_or_else(changed_since)?;
            // What lies between has entries that were not read, and that lie ahead from now on.
            let ahead = self.overrides.iter().filter(|own| own.original >= when.start).count();
            if back.steps.saturating_add(ahead) > ITEM_OVERRIDES_MAX {
                return Err(too_many());
            }
            (self.state.when, self.state.repeat) = (Some(back.when), Some(back.repeat));
        }
        (self.state.status, self.state.done_at) = (Status::Open, None);
        if was_over && let Some(since) = over_since {
            // What lies between stays done: the series moves on to what was asked for.
            self.move_on(since);
        }
        self.bounded()
    }

    /// Moves an open series on while its present occurrence is done or skipped.
    pub(super) fn move_on(&mut self, now: Timestamp) {
        let Some(series) = self.series() else { return };
        if self.state.status == Status::Done || !series.is_settled(series.when.start) {
            return;
        }
        let zone = zone_named(&series.when.zone).unwrap_or(TimeZone::UTC);
        let done = zone.to_datetime(now);
        let next = series::next(series.when, series.repeat, done, |at| series.is_settled(at));
        match next {
            Some((when, repeat)) => {
                (self.state.when, self.state.repeat) = (Some(when), Some(repeat));
            }
            None => (self.state.status, self.state.done_at) = (Status::Done, Some(now)),
        }
    }

    /// Changes one occurrence and no other.
    pub fn amend(&mut self, original: DateTime, amendment: &Amendment) -> Result<(), ItemError> {
        let series = self.series().ok_or(ItemError::NotFound)?;
        if series.find(original).is_none() {
            return Err(ItemError::NotFound);
        }
        let regular = Times::of(&series.regular(original));
        let body = words_of(&self.state.body, amendment).map_err(ItemError::Invalid)?;
        let times = amendment.times.clone().map(|times| fit(series.when, times)).transpose();
        let times = times.map_err(|fault| ItemError::Invalid(vec![fault]))?;
        let own_title = |series: &Body| (body.title != series.title).then(|| body.title.clone());
        let own_notes = |series: &Body| {
            (body.notes != series.notes).then(|| body.notes.clone().unwrap_or_default())
        };
        let (title, notes) = (own_title(&self.state.body), own_notes(&self.state.body));
        self.put(original, |own| {
            if amendment.title.is_some() {
                own.words.title = title;
            }
            if amendment.notes.is_some() {
                own.words.notes = notes;
            }
            if let Some(times) = times {
                own.times = Some(times).filter(|times| *times != regular);
            }
        });
        self.bounded()
    }

    /// Takes away what an occurrence has of its own, where an amendment of the whole names it.
    pub(super) fn yield_to(&mut self, original: DateTime, amendment: &Amendment) {
        if !self.overrides.iter().any(|own| own.original == original) {
            return;
        }
        self.put(original, |own| {
            let Words { title, notes } = own.words.clone();
            own.words.title = title.filter(|_| amendment.title.is_none());
            own.words.notes = notes.filter(|_| amendment.notes.is_none());
            own.times = own.times.clone().filter(|_| amendment.times.is_none());
        });
    }

    /// Changes what differs in one occurrence, and notes it.
    fn put(&mut self, original: DateTime, change: impl FnOnce(&mut Override)) {
        let before = self.overrides.iter().find(|own| own.original == original).cloned();
        let mut own = before.clone().unwrap_or_else(|| Override::new(self.spare, original));
        change(&mut own);
        let after = Some(own).filter(|own| !own.is_nothing());
        self.overrides.retain(|own| own.original != original);
        self.overrides.extend(after.clone());
        match self.beside.touched.iter_mut().find(|it| it.original == original) {
            Some(touched) => touched.after = after,
            None if before != after => {
                self.beside.touched.push(Touched { original, before, after });
            }
            None => {}
        }
    }

    /// Whether no more differs ahead than an item may have.
    fn bounded(&self) -> Result<(), ItemError> {
        let start = self.state.when.as_ref().map(|when| when.start);
        let ahead = self.overrides.iter().filter(|own| Some(own.original) >= start).count();
        if ahead > ITEM_OVERRIDES_MAX {
            return Err(too_many());
        }
        Ok(())
    }

    /// Gives what differs from `start` on its names under the series as it is now: `rename` says
    /// which. All move at once, so that neighbours do not stand in each other's way. What would
    /// get a name that the rule does not give, or that something else keeps, stays where it was.
    pub(super) fn rename(&mut self, start: DateTime, rename: impl Fn(DateTime) -> DateTime) {
        let names: Vec<DateTime> = self.overrides.iter().map(|own| rename(own.original)).collect();
        let given = self.series().map(|series| series.given(&names)).unwrap_or_default();
        let mut moves: Vec<Option<DateTime>> = self
            .overrides
            .iter()
            .zip(names)
            .map(|(own, name)| {
                let moves = own.original >= start && name != own.original && given.contains(&name);
                moves.then_some(name)
            })
            .collect();
        while self.keep_apart(&mut moves) {}
        self.renamed = true;
        let before = self.overrides.clone();
        for (own, name) in self.overrides.iter_mut().zip(moves) {
            own.original = name.unwrap_or(own.original);
        }
        self.note_moved(&before);
    }

    /// Holds back one move onto a name that stays taken, or that another moves to; whether there
    /// was one.
    fn keep_apart(&self, moves: &mut [Option<DateTime>]) -> bool {
        let names = self.overrides.iter().zip(moves.iter());
        let names: Vec<DateTime> = names.map(|(own, to)| to.unwrap_or(own.original)).collect();
        let taken = |name: DateTime| names.iter().filter(|other| **other == name).count() > 1;
        let held = moves.iter_mut().find(|to| to.is_some_and(taken));
        held.is_some_and(|to| to.take().is_some())
    }

    /// Notes each name whose entry is another since, so that undo and rows follow.
    fn note_moved(&mut self, before: &[Override]) {
        let entry = |all: &[Override], name| all.iter().find(|own| own.original == name).cloned();
        let mut names: Vec<DateTime> =
            before.iter().chain(&self.overrides).map(|own| own.original).collect();
        names.sort_unstable();
        names.dedup();
        for original in names {
            let (before, after) = (entry(before, original), entry(&self.overrides, original));
            if before == after {
                continue;
            }
            match self.beside.touched.iter_mut().find(|it| it.original == original) {
                Some(touched) => touched.after = after,
                None => self.beside.touched.push(Touched { original, before, after }),
            }
        }
    }

    /// After any change of the state: what differs goes along where the series has another hour.
    pub fn follow(&mut self) {
        let (Some(old), Some(new)) = (&self.before.when, &self.state.when) else { return };
        let (old, hour) = (old.start, new.start.time());
        let Some(repeat) = &self.before.repeat else { return };
        // A rule that names its hours moves on from one to the next, and no name changes. Where all
        // of it was moved, the names have gone along already.
        if old.time() == hour || has_hours(&repeat.rrule) || self.renamed {
            return;
        }
        self.rename(old, |name| {
            if name.time() == old.time() { name.date().to_datetime(hour) } else { name }
        });
    }
}

/// The words of one occurrence, judged as those of any item.
pub(super) fn words_of(series: &Body, amendment: &Amendment) -> Result<Body, Vec<Fault>> {
    let mut body = series.clone();
    if let Some(title) = &amendment.title {
        body.title.clone_from(title);
    }
    if let Some(notes) = &amendment.notes {
        body.notes = Some(notes.clone());
    }
    if body == *series {
        return Ok(body);
    }
    body.tidy()
}

/// Times that can be, moved out of gaps of the clock.
pub(super) fn fit(when: &When, times: Times) -> Result<Times, Fault> {
    let Times { start, end, all_day } = times;
    let when = When { start, end, all_day, ..when.clone() }.settle();
    when.check()?;
    Ok(Times::of(&when))
}

fn too_many() -> ItemError {
    let message = format!(
        "{ITEM_OVERRIDES_MAX} occurrences of this series differ already, which are the most. \
         Change the series itself, or this one and the following."
    );
    ItemError::Invalid(vec![Fault { field: "occurrence", code: "too_many", message }])
}

fn changed_since() -> ItemError {
    let message = "The series has changed since, and does not lead back to this time.".to_owned();
    ItemError::Invalid(vec![Fault { field: "occurrence", code: "series_changed", message }])
}
