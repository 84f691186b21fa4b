//! Who may ask: by the session alone, and in a batch as alone.

use super::*;

/// The bearers of the test: name, identity, and whether it may buy.
async fn bearers(app: &Kairo, host: &Host) -> Vec<(&'static str, Identity, &'static str)> {
    let people = people(app, 3).await;
    let (ana, dead, suspended) = (&people[0], &people[1], &people[2]);
    let end = "UPDATE authn.sessions SET revoked_at = now(), revoke_reason = 'sign_out'
                WHERE user_id = $1";
    host.query(end, &[&dead.id]).await.unwrap();
    let suspend = "UPDATE authn.users SET suspended = true, suspended_at = now() WHERE id = $1";
    host.query(suspend, &[&suspended.id]).await.unwrap();
    let web = session(app, host, ana.id, "web", "{read,write}").await;
    // A cookie's secret, brought as an API token.
    let id = app.base.ids.next().unwrap();
    let mut secret = [0; 32];
    secret[..16].copy_from_slice(id.as_bytes());
    let cookie = Identity::from_secret(&secret, Bearer::Web);
    let moved = "UPDATE authn.sessions SET token_hash = $1 WHERE kind = 'web'";
    host.query(moved, &[&cookie.token_hash().to_vec()]).await.unwrap();
    vec![
        ("token", ana.identity.clone(), "granted"),
        ("cookie", cookie, "granted"),
        ("job", session(app, host, ana.id, "job", "{read,write}").await, "granted"),
        ("read-only", session(app, host, ana.id, "key", "{read}").await, "scope"),
        ("revoked", dead.identity.clone(), "nobody"),
        ("suspended", suspended.identity.clone(), "nobody"),
        ("cookie as a token", Identity::from_secret(&secret, Bearer::Key), "nobody"),
        ("replaced", web, "nobody"),
    ]
}

fn verdict(came: &Result<Granted, Refusal>) -> &'static str {
    match came {
        Ok(_) => "granted",
        Err(Refusal::OutOfScope) => "scope",
        Err(Refusal::SessionEnded) => "nobody",
        Err(_) => "something else",
    }
}

// Goal: each bearer buys what its live session may, alone and in a batch of all of them.
#[tokio::test]
async fn each_by_its_session() {
    let plans = plans(100, 100, None);
    let app = kairo_with(&plans).await;
    let host = app.superuser().await;
    let bearers = bearers(&app, &host).await;
    for batch_max in [1, 64] {
        let node = node(&app, &plans, batch_max);
        // One that is at the database lets the others gather.
        let asked = bearers.iter().map(|(_, identity, _)| (node.clone(), identity.clone(), ask()));
        let came = rush(asked.collect()).await;
        for ((name, _, expected), came) in bearers.iter().zip(&came) {
            assert_eq!(verdict(came), *expected, "{name}, {batch_max}");
        }
    }
}

// Goal: the statement of batches gives each member its own verdict, in order.
#[tokio::test]
async fn no_more_than_its_members() {
    let app = kairo_with(&plans(100, 100, None)).await;
    let host = app.superuser().await;
    let bearers = bearers(&app, &host).await;
    host.execute("INSERT INTO guard.quotas (user_id) SELECT id FROM authn.users").await.unwrap();
    let said: Vec<_> = bearers.iter().map(|(_, who, _)| who.said()).collect();
    let keys: Vec<Uuid> = bearers.iter().map(|_| new_key()).collect();
    let ask = "SELECT verdict FROM guard.reserve_batch($1, $2, array_fill(1, ARRAY[8]),
                   array_fill('chat'::text, ARRAY[8]), array_fill(1::bigint, ARRAY[8]))
                ORDER BY ord";
    let rows = host.query(ask, &[&said, &keys]).await.unwrap();
    let came: Vec<&str> = rows.iter().map(|row| row.get(0)).collect();
    let expected: Vec<&str> = bearers.iter().map(|(_, _, expected)| *expected).collect();
    assert_eq!(came, expected);
}

// Goal: the application's role cannot buy by saying costs that are none: below nothing, and more
// than a number holds.
#[tokio::test]
async fn costs_that_are_none() {
    let app = kairo_with(&plans(100, 100, None)).await;
    let (host, who) = (app.superuser().await, people(&app, 1).await.remove(0));
    at(&host, who.id, new_key(), 5, 100, "2026-11-01Z").await;
    let ask =
        "SELECT FROM guard.reserve_at($1, 'pro', gen_random_uuid(), $2, 'chat', $3, '2026-11-01Z')";
    for (cost, nano) in [(-1, 0), (1, -1), (i32::MAX, 0), (i32::MIN, 0), (1, i64::MAX)] {
        let _refused_or_not_granted = host.query(ask, &[&who.id, &cost, &nano]).await;
        assert_eq!(used(&host, &who).await, (5, 5), "{cost} {nano}");
    }
    is_sound(&host).await;
}
