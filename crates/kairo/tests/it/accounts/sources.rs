//! The buckets of sources that nodes share: what they hold, over nodes, at once, over a turn of the
//! pepper, and how many rows they may take.

use std::sync::Arc;
use std::time::Instant;

use futures_util::future::join_all;
use kairo::accounts::sources::{Bucket, Counter, Digests, pass};
use kairo::capture::purge::purge;
use kairo::db::Db;
use kairo::limits::{
    AI_PER_MINUTE, SIGN_IN_PER_HOUR, SIGN_IN_PER_MINUTE, SITE_TIMES, SOURCE_SLOTS,
    SOURCES_QUEUE_MAX,
};
use tokio::sync::Barrier;

use super::races::{crowd, unguard};
use super::*;

/// A source that has slot `slot`, and is not another one of the same slot.
fn source(which: u8, slot: u16) -> Digests {
    let mut network = [which; 32];
    network[30..].copy_from_slice(&slot.to_be_bytes());
    Digests { network, site: None }
}

/// What asking once comes to: the seconds to wait, or 0.
async fn asked_of(db: &Db, bucket: Bucket, known_by: &[Digests]) -> u64 {
    pass(&db.login, bucket, known_by).await.unwrap().unwrap_or(0)
}

/// How many of `times` pass.
async fn passed(db: &Db, bucket: Bucket, known_by: &[Digests], times: u32) -> u32 {
    let mut passed = 0;
    for _ in 0..times {
        passed += u32::from(asked_of(db, bucket, known_by).await == 0);
    }
    passed
}

/// Lets time pass for every bucket.
async fn age(app: &Kairo, column: &str, seconds: u32) {
    let sql = format!(
        "UPDATE authn.source_buckets SET {column} = {column} - make_interval(secs => {seconds})"
    );
    app.superuser().await.execute(&sql).await.unwrap();
}

// Goal: two nodes on one database let through what one would, and say when to come back; other
// sources and other routes have a share of their own.
#[tokio::test]
async fn two_nodes_share_a_bucket() {
    let app = Kairo::start().await;
    let other =
        Db::open(|role| app.pg_config(role), kairo::STATEMENTS, kairo::QUOTA_STATEMENTS).unwrap();
    let ana = [source(1, 1)];
    let mut through = 0;
    for _ in 0..SIGN_IN_PER_MINUTE {
        for db in [&app.base.db, &other] {
            through += passed(db, Bucket::SignIn, &ana, 1).await;
        }
    }
    assert_eq!(through, SIGN_IN_PER_MINUTE);
    for db in [&app.base.db, &other] {
        let wait_s = asked_of(db, Bucket::SignIn, &ana).await;
        assert!((1..=6).contains(&wait_s), "{wait_s}");
    }
    assert_eq!(asked_of(&other, Bucket::SignIn, &[source(2, 2)]).await, 0);
    assert_eq!(asked_of(&other, Bucket::Ai, &ana).await, 0);
    age(&app, "minute_full_at", 6).await;
    assert_eq!(passed(&other, Bucket::SignIn, &ana, 2).await, 1);
}

// Goal: one past what an hour holds waits for the next of the fifty; a refusal counts nothing.
#[tokio::test]
async fn one_past_an_hours_share() {
    let app = Kairo::start().await;
    let (db, ana) = (&app.base.db, [source(1, 1)]);
    for _ in 0..SIGN_IN_PER_HOUR / SIGN_IN_PER_MINUTE {
        let through = passed(db, Bucket::SignIn, &ana, SIGN_IN_PER_MINUTE).await;
        assert_eq!(through, SIGN_IN_PER_MINUTE);
        age(&app, "minute_full_at", 60).await;
    }
    for _ in 0..20 {
        let wait_s = asked_of(db, Bucket::SignIn, &ana).await;
        assert!((1..=72).contains(&wait_s), "{wait_s}");
    }
    age(&app, "hour_full_at", 72).await;
    assert_eq!(passed(db, Bucket::SignIn, &ana, 2).await, 1);
}

// Goal: one past what a minute holds on routes that may ask a model is refused.
#[tokio::test]
async fn one_past_the_share_of_ai() {
    let app = Kairo::start().await;
    let (db, ana) = (&app.base.db, [source(1, 1)]);
    assert_eq!(passed(db, Bucket::Ai, &ana, AI_PER_MINUTE).await, AI_PER_MINUTE);
    // What came back in the time that this took passes as well.
    let more = passed(db, Bucket::Ai, &ana, AI_PER_MINUTE).await;
    assert!(more < AI_PER_MINUTE / 2, "{more} more passed");
}

// Goal: the networks of one site have eight times a network's share together, and not more.
#[tokio::test]
async fn a_site_has_a_share() {
    let app = Kairo::start().await;
    let db = &app.base.db;
    let of_site =
        |network| Digests { site: Some([9; 32]), ..source(1, u16::try_from(network).unwrap()) };
    let most = SIGN_IN_PER_MINUTE * SITE_TIMES;
    for network in 0..most {
        assert_eq!(asked_of(db, Bucket::SignIn, &[of_site(network)]).await, 0, "{network}");
    }
    // A token of eighty comes back after less than a second.
    age(&app, "minute_full_at", 0).await;
    let more = join_all((0..40).map(|n| pass_of_site(db, of_site(most + n)))).await;
    assert!(more.into_iter().sum::<u32>() < 20);
}

async fn pass_of_site(db: &Db, known_by: Digests) -> u32 {
    passed(db, Bucket::SignIn, &[known_by], 1).await
}

/// How many of fifty requests at once, of a source that was never seen, pass.
async fn passed_at_once(app: &Kairo) -> usize {
    let bases = crowd(app, 50).await;
    let start = Arc::new(Barrier::new(bases.len()));
    let asks = bases.into_iter().map(|base| {
        let start = Arc::clone(&start);
        tokio::spawn(async move {
            start.wait().await;
            asked_of(&base.db, Bucket::SignIn, &[source(1, 1)]).await
        })
    });
    join_all(asks).await.into_iter().filter(|wait_s| *wait_s.as_ref().unwrap() == 0).count()
}

// Goal: fifty requests of one source at once do not pass the bound together.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_at_once_keep_the_bound() {
    let app = Kairo::start().await;
    assert_eq!(passed_at_once(&app).await, usize::try_from(SIGN_IN_PER_MINUTE).unwrap());
}

// Goal: that race is a race: without the second look, under the row's lock, they pass it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_without_the_second_look_pass_the_bound() {
    let app = Kairo::start().await;
    let guarded = "OR b.digest = excluded.digest
                   AND b.minute_full_at + (excluded.minute_full_at - t) <= t + interval '1 minute'
                   AND b.hour_full_at + (excluded.hour_full_at - t) <= t + interval '1 hour'";
    unguard(&app, "authn.sources_pass", guarded, "OR true").await;
    let insert = "WITH asked AS (";
    let late = format!("PERFORM pg_catalog.pg_sleep(0.05); {insert}");
    unguard(&app, "authn.sources_pass", insert, &late).await;
    assert!(passed_at_once(&app).await > usize::try_from(SIGN_IN_PER_MINUTE).unwrap());
}

/// What several that ask together are told, in their order; nothing where one has to come alone.
async fn told_together(app: &Kairo, known_by: &[Digests]) -> Vec<Option<i32>> {
    let nths: Vec<i32> = (0..).take(known_by.len()).collect();
    let digests: Vec<&[u8]> = known_by.iter().map(|it| it.network.as_slice()).collect();
    let sql = "SELECT wait_s FROM authn.sources_pass('sign_in', $1, $2, array_fill(false,
                   ARRAY[cardinality($1::integer[])])) ORDER BY nth";
    let rows = app.superuser().await.query(sql, &[&nths, &digests]).await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

// Goal: requests that are counted together pass no bound that they would not pass alone: several of
// one source count at once, and where they do not fit none counts and each has to come by itself.
#[tokio::test]
async fn together_is_as_alone() {
    let app = Kairo::start().await;
    let (ana, ben) = (source(1, 1), source(2, 2));
    assert_eq!(told_together(&app, &[ana, ben, ana]).await, [Some(0); 3]);
    let ten = [ana; SIGN_IN_PER_MINUTE as usize];
    assert_eq!(told_together(&app, &ten).await, [None; SIGN_IN_PER_MINUTE as usize]);
    assert_eq!(passed(&app.base.db, Bucket::SignIn, &[ana], 20).await, SIGN_IN_PER_MINUTE - 2);
    let told = told_together(&app, &[ana, ben]).await;
    assert!(told[0] > Some(0) && told[1] == Some(0), "{told:?}");
    // One more than a whole bucket of a source that was never seen.
    let never_seen = [source(3, 3); SIGN_IN_PER_MINUTE as usize + 1];
    assert_eq!(told_together(&app, &never_seen).await, [None; SIGN_IN_PER_MINUTE as usize + 1]);
    // Two sources of one slot: it is the first one's, and the other is let through.
    assert_eq!(told_together(&app, &[source(4, 9), source(5, 9)]).await, [Some(0); 2]);
    assert_eq!(count(&app, "SELECT count(*) FROM authn.source_buckets").await, 3);
}

// Goal: two nodes that count the same sources together, in other orders, at once, neither block one
// another nor let more through than the bucket holds.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_count_together() {
    let app = Kairo::start().await;
    let other =
        Db::open(|role| app.pg_config(role), kairo::STATEMENTS, kairo::QUOTA_STATEMENTS).unwrap();
    let nodes = [&app.base.db, &other].map(|db| Counter::start(db.login.clone()));
    let per_source = AI_PER_MINUTE + 20;
    let asks = (0..per_source * 4).map(|n| {
        let node = usize::try_from(n % 2).unwrap();
        let which = u8::try_from(if node == 0 { n / 2 % 4 } else { 3 - n / 2 % 4 }).unwrap();
        nodes[node].pass(vec![source(which, which.into())])
    });
    let since = Instant::now();
    let told = join_all(asks).await;
    let through = told.into_iter().filter(|it| it.as_ref().unwrap().is_none()).count();
    let most = u64::from(AI_PER_MINUTE) * 4;
    // What came back in the time that this took passes as well.
    let came_back = 4 * (1 + since.elapsed().as_secs() + 1) * u64::from(AI_PER_MINUTE) / 60;
    assert!((most..=most + came_back).contains(&(through as u64)), "{through}");
}

// Goal: one past the queue of those that wait is told so, and nobody before it is.
#[tokio::test]
async fn one_past_the_queue_of_sources() {
    let app = Kairo::start().await;
    let node = Counter::start(app.base.db.login.clone());
    let at = |n: usize| source(1, u16::try_from(n).unwrap());
    let asks = (0..=SOURCES_QUEUE_MAX).map(|n| node.pass(vec![at(n)]));
    let told = join_all(asks).await;
    assert_eq!(told.iter().filter(|it| it.is_err()).count(), 1);
    assert!(told[SOURCES_QUEUE_MAX].is_err());
}

// Goal: a turn of the pepper gives no second share, in its hour or after it.
#[tokio::test]
async fn a_turn_gives_no_second_share() {
    let app = Kairo::start().await;
    let (db, old, new) = (&app.base.db, source(1, 1), source(2, 2));
    let before = passed(db, Bucket::SignIn, &[old], SIGN_IN_PER_MINUTE).await;
    assert_eq!(before, SIGN_IN_PER_MINUTE);
    assert_ne!(asked_of(db, Bucket::SignIn, &[old, new]).await, 0);
    // What was refused by the former bucket left the new one full.
    assert_eq!(count(&app, "SELECT count(*) FROM authn.source_buckets").await, 1);
    age(&app, "minute_full_at", 60).await;
    let after = passed(db, Bucket::SignIn, &[old, new], SIGN_IN_PER_MINUTE).await;
    assert_eq!(after, SIGN_IN_PER_MINUTE);
    assert_ne!(asked_of(db, Bucket::SignIn, &[new]).await, 0);
}

// Goal: nor does it in the mails of an address: what a source had sent before counts on.
#[tokio::test]
async fn a_turn_gives_no_second_share_of_mails() {
    let app = Kairo::start().await;
    let email = Email::parse(ANA).unwrap();
    let (old, new) = ([1; 32], [2; 32]);
    for (sources, sent) in
        [(&[old][..], true), (&[old, new], false), (&[old, new], false), (&[new], true)]
    {
        let asking = Asking { email: &email, sources, earlier: None };
        let asked = verbs::ask(&app.base, &app.site.mailer, ORIGIN, &asking).await;
        assert_eq!(asked.is_ok(), sent, "{sources:?}");
    }
    assert_eq!(count(&app, "SELECT sum(sent)::bigint FROM authn.proof_budgets").await, 2);
    let forget = "UPDATE authn.proof_budgets SET last_at = last_at - interval '1 minute'";
    app.superuser().await.execute(forget).await.unwrap();
    let both = Asking { email: &email, sources: &[old, new], earlier: None };
    verbs::ask(&app.base, &app.site.mailer, ORIGIN, &both).await.unwrap();
    assert_eq!(count(&app, "SELECT sum(sent)::bigint FROM authn.proof_budgets").await, 4);
}

// Goal: as many sources as there are slots, and many more, take no row more than there are slots;
// one whose slot is taken is let through, and whoever has one is still held.
#[tokio::test]
async fn a_flood_takes_no_more_rows() {
    let app = Kairo::start().await;
    let db = &app.base.db;
    assert_eq!(passed(db, Bucket::SignIn, &[source(1, 1)], 20).await, SIGN_IN_PER_MINUTE);
    let fill = format!(
        "INSERT INTO authn.source_buckets
         SELECT 'sign_in', false, n, sha256(n::text::bytea), now() + interval '1 minute',
                now() + interval '1 minute' FROM generate_series(0, {SOURCE_SLOTS} - 1) n
         ON CONFLICT DO NOTHING"
    );
    app.superuser().await.execute(&fill).await.unwrap();
    for which in 2..12 {
        let newcomer = source(which, u16::from(which));
        assert_eq!(passed(db, Bucket::SignIn, &[newcomer], 12).await, 12);
    }
    let rows = count(&app, "SELECT count(*) FROM authn.source_buckets").await;
    assert_eq!(rows, i64::from(SOURCE_SLOTS));
    assert_ne!(asked_of(db, Bucket::SignIn, &[source(1, 1)]).await, 0);
    age(&app, "hour_full_at", 3_600).await;
    age(&app, "minute_full_at", 3_600).await;
    // A slot that is idle again is the next one's, with a share of its own.
    assert_eq!(passed(db, Bucket::SignIn, &[source(9, 9)], 20).await, SIGN_IN_PER_MINUTE);
}

// Goal: no slot lies beyond the last, and no digest stays for long after its buckets are full.
#[tokio::test]
async fn idle_digests_go() {
    let app = Kairo::start().await;
    let db = &app.base.db;
    for slot in [0, u16::MAX] {
        assert_eq!(asked_of(db, Bucket::Ai, &[source(1, slot)]).await, 0);
    }
    let slots = "SELECT max(slot)::bigint FROM authn.source_buckets";
    assert_eq!(count(&app, slots).await, i64::from(SOURCE_SLOTS) - 1);
    age(&app, "minute_full_at", 3_700).await;
    age(&app, "hour_full_at", 3_700).await;
    assert_eq!(asked_of(db, Bucket::Ai, &[source(1, 0)]).await, 0);
    purge(&app.base).await.unwrap();
    assert_eq!(count(&app, "SELECT count(*) FROM authn.source_buckets").await, 1);
}
