//! The mark of a claim in each state.

use askama::Template;
use jiff::SignedDuration;

use crate::trust::controls::Known;
use crate::trust::controls::catalogue::Detail;
use crate::trust::controls::state::Outcome;
use crate::web::trust::sample::{NOW, known, look, of, page, statement};
use crate::web::trust::words::{mark, rest};
use crate::web::trust::{AWAY, Look, security};
use crate::web::views::trust::Around;

/// The state and the words of a claim's mark over changed evidence.
fn marked(claim: &str, change: impl FnOnce(&mut Known)) -> (&'static str, String) {
    let page = page(|_| None);
    let mut known = known(&page);
    change(&mut known);
    let mark = mark(&look(&page, known), page.catalogue.claim(claim).unwrap());
    (mark.state, format!("{}{}", mark.word, mark.rest))
}

fn said(state: &'static str, words: &str) -> (&'static str, String) {
    (state, words.to_owned())
}

// Goal: what passes says when, and how many of how many.
#[test]
fn a_pass_has_its_age_and_its_count() {
    assert_eq!(marked("2.1", |_| {}), said("pass", "Verified 3 min ago, 41 of 41 tables"));
}

// Goal: a failure is said plainly, since when, without a number that a pass would have.
#[test]
fn a_failure_is_plain() {
    let mark = marked("2.1", |known| {
        let newest = of(known, "db.rls_forced");
        newest.outcome = Outcome::Fail;
        newest.violations = 2;
        newest.since = NOW - SignedDuration::from_secs(6 * 3_600 + 1_800 + 10);
    });
    assert_eq!(mark, said("fail", "Failing since 09:12 UTC, being worked on"));
}

// Goal: evidence that is too old says since when, and how often it was expected.
#[test]
fn old_evidence_is_overdue() {
    let mark = marked("2.1", |known| {
        of(known, "db.rls_forced").expires_at = NOW - SignedDuration::from_hours(48);
    });
    assert_eq!(mark, said("stale", "Not verified since Saturday, expected every minute"));
}

// Goal: evidence of another program says so, and no date that nobody can place.
#[test]
fn evidence_of_another_program_is_overdue() {
    let mark = marked("2.2", |known| of(known, "db.policies_proved").program = vec![8; 32]);
    assert_eq!(mark.0, "stale");
    assert_eq!(mark.1, "Not verified: it was proved for another program than the one that runs");
}

// Goal: a clock that was moved cannot make evidence.
#[test]
fn evidence_from_the_future_tells_nothing() {
    let mark = marked("2.1", |known| {
        of(known, "db.rls_forced").observed_at = NOW + SignedDuration::from_secs(121);
    });
    assert_eq!(mark.0, "inconclusive");
    assert_eq!(mark.1, "Could not tell: the newest evidence is from the future: a clock was moved");
}

// Goal: a person's word is shown as one, with its source and its end, and its end is told.
#[test]
fn a_word_is_attested_until_its_end() {
    let words = "Attested 2 Nov, provider report, to 1 Feb";
    assert_eq!(marked("1.6", |_| {}), said("attested", words));
    let ended = marked("1.6", |known| {
        for statement in &mut known.statements {
            statement.until = NOW - SignedDuration::from_hours(24);
        }
    });
    assert_eq!(ended, said("stale", "Not verified since Sunday, an attestation has ended"));
}

// Goal: an exception is never verified, though every check passes.
#[test]
fn an_exception_is_not_verified() {
    let mark = marked("2.1", |known| known.statements.push(statement("2.1", true)));
    assert_eq!(mark, said("exception", "Exception to 1 Feb: The proxy is replaced in January"));
}

// Goal: what is in progress, promised or new says so and no more.
#[test]
fn what_has_no_evidence_says_so() {
    assert_eq!(marked("2.4", |_| {}), said("progress", "In progress, not done yet"));
    let promise = said("commitment", "Commitment, no check can prove it");
    assert_eq!(marked("9.10", |_| {}), promise);
    assert_eq!(marked("2.1", |known| known.newest.clear()), said("never", "Not run yet"));
}

// Goal: a claim whose detail is none shows no number.
#[test]
fn numbers_can_be_kept_back() {
    let page = page(|_| None);
    let mut claim = page.catalogue.claim("2.1").unwrap().clone();
    claim.detail = Detail::None;
    let look = look(&page, known(&page));
    assert_eq!(rest(&look, &claim, &look.standing(&claim)), " 3 min ago");
}

// Goal: without a database every checked claim could not be told, and nothing else changes.
#[test]
fn without_evidence_nothing_is_verified() {
    let page = page(|_| None);
    let look = Look::new(&page, Err(AWAY), NOW);
    let view = security::view(&look, Around::default());
    let count = |state: &str| {
        let states = view.totals.states.iter();
        states.filter(|it| it.state == state).map(|it| it.count).sum::<usize>()
    };
    assert_eq!((view.totals.verified, view.totals.claims), (0, 97));
    assert_eq!(count("inconclusive") + count("progress") + count("commitment"), 97);
    let html = view.render().unwrap();
    let told = html.matches("<b>Could not tell</b>: Kairo cannot reach its database").count();
    assert_eq!(told, count("inconclusive"));
    assert!(!html.contains("data-state=\"pass\""));
}

// Goal: each claim has one mark on the page, with these attributes in this order.
#[test]
fn every_claim_has_a_mark() {
    let page = page(|_| None);
    let html = security::view(&look(&page, known(&page)), Around::default()).render().unwrap();
    for claim in page.catalogue.claims() {
        let link = format!("\" href=\"/security/{}\">", claim.id);
        let tags = html.match_indices(&link).map(|(at, _)| &html[html[..at].rfind('<').unwrap()..]);
        let tags: Vec<_> = tags.collect();
        assert_eq!(tags.len(), 1, "{}", claim.id);
        assert!(tags[0].starts_with("<a class=\"mark\" data-state=\""), "{}", claim.id);
    }
}
