//! Laws that hold for every text.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use jiff::civil::DateTime;
use kairo_capture::{Context, Field, Item, Reading, Span, read};
use proptest::prelude::*;

const WORDS: &[&str] = &[
    "tomorrow",
    "today",
    "friday",
    "next",
    "every",
    "other",
    "at",
    "8",
    "8:30",
    "pm",
    "9-11am",
    "the",
    "1st",
    "of",
    "may",
    "Nov",
    "24",
    "2026",
    "-",
    "/",
    ".",
    ":",
    ",",
    "until",
    "for",
    "2",
    "hours",
    "lunch",
    "with",
    "Sam",
    "#tag",
    "@sam",
    "~list",
    "p1",
    "!!",
    "\"quoted\"",
    "\\mon",
    "// note",
    "in",
    "days",
    "from",
    "now",
    "except",
    "weekends",
    "10",
    "times",
    "remind me to",
    "half past",
    "to",
    "by",
    "CET",
    "UTC+2",
    "(2h)",
    "~30m",
    "é",
    "日本",
    "\u{202e}",
    "\u{0}",
    "🎉",
    "'",
    "“",
    "”",
    "$12.50",
    "12/24",
    "31",
    "30 feb",
    "99999999999",
    "-5",
    "week",
    "month",
    "last",
    "day",
    "and",
    "noon",
    "tonight",
    "+1",
];

fn context() -> Context {
    let reference: DateTime = "2026-11-23T09:00:00".parse().unwrap();
    Context::new(reference, "America/New_York").unwrap()
}

fn many() -> ProptestConfig {
    ProptestConfig { cases: 3_000, failure_persistence: None, ..ProptestConfig::default() }
}

/// The text without its cut spans and without blanks.
fn remains(text: &str, item: &Item) -> Vec<char> {
    let cuts: Vec<Span> = item.spans.iter().filter(|read| read.cut).map(|read| read.span).collect();
    let kept = |at: usize| !cuts.iter().any(|span| (span.start..span.end).contains(&at));
    text.char_indices().filter(|(at, c)| kept(*at) && !c.is_whitespace()).map(|(_, c)| c).collect()
}

fn captures() -> impl Strategy<Value = String> {
    let words = prop::collection::vec(prop::sample::select(WORDS), 0..14);
    let glued = prop::collection::vec(prop::sample::select(WORDS), 0..12);
    prop_oneof![
        3 => words.prop_map(|words| words.join(" ")),
        1 => glued.prop_map(|words| words.concat()),
        1 => any::<String>(),
        1 => "[0-9apm:/. -]{0,24}",
    ]
}

/// Spans of one line are in order, do not overlap and lie on character boundaries inside the text.
fn spans_are_sound(text: &str, reading: &Reading) -> Result<(), TestCaseError> {
    for item in &reading.items {
        for read in &item.spans {
            let Span { start, end } = read.span;
            prop_assert!(start < end && text.get(start..end).is_some(), "{text:?} {:?}", read.span);
        }
        for pair in item.spans.windows(2) {
            prop_assert!(pair[0].span.end <= pair[1].span.start, "{text:?}");
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(many())]

    // Goal: no text makes the reader panic, and what it points at is in the text.
    #[test]
    fn any_text_gives_sound_spans(text in captures()) {
        let reading = read(&text, &context());
        prop_assert_eq!(reading.items.is_empty(), text.trim().is_empty());
        spans_are_sound(&text, &reading)?;
    }

    // Goal: the same text and context give the same bytes.
    #[test]
    fn the_same_text_reads_the_same(text in captures()) {
        let one = serde_json::to_string(&read(&text, &context())).unwrap();
        let two = serde_json::to_string(&read(&text, &context())).unwrap();
        prop_assert_eq!(one, two);
    }

    // Goal: words the person dismissed are never part of a reading again.
    #[test]
    fn dismissed_spans_stay_plain(text in captures()) {
        let first = read(&text, &context());
        let spans = first.items.iter().flat_map(|item| &item.spans);
        let dismissed: Vec<Span> = spans.map(|read| read.span).collect();
        let again = read(&text, &Context { dismissed: dismissed.clone(), ..context() });
        for read in again.items.iter().flat_map(|item| &item.spans) {
            let taken = dismissed.iter().any(|span| span.overlaps(read.span));
            prop_assert!(!taken || read.field == Field::Note, "{text:?} {read:?}");
        }
    }

    // Goal: the title is made of the text's own words only, and a cut word is gone from its place.
    #[test]
    fn titles_leave_out_what_was_understood(text in captures()) {
        let reading = read(&text, &context());
        for item in &reading.items {
            let mut rest = remains(&text, item).into_iter();
            let letters = item.title.chars().filter(|c| !c.is_whitespace());
            for letter in letters {
                prop_assert!(rest.any(|other| other == letter), "{text:?} {:?}", item.title);
            }
        }
    }

    // Goal: nothing lies absurdly far away, and an end is never before its start.
    #[test]
    fn ends_come_after_starts(text in captures()) {
        for item in read(&text, &context()).items {
            if let Some(when) = item.when {
                prop_assert!(when.end.is_none_or(|end| end >= when.start), "{text:?} {when:?}");
                prop_assert!((1800..=2300).contains(&when.start.year()), "{text:?} {when:?}");
            }
        }
    }
}
