//! What a request leaves in the log.

use std::io::Write;
use std::sync::Mutex;

use tracing::instrument::WithSubscriber as _;

use super::*;
use crate::web::edge::Peer;

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The answer, and every line that was written while it was made.
async fn logged(request: Request) -> (Parts, Vec<serde_json::Value>) {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt().json().with_max_level(tracing::Level::TRACE);
    let subscriber = subscriber.with_writer(move || writer.clone()).finish();
    let (parts, _) = send(&app(), request).with_subscriber(subscriber).await;
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    (parts, text.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

// Goal: one line a request, with method, route, status, duration and the answer's own number.
#[tokio::test]
async fn one_line_a_request() {
    let (parts, lines) = logged(empty(ask("GET", "/items/7"))).await;
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert_eq!(lines[0]["fields"]["status"], 303);
    assert!(lines[0]["fields"]["duration_ms"].is_u64());
    assert_eq!(lines[0]["span"]["method"], "GET");
    assert_eq!(lines[0]["span"]["route"], "/items/{id}");
    assert_eq!(lines[0]["span"]["request_id"], header(&parts, "x-request-id"));
}

// Goal: nothing that a client chose freely is written, on a known address, an unknown one, or with
// a method of its own making.
#[tokio::test]
async fn nothing_secret_is_written() {
    for (method, path) in
        [("POST", "/echo"), ("GET", "/SECRET"), ("SECRET", "/"), ("POST", "/form")]
    {
        let request = ask(method, &format!("{path}?a=SECRET"))
            .header("cookie", "a=SECRET")
            .header("authorization", "Bearer SECRET")
            .header("user-agent", "SECRET\nSECRET".replace('\n', " "))
            .header("sec-fetch-site", "SECRET");
        let mut request = request.body(Body::from("SECRET")).unwrap();
        request.extensions_mut().insert(Peer("192.0.2.77:1".parse().unwrap()));
        let (_, lines) = logged(request).await;
        let text = serde_json::to_string(&lines).unwrap();
        assert!(
            !lines.is_empty() && !text.contains("SECRET") && !text.contains("192.0.2"),
            "{text}"
        );
    }
}

// Goal: a cause is written once, under the number that the person can quote; a panic's payload
// never.
#[tokio::test]
async fn a_cause_is_written_once() {
    let (parts, lines) = logged(empty(ask("GET", "/broken"))).await;
    let causes: Vec<_> = lines.iter().filter(|line| line["level"] == "ERROR").collect();
    assert_eq!(causes.len(), 1, "{lines:?}");
    assert_eq!(causes[0]["fields"]["error"], "the secret cause");
    assert_eq!(causes[0]["fields"]["request_id"], header(&parts, "x-request-id"));
    let (_, lines) = logged(empty(ask("GET", "/panics"))).await;
    assert!(!serde_json::to_string(&lines).unwrap().contains("person typed"));
}
