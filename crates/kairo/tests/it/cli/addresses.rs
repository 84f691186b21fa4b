//! Where a client came from, planted in a whole run and looked for in all that the run left.

use std::fs::{self, File};

use kairo::db::Host;
use kairo::db::cluster::pg_config;
use kairo::limits::SIGN_IN_PER_MINUTE;
use ring::digest::{SHA256, digest};
use rustix::process::{Signal, kill_process};
use serde_json::Value;

use super::client::{Client, make_token};
use super::program::{Data, proxied};

/// Clients of an IPv4 and an IPv6 network, and what would give them away: the address, its
/// network's beginning, its bytes in hex, and all that a plain hash would be taken of.
const PLANTED: [(&str, &[&str]); 2] = [
    ("198.51.100.77", &["198.51.100.77", "c633644d"]),
    ("2001:db8:5a5a:77::1234", &["2001:db8:5a5a", "2001:0db8:5a5a", "20010db85a5a"]),
];

/// Every row of every table, as text, with its table's name.
async fn every_row(data: &Data) -> Vec<String> {
    let node = fs::read_to_string(data.0.join("run/node.json")).unwrap();
    let node: Value = serde_json::from_str(&node).unwrap();
    let socket = node["socket_dir"].as_str().unwrap();
    let host = Host::connect(pg_config(socket.as_ref(), "kairo_super", "kairo")).await.unwrap();
    let tables = "SELECT c.oid::regclass::text FROM pg_class c
                    JOIN pg_namespace n ON n.oid = c.relnamespace
                   WHERE c.relkind IN ('r', 'p', 'm') AND n.nspname !~ '^(pg_|information_)'";
    let mut rows = Vec::new();
    for table in host.query(tables, &[]).await.unwrap() {
        let table: String = table.get(0);
        let all = host.query(&format!("SELECT t::text FROM {table} t"), &[]).await.unwrap();
        rows.extend(all.iter().map(|row| format!("{table} {}", row.get::<_, String>(0))));
    }
    rows
}

/// Everything that a client from `from` may do and do wrong; all that it was answered.
async fn used(client: &Client, token: &str, from: &str) -> String {
    let came = format!("x-forwarded-for: 203.0.113.9, {from}\r\n");
    let bearer = format!("{came}authorization: Bearer {token}\r\n");
    let json = format!("{bearer}content-type: application/json\r\n");
    let form = format!("{came}content-type: application/x-www-form-urlencoded\r\n");
    let mut answers = vec![
        client.exchange("POST /api/v1/captures", &json, r#"{"text":"tea at 4pm"}"#).await,
        client.exchange("POST /api/v1/captures", &json, "{broken").await,
        client.exchange("POST /captures", &form, "text=milk").await,
        client.exchange("GET /nothing/here?x=1", &came, "").await,
        client.exchange("GET /api/v1/items/none", &bearer, "").await,
        client.exchange("TRACE /", &came, "").await,
        client.exchange("POST /sign-in", &form, "email=ben%40example.org").await,
    ];
    for _ in 0..=SIGN_IN_PER_MINUTE {
        answers.push(client.exchange("POST /sign-in/code", &form, "code=1111-1111").await);
    }
    answers.into_iter().map(|answer| answer.unwrap().to_lowercase()).collect()
}

// Goal: no row of any table, no line of the log and no answer holds where a client came from, raw
// or as a plain hash, whatever it did; and the look would have found it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_address_is_left_anywhere() {
    let data = Data::new("addresses");
    let path = data.0.with_extension("log");
    let mut serve = data.serve_logged_with(File::create(&path).unwrap(), &proxied());
    let port = serve.is_up();
    let token = make_token(&data);
    let client = Client::new(&data, port, &token);
    let mut answers = String::new();
    for (from, _) in PLANTED {
        let answered = used(&client, &token, from).await;
        for status in ["http/1.1 201", "http/1.1 303", "http/1.1 404", "http/1.1 429"] {
            assert!(answered.contains(status), "{status} is not in {answered}");
        }
        answers.push_str(&answered);
    }
    let rows = every_row(&data).await.join("\n").to_lowercase();
    kill_process(serve.pid(), Signal::TERM).unwrap();
    tokio::task::spawn_blocking(|| serve.end()).await.unwrap();
    let log = fs::read_to_string(&path).unwrap().to_lowercase();
    fs::remove_file(&path).unwrap();
    // For each kind of route two networks and a site, beside what checks of the Security page left.
    assert!(rows.matches("authn.source_buckets (").count() >= 6, "{rows}");
    assert!(rows.contains("authn.proof_budgets (ben@example.org") && log.contains("/sign-in/code"));
    for (from, signs) in PLANTED {
        let hash = digest(&SHA256, from.as_bytes());
        let hash = hash.as_ref().iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        for sign in signs.iter().copied().chain([hash.as_str(), "127.1.0.", "203.0.113.9"]) {
            for (place, text) in [("a row", &rows), ("the log", &log), ("an answer", &answers)] {
                let line = text.lines().find(|line| line.contains(sign));
                assert_eq!(line, None, "{place} holds {sign}");
            }
        }
    }
}
