//! Claims against a real database: what the scheduler writes, who runs it, what the chain shows.

use std::sync::Arc;
use std::time::Duration;

use kairo::config::{OsAccount, os_account::environment};
use kairo::trust::controls::catalogue::Catalogue;
use kairo::trust::controls::checks::{Told, implementation};
use kairo::trust::controls::evidence;
use kairo::trust::controls::queries::RootsKept;
use kairo::trust::controls::state::State;
use kairo::trust::controls::subject::{Env, Program, Subject};
use kairo::trust::controls::workshop::Workshop;
use kairo::trust::controls::{self, runner};
use rustls::{ClientConfig, RootCertStore};
use tokio::task::JoinHandle;

use crate::harness::{Kairo, PROGRAM};

const TICK: Duration = Duration::from_millis(30);

/// The checks of the database's walls alone, each run at every look.
fn of_walls() -> Catalogue {
    let mut catalogue = Catalogue::compiled().unwrap();
    catalogue
        .checks
        .retain(|check| ["db.rls_forced", "db.runtime_roles"].contains(&check.id.as_str()));
    for check in &mut catalogue.checks {
        check.every = jiff::SignedDuration::from_millis(1);
    }
    catalogue
}

/// A Kairo as the checks of its database see it; nothing listens.
fn subject(app: &Kairo, catalogue: Catalogue) -> Subject {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let tls = tls.unwrap().with_root_certificates(RootCertStore::empty()).with_no_client_auth();
    let roles = ["kairo_app", "kairo_login", "kairo_worker", "kairo_support"];
    let ways: Vec<_> = roles.map(|role| (role, app.pg_config(role))).into_iter().collect();
    let way = move |role: &str| {
        let found = ways.iter().find(|(name, _)| *name == role).unwrap();
        found.1.clone().into()
    };
    Subject {
        origins: Vec::new(),
        tls: Arc::new(tls),
        base: app.base.clone(),
        way: Arc::new(way),
        every_row: Some(app.pg_config("kairo_super").into()),
        watch: None,
        catalogue: Arc::new(catalogue),
        env: Env::Production,
        program: Program { path: "/proc/self/exe".into(), sha256: PROGRAM },
        repository: None,
        provider: None,
        workshop: Workshop {
            programs: None,
            account: OsAccount::current(environment()),
            ids: app.base.ids.clone(),
        },
    }
}

fn start(subject: &Subject) -> JoinHandle<()> {
    tokio::spawn(runner::run_by(subject.clone(), TICK, TICK))
}

async fn state(subject: &Subject, claim: &str) -> State {
    let known = controls::known(&subject.base.db, subject).await.unwrap();
    known.claim(&subject.catalogue, subject.catalogue.claim(claim).unwrap()).state
}

async fn becomes(subject: &Subject, claim: &str, wanted: State) {
    for _look in 0..400 {
        if state(subject, claim).await == wanted {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    assert_eq!(state(subject, claim).await, wanted);
}

async fn rows(app: &Kairo) -> i64 {
    let rows = app.superuser().await.query("SELECT count(*) FROM trust.evidence", &[]).await;
    rows.unwrap().first().unwrap().get(0)
}

async fn told(subject: &Subject, check: &str) -> Told {
    (implementation(check).unwrap().run)(subject).await
}

// Goal: a wall that somebody takes down by hand shows within one interval, and mending it clears
// it.
#[tokio::test]
async fn a_broken_wall_shows_and_clears() {
    let app = Kairo::start().await;
    let subject = subject(&app, of_walls());
    let root = app.superuser().await;
    assert_eq!(state(&subject, "2.1").await, State::Never);
    let running = start(&subject);
    becomes(&subject, "2.1", State::Pass).await;
    root.execute("ALTER TABLE app.items DISABLE ROW LEVEL SECURITY").await.unwrap();
    becomes(&subject, "2.1", State::Fail).await;
    root.execute("ALTER TABLE app.items ENABLE ROW LEVEL SECURITY").await.unwrap();
    becomes(&subject, "2.1", State::Pass).await;
    running.abort();
    // Unchanged results were not written again at every look.
    assert_eq!(rows(&app).await, 4);
}

// Goal: of two nodes one runs the checks; when it dies, the other takes over.
#[tokio::test]
async fn one_node_runs_and_another_takes_over() {
    let app = Kairo::start().await;
    let subject = subject(&app, of_walls());
    let one = start(&subject);
    becomes(&subject, "2.1", State::Pass).await;
    let two = start(&subject);
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(rows(&app).await, 2);
    one.abort();
    let root = app.superuser().await;
    root.execute("ALTER ROLE kairo_login CREATEDB").await.unwrap();
    becomes(&subject, "2.1", State::Fail).await;
    two.abort();
    assert_eq!(rows(&app).await, 3);
}

// Goal: without a scheduler evidence turns stale with no write.
#[tokio::test]
async fn a_dead_scheduler_turns_the_page_stale() {
    let app = Kairo::start().await;
    let mut catalogue = of_walls();
    for check in &mut catalogue.checks {
        check.max_age = jiff::SignedDuration::from_secs(1);
    }
    let subject = subject(&app, catalogue);
    let running = start(&subject);
    becomes(&subject, "2.1", State::Pass).await;
    running.abort();
    let written = rows(&app).await;
    becomes(&subject, "2.1", State::Stale).await;
    assert_eq!(rows(&app).await, written);
}

// Goal: the chain holds as it is written, and a changed, a missing and a forged row each break it,
// before and after a root was signed.
#[tokio::test]
async fn a_changed_row_breaks_the_chain() {
    let app = Kairo::start().await;
    let subject = subject(&app, of_walls());
    let check = subject.catalogue.checks.first().unwrap();
    for _run in 0..4 {
        let run = evidence::run(&subject, check).await.unwrap();
        evidence::record(&subject, check, &run).await.unwrap();
    }
    let root = app.superuser().await;
    let whole = told(&subject, "evidence.chain").await.unwrap();
    assert_eq!((whole.tested, whole.violations.len()), (4, 0));
    let breaks = [
        "UPDATE trust.evidence SET violations = 9, outcome = 'fail' WHERE seq = 2",
        "UPDATE trust.evidence SET observed_at = observed_at - interval '1 s' WHERE seq = 4",
        "UPDATE trust.evidence SET detail = '{\"x\":1}' WHERE seq = 1",
        "DELETE FROM trust.evidence WHERE seq = 3",
    ];
    for sql in breaks {
        root.execute("CREATE TABLE kept AS SELECT * FROM trust.evidence").await.unwrap();
        root.execute(sql).await.unwrap();
        let broken = told(&subject, "evidence.chain").await.unwrap();
        assert_eq!(broken.violations.len(), 1, "{sql}");
        let back = "DELETE FROM trust.evidence; INSERT INTO trust.evidence SELECT * FROM kept;
                    DROP TABLE kept";
        root.execute(back).await.unwrap();
    }
}

// Goal: what nobody may count is not guessed: without a role that reads every row, and without a
// model, the checks say so.
#[tokio::test]
async fn what_nobody_may_count_cannot_be_told() {
    let app = Kairo::start().await;
    let subject = Subject { every_row: None, ..subject(&app, of_walls()) };
    for check in ["guard.ledger", "cache.free", "throttle.signed_in"] {
        let untold = told(&subject, check).await.unwrap_err();
        assert_eq!(untold.0, "no role of this server may read every row", "{check}");
    }
    let untold = told(&subject, "guard.exact").await.unwrap_err();
    assert_eq!(untold.0, "PostgreSQL's programs are not on this machine");
}

// Goal: a root is signed once a day by a key that the database does not hold, and a record that was
// rewritten whole no longer fits it.
#[tokio::test]
async fn a_rewritten_record_does_not_fit_its_root() {
    let app = Kairo::start().await;
    let subject = subject(&app, of_walls());
    assert!(!evidence::sign_root(&app.base, "production").await.unwrap());
    let check = subject.catalogue.checks.first().unwrap();
    let run = evidence::run(&subject, check).await.unwrap();
    evidence::record(&subject, check, &run).await.unwrap();
    assert!(evidence::sign_root(&app.base, "production").await.unwrap());
    assert!(!evidence::sign_root(&app.base, "production").await.unwrap());
    let roots = RootsKept { env: "production".to_owned(), limit: 9 };
    let roots = app.base.db.app.read(None, roots).await.unwrap();
    assert!(evidence::is_signed("production", &roots[0]));
    assert!(!evidence::is_signed("ci", &roots[0]));
    // Somebody with every right writes another history, each hash of it right.
    let root = app.superuser().await;
    root.execute("DELETE FROM trust.evidence").await.unwrap();
    let lie = evidence::Run { population: 1_000, tested: 1_000, ..run };
    evidence::record(&subject, check, &lie).await.unwrap();
    let found = told(&subject, "evidence.chain").await.unwrap();
    assert_eq!(found.violations.len(), 1, "{found:?}");
}

// Goal: a check of which nothing can be seen from here says so instead of passing.
#[tokio::test]
async fn what_cannot_be_seen_is_untold() {
    let app = Kairo::start().await;
    let blind = Subject { every_row: None, ..subject(&app, Catalogue::compiled().unwrap()) };
    let needs = [
        "keys.outside_database",
        "logs.no_secrets",
        "privacy.raw_addresses",
        "edge.hsts",
        "page.sentences",
        "accounts.single_use",
        "db.policies_proved",
        "throttle.sign_in",
    ];
    for check in needs {
        let told = told(&blind, check).await;
        let tested = told.as_ref().map_or(0, |seen| seen.tested);
        assert_eq!(tested, 0, "{check}: {told:?}");
    }
}
