//! What a person used, as their meter shows it: this hour, this month, and day by day.
//!
//! **Invariant:** all of it is a copy for the eye, counted by the database's clock; nothing decides
//! by it.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp};

use super::Standing;
use super::queries::{AnswerRow, DayRow, MonthRow, MyDays, MyMonth, MyStanding};

/// Days that the chart shows, today among them.
pub const USAGE_DAYS: i32 = 30;

/// Before this much of a month has gone, its pace says nothing.
const PACE_AFTER: SignedDuration = SignedDuration::from_hours(24);

/// One UTC day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    /// Which.
    pub date: Date,
    /// Calls that the normal model answered.
    pub normal: i32,
    /// Calls that the small one answered.
    pub small: i32,
}

impl Day {
    /// Calls to either model.
    pub fn calls(&self) -> i32 {
        self.normal.saturating_add(self.small)
    }
}

/// What this month's credits went to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Month {
    /// Thoughts that a model read.
    pub captures: i32,
    /// Calls by API tokens.
    pub chats: i32,
    /// Thoughts that a kept answer served, for nothing.
    pub hits: i32,
}

/// All that a meter shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Used {
    /// Both windows.
    pub standing: Standing,
    /// Each of the last days, the oldest first.
    pub days: Vec<Day>,
    /// This month.
    pub month: Month,
}

/// Where the pace of a month so far leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// So many credits will be used when it ends.
    Reaches(i32),
    /// They are used up at this moment.
    RunsOut(Timestamp),
}

/// The statements of [`used`], for a page that reads more with them.
pub fn statements() -> (MyStanding, MyDays, MyMonth) {
    (MyStanding {}, MyDays { days: USAGE_DAYS }, MyMonth {})
}

/// What the rows say; `None` where they are nobody's.
pub fn used(standing: &[AnswerRow], days: Vec<DayRow>, month: &[MonthRow]) -> Option<Used> {
    let days = days.into_iter().map(|row| {
        let small = row.small.clamp(0, row.calls.max(0));
        Day { date: row.day, normal: row.calls.saturating_sub(small), small }
    });
    let month =
        month.first().map(|row| Month { captures: row.captures, chats: row.chats, hits: row.hits });
    Some(Used {
        standing: standing.first().and_then(Standing::of)?,
        days: days.collect(),
        month: month.unwrap_or_default(),
    })
}

impl Standing {
    /// When the month began.
    pub fn month_start(&self) -> Timestamp {
        let end = TimeZone::UTC.to_datetime(self.month.end);
        let start = end.checked_sub(Span::new().months(1)).unwrap_or(end);
        TimeZone::UTC.to_timestamp(start).unwrap_or(self.month.end)
    }

    /// How many credits an even pace would have used by now.
    pub fn even(&self) -> i32 {
        let (gone, whole) = self.seconds();
        clamped(i128::from(self.month.cap) * gone / whole)
    }

    /// Where the pace so far leads; `None` while the month is young, or nothing was used.
    pub fn pace(&self) -> Option<Pace> {
        let start = self.month_start();
        if self.counted_at.duration_since(start) < PACE_AFTER || self.month.used <= 0 {
            return None;
        }
        let (gone, whole) = self.seconds();
        let used = i128::from(self.month.used);
        let reached = used * whole / gone.max(1);
        if reached <= i128::from(self.month.cap) {
            return Some(Pace::Reaches(clamped(reached)));
        }
        let until = i128::from(self.month.cap.max(0)) * gone / used;
        let until = SignedDuration::from_secs(i64::try_from(until).ok()?);
        start.checked_add(until).ok().map(Pace::RunsOut)
    }

    /// Seconds of the month that have gone, and all of them.
    fn seconds(&self) -> (i128, i128) {
        let start = self.month_start();
        let since = |at: Timestamp| i128::from(at.duration_since(start).as_secs());
        (since(self.counted_at).max(0), since(self.month.end).max(1))
    }
}

fn clamped(count: i128) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}
