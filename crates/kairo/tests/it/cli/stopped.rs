//! Kairo stopped with SIGTERM while it is used, and what its log of such a run holds.

use std::fs::{self, File};
use std::time::Duration;

use rustix::process::{Signal, kill_process};

use super::client::{Client, Kept, make_token, use_until_gone};
use super::program::Data;

const CLIENTS: usize = 6;

// Goal: a stop under load answers what is under way: everything that was stored was acknowledged,
// everything acknowledged is stored, and the program ends well.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_under_load_answers_what_it_began() {
    let data = Data::new("term");
    let mut serve = data.serve();
    let port = serve.is_up();
    let client = Client::new(&data, port, &make_token(&data));
    let kept = Kept::default();
    let clients: Vec<_> = (0..CLIENTS)
        .map(|n| use_until_gone(client.clone(), n.to_string(), Kept::clone(&kept)))
        .map(tokio::spawn)
        .collect();
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    kill_process(serve.pid(), Signal::TERM).unwrap();
    for client in clients {
        client.await.unwrap();
    }
    let (status, said) = tokio::task::spawn_blocking(|| serve.end()).await.unwrap();
    assert!(status.success(), "{status}: {said}");
    let mut serve = data.serve();
    let client = client.at(serve.is_up());
    let mut stored: Vec<_> = client.items().await.into_iter().map(|(id, _)| id).collect();
    let mut acknowledged: Vec<_> = kept.lock().unwrap().values().flatten().cloned().collect();
    stored.sort();
    acknowledged.sort();
    assert!(acknowledged.len() > 20, "only {} captures: no load", acknowledged.len());
    assert_eq!(stored, acknowledged);
}

// Goal: the log of a whole run, with every line that can be turned on, holds no secret, no address
// of a client, no address of a person and none of their words.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_whole_log_holds_no_secret() {
    let data = Data::new("log");
    // Beside the data folder, which Kairo makes by itself.
    let path = data.0.with_extension("log");
    let mut serve = data.serve_logged(File::create(&path).unwrap());
    let port = serve.is_up();
    let token = make_token(&data);
    let client = Client::new(&data, port, &token);
    assert!(client.capture("zebra").await.is_some());
    let broken = client.ask("PATCH /api/v1/items/zebra?word=zebra", "", "{\"zebra\"").await;
    assert!(broken.is_some_and(|(status, _)| status >= 400));
    let forged = client.with(&token.replace("kt1_", "kt1_A"));
    assert_eq!(forged.ask("GET /api/v1/items", "", "").await.map(|it| it.0), Some(401));
    assert!(client.items().await.len() == 1);
    kill_process(serve.pid(), Signal::TERM).unwrap();
    tokio::task::spawn_blocking(|| serve.end()).await.unwrap();
    let log = fs::read_to_string(&path).unwrap();
    fs::remove_file(&path).unwrap();
    let requests = log.matches("/api/v1/").count();
    assert!(requests >= 4, "the log does not speak of the requests: {log}");
    let secret = token.strip_prefix("kt1_").unwrap();
    for hidden in [secret, "zebra", "ana@example.org", "127.1.0.", "Bearer"] {
        let line = log.lines().find(|line| line.contains(hidden));
        assert_eq!(line, None, "the log holds {hidden}");
    }
}
