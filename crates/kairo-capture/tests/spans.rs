//! What each chip shows: every line of `spans.txt` is read and compared.
//!
//! Line: `text | start | chips | title`, read on Monday 23 November 2026, 10:42 am, in New York. A
//! chip is `field[words]=what it shows`, its other readings in brackets. A line that begins with
//! `keep` is the text above it with these words dismissed.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use jiff::civil::DateTime;
use kairo_capture::{Context, Field, Reading, Span, SpanRead, When, read};
use std::fmt::Write as _;

fn context() -> Context {
    let reference: DateTime = "2026-11-23T10:42".parse().unwrap();
    Context::new(reference, "America/New_York").unwrap()
}

fn chip(text: &str, read: &SpanRead) -> String {
    let field = serde_json::to_value(read.field).unwrap();
    let words = text.get(read.span.start..read.span.end).unwrap();
    let mut chip = format!("{}[{words}]={}", field.as_str().unwrap(), read.text);
    if !read.alternatives.is_empty() {
        let others: Vec<_> = read.alternatives.iter().map(|other| other.label.clone()).collect();
        let _ = write!(chip, " ({})", others.join(", "));
    }
    chip
}

fn shown(text: &str, reading: &Reading) -> String {
    let item = reading.items.first().unwrap();
    let day = |when: &When| when.start.date().to_string();
    let start = match &item.when {
        Some(when) if when.all_day => day(when),
        Some(when) => when.start.strftime("%Y-%m-%dT%H:%M").to_string(),
        None => "none".to_owned(),
    };
    let chips: Vec<_> = item.spans.iter().map(|read| chip(text, read)).collect();
    format!("{start} | {} | {}", chips.join("; "), item.title)
}

// Goal: the day and the hour have chips of their own, and each can be taken back alone.
#[test]
fn chips_show_what_their_words_say() {
    let mut above = "";
    let mut faults = String::new();
    for line in include_str!("spans.txt").lines().filter(|line| !line.starts_with('#')) {
        let (said, wanted) = line.split_once(" | ").unwrap();
        let mut context = context();
        match said.strip_prefix("keep ") {
            Some(words) => {
                let start = above.find(words).unwrap();
                context.dismissed = vec![Span { start, end: start + words.len() }];
            }
            None => above = said,
        }
        let found = shown(above, &read(above, &context));
        if found != wanted {
            let _ = writeln!(faults, "{line}\n    read: {found}");
        }
    }
    assert!(faults.is_empty(), "{faults}");
}

/// Texts of the labelled cases.
fn captures() -> Vec<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/cases");
    let mut files: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    let texts = files.iter().map(|file| std::fs::read_to_string(file).unwrap());
    let lines = texts.flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>());
    lines
        .filter(|line| !line.starts_with("# "))
        .filter_map(|line| line.rsplitn(3, " | ").nth(2).map(str::to_owned))
        .collect()
}

/// The spans of the first item that were understood as a field.
fn of(reading: &Reading, field: Field) -> Vec<Span> {
    let spans = reading.items.first().into_iter().flat_map(|item| &item.spans);
    spans.filter(|read| read.field == field).map(|read| read.span).collect()
}

// Goal: in every labelled case, dismissing the hour leaves the day, and the other way round.
#[test]
fn a_dismissed_chip_leaves_the_other() {
    let (mut pairs, mut faults) = (0, String::new());
    for text in captures() {
        let reading = read(&text, &context());
        let (days, hours) = (of(&reading, Field::Day), of(&reading, Field::Hour));
        if days.len() != 1 || hours.len() != 1 {
            continue;
        }
        for (gone, field, left) in [(&hours, Field::Day, &days), (&days, Field::Hour, &hours)] {
            let again = read(&text, &Context { dismissed: gone.clone(), ..context() });
            pairs += 1;
            let found = of(&again, field);
            // "8" of "8 tonight" says no time by itself.
            let bare = text == "8 tonight" && field == Field::Hour;
            if !bare && !left.iter().all(|span| found.iter().any(|other| other.overlaps(*span))) {
                let _ = writeln!(faults, "{text}\n    {}", shown(&text, &again));
            }
        }
    }
    assert!(faults.is_empty(), "{} of {pairs}:\n{faults}", faults.lines().count() / 2);
    assert!(pairs > 1_000, "only {pairs}");
}
