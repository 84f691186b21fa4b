//! Bounds of the guard, each with one past it.

use std::pin::Pin;

use futures_util::FutureExt as _;
use kairo::guard::sweep::sweep;
use kairo::limits::{LEDGER_QUEUE_MAX, RESERVE_BATCH_MAX, RESERVE_QUEUE_MAX};

use super::*;

type Asked = Pin<Box<dyn Future<Output = Result<Granted, Refusal>>>>;

/// Brings a request into the queue, and no further: nothing else runs until a test waits.
fn queued(node: &Guard, who: &Somebody) -> (Asked, Option<Result<Granted, Refusal>>) {
    let (node, identity) = (node.clone(), who.identity.clone());
    let mut asked: Asked = Box::pin(async move { node.reserve(&identity, ask()).await });
    let came = (&mut asked).now_or_never();
    (asked, came)
}

// Goal: as many requests wait as the queue has places; one more is refused at once, nobody is
// charged who went away, and the queue is good again afterwards.
#[tokio::test]
async fn requests_that_wait() {
    let plans = plans(10_000, 10_000, None);
    let app = kairo_with(&plans).await;
    let (who, node) = (people(&app, 1).await.remove(0), node(&app, &plans, RESERVE_BATCH_MAX));
    let waiting: Vec<_> = (0..RESERVE_QUEUE_MAX).map(|_| queued(&node, &who)).collect();
    assert!(waiting.iter().all(|(_, came)| came.is_none()));
    let (_, one_more) = queued(&node, &who);
    assert!(matches!(one_more, Some(Err(Refusal::Unavailable))), "{one_more:?}");
    let mut waiting = waiting.into_iter().map(|(asked, _)| asked);
    let some: Vec<_> = waiting.by_ref().take(100).collect();
    drop(waiting);
    assert_eq!(grants(join_all(some).await).len(), 100);
    assert!(node.reserve(&who.identity, ask()).await.is_ok());
    node.flush().await;
    is_sound(&app.superuser().await).await;
}

// Goal: as many requests go together as a batch has places, and one more is of the next.
#[tokio::test]
async fn requests_of_a_batch() {
    let plans = plans(100, 100, None);
    let app = kairo_with(&plans).await;
    let (people, host) = (people(&app, RESERVE_BATCH_MAX + 1).await, app.superuser().await);
    for who in &people {
        // Who has no row yet goes alone.
        at(&host, who.id, new_key(), 0, 0, "2026-11-01Z").await;
    }
    let node = node(&app, &plans, RESERVE_BATCH_MAX);
    let asked: Vec<_> = people.iter().map(|who| queued(&node, who).0).collect();
    let kept = grants(join_all(asked).await);
    let batches = "SELECT array_agg(n ORDER BY n) FROM (
                       SELECT count(*) AS n FROM guard.reservations GROUP BY xmin::text) batches";
    let batches: Vec<i64> = host.query(batches, &[]).await.unwrap()[0].get(0);
    assert_eq!(batches, [1, i64::try_from(RESERVE_BATCH_MAX).unwrap()]);
    assert_eq!(kept.len(), RESERVE_BATCH_MAX + 1);
}

// Goal: as many ended calls wait for the ledger as its queue has places; one more stays charged at
// its most until it expires, and costs no other.
#[tokio::test]
async fn calls_that_wait_for_the_ledger() {
    let plans = plans(100_000, 100_000, None);
    let app = kairo_with(&plans).await;
    let (who, host) = (people(&app, 1).await.remove(0), app.superuser().await);
    let node = node(&app, &plans, RESERVE_BATCH_MAX);
    let mut kept = Vec::new();
    while kept.len() <= LEDGER_QUEUE_MAX {
        let more = RESERVE_QUEUE_MAX.min(LEDGER_QUEUE_MAX + 1 - kept.len());
        let asked = (0..more).map(|_| queued(&node, &who).0);
        kept.extend(grants(join_all(asked.collect::<Vec<_>>()).await));
    }
    for granted in kept {
        granted.permit.settle(kairo::guard::Settlement { cost_nano: 1, ..Default::default() });
    }
    node.flush().await;
    let open = "SELECT count(*) FROM guard.reservations WHERE state = 'R'";
    assert_eq!(number(&host, open).await, 1);
    host.execute("UPDATE guard.reservations SET expires_at = '-infinity' WHERE state = 'R'")
        .await
        .unwrap();
    assert_eq!(sweep(&app.base.db.worker).await.unwrap(), 1);
    let all = i32::try_from(LEDGER_QUEUE_MAX + 1).unwrap();
    assert_eq!(used(&host, &who).await.1, all);
    is_sound(&host).await;
}
