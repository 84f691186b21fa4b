//! Real sockets: bounds of the listener, hostile clients, and the orderly end.

use std::io;
use std::net::SocketAddr;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::certificates::Folder;
use super::*;
use crate::limits::STREAMS_MAX;
use crate::web::edge::listener::{ListenerBounds, serve_within};
use crate::web::edge::{Proxies, tls};

/// A listener with the application of these tests behind it.
struct Running {
    at: SocketAddr,
    folder: Folder,
    stop: oneshot::Sender<()>,
    served: JoinHandle<io::Result<()>>,
}

const QUICK: Duration = Duration::from_millis(150);
/// Longer than any bound of these tests, shorter than a test may hang.
const PATIENCE: Duration = Duration::from_secs(5);

fn bounds_of_tests() -> ListenerBounds {
    ListenerBounds { connections_max: 8, ..ListenerBounds::default() }
}

async fn start(bounds: ListenerBounds) -> Running {
    start_behind(Proxies::default(), bounds).await
}

async fn start_behind(proxies: Proxies, bounds: ListenerBounds) -> Running {
    let folder = Folder::new();
    let config = tls::development(&folder.0, Clock::system().now()).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel();
    let stopped = async move { stopped.await.unwrap_or_default() };
    let served = tokio::spawn(serve_within(listener, config, app(), proxies, stopped, bounds));
    Running { at, folder, stop, served }
}

impl Running {
    /// A client that trusts `ca.pem` alone.
    async fn connect(&self, protocol: &[u8]) -> io::Result<TlsStream<TcpStream>> {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(self.folder.0.join("ca.pem")).unwrap()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider);
        let config = config.with_safe_default_protocol_versions().unwrap();
        let mut config = config.with_root_certificates(roots).with_no_client_auth();
        config.alpn_protocols = vec![protocol.to_vec()];
        let name = ServerName::try_from("localhost").unwrap();
        let stream = TcpStream::connect(self.at).await?;
        TlsConnector::from(Arc::new(config)).connect(name, stream).await
    }

    async fn open(&self) -> TlsStream<TcpStream> {
        self.connect(b"http/1.1").await.unwrap()
    }

    async fn exchange(&self, request: &str) -> String {
        let mut stream = self.open().await;
        stream.write_all(request.as_bytes()).await.unwrap();
        rest(&mut stream).await
    }
}

/// What still comes until the other side closes, in whatever way it does.
async fn rest(stream: &mut (impl tokio::io::AsyncRead + Unpin)) -> String {
    let mut bytes = Vec::new();
    let closed = timeout(PATIENCE, stream.read_to_end(&mut bytes)).await;
    assert!(closed.is_ok(), "still open after {PATIENCE:?}");
    String::from_utf8_lossy(&bytes).into_owned()
}

fn single(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
}

// Goal: a client that trusts `ca.pem` reads a page, and the real listener adds no banner.
#[tokio::test]
async fn a_page_over_tls() {
    let running = start(bounds_of_tests()).await;
    let answer = running.exchange(&single("/")).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.ends_with("<h1>Kairo</h1>"));
    assert!(!answer.to_lowercase().contains("\r\nserver:"));
}

// Goal: HTTP/2 is agreed on by ALPN and answered; the frames are written by hand (RFC 9113, 7541).
#[tokio::test]
async fn a_page_over_http2() {
    let running = start(bounds_of_tests()).await;
    let mut stream = running.connect(b"h2").await.unwrap();
    let settings = [0, 0, 0, 4, 0, 0, 0, 0, 0];
    let fields = [0x82, 0x84, 0x87, 0x41, 9].into_iter().chain(*b"localhost").collect::<Vec<u8>>();
    let head = [0, 0, u8::try_from(fields.len()).unwrap(), 1, 5, 0, 0, 0, 1];
    stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await.unwrap();
    stream.write_all(&[&settings[..], &head, &fields].concat()).await.unwrap();
    loop {
        let mut head = [0; 9];
        timeout(PATIENCE, stream.read_exact(&mut head)).await.unwrap().unwrap();
        let mut payload = vec![0; usize::from(head[1]) << 8 | usize::from(head[2])];
        stream.read_exact(&mut payload).await.unwrap();
        if head[3] == 1 {
            assert_eq!(payload[0], 0x88, "the indexed field `:status: 200`");
            return;
        }
    }
}

// Goal: one connection has so many streams at once; the one past them is refused, the connection
// lives on (RFC 9113 5.1.2). Heads without an end keep their streams open.
#[tokio::test]
async fn one_past_the_streams() {
    let running = start(bounds_of_tests()).await;
    let mut stream = running.connect(b"h2").await.unwrap();
    let fields = [0x83, 0x84, 0x87, 0x41, 9].into_iter().chain(*b"localhost").collect::<Vec<u8>>();
    let mut sent = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
    sent.extend([0, 0, 0, 4, 0, 0, 0, 0, 0]);
    for n in 0..=STREAMS_MAX {
        sent.extend([0, 0, u8::try_from(fields.len()).unwrap(), 1, 4]);
        sent.extend((2 * n + 1).to_be_bytes());
        sent.extend(&fields);
    }
    stream.write_all(&sent).await.unwrap();
    loop {
        let mut head = [0; 9];
        timeout(PATIENCE, stream.read_exact(&mut head)).await.unwrap().unwrap();
        let mut payload = vec![0; usize::from(head[1]) << 8 | usize::from(head[2])];
        stream.read_exact(&mut payload).await.unwrap();
        assert_ne!(head[3], 7, "the connection ends");
        if head[3] == 3 {
            assert_eq!(head[5..], (2 * STREAMS_MAX + 1).to_be_bytes(), "the one past them");
            assert_eq!(payload, 7_u32.to_be_bytes(), "REFUSED_STREAM");
            return;
        }
    }
}

/// A hello of TLS 1.2 or less that offers these suites, written by hand (RFC 5246 7.4.1.2).
fn hello(version: u8, suites: &[u16]) -> Vec<u8> {
    let suites: Vec<u8> = suites.iter().flat_map(|suite| suite.to_be_bytes()).collect();
    let groups = [0, 10, 0, 4, 0, 2, 0, 23];
    let signatures = [0, 13, 0, 6, 0, 4, 4, 3, 8, 4];
    let mut body = vec![3, version];
    body.extend([9; 32]);
    body.extend([0, 0, u8::try_from(suites.len()).unwrap()]);
    body.extend(&suites);
    body.extend([1, 0, 0, u8::try_from(groups.len() + signatures.len()).unwrap()]);
    body.extend(groups.iter().chain(&signatures));
    let length = u8::try_from(body.len()).unwrap();
    [&[22, 3, 1, 0, length + 4, 1, 0, 0, length][..], &body].concat()
}

// Goal: TLS 1.1, and TLS 1.2 without forward secrecy or with CBC, are refused by an alert; the same
// hello with a good suite is answered, so the refusal is not due to the hello.
#[tokio::test]
async fn old_tls_is_refused() {
    const PROTOCOL_VERSION: u8 = 70;
    const HANDSHAKE_FAILURE: u8 = 40;
    let running = start(bounds_of_tests()).await;
    let table: [(u8, u16, Option<u8>); 6] = [
        (2, 0xc009, Some(PROTOCOL_VERSION)),
        (3, 0xc009, Some(HANDSHAKE_FAILURE)),
        (3, 0xc023, Some(HANDSHAKE_FAILURE)),
        (3, 0x002f, Some(HANDSHAKE_FAILURE)),
        (3, 0x009c, Some(HANDSHAKE_FAILURE)),
        (3, 0xc02b, None),
    ];
    for (version, suite, alert) in table {
        let mut stream = TcpStream::connect(running.at).await.unwrap();
        stream.write_all(&hello(version, &[suite])).await.unwrap();
        let mut record = [0; 7];
        timeout(PATIENCE, stream.read_exact(&mut record)).await.unwrap().unwrap();
        assert_eq!(
            (record[0] == 21).then_some(record[6]),
            alert,
            "TLS 1.{} {suite:#x}",
            version - 1
        );
    }
}

// Goal: plain HTTP on the TLS port is closed without an answer that a client could read as HTTP.
#[tokio::test]
async fn plain_http_is_closed() {
    let running = start(bounds_of_tests()).await;
    let mut stream = TcpStream::connect(running.at).await.unwrap();
    stream.write_all(single("/").as_bytes()).await.unwrap();
    assert!(!rest(&mut stream).await.contains("HTTP"));
}

// Goal: silence before the handshake, headers that drip, silence on HTTP/2, and a kept-alive
// connection that sleeps all end by themselves.
#[tokio::test]
async fn slow_clients_are_closed() {
    let quick = ListenerBounds {
        handshake_max: QUICK,
        header_read_max: QUICK,
        idle_max: QUICK,
        ..bounds_of_tests()
    };
    let running = start(quick).await;
    let mut silent = TcpStream::connect(running.at).await.unwrap();
    assert_eq!(rest(&mut silent).await, "");
    let mut drips = running.open().await;
    drips.write_all(b"GET / HTTP/1.1\r\nHost: loc").await.unwrap();
    assert!(!rest(&mut drips).await.contains("200 OK"));
    let mut h2 = running.connect(b"h2").await.unwrap();
    rest(&mut h2).await;
    let mut sleeps = running.open().await;
    sleeps.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    assert!(rest(&mut sleeps).await.ends_with("<h1>Kairo</h1>"));
}

// Goal: dripped headers do not gain time byte by byte.
#[tokio::test]
async fn a_drip_gains_no_time() {
    let running = start(ListenerBounds { header_read_max: QUICK, ..bounds_of_tests() }).await;
    let mut stream = running.open().await;
    let dripped = timeout(PATIENCE, async {
        loop {
            if stream.write_all(b"X").await.is_err() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    assert!(dripped.await.is_ok());
}

// Goal: one connection past the listener's bound waits, and is served once another ends.
#[tokio::test]
async fn one_past_the_connections() {
    let running = start(ListenerBounds { connections_max: 2, ..bounds_of_tests() }).await;
    let first = running.open().await;
    let _second = running.open().await;
    assert!(timeout(QUICK, running.connect(b"http/1.1")).await.is_err());
    drop(first);
    let answer = timeout(PATIENCE, running.exchange(&single("/"))).await.unwrap();
    assert!(answer.contains("200 OK"));
}

// Goal: a trusted proxy holds as many connections as there are: they are those of many people.
#[tokio::test]
async fn a_trusted_proxy_has_no_share() {
    let bounds = ListenerBounds { connections_per_address_max: 1, ..bounds_of_tests() };
    let proxies = Proxies::new(vec!["127.0.0.0/8".parse().unwrap()]);
    let running = start_behind(proxies, bounds).await;
    let _first = running.open().await;
    let _second = running.open().await;
    assert!(running.exchange(&single("/")).await.contains("200 OK"));
}

// Goal: one connection past what an address may hold is closed at once, the others live on.
#[tokio::test]
async fn one_past_the_connections_of_an_address() {
    let running =
        start(ListenerBounds { connections_per_address_max: 2, ..bounds_of_tests() }).await;
    let first = running.open().await;
    let _second = running.open().await;
    assert!(running.connect(b"http/1.1").await.is_err());
    drop(first);
    tokio::time::sleep(QUICK).await;
    assert!(running.exchange(&single("/")).await.contains("200 OK"));
}

// Goal: one past the bounds of headers and address is answered with Kairo's page over a socket too,
// and what is far past them is still refused.
#[tokio::test]
async fn large_heads_are_refused() {
    let running = start(bounds_of_tests()).await;
    let many = |count: usize| "X: 1\r\n".repeat(count);
    let with =
        |headers: &str| format!("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{headers}\r\n");
    let filler = |bytes: usize| format!("X: {}\r\n", "a".repeat(bytes));
    let address =
        format!("GET /{} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "a".repeat(4_096));
    for (request, status, is_ours) in [
        (with(&many(62)), "200", true),
        (with(&many(63)), "431", true),
        (with(&many(1_000)), "431", false),
        (with(&filler(crate::limits::HEADER_BYTES_MAX)), "431", true),
        (with(&filler(60_000)), "431", false),
        (address, "414", true),
    ] {
        let answer = running.exchange(&request).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{status}: {answer:.60}");
        assert_eq!(answer.contains("strict-transport-security"), is_ours, "{status}");
    }
}

// Goal: a client that sends all of a body that is too large, over a slow line, is not reset while
// it does, and reads the answer afterwards.
#[tokio::test]
async fn a_large_body_is_answered() {
    let running = start(bounds_of_tests()).await;
    let pieces = 16;
    let piece = vec![b'a'; 128 * 1024];
    let mut stream = running.open().await;
    let size = pieces * piece.len();
    let head = format!("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: {size}\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    for _ in 0..pieces {
        stream.write_all(&piece).await.unwrap();
        stream.flush().await.unwrap();
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let mut start = [0; 12];
    stream.read_exact(&mut start).await.unwrap();
    assert_eq!(&start, b"HTTP/1.1 413");
}

// Goal: a client that never stops sending after the answer is cut, by bytes when it is fast.
#[tokio::test]
async fn lingering_ends() {
    let running = start(bounds_of_tests()).await;
    let mut stream = running.open().await;
    let head = b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999999\r\n\r\n";
    stream.write_all(head).await.unwrap();
    let piece = vec![b'a'; 64 * 1024];
    let mut sent = 0;
    let endless = async {
        while stream.write_all(&piece).await.is_ok() {
            sent += piece.len();
        }
    };
    assert!(timeout(PATIENCE, endless).await.is_ok());
    assert!(sent < 8 * crate::limits::LINGER_BYTES_MAX, "{sent} bytes were taken");
}

// Goal: a stop finishes the request under way, refuses newcomers, and drops idle connections.
#[tokio::test]
async fn a_stop_finishes_what_is_under_way() {
    let running = start(bounds_of_tests()).await;
    let _idle = running.open().await;
    let mut stream = running.open().await;
    stream.write_all(b"GET /slow HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    tokio::time::sleep(QUICK).await;
    running.stop.send(()).unwrap();
    assert!(rest(&mut stream).await.ends_with("done"));
    timeout(PATIENCE, running.served).await.unwrap().unwrap().unwrap();
    assert!(TcpStream::connect(running.at).await.is_err());
}

// Goal: a request that never ends does not keep the process beyond the drain.
#[tokio::test]
async fn the_drain_ends() {
    let running = start(ListenerBounds { drain_max: QUICK, ..bounds_of_tests() }).await;
    let mut stream = running.open().await;
    stream.write_all(b"POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n").await.unwrap();
    tokio::time::sleep(QUICK).await;
    running.stop.send(()).unwrap();
    timeout(PATIENCE, running.served).await.unwrap().unwrap().unwrap();
}
