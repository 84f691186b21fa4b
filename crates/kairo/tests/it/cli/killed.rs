//! Kairo killed with -9 while it is used: it comes back, and keeps what it had acknowledged.

use std::collections::BTreeSet;
use std::time::Duration;

use rustix::process::{Signal, kill_process};

use super::client::{Client, Kept, make_token, use_until_gone};
use super::program::Data;

const ROUNDS: u64 = 20;
const CLIENTS: u64 = 4;

/// Captures that were answered.
fn acknowledged(kept: &Kept) -> usize {
    kept.lock().unwrap().values().flatten().count()
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
    let kept = Kept::default();
    let mut seed = 0x9e37_79b9_u64;
    for round in 0..ROUNDS {
        let mut serve = data.serve();
        let client = Client::new(&data, serve.is_up(), &token);
        let clients: Vec<_> = (0..CLIENTS)
            .map(|n| use_until_gone(client.clone(), format!("{round}-{n}"), Kept::clone(&kept)))
            .map(tokio::spawn)
            .collect();
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        // After so many captures of this round as chance says, and at any moment of the next one: a
        // busy machine makes the test longer, and the load no smaller.
        let known = acknowledged(&kept);
        while acknowledged(&kept) < known + 3 + (seed >> 40) as usize % 6 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        tokio::time::sleep(Duration::from_micros((seed >> 33) % 10_000)).await;
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
