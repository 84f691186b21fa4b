//! Never more than the cap, exactly as many as the cap, however requests come.

use std::collections::BTreeMap;

use super::*;

const CAP: u32 = 10;
const CROWD: usize = 50;

/// How many of fifty requests at once two nodes grant to one person who has used so many.
async fn granted(app: &Kairo, plans: &Plans, batch_max: usize, before: usize) -> usize {
    let who = people(app, 1).await.remove(0);
    let nodes = [node(app, plans, batch_max), node(app, plans, batch_max)];
    let mut kept = Vec::new();
    for _one in 0..before {
        kept.push(nodes[0].reserve(&who.identity, ask()).await.unwrap());
    }
    let asked = (0..CROWD).map(|n| (nodes[n % 2].clone(), who.identity.clone(), ask()));
    kept.extend(grants(rush(asked.collect()).await));
    let host = app.superuser().await;
    let used = used(&host, &who).await;
    assert_eq!(used.0, i32::try_from(kept.len()).unwrap(), "the counter is not what was granted");
    is_sound(&host).await;
    kept.len()
}

// Goal: of fifty requests at once, through two nodes, as many are granted as fit; also for somebody
// whose first requests they are, alone and in batches.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn as_many_as_fit() {
    let plans = plans(1_000, CAP, None);
    let app = kairo_with(&plans).await;
    for batch_max in [1, 64] {
        for before in [0, 9, 10] {
            assert_eq!(granted(&app, &plans, batch_max, before).await, 10, "{batch_max} {before}");
        }
    }
}

// Goal: the month holds by itself.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_month_holds() {
    let plans = plans(CAP, 1_000, None);
    let app = kairo_with(&plans).await;
    assert_eq!(granted(&app, &plans, 64, 3).await, 10);
}

// Goal: that is the statement's doing: without its condition, more are granted.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unguarded_more_than_fit() {
    let plans = plans(1_000, CAP, None);
    let app = kairo_with(&plans).await;
    let host = app.superuser().await;
    let (cap, none) = ("p_cost <= p.hour_cap)", "p_cost <= p.hour_cap + 1000)");
    unguard(&host, "guard.reserve_at", cap, none).await;
    assert!(granted(&app, &plans, 1, 0).await > 10);
}

// Goal: people share batches and nothing else: each gets all of theirs and no more.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_in_one_batch() {
    let plans = plans(1_000, CAP, None);
    let app = kairo_with(&plans).await;
    let people = people(&app, 8).await;
    let nodes = [node(&app, &plans, 64), node(&app, &plans, 64)];
    let asked =
        (0..8 * 20).map(|n| (nodes[n % 2].clone(), people[n / 2 % 8].identity.clone(), ask()));
    let kept = grants(rush(asked.collect()).await);
    let host = app.superuser().await;
    let mut each = BTreeMap::new();
    for who in &people {
        each.insert(who.id, used(&host, who).await);
    }
    assert!(each.values().all(|used| *used == (10, 10)), "{each:?}");
    assert_eq!(kept.len(), 80);
    is_sound(&host).await;
}

// Goal: exactly `burst_at` calls of an hour get the normal model, also where a batch crosses it,
// and the small one stays after something was given back.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_small_model_answers_past_the_burst() {
    let plans = plans(1_000, 30, Some(7));
    let app = kairo_with(&plans).await;
    for batch_max in [1, 64] {
        let who = people(&app, 1).await.remove(0);
        let nodes = [node(&app, &plans, batch_max), node(&app, &plans, batch_max)];
        let asked = (0..25).map(|n| (nodes[n % 2].clone(), who.identity.clone(), ask()));
        let mut kept = grants(rush(asked.collect()).await);
        let normal = kept.iter().filter(|it| it.permit.class() == Class::Normal).count();
        assert_eq!((kept.len(), normal), (25, 7), "{batch_max}");
        for granted in kept.drain(..22) {
            granted.permit.release(Vec::new());
        }
        for node in &nodes {
            node.flush().await;
        }
        let again = nodes[0].reserve(&who.identity, ask()).await.unwrap();
        assert_eq!(again.permit.class(), Class::Small);
        assert_eq!(used(&app.superuser().await, &who).await, (4, 4));
    }
}
