//! PostgreSQL killed with -9 under load: no grant that was told is forgotten.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64};
use std::time::Duration;

use super::*;
use crate::harness::cluster::Private;

const ROUNDS: i64 = 3;
const PEOPLE: usize = 16;

/// Asks until the database is gone; each grant that is told counts, and stays charged.
async fn use_until_gone(guard: Guard, identity: Identity, load: Arc<Load>) {
    while !load.gone.load(Ordering::Relaxed) {
        match guard.reserve(&identity, ask()).await {
            Ok(mut granted) => {
                load.told.fetch_add(1, Ordering::Relaxed);
                granted.permit.begin();
            }
            Err(Refusal::Unavailable) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
}

#[derive(Default)]
struct Load {
    told: AtomicI64,
    gone: AtomicBool,
}

/// People of a database without a Kairo.
async fn planted(host: &Host) -> Vec<Identity> {
    let secrets = (1..=PEOPLE).map(|n| [u8::try_from(n).unwrap(); 32]);
    let people: Vec<_> = secrets.map(|it| Identity::from_secret(&it, Bearer::Key)).collect();
    for identity in &people {
        let plant = "
            WITH person AS (INSERT INTO authn.users (id, email_norm, plan)
                            SELECT gen_random_uuid(), encode($1, 'hex') || '@example.org', 'pro'
                            RETURNING id)
            INSERT INTO authn.sessions (id, token_hash, user_id, kind, scopes, method)
            SELECT gen_random_uuid(), $1, id, 'key', '{read,write}', 'host' FROM person";
        host.query(plant, &[&identity.token_hash().to_vec()]).await.unwrap();
    }
    people
}

// Goal: however often PostgreSQL dies in the middle, what was granted is charged, and what is
// charged is in the ledger.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_granted_is_charged() {
    let mut private = tokio::task::spawn_blocking(Private::start_durable).await.unwrap();
    let open = |it: &Private| {
        Db::open(|role| it.pg_config(role), kairo::STATEMENTS, kairo::QUOTA_STATEMENTS).unwrap()
    };
    let plans = plans(1_000_000, 1_000_000, None);
    write_plans(&open(&private).worker, &plans).await.unwrap();
    let host = Host::connect(private.pg_config("kairo_super")).await.unwrap();
    let people = planted(&host).await;
    let load = Arc::new(Load::default());
    for round in 1..=ROUNDS {
        load.gone.store(false, Ordering::Relaxed);
        let (db, clock) = (open(&private), kairo::clock::Clock::system());
        let parts = GuardParts { door: db.quota, worker: db.worker, clock, plans, batch_max: 64 };
        let guard = Guard::open(parts);
        let clients =
            people.iter().map(|who| use_until_gone(guard.clone(), who.clone(), Arc::clone(&load)));
        let clients: Vec<_> = clients.map(tokio::spawn).collect();
        while load.told.load(Ordering::Relaxed) < round * 200 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        private = tokio::task::spawn_blocking(|| private.killed()).await.unwrap();
        load.gone.store(true, Ordering::Relaxed);
        for client in clients {
            client.await.unwrap();
        }
        guard.flush().await;
        let host = Host::connect(private.pg_config("kairo_super")).await.unwrap();
        is_sound(&host).await;
        let charged = number(&host, "SELECT sum(month_used) FROM guard.quotas").await;
        let told = load.told.load(Ordering::Relaxed);
        assert!(told <= charged, "{told} were granted and {charged} are charged");
        assert_eq!(charged, number(&host, "SELECT count(*) FROM guard.reservations").await);
    }
}
