//! What each chip shows: every line of `spans.txt` is read and compared.
//!
//! Line: `text | start | chips | title`, read on Monday 23 November 2026, 10:42 am, in New York. A
//! chip is `field[words]=what it shows`, its other readings in brackets. A line that begins with
//! `keep` is the text above it with these words dismissed.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use jiff::civil::DateTime;
use kairo_capture::{Context, Reading, Span, SpanRead, When, read};
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
