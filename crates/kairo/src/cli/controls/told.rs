//! What the commands of `kairo controls` print.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::Format;
use crate::trust::controls::Facts;
use crate::trust::controls::catalogue::{Catalogue, Claim, Lifecycle};
use crate::trust::controls::selftest::Tested;
use crate::trust::controls::state::{Known, Standing, State};

/// Every claim, a line each.
pub(super) fn list(catalogue: &Catalogue, facts: &Facts) -> String {
    let mut out = String::new();
    for claim in catalogue.claims() {
        let (kind, lifecycle) = (claim.kind.word(), claim.lifecycle.word());
        let _ =
            writeln!(out, "{:<6}{kind:<10}{lifecycle:<12}{}", claim.id, facts.fill(&claim.text));
    }
    out
}

fn standings<'a>(
    catalogue: &'a Catalogue,
    known: &Known,
    section: Option<u8>,
) -> Vec<(&'a Claim, Standing)> {
    let sections = catalogue.sections.iter();
    let sections = sections.filter(|it| section.is_none_or(|number| number == it.number));
    let blocks = sections.flat_map(|section| &section.blocks);
    let sentences = blocks.flat_map(|block| &block.sentences);
    let claims = sentences.flat_map(|sentence| &sentence.claims);
    claims.map(|claim| (claim, known.claim(catalogue, claim))).collect()
}

/// Where claims stand.
pub(super) fn states(catalogue: &Catalogue, known: &Known, section: Option<u8>) -> Vec<State> {
    standings(catalogue, known, section).into_iter().map(|(_, it)| it.state).collect()
}

/// Where every claim stands, in one of the formats.
pub(super) fn verified(
    catalogue: &Catalogue,
    facts: &Facts,
    known: &Known,
    section: Option<u8>,
    format: Format,
) -> String {
    let standings = standings(catalogue, known, section);
    match format {
        Format::Text => text(&standings, facts),
        Format::Json => {
            let claims: Vec<Value> = standings.iter().map(|(claim, it)| value(claim, it)).collect();
            format!("{}\n", json!({ "as_of": known.now.to_string(), "claims": claims }))
        }
        Format::Junit => junit(&standings, facts),
    }
}

fn text(standings: &[(&Claim, Standing)], facts: &Facts) -> String {
    let mut out = String::new();
    for (claim, standing) in standings {
        let state = match claim.lifecycle {
            Lifecycle::InProgress => "in progress",
            Lifecycle::Live => standing.state.word(),
        };
        let counts = standing.counts.as_ref();
        let counts = counts.map(|it| format!(" ({} of {} {})", it.held, it.population, it.of));
        let reason = Some(&standing.reason).filter(|it| !it.is_empty());
        let reason = reason.map(|it| format!(": {it}")).unwrap_or_default();
        let _ = writeln!(
            out,
            "{:<6}{state:<13}{}{}{reason}",
            claim.id,
            facts.fill(&claim.text),
            counts.unwrap_or_default()
        );
    }
    for state in State::ALL {
        let count = standings.iter().filter(|(_, it)| it.state == state).count();
        if count > 0 {
            let _ = writeln!(out, "{count} {}", state.word());
        }
    }
    out
}

fn value(claim: &Claim, standing: &Standing) -> Value {
    let time = |at: Option<jiff::Timestamp>| at.map(|at| at.to_string());
    json!({
        "id": claim.id,
        "lifecycle": claim.lifecycle.word(),
        "state": standing.state.word(),
        "kind": claim.kind.word(),
        "observed_at": time(standing.observed_at),
        "until": time(standing.until),
        "held": standing.counts.as_ref().map(|it| it.held),
        "population": standing.counts.as_ref().map(|it| it.population),
        "reason": standing.reason,
    })
}

fn junit(standings: &[(&Claim, Standing)], facts: &Facts) -> String {
    let is =
        |states: &[State]| standings.iter().filter(|(_, it)| states.contains(&it.state)).count();
    let failures = is(&[State::Fail, State::Inconclusive, State::Stale]);
    let skipped = is(&[State::Never, State::Commitment]);
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(
        out,
        "<testsuite name=\"kairo controls\" tests=\"{}\" failures=\"{failures}\" \
        skipped=\"{skipped}\">",
        standings.len()
    );
    for (claim, standing) in standings {
        let word = standing.state.word();
        let inner = match standing.state {
            State::Fail | State::Inconclusive | State::Stale => {
                format!("<failure message=\"{word}\">{}</failure>", escaped(&standing.reason))
            }
            State::Never | State::Commitment => format!("<skipped message=\"{word}\"/>"),
            State::Pass | State::Attested | State::Exception => String::new(),
        };
        let name = escaped(&format!("{} {}", claim.id, facts.fill(&claim.text)));
        let _ =
            writeln!(out, "  <testcase classname=\"controls\" name=\"{name}\">{inner}</testcase>");
    }
    out.push_str("</testsuite>\n");
    out
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// One claim with its checks.
pub(super) fn claim(catalogue: &Catalogue, facts: &Facts, claim: &Claim, known: &Known) -> String {
    let standing = known.claim(catalogue, claim);
    let mut out = String::new();
    let _ = writeln!(out, "{} {}", claim.id, facts.fill(&claim.text));
    let _ = writeln!(
        out,
        "{}, {}: {}",
        claim.kind.word(),
        claim.lifecycle.word(),
        standing.state.word()
    );
    for words in [&claim.missing, &claim.note].into_iter().filter(|it| !it.is_empty()) {
        let _ = writeln!(out, "{words}");
    }
    for (check, standing) in known.checks(catalogue, claim) {
        let _ = writeln!(out, "\n{}: {} {}", check.id, standing.state.word(), standing.reason);
        let _ = writeln!(out, "  {}", check.title);
        let _ = writeln!(out, "  {}", check.how);
        if let (Some(at), Some(until)) = (standing.observed_at, standing.until) {
            let _ = writeln!(out, "  seen at {at}, counts until {until}");
        }
    }
    out
}

/// One line of the self-test.
pub(super) fn tested(tested: &Tested) -> String {
    match &tested.fault {
        None => format!("ok     {}", tested.check),
        Some(fault) => format!("FAILED {}: {fault}", tested.check),
    }
}
