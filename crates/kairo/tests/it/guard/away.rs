//! A database that does not answer: nothing is granted, and nobody waits for long.

use super::*;

// Goal: without a database every request is refused as one that could not be asked, and costs
// nothing of what a person may have under way.
#[tokio::test]
async fn no_database() {
    let mut plans = plans(10, 10, None);
    plans.pro.at_once = 2;
    let mut app = kairo_with(&plans).await;
    let who = people(&app, 1).await.remove(0);
    let nodes = [1, 64].map(|batch_max| node(&app, &plans, batch_max));
    app.stop_database();
    for node in nodes {
        let asked = (0..2).map(|_| (node.clone(), who.identity.clone(), ask())).collect();
        for came in rush(asked).await {
            assert!(matches!(came, Err(Refusal::Unavailable)), "{came:?}");
        }
        let again = node.reserve(&who.identity, ask()).await;
        assert!(matches!(again, Err(Refusal::Unavailable)), "{again:?}");
        assert!(node.pass(&who.identity).await.is_err());
    }
}

// Goal: a person's row that somebody holds is waited for within the bound, alone and in a batch;
// afterwards everything is as it was.
#[tokio::test]
async fn a_row_that_is_held() {
    let plans = plans(100, 100, None);
    let app = kairo_with(&plans).await;
    let (people, host) = (people(&app, 2).await, app.superuser().await);
    for batch_max in [1, 64] {
        let node = node(&app, &plans, batch_max);
        for who in &people {
            drop(node.reserve(&who.identity, ask()).await.unwrap());
        }
        node.flush().await;
        let hold = format!(
            "BEGIN; SELECT FROM guard.quotas WHERE user_id = '{}' FOR UPDATE",
            people[0].id
        );
        host.execute(&hold).await.unwrap();
        let asked = (0..2).map(|_| (node.clone(), people[0].identity.clone(), ask())).collect();
        for came in rush(asked).await {
            assert!(matches!(came, Err(Refusal::Unavailable)), "{came:?}");
        }
        host.execute("COMMIT").await.unwrap();
        assert!(node.reserve(&people[0].identity, ask()).await.is_ok());
        node.flush().await;
        is_sound(&host).await;
    }
}
