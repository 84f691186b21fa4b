//! What goes in and what comes out: the context of a reading, and its items.
//!
//! **Invariant:** every [`Span`] holds byte offsets into the original text, on character
//! boundaries, with `start < end`. Times are civil; the zone stands beside them.
//! This module decides nothing and must never read a clock.

use crate::words::lists;
use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::{TimeZone, TimeZoneDatabase};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The time zone rules compiled into this crate, so that every host gives the same answer.
static ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// A name that the bundled IANA database does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown time zone {0:?}")]
pub struct UnknownZone(pub String);

/// Zones by the place that each is named after ("new york"), in lower case.
static PLACES: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    let mut places = BTreeMap::new();
    for name in ZONES.available() {
        let place = name.as_str().rsplit('/').next().unwrap_or_default();
        let abbreviation = place.len() < 4 || place.contains(|c: char| c.is_ascii_digit());
        // Parts of a country by the compass ("Australia/West") and old names are no places.
        let old = ["Etc/", "Brazil/", "Chile/", "Mexico/", "Australia/North", "Australia/South"];
        let old = old.iter().any(|old| name.as_str().starts_with(old));
        let place = place.replace('_', " ").to_lowercase();
        if !abbreviation && !old && !lists::NO_PLACES.contains(&place.as_str()) {
            places.entry(place).or_insert_with(|| name.as_str().to_owned());
        }
    }
    places
});

/// The zone that "... time" means behind the name of a place in lower case.
pub(crate) fn place_zone(place: &str) -> Option<&'static str> {
    let also = lists::PLACE_ZONES.iter().find(|(name, _)| *name == place).map(|(_, zone)| *zone);
    also.or_else(|| PLACES.get(place).map(String::as_str))
}

/// A bundled IANA zone by name ("Europe/Berlin").
pub fn zone_named(name: &str) -> Result<TimeZone, UnknownZone> {
    ZONES.get(name).map_err(|_| UnknownZone(name.to_owned()))
}

/// How "3/4" is read: 4 March, or 3 April. A lone possible reading ("27/1") wins over it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum DateOrder {
    /// Month first, as in the United States.
    #[default]
    Mdy,
    /// Day first, as in most of the world.
    Dmy,
}

/// The hours that stand for parts of the day, a setting of the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Dayparts {
    /// "in the morning": 9.
    pub morning: i8,
    /// "lunch time", "midday": 12.
    pub noon: i8,
    /// "in the afternoon": 14, after lunch; 12 has a word of its own.
    pub afternoon: i8,
    /// "in the evening", "tonight": 19.
    pub evening: i8,
    /// "at night": 22.
    pub night: i8,
}

impl Default for Dayparts {
    fn default() -> Self {
        Self { morning: 9, noon: 12, afternoon: 14, evening: 19, night: 22 }
    }
}

/// What "next friday" means while this week's Friday is still to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NextWeekday {
    /// The Friday of next week.
    #[default]
    OfNextWeek,
    /// The first Friday to come.
    Soonest,
}

/// Everything besides the text that a reading depends on.
#[derive(Debug, Clone)]
pub struct Context {
    /// The local wall time of the person.
    pub reference: DateTime,
    /// The zone of the person.
    pub zone: TimeZone,
    /// Its IANA name.
    pub zone_name: String,
    /// Month or day first in "3/4".
    pub date_order: DateOrder,
    /// First day of the week: decides "next week" and "next friday".
    pub week_start: Weekday,
    /// The rule of "next friday".
    pub next_weekday: NextWeekday,
    /// Byte spans that the person wants kept as plain words (a chip that was dismissed).
    pub dismissed: Vec<Span>,
    /// Hours of morning, afternoon, evening and night.
    pub dayparts: Dayparts,
    /// Names the person already uses, matched without regard to case.
    pub known_people: Vec<String>,
    /// Lists the person already has; the longest known name after a sigil wins.
    pub known_lists: Vec<String>,
}

impl Context {
    /// A context with the defaults for everything that a person may set.
    pub fn new(reference: DateTime, zone_name: &str) -> Result<Self, UnknownZone> {
        let zone = zone_named(zone_name)?;
        Ok(Self {
            reference,
            zone,
            zone_name: zone_name.to_owned(),
            date_order: DateOrder::default(),
            week_start: Weekday::Monday,
            next_weekday: NextWeekday::default(),
            dismissed: Vec::new(),
            dayparts: Dayparts::default(),
            known_people: Vec::new(),
            known_lists: Vec::new(),
        })
    }
}

/// A range of bytes in the original text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// Whether two spans share a byte.
    pub fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }
}

/// What a text says.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reading {
    /// At least one, unless the text is blank.
    pub items: Vec<Item>,
    /// How far the reading can be trusted; `Sure` means that nobody need be asked.
    pub confidence: Confidence,
    /// Whether the answer depends on the minute of the reference, not on its date alone.
    pub uses_clock: bool,
}

/// How far a reading can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// A guess was made, or the text contradicts itself.
    Unsure,
    /// A set hour or a rule of thumb was used, or words that may mean a time were left over.
    Likely,
    /// The text says exactly this.
    Sure,
}

/// What an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Something to do, with or without a date.
    Task,
    /// Something that takes place at a time: an appointment, or a range.
    Event,
    /// A remark or a quotation.
    Note,
}

/// One thing to do, to attend or to remember.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Item {
    /// Task, event or note.
    pub kind: Kind,
    /// The text without what was understood as a field.
    pub title: String,
    /// What follows `//`, or further lines.
    pub notes: Option<String>,
    /// People named, in the order of the text.
    pub people: Vec<String>,
    /// "at Cafe Roma".
    pub place: Option<String>,
    /// `#tag`, without the sign.
    pub tags: Vec<String>,
    /// `~list` or `/list`, without the sign.
    pub list: Option<String>,
    /// 1 urgent, 2 high, 3 medium, 4 low.
    pub priority: Option<u8>,
    /// When it is or is due.
    pub when: Option<When>,
    /// How it repeats.
    pub recurrence: Option<Recurrence>,
    /// Minutes before the start at which to remind.
    pub reminder_minutes: Option<i32>,
    /// How long it is thought to take.
    pub estimate_minutes: Option<i32>,
    /// `+name`, or "assign to NAME".
    pub assignee: Option<String>,
    /// Every span that was understood, in the order of the text.
    pub spans: Vec<SpanRead>,
}

/// What the date of an item means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// It is done or takes place then.
    Start,
    /// It must be finished by then.
    Due,
    /// It cannot begin earlier.
    NotBefore,
}

/// Why the civil time of an answer differs from the text, or which of two was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Shift {
    /// The time does not exist on that day; it was moved forward by the gap.
    Gap,
    /// The time exists twice on that day; the first is meant.
    Fold,
}

/// When an item is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct When {
    /// Start, due or not before.
    pub role: Role,
    /// Local time; midnight when `all_day`.
    pub start: DateTime,
    /// Local end; the last day when `all_day`.
    pub end: Option<DateTime>,
    /// Whether only the day was said.
    pub all_day: bool,
    /// IANA name, only where the text named a zone; `start` and `end` are local to it.
    pub zone: Option<String>,
    /// Set where daylight saving time bent the answer.
    pub shifted: Option<Shift>,
}

/// What the next occurrence is counted from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Anchor {
    /// The date it was due ("every 3 days").
    Due,
    /// The day it was done ("every! 3 days").
    Completion,
}

/// How an item repeats.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Recurrence {
    /// RFC 5545 RRULE value, without the name; UNTIL is a date.
    pub rrule: String,
    /// Due date or completion.
    pub anchor: Anchor,
    /// Days left out ("except 24 Dec").
    pub exdates: Vec<Date>,
    /// The clock time said for every occurrence.
    pub time: Option<Time>,
}

/// What a span was understood as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// A day or a range of days; with its hour where the same words say both ("tonight").
    Day,
    /// A clock time or a range of times.
    Hour,
    /// A person.
    Who,
    /// The person it is given to.
    Assignee,
    /// A place.
    Place,
    /// A tag.
    Tag,
    /// A list.
    List,
    /// A priority.
    Priority,
    /// A recurrence or a part of it.
    Repeat,
    /// A reminder.
    Reminder,
    /// A duration.
    Estimate,
    /// A time zone.
    Zone,
    /// Notes.
    Note,
    /// Words kept as they are.
    Quote,
}

/// One span of the text and what it was understood as.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SpanRead {
    /// Where.
    pub span: Span,
    /// As what.
    pub field: Field,
    /// In words ("Tue 24 Nov", "1:00 pm").
    pub text: String,
    /// Whether the title leaves it out. People and places stay in it.
    pub cut: bool,
    /// Other readings of these words, most likely first: days on a day, halves of the day on an
    /// hour.
    pub alternatives: Vec<Alternative>,
}

/// Another reading of a span.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Alternative {
    /// In words ("8:00 pm").
    pub label: String,
    /// The start that the item would have.
    pub start: DateTime,
}
