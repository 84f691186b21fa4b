//! What the Security page costs when its record is long: its one round trip and its rendering, over
//! 100,000 rows of evidence from 90 days, on a real PostgreSQL.
//!
//! **Invariant:** a run ends when the page does not hold what the evidence says, so that nothing is
//! measured that nobody would be shown.
#![expect(clippy::unwrap_used, reason = "a bench that cannot go on ends by panicking")]

#[path = "../tests/it/harness/cluster.rs"]
#[expect(dead_code, reason = "the tests need more of it")]
mod cluster;

use std::hint::black_box;
use std::time::{Duration, Instant};

use askama::Template as _;
use criterion::Criterion;
use jiff::Timestamp;
use kairo::db::{Db, Host};
use kairo::trust::controls::catalogue::Runner;
use kairo::trust::controls::{Catalogue, Env, Facts, Known, Page};
use kairo::web::trust::{Look, claim, json, security};
use kairo::web::views::trust::Around;
use tokio::runtime::Runtime;

use cluster::Private;

/// Rows of evidence.
const ROWS: i32 = 100_000;
/// Rounds; each part is measured once a round.
const ROUNDS: usize = 400;
/// Rounds before anything is measured: caches fill, and plans become generic.
const WARM_UP: usize = 40;

/// Every check in turn, evenly over 90 days, the newest now. All pass, so that the search for when
/// it began to pass has the longest way.
const EVIDENCE: &str = "
    INSERT INTO trust.evidence (env, seq, check_id, check_version, catalogue, program, observed_at,
        recorded_at, expires_at, outcome, population, tested, violations, reason, detail, prev_hash,
        hash)
    SELECT 'production', n, ($2::text[])[1 + n % cardinality($2)], 1,
           decode(repeat('ab', 32), 'hex'), decode(repeat('07', 32), 'hex'), t.at, t.at,
           t.at + interval '3 hours', 'pass', 41, 41, 0, '', '{}', sha256(int4send(n)),
           sha256(int4send(n + 1))
      FROM generate_series(1, $1::integer) n,
           LATERAL (SELECT now() - ($1 - n) * interval '90 days' / $1 AS at) t";

struct Bench {
    db: Db,
    page: Page,
    runtime: Runtime,
    // Last: its server outlives the connections.
    _private: Private,
}

impl Bench {
    fn start() -> Self {
        let private = Private::start();
        let runtime = Runtime::new().unwrap();
        let page = Page {
            catalogue: Catalogue::compiled().unwrap(),
            facts: Facts::new(|_| None),
            program: vec![7; 32],
            env: Env::Production,
        };
        let checks = page.catalogue.checks.iter().filter(|it| it.runner != Runner::Attestation);
        let checks: Vec<String> = checks.map(|it| it.id.clone()).collect();
        let db = runtime.block_on(async {
            let host = Host::connect(private.pg_config("kairo_super")).await.unwrap();
            host.query(EVIDENCE, &[&ROWS, &checks]).await.unwrap();
            host.execute("VACUUM ANALYZE trust.evidence").await.unwrap();
            Db::open(|role| private.pg_config(role), kairo::STATEMENTS, kairo::QUOTA_STATEMENTS)
                .unwrap()
        });
        Self { db, page, runtime, _private: private }
    }

    fn known(&self) -> Known {
        self.runtime.block_on(self.page.known(&self.db)).unwrap()
    }

    fn look(&self, known: Known) -> Look<'_> {
        Look::new(&self.page, Ok(known), Timestamp::UNIX_EPOCH)
    }

    /// What a request for the page costs behind the edge.
    fn security(&self) -> usize {
        let look = self.look(self.known());
        let html = security::view(&look, Around::default()).render().unwrap();
        assert!(html.contains("<b>Verified</b>"), "nothing is verified");
        html.len()
    }

    /// The round trip alone.
    fn round_trip(&self) -> usize {
        self.known().newest.len()
    }

    /// The same for programs.
    fn document(&self) -> usize {
        let look = self.look(self.known());
        serde_json::to_string(&json::document(&look)).unwrap().len()
    }

    /// A claim's page, with 90 days of its two checks.
    fn claim(&self) -> usize {
        let own = self.page.catalogue.claim("2.1").unwrap();
        let read = self.page.known_with_days(&self.db, own.checks.clone());
        let (known, rows) = self.runtime.block_on(read).unwrap();
        let view = claim::view(&self.look(known), own, &rows, Around::default());
        view.unwrap().render().unwrap().len()
    }
}

type Part = (&'static str, fn(&Bench) -> usize);

const PARTS: [Part; 4] = [
    ("/security: round trip and rendering", Bench::security),
    ("its round trip alone", Bench::round_trip),
    ("/security.json", Bench::document),
    ("/security/2.1, with its days", Bench::claim),
];

fn take_turns(bench: &Bench) -> [Vec<Duration>; PARTS.len()] {
    let mut taken: [Vec<Duration>; PARTS.len()] = std::array::from_fn(|_| Vec::new());
    for round in 0..WARM_UP + ROUNDS {
        for ((_, part), samples) in PARTS.iter().zip(&mut taken) {
            let start = Instant::now();
            black_box(part(bench));
            if round >= WARM_UP {
                samples.push(start.elapsed());
            }
        }
    }
    taken
}

fn at(samples: &[Duration], per_mille: usize) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_unstable();
    sorted.get(sorted.len() * per_mille / 1_000).unwrap().as_secs_f64() * 1_000.0
}

fn main() {
    let bench = Bench::start();
    println!("{ROWS} rows of evidence, one client, socket");
    println!("{:40} {:>8} {:>8} {:>10}", "part", "p50 ms", "p99 ms", "bytes");
    for ((name, part), samples) in PARTS.iter().zip(take_turns(&bench)) {
        let (p50, p99) = (at(&samples, 500), at(&samples, 990));
        println!("{name:40} {p50:8.2} {p99:8.2} {:10}", part(&bench));
    }
    let mut criterion = Criterion::default().configure_from_args();
    criterion.bench_function("security page", |timing| timing.iter(|| bench.security()));
    criterion.final_summary();
}
