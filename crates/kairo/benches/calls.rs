//! What a guarded call costs: through a whole Kairo, with the durable quota on, beside the upstream
//! asked directly and beside a hello over the same TLS.
//!
//! **Invariant:** nothing is left out that a stranger's request passes: TLS, the edge, both
//! throttles, the session, the reservation with its commit on disk, the provider, the settlement.
//! **Invariant:** Kairo is a process of its own, so its CPU is its own: PostgreSQL's, the load's
//! and the upstream's are not in it.
#![expect(
    clippy::panic,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench that cannot go on ends by panicking, and prints what it found"
)]

mod load;
#[path = "../tests/it/cli/program.rs"]
#[expect(dead_code, reason = "the tests need more of it")]
mod program;

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::io::AsyncWriteExt as _;

use load::{CHAT, Stream, cpu_us, message, open, open_plain, token, upstream};
use program::Data;

/// Connections at once, one after another.
const CONNECTIONS: [usize; 3] = [1, 32, 256];
/// How long requests are counted for each, after a second that is not.
const COUNTED: Duration = Duration::from_secs(5);
/// People whose tokens take turns: one person's calls wait for one row.
const PEOPLE: usize = 64;

/// What is measured.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// The upstream, asked directly in plain HTTP.
    Direct,
    /// A short answer of Kairo's over TLS, without session and database.
    Hello,
    /// A guarded call.
    Guarded,
    /// A thought whose second reading is a kept answer.
    Cached,
    /// A thought whose second reading is a call.
    Asked,
}

impl Way {
    const ALL: [Self; 5] = [Self::Direct, Self::Hello, Self::Guarded, Self::Cached, Self::Asked];

    fn name(self) -> &'static str {
        match self {
            Self::Direct => "upstream, directly",
            Self::Hello => "hello over TLS",
            Self::Guarded => "guarded call",
            Self::Cached => "thought, answer kept",
            Self::Asked => "thought, model asked",
        }
    }

    fn request(self, token: &str) -> String {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let n = NEXT.fetch_add(1, Ordering::Relaxed);
        // Each comes from somewhere else, through a trusted proxy: the throttles see many.
        let [.., a, b, c] = n.to_be_bytes();
        let from = Ipv4Addr::new(10, a, b, c);
        let (line, body) = match self {
            Self::Hello => {
                return format!(
                    "GET /healthz HTTP/1.1\r\nhost: localhost\r\nx-forwarded-for: {from}\r\n\r\n"
                );
            }
            Self::Direct | Self::Guarded => ("POST /v1/chat/completions", CHAT.to_owned()),
            Self::Cached => ("POST /api/v1/captures?wait_s=10", thought("coffee")),
            Self::Asked => ("POST /api/v1/captures?wait_s=10", thought(&format!("coffee {n}"))),
        };
        format!(
            "{line} HTTP/1.1\r\nhost: localhost\r\nx-forwarded-for: {from}\r\n\
             authorization: Bearer {token}\r\ncontent-type: application/json\r\n\
             content-length: {}\r\n\r\n{body}",
            body.len()
        )
    }
}

fn thought(what: &str) -> String {
    format!(
        r#"{{"text":"{what} w/ Dana the morrow half past nine-ish","time_zone":"Europe/Berlin"}}"#
    )
}

/// Requests on one connection until `end`; how long each took that began after `begin`.
async fn ask(
    mut stream: Box<dyn Stream>,
    way: Way,
    token: String,
    (begin, end): (Instant, Instant),
) -> Vec<Duration> {
    let (mut took, mut read) = (Vec::new(), Vec::new());
    loop {
        let since = Instant::now();
        if since >= end {
            return took;
        }
        stream.write_all(way.request(&token).as_bytes()).await.unwrap();
        assert!(message(&mut stream, &mut read).await, "the connection ended");
        let text = String::from_utf8_lossy(&read);
        let done = text.starts_with("HTTP/1.1 20");
        assert!(done && !text.contains("\"refine\":\"failed\""), "{text}");
        if since >= begin {
            took.push(since.elapsed());
        }
    }
}

async fn measure(
    data: &Data,
    way: Way,
    connections: usize,
    port: u16,
    pid: u32,
    tokens: &[String],
) {
    let mut streams = Vec::new();
    for n in 0..connections {
        let stream: Box<dyn Stream> = match way {
            Way::Direct => Box::new(open_plain(port, n).await),
            _ => open(data, port, n).await,
        };
        streams.push(stream);
    }
    let begin = Instant::now() + Duration::from_secs(1);
    let end = begin + COUNTED;
    let mut clients = tokio::task::JoinSet::new();
    for (stream, token) in streams.into_iter().zip(tokens.iter().cycle()) {
        clients.spawn(ask(stream, way, token.clone(), (begin, end)));
    }
    tokio::time::sleep_until(begin.into()).await;
    let before = cpu_us(pid);
    tokio::time::sleep_until(end.into()).await;
    let cpu = cpu_us(pid) - before;
    let mut took = clients.join_all().await.concat();
    took.sort_unstable();
    let at = |per_mille: usize| took.get(took.len() * per_mille / 1_000).unwrap().as_micros();
    let count = u64::try_from(took.len()).unwrap();
    let cpu = if way == Way::Direct { 0 } else { cpu / count };
    println!(
        "{:22} {connections:11} {:9} {:8} {:8} {cpu:8}",
        way.name(),
        count / COUNTED.as_secs(),
        at(500),
        at(990)
    );
}

async fn run() {
    let calls = Arc::new(AtomicUsize::new(0));
    let provider = upstream(Arc::clone(&calls)).await;
    let data = Data::new("bench-calls");
    let mut settings = load::settings(provider);
    settings.push(("KAIRO_PLANS_PRO_AT_ONCE", "1000".to_owned()));
    let mut serve = data.serve_with(&settings);
    let port = serve.is_up();
    let pid = u32::try_from(serve.pid().as_raw_nonzero().get()).unwrap();
    let tokens: Vec<String> =
        (0..PEOPLE).map(|n| token(&data, &format!("p{n}@example.org"))).collect();
    println!(
        "{:22} {:>11} {:>9} {:>8} {:>8} {:>8}",
        "", "connections", "a second", "p50 us", "p99 us", "CPU us"
    );
    // `cargo bench -p kairo --bench calls -- guarded` measures that alone.
    let wanted = std::env::args().skip(1).find(|it| !it.starts_with('-')).unwrap_or_default();
    for connections in CONNECTIONS {
        for way in
            Way::ALL.into_iter().filter(|way| wanted.is_empty() || way.name().contains(&wanted))
        {
            let at = if way == Way::Direct { provider } else { port };
            let before = calls.load(Ordering::Relaxed);
            measure(&data, way, connections, at, pid, &tokens).await;
            let asked = calls.load(Ordering::Relaxed) - before;
            assert!(way != Way::Cached || asked <= PEOPLE, "kept answers reached the upstream");
        }
    }
}

fn main() {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.unwrap().block_on(run());
}
