//! What a grant costs: many people ask at once through one guard, each alone and together, on a
//! PostgreSQL that loses nothing that was committed.
//!
//! **Invariant:** a run ends where a grant is not in the ledger, so that nothing is measured that
//! was not kept.
#![expect(clippy::unwrap_used, reason = "a bench that cannot go on ends by panicking")]

#[path = "../tests/it/harness/cluster.rs"]
#[expect(dead_code, reason = "the tests need more of it")]
mod cluster;

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use kairo::clock::Clock;
use kairo::db::{Bearer, Db, Host, Identity};
use kairo::guard::{Ask, Guard, GuardParts, Plan, Plans, Task, write_plans};
use uuid::Uuid;

use cluster::Private;

/// Who asks.
const PEOPLE: usize = 10_000;
/// Requests at once.
const TASKS: usize = 256;
/// How long one run measures, after as much that it does not.
const RUN: Duration = Duration::from_secs(5);

/// The person of a number has a token made of it.
fn identity(n: usize) -> Identity {
    let mut secret = [0; 32];
    secret[..8].copy_from_slice(&n.to_be_bytes());
    Identity::from_secret(&secret, Bearer::Key)
}

const PLANT: &str = "
    WITH people AS (
        SELECT gen_random_uuid() AS id, n, hash FROM unnest($1::bytea[]) WITH ORDINALITY u (hash, n)
    ), users AS (
        INSERT INTO authn.users (id, email_norm, plan)
        SELECT id, n || '@example.org', 'pro' FROM people
    ), sessions AS (
        INSERT INTO authn.sessions (id, token_hash, user_id, kind, scopes, method)
        SELECT gen_random_uuid(), hash, id, 'key', '{read,write}', 'host' FROM people
    )
    INSERT INTO guard.quotas (user_id) SELECT id FROM people";

/// Seconds of processor that this process has used, and all of a cluster's.
fn cpu_s() -> f64 {
    let ticks = |stat: &str| -> f64 {
        let fields = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
        let fields: Vec<&str> = fields.split_whitespace().collect();
        fields.get(11..13).unwrap().iter().map(|it| it.parse::<f64>().unwrap()).sum()
    };
    let processes = fs::read_dir("/proc").unwrap().flatten().filter_map(|entry| {
        let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
        let is_ours = stat.contains("(postgres)") || stat.contains("(quota");
        is_ours.then(|| ticks(&stat))
    });
    processes.sum::<f64>() / 100.0
}

/// Asks again and again until the time is over; gives the grants.
async fn ask_until(guard: Guard, first: usize, run: u64, end: Instant) -> usize {
    let mut granted = 0;
    let mut n = first * 37;
    while Instant::now() < end {
        n = (n * 7_919 + 13) % PEOPLE;
        let ask = Ask {
            key: Uuid::from_u64_pair(first as u64, granted as u64 + run),
            task: Task::Chat,
            nano_max: 1_000,
        };
        let mut one = guard.reserve(&identity(n), ask).await.unwrap();
        // Settled at its most, as a call that was made is.
        one.permit.begin();
        granted += 1;
    }
    granted
}

async fn run(private: &Private, plans: &Plans, batch_max: usize, count: &AtomicUsize) {
    // Keys of a run are those of no other one.
    static RUN_OF: AtomicU64 = AtomicU64::new(0);
    let open = |role| private.pg_config(role);
    let db = Db::open(open, kairo::STATEMENTS, kairo::QUOTA_STATEMENTS).unwrap();
    let (door, worker, clock) = (db.quota, db.worker, Clock::system());
    let guard = Guard::open(GuardParts { door, worker, clock, plans: *plans, batch_max });
    for measured in [false, true] {
        let run = RUN_OF.fetch_add(1 << 32, Ordering::Relaxed);
        let (began, cpu) = (Instant::now(), cpu_s());
        let end = began + RUN;
        let tasks = (0..TASKS).map(|n| tokio::spawn(ask_until(guard.clone(), n, run, end)));
        let grants: usize = join_all(tasks).await.into_iter().map(Result::unwrap).sum();
        count.fetch_add(grants, Ordering::Relaxed);
        let (taken, cpu) = (began.elapsed().as_secs_f64(), cpu_s() - cpu);
        if measured {
            let (per_s, each) = (grants as f64 / taken, cpu * 1e6 / grants as f64);
            println!("{batch_max:10} {per_s:12.0} {each:22.0}");
        }
        guard.flush().await;
    }
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let private = tokio::task::spawn_blocking(Private::start_durable).await.unwrap();
    let host = Host::connect(private.pg_config("kairo_super")).await.unwrap();
    let (month, hour) = (1_000_000_000, 1_000_000_000);
    let pro = Plan { month, hour, at_once: 1_000, ..Plans::default().pro };
    let plans = Plans { pro, day_nano_max: i64::MAX / 2, ..Plans::default() };
    let open = |role| private.pg_config(role);
    let db = Db::open(open, kairo::STATEMENTS, kairo::QUOTA_STATEMENTS).unwrap();
    write_plans(&db.worker, &plans).await.unwrap();
    let hashes: Vec<Vec<u8>> = (0..PEOPLE).map(|n| identity(n).token_hash().to_vec()).collect();
    host.query(PLANT, &[&hashes]).await.unwrap();
    host.execute("VACUUM ANALYZE").await.unwrap();
    let count = Arc::new(AtomicUsize::new(0));
    println!("{:>10} {:>12} {:>22}", "batch_max", "grants/s", "CPU of both, µs each");
    for batch_max in [1, 64, 1, 64] {
        run(&private, &plans, batch_max, &count).await;
    }
    let kept = host.query("SELECT count(*) FROM guard.reservations", &[]).await.unwrap();
    let kept: i64 = kept.first().unwrap().get(0);
    assert_eq!(usize::try_from(kept).unwrap(), count.load(Ordering::Relaxed));
}
