//! What a reading says of itself: how sure it is, what else it could be, what title it leaves.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use kairo_capture::{Confidence, Context, DateOrder, Field, Item, Reading, read};

fn context(order: DateOrder) -> Context {
    let context = Context::new("2026-11-23T09:00:00".parse().unwrap(), "America/New_York");
    Context { date_order: order, ..context.unwrap() }
}

/// Texts of the labelled cases with what is expected, of the context "us".
fn cases() -> Vec<(String, String)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/cases");
    let mut files: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    let texts = files.iter().map(|file| std::fs::read_to_string(file).unwrap());
    let lines = texts.flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>());
    let case = |line: String| {
        let (rest, expected) = line.rsplit_once(" | ")?;
        let (text, name) = rest.rsplit_once(" | ")?;
        (name == "us" && !line.starts_with("# ")).then(|| (text.to_owned(), expected.to_owned()))
    };
    lines.filter_map(case).collect()
}

fn reading(text: &str) -> Reading {
    read(text, &context(DateOrder::Mdy))
}

fn alternatives(reading: &Reading, field: Field) -> usize {
    let spans = reading.items.iter().flat_map(|item| &item.spans);
    spans.filter(|read| read.field == field).map(|read| read.alternatives.len()).sum()
}

/// Whether start, rule and title are what the case expects.
fn right(item: &Item, expected: &str) -> bool {
    let start = item.when.as_ref().map(|when| {
        let form = if when.all_day { "%Y-%m-%d" } else { "%Y-%m-%dT%H:%M" };
        when.start.strftime(form).to_string()
    });
    let (fields, title) = expected.split_once('"').unwrap_or((expected, ""));
    let rule = item.recurrence.as_ref().map(|rule| format!("rrule={}", rule.rrule));
    let words: Vec<&str> = fields.split_whitespace().collect();
    let dated = match &start {
        Some(start) => words.iter().any(|word| word.starts_with(start.as_str())),
        None => words.contains(&"none"),
    };
    let ruled = match &rule {
        Some(rule) => words.contains(&rule.as_str()),
        None => !fields.contains("rrule="),
    };
    let title = title.trim_end().strip_suffix('"').unwrap_or(title);
    dated && ruled && (title.is_empty() || title == item.title)
}

// Goal: of the readings that say they are sure at least 99 in 100 are right, and most say so.
#[test]
fn sure_readings_are_right() {
    let (mut sure, mut right_ones, mut all) = (0, 0, 0);
    for (text, expected) in cases() {
        let reading = reading(&text);
        all += 1;
        if reading.confidence == Confidence::Sure {
            sure += 1;
            right_ones += usize::from(right(reading.items.first().unwrap(), &expected));
        }
    }
    assert!(right_ones * 100 >= sure * 99, "{right_ones} of {sure} sure readings are right");
    assert!(sure * 2 > all, "only {sure} of {all} are sure");
}

// Goal: a text that can mean another day or hour never says that it is sure, and names the other.
#[test]
fn what_can_mean_something_else_says_so() {
    let hours = ["call Sam at 8", "dinner at 7", "gym every monday at 9", "alarm 6:45 tomorrow"];
    let days = ["rent on 3/4", "pay 5/12", "lunch next friday", "trip 3/4/2027"];
    let (hours, days) =
        (hours.map(|text| (text, Field::Hour)), days.map(|text| (text, Field::Day)));
    for (text, field) in hours.into_iter().chain(days) {
        let reading = reading(text);
        assert!(reading.confidence < Confidence::Sure, "{text}");
        assert_eq!(alternatives(&reading, field), 1, "{text}");
    }
}

// Goal: whatever offers another reading of a case is not sure of the one it took.
#[test]
fn alternatives_and_certainty_exclude_each_other() {
    for (text, _) in cases() {
        let reading = reading(&text);
        let others = alternatives(&reading, Field::Day) + alternatives(&reading, Field::Hour);
        assert!(others == 0 || reading.confidence < Confidence::Sure, "{text}");
    }
}

// Goal: a title read again is the same title: nothing that was understood is left in it.
#[test]
fn titles_read_again_stay_as_they_are() {
    let (mut read_again, mut changed) = (0, Vec::new());
    for (text, _) in cases() {
        let first = reading(&text);
        let item = first.items.first().unwrap();
        // What is kept on purpose ("Christmas dinner", an escaped word) is read again, and so is a
        // text of nothing but a time.
        let timely = |field: Field| matches!(field, Field::Day | Field::Hour | Field::Repeat);
        let kept = item.spans.iter().any(|read| !read.cut && timely(read.field));
        let kept = kept || text.contains('\\');
        if item.title == text || kept || first.confidence == Confidence::Unsure {
            continue;
        }
        read_again += 1;
        let again = reading(&item.title);
        let second = again.items.first().unwrap();
        if second.title != item.title || second.when.is_some() || second.recurrence.is_some() {
            changed.push(format!("{text} -> {} -> {}", item.title, second.title));
        }
    }
    assert!(read_again > 1_000, "only {read_again}");
    assert!(changed.is_empty(), "{} of {read_again}:\n{}", changed.len(), changed.join("\n"));
}
