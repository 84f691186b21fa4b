//! `kairo serve` with a listener for Prometheus.

use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use super::client::{Client, make_token};
use super::program::Data;

fn page(at: &str) -> String {
    let mut stream = TcpStream::connect(at).unwrap();
    stream.write_all(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text.split_once("\r\n\r\n").unwrap().1.to_owned()
}

/// The page, once it has a line.
fn page_with(at: &str, line: &str) -> String {
    loop {
        let page = page(at);
        if page.lines().any(|it| it == line) {
            return page;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The series of a page, without their numbers.
fn series(page: &str) -> BTreeSet<&str> {
    let lines = page.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| line.rsplit_once(' ').unwrap().0).collect()
}

fn value(page: &str, name: &str) -> f64 {
    let line = page.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("{name} is not in {page}")).parse().unwrap()
}

// Goal: what Kairo did is counted, and no series names who did it, from where or with what words;
// strange requests add no series.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_running_kairo_is_counted() {
    let data = Data::new("metrics");
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let mut serve = data.serve_with(&[("KAIRO_METRICS_LISTEN", free.clone())]);
    let port = serve.is_up();
    let token = make_token(&data);
    let client = Client::new(&data, port, &token);
    let id = client.capture("zebra").await.unwrap();
    client.ask("GET /api/v1/nowhere", "", "").await.unwrap();
    client.ask(&format!("GET /api/v1/items/{id}"), "", "").await.unwrap();
    let first = page_with(&free, "kairo_mail_waiting 0");
    assert_eq!(value(&first, "kairo_captures_total"), 1.0);
    assert_eq!(value(&first, "kairo_reading_duration_microseconds_count"), 1.0);
    assert!(value(&first, "kairo_db_pool_max{role=\"kairo_app\"}") >= 1.0);
    assert!(value(&first, "kairo_db_batches_total{role=\"kairo_app\",outcome=\"done\"}") >= 3.0);
    assert!(value(&first, "process_resident_memory_bytes") > 1e6);
    assert!(value(&first, "kairo_uptime_seconds") > 0.0);
    assert!(first.contains("route=\"/api/v1/items/{id}\",class=\"2xx\"} 1"), "{first}");
    for n in 0..40 {
        client.ask(&format!("GET /api/v1/nowhere{n}?word=zebra{n}"), "", "").await.unwrap();
    }
    let again = page(&free);
    // The checks of the Security page ask for pages that are there, and have series of their own.
    let (before, after) = (series(&first), series(&again));
    let others = after.difference(&before).filter(|it| it.contains("(no route)"));
    assert_eq!(others.collect::<Vec<_>>(), Vec::<&&str>::new());
    for hidden in [&token[4..], "zebra", "ana@", "127.", &id, "nowhere"] {
        assert!(!again.contains(hidden), "{hidden} is in {again}");
    }
}
