//! Where claims stand, from evidence and the present alone.

use jiff::{SignedDuration, Timestamp};

use crate::trust::controls::Catalogue;
use crate::trust::controls::checks::{Observation, Untold};
use crate::trust::controls::evidence::Run;
use crate::trust::controls::state::{Known, Newest, Outcome, State, Statement};

const PROGRAM: [u8; 32] = [1; 32];

fn now() -> Timestamp {
    "2026-11-24T12:00:00Z".parse().unwrap()
}

fn minutes(count: i64) -> SignedDuration {
    SignedDuration::from_mins(count)
}

/// Evidence of some minutes ago that counts for an hour.
fn seen(check: &str, ago: i64, outcome: Outcome) -> Newest {
    let observed_at = now() - minutes(ago);
    Newest {
        check: check.to_owned(),
        version: 1,
        program: PROGRAM.to_vec(),
        observed_at,
        expires_at: observed_at + minutes(60),
        since: observed_at,
        outcome,
        population: 3,
        tested: 3,
        violations: i32::from(outcome == Outcome::Fail),
        reason: String::new(),
    }
}

fn known(newest: Vec<Newest>, statements: Vec<Statement>) -> Known {
    Known { now: now(), program: PROGRAM.to_vec(), newest, statements }
}

fn state(claim: &str, known: &Known) -> State {
    let catalogue = Catalogue::compiled().unwrap();
    known.claim(&catalogue, catalogue.claim(claim).unwrap()).state
}

fn said(is_exception: bool, claim: &str, minutes_left: i64) -> Statement {
    Statement {
        is_exception,
        claim: claim.to_owned(),
        source: "a provider".to_owned(),
        owner: "somebody".to_owned(),
        reason: "a report".to_owned(),
        made_at: now() - minutes(100),
        until: now() + minutes(minutes_left),
    }
}

// Goal: one check's evidence decides, and grows old by itself.
#[test]
fn evidence_decides_and_grows_old() {
    use Outcome::{Fail, Inconclusive, Pass};
    assert_eq!(state("1.1", &known(vec![], vec![])), State::Never);
    let cases = [
        (1, Pass, State::Pass),
        (59, Pass, State::Pass),
        (60, Pass, State::Stale),
        (1, Fail, State::Fail),
        // A failure does not grow old: only a newer run clears it.
        (600, Fail, State::Fail),
        (1, Inconclusive, State::Inconclusive),
        (60, Inconclusive, State::Stale),
        // From the future: a clock was moved.
        (-10, Pass, State::Inconclusive),
    ];
    for (ago, outcome, expected) in cases {
        let known = known(vec![seen("tls.versions", ago, outcome)], vec![]);
        assert_eq!(state("1.1", &known), expected, "{ago} {outcome:?}");
    }
}

// Goal: of several checks the worst decides, and one that never ran is no pass.
#[test]
fn the_worst_check_decides() {
    use Outcome::{Fail, Pass};
    let two = |one, two| {
        known(vec![seen("db.rls_forced", 1, one), seen("db.runtime_roles", 1, two)], vec![])
    };
    assert_eq!(state("2.1", &two(Pass, Pass)), State::Pass);
    assert_eq!(state("2.1", &two(Pass, Fail)), State::Fail);
    assert_eq!(state("2.1", &two(Fail, Pass)), State::Fail);
    let one = known(vec![seen("db.rls_forced", 1, Pass)], vec![]);
    assert_eq!(state("2.1", &one), State::Never);
}

// Goal: what another program, or an older check, has proved does not count; a failure still does.
#[test]
fn evidence_of_something_else_does_not_count() {
    let own = |outcome| Newest { version: 2, ..seen("db.policies_proved", 1, outcome) };
    let other = |outcome| Newest { program: vec![2; 32], ..own(outcome) };
    assert_eq!(state("2.2", &known(vec![own(Outcome::Pass)], vec![])), State::Pass);
    assert_eq!(state("2.2", &known(vec![other(Outcome::Pass)], vec![])), State::Stale);
    assert_eq!(state("2.2", &known(vec![other(Outcome::Fail)], vec![])), State::Fail);
    let old = Newest { version: 0, ..seen("tls.versions", 1, Outcome::Pass) };
    assert_eq!(state("1.1", &known(vec![old], vec![])), State::Stale);
}

// Goal: a person's word is shown as such, ends, and never makes a claim pass.
#[test]
fn words_are_not_evidence() {
    assert_eq!(state("1.4", &known(vec![], vec![])), State::Never);
    assert_eq!(state("1.4", &known(vec![], vec![said(false, "1.4", 1)])), State::Attested);
    assert_eq!(state("1.4", &known(vec![], vec![said(false, "1.4", 0)])), State::Stale);
    // An attestation for a claim that checks prove changes nothing.
    assert_eq!(state("1.1", &known(vec![], vec![said(false, "1.1", 1)])), State::Never);
    // An exception covers a failure while it lasts, and is not green even where the check passes.
    let fails = || vec![seen("tls.versions", 1, Outcome::Fail)];
    assert_eq!(state("1.1", &known(fails(), vec![said(true, "1.1", 1)])), State::Exception);
    assert_eq!(state("1.1", &known(fails(), vec![said(true, "1.1", 0)])), State::Fail);
    let passes = vec![seen("tls.versions", 1, Outcome::Pass)];
    assert_eq!(state("1.1", &known(passes, vec![said(true, "1.1", 1)])), State::Exception);
}

// Goal: what is in progress or a promise is never verified, whatever stands in the tables.
#[test]
fn progress_and_promises_have_no_evidence() {
    let words = vec![said(false, "1.7", 1), said(true, "0.4", 1)];
    assert_eq!(state("1.7", &known(vec![], words.clone())), State::Never);
    assert_eq!(state("0.4", &known(vec![], words)), State::Commitment);
}

// Goal: a run that tested nothing, or too few, is no pass; one that found something fails.
#[test]
fn nothing_tested_is_no_pass() {
    let catalogue = Catalogue::compiled().unwrap();
    let check = catalogue.check("db.policies_proved").unwrap();
    let told = |tested: usize, violations: &[&str]| {
        let violations = violations.iter().map(|it| (*it).to_owned()).collect();
        let seen = Observation { population: tested, tested, violations, witness: String::new() };
        Run::of(check, Ok(seen), 1)
    };
    assert_eq!(told(100, &[]).outcome, Outcome::Pass);
    assert_eq!(told(0, &[]).outcome, Outcome::Inconclusive);
    assert_eq!(told(19, &[]).outcome, Outcome::Inconclusive);
    assert_eq!(told(1, &["open"]).outcome, Outcome::Fail);
    let untold = Run::of(check, Err(Untold("x".repeat(500))), 1);
    assert_eq!((untold.outcome, untold.reason.len()), (Outcome::Inconclusive, 200));
}
