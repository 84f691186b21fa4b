//! Keys: one call each, whoever repeats it and however.

use kairo::guard::{Replayed, Settlement};

use super::*;

// Goal: 320 calls of twenty keys, through two nodes at once, are twenty charges.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_is_charged_once() {
    let plans = plans(1_000, 1_000, None);
    let app = kairo_with(&plans).await;
    for batch_max in [1, 64] {
        let who = people(&app, 1).await.remove(0);
        let nodes = [node(&app, &plans, batch_max), node(&app, &plans, batch_max)];
        let keys: Vec<Uuid> = (0..20).map(|_| new_key()).collect();
        let one =
            |n: usize| (nodes[n % 2].clone(), who.identity.clone(), with_key(keys[n / 2 % 20]));
        let mut kept = Vec::new();
        for came in rush((0..320).map(one).collect()).await {
            match came {
                Ok(granted) => kept.push(granted),
                Err(Refusal::Replay { state: Replayed::UnderWay }) => {}
                Err(other) => panic!("{other:?}"),
            }
        }
        assert_eq!(kept.len(), 20, "{batch_max}");
        let host = app.superuser().await;
        assert_eq!(used(&host, &who).await, (20, 20));
        is_sound(&host).await;
    }
}

// Goal: a repeated key tells what became of its call, and buys nothing, also where nothing is left.
#[tokio::test]
async fn what_became_of_it() {
    let plans = plans(2, 2, None);
    let app = kairo_with(&plans).await;
    let (who, node) = (people(&app, 1).await.remove(0), node(&app, &plans, 1));
    let again = async |key| match node.reserve(&who.identity, with_key(key)).await {
        Err(Refusal::Replay { state }) => state,
        other => panic!("{other:?}"),
    };
    let (made, given_back) = (new_key(), new_key());
    let first = node.reserve(&who.identity, with_key(made)).await.unwrap();
    assert_eq!(again(made).await, Replayed::UnderWay);
    first.permit.settle(Settlement::default());
    node.reserve(&who.identity, with_key(given_back)).await.unwrap().permit.release(Vec::new());
    node.flush().await;
    assert_eq!((again(made).await, again(given_back).await), (Replayed::Made, Replayed::GivenBack));
    assert_eq!(used(&app.superuser().await, &who).await, (1, 1));
    let _last = node.reserve(&who.identity, ask()).await.unwrap();
    assert_eq!(again(made).await, Replayed::Made);
}

// Goal: one key of two people is two calls.
#[tokio::test]
async fn a_key_of_two_people() {
    let plans = plans(10, 10, None);
    let app = kairo_with(&plans).await;
    let (people, node) = (people(&app, 2).await, node(&app, &plans, 64));
    let key = new_key();
    let asked = people.iter().map(|who| (node.clone(), who.identity.clone(), with_key(key)));
    assert_eq!(grants(rush(asked.collect()).await).len(), 2);
}

/// What a batch of members (session, key) answers, as `verdict reservation?` in order.
async fn batch(host: &Host, members: &[(&Identity, Uuid)]) -> Vec<String> {
    let said: Vec<_> = members.iter().map(|(who, _)| who.said()).collect();
    let keys: Vec<Uuid> = members.iter().map(|(_, key)| *key).collect();
    let ask = "SELECT verdict || ' ' || (reservation IS NOT NULL)
                 FROM guard.reserve_batch($1, $2, array_fill(1, ARRAY[cardinality($2::uuid[])]),
                          array_fill('chat'::text, ARRAY[cardinality($2::uuid[])]),
                          array_fill(100::bigint, ARRAY[cardinality($2::uuid[])])) ORDER BY ord";
    let rows = host.query(ask, &[&said, &keys]).await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

// Goal: somebody who repeats keys, within a batch or from before, leaves it alone, and costs nobody
// else theirs.
#[tokio::test]
async fn repeated_keys_spoil_no_batch() {
    let app = kairo_with(&plans(100, 100, None)).await;
    let (host, people) = (app.superuser().await, people(&app, 3).await);
    for who in &people {
        at(&host, who.id, Uuid::nil(), 1, 100, "2026-11-01Z").await;
    }
    let twice = new_key();
    let members = [
        (&people[0].identity, Uuid::nil()),
        (&people[0].identity, new_key()),
        (&people[1].identity, twice),
        (&people[1].identity, twice),
        (&people[2].identity, twice),
    ];
    let came = batch(&host, &members).await;
    assert_eq!(came, ["alone false", "alone false", "alone false", "alone false", "granted true"]);
    is_sound(&host).await;
}

// Goal: a read-only token that repeats its person's key in one batch is neither told of the
// reservation nor paid for.
#[tokio::test]
async fn a_reader_beside_a_writer() {
    let app = kairo_with(&plans(100, 100, None)).await;
    let (host, who) = (app.superuser().await, people(&app, 1).await.remove(0));
    at(&host, who.id, Uuid::nil(), 1, 100, "2026-11-01Z").await;
    let reader = session(&app, &host, who.id, "key", "{read}").await;
    let (one, other) = (new_key(), new_key());
    let came = batch(&host, &[(&who.identity, one), (&reader, other)]).await;
    assert_eq!(came, ["granted true", "scope false"]);
    let twice = new_key();
    let came = batch(&host, &[(&who.identity, twice), (&reader, twice)]).await;
    assert_eq!(came, ["alone false", "scope false"]);
    is_sound(&host).await;
}

// Goal: a batch finds its sessions by their index, however many there are.
#[tokio::test]
async fn a_batch_reads_its_own_sessions() {
    let app = kairo_with(&plans(100, 100, None)).await;
    let (host, who) = (app.superuser().await, people(&app, 1).await.remove(0));
    let crowd = "INSERT INTO authn.sessions (id, token_hash, user_id, kind, scopes, method)
                 SELECT gen_random_uuid(), sha256(int4send(n)), u.id, 'key', '{read,write}', 'host'
                   FROM authn.users u, generate_series(1, 5000) n";
    host.execute(&format!("{crowd}; ANALYZE authn.sessions; BEGIN")).await.unwrap();
    batch(&host, &[(&who.identity, new_key())]).await;
    let read = "SELECT seq_tup_read FROM pg_stat_xact_user_tables WHERE relname = 'sessions'";
    assert_eq!(number(&host, read).await, 0);
}

/// Rows of the ledger that this session read lately, by whatever way.
const LEDGER_READ: &str = "
    SELECT seq_tup_read + idx_tup_fetch
      FROM pg_stat_xact_user_tables
     WHERE relname = 'reservations'";

// Goal: what a batch, or its settlement, reads of the ledger does not grow with it, although its
// connection made the plan while the ledger was short.
#[tokio::test]
async fn a_long_ledger_is_not_read() {
    let app = kairo_with(&plans(1_000, 1_000, None)).await;
    let (host, who) = (app.superuser().await, people(&app, 1).await.remove(0));
    at(&host, who.id, Uuid::nil(), 1, 100, "2026-11-01Z").await;
    let (open, one) = ("FROM guard.reservations WHERE state = 'R'", "array_agg(1::bigint)");
    let settle = format!("SELECT guard.settle(array_agg(id), {one}, {one}, {one}) {open}");
    host.execute("VACUUM ANALYZE guard.reservations").await.unwrap();
    for _until_plans_are_kept in 0..8 {
        batch(&host, &[(&who.identity, new_key()), (&who.identity, new_key())]).await;
        host.query(&settle, &[]).await.unwrap();
    }
    let more = "INSERT INTO guard.reservations (id, user_id, task, state, cost, small, month_start,
                    hour_start, day, nano_max, created_at, expires_at)
                SELECT gen_random_uuid(), gen_random_uuid(), 'chat', 'S', 1, false, m, m, m, 1, m, m
                  FROM (SELECT timestamptz '2026-11-01Z' AS m) m, generate_series(1, 5000)";
    host.execute(more).await.unwrap();
    let members = || [(&who.identity, new_key()), (&who.identity, new_key())];
    assert_eq!(batch(&host, &members()).await, ["granted true", "granted true"]);
    let ids = host.query(&format!("SELECT array_agg(id) {open}"), &[]).await.unwrap();
    let ids: Vec<Uuid> = ids[0].get(0);
    host.execute("BEGIN").await.unwrap();
    let before = number(&host, LEDGER_READ).await;
    assert_eq!(batch(&host, &members()).await, ["granted true", "granted true"]);
    let settle = "SELECT guard.settle($1, '{1,1}', '{1,1}', '{1,1}')::bigint";
    assert_eq!(host.query(settle, &[&ids]).await.unwrap()[0].get::<_, i64>(0), 2);
    let read = number(&host, LEDGER_READ).await - before;
    assert!(read < 20, "{read} rows of the ledger were read");
}
