//! Texts without end: labelled cases, broken and mixed by a seeded generator.
//!
//! The sequence is the same on every run; `KAIRO_FUZZ_S` says for how many seconds it is followed
//! (2 where it is not set). A failure names the number of its text, which makes it again.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use jiff::civil::DateTime;
use kairo_capture::{Context, DateOrder, Field, Reading, Span, read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

/// Longest time that one text may take: far above the slowest known, far below a hang.
const READING_MAX: Duration = Duration::from_secs(2);

/// Characters that break words, numbers and encodings.
const STRANGE: &[char] = &[
    '\0', '\u{a0}', '\u{ad}', '\u{200b}', '\u{202e}', '\u{feff}', '\u{301}', 'ß', 'İ', 'ſ', '½',
    '٣', '日', '🎉', '’', '“', '–', '…', '\n', '\t', '"', '\\', '/', ':', '.', ',', '-', '(', ')',
    '@', '#', '~', '+', '!', '\'', '0', '9',
];

/// SplitMix64 (Steele, Lea and Flood, 2014).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end.max(1)).unwrap()).unwrap()
    }

    fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        of.get(self.below(of.len())).unwrap()
    }
}

fn captures() -> Vec<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/cases");
    let mut files: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    let texts = files.iter().map(|file| std::fs::read_to_string(file).unwrap());
    let lines = texts.flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>());
    lines.filter_map(|line| line.rsplitn(3, " | ").nth(2).map(str::to_owned)).collect()
}

fn broken(random: &mut Random, captures: &[String]) -> String {
    let mut words: Vec<String> = Vec::new();
    for _ in 0..=random.below(3) {
        words.extend(random.one(captures).split(' ').map(str::to_owned));
    }
    for _ in 0..random.below(5) {
        let (one, two) = (random.below(words.len()), random.below(words.len()));
        match random.below(4) {
            0 => words.swap(one, two),
            1 => words.insert(one, words.get(two).unwrap().clone()),
            2 if words.len() > 1 => drop(words.remove(one)),
            _ => {
                let glued = words.get(two).unwrap().clone();
                words.get_mut(one).unwrap().push_str(&glued);
            }
        }
    }
    let mut chars: Vec<char> = words.join(" ").chars().collect();
    for _ in 0..random.below(4) {
        let at = random.below(chars.len());
        match random.below(3) {
            0 => chars.insert(at, *random.one(STRANGE)),
            1 if chars.len() > 1 => drop(chars.remove(at)),
            _ => *chars.get_mut(at).unwrap() = char::from(u8::try_from(random.below(128)).unwrap()),
        }
    }
    chars.into_iter().collect()
}

fn context(random: &mut Random) -> Context {
    let at = ["2026-11-23T10:42", "2028-02-29T23:59:59", "2027-03-14T01:30", "1999-12-31T00:00"];
    let zones = ["America/New_York", "Europe/London", "Pacific/Apia", "Asia/Kolkata", "UTC"];
    let reference: DateTime = random.one::<&str>(&at).parse().unwrap();
    let mut context = Context::new(reference, random.one::<&str>(&zones)).unwrap();
    context.date_order = *random.one(&[DateOrder::Mdy, DateOrder::Dmy]);
    context
}

/// The laws of `properties.rs` that need no shrinking.
fn is_sound(text: &str, reading: &Reading, dismissed: &[Span]) -> bool {
    reading.items.is_empty() == text.trim().is_empty()
        && reading.items.iter().all(|item| {
            let inside =
                |span: Span| span.start < span.end && text.get(span.start..span.end).is_some();
            let ordered = |pair: &[kairo_capture::SpanRead]| match pair {
                [one, two] => one.span.end <= two.span.start,
                _ => true,
            };
            let plain = |span: Span| !dismissed.iter().any(|gone| gone.overlaps(span));
            item.spans.windows(2).all(ordered)
                && item.spans.iter().all(|read| inside(read.span))
                && item.spans.iter().all(|read| plain(read.span) || read.field == Field::Note)
                && item
                    .when
                    .as_ref()
                    .is_none_or(|when| when.end.is_none_or(|end| end >= when.start))
        })
}

/// Reads a text, and again with one of its chips dismissed.
fn reads_soundly(text: &str, context: &Context, random: &mut Random) -> bool {
    let reading = read(text, context);
    let spans = reading.items.first().map(|item| item.spans.clone()).unwrap_or_default();
    if !is_sound(text, &reading, &[]) || spans.is_empty() {
        return is_sound(text, &reading, &[]);
    }
    let dismissed = vec![random.one(&spans).span];
    let again = read(text, &Context { dismissed: dismissed.clone(), ..context.clone() });
    is_sound(text, &again, &dismissed)
}

// Goal: no text of the endless sequence makes the reader panic, hang or point outside of the text.
#[test]
fn broken_texts_read_soundly() {
    let seconds = std::env::var("KAIRO_FUZZ_S").ok().and_then(|text| text.parse().ok());
    let start = Instant::now();
    let captures = captures();
    let mut count = 0;
    while start.elapsed() < Duration::from_secs(seconds.unwrap_or(2)) {
        let mut random = Random(count);
        let (text, context) = (broken(&mut random, &captures), context(&mut random));
        let before = Instant::now();
        let sound = catch_unwind(AssertUnwindSafe(|| reads_soundly(&text, &context, &mut random)));
        assert!(matches!(sound, Ok(true)), "text {count}: {text:?} at {:?}", context.reference);
        assert!(before.elapsed() < READING_MAX, "text {count} is slow: {text:?}");
        count += 1;
    }
    println!("{count} texts");
    assert!(count > 100, "only {count} texts");
}
