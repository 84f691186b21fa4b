//! Kairo killed with -9 while it is used: it comes back, and keeps what it had acknowledged.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::net::Ipv4Addr;
use std::process::Command;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustix::process::{Signal, kill_process};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::program::Data;

const ROUNDS: u64 = 20;
const CLIENTS: u64 = 4;
/// Far longer than an answer takes.
const ANSWER_MAX: Duration = Duration::from_secs(20);

/// What a program on this machine knows of a Kairo.
#[derive(Clone)]
struct Client {
    port: u16,
    token: String,
    tls: TlsConnector,
    asked: Arc<AtomicU8>,
}

impl Client {
    fn new(data: &Data, port: u16, token: &str) -> Self {
        let mut roots = RootCertStore::empty();
        let ca = CertificateDer::from_pem_file(data.0.join("tls/ca.pem")).unwrap();
        roots.add(ca).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let tls = TlsConnector::from(Arc::new(config));
        Self { port, token: token.to_owned(), tls, asked: Arc::default() }
    }

    /// From one of many addresses of this machine, since one alone would meet its bucket's end.
    async fn connect(&self) -> io::Result<TcpStream> {
        let n = self.asked.fetch_add(1, Ordering::Relaxed);
        let socket = TcpSocket::new_v4()?;
        socket.bind((Ipv4Addr::new(127, 1, 0, 1 + n % 250), 0).into())?;
        socket.connect((Ipv4Addr::LOCALHOST, self.port).into()).await
    }

    /// One request on a connection of its own; `None` where no whole answer came.
    async fn ask(&self, line: &str, key: &str, body: &str) -> Option<(u16, Value)> {
        let whole = timeout(ANSWER_MAX, self.ask_at_once(line, key, body)).await;
        whole.unwrap()
    }

    async fn ask_at_once(&self, line: &str, key: &str, body: &str) -> Option<(u16, Value)> {
        let socket = self.connect().await.ok()?;
        let name = ServerName::try_from("localhost").unwrap();
        let mut stream = self.tls.connect(name, socket).await.ok()?;
        let request = format!(
            "{line} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {}\r\n{key}\
             connection: close\r\ncontent-type: application/json\r\n\
             content-length: {}\r\n\r\n{body}",
            self.token,
            body.len()
        );
        stream.write_all(request.as_bytes()).await.ok()?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.ok()?;
        let answer = String::from_utf8(answer).ok()?;
        let (head, body) = answer.split_once("\r\n\r\n")?;
        let status = head.split(' ').nth(1)?.parse().ok()?;
        Some((status, serde_json::from_str(body).ok()?))
    }

    /// Captures under a key of its own; the item's id where it was acknowledged.
    async fn capture(&self, key: &str) -> Option<String> {
        let body = format!(r#"{{"text":"thought {key} tomorrow 9am","time_zone":"UTC"}}"#);
        let header = format!("idempotency-key: {key}\r\n");
        let (status, answer) = self.ask("POST /api/v1/captures", &header, &body).await?;
        assert_eq!(status, 201, "{answer}");
        Some(answer.pointer("/items/0/id")?.as_str()?.to_owned())
    }

    /// Every item, page by page: id and title.
    async fn items(&self) -> Vec<(String, String)> {
        let (mut found, mut after) = (Vec::new(), String::new());
        loop {
            let head = format!("GET /api/v1/items?limit=200{after}");
            let (status, page) = self.ask(&head, "", "").await.unwrap();
            assert_eq!(status, 200, "{page}");
            for item in page.get("items").unwrap().as_array().unwrap() {
                let text = |name: &str| item.get(name).unwrap().as_str().unwrap().to_owned();
                found.push((text("id"), text("title")));
            }
            match page.get("next").and_then(Value::as_str) {
                Some(next) => after = format!("&after={next}"),
                None => return found,
            }
        }
    }
}

/// Captures until nothing answers any more; keeps each key, and the item's id once acknowledged.
async fn use_until_killed(
    client: Client,
    name: String,
    kept: Arc<Mutex<BTreeMap<String, Option<String>>>>,
) {
    for n in 0.. {
        let key = format!("{name}-{n}");
        kept.lock().unwrap().insert(key.clone(), None);
        let Some(id) = client.capture(&key).await else { return };
        kept.lock().unwrap().insert(key, Some(id));
    }
}

fn make_token(data: &Data) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kairo"));
    command.args(["token", "create", "--email", "ana@example.org"]);
    let made = command.env("KAIRO_DATA_DIR", &data.0).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    String::from_utf8(made.stdout).unwrap().lines().last().unwrap().to_owned()
}

// Goal: twenty times killed in the middle of captures, Kairo starts again each time, and every
// capture that was acknowledged is there exactly once, also when its sender tries again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kill_nine_loses_nothing_that_was_acknowledged() {
    let data = Data::new("kill9");
    let mut serve = data.serve();
    serve.is_up();
    let token = make_token(&data);
    drop(serve);
    let kept = Arc::new(Mutex::new(BTreeMap::new()));
    let mut seed = 0x9e37_79b9_u64;
    for round in 0..ROUNDS {
        let mut serve = data.serve();
        let client = Client::new(&data, serve.is_up(), &token);
        let clients: Vec<_> = (0..CLIENTS)
            .map(|n| use_until_killed(client.clone(), format!("{round}-{n}"), Arc::clone(&kept)))
            .map(tokio::spawn)
            .collect();
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        tokio::time::sleep(Duration::from_millis(20 + (seed >> 33) % 250)).await;
        kill_process(serve.pid(), Signal::KILL).unwrap();
        for client in clients {
            client.await.unwrap();
        }
    }

    let mut serve = data.serve();
    let client = Client::new(&data, serve.is_up(), &token);
    let kept = kept.lock().unwrap().clone();
    let acknowledged: BTreeSet<&String> = kept.values().flatten().collect();
    assert!(acknowledged.len() > 40, "only {} captures: no load", acknowledged.len());
    let ids: BTreeSet<String> = client.items().await.into_iter().map(|(id, _)| id).collect();
    let lost: Vec<_> = acknowledged.iter().filter(|id| !ids.contains(**id)).collect();
    assert!(lost.is_empty(), "lost: {lost:?}");
    for (key, id) in &kept {
        let again = client.capture(key).await;
        assert!(id.is_none() || again == *id, "{key} was {id:?} and is {again:?}");
    }
    assert_eq!(client.items().await.len(), kept.len(), "something was kept twice");
}
