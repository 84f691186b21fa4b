//! What a page's data costs as Kairo reads it, against the same query without a session and
//! without row-level security, on a real PostgreSQL with other people's rows around.
//!
//! **Invariant:** the ways to read take turns within one run, so a machine that grows slow is slow
//! for each of them; ratios are medians of pairs of one round and not of two runs.
//! **Invariant:** every way decodes the same rows; the run ends when their numbers differ.
#![expect(clippy::unwrap_used, reason = "a bench that cannot go on ends by panicking")]

#[path = "../tests/it/harness/cluster.rs"]
#[expect(dead_code, reason = "the tests need more of it")]
mod cluster;

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::Criterion;
use futures_util::future::{join as join2, join3, join4};
use kairo::accounts::email::Email;
use kairo::accounts::queries::WhoAmI;
use kairo::accounts::tokens::{self, NewToken};
use kairo::clock::{Clock, Ids, Random};
use kairo::db::{App, Door, FromRow, Host, Identity};
use kairo::items::queries::{ItemRow, ItemsOpen};
use kairo::limits::{DB_LOCK_MS_MAX, DB_STATEMENT_MS_MAX};
use tokio::runtime::Runtime;
use tokio_postgres::{Client, NoTls, Row, Statement};
use uuid::Uuid;

use cluster::Private;

/// Items on the page.
const ITEMS: i64 = 50;
/// Rounds; each way has its turn once a round.
const ROUNDS: usize = 300;
/// Rounds before anything is measured: caches fill, and plans become generic.
const WARM_UP: usize = 20;
/// How often a way is measured in its turn.
const TURN: usize = 12;
/// How often it is asked before that in its turn. A connection is a process at the server, and the
/// ways have two; what that one finds in the processor's caches must be its own.
const TURN_BEFORE: usize = 4;

/// Others' rows around the reader's: 500 people with 200 items each.
const OTHERS: &str = "
    INSERT INTO authn.users (id, email_norm)
    SELECT gen_random_uuid(), format('p%s@example.org', n) FROM generate_series(1, 500) n;
    INSERT INTO app.settings (user_id, time_zone)
    SELECT id, 'UTC' FROM authn.users ON CONFLICT DO NOTHING;
    INSERT INTO authn.sessions (id, token_hash, user_id, kind, scopes, method)
    SELECT gen_random_uuid(), sha256(convert_to(id::text || n, 'utf8')), id, 'key', '{read}', 'host'
      FROM authn.users, generate_series(1, 4) n;
    INSERT INTO app.data_keys (id, user_id, root_key_id, wrapped)
    SELECT gen_random_uuid(), id, id::text, decode(repeat('ab', 78), 'hex') FROM authn.users u
     WHERE NOT EXISTS (SELECT FROM app.data_keys k WHERE k.user_id = u.id);
    INSERT INTO app.items (id, user_id, kind, body_sealed, status, done_at, start_local, zone, role,
                           start_at)
    SELECT gen_random_uuid(), u.id, 'task', decode(repeat('cd', 220), 'hex'),
           CASE WHEN n <= 50 THEN 'open' ELSE 'done' END, CASE WHEN n > 50 THEN now() END,
           t.at, 'UTC', 'due', t.at AT TIME ZONE 'UTC'
      FROM authn.users u, generate_series(1, 200) n,
           LATERAL (SELECT timestamp '2026-11-01' + n * interval '5 hours' AS at) t;";

/// The role of an application without policies. It is no superuser: for one the server would skip
/// what it checks for everybody else, such as the right to each function.
const PLAIN: &str = "
    CREATE ROLE bench_plain BYPASSRLS;
    GRANT USAGE ON SCHEMA authn, app TO bench_plain;
    GRANT SELECT ON authn.users, authn.sessions, app.settings, app.data_keys, app.items
       TO bench_plain";

/// The query of [`ItemsOpen`] with its owner named, since no policy adds the owner.
const ITEMS_OF: &str = "
    SELECT id, user_id, capture_id, kind, status, body_sealed, priority, start_local, end_local,
           all_day, role, zone, rrule, anchor, exdates, version, created_at, updated_at, done_at,
           deleted_at
      FROM app.items
     WHERE user_id = $2 AND status = 'open' AND deleted_at IS NULL
     ORDER BY start_at NULLS LAST, created_at DESC, id DESC LIMIT $1";

/// What [`WhoAmI`] gives beside the session, by the person's id: address, settings, wrapped keys.
const ACCOUNT_OF: &str = "
    SELECT u.id AS user_id, u.email_norm, s.time_zone, s.week_start, s.day_first, s.single_keys,
           s.version, k.id AS key_id, k.root_key_id, k.wrapped
      FROM authn.users u
      JOIN app.settings s ON s.user_id = u.id
      LEFT JOIN app.data_keys k ON k.user_id = u.id AND k.wrapped IS NOT NULL
     WHERE u.id = $1
     ORDER BY k.created_at DESC, k.id DESC";

/// The check of an application that has no policies: the session with what a page needs.
const SESSION_OF: &str = "
    SELECT s.user_id, u.email_norm, p.time_zone, p.week_start, p.day_first, p.single_keys,
           p.version, k.id AS key_id, k.root_key_id, k.wrapped
      FROM authn.sessions s
      JOIN authn.users u ON u.id = s.user_id
      JOIN app.settings p ON p.user_id = s.user_id
      LEFT JOIN app.data_keys k ON k.user_id = u.id AND k.wrapped IS NOT NULL
     WHERE s.token_hash = $1 AND s.revoked_at IS NULL AND u.suspended_at IS NULL
       AND (s.idle_expires_at IS NULL OR s.idle_expires_at > statement_timestamp())
       AND (s.absolute_expires_at IS NULL OR s.absolute_expires_at > statement_timestamp())
     ORDER BY k.created_at DESC, k.id DESC";

kairo::rows! {
    /// A person with settings and a wrapped data key.
    AccountRow {
        /// The person.
        user_id: Uuid,
        /// The address.
        email_norm: String,
        /// IANA name.
        time_zone: String,
        /// ISO weekday.
        week_start: i16,
        /// Whether the day comes first.
        day_first: bool,
        /// Whether a single letter is a shortcut.
        single_keys: bool,
        /// Version of the settings.
        version: i32,
        /// The key's id.
        key_id: Option<Uuid>,
        /// The root key that wrapped it.
        root_key_id: Option<String>,
        /// The wrapped bytes.
        wrapped: Option<Vec<u8>>,
    }
}

/// Everything that a way of reading needs.
struct Bench {
    door: Door<App>,
    identity: Identity,
    /// A connection that no policy holds for.
    plain: Client,
    items_of: Statement,
    account_of: Statement,
    session_of: Statement,
    user: Uuid,
    runtime: Runtime,
    // Last: its server outlives the connections.
    _private: Private,
}

impl Bench {
    fn start() -> Self {
        let private = Private::start();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let (identity, user, plain) = runtime.block_on(fill(&private));
        let door = Door::open(private.pg_config("kairo_app"), kairo::STATEMENTS).unwrap();
        let prepare = |sql| runtime.block_on(plain.prepare(sql)).unwrap();
        let (items_of, account_of, session_of) =
            (prepare(ITEMS_OF), prepare(ACCOUNT_OF), prepare(SESSION_OF));
        Self {
            door,
            identity,
            plain,
            items_of,
            account_of,
            session_of,
            user,
            runtime,
            _private: private,
        }
    }

    /// A page's data: who asks with the wrapped keys, and the items, under the policies.
    fn page(&self) -> usize {
        let batch = (WhoAmI {}, ItemsOpen { limit: ITEMS });
        let read = self.door.read(Some(&self.identity), batch);
        let (me, items) = self.runtime.block_on(read).unwrap();
        assert_eq!(me.len(), 1, "the session is not live");
        items.len()
    }

    /// The items alone, under the policies.
    fn items_under_policies(&self) -> usize {
        let read = self.door.read(Some(&self.identity), ItemsOpen { limit: ITEMS });
        self.runtime.block_on(read).unwrap().len()
    }

    /// The same page's data by the person's id: no session, no policies, one batch. What a page
    /// costs is compared with this.
    fn bare_page(&self) -> usize {
        let (limit, user) = (ITEMS, self.user);
        let (of_user, of_items): ([Param<'_>; 1], [Param<'_>; 2]) = ([&user], [&limit, &user]);
        let (began, account, items, committed) = self.runtime.block_on(join4(
            self.plain.batch_execute("BEGIN READ ONLY"),
            self.plain.query(&self.account_of, &of_user),
            self.plain.query(&self.items_of, &of_items),
            self.plain.batch_execute("COMMIT"),
        ));
        began.and(committed).unwrap();
        assert_eq!(decoded::<AccountRow>(&account.unwrap()), 1);
        decoded::<ItemRow>(&items.unwrap())
    }

    /// The same without a transaction around them.
    fn bare_page_autocommit(&self) -> usize {
        let (limit, user) = (ITEMS, self.user);
        let (of_user, of_items): ([Param<'_>; 1], [Param<'_>; 2]) = ([&user], [&limit, &user]);
        let (account, items) = self.runtime.block_on(join2(
            self.plain.query(&self.account_of, &of_user),
            self.plain.query(&self.items_of, &of_items),
        ));
        assert_eq!(decoded::<AccountRow>(&account.unwrap()), 1);
        decoded::<ItemRow>(&items.unwrap())
    }

    /// The items alone, by a role that no policy holds for.
    fn bare_items(&self) -> usize {
        let (limit, user) = (ITEMS, self.user);
        let params: [Param<'_>; 2] = [&limit, &user];
        let (began, items, committed) = self.runtime.block_on(join3(
            self.plain.batch_execute("BEGIN READ ONLY"),
            self.plain.query(&self.items_of, &params),
            self.plain.batch_execute("COMMIT"),
        ));
        began.and(committed).unwrap();
        decoded::<ItemRow>(&items.unwrap())
    }

    /// The page's data with the session checked, without policies, in one batch.
    fn page_without_policies(&self) -> usize {
        let (hash, limit, user) = (self.identity.token_hash(), ITEMS, self.user);
        let hash = hash.as_slice();
        let (session, items): ([Param<'_>; 1], [Param<'_>; 2]) = ([&hash], [&limit, &user]);
        let (began, me, items, committed) = self.runtime.block_on(join4(
            self.plain.batch_execute("BEGIN READ ONLY"),
            self.plain.query(&self.session_of, &session),
            self.plain.query(&self.items_of, &items),
            self.plain.batch_execute("COMMIT"),
        ));
        began.and(committed).unwrap();
        assert_eq!(decoded::<AccountRow>(&me.unwrap()), 1);
        decoded::<ItemRow>(&items.unwrap())
    }

    /// What applications do elsewhere: ask for the session, look at the answer, then ask for the
    /// items of its user.
    fn session_then_page(&self) -> usize {
        self.runtime.block_on(async {
            let hash = self.identity.token_hash();
            let me = self.plain.query(&self.session_of, &[&hash.as_slice()]).await.unwrap();
            let user: Uuid = me.first().unwrap().get("user_id");
            assert_eq!(decoded::<AccountRow>(&me), 1);
            let items = self.plain.query(&self.items_of, &[&ITEMS, &user]).await.unwrap();
            decoded::<ItemRow>(&items)
        })
    }
}

fn decoded<R: FromRow>(rows: &[Row]) -> usize {
    let rows: Vec<R> = rows.iter().map(|row| R::from_row(row).unwrap()).collect();
    black_box(&rows).len()
}

/// Makes the reader by the product's own verb, then the others.
async fn fill(private: &Private) -> (Identity, Uuid, Client) {
    let mut host = Host::connect(private.pg_config("kairo_super")).await.unwrap();
    let random = Random::system();
    let ids = Ids::new(Clock::system(), random.clone());
    let new = NewToken {
        email: Email::parse("ana@example.org").unwrap(),
        name: "bench".to_owned(),
        plan: None,
        may_write: true,
        expires_at: None,
    };
    let secret = tokens::create(&mut host, &private.keys(), &ids, &random, &new).await.unwrap();
    host.execute(OTHERS).await.unwrap();
    host.execute("VACUUM ANALYZE").await.unwrap();
    host.execute(PLAIN).await.unwrap();
    let (plain, connection) = private.pg_config("kairo_super").connect(NoTls).await.unwrap();
    tokio::spawn(connection);
    // As a door's connections are bounded: what that costs is no part of what is compared.
    let bounds = format!(
        "SET jit = off; SET search_path = ''; SET statement_timeout = {DB_STATEMENT_MS_MAX};
         SET lock_timeout = {DB_LOCK_MS_MAX};
         SET idle_in_transaction_session_timeout = {DB_STATEMENT_MS_MAX}"
    );
    plain.batch_execute(&bounds).await.unwrap();
    plain.batch_execute("SET ROLE bench_plain").await.unwrap();
    let found = "SELECT id FROM authn.users WHERE email_norm = 'ana@example.org'";
    let user = plain.query_one(found, &[]).await.unwrap().get(0);
    (secret.identity(), user, plain)
}

/// A parameter of a statement.
type Param<'a> = &'a (dyn tokio_postgres::types::ToSql + Sync);

type Way = (&'static str, fn(&Bench) -> usize);

/// The ways, the one that the others are compared with first.
const WAYS: [Way; 7] = [
    ("a   Kairo: identity, account, keys, items; row-level security", Bench::page),
    ("a'  Kairo: identity, items; row-level security", Bench::items_under_policies),
    ("b   account, keys, items; no session, no policies; one batch", Bench::bare_page),
    ("b'  the same, autocommit, still one round trip", Bench::bare_page_autocommit),
    ("b\"  items alone; no session, no policies; one batch", Bench::bare_items),
    ("c   session, account, keys, items; no policies; one batch", Bench::page_without_policies),
    ("c'  session, account, keys, then items; two round trips", Bench::session_then_page),
];

/// Measures every way in turns, beginning with another one each round.
fn take_turns(bench: &Bench) -> [Vec<Duration>; WAYS.len()] {
    let mut taken: [Vec<Duration>; WAYS.len()] = std::array::from_fn(|_| Vec::new());
    for round in 0..WARM_UP + ROUNDS {
        for turn in 0..WAYS.len() {
            let at = (round + turn) % WAYS.len();
            let ((name, read), samples) = WAYS.iter().zip(&mut taken).nth(at).unwrap();
            for n in 0..TURN_BEFORE + TURN {
                let start = Instant::now();
                let items = read(bench);
                let took = start.elapsed();
                assert_eq!(i64::try_from(items).unwrap(), ITEMS, "{name}");
                if round >= WARM_UP && n >= TURN_BEFORE {
                    samples.push(took);
                }
            }
        }
    }
    taken
}

fn at(samples: &[Duration], per_mille: usize) -> u128 {
    let mut sorted = samples.to_vec();
    sorted.sort_unstable();
    sorted.get(sorted.len() * per_mille / 1_000).unwrap().as_micros()
}

/// The median of the quotients of one round, so that a slow time is in both of its numbers.
fn ratio(left: &[Duration], right: &[Duration]) -> f64 {
    let quotients = left.iter().zip(right).map(|(l, r)| l.as_secs_f64() / r.as_secs_f64());
    let mut quotients: Vec<f64> = quotients.collect();
    quotients.sort_unstable_by(f64::total_cmp);
    *quotients.get(quotients.len() / 2).unwrap()
}

fn report(taken: &[Vec<Duration>]) {
    println!("{:64} {:>8} {:>8} {:>8}", "way (one client, socket)", "p50 us", "p99 us", "a / it");
    let first = taken.first().unwrap();
    for ((name, _), samples) in WAYS.iter().zip(taken) {
        let (p50, p99) = (at(samples, 500), at(samples, 990));
        println!("{name:64} {p50:8} {p99:8} {:8.2}", ratio(first, samples));
    }
}

fn main() {
    let bench = Bench::start();
    report(&take_turns(&bench));
    let mut criterion = Criterion::default().configure_from_args();
    for (name, read) in
        [("page data", Bench::page as fn(&Bench) -> usize), ("bare page data", Bench::bare_page)]
    {
        criterion.bench_function(name, |timing| timing.iter(|| read(&bench)));
    }
    criterion.final_summary();
}
