//! The numbers' own listener.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::*;
use crate::limits::{HEADER_READ_MAX, METRICS_CONNECTIONS_MAX};
use crate::meters::{Meters, PoolUse};
use crate::web::edge::metrics;

async fn answer(at: std::net::SocketAddr, line: &str) -> String {
    let mut stream = TcpStream::connect(at).await.unwrap();
    stream.write_all(format!("{line} HTTP/1.1\r\nHost: x\r\n\r\n").as_bytes()).await.unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    text
}

async fn start() -> std::net::SocketAddr {
    let pool = PoolUse { role: "kairo_app", used: 2, idle: 3, waiting: 0, max: 8 };
    let meters = Meters::install(Clock::system(), Arc::new(move || vec![pool])).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    tokio::spawn(metrics::serve(listener, meters));
    at
}

// Goal: the page is at one address, for reading alone; what strangers send moves no label, silent
// clients hold no more than their share, and a second recorder is refused.
#[tokio::test]
async fn numbers_are_shown_and_nothing_else() {
    let at = start().await;
    assert!(Meters::install(Clock::system(), Arc::new(Vec::new)).is_err());
    let app = app();
    for n in 0..50 {
        let path = format!("/items/{n}?word=secret{n}");
        send(&app, empty(ask("GET", &path).header("authorization", "Bearer kt1_secret"))).await;
        send(&app, empty(ask(&format!("M{n}"), &format!("/secret{n}")))).await;
    }
    let page = answer(at, "GET /metrics").await;
    assert!(page.starts_with("HTTP/1.1 200 OK\r\n"), "{page}");
    assert!(page.contains("content-type: text/plain; version=0.0.4"), "{page}");
    for line in [
        "kairo_http_requests_total{method=\"GET\",route=\"/items/{id}\",class=\"3xx\"} 50",
        "kairo_http_requests_total{method=\"OTHER\",route=\"(no route)\",class=\"4xx\"} 50",
        "kairo_db_pool_used{role=\"kairo_app\"} 2",
        "# TYPE kairo_http_request_duration_seconds histogram",
    ] {
        assert!(page.lines().any(|it| it == line), "{line} is not in {page}");
    }
    assert!(!page.contains("secret") && !page.contains("M4"), "{page}");
    assert!(answer(at, "HEAD /metrics").await.starts_with("HTTP/1.1 200"));
    assert!(answer(at, "GET /").await.starts_with("HTTP/1.1 404"));
    assert!(answer(at, "GET /metrics/x").await.starts_with("HTTP/1.1 404"));
    assert!(answer(at, "POST /metrics").await.starts_with("HTTP/1.1 405"));
    let mut silent = Vec::new();
    for _client in 0..METRICS_CONNECTIONS_MAX {
        silent.push(TcpStream::connect(at).await.unwrap());
    }
    let since = tokio::time::Instant::now();
    assert!(answer(at, "GET /metrics").await.starts_with("HTTP/1.1 200"));
    assert!(since.elapsed() >= HEADER_READ_MAX - Duration::from_secs(1));
}
