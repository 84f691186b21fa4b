//! Whether one person at ten times the load slows the others down: a whole Kairo with the durable
//! quota on, people who each ask at a steady pace, and in every second round one of them who asks
//! ten times as often.
//!
//! **Invariant:** a request counts from the moment when it was due, so that what waits behind
//! another one is not left out (coordinated omission).
#![expect(
    clippy::panic,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench that cannot go on ends by panicking, and prints what it found"
)]

#[expect(dead_code, reason = "the other bench needs more of it")]
mod load;
#[path = "../tests/it/cli/program.rs"]
#[expect(dead_code, reason = "the tests need more of it")]
mod program;

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::{Duration, Instant};

use tokio::io::AsyncWriteExt as _;

use load::{CHAT, Stream, message, open, token, upstream};
use program::Data;

/// People besides the one who asks more.
const OTHERS: usize = 8;
/// Time between two requests of one of them.
const PACE: Duration = Duration::from_millis(250);
/// By how much the one is faster.
const TIMES: u32 = 10;
/// How long a round lasts.
const ROUND: Duration = Duration::from_secs(10);
/// Rounds of each kind; they take turns.
const ROUNDS: usize = 12;

/// Somebody with a connection that stays, so that no round pays for handshakes.
struct Person {
    stream: Box<dyn Stream>,
    token: String,
    /// Where the next request comes from. Each comes from somewhere else: what is asked here is not
    /// what the throttle does.
    from: u32,
    /// Which of them it is: they do not all ask in one moment.
    n: u32,
}

/// Asks at a pace; how long each request took from when it was due.
async fn ask(mut person: Person, pace: Duration) -> (Person, Vec<Duration>) {
    let Person { stream, token, from, n } = &mut person;
    let (mut read, mut took) = (Vec::new(), Vec::new());
    let begin = Instant::now() + pace * *n / 10;
    let mut due = begin;
    while due < begin + ROUND {
        tokio::time::sleep_until(due.into()).await;
        *from += 1;
        let from = Ipv4Addr::from_bits(*from);
        let request = format!(
            "POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\n\
             x-forwarded-for: {from}\r\nauthorization: Bearer {token}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{CHAT}",
            CHAT.len()
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        assert!(message(stream, &mut read).await, "the connection ended");
        let text = String::from_utf8_lossy(&read);
        assert!(text.starts_with("HTTP/1.1 200"), "{text}");
        took.push(due.elapsed());
        due += pace;
    }
    (person, took)
}

/// One round; what the others' requests took. The last of them asks at a pace of its own.
async fn round(people: &mut Vec<Person>, pace: Duration) -> Vec<Duration> {
    let asked: Vec<_> = people
        .drain(..)
        .enumerate()
        .map(|(n, person)| {
            let pace = if n == OTHERS { pace } else { PACE };
            tokio::spawn(ask(person, pace))
        })
        .collect();
    let mut took = Vec::new();
    for (n, asked) in asked.into_iter().enumerate() {
        let (person, these) = asked.await.unwrap();
        people.push(person);
        if n != OTHERS {
            took.extend(these);
        }
    }
    took
}

/// The 50th and the 95th percentile, in microseconds.
fn percentiles(took: &mut [Duration]) -> [u128; 2] {
    took.sort_unstable();
    [500, 950].map(|at| took.get(took.len() * at / 1_000).unwrap().as_micros())
}

async fn run() {
    let provider = upstream(Arc::new(AtomicUsize::new(0))).await;
    let data = Arc::new(Data::new("bench-neighbours"));
    let mut serve = data.serve_with(&load::settings(provider));
    let port = serve.is_up();
    let mut people = Vec::new();
    for n in 0..=OTHERS {
        let token = token(&data, &format!("p{n}@example.org"));
        let stream = open(&data, port, n).await;
        let n = u32::try_from(n).unwrap();
        let from = u32::from(Ipv4Addr::new(10, 0, 0, 0)) + (n << 16);
        people.push(Person { stream, token, from, n });
    }
    round(&mut people, PACE).await;
    let (mut alike, mut beside) = (Vec::new(), Vec::new());
    let mut quotients = Vec::new();
    for _ in 0..ROUNDS {
        let mut even = round(&mut people, PACE).await;
        let mut loud = round(&mut people, PACE / TIMES).await;
        let [[_, a], [_, b]] = [percentiles(&mut even), percentiles(&mut loud)];
        quotients.push(b * 1_000 / a);
        alike.append(&mut even);
        beside.append(&mut loud);
    }
    quotients.sort_unstable();
    println!("{:34} {:>8} {:>8}", "the others' requests", "p50 us", "p95 us");
    for (name, took) in
        [("all ask alike", &mut alike), ("one asks ten times as often", &mut beside)]
    {
        let [p50, p95] = percentiles(took);
        println!("{name:34} {p50:8} {p95:8}");
    }
    println!("p95 beside p95 of the round before, in thousandths: {quotients:?}");
}

fn main() {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.unwrap().block_on(run());
}
