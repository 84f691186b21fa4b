//! Texts without end, made of the labelled cases and the corpus by mutation, and the laws that
//! every reading keeps.
//!
//! - A text whose reading has a shape not seen before joins the pool that later texts are made of,
//!   and so do the slowest: what coverage is to a compiled fuzzer, the shape of the answer is here.
//! - `KAIRO_FUZZ_S` says for how many seconds (2 where it is not set), `KAIRO_FUZZ_SEED` where the
//!   sequence begins. The sequence is the same on every run, but for the slowest texts of a run
//!   with `KAIRO_FUZZ_S`.
//! - A fault prints its text as a line for `corpus/found.txt`; the slowest of a run are lines for
//!   `corpus/slow.txt`. Both are read on every run.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod mutate;

use jiff::civil::DateTime;
use kairo_capture::{Context, Field, Item, Reading, Span, read};
use mutate::{Random, context, mutated};
use std::collections::{BTreeSet, HashSet};
use std::fmt::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

/// Longest time that one text of 4 KiB may take: 5 ms as it is shipped. The crate is optimised in
/// the profile of tests too, and its checks of overflow cost little more.
const READING_MAX: Duration = Duration::from_millis(if cfg!(debug_assertions) { 8 } else { 5 });

/// Most texts that new ones are made of.
const POOL_MAX: usize = 40_000;

/// How many of the slowest texts are kept.
const SLOWEST: usize = 12;

fn lines(folder: &str) -> Vec<String> {
    let folder = format!("{}/{folder}", env!("CARGO_MANIFEST_DIR"));
    let mut files: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    let texts = files.iter().map(|file| std::fs::read_to_string(file).unwrap());
    texts.flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>()).collect()
}

fn captures() -> Vec<String> {
    let cases = lines("cases").into_iter();
    cases.filter_map(|line| line.rsplitn(3, " | ").nth(2).map(str::to_owned)).collect()
}

/// Every line of the corpus is one text as a JSON string, or a text and how often it is repeated.
fn corpus() -> Vec<String> {
    let texts = lines("corpus").into_iter().filter(|line| line.starts_with(['"', '[']));
    let text = |line: String| match serde_json::from_str::<(String, usize)>(&line) {
        Ok((text, times)) => text.repeat(times),
        Err(_) => serde_json::from_str(&line).unwrap(),
    };
    texts.map(text).collect()
}

/// The first time that the rule of a reading gives is its start, but for one that the clock moved.
fn repeats_from_its_start(item: &Item) -> bool {
    let (Some(rule), Some(when)) = (&item.recurrence, &item.when) else { return true };
    if when.shifted.is_some() {
        return true;
    }
    let far = when.start.saturating_add(jiff::Span::new().years(12));
    let first = rule.occurrences(when.start, when.start, far, 1);
    first.is_ok_and(|first| first.first() == Some(&when.start))
}

/// The laws of `properties.rs` that need no shrinking; names the first that is broken.
fn broken_law(text: &str, reading: &Reading, dismissed: &[Span]) -> Option<&'static str> {
    if reading.items.is_empty() != text.trim().is_empty() {
        return Some("an item, unless the text is blank");
    }
    let inside = |span: Span| span.start < span.end && text.get(span.start..span.end).is_some();
    let plain = |span: Span| !dismissed.iter().any(|gone| gone.overlaps(span));
    let ordered = |pair: &[kairo_capture::SpanRead]| match pair {
        [one, two] => one.span.end <= two.span.start,
        _ => true,
    };
    let ended = |start: DateTime, end: Option<DateTime>| end.is_none_or(|end| end >= start);
    for item in &reading.items {
        if !item.spans.iter().all(|read| inside(read.span)) {
            return Some("spans are inside of the text");
        }
        if !item.spans.windows(2).all(ordered) {
            return Some("spans are in order and apart");
        }
        if !item.spans.iter().all(|read| plain(read.span) || read.field == Field::Note) {
            return Some("dismissed words stay plain");
        }
        if !item.when.as_ref().is_none_or(|when| ended(when.start, when.end)) {
            return Some("an end is not before its start");
        }
        if !repeats_from_its_start(item) {
            return Some("a series begins with its first day");
        }
    }
    None
}

/// Reads a text twice, and again with one of its chips dismissed.
fn reads_soundly(
    text: &str,
    context: &Context,
    random: &mut Random,
) -> Result<String, &'static str> {
    let reading = read(text, context);
    if read(text, context) != reading {
        return Err("the same text gives the same reading");
    }
    if let Some(law) = broken_law(text, &reading, &[]) {
        return Err(law);
    }
    let spans = reading.items.first().map(|item| item.spans.clone()).unwrap_or_default();
    if !spans.is_empty() {
        let dismissed = vec![random.one(&spans).span];
        let again = read(text, &Context { dismissed: dismissed.clone(), ..context.clone() });
        if let Some(law) = broken_law(text, &again, &dismissed) {
            return Err(law);
        }
    }
    Ok(shape(&reading))
}

/// What a reading looks like without its words and days.
fn shape(reading: &Reading) -> String {
    let mut shape = format!("{:?} {}", reading.confidence, reading.items.len().min(4));
    let Some(item) = reading.items.first() else { return shape };
    let fields = item.spans.iter().take(8).map(|read| read.field);
    let _ = write!(shape, " {:?} {:?}", item.kind, fields.collect::<Vec<_>>());
    if let Some(when) = &item.when {
        let _ = write!(shape, " {:?} {} {:?}", when.role, when.all_day, when.end.is_some());
    }
    if let Some(rule) = &item.recurrence {
        let parts = rule.rrule.split(';').map(|part| part.split('=').next().unwrap_or_default());
        let _ = write!(shape, " {:?}", parts.collect::<Vec<_>>());
    }
    shape
}

/// What this thread has used of a processor.
fn used() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(now.tv_sec.try_into().unwrap(), now.tv_nsec.try_into().unwrap())
}

/// The shortest of several measures of processor time: what a busy machine adds is not the
/// reader's.
fn time_taken(text: &str, context: &Context, least: usize) -> Duration {
    let once = |_| {
        let start = used();
        std::hint::black_box(read(text, context));
        used().saturating_sub(start)
    };
    (0..least).map(once).min().unwrap_or_default()
}

/// How much slower this processor is now than alone: a neighbour on the same core takes its caches
/// and half of its units, which processor time does not show. By a text that takes 1.5 ms alone.
fn slowdown(context: &Context) -> f64 {
    let known = "every 2nd tuesday at 5 until may 5, ".repeat(114);
    let alone = Duration::from_micros(1_500);
    time_taken(&known, context, 20).div_duration_f64(alone).max(1.0)
}

/// A text that breaks a law or is too slow, in words.
fn fault(text: &str, context: &Context, random: &mut Random) -> Result<String, String> {
    let line = || serde_json::to_string(text).unwrap();
    let start = used();
    let sound = catch_unwind(AssertUnwindSafe(|| reads_soundly(text, context, random)));
    let shape = match sound {
        Ok(Ok(shape)) => shape,
        Ok(Err(law)) => return Err(format!("{law}: {} at {:?}", line(), context.reference)),
        Err(_) => return Err(format!("no panic: {} at {:?}", line(), context.reference)),
    };
    if used().saturating_sub(start) > READING_MAX {
        let (time, bound) = (time_taken(text, context, 20), READING_MAX.mul_f64(slowdown(context)));
        if time > bound {
            return Err(format!("not over {bound:?} ({time:?}): {}", line()));
        }
    }
    Ok(shape)
}

// Goal: every text that was once at fault, or slow, or made to be, keeps the laws in every context.
#[test]
fn the_corpus_reads_soundly() {
    let corpus = corpus();
    for (at, text) in corpus.iter().enumerate() {
        for seed in 0..6 {
            let mut random = Random(seed * 1_000 + u64::try_from(at).unwrap());
            let context = context(&mut random);
            assert_eq!(fault(text, &context, &mut random).err(), None);
        }
    }
    assert!(corpus.len() >= 40, "only {} texts", corpus.len());
}

// Goal: no text of the endless sequence makes the reader panic, dawdle or break a law.
#[test]
fn mutated_texts_read_soundly() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let seconds = number("KAIRO_FUZZ_S");
    let mut pool: Vec<String> = captures().into_iter().chain(corpus()).collect();
    let words: BTreeSet<String> =
        pool.iter().flat_map(|text| text.split(' ').map(str::to_owned)).collect();
    let words: Vec<String> = words.into_iter().filter(|word| word.len() < 24).collect();
    let (mut shapes, mut slowest) = (HashSet::new(), Vec::<(Duration, String)>::new());
    let (mut faults, mut count) = (Vec::new(), 0_u64);
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(seconds.unwrap_or(2)) && faults.len() < 20 {
        let mut random = Random(number("KAIRO_FUZZ_SEED").unwrap_or(0).wrapping_add(count));
        count += 1;
        let text = mutated(&mut random, &pool, &words);
        let context = context(&mut random);
        let before = used();
        match fault(&text, &context, &mut random) {
            Ok(shape) => {
                if shapes.insert(shape) && pool.len() < POOL_MAX {
                    pool.push(text.clone());
                }
            }
            Err(fault) => {
                faults.push(fault);
                continue;
            }
        }
        let bar = slowest.last().map_or(Duration::ZERO, |(time, _)| *time * 3);
        if seconds.is_some() && (slowest.len() < SLOWEST || used().saturating_sub(before) > bar) {
            keep_slow(&mut slowest, &mut pool, text, &context);
        }
    }
    println!("{count} texts, {} shapes, pool {}", shapes.len(), pool.len());
    for (time, text) in &slowest {
        println!("{time:?} {}", serde_json::to_string(text).unwrap());
    }
    assert!(faults.is_empty(), "{} faults in {count} texts:\n{}", faults.len(), faults.join("\n"));
    assert!(count > 100, "only {count} texts");
}

fn keep_slow(
    slowest: &mut Vec<(Duration, String)>,
    pool: &mut Vec<String>,
    text: String,
    context: &Context,
) {
    let time = time_taken(&text, context, 3);
    let full = slowest.len() >= SLOWEST;
    if full && slowest.last().is_some_and(|(least, _)| time <= *least) {
        return;
    }
    if pool.len() < POOL_MAX {
        pool.push(text.clone());
    }
    slowest.push((time, text));
    slowest.sort_by_key(|(time, _)| std::cmp::Reverse(*time));
    slowest.truncate(SLOWEST);
}
