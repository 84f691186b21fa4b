//! What benches of a whole Kairo share: an upstream that answers at once, and connections.

use std::net::Ipv4Addr;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio_rustls::TlsConnector;

use super::program::{self, Data};

/// A connection of either kind.
pub trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

/// What is asked of a model.
pub const CHAT: &str =
    r#"{"model":"bench","messages":[{"role":"user","content":"hi"}],"max_tokens":16}"#;

/// Answers every request with the same few words, at once.
pub async fn upstream(calls: Arc<AtomicUsize>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(answer_all(stream, Arc::clone(&calls)));
        }
    });
    port
}

async fn answer_all(mut stream: TcpStream, calls: Arc<AtomicUsize>) {
    let _without = stream.set_nodelay(true);
    let tags = r#"{\"title\":\"coffee\",\"kind\":\"task\",\"people\":[],\"labels\":[]}"#;
    let said = format!(r#"{{"role":"assistant","content":"{tags}"}}"#);
    let choice = format!(r#"{{"index":0,"message":{said},"finish_reason":"stop"}}"#);
    let usage = r#"{"prompt_tokens":9,"completion_tokens":9,"total_tokens":18}"#;
    let body = format!(
        r#"{{"id":"c","object":"chat.completion","created":1,"model":"bench","choices":[{choice}],
            "usage":{usage}}}"#
    );
    let whole = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut read = Vec::new();
    while message(&mut stream, &mut read).await {
        calls.fetch_add(1, Ordering::Relaxed);
        if stream.write_all(whole.as_bytes()).await.is_err() {
            return;
        }
    }
}

/// Reads one whole message; false where the other side has gone.
pub async fn message(stream: &mut (impl AsyncRead + Unpin), read: &mut Vec<u8>) -> bool {
    let mut piece = [0; 16 * 1024];
    read.clear();
    loop {
        let Ok(n @ 1..) = stream.read(&mut piece).await else { return false };
        read.extend(piece.iter().take(n));
        let Some(end) = read.windows(4).position(|it| it == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(read.get(..end).unwrap()).to_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let length = length.map_or(0, |length| length.trim().parse::<usize>().unwrap());
        if read.len() >= end + 4 + length {
            return true;
        }
    }
}

/// A connection, from an address of its own on this machine.
pub async fn open_plain(port: u16, n: usize) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    let [.., a] = n.to_be_bytes();
    socket.bind((Ipv4Addr::new(127, 1, 1, a), 0).into()).unwrap();
    let socket = socket.connect((Ipv4Addr::LOCALHOST, port).into()).await.unwrap();
    socket.set_nodelay(true).unwrap();
    socket
}

/// A connection over TLS.
pub async fn open(data: &Data, port: u16, n: usize) -> Box<dyn Stream> {
    let socket = open_plain(port, n).await;
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(data.0.join("tls/ca.pem")).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider);
    let config = config.with_safe_default_protocol_versions().unwrap();
    let config = config.with_root_certificates(roots).with_no_client_auth();
    let name = ServerName::try_from("localhost").unwrap();
    Box::new(TlsConnector::from(Arc::new(config)).connect(name, socket).await.unwrap())
}

/// CPU that a process has used, in microseconds (proc(5): fields 14 and 15, in hundredths).
pub fn cpu_us(pid: u32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let rest = stat.rsplit_once(')').unwrap().1;
    let ticks = rest.split_whitespace().skip(11).take(2).map(|it| it.parse::<u64>().unwrap());
    ticks.sum::<u64>() * 10_000
}

/// The settings of a Kairo behind a proxy, with a provider on this port and a plan without end.
pub fn settings(provider: u16) -> Vec<(&'static str, String)> {
    let plan = [
        ("KAIRO_AI_BASE_URL", format!("http://127.0.0.1:{provider}/v1")),
        ("KAIRO_AI_MODEL", "bench".to_owned()),
        ("KAIRO_PLANS_PRO_MONTH", "1000000000".to_owned()),
        ("KAIRO_PLANS_PRO_HOUR", "1000000000".to_owned()),
        ("KAIRO_PLANS_PRO_BURST", "never".to_owned()),
    ];
    plan.into_iter().chain(program::proxied()).collect()
}

/// A token of a person of the larger plan, who is made for it.
pub fn token(data: &Data, email: &str) -> String {
    let made = Command::new(env!("CARGO_BIN_EXE_kairo"))
        .args(["token", "create", "--email", email, "--plan", "pro"])
        .env("KAIRO_DATA_DIR", &data.0)
        .output()
        .unwrap();
    String::from_utf8(made.stdout).unwrap().lines().last().unwrap().to_owned()
}
