//! Labelled cases: every line of `cases/*.txt` is read and compared.
//!
//! Line: `text | context | expected`. The context names one of the references below; expected is
//! `none` or fields separated by spaces: a start (`2026-11-24` or `2026-11-24T13:00`), `..END`,
//! `rrule=`, `time=`, and, in double quotes, the title; further fields are `key=value`.
//! Fields that are not named are not compared, but for the start and the rule, which always are.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use jiff::civil::DateTime;
use kairo_capture::{Context, DateOrder, Item, Kind, Reading, Role, When, read};
use std::fmt::Write as _;

/// The contexts that cases name.
fn context(name: &str) -> Context {
    let (reference, zone, order) = match name {
        "us" => ("2026-11-23T09:00:00", "America/New_York", DateOrder::Mdy),
        "eu" => ("2026-11-23T09:00:00", "Europe/Berlin", DateOrder::Dmy),
        "late" => ("2027-03-19T20:30:00", "Europe/London", DateOrder::Dmy),
        "spring" => ("2027-03-12T12:00:00", "America/New_York", DateOrder::Mdy),
        "autumn" => ("2026-10-30T12:00:00", "America/New_York", DateOrder::Mdy),
        "leap" => ("2028-02-27T08:15:00", "UTC", DateOrder::Dmy),
        other => panic!("no context is named {other:?}"),
    };
    let mut context = Context::new(reference.parse::<DateTime>().unwrap(), zone).unwrap();
    context.date_order = order;
    context
}

fn moment(when: &When, at: DateTime) -> String {
    if when.all_day {
        at.date().to_string()
    } else if at.second() == 0 {
        at.strftime("%Y-%m-%dT%H:%M").to_string()
    } else {
        at.strftime("%Y-%m-%dT%H:%M:%S").to_string()
    }
}

fn role(role: Role) -> &'static str {
    match role {
        Role::Start => "start",
        Role::Due => "due",
        Role::NotBefore => "not_before",
    }
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Task => "task",
        Kind::Event => "event",
        Kind::Note => "note",
    }
}

/// The value of a field of an item, as cases write it.
fn field(reading: &Reading, item: &Item, key: &str) -> String {
    let number = |value: Option<i32>| value.map_or("none".to_owned(), |value| value.to_string());
    let text =
        |value: &Option<String>| value.clone().unwrap_or("none".to_owned()).replace(' ', "_");
    match key {
        "time" => {
            item.recurrence.as_ref().and_then(|rule| rule.time).map_or("none".to_owned(), |time| {
                format!("{:02}:{:02}", time.hour(), time.minute())
            })
        }
        "ex" => item.recurrence.as_ref().map_or(String::new(), |rule| {
            rule.exdates.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
        }),
        "anchor" => {
            format!("{:?}", item.recurrence.as_ref().map(|rule| rule.anchor)).to_lowercase()
        }
        "people" => item.people.join(",").replace(' ', "_"),
        "tags" => item.tags.join(","),
        "list" => text(&item.list),
        "place" => text(&item.place),
        "notes" => text(&item.notes),
        "assignee" => text(&item.assignee),
        "priority" => number(item.priority.map(i32::from)),
        "estimate" => number(item.estimate_minutes),
        "reminder" => number(item.reminder_minutes),
        "role" => item.when.as_ref().map_or("none", |when| role(when.role)).to_owned(),
        "zone" => text(&item.when.as_ref().and_then(|when| when.zone.clone())),
        "shift" => format!("{:?}", item.when.as_ref().and_then(|when| when.shifted)).to_lowercase(),
        "kind" => kind(item.kind).to_owned(),
        "items" => reading.items.len().to_string(),
        "confidence" => format!("{:?}", reading.confidence).to_lowercase(),
        "clock" => reading.uses_clock.to_string(),
        other => panic!("no field is named {other:?}"),
    }
}

/// What is wrong with a reading, if anything.
fn fault(reading: &Reading, expected: &str) -> Option<String> {
    let item = reading.items.first()?;
    let start = item.when.as_ref().map(|when| moment(when, when.start));
    let end = item.when.as_ref().and_then(|when| when.end.map(|end| moment(when, end)));
    let rule = item.recurrence.as_ref().map(|rule| rule.rrule.clone());
    let (fields, title) = match expected.split_once('"') {
        Some((fields, title)) => {
            (fields, Some(title.trim_end().strip_suffix('"').unwrap_or(title)))
        }
        None => (expected, None),
    };
    let (mut wanted_start, mut wanted_rule, mut wanted_end) = (None, None, None);
    let mut faults = String::new();
    for word in fields.split_whitespace() {
        match word.split_once('=') {
            Some(("rrule", rule)) => wanted_rule = Some(rule.to_owned()),
            Some((key, value)) => {
                let found = field(reading, item, key);
                if found != value {
                    let _ = write!(faults, " {key}={found}");
                }
            }
            None if word.starts_with("..") => {
                wanted_end = Some(word.trim_start_matches('.').to_owned());
            }
            None if word == "none" => {}
            None => wanted_start = Some(word.to_owned()),
        }
    }
    if start != wanted_start {
        let _ = write!(faults, " start={start:?}");
    }
    if rule != wanted_rule {
        let _ = write!(faults, " rrule={rule:?}");
    }
    if (wanted_end.is_some() || fields.contains("none")) && end != wanted_end {
        let _ = write!(faults, " end={end:?}");
    }
    if title.is_some_and(|title| title != item.title) {
        let _ = write!(faults, " title={:?}", item.title);
    }
    (!faults.is_empty()).then_some(faults)
}

// Goal: every labelled case reads as labelled, and there are enough of them.
#[test]
fn labelled_cases_read_as_labelled() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/cases");
    let mut files: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    let (mut cases, mut negatives) = (0, 0);
    let mut faults = String::new();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        for line in text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with("# ")) {
            let mut parts = line.rsplitn(3, " | ");
            let (expected, name, text) =
                (parts.next().unwrap(), parts.next().unwrap(), parts.next().expect(line));
            let reading = read(text, &context(name.trim()));
            cases += 1;
            negatives += usize::from(expected.trim_start().starts_with("none"));
            if let Some(fault) = fault(&reading, expected) {
                let _ = writeln!(
                    faults,
                    "{}: {line}\n    read:{fault}",
                    file.file_name().unwrap().display()
                );
            }
        }
    }
    assert!(faults.is_empty(), "{} of {cases} cases fail:\n{faults}", faults.lines().count() / 2);
    assert!(cases >= 1_500, "only {cases} cases");
    assert!(negatives >= 400, "only {negatives} cases without a date");
}
