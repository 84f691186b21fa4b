//! One time of a series: what its rule gives, and what differs there.
//!
//! **Invariant:** an occurrence is named by the local time that the rule gives it, its original;
//! moving it changes when it takes place and never its name.
//! **Invariant:** what differs at a time that the rule no longer gives is passed over, and shown
//! nowhere.

use jiff::civil::DateTime;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::series;
use super::when::{Repeat, When};
use super::{Kind, State, Status};

/// Whether one occurrence is still to be done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// To be done, or to take place.
    #[default]
    Open,
    /// Done.
    Done,
    /// Left out.
    Skipped,
}

impl Standing {
    /// The word that is sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Done => "done",
            Self::Skipped => "skipped",
        }
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Open, Self::Done, Self::Skipped].into_iter().find(|it| it.as_str() == word)
    }
}

/// Another time than the rule gives, in the zone of the series.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Times {
    /// Local start; midnight when all day.
    pub start: DateTime,
    /// Local end; the last day when all day.
    pub end: Option<DateTime>,
    /// Whether only days are meant.
    pub all_day: bool,
}

impl Times {
    /// The times of a date, without its role and zone.
    pub fn of(when: &When) -> Self {
        Self { start: when.start, end: when.end, all_day: when.all_day }
    }
}

/// Other words than the series has. Sealed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Words {
    /// What it is called this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Notes of this time; empty where the series has some and this time none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
}

impl Words {
    /// Whether they are those of the series.
    pub fn is_empty(&self) -> bool {
        self.title.is_none() && self.notes.is_none()
    }
}

/// What differs in one occurrence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Override {
    /// Its row's id, which its words are bound to.
    pub id: Uuid,
    /// The time that the rule gives.
    pub original: DateTime,
    /// Done, skipped, or neither.
    pub standing: Standing,
    /// When it takes place instead.
    pub times: Option<Times>,
    /// Its own words.
    pub words: Words,
    /// When it was done or skipped.
    pub settled_at: Option<Timestamp>,
}

impl Override {
    /// One that differs in nothing yet.
    pub fn new(id: Uuid, original: DateTime) -> Self {
        let (standing, times, words) = (Standing::Open, None, Words::default());
        Self { id, original, standing, times, words, settled_at: None }
    }

    /// Whether nothing differs.
    pub fn is_nothing(&self) -> bool {
        self.standing == Standing::Open && self.times.is_none() && self.words.is_empty()
    }

    /// Whether it is done or skipped.
    pub fn is_settled(&self) -> bool {
        self.standing != Standing::Open
    }
}

/// An occurrence as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occurrence {
    /// The time that the rule gives: its name.
    pub original: DateTime,
    /// When it takes place.
    pub when: When,
    /// Open, done or skipped.
    pub standing: Standing,
    /// Its words, where they are not those of the series.
    pub words: Words,
    /// Whether it takes place at another time than the rule gives.
    pub moved: bool,
    /// When it was done or skipped.
    pub settled_at: Option<Timestamp>,
}

/// How far a list was read: the last that was given, by its start and name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seen {
    /// When it takes place.
    pub start: DateTime,
    /// Its name.
    pub original: DateTime,
}

impl Occurrence {
    /// Where it stands in a list.
    pub fn seen_at(&self) -> Seen {
        Seen { start: self.when.start, original: self.original }
    }

    /// Whether it takes place, at least in part, from `from` until before `to`. A day lasts until
    /// its end; an hour that ends at `from` is over.
    fn touches(&self, from: DateTime, to: DateTime) -> bool {
        let end = self.when.end.unwrap_or(self.when.start);
        let lasts = if self.when.all_day { end >= from } else { end > from };
        self.when.start < to && (self.when.start >= from || lasts)
    }

    /// The item's state, seen at this occurrence: its words, its date, whether it is done.
    pub fn seen(&self, series: &State) -> State {
        let mut state = series.clone();
        if let Some(title) = &self.words.title {
            state.body.title.clone_from(title);
        }
        if let Some(notes) = &self.words.notes {
            state.body.notes = Some(notes.clone()).filter(|notes| !notes.is_empty());
        }
        let done = self.standing == Standing::Done;
        state.status = if done { Status::Done } else { Status::Open };
        state.done_at = self.settled_at.filter(|_| done);
        state.when = Some(self.when.clone());
        state
    }
}

/// A recurring item with what differs in it.
#[derive(Clone, Copy)]
pub struct Series<'a> {
    state: &'a State,
    pub(super) when: &'a When,
    pub(super) repeat: &'a Repeat,
    overrides: &'a [Override],
}

impl<'a> Series<'a> {
    /// `None` for an item that does not recur.
    pub fn of(state: &'a State, overrides: &'a [Override]) -> Option<Self> {
        let (when, repeat) = (state.when.as_ref()?, state.repeat.as_ref()?);
        Some(Self { state, when, repeat, overrides })
    }

    /// The occurrence of a name; `None` where the rule does not give it.
    pub fn find(&self, original: DateTime) -> Option<Occurrence> {
        self.gives(original).then(|| self.occurrence(original))
    }

    /// Whether there is an occurrence of this name. Before the start, which moves on with what is
    /// done, are those that were done or skipped.
    fn gives(&self, original: DateTime) -> bool {
        !self.given(&[original]).is_empty()
    }

    /// Those of these names that there are. The rule is expanded once for all of them: a bound of
    /// so many times is counted from the start, however far away they lie.
    pub(super) fn given(&self, names: &[DateTime]) -> Vec<DateTime> {
        let settled = |at: &DateTime| self.differs(*at).is_some_and(Override::is_settled);
        let (back, ahead): (Vec<DateTime>, Vec<DateTime>) =
            names.iter().copied().partition(|at| *at < self.when.start);
        let mut given: Vec<DateTime> = back.into_iter().filter(settled).collect();
        let (Some(first), Some(last)) = (ahead.iter().min(), ahead.iter().max()) else {
            return given;
        };
        let there = self.originals(*first, *last, series::STEPS_MAX);
        let seen = if there.len() < series::STEPS_MAX { None } else { there.last() };
        given.extend(ahead.into_iter().filter(|at| match seen {
            Some(seen) if at > seen => !self.originals(*at, *at, 1).is_empty(),
            _ => there.binary_search(at).is_ok(),
        }));
        given
    }

    fn differs(&self, original: DateTime) -> Option<&'a Override> {
        self.overrides.iter().find(|other| other.original == original)
    }

    fn occurrence(&self, original: DateTime) -> Occurrence {
        let own = self.differs(original);
        let when = match own.and_then(|own| own.times.clone()) {
            Some(Times { start, end, all_day }) => {
                When { start, end, all_day, ..self.when.clone() }
            }
            None => self.regular(original),
        };
        Occurrence {
            original,
            when,
            standing: own.map(|own| own.standing).unwrap_or_default(),
            words: own.map(|own| own.words.clone()).unwrap_or_default(),
            moved: own.is_some_and(|own| own.times.is_some()),
            settled_at: own.and_then(|own| own.settled_at),
        }
    }

    /// The date that the rule gives, moved out of a gap of the clock with its length (RFC 5545
    /// 3.3.5: the local time moves, the duration stays).
    pub(super) fn regular(&self, original: DateTime) -> When {
        let start = When { start: original, end: None, ..self.when.clone() }.settle();
        let end = self.length().and_then(|length| start.start.checked_add(length).ok());
        When { end, ..start }
    }

    fn length(&self) -> Option<SignedDuration> {
        self.when.end.map(|end| end.duration_since(self.when.start))
    }

    /// Names of the rule within `from..=to` from the start on, at most `limit`, without the days
    /// that are left out. A series from completion has one: the others are not known yet.
    pub(super) fn originals(&self, from: DateTime, to: DateTime, limit: usize) -> Vec<DateTime> {
        if self.repeat.from_completion {
            let within = (from..=to).contains(&self.when.start);
            return within.then_some(self.when.start).into_iter().collect();
        }
        let exdates = &self.repeat.exdates;
        let times = series::times(self.when, self.repeat, from, to, limit + exdates.len());
        let mut times: Vec<DateTime> =
            times.into_iter().filter(|at| !exdates.contains(at)).collect();
        // The start is the first occurrence, whatever the rule says (RFC 5545 3.8.5.3).
        let start = self.when.start;
        if (from..=to).contains(&start)
            && times.first() != Some(&start)
            && !exdates.contains(&start)
        {
            times.insert(0, start);
        }
        times.truncate(limit);
        times
    }

    /// What takes place, at least in part, from `from` until before `to`, in the order of its
    /// starts: with what was moved there, without what was moved away, skipped ones too.
    pub fn between(&self, from: DateTime, to: DateTime, limit: usize) -> Vec<Occurrence> {
        self.after(None, (from, to), limit)
    }

    /// The same from behind one that was seen before: the next page.
    pub fn after(
        &self,
        seen: Option<Seen>,
        (from, to): (DateTime, DateTime),
        limit: usize,
    ) -> Vec<Occurrence> {
        // What began before the one that was seen was seen, too.
        let earliest = match seen {
            Some(seen) => seen.start,
            None => from.checked_sub(self.length().unwrap_or_default()).unwrap_or(from),
        };
        let names = self.originals(earliest, to, limit + self.overrides.len());
        let own = self.overrides.iter().map(|own| own.original);
        let elsewhere: Vec<DateTime> = own.filter(|at| names.binary_search(at).is_err()).collect();
        let elsewhere = self.given(&elsewhere);
        let mut found: Vec<Occurrence> =
            names.into_iter().chain(elsewhere).map(|at| self.occurrence(at)).collect();
        found.retain(|it| it.touches(from, to) && seen.is_none_or(|seen| it.seen_at() > seen));
        found.sort_by_key(|it| (it.when.start, it.original));
        found.truncate(limit);
        found
    }

    /// What a list of the days `from` until before `to` shows: every occurrence that is not
    /// skipped, a task that waits since before, and if all that is nothing, the next one.
    pub fn soon(&self, from: DateTime, to: DateTime, limit: usize) -> Vec<Occurrence> {
        let mut found = self.between(from, to, limit + self.overrides.len());
        found.retain(|it| it.standing != Standing::Skipped);
        found.truncate(limit);
        let open = self.state.status == Status::Open;
        let waits = self.occurrence(self.when.start);
        let late = waits.when.end.unwrap_or(waits.when.start) < from;
        let task = self.state.kind == Kind::Task;
        if open && task && late && waits.standing == Standing::Open {
            found.insert(0, waits);
        }
        if open && found.is_empty() {
            found.extend(self.next(to));
        }
        found
    }

    /// What was done, of what is at hand; of a series that was over before its occurrences had
    /// entries, the last.
    pub fn done(&self) -> Vec<Occurrence> {
        let done = self.overrides.iter().filter(|own| own.standing == Standing::Done);
        let done: Vec<DateTime> = done.map(|own| own.original).collect();
        let mut found: Vec<Occurrence> =
            self.given(&done).into_iter().map(|at| self.occurrence(at)).collect();
        if self.state.status == Status::Done && self.differs(self.when.start).is_none() {
            let (standing, settled_at) = (Standing::Done, self.state.done_at);
            found.push(Occurrence { standing, settled_at, ..self.occurrence(self.when.start) });
        }
        found
    }

    /// The first open occurrence from a moment on.
    fn next(&self, from: DateTime) -> Option<Occurrence> {
        let far = from.checked_add(series::AHEAD).ok()?;
        let names = self.originals(from, far, 1 + self.overrides.len());
        let elsewhere = self.overrides.iter().filter(|own| own.times.is_some());
        let elsewhere: Vec<DateTime> = elsewhere.map(|own| own.original).collect();
        let elsewhere = self.given(&elsewhere);
        let all = names.into_iter().chain(elsewhere).map(|at| self.occurrence(at));
        all.filter(|it| it.standing == Standing::Open && it.when.start >= from)
            .min_by_key(|it| (it.when.start, it.original))
    }

    /// Whether nothing of this name is to be done any more.
    pub(super) fn is_settled(&self, original: DateTime) -> bool {
        self.differs(original).is_some_and(Override::is_settled)
    }
}
