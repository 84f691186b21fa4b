//! Where a claim stands, in words: one table of states, and the sentence on a mark.
//!
//! **Invariant:** every state has a word, a shape and an explanation; none is told by colour alone.
//! **Invariant:** of a failure the public reads that it is there and since when. Numbers come where
//! the catalogue allows them (`detail`), what failed never.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::Look;
use crate::trust::controls::catalogue::{Check, Claim, Detail, Kind, Lifecycle};
use crate::trust::controls::state::Counts;
use crate::trust::controls::{Standing, State};
use crate::web::views::trust::{Bar, ClaimMark};
use crate::web::views::words;

/// A state as it is shown: what is in progress has a mark of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
    /// In `data-state`, and the symbol's name.
    pub name: &'static str,
    /// The bold word of a mark.
    pub word: &'static str,
    /// In the legend.
    pub lower: &'static str,
    /// What it means.
    pub about: &'static str,
    /// Its bar in the map.
    pub bar: Bar,
}

/// Every state that is shown, in the order of the legend.
#[rustfmt::skip]
pub const SHOWN: [Shown; 9] = [
    Shown { name: "pass", word: "Verified", lower: "verified",
            about: "a check passed and is fresh", bar: Bar::Up },
    Shown { name: "fail", word: "Failing", lower: "failing",
            about: "a check found a fault", bar: Bar::Down },
    Shown { name: "stale", word: "Not verified", lower: "not verified",
            about: "a check is overdue", bar: Bar::Short },
    Shown { name: "inconclusive", word: "Could not tell", lower: "could not tell",
            about: "the check ran, but found nothing to test or did not end", bar: Bar::Unsure },
    Shown { name: "attested", word: "Attested", lower: "attested",
            about: "a person signed, with an end date", bar: Bar::Hollow },
    Shown { name: "exception", word: "Exception", lower: "exception",
            about: "a known gap with a reason and an end date", bar: Bar::Below },
    Shown { name: "progress", word: "In progress", lower: "in progress",
            about: "not done yet, and not counted", bar: Bar::Half },
    Shown { name: "never", word: "Not run yet", lower: "not run yet",
            about: "there is no evidence yet", bar: Bar::Low },
    Shown { name: "commitment", word: "Commitment", lower: "commitment",
            about: "a promise no check can prove", bar: Bar::Dot },
];

impl Shown {
    /// How a state of a claim is shown.
    pub fn of(claim: &Claim, state: State) -> Self {
        Self::named(if claim.lifecycle == Lifecycle::InProgress {
            "progress"
        } else {
            state.word()
        })
    }

    /// By its name; each that [`State::word`] can give is in the table.
    pub fn named(name: &str) -> Self {
        let [first, ..] = SHOWN;
        SHOWN.into_iter().find(|it| it.name == name).unwrap_or(first)
    }
}

/// The mark of a claim.
pub fn mark(look: &Look<'_>, claim: &Claim) -> ClaimMark {
    let standing = look.standing(claim);
    let shown = Shown::of(claim, standing.state);
    ClaimMark {
        id: claim.id.clone(),
        state: shown.name,
        word: shown.word,
        rest: rest(look, claim, &standing),
        is_current: false,
    }
}

/// What follows the bold word.
pub fn rest(look: &Look<'_>, claim: &Claim, standing: &Standing) -> String {
    if claim.lifecycle == Lifecycle::InProgress {
        return ", not done yet".to_owned();
    }
    let checks = look.checks(claim);
    // The claim stands with its worst check; the same standing tells which one that is.
    let check = checks.iter().find(|(_, it)| it == standing).map(|(check, _)| *check);
    told(look, claim.detail, check, standing)
}

/// The same for one check.
pub fn told(look: &Look<'_>, detail: Detail, check: Option<&Check>, standing: &Standing) -> String {
    let until = || standing.until.map(|at| short(at, look.now)).unwrap_or_default();
    match standing.state {
        State::Pass => {
            let age = standing.observed_at.map(|at| ago(at, look.now)).unwrap_or_default();
            format!(" {age}{}", counts(detail, standing.counts.as_ref()))
        }
        State::Fail => {
            let since = standing.since.map(|at| since(at, look.now)).unwrap_or_default();
            format!(" since {since}, being worked on")
        }
        State::Stale => overdue(look, check, standing),
        State::Inconclusive => format!(": {}", standing.reason),
        State::Attested => {
            let made = standing.since.map(|at| short(at, look.now)).unwrap_or_default();
            format!(" {made}, {}, to {}", standing.reason, until())
        }
        State::Exception => format!(" to {}: {}", until(), cut(&standing.reason)),
        State::Never => String::new(),
        State::Commitment => ", no check can prove it".to_owned(),
    }
}

fn overdue(look: &Look<'_>, check: Option<&Check>, standing: &Standing) -> String {
    let ended = standing.until.filter(|until| *until <= look.now);
    match (ended, standing.counts.is_some()) {
        (Some(at), true) => {
            let due = check.map(|it| format!(", expected {}", every(it.every)));
            format!(" since {}{}", since(at, look.now), due.unwrap_or_default())
        }
        (Some(at), false) => {
            format!(" since {}, an attestation has ended", since(at, look.now))
        }
        (None, _) => format!(": {}", standing.reason),
    }
}

/// ", 41 of 41 tables".
fn counts(detail: Detail, counts: Option<&Counts>) -> String {
    match counts.filter(|_| detail != Detail::None) {
        Some(it) => format!(", {} of {} {}", number(it.held), number(it.population), it.of),
        None => String::new(),
    }
}

/// "3,118".
pub fn number(count: i32) -> String {
    words::thousands(usize::try_from(count).unwrap_or_default())
}

/// Longest reason on a mark, in characters; the claim's own page has it whole.
const REASON_CHARS_MAX: usize = 60;

fn cut(reason: &str) -> String {
    if reason.chars().count() <= REASON_CHARS_MAX {
        return reason.to_owned();
    }
    let short: String = reason.chars().take(REASON_CHARS_MAX).collect();
    format!("{}…", short.trim_end())
}

/// "3 min ago", for what has been.
pub fn ago(then: Timestamp, now: Timestamp) -> String {
    let s = now.as_second() - then.as_second();
    match s {
        ..60 => "just now".to_owned(),
        60..3_600 => format!("{} min ago", s / 60),
        3_600..86_400 => format!("{} h ago", s / 3_600),
        86_400..172_800 => "1 day ago".to_owned(),
        _ => format!("{} days ago", s / 86_400),
    }
}

/// "09:12 UTC" of today, "Saturday" of this week, else "2 October".
pub fn since(then: Timestamp, now: Timestamp) -> String {
    let (then, today) = (then.to_zoned(TimeZone::UTC), now.to_zoned(TimeZone::UTC).date());
    let days = then.date().until(today).map_or(0, |span| span.get_days());
    match days {
        0 => format!("{:02}:{:02} UTC", then.hour(), then.minute()),
        1..=6 => words::weekday(then.date().weekday()).to_owned(),
        _ => words::day_month(then.date(), today),
    }
}

/// Farther away than this a day needs its year.
const YEAR_PLAIN_DAYS: i32 = 300;

/// "2 Feb", with the year where it could be another one's.
pub fn short(at: Timestamp, now: Timestamp) -> String {
    let date = |at: Timestamp| at.to_zoned(TimeZone::UTC).date();
    short_day(date(at), date(now))
}

/// The same for a day.
pub fn short_day(date: Date, today: Date) -> String {
    let month: String = words::month(date.month()).chars().take(3).collect();
    let days = today.until(date).map_or(0, |span| span.get_days());
    match days.abs() <= YEAR_PLAIN_DAYS {
        true => format!("{} {month}", date.day()),
        false => format!("{} {month} {}", date.day(), date.year()),
    }
}

/// "24 November 2026".
pub fn date(date: Date) -> String {
    format!("{} {} {}", date.day(), words::month(date.month()), date.year())
}

/// "24 November 2026, 15:39:07 UTC".
pub fn instant(at: Timestamp) -> String {
    let at = at.to_zoned(TimeZone::UTC);
    let (day, time) = (date(at.date()), at.time());
    format!("{day}, {:02}:{:02}:{:02} UTC", time.hour(), time.minute(), time.second())
}

/// "15:42 UTC".
pub fn minute(at: Timestamp) -> String {
    let at = at.to_zoned(TimeZone::UTC);
    format!("{:02}:{:02} UTC", at.hour(), at.minute())
}

/// "26 hours", "1 minute".
pub fn long(time: SignedDuration) -> String {
    let s = time.as_secs();
    let (count, one) = match s {
        ..60 => (s, "second"),
        60..3_600 => (s / 60, "minute"),
        // "1 hour" would hide the half that "90 minutes" says.
        3_600..86_400 if s % 3_600 != 0 => (s / 60, "minute"),
        // Days from three on: "26 hours" says more than "1 day".
        3_600..259_200 => (s / 3_600, "hour"),
        _ => (s / 86_400, "day"),
    };
    format!("{count} {one}{}", if count == 1 { "" } else { "s" })
}

/// "every hour", "every 5 minutes".
pub fn every(time: SignedDuration) -> String {
    match time.as_secs() {
        60 => "every minute".to_owned(),
        3_600 => "every hour".to_owned(),
        86_400 => "every day".to_owned(),
        604_800 => "every week".to_owned(),
        _ => format!("every {}", long(time)),
    }
}

/// How a claim is known, for the claim's page.
pub fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Measured => "measured on the running Kairo",
        Kind::Proved => "proved by running the code, for the program that runs",
        Kind::Provider => "told by a provider’s interface",
        Kind::Attested => "vouched for by a person, until a date",
        Kind::Clock => "counted from Kairo’s own records",
        Kind::Posture => "a statement about what is not there",
        Kind::Promise => "a promise, which no check can prove",
    }
}

/// The same in two words, for tables.
pub fn kind_short(kind: Kind) -> &'static str {
    match kind {
        Kind::Measured => "Measured",
        Kind::Proved => "Proved by code",
        Kind::Provider => "From a provider",
        Kind::Attested => "Attested",
        Kind::Clock => "By a clock",
        Kind::Posture => "Posture",
        Kind::Promise => "Promise",
    }
}
