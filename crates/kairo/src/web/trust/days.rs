//! What each of the last 90 days came to, for a claim as a whole.
//!
//! **Invariant:** a day is as good as the worst of the claim's checks on it, and a failure lasts
//! until a pass: a day without a run is not a day without a fault.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::Look;
use super::words;
use crate::trust::controls::STRIP_DAYS;
use crate::trust::controls::catalogue::{Check, Claim, Detail, Kind, Lifecycle, Runner};
use crate::trust::controls::queries::DayRow;
use crate::web::views::trust::{Bar, DayRow as DayWords};

/// What a day came to, the best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Came {
    /// Every check passed, or its last pass still counted.
    Verified,
    /// A person's word counted.
    Attested,
    /// There was no evidence yet.
    Nothing,
    /// No check ran in its time.
    Overdue,
    /// A check could not tell.
    Unsure,
    /// A check found a fault, or the one before was not cleared.
    Failing,
}

impl Came {
    const ALL: [Self; 6] =
        [Self::Verified, Self::Failing, Self::Unsure, Self::Overdue, Self::Attested, Self::Nothing];

    fn word(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Attested => "attested",
            Self::Nothing => "no evidence yet",
            Self::Overdue => "not verified",
            Self::Unsure => "could not tell",
            Self::Failing => "failing",
        }
    }
}

/// A day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Day {
    /// Which, UTC.
    pub(super) date: Date,
    /// What it came to.
    pub(super) came: Came,
    /// Runs on it that are on record.
    runs: i64,
    /// Those of them that found a fault.
    faults: i64,
}

impl Day {
    /// Its bar.
    pub(super) fn bar(&self) -> Bar {
        match self.came {
            Came::Verified => Bar::Up,
            Came::Attested => Bar::Hollow,
            Came::Nothing => Bar::None,
            Came::Overdue => Bar::Short,
            Came::Unsure => Bar::Unsure,
            Came::Failing => Bar::Down,
        }
    }
}

/// The last days of a claim, the oldest first; none where no check runs or none can be read.
pub(super) fn days(look: &Look<'_>, claim: &Claim, rows: &[DayRow]) -> Vec<Day> {
    let runs = claim.lifecycle == Lifecycle::Live && claim.kind != Kind::Promise;
    if !runs || look.known.is_err() {
        return Vec::new();
    }
    let today = look.today();
    let dates = (0..STRIP_DAYS).rev().map(|back| days_before(today, back));
    let mut days: Vec<Day> =
        dates.map(|date| Day { date, came: Came::Verified, runs: 0, faults: 0 }).collect();
    for check in claim.checks.iter().filter_map(|id| look.page.catalogue.check(id)) {
        match check.runner {
            Runner::Attestation => vouched(look, claim, &mut days),
            _ => checked(check, rows, &mut days),
        }
    }
    days
}

fn days_before(day: Date, back: i32) -> Date {
    day.saturating_sub(SignedDuration::from_hours(24 * i64::from(back)))
}

fn vouched(look: &Look<'_>, claim: &Claim, days: &mut [Day]) {
    let date = |at: Timestamp| at.to_zoned(TimeZone::UTC).date();
    let statements = look.known.as_ref().ok().map(|known| known.statements.as_slice());
    let own: Vec<(Date, Date)> = statements
        .into_iter()
        .flatten()
        .filter(|it| !it.is_exception && it.claim == claim.id)
        .map(|it| (date(it.made_at), date(it.until)))
        .collect();
    for day in days {
        let came = if own.iter().any(|(made, until)| *made <= day.date && day.date < *until) {
            Came::Attested
        } else if own.iter().any(|(made, _)| *made <= day.date) {
            Came::Overdue
        } else {
            Came::Nothing
        };
        day.came = day.came.max(came);
    }
}

/// What a check last came to, and on which day.
type Last = Option<(Date, Came)>;

fn checked(check: &Check, rows: &[DayRow], days: &mut [Day]) {
    let mut last: Last = None;
    for day in days {
        let of_day = rows.iter().filter(|row| row.check_id == check.id && row.day == day.date);
        let (mut passes, mut faults, mut others) = (0, 0, 0);
        for row in of_day {
            match row.outcome.as_str() {
                "pass" => passes += row.runs,
                "fail" => faults += row.runs,
                _ => others += row.runs,
            }
        }
        day.runs += passes + faults + others;
        day.faults += faults;
        let came = match (passes, faults, others) {
            (0, 0, 0) => carried(check, last, day.date),
            (_, 1.., _) => Came::Failing,
            (1.., _, _) => Came::Verified,
            _ => Came::Unsure,
        };
        day.came = day.came.max(came);
        if passes + faults + others > 0 {
            // Which came last on a mixed day is not told here: a pass is what clears a failure.
            last = Some((day.date, if passes > 0 { Came::Verified } else { came }));
        }
    }
}

/// What a day without a run is: what came before lasts as long as its evidence counts.
fn carried(check: &Check, last: Last, day: Date) -> Came {
    match last {
        None => Came::Nothing,
        Some((_, Came::Failing)) => Came::Failing,
        Some((at, Came::Verified)) => {
            let days = at.until(day).map_or(0, |span| i64::from(span.get_days()));
            let counts = SignedDuration::from_hours(24 * days) <= check.max_age;
            if counts { Came::Verified } else { Came::Overdue }
        }
        Some(_) => Came::Overdue,
    }
}

/// "The last 90 days: verified on 81, failing on 1."
pub(super) fn in_words(days: &[Day]) -> String {
    let counts = Came::ALL.iter().filter_map(|came| {
        match days.iter().filter(|day| day.came == *came).count() {
            0 => None,
            count => Some(format!("{} on {count}", came.word())),
        }
    });
    format!("The last {} days: {}.", days.len(), counts.collect::<Vec<_>>().join(", "))
}

/// Days in a row that came to the same, the newest first.
pub(super) fn grouped(today: Date, detail: Detail, days: &[Day]) -> Vec<DayWords> {
    let groups = days.chunk_by(|day, next| day.came == next.came);
    let mut rows: Vec<DayWords> = groups
        .filter_map(|group| {
            let (first, last) = (group.first()?, group.last()?);
            Some(DayWords {
                days: range(first.date, last.date, today),
                state: first.came.word(),
                why: why(first.came, detail, group),
            })
        })
        .collect();
    rows.reverse();
    rows
}

fn why(came: Came, detail: Detail, group: &[Day]) -> String {
    let runs: i64 = group.iter().map(|day| day.runs).sum();
    let faults: i64 = group.iter().map(|day| day.faults).sum();
    let number = |count: i64| words::number(i32::try_from(count).unwrap_or(i32::MAX));
    match came {
        Came::Verified if runs > 0 => format!("{} on record", counted(runs, "run")),
        Came::Verified => "the evidence before still counted".to_owned(),
        Came::Attested => "a person vouched for it".to_owned(),
        Came::Nothing => "this claim had no evidence yet".to_owned(),
        Came::Overdue => "no check ran in its time".to_owned(),
        Came::Unsure => "a check ran and could not tell".to_owned(),
        Came::Failing if detail == Detail::None || runs == 0 => "a check found a fault".to_owned(),
        Came::Failing => {
            format!("{} of {} found a fault", number(faults), counted(runs, "run"))
        }
    }
}

fn counted(count: i64, one: &str) -> String {
    let number = words::number(i32::try_from(count).unwrap_or(i32::MAX));
    format!("{number} {one}{}", if count == 1 { "" } else { "s" })
}

/// "25 Oct", "26 to 31 Aug", "26 Aug to 3 Sep".
fn range(first: Date, last: Date, today: Date) -> String {
    let last_words = words::short_day(last, today);
    if first == last {
        return last_words;
    }
    match first.month() == last.month() {
        true => format!("{} to {last_words}", first.day()),
        false => format!("{} to {last_words}", words::short_day(first, today)),
    }
}
