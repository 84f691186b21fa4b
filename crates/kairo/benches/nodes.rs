//! What whole Kairos do over their own listeners: captures a second with every commit on disk, and
//! how soon a session that ended on one node has ended on another.
//!
//! **Invariant:** nothing is left out that a request of a stranger's passes: TLS, the edge, the
//! session, sealing, and a commit with fsync. A client comes through a trusted proxy, so that the
//! throttle of addresses sees many.
#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a bench that cannot go on ends by panicking"
)]

#[path = "../tests/it/cli/client.rs"]
#[expect(dead_code, reason = "the tests need more of it")]
mod client;
#[path = "../tests/it/cli/doctor.rs"]
#[expect(dead_code, unused_imports, reason = "the tests need it")]
mod doctor;
#[path = "../tests/it/cli/external.rs"]
#[expect(dead_code, unused_imports, reason = "the tests need more of it")]
mod external;
#[expect(dead_code, reason = "the other benches need more of it")]
mod load;
#[path = "../tests/it/cli/program.rs"]
#[expect(dead_code, reason = "the tests need more of it")]
mod program;

use std::fs;
use std::io::Write as _;
use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use tokio::io::AsyncWriteExt as _;

use external::Server;
use program::Data;

/// Connections at once, one after another.
const CONNECTIONS: [usize; 3] = [1, 8, 32];
/// How long captures are counted for each, after a second that is not.
const COUNTED: Duration = Duration::from_secs(10);
/// Sessions that end on one node and are tried on another.
const SESSIONS: u32 = 50;
/// Writes of a page, each brought to the disk: what a commit costs at least.
const SYNCS: usize = 200;

/// One connection that is kept.
struct Line {
    stream: Box<dyn load::Stream>,
}

/// An answer, its head in lower case.
struct Answer {
    status: u16,
    head: String,
}

impl Answer {
    /// A cookie that it sets, by the beginning of its name.
    fn cookie(&self, name: &str) -> Option<&str> {
        let set = self.head.lines().filter_map(|line| line.strip_prefix("set-cookie: "));
        set.filter_map(|it| it.split(';').next()).find(|pair| pair.starts_with(name))
    }
}

impl Line {
    async fn open(data: &Data, port: u16, n: usize) -> Self {
        Self { stream: load::open(data, port, n).await }
    }

    /// Sends one request as somebody new, and reads the whole answer.
    async fn ask(&mut self, line: &str, headers: &str, body: &str) -> Answer {
        static SOURCE: AtomicU32 = AtomicU32::new(0x0a00_0000);
        let source = Ipv4Addr::from(SOURCE.fetch_add(1, Ordering::Relaxed));
        let request = format!(
            "{line} HTTP/1.1\r\nhost: localhost\r\nx-forwarded-for: {source}\r\n{headers}\
             content-length: {}\r\n\r\n{body}",
            body.len()
        );
        self.stream.write_all(request.as_bytes()).await.unwrap();
        let mut read = Vec::new();
        assert!(load::message(&mut self.stream, &mut read).await, "the connection ended");
        let text = String::from_utf8_lossy(&read);
        let (head, _) = text.split_once("\r\n\r\n").unwrap();
        Answer { status: head.split(' ').nth(1).unwrap().parse().unwrap(), head: head.to_owned() }
    }
}

fn at(sorted: &[Duration], per_mille: usize) -> u128 {
    sorted.get(sorted.len() * per_mille / 1_000).unwrap().as_micros()
}

/// What one write of a page and its way to the disk take there, at the median.
fn sync_us(folder: &Path) -> u128 {
    let path = folder.join("sync");
    let mut file = fs::File::create(&path).unwrap();
    let mut took: Vec<Duration> = (0..SYNCS)
        .map(|_| {
            let since = Instant::now();
            file.write_all(&[7; 8_192]).unwrap();
            file.sync_data().unwrap();
            since.elapsed()
        })
        .collect();
    fs::remove_file(&path).unwrap();
    took.sort_unstable();
    at(&took, 500)
}

/// Captures on one connection until `end`; how long each took that began after `begin`.
async fn capture(mut line: Line, token: String, begin: Instant, end: Instant) -> Vec<Duration> {
    let headers = format!("authorization: Bearer {token}\r\ncontent-type: application/json\r\n");
    let body = r#"{"text":"lunch with Sam tomorrow 1pm","time_zone":"Europe/Berlin"}"#;
    let mut took = Vec::new();
    loop {
        let since = Instant::now();
        if since >= end {
            return took;
        }
        let answer = line.ask("POST /api/v1/captures", &headers, body).await;
        assert_eq!(answer.status, 201, "{}", answer.head);
        if since >= begin {
            took.push(since.elapsed());
        }
    }
}

async fn captures() {
    let data = Data::new("bench-captures");
    let mut serve = data.serve_with(&program::proxied());
    let port = serve.is_up();
    let token = client::make_token(&data);
    println!("a write of 8 KiB and its fdatasync take {} us", sync_us(&data.0));
    println!("{:>11} {:>12} {:>8} {:>8}", "connections", "captures/s", "p50 us", "p99 us");
    for connections in CONNECTIONS {
        let begin = Instant::now() + Duration::from_secs(1);
        let end = begin + COUNTED;
        let mut clients = tokio::task::JoinSet::new();
        for n in 0..connections {
            let line = Line::open(&data, port, n).await;
            clients.spawn(capture(line, token.clone(), begin, end));
        }
        let mut took = clients.join_all().await.concat();
        took.sort_unstable();
        let a_second = u64::try_from(took.len()).unwrap() / COUNTED.as_secs();
        println!("{connections:11} {a_second:12} {:8} {:8}", at(&took, 500), at(&took, 990));
    }
}

/// The link of the newest letter to somebody, from whichever node's outbox it went to.
async fn link_to(email: &str, outboxes: [&Path; 2]) -> String {
    loop {
        for letter in outboxes.iter().flat_map(fs::read_dir).flatten().flatten() {
            let text = fs::read_to_string(letter.path()).unwrap_or_default();
            let Ok(letter) = serde_json::from_str::<serde_json::Value>(&text) else { continue };
            let part = |name: &str| letter.get(name).and_then(|it| it.as_str()).unwrap_or_default();
            if part("to") == email {
                return part("link").split_once('#').unwrap().1.to_owned();
            }
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

const FORM: &str =
    "content-type: application/x-www-form-urlencoded\r\nsec-fetch-site: same-origin\r\n";

/// Signs somebody new in; the session's secret.
async fn sign_in(line: &mut Line, email: &str, outboxes: [&Path; 2]) -> String {
    let form = format!("email={}&next=&zone=", email.replace('@', "%40"));
    let asked = line.ask("POST /sign-in", FORM, &form).await;
    let asked = asked.cookie("__Host-kairo-asked").unwrap_or_else(|| panic!("{}", asked.head));
    let link = link_to(email, outboxes).await;
    let headers = format!("{FORM}cookie: {asked}\r\n");
    let token = link.strip_prefix("t=").unwrap_or(&link);
    let answer = line.ask("POST /sign-in/link", &headers, &format!("token={token}")).await;
    let pairs = answer.head.lines().filter_map(|line| line.split_once("=ks1_"));
    let secret = pairs.filter_map(|(_, value)| value.split(';').next()).next();
    format!("ks1_{}", secret.unwrap_or_else(|| panic!("{}", answer.head)))
}

/// Ends sessions on one node; how long it takes until the other one refuses.
async fn revocations() {
    let server = Server::prepared("bench").await;
    let (a, b, keys) = (Data::new("bench-a"), Data::new("bench-b"), Data::new("bench-keys"));
    let settings = server.settings(&keys);
    assert!(external::kairo(&a, &settings, &["migrate"]).0);
    let start = |data: &Data| data.serve_with(&[&settings[..], &program::proxied()].concat());
    let (mut node_a, mut node_b) = (start(&a), start(&b));
    let (port_a, port_b) = (node_a.is_up(), node_b.is_up());
    let (mut at_a, mut at_b) = (Line::open(&a, port_a, 0).await, Line::open(&b, port_b, 1).await);
    let (out_a, out_b) = (a.0.join("outbox"), b.0.join("outbox"));
    let mut took = Vec::new();
    for n in 0..SESSIONS {
        let email = format!("p{n}@example.org");
        let secret = sign_in(&mut at_a, &email, [&out_a, &out_b]).await;
        let as_of = |port| {
            format!("sec-fetch-site: same-origin\r\ncookie: __Host-kairo-{port}={secret}\r\n")
        };
        let (of_a, of_b) = (as_of(port_a), as_of(port_b));
        assert_eq!(at_b.ask("GET /inbox", &of_b, "").await.status, 200);
        let since = Instant::now();
        let out = at_a.ask("POST /sign-out", &of_a, "").await;
        assert_eq!(out.status, 303, "{}", out.head);
        // The very next request, with no wait between.
        assert_eq!(at_b.ask("GET /inbox", &of_b, "").await.status, 303);
        took.push(since.elapsed());
    }
    took.sort_unstable();
    println!("{SESSIONS} sessions ended on one node; the next request to the other was refused");
    println!("from the ask to the refusal: p50 {} us, p99 {} us", at(&took, 500), at(&took, 990));
}

fn main() {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.unwrap().block_on(async {
        captures().await;
        revocations().await;
    });
}
