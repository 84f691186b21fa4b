//! The scheduler: each check runs when it is due, on one node at a time.
//!
//! A check runs often and is written down less often: an unchanged result is renewed before it
//! would expire, and a changed one at once. So a fault shows within one interval, and 90 days of
//! evidence stay a hundred thousand rows.
//!
//! **Invariant:** which node runs is decided by an advisory lock of the database, held by a
//! transaction on a connection of its own; a node that dies gives it free.
//! **Invariant:** nothing here says what holds: a runner that stops leaves evidence that expires.

use std::collections::HashMap;
use std::time::Duration;

use futures_util::FutureExt as _;
use jiff::Timestamp;
use tokio::time::{Instant, sleep};

use super::catalogue::{Check, Runner, Spot};
use super::evidence::{self, Run};
use super::queries::host::{LEAD, LEAD_BEGIN, LEAD_NOT, STILL_LEADS};
use super::state::{CLOCK_LEAD_MAX, Known, Newest, Outcome};
use super::subject::Subject;
use crate::db::{DbError, Host};

/// Time between two looks at what is due.
const TICK: Duration = Duration::from_secs(2);
/// Time before the first scratch cluster is made, so that a start is not slowed.
const SCRATCH_AFTER: Duration = Duration::from_secs(20);
/// Time between two looks whether the day has a signed root. The database decides which day it is,
/// and keeps one a day.
const SIGN_EVERY: Duration = Duration::from_secs(600);
/// Time between two tries to lead.
const LEAD_TRY: Duration = Duration::from_secs(5);

/// Runs checks for as long as the runtime lives.
pub async fn run(subject: Subject) {
    run_by(subject, TICK, LEAD_TRY).await;
}

/// [`run`] with other times between looks; for tests.
pub async fn run_by(subject: Subject, tick: Duration, lead_try: Duration) {
    loop {
        match lead(&subject, tick).await {
            Ok(()) => {}
            Err(error) => tracing::warn!(%error, "the checks of the Security page wait"),
        }
        sleep(lead_try).await;
    }
}

/// Runs checks for as long as this node is the one that does.
async fn lead(subject: &Subject, tick: Duration) -> Result<(), DbError> {
    let lock = Host::connect((subject.way)("kairo_worker")).await?;
    lock.execute(LEAD_BEGIN).await?;
    let rows = lock.query(LEAD, &[]).await?;
    if !rows.first().is_some_and(|row| row.get("leads")) {
        return lock.execute(LEAD_NOT).await;
    }
    let mut schedule = Schedule::of(subject).await?;
    let (begun, mut signed) = (Instant::now(), None);
    loop {
        // The transaction is the lock: when it is gone, another node may lead.
        lock.query(STILL_LEADS, &[]).await?;
        for check in &subject.catalogue.checks {
            let rests = check.place == Spot::Scratch && begun.elapsed() < SCRATCH_AFTER;
            if rests || !schedule.is_due(check) {
                continue;
            }
            // One check that cannot be written down keeps no other one from being; a database that
            // is away is seen by the next line.
            if let Err(error) = schedule.one(subject, check).await {
                tracing::warn!(check = check.id, %error, "a check's evidence was not kept");
            }
            lock.query(STILL_LEADS, &[]).await?;
        }
        if signed.is_none_or(|at: Instant| at.elapsed() >= SIGN_EVERY) {
            sign(subject).await;
            signed = Some(Instant::now());
        }
        sleep(tick).await;
    }
}

async fn sign(subject: &Subject) {
    match evidence::sign_root(&subject.base, subject.env.word()).await {
        Ok(true) => tracing::info!("the day's root of evidence is signed"),
        Ok(false) => {}
        Err(error) => tracing::warn!(%error, "the root of evidence was not signed"),
    }
}

/// What was last run, and what was last written.
struct Schedule {
    ran: HashMap<String, Instant>,
    written: HashMap<String, Written>,
}

struct Written {
    outcome: Outcome,
    population: i32,
    version: i32,
    at: Timestamp,
    of_this_program: bool,
}

impl Schedule {
    async fn of(subject: &Subject) -> Result<Self, DbError> {
        let known = super::known(&subject.base.db, subject).await?;
        let written = known.newest.iter().map(|it| (it.check.clone(), Written::of(&known, it)));
        Ok(Self { ran: HashMap::new(), written: written.collect() })
    }

    fn is_due(&self, check: &Check) -> bool {
        if check.runner == Runner::Attestation {
            return false;
        }
        let every = check.every.try_into().unwrap_or(Duration::from_secs(60));
        match self.ran.get(&check.id) {
            Some(at) => at.elapsed() >= every,
            // A scratch proof that still counts for this program need not be made at each start.
            None => check.place == Spot::Live || !self.still_counts(check),
        }
    }

    fn still_counts(&self, check: &Check) -> bool {
        self.written.get(&check.id).is_some_and(|it| {
            it.of_this_program && it.outcome == Outcome::Pass && it.version == check.version
        })
    }

    /// Runs a check, and writes down what is news.
    async fn one(&mut self, subject: &Subject, check: &Check) -> Result<(), DbError> {
        self.ran.insert(check.id.clone(), Instant::now());
        // A check that panics is a fault of the check, and must not end the scheduler.
        let ran = std::panic::AssertUnwindSafe(evidence::run(subject, check)).catch_unwind().await;
        let Ok(Some(run)) = ran else {
            tracing::error!(check = check.id, "a check broke off");
            return Ok(());
        };
        let now = subject.base.clock.now();
        let due = self.written.get(&check.id).is_none_or(|it| it.is_due(check, &run, now));
        if !due {
            return Ok(());
        }
        if run.outcome != Outcome::Pass {
            tracing::warn!(
                check = check.id,
                outcome = run.outcome.word(),
                reason = run.reason,
                violations = run.violations,
                "a claim of the Security page is not verified"
            );
        }
        evidence::record(subject, check, &run).await?;
        self.written.insert(check.id.clone(), Written::new(check, &run, now));
        Ok(())
    }
}

impl Written {
    fn of(known: &Known, newest: &Newest) -> Self {
        Self {
            outcome: newest.outcome,
            population: newest.population,
            version: newest.version,
            at: newest.observed_at,
            of_this_program: newest.program == known.program,
        }
    }

    fn new(check: &Check, run: &Run, at: Timestamp) -> Self {
        Self {
            outcome: run.outcome,
            population: run.population,
            version: check.version,
            at,
            of_this_program: true,
        }
    }

    /// Whether a run says something else than what stands there, or what stands there grows old.
    /// That there is more to test is no news by itself (the chain has a link more after each run);
    /// that there is less may be.
    fn is_due(&self, check: &Check, run: &Run, now: Timestamp) -> bool {
        let age = now.duration_since(self.at);
        // A clock that went back makes what was written lie ahead; it is written anew. Clocks of
        // two nodes differ a little.
        let is_old = age >= check.renew || age < -CLOCK_LEAD_MAX;
        is_old
            || run.outcome != self.outcome
            || run.population < self.population
            || check.version != self.version
            || !self.of_this_program
    }
}
