//! A change of the whole series, or of one occurrence and those after it.
//!
//! **Invariant:** a series that is split happens as often as before: the first part ends before
//! the occurrence, the second begins with it and has what is left of a bound.
//! **Invariant:** a series moves to another day only where its rule can say so; else the change is
//! refused, for a start that the rule does not give would be another series.

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::{Span, Timestamp, Unit};

use super::draft::{Amendment, Draft, fit, words_of};
use super::occurrence::{Override, Times};
use super::when::{Repeat, When};
use super::{Fault, ItemError, State, Status, series};

/// What follows a series that was ended.
pub struct Rest {
    /// The item that goes on.
    pub state: State,
    /// What differs in it; each needs an id of its own.
    pub overrides: Vec<Override>,
}

impl Draft {
    /// Changes the whole series as one occurrence was changed.
    pub fn amend_all(
        &mut self,
        original: DateTime,
        by: &Amendment,
        now: Timestamp,
    ) -> Result<(), ItemError> {
        let found = self.series().and_then(|series| series.find(original));
        found.ok_or(ItemError::NotFound)?;
        self.yield_to(original, by);
        self.state.body = words_of(&self.state.body, by).map_err(ItemError::Invalid)?;
        let (Some(when), Some(repeat)) = (self.state.when.clone(), self.state.repeat.clone())
        else {
            return Err(ItemError::NotFound);
        };
        let Some(times) = by.times.clone() else { return Ok(()) };
        let times = fit(&when, times).map_err(|fault| ItemError::Invalid(vec![fault]))?;
        let shift =
            Shift::of(&repeat, original, &times).map_err(|f| ItemError::Invalid(vec![f]))?;
        let (moved, repeat) = shift.series(&when, &repeat, &times);
        let old_start = when.start;
        (self.state.when, self.state.repeat) = (Some(moved), Some(repeat));
        self.rename(old_start, |name| shift.name(name));
        // It may begin now where something is done already.
        self.move_on(now);
        Ok(())
    }

    /// Ends the series before an occurrence; what is left of it goes on, changed. `None` where
    /// nothing lies before, and the whole was changed instead.
    pub fn amend_following(
        &mut self,
        original: DateTime,
        by: &Amendment,
        now: Timestamp,
    ) -> Result<Option<Rest>, ItemError> {
        let refuse = |fault| ItemError::Invalid(vec![fault]);
        let found = self.series().and_then(|series| series.find(original));
        found.ok_or(ItemError::NotFound)?;
        let (Some(when), Some(repeat)) = (self.state.when.clone(), self.state.repeat.clone())
        else {
            return Err(ItemError::NotFound);
        };
        if original < when.start {
            return Err(refuse(lies_back()));
        }
        if original == when.start {
            self.amend_all(original, by, now)?;
            return Ok(None);
        }
        let (ended, left) = split(&when, &repeat, original).ok_or_else(|| refuse(too_far()))?;
        let from_here = series::starting(&when, original);
        let mut state = self.state.clone();
        (state.status, state.done_at) = (Status::Open, None);
        (state.when, state.repeat) = (Some(from_here), Some(left));
        let kept = self.overrides().iter().filter(|own| own.original >= original);
        let mut rest = Self::new(state, kept.cloned().collect(), uuid::Uuid::nil());
        rest.amend_all(original, by, now)?;
        rest.move_on(now);
        self.state.repeat = Some(ended);
        let overrides = rest.overrides().to_vec();
        Ok(Some(Rest { state: rest.state, overrides }))
    }
}

fn lies_back() -> Fault {
    let message = "This one lies before what is left of the series. Change only this one.";
    Fault { field: "scope", code: "lies_back", message: message.to_owned() }
}

fn too_far() -> Fault {
    let message = "The series happens too often before this one to be ended there.";
    Fault { field: "scope", code: "too_far", message: message.to_owned() }
}

/// The rule that ends before an occurrence, and the rule that goes on with it.
pub(super) fn split(when: &When, repeat: &Repeat, original: DateTime) -> Option<(Repeat, Repeat)> {
    let mut before = series::times(when, repeat, when.start, original, series::STEPS_MAX);
    if before.pop() != Some(original) {
        return None;
    }
    // The start is the first one, whatever the rule says.
    if before.first() != Some(&when.start) {
        before.insert(0, when.start);
    }
    let last = *before.last()?;
    let passed = u32::try_from(before.len()).ok()?;
    let part = |name: &str| repeat.rrule.split(';').find(|part| part.starts_with(name));
    let others: Vec<&str> = repeat
        .rrule
        .split(';')
        .filter(|part| !part.starts_with("COUNT=") && !part.starts_with("UNTIL="))
        .collect();
    let ended = |bound: String| format!("{};{bound}", others.join(";"));
    let counted = part("COUNT=").is_some();
    let left =
        series::counted(&repeat.rrule, |count| count.checked_sub(passed).filter(|left| *left > 0))?;
    // A rule is read with whole days, so one that happens twice a day is ended by its number.
    let by_number = counted || last.date() == original.date();
    let ended = if by_number {
        ended(format!("COUNT={passed}"))
    } else {
        ended(format!("UNTIL={}", last.date().strftime("%Y%m%d")))
    };
    let (earlier, later) = repeat.exdates.iter().partition(|at| **at < original);
    let part = |rrule, exdates| Repeat { rrule, exdates, ..repeat.clone() };
    Some((part(ended, earlier), part(left, later)))
}

/// Whether a rule says at which hours it happens, so that its start alone does not.
pub(super) fn has_hours(rrule: &str) -> bool {
    Rule::of(rrule).has_hours()
}

/// How a series moves when one of its occurrences is moved and all shall follow.
struct Shift {
    days: i64,
    /// Those alone move by days: the others of a week stay where they are.
    only: Option<Weekday>,
    time: Option<Time>,
    rrule: String,
}

impl Shift {
    fn of(repeat: &Repeat, original: DateTime, times: &Times) -> Result<Self, Fault> {
        let (from, to) = (original.date(), times.start.date());
        let days = from.until((Unit::Day, to)).map_or(0, |span| i64::from(span.get_days()));
        let rule = Rule::of(&repeat.rrule);
        let same_hour = original.time() == times.start.time();
        if rule.has_hours() && !same_hour {
            return Err(cannot("BYHOUR"));
        }
        let rrule = if days == 0 {
            repeat.rrule.clone()
        } else {
            rule.on(from, to).ok_or_else(|| cannot("day"))?
        };
        let only =
            (rule.frequency() == "WEEKLY" && rule.part("BYDAY").is_some()).then(|| from.weekday());
        let time = (!rule.has_hours()).then(|| times.start.time());
        Ok(Self { days, only, time, rrule })
    }

    fn name(&self, at: DateTime) -> DateTime {
        let moves = self.only.is_none_or(|day| day == at.weekday());
        let days = if moves { self.days } else { 0 };
        let date = at.date().checked_add(Span::new().days(days)).unwrap_or(at.date());
        date.to_datetime(self.time.unwrap_or(at.time()))
    }

    fn series(&self, when: &When, repeat: &Repeat, times: &Times) -> (When, Repeat) {
        let length = times.end.map(|end| end.duration_since(times.start));
        let repeat = Repeat {
            rrule: self.rrule.clone(),
            exdates: repeat.exdates.iter().map(|at| self.name(*at)).collect(),
            ..repeat.clone()
        };
        let start = self.first(self.name(when.start), when, &repeat);
        let end = length.and_then(|length| start.checked_add(length).ok());
        (When { start, end, all_day: times.all_day, ..when.clone() }, repeat)
    }

    /// The start itself must be one that the rule gives: the second Tuesday and the third Wednesday
    /// are not as far apart in every month.
    fn first(&self, start: DateTime, when: &When, repeat: &Repeat) -> DateTime {
        let rule = Rule::of(&repeat.rrule);
        let by_month = matches!(rule.frequency(), "MONTHLY" | "YEARLY");
        // A rule that names no day takes it from the start.
        let names_day = rule.part("BYDAY").or(rule.part("BYMONTHDAY")).is_some();
        if self.days == 0 || repeat.from_completion || !by_month || !names_day {
            return start;
        }
        let from = start.first_of_month();
        let there = When { start: from, ..when.clone() };
        let to = from.checked_add(series::AHEAD).unwrap_or(from);
        series::times(&there, repeat, from, to, 1).first().copied().unwrap_or(start)
    }
}

fn cannot(what: &str) -> Fault {
    let message = if what == "day" {
        "All of this series cannot move to that day by itself. Move only this one, or write the \
         series anew, such as every Tuesday 9am."
    } else {
        "This series has its hours in its rule. Move only this one, or write the series anew."
    };
    Fault { field: "start", code: "rule_stays", message: message.to_owned() }
}

/// The parts of a rule.
struct Rule<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Rule<'a> {
    fn of(rrule: &'a str) -> Self {
        Self(rrule.split(';').filter_map(|part| part.split_once('=')).collect())
    }

    fn part(&self, name: &str) -> Option<&'a str> {
        self.0.iter().find(|(part, _)| *part == name).map(|(_, value)| *value)
    }

    fn frequency(&self) -> &'a str {
        self.part("FREQ").unwrap_or_default()
    }

    fn has_hours(&self) -> bool {
        self.part("BYHOUR").is_some() || matches!(self.frequency(), "HOURLY" | "MINUTELY")
    }

    /// The rule for occurrences that stand on `to` instead of `from`; `None` where it cannot be
    /// said.
    fn on(&self, from: Date, to: Date) -> Option<String> {
        let parts = ["BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS"].map(|name| self.part(name));
        let month = to.month().to_string();
        // Of several months the others would be lost.
        let one_month = |months: &str| months.parse::<i8>().is_ok();
        if parts.get(2).copied().flatten().is_some_and(|months| !one_month(months)) {
            return None;
        }
        let new: Vec<(&str, String)> = match (self.frequency(), parts) {
            (_, [None, None, None, None]) => vec![],
            ("WEEKLY", [Some(days), None, None, None]) => {
                // Across a Sunday the others of the week would fall into another one.
                let monday = |day: Date| {
                    day.checked_sub(Span::new().days(day.weekday().to_monday_zero_offset()))
                };
                let apart = monday(from).ok() != monday(to).ok();
                if days.contains(',') && apart {
                    return None;
                }
                vec![("BYDAY", weekdays(days, from.weekday(), to.weekday())?)]
            }
            ("MONTHLY", [None, Some(day), None, None]) => {
                vec![("BYMONTHDAY", month_day(day, to)?)]
            }
            ("MONTHLY", [Some(day), None, None, None]) => vec![("BYDAY", nth(day, to)?)],
            ("YEARLY", [None, None, Some(_), None]) => vec![("BYMONTH", month)],
            ("YEARLY", [None, Some(day), Some(_), None]) => {
                vec![("BYMONTH", month), ("BYMONTHDAY", month_day(day, to)?)]
            }
            ("YEARLY", [Some(day), None, Some(_), None]) => {
                vec![("BYMONTH", month), ("BYDAY", nth(day, to)?)]
            }
            _ => return None,
        };
        let parts = self.0.iter().map(|(name, value)| {
            let new = new.iter().find(|(other, _)| other == name);
            format!("{name}={}", new.map_or(*value, |(_, value)| value.as_str()))
        });
        Some(parts.collect::<Vec<_>>().join(";"))
    }
}

const DAYS: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

fn code(day: Weekday) -> &'static str {
    let at = usize::try_from(day.to_monday_zero_offset()).unwrap_or_default();
    DAYS.get(at).copied().unwrap_or("MO")
}

/// The days of a week with one in place of another, each once, in order.
fn weekdays(list: &str, from: Weekday, to: Weekday) -> Option<String> {
    let listed: Vec<&str> = list.split(',').collect();
    if !listed.contains(&code(from)) || !listed.iter().all(|day| DAYS.contains(day)) {
        return None;
    }
    let stays = |day: &&str| (listed.contains(day) && *day != code(from)) || *day == code(to);
    Some(DAYS.into_iter().filter(stays).collect::<Vec<_>>().join(","))
}

/// The day of the month; one from the end is not moved by a number of days.
fn month_day(day: &str, to: Date) -> Option<String> {
    day.parse::<i8>().ok().filter(|day| *day > 0).map(|_| to.day().to_string())
}

/// "2TU" on another day: which one of its month that is, counted from the same end.
fn nth(day: &str, to: Date) -> Option<String> {
    let (number, name) = day.split_at_checked(day.len().checked_sub(2)?)?;
    let number: i8 = number.parse().ok()?;
    DAYS.contains(&name).then_some(())?;
    let ordinal = if number > 0 {
        (to.day() - 1) / 7 + 1
    } else {
        -((to.days_in_month() - to.day()) / 7 + 1)
    };
    Some(format!("{ordinal}{}", code(to.weekday())))
}
