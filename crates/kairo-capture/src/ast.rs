//! What the grammar makes of words, before any calendar is asked.
//!
//! **Invariant:** nothing here depends on the reference; resolving does.

use crate::words::{Daypart, Holiday, Unit};
use jiff::civil::Weekday;

/// A length of time in calendar terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Dur {
    pub(crate) months: i32,
    pub(crate) days: i32,
    pub(crate) workdays: i32,
    pub(crate) seconds: i64,
}

impl Dur {
    /// Whether it is said in hours or less, and so moves the clock.
    pub(crate) fn is_clock(self) -> bool {
        self.seconds != 0
    }

    /// Minutes, for estimates and reminders; a day counts 24 hours.
    pub(crate) fn minutes(self) -> i32 {
        let days = i64::from(self.days) + i64::from(self.months) * 30 + i64::from(self.workdays);
        i32::try_from(days * 1_440 + self.seconds / 60).unwrap_or(i32::MAX)
    }

    pub(crate) fn plus(self, other: Self) -> Self {
        Self {
            months: self.months.saturating_add(other.months),
            days: self.days.saturating_add(other.days),
            workdays: self.workdays.saturating_add(other.workdays),
            seconds: self.seconds.saturating_add(other.seconds),
        }
    }

    pub(crate) fn negated(self) -> Self {
        Self {
            months: -self.months,
            days: -self.days,
            workdays: -self.workdays,
            seconds: -self.seconds,
        }
    }
}

/// Which of the days of one name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    Plain,
    This,
    Next,
    Last,
    /// "Friday after next".
    AfterNext,
    /// The day in the week that lies so many weeks ahead ("Friday next week").
    InWeek(i32),
}

/// Which month an ordinal is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Of {
    /// The soonest that gives a day to come.
    Soonest,
    /// A named month, perhaps of a named year.
    Month(i8, Option<i16>),
    /// So many months from this one.
    MonthsAhead(i32),
    /// So many years from this one.
    YearsAhead(i32),
    Year(i16),
}

/// What an ordinal counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Counted {
    Wd(Weekday),
    Day,
    Workday,
    Week,
    Weekend,
}

/// Which part of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Edge {
    Whole,
    Start,
    Middle,
    End,
}

/// A day as it was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Day {
    /// So many days from the reference.
    Rel(i32),
    Ymd {
        year: Option<i16>,
        month: i8,
        day: i8,
        wd: Option<Weekday>,
    },
    /// "3/4": the order is a setting.
    Numeric {
        first: i8,
        second: i8,
        year: Option<i16>,
        wd: Option<Weekday>,
    },
    /// "the 15th", of this or another month.
    Dom {
        day: i8,
        wd: Option<Weekday>,
        of: Of,
    },
    Month {
        month: i8,
        year: Option<i16>,
        edge: Edge,
        ahead: i32,
    },
    Wd(Weekday, Which),
    In(Dur),
    /// "two days after tomorrow".
    Plus(Box<Day>, Dur),
    /// The week, month, quarter, year or weekend so many ahead.
    Period {
        unit: Unit,
        ahead: i32,
        edge: Edge,
    },
    Nth {
        n: i8,
        what: Counted,
        of: Of,
    },
    Holiday(Holiday, Option<i16>, Which),
    Year(i16),
    /// The week that a day lies in.
    WeekOf(Box<Day>),
    /// "May 5 next year": a day of the year so many ahead.
    OfYear {
        base: Box<Day>,
        ahead: i32,
    },
    /// The last such weekday before a day, or the first after it.
    WdNear {
        wd: Weekday,
        base: Box<Day>,
        before: bool,
    },
}

/// Which half of the day a clock time is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Half {
    Am,
    Pm,
    /// Said on the 24-hour clock.
    Whole,
    /// Not said.
    Open,
}

/// A clock time as it was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Clock {
    pub(crate) hour: i8,
    pub(crate) minute: i8,
    pub(crate) second: i8,
    pub(crate) half: Half,
    /// A bare hour ("at 3"), which is weaker than "3:00".
    pub(crate) bare: bool,
}

/// A time of day as it was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hour {
    Clock(Clock),
    Part(Daypart, i8),
    /// End of business.
    Close,
}

/// A zone named in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ZoneName {
    Iana(String),
    /// Minutes east of UTC.
    Offset(i32),
}

/// What one part of a saying tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Aspect {
    Day,
    Hour,
    Zone,
    Lasting,
}

/// Where a part of a saying stands, in tokens; the word that leads it in belongs to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) aspect: Aspect,
    pub(crate) from: usize,
    pub(crate) to: usize,
}

/// Adds a part behind the others; one that goes on with the last widens it.
pub(crate) fn add_part(parts: &mut Vec<Part>, part: Part) {
    match parts.last_mut() {
        Some(last)
            if last.aspect == part.aspect
                || (last.aspect == Aspect::Hour && part.aspect == Aspect::Zone) =>
        {
            last.to = part.to;
        }
        _ => parts.push(part),
    }
}

/// A day, a time, or both.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Moment {
    pub(crate) day: Option<Day>,
    pub(crate) day_end: Option<Day>,
    pub(crate) hour: Option<Hour>,
    pub(crate) hour_end: Option<Hour>,
    /// "tomorrow morning at 8": settles the half of the clock.
    pub(crate) part: Option<Daypart>,
    pub(crate) zone: Option<ZoneName>,
    /// A distance from this very minute ("in 2 hours").
    pub(crate) from_now: Option<Dur>,
    /// "tonight": the day is today if nothing else says a day.
    pub(crate) tonight: bool,
    /// More days of a list ("mon, wed at 4").
    pub(crate) more_days: Vec<Day>,
    /// More hours of a list ("at 8am and 8pm").
    pub(crate) more_hours: Vec<Hour>,
    /// The other of two days ("Friday or Saturday"): the first is meant, and this one is offered.
    pub(crate) or_day: Option<Day>,
    /// Whether the unit was left out ("in 20" for minutes).
    pub(crate) guessed: bool,
    /// Where the day, the time and the rest were said, in the order of the text.
    pub(crate) parts: Vec<Part>,
}

/// The word that a moment was led in by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lead {
    None,
    On,
    At,
    In,
    For,
    Due,
    By,
    Until,
    After,
    From,
    Starting,
    Ending,
    Within,
}

/// A moment with its end and its role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WhenSaid {
    pub(crate) lead: Lead,
    pub(crate) from: Moment,
    pub(crate) to: Option<Moment>,
    pub(crate) lasting: Option<Dur>,
    /// "2 hours before noon": moves the moment.
    pub(crate) offset: Option<Dur>,
}

/// How often a repetition comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Freq {
    Minutely,
    Hourly,
    #[default]
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

/// A repetition as it was said; the parts of an RRULE that its own words give.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct RepeatSaid {
    pub(crate) freq: Freq,
    pub(crate) interval: u32,
    pub(crate) days: Vec<(i8, Weekday)>,
    pub(crate) month_days: Vec<i8>,
    pub(crate) months: Vec<i8>,
    pub(crate) set_pos: Option<i8>,
    pub(crate) count: Option<u32>,
    pub(crate) lasting: Option<Dur>,
    pub(crate) completion: bool,
    pub(crate) part: Option<Daypart>,
    pub(crate) holiday: Option<Holiday>,
    /// Hours that "twice a day" stands for, as parts of the day.
    pub(crate) hours: Vec<(Daypart, i8)>,
    /// Whether the days or the hours were spread by this crate rather than said.
    pub(crate) guessed: bool,
}

/// A repetition rule's exception.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct ExceptSaid {
    pub(crate) days: Vec<Day>,
    pub(crate) weekdays: Vec<Weekday>,
    pub(crate) months: Vec<i8>,
}

/// What one match says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Said {
    When(Box<WhenSaid>),
    Repeat(RepeatSaid),
    Except(ExceptSaid),
    Count(u32),
    Lasting(Dur),
    Estimate(Dur),
    Reminder(Dur),
    Priority(u8),
    Tag,
    List,
    Person,
    Assignee,
    /// Words such as "remind me to" that only lead in.
    LeadIn,
    /// A backslash before a word.
    Escape,
    Note,
}

/// How a match may be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Strength {
    /// By itself.
    Strong,
    /// Only beside another match, with nothing but a connective between.
    Beside,
    /// Only in a text that has another day, time or repetition.
    Somewhere,
}

/// A match over tokens `from..to`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Match {
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) said: Said,
    pub(crate) strength: Strength,
}
