//! Kairo killed with -9 at each step of a call to a model: what reached the provider is charged to
//! whoever asked for it and is not given back, nobody gets more than their plan gives, and the
//! guard works on.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use kairo::accounts::bearer::{Secret, Use};
use kairo::clock::Random;
use kairo::db::Host;
use kairo::guard::Plans;
use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use serde_json::json;
use tokio::task::JoinHandle;
use tokio::time::sleep;
use uuid::Uuid;

use super::client::Client;
use super::controls::superuser;
use super::program::{Data, Serve, proxied};
use crate::guard::{becomes, is_sound, number};
use crate::harness::cluster::fill_folder;
use crate::harness::upstream::{API_KEY, MODEL, SMALL_MODEL, Say, Upstream};

const CHAT: &str = "POST /v1/chat/completions";
const OPEN: &str = "SELECT count(*) FROM guard.reservations WHERE state = 'R'";

/// Somebody on the free plan, with a program that asks one call after the other.
#[derive(Clone)]
struct Somebody {
    id: Uuid,
    token: String,
    asked: Arc<AtomicUsize>,
}

impl Somebody {
    async fn planted(host: &Host) -> Self {
        let (random, id) = (Random::system(), Uuid::from_bytes(Random::system().bytes().unwrap()));
        let secret = Secret::draw(Use::Token, &random).unwrap();
        let plant = "
            WITH person AS (INSERT INTO authn.users (id, email_norm)
                            VALUES ($1, encode($2, 'hex') || '@example.org') RETURNING id)
            INSERT INTO authn.sessions (id, token_hash, user_id, kind, scopes, method)
            SELECT gen_random_uuid(), $2, id, 'key', '{read,write}', 'host' FROM person";
        host.query(plant, &[&id, &secret.identity().token_hash().to_vec()]).await.unwrap();
        Self { id, token: secret.reveal().to_string(), asked: Arc::default() }
    }

    /// The next call: a key that nobody used, and a prompt that says whose it is.
    fn next(&self, streams: bool) -> (String, String) {
        let n = self.asked.fetch_add(1, Ordering::Relaxed);
        let (key, id) = (format!("{}-{n}", self.id), self.id);
        let messages = json!([{ "role": "user", "content": format!("{id} {key}") }]);
        let body = json!({ "model": "kairo", "stream": streams, "messages": messages });
        (format!("idempotency-key: {key}\r\n"), body.to_string())
    }

    /// The last call once more, by the same key; the code of the answer.
    async fn repeats(&self, client: &Client) -> String {
        self.asked.fetch_sub(1, Ordering::Relaxed);
        let (key, body) = self.next(false);
        let (_, answer) = client.with(&self.token).ask(CHAT, &key, &body).await.unwrap();
        answer["error"]["code"].as_str().unwrap().to_owned()
    }

    /// One call; its status, where an answer came.
    async fn asks(&self, client: &Client) -> Option<u16> {
        let (key, body) = self.next(false);
        client.with(&self.token).ask(CHAT, &key, &body).await.map(|(status, _)| status)
    }
}

/// A Kairo before a scripted provider, which stays while Kairo comes and goes.
struct Desk {
    data: Data,
    upstream: Upstream,
    people: Vec<Somebody>,
    serve: Serve,
    client: Client,
}

impl Desk {
    async fn open(test: &str, people: usize) -> Self {
        let (data, upstream) = (Data::new(test), Upstream::start().await);
        let root = data.0.clone();
        tokio::task::spawn_blocking(move || fill_folder(&root)).await.unwrap();
        let mut serve = started(&data, &upstream);
        let client = Client::new(&data, serve.is_up(), "");
        let host = superuser(&data).await;
        let mut planted = Vec::new();
        for _one in 0..people {
            planted.push(Somebody::planted(&host).await);
        }
        Self { data, upstream, people: planted, serve, client }
    }

    /// Kills it, waits for whoever asked, and starts it again; the charges are checked then.
    async fn killed<T>(&mut self, asking: Vec<JoinHandle<T>>) {
        kill_process(self.serve.pid(), Signal::KILL).unwrap();
        for one in asking {
            one.await.unwrap();
        }
        self.serve = started(&self.data, &self.upstream);
        self.client = self.client.at(self.serve.is_up());
        self.is_charged().await;
    }

    /// Everybody does something at once.
    fn all<T: Send + 'static, F: Future<Output = T> + Send + 'static>(
        &self,
        does: impl Fn(Somebody, Client) -> F,
    ) -> Vec<JoinHandle<T>> {
        let one = |who: &Somebody| tokio::spawn(does(who.clone(), self.client.clone()));
        self.people.iter().map(one).collect()
    }

    async fn host(&self) -> Host {
        superuser(&self.data).await
    }

    /// Each request that reached the provider is one call of the ledger that was not given back;
    /// credits are the ledger's sum, and nobody's are more than an hour has.
    async fn is_charged(&self) {
        let host = self.host().await;
        is_sound(&host).await;
        let prompts = self.upstream.asked().into_iter();
        let prompts = prompts.map(|it| it.body["messages"][0]["content"].as_str().unwrap().into());
        let prompts: Vec<String> = prompts.collect();
        let charged = "
            SELECT count(DISTINCT r.id) FROM unnest($1::text[]) a
              JOIN guard.reservations r ON r.state <> 'X' AND r.id = encode(substring(sha256(
                   uuid_send(split_part(a, ' ', 1)::uuid)
                   || substring(sha256(convert_to(split_part(a, ' ', 2), 'utf8')) FOR 16)
              ) FOR 16), 'hex')::uuid";
        let rows = host.query(charged, &[&prompts]).await.unwrap();
        assert_eq!(rows[0].get::<_, i64>(0), i64::try_from(prompts.len()).unwrap());
        let most = "SELECT coalesce(max(n), 0)::bigint FROM (
                        SELECT sum(cost) AS n FROM guard.reservations WHERE state <> 'X'
                         GROUP BY user_id, hour_start) hours";
        assert!(number(&host, most).await <= i64::from(Plans::default().free.hour));
    }

    /// Calls under way stay charged, their keys are used, and everybody can ask again.
    async fn works_on(&self, under_way: i64) {
        let host = self.host().await;
        assert_eq!(number(&host, OPEN).await, under_way);
        let calls = self.upstream.calls();
        for who in &self.people {
            assert_eq!(who.repeats(&self.client).await, "idempotency_key_in_use");
        }
        let expire = "UPDATE guard.reservations SET expires_at = now() - interval '1 second'
                       WHERE state = 'R'";
        host.execute(expire).await.unwrap();
        // So may Kairo itself, which looks for calls of nodes that died.
        host.execute("SELECT guard.sweep()").await.unwrap();
        let kept = "SELECT count(*) FROM guard.reservations WHERE state = 'E'";
        becomes(&host, kept, under_way).await;
        self.upstream.always(Say::Answer("Yes".to_owned()));
        for who in &self.people {
            assert_eq!(who.repeats(&self.client).await, "idempotency_key_used");
        }
        assert_eq!(self.upstream.calls(), calls);
        for who in &self.people {
            assert_eq!(who.asks(&self.client).await, Some(200));
        }
        becomes(&host, OPEN, 0).await;
        self.is_charged().await;
    }
}

fn started(data: &Data, upstream: &Upstream) -> Serve {
    let settings = [
        ("KAIRO_AI_BASE_URL", upstream.url()),
        ("KAIRO_AI_API_KEY", API_KEY.to_owned()),
        ("KAIRO_AI_MODEL", MODEL.to_owned()),
        ("KAIRO_AI_SMALL_MODEL", SMALL_MODEL.to_owned()),
        ("KAIRO_AI_PRICE", "1/2".to_owned()),
        ("KAIRO_AI_SMALL_PRICE", "0.1/0.2".to_owned()),
    ];
    data.serve_with(&[&settings[..], &proxied()].concat())
}

/// Asks until the credits are used up, or nothing answers any more; whether it was the former.
async fn uses_all(who: Somebody, client: Client) -> bool {
    loop {
        match who.asks(&client).await {
            Some(200) => {}
            Some(429) => return true,
            Some(other) => panic!("{other}"),
            None => return false,
        }
    }
}

// Goal: killed while calls are reserved, at another moment each time, Kairo charges at least what
// reached the provider, and at last nobody has had more than their hour.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_calls_are_reserved() {
    let mut desk = Desk::open("kill-reserve", 16).await;
    for more in [1, 6, 13, 21, 34] {
        let asking = desk.all(uses_all);
        desk.upstream.wait_for(desk.upstream.calls() + more).await;
        desk.killed(asking).await;
    }
    for one in desk.all(uses_all) {
        assert!(one.await.unwrap(), "it does not answer");
    }
    desk.is_charged().await;
    let host = desk.host().await;
    let charged = number(&host, "SELECT sum(month_used) FROM guard.quotas").await;
    assert!(charged >= 160, "{charged}");
}

// Goal: killed while the provider has said nothing yet: the calls stay charged.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_before_the_first_byte() {
    let mut desk = Desk::open("kill-first", 4).await;
    desk.upstream.always(Say::Hang);
    let asking = desk.all(|who, client| async move { who.asks(&client).await });
    desk.upstream.wait_for(4).await;
    desk.killed(asking).await;
    desk.works_on(4).await;
}

// Goal: killed in the middle of streams, of which the clients have a part: the calls stay charged.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_in_the_middle_of_a_stream() {
    let mut desk = Desk::open("kill-stream", 4).await;
    desk.upstream.always(Say::Paused);
    let mut streams = Vec::new();
    for who in &desk.people {
        let (key, body) = who.next(true);
        let client = desk.client.with(&who.token);
        streams.push(client.begin(CHAT, &key, &body, "\"with \"").await.unwrap());
    }
    desk.killed(Vec::<JoinHandle<()>>::new()).await;
    for stream in streams {
        let rest = stream.rest().await;
        assert!(!rest.contains("DONE"), "{rest}");
    }
    desk.works_on(4).await;
}

/// Processes of the server by a condition on what they do.
async fn servers(host: &Host, which: &str) -> Vec<Pid> {
    let found = format!("SELECT pid FROM pg_stat_activity WHERE {which}");
    let rows = host.query(&found, &[]).await.unwrap();
    rows.iter().filter_map(|row| Pid::from_raw(row.get(0))).collect()
}

// Goal: killed after the answers were given and before the ledger has their ends: the calls stay
// charged, at their most.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_before_the_ledger_has_the_end() {
    let mut desk = Desk::open("kill-settle", 4).await;
    let hold = desk.host().await;
    hold.execute("BEGIN; LOCK TABLE guard.attempts IN SHARE MODE").await.unwrap();
    for who in &desk.people {
        assert_eq!(who.asks(&desk.client).await, Some(200));
    }
    // The server goes with Kairo, and would end the lock and what waits for it in any order. So
    // whoever holds the lock stands still until what waits is gone.
    let holder = servers(&hold, "pid = pg_backend_pid()").await.remove(0);
    let waits = "wait_event_type = 'Lock'";
    becomes(&hold, &format!("SELECT count(*) FROM pg_stat_activity WHERE {waits}"), 1).await;
    let waiting = servers(&hold, waits).await;
    kill_process(holder, Signal::STOP).unwrap();
    kill_process(desk.serve.pid(), Signal::KILL).unwrap();
    while waiting.iter().any(|pid| test_kill_process(*pid).is_ok()) {
        sleep(Duration::from_millis(5)).await;
    }
    kill_process(holder, Signal::CONT).unwrap();
    desk.killed(Vec::<JoinHandle<()>>::new()).await;
    let most = "SELECT sum(nano_max)::bigint FROM guard.reservations WHERE state = 'R'";
    let most = number(&desk.host().await, most).await;
    desk.works_on(4).await;
    let kept = "SELECT sum(nano_max)::bigint FROM guard.reservations WHERE state = 'E'";
    assert!(most > 0 && number(&desk.host().await, kept).await == most);
}
