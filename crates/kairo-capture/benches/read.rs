//! How long a reading takes: whole readings over the labelled cases, and the longest text.

use criterion::{Criterion, criterion_group, criterion_main};
use kairo_capture::{Context, read};
use std::hint::black_box;
use std::time::Instant;

fn context() -> Option<Context> {
    let reference = "2026-11-23T09:00:00".parse().ok()?;
    Context::new(reference, "America/New_York").ok()
}

fn captures() -> Vec<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/cases");
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let texts = files.filter_map(|file| std::fs::read_to_string(file.path()).ok());
    texts
        .flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>())
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split(" | ").next().map(str::to_owned))
        .collect()
}

/// Prints the percentiles that the bars of the project are stated in.
fn percentiles(context: &Context, captures: &[String]) {
    let mut nanos: Vec<u128> = Vec::new();
    for _ in 0..5 {
        nanos.clear();
        for capture in captures {
            let start = Instant::now();
            black_box(read(black_box(capture), context));
            nanos.push(start.elapsed().as_nanos());
        }
    }
    nanos.sort_unstable();
    let at = |part: usize| nanos.get(nanos.len() * part / 1_000).copied().unwrap_or(0) / 1_000;
    println!(
        "{} captures: p50 {} us, p99 {} us, p99.9 {} us",
        nanos.len(),
        at(500),
        at(990),
        at(999)
    );
}

fn bench(c: &mut Criterion) {
    let Some(context) = context() else { return };
    let captures = captures();
    percentiles(&context, &captures);
    c.bench_function("one capture", |b| {
        b.iter(|| read(black_box("lunch with Sam tomorrow 1pm"), &context));
    });
    let long = "every 2nd tuesday at 5 until may 5, ".repeat(114);
    c.bench_function("4 KiB of dates", |b| b.iter(|| read(black_box(&long), &context)));
    let digits = "1/2-3:4.5 ".repeat(410);
    c.bench_function("4 KiB of digits", |b| b.iter(|| read(black_box(&digits), &context)));
    let quotes = "\"' \\ ".repeat(820);
    c.bench_function("4 KiB of quotes", |b| b.iter(|| read(black_box(&quotes), &context)));
}

criterion_group!(benches, bench);
criterion_main!(benches);
