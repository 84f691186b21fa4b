//! A look at made-up evidence, for tests of what is shown.

use jiff::{SignedDuration, Timestamp};

use super::Look;
use crate::trust::controls::catalogue::{Check, Runner};
use crate::trust::controls::queries::DayRow;
use crate::trust::controls::state::{Newest, Outcome, Statement};
use crate::trust::controls::{Catalogue, Env, Facts, Known, Page};

/// Monday 23 November 2026, 15:42:10 UTC.
pub(in crate::web) const NOW: Timestamp = Timestamp::constant(1_795_448_530, 0);

/// The page of this program; `stated` gives the operator's facts.
pub(in crate::web) fn page(stated: impl Fn(&str) -> Option<String>) -> Page {
    Page {
        catalogue: Catalogue::compiled().unwrap(),
        facts: Facts::new(stated),
        program: vec![7; 32],
        env: Env::Production,
    }
}

fn before(age_s: i64) -> Timestamp {
    NOW - SignedDuration::from_secs(age_s)
}

/// A pass of a check, so many seconds ago.
pub(in crate::web) fn passed(check: &Check, age_s: i64) -> Newest {
    let seen = before(age_s);
    Newest {
        check: check.id.clone(),
        version: check.version,
        program: vec![7; 32],
        observed_at: seen,
        expires_at: seen + check.max_age,
        since: before(40 * 86_400),
        outcome: Outcome::Pass,
        population: 41,
        tested: 41,
        violations: 0,
        reason: String::new(),
    }
}

/// A statement made three weeks ago that ends in ten.
pub(in crate::web) fn statement(claim: &str, is_exception: bool) -> Statement {
    Statement {
        is_exception,
        claim: claim.to_owned(),
        source: "provider report".to_owned(),
        owner: "security".to_owned(),
        reason: "The proxy is replaced in January".to_owned(),
        made_at: before(21 * 86_400),
        until: NOW + SignedDuration::from_hours(24 * 70),
    }
}

/// Evidence with which all that can pass does, three minutes ago, and people vouch for the rest.
pub(in crate::web) fn known(page: &Page) -> Known {
    let checks = page.catalogue.checks.iter().filter(|it| it.runner != Runner::Attestation);
    let attested = page.catalogue.claims().filter(|claim| {
        let checks = claim.checks.iter().filter_map(|id| page.catalogue.check(id));
        checks.into_iter().any(|check| check.runner == Runner::Attestation)
    });
    Known {
        now: NOW,
        program: page.program.clone(),
        newest: checks.map(|check| passed(check, 187)).collect(),
        statements: attested.map(|claim| statement(&claim.id, false)).collect(),
    }
}

/// The newest evidence of a check.
pub(in crate::web) fn of<'k>(known: &'k mut Known, check: &str) -> &'k mut Newest {
    known.newest.iter_mut().find(|newest| newest.check == check).unwrap()
}

/// The same with a claim in each of the other states.
pub(in crate::web) fn mixed(page: &Page) -> Known {
    let mut known = known(page);
    let untold = of(&mut known, "page.entity");
    untold.outcome = Outcome::Inconclusive;
    untold.reason = "/privacy answered 503".to_owned();
    let failing = of(&mut known, "db.grants_expected");
    (failing.outcome, failing.violations, failing.since) = (Outcome::Fail, 2, before(23_400));
    let overdue = of(&mut known, "source.no_keys");
    (overdue.observed_at, overdue.expires_at) = (before(300_000), before(190_000));
    known.newest.retain(|newest| newest.check != "accounts.single_use");
    known.statements.push(statement("1.3", true));
    known
}

/// A look at evidence.
pub(in crate::web) fn look(page: &Page, known: Known) -> Look<'_> {
    Look::new(page, Ok(known), NOW)
}

/// Days of a check: so many runs of each that passed, and some that failed.
pub(in crate::web) fn days(check: &str, since: i64, failed: &[i64], missed: &[i64]) -> Vec<DayRow> {
    let day = |back: i64| before(back * 86_400).to_zoned(jiff::tz::TimeZone::UTC).date();
    let row = |back: i64, outcome: &str, runs: i64| DayRow {
        check_id: check.to_owned(),
        day: day(back),
        outcome: outcome.to_owned(),
        runs,
    };
    let runs = (0..since).filter(|back| !missed.contains(back));
    let passes = runs.map(|back| row(back, "pass", 24));
    passes.chain(failed.iter().map(|back| row(*back, "fail", 3))).collect()
}
