//! Plain HTTP leads to the origin and nowhere else.

use axum::http::HeaderValue;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::limits::{HEADER_READ_MAX, REDIRECTS_MAX};
use crate::web::edge::redirect;

async fn start() -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    tokio::spawn(redirect::serve(listener, HeaderValue::from_static("https://kairo.example.com")));
    at
}

async fn answer(at: std::net::SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(at).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    text.to_lowercase()
}

// Goal: every path is kept, every method too, and the host is ours whatever the request says.
#[tokio::test]
async fn everybody_is_sent_to_the_origin() {
    let at = start().await;
    for (line, to) in [
        ("GET / HTTP/1.1", "/"),
        ("GET /inbox?tag=a%20b HTTP/1.1", "/inbox?tag=a%20b"),
        ("POST /captures HTTP/1.1", "/captures"),
        ("GET //evil.example/x HTTP/1.1", "/"),
        ("GET http://evil.example/x HTTP/1.1", "/x"),
        ("OPTIONS * HTTP/1.1", "/"),
    ] {
        let said = answer(at, &format!("{line}\r\nHost: evil.example\r\n\r\n")).await;
        let to = format!("location: https://kairo.example.com{to}\r\n");
        assert!(said.starts_with("http/1.1 308") && said.contains(&to), "{line}: {said}");
        assert!(said.contains("connection: close"), "{said}");
    }
}

// Goal: clients that say nothing hold no more than their share, and not for long.
#[tokio::test]
async fn silent_clients_are_let_go() {
    let at = start().await;
    let mut silent = Vec::new();
    for _ in 0..REDIRECTS_MAX {
        silent.push(TcpStream::connect(at).await.unwrap());
    }
    let since = tokio::time::Instant::now();
    assert!(answer(at, "GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.starts_with("http/1.1 308"));
    assert!(since.elapsed() >= HEADER_READ_MAX - std::time::Duration::from_secs(1));
    for mut stream in silent {
        assert_eq!(stream.read(&mut [0; 64]).await.unwrap_or(0), 0);
    }
}
