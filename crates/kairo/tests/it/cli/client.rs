//! Programs that use a running Kairo over its own listener, each request on its own connection.

use std::collections::BTreeMap;
use std::io;
use std::net::Ipv4Addr;
use std::process::Command;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::program::Data;

/// Far longer than an answer takes.
const ANSWER_MAX: Duration = Duration::from_secs(20);

/// What was asked to be kept by its key, and the item's id once that was acknowledged.
pub type Kept = Arc<Mutex<BTreeMap<String, Option<String>>>>;

/// What a program on this machine knows of a Kairo.
#[derive(Clone)]
pub struct Client {
    port: u16,
    token: String,
    tls: TlsConnector,
    asked: Arc<AtomicU8>,
}

/// An answer of which a part has come.
pub struct Begun {
    stream: TlsStream<TcpStream>,
    came: Vec<u8>,
}

impl Begun {
    /// All that came, to the end or to where it broke off.
    pub async fn rest(mut self) -> String {
        let whole = timeout(ANSWER_MAX, self.stream.read_to_end(&mut self.came));
        let _broken_off = whole.await.unwrap();
        String::from_utf8_lossy(&self.came).into_owned()
    }
}

impl Client {
    pub fn new(data: &Data, port: u16, token: &str) -> Self {
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

    /// The same program, after Kairo came back on another port.
    pub fn at(&self, port: u16) -> Self {
        Self { port, ..self.clone() }
    }

    /// The same program with another token.
    pub fn with(&self, token: &str) -> Self {
        Self { token: token.to_owned(), ..self.clone() }
    }

    /// From one of many addresses of this machine, since one alone would meet its bucket's end.
    async fn connect(&self) -> io::Result<TcpStream> {
        let n = self.asked.fetch_add(1, Ordering::Relaxed);
        let socket = TcpSocket::new_v4()?;
        socket.bind((Ipv4Addr::new(127, 1, 0, 1 + n % 250), 0).into())?;
        socket.connect((Ipv4Addr::LOCALHOST, self.port).into()).await
    }

    /// One request on a connection of its own; `None` where no whole answer came.
    pub async fn ask(&self, line: &str, key: &str, body: &str) -> Option<(u16, Value)> {
        let whole = timeout(ANSWER_MAX, self.ask_at_once(line, key, body)).await;
        whole.unwrap()
    }

    /// Begins a request, and reads the answer until a part of it has come.
    pub async fn begin(&self, line: &str, key: &str, body: &str, part: &str) -> Option<Begun> {
        let whole = timeout(ANSWER_MAX, async {
            let mut begun = Begun { stream: self.send(line, key, body).await?, came: Vec::new() };
            while !String::from_utf8_lossy(&begun.came).contains(part) {
                begun.stream.read_buf(&mut begun.came).await.ok().filter(|bytes| *bytes > 0)?;
            }
            Some(begun)
        });
        whole.await.unwrap()
    }

    async fn ask_at_once(&self, line: &str, key: &str, body: &str) -> Option<(u16, Value)> {
        let mut stream = self.send(line, key, body).await?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.ok()?;
        let answer = String::from_utf8(answer).ok()?;
        let (head, body) = answer.split_once("\r\n\r\n")?;
        let status = head.split(' ').nth(1)?.parse().ok()?;
        Some((status, serde_json::from_str(body).ok()?))
    }

    async fn send(&self, line: &str, key: &str, body: &str) -> Option<TlsStream<TcpStream>> {
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
        Some(stream)
    }

    /// One request of no browser's, with headers of its own, on a connection of its own; the
    /// status.
    pub async fn post(&self, path: &str, headers: &str, body: &str) -> Option<u16> {
        let answer = self.exchange(&format!("POST {path}"), headers, body).await?;
        answer.split(' ').nth(1)?.parse().ok()
    }

    /// One request of no browser's, and all that came back.
    pub async fn exchange(&self, line: &str, headers: &str, body: &str) -> Option<String> {
        let whole = timeout(ANSWER_MAX, async {
            let socket = self.connect().await.ok()?;
            let name = ServerName::try_from("localhost").unwrap();
            let mut stream = self.tls.connect(name, socket).await.ok()?;
            let length = body.len();
            let request = format!(
                "{line} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{headers}\
                 content-length: {length}\r\n\r\n{body}"
            );
            stream.write_all(request.as_bytes()).await.ok()?;
            let mut answer = Vec::new();
            stream.read_to_end(&mut answer).await.ok()?;
            Some(String::from_utf8_lossy(&answer).into_owned())
        });
        whole.await.unwrap()
    }

    /// Asks for a mail by the form; whether that was answered as asked.
    pub async fn ask_for_mail(&self, email: &str) -> bool {
        let kind = "content-type: application/x-www-form-urlencoded\r\n";
        let form = format!("email={}&next=&zone=", email.replace('@', "%40"));
        let answered = self.post("/sign-in", kind, &form).await;
        answered.inspect(|status| assert_eq!(*status, 303, "{email}")).is_some()
    }

    /// Captures under a key of its own; the item's id where it was acknowledged.
    pub async fn capture(&self, key: &str) -> Option<String> {
        let body = format!(r#"{{"text":"thought {key} tomorrow 9am","time_zone":"UTC"}}"#);
        let header = format!("idempotency-key: {key}\r\n");
        let (status, answer) = self.ask("POST /api/v1/captures", &header, &body).await?;
        assert_eq!(status, 201, "{answer}");
        Some(answer.pointer("/items/0/id")?.as_str()?.to_owned())
    }

    /// Every item, page by page: id and title.
    pub async fn items(&self) -> Vec<(String, String)> {
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
pub async fn use_until_gone(client: Client, name: String, kept: Kept) {
    for n in 0.. {
        let key = format!("{name}-{n}");
        kept.lock().unwrap().insert(key.clone(), None);
        let Some(id) = client.capture(&key).await else { return };
        kept.lock().unwrap().insert(key, Some(id));
    }
}

pub fn make_token(data: &Data) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kairo"));
    command.args(["token", "create", "--email", "ana@example.org"]);
    let made = command.env("KAIRO_DATA_DIR", &data.0).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    String::from_utf8(made.stdout).unwrap().lines().last().unwrap().to_owned()
}
