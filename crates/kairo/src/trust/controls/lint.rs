//! The lint of the catalogue: what it must not lack, whatever a writer forgot.
//!
//! **Invariant:** a sentence without a claim, a claim without a check, and a check that cannot be
//! shown to fail are findings, and so is a text that changed without a version.

use std::collections::BTreeSet;

use super::catalogue::{Catalogue, Check, Claim, Detail, Kind, Lifecycle, Runner, Section};
use super::facts::{DATES, NAMES, placeholders};

/// One fault of the catalogue, in words.
pub type Fault = String;

/// Every fault; none where the catalogue is whole. `implemented` are the checks that this program
/// has code and a sabotage for.
pub fn run(catalogue: &Catalogue, implemented: &[&str]) -> Vec<Fault> {
    let mut faults = Vec::new();
    sections(catalogue, &mut faults);
    for claim in catalogue.claims() {
        of_claim(catalogue, claim, &mut faults);
    }
    for check in &catalogue.checks {
        of_check(catalogue, check, implemented, &mut faults);
    }
    unique("claim", catalogue.claims().map(|it| it.id.as_str()), &mut faults);
    unique("check", catalogue.checks.iter().map(|it| it.id.as_str()), &mut faults);
    unique("criterion", catalogue.criteria.iter().map(|it| it.id.as_str()), &mut faults);
    versions(catalogue, &mut faults);
    faults
}

fn sections(catalogue: &Catalogue, faults: &mut Vec<Fault>) {
    for (at, section) in catalogue.sections.iter().enumerate() {
        if usize::from(section.number) != at {
            faults.push(format!("section {} stands at place {at}", section.number));
        }
        for sentence in section.blocks.iter().flat_map(|block| &block.sentences) {
            let text = &sentence.text;
            if sentence.claims.is_empty() && !sentence.opens_list {
                faults.push(format!("section {}: no claim for: {text}", section.number));
            }
            if sentence.opens_list && !text.ends_with(':') {
                faults.push(format!("section {}: opens no list: {text}", section.number));
            }
            for claim in &sentence.claims {
                of_section(section, claim, faults);
            }
            for name in placeholders(text) {
                unknown_fact(name, text, faults);
            }
        }
    }
}

fn of_section(section: &Section, claim: &Claim, faults: &mut Vec<Fault>) {
    let number = claim.id.split_once('.').and_then(|(number, _)| number.parse::<u8>().ok());
    if number != Some(section.number) {
        faults.push(format!("claim {} stands in section {}", claim.id, section.number));
    }
    for name in placeholders(&claim.text) {
        unknown_fact(name, &claim.text, faults);
    }
}

fn unknown_fact(name: &str, text: &str, faults: &mut Vec<Fault>) {
    let is_known = NAMES.iter().any(|(known, _)| *known == name) || DATES.contains(&name);
    if !is_known {
        faults.push(format!("there is no fact {{{name}}}: {text}"));
    }
}

fn of_claim(catalogue: &Catalogue, claim: &Claim, faults: &mut Vec<Fault>) {
    let id = &claim.id;
    let mut fault = |what: &str| faults.push(format!("claim {id}: {what}"));
    let is_live = claim.lifecycle == Lifecycle::Live;
    let needs_check = is_live && claim.kind != Kind::Promise;
    if needs_check && claim.checks.is_empty() {
        fault("live, and no check asks whether it holds");
    }
    if claim.kind == Kind::Promise && !claim.checks.is_empty() {
        fault("a promise that a check claims to prove");
    }
    if !is_live && !claim.checks.is_empty() {
        fault("in progress, and checked all the same: it would show as verified");
    }
    if is_live != claim.missing.is_empty() {
        fault("`missing` says what is not done yet, of claims in progress and of those alone");
    }
    if claim.text.trim().is_empty() || claim.owner.trim().is_empty() {
        fault("without a text or an owner");
    }
    if claim.tsc.is_empty() {
        fault("speaks to no criterion");
    }
    for tsc in &claim.tsc {
        if !catalogue.criteria.iter().any(|known| known.id == *tsc) {
            fault(&format!("there is no criterion {tsc}"));
        }
    }
    let checks: Vec<_> = claim.checks.iter().map(|id| (id, catalogue.check(id))).collect();
    for (check, found) in &checks {
        if found.is_none() {
            fault(&format!("there is no check {check}"));
        }
    }
    let attests = |check: &Check| check.runner == Runner::Attestation;
    let attested = checks.iter().filter_map(|(_, check)| *check).filter(|check| attests(check));
    let attested = attested.count();
    if claim.kind != Kind::Attested && attested > 0 && attested == checks.len() {
        fault("is called measured and rests on a person's word alone");
    }
    if claim.kind == Kind::Attested && is_live && attested == 0 {
        fault("is called attested and rests on nobody's word");
    }
    let coded = matches!(claim.kind, Kind::Measured | Kind::Proved) && is_live;
    if coded && claim.enforced_by.is_empty() {
        fault("live, and nothing is named that enforces it");
    }
    if claim.detail == Detail::Full && claim.kind == Kind::Measured {
        fault("would show the public where it fails");
    }
}

fn of_check(catalogue: &Catalogue, check: &Check, implemented: &[&str], faults: &mut Vec<Fault>) {
    let id = &check.id;
    let mut fault = |what: &str| faults.push(format!("check {id}: {what}"));
    let words = [
        ("title", &check.title),
        ("how", &check.how),
        ("population", &check.population),
        ("population_one", &check.population_one),
        ("witness", &check.witness),
        ("sabotage", &check.sabotage),
    ];
    for (name, text) in words {
        if text.trim().is_empty() {
            fault(&format!("without a {name}"));
        }
    }
    if check.population_min == 0 {
        fault("would pass on nothing");
    }
    if check.version < 1 {
        fault("versions begin at 1");
    }
    if !(check.every <= check.renew && check.renew < check.max_age) {
        fault("its evidence would be stale before it is written again");
    }
    if !catalogue.claims().any(|claim| claim.checks.contains(id)) {
        fault("no claim asks for it");
    }
    if !implemented.contains(&id.as_str()) {
        fault("this program has no code for it");
    }
}

fn unique<'a>(what: &str, ids: impl Iterator<Item = &'a str>, faults: &mut Vec<Fault>) {
    let mut seen = BTreeSet::new();
    for id in ids {
        if !seen.insert(id) {
            faults.push(format!("{what} {id} is there twice"));
        }
    }
}

fn versions(catalogue: &Catalogue, faults: &mut Vec<Fault>) {
    let mut before = None;
    for (at, version) in catalogue.versions.iter().enumerate() {
        let number = version.number;
        if usize::try_from(number).ok() != at.checked_add(1) {
            faults.push(format!("version {number} stands at place {at}"));
        }
        if version.effective < version.updated || Some(version.updated) < before {
            faults.push(format!("version {number} holds from before it was written"));
        }
        before = Some(version.updated);
    }
    let now = catalogue.text_sha256();
    match catalogue.version() {
        Some(version) if version.text_sha256 == now => {}
        Some(version) => faults.push(format!(
            "the text was changed after version {}; add a version with text_sha256 = \"{now}\"",
            version.number
        )),
        None => faults.push("the text has no version".to_owned()),
    }
}
