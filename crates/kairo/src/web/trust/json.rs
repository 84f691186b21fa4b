//! `GET /security.json`: what the page says, for programs.
//!
//! **Invariant:** the same look as the page, so the two cannot differ but by the moment.

use axum::extract::State as Given;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::{Look, retried};
use crate::trust::controls::catalogue::{Claim, Detail, Kind, Lifecycle, Section, Sentence, hex};
use crate::trust::controls::{Standing, State};
use crate::web::Site;
use crate::web::error::Error;

pub(super) async fn show(Given(site): Given<Site>) -> Result<Response, Error> {
    let look = Look::now(&site).await;
    let body = serde_json::to_string(&document(&look)).map_err(Error::internal)?;
    let kind = [(CONTENT_TYPE, "application/json")];
    Ok(retried(&look, (look.status(), kind, body).into_response()))
}

/// An object whose keys keep the order that they were given in.
struct Ordered<K, V>(Vec<(K, V)>);

impl<K: Serialize, V: Serialize> Serialize for Ordered<K, V> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(Some(self.0.len()))?;
        for (key, value) in &self.0 {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

/// What is answered.
#[derive(Serialize)]
pub struct Document {
    updated: Option<Date>,
    effective: Option<Date>,
    entity: String,
    as_of: Timestamp,
    version: u32,
    text_sha256: String,
    program: String,
    facts: Ordered<&'static str, Fact>,
    totals: Totals,
    claims: Vec<Told>,
}

#[derive(Serialize)]
struct Fact {
    value: String,
    stated: bool,
}

#[derive(Serialize)]
struct Totals {
    claims: usize,
    in_progress: usize,
    by_state: Ordered<&'static str, usize>,
    by_kind: Ordered<&'static str, Ordered<&'static str, usize>>,
}

#[derive(Serialize)]
struct Told {
    id: String,
    section: u8,
    sentence: String,
    text: String,
    kind: &'static str,
    lifecycle: &'static str,
    #[serde(flatten)]
    standing: Stood,
    reason: String,
    criteria: Vec<String>,
    checks: Vec<Asked>,
}

#[derive(Serialize)]
struct Asked {
    id: String,
    title: String,
    #[serde(flatten)]
    standing: Stood,
}

/// A standing as far as the public may see it.
#[derive(Serialize)]
struct Stood {
    state: &'static str,
    observed_at: Option<Timestamp>,
    since: Option<Timestamp>,
    until: Option<Timestamp>,
    held: Option<i32>,
    population: Option<i32>,
    of: Option<String>,
}

impl Stood {
    fn of(standing: &Standing, detail: Detail) -> Self {
        let counts = standing.counts.as_ref().filter(|_| detail != Detail::None);
        Self {
            state: standing.state.word(),
            observed_at: standing.observed_at,
            since: standing.since,
            until: standing.until,
            held: counts.map(|it| it.held),
            population: counts.map(|it| it.population),
            of: counts.map(|it| it.of.clone()),
        }
    }
}

/// The document of a look.
pub fn document(look: &Look<'_>) -> Document {
    let (page, version) = (look.page, look.page.catalogue.version());
    let sentences = page.catalogue.sentences();
    let claims = sentences.flat_map(|(section, sentence)| {
        sentence.claims.iter().map(move |claim| told(look, section, sentence, claim))
    });
    let facts = page
        .facts
        .iter()
        .map(|fact| (fact.name, Fact { value: fact.value.clone(), stated: fact.is_stated }));
    Document {
        updated: version.map(|version| version.updated),
        effective: version.map(|version| version.effective),
        entity: page.facts.value("entity").to_owned(),
        as_of: look.now,
        version: version.map_or(0, |version| version.number),
        text_sha256: page.catalogue.text_sha256(),
        program: hex(&page.program),
        facts: Ordered(facts.collect()),
        totals: totals(look),
        claims: claims.collect(),
    }
}

fn told(look: &Look<'_>, section: &Section, sentence: &Sentence, claim: &Claim) -> Told {
    let standing = look.standing(claim);
    let checks = look.checks(claim).into_iter().map(|(check, standing)| Asked {
        id: check.id.clone(),
        title: check.title.clone(),
        standing: Stood::of(&standing, claim.detail),
    });
    Told {
        id: claim.id.clone(),
        section: section.number,
        sentence: look.fill(&sentence.text),
        text: look.fill(&claim.text),
        kind: claim.kind.word(),
        lifecycle: claim.lifecycle.word(),
        standing: Stood::of(&standing, claim.detail),
        reason: standing.reason,
        criteria: claim.tsc.clone(),
        checks: checks.collect(),
    }
}

fn totals(look: &Look<'_>) -> Totals {
    let states: Vec<(&Claim, State)> =
        look.page.catalogue.claims().map(|claim| (claim, look.standing(claim).state)).collect();
    let by_state = |is_in: &dyn Fn(&Claim) -> bool| {
        let count = |state: State| states.iter().filter(|(c, it)| is_in(c) && *it == state).count();
        Ordered(State::ALL.map(|state| (state.word(), count(state))).to_vec())
    };
    let by_kind = Kind::ALL.map(|kind| (kind.word(), by_state(&|claim| claim.kind == kind)));
    let is_in_progress = |it: &&(&Claim, State)| it.0.lifecycle == Lifecycle::InProgress;
    Totals {
        claims: states.len(),
        in_progress: states.iter().filter(is_in_progress).count(),
        by_state: by_state(&|_| true),
        by_kind: Ordered(by_kind.into_iter().collect()),
    }
}
