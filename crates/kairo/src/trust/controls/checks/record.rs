//! What Kairo's own records say: the facts of the operator, and the chain of evidence.

use ring::digest;
use serde_json::Value;

use super::canary::door;
use super::{Observation, Told, Untold};
use crate::trust::controls::evidence::{genesis, is_signed};
use crate::trust::controls::origin::Ask;
use crate::trust::controls::queries::{EvidenceAfter, RootsKept};
use crate::trust::controls::subject::Subject;

pub(super) async fn operator_facts(subject: &Subject) -> Told {
    let answer = door(subject)?.ask(&subject.tls, Ask::get("/security.json")).await?;
    let said: Value = serde_json::from_str(&answer.body)
        .map_err(|_| Untold("/security.json is no JSON".to_owned()))?;
    let facts = said.get("facts").and_then(Value::as_object);
    let facts = facts.ok_or_else(|| Untold("/security.json has no facts".to_owned()))?;
    let is_stated = |fact: &Value| fact.get("stated").and_then(Value::as_bool) == Some(true);
    let unstated: Vec<&str> =
        facts.iter().filter(|(_, fact)| !is_stated(fact)).map(|(name, _)| name.as_str()).collect();
    if !unstated.is_empty() {
        let names = unstated.join(", ").replace('_', " ");
        return Err(Untold(format!("whoever runs this Kairo has not stated: {names}")));
    }
    Ok(Observation::of(facts.len(), Vec::new(), "the facts were read from the page's own data"))
}

/// Links that are read at once.
const LINKS_AT_ONCE: i32 = 2_000;
/// Links that one run follows at most: a day has some hundreds.
const LINKS_MAX: usize = 200_000;

/// Follows the chain from the last root that was signed, or from its begin.
pub(super) async fn chain(subject: &Subject) -> Told {
    let env = subject.env.word();
    let roots = RootsKept { env: env.to_owned(), limit: 1 };
    let roots = subject.base.db.app.read(None, roots).await?;
    let mut violations = Vec::new();
    let (mut seq, mut last) = match roots.first() {
        None => (0, genesis(env)),
        Some(root) => {
            if !is_signed(env, root) {
                violations.push(format!("the root of {} is not signed by its key", root.day));
            }
            (root.seq, root.hash.clone())
        }
    };
    let mut followed = 0;
    // The signed link itself: had it been changed since, its hash would be another.
    if let Some(root) = roots.first() {
        let before = EvidenceAfter { env: env.to_owned(), seq: root.seq - 1, limit: 1 };
        let link = subject.base.db.worker.read(None, before).await?;
        followed += 1;
        if link.first().is_none_or(|link| link.hash != root.hash || !holds(link)) {
            violations.push(format!("link {} is not the one that was signed", root.seq));
        }
    }
    while followed < LINKS_MAX && violations.is_empty() {
        let after = EvidenceAfter { env: env.to_owned(), seq, limit: LINKS_AT_ONCE };
        let links = subject.base.db.worker.read(None, after).await?;
        if links.is_empty() {
            break;
        }
        for link in links {
            if link.seq != seq + 1 || link.prev_hash != last || !holds(&link) {
                violations.push(format!("the chain is broken at link {}", link.seq));
                break;
            }
            (seq, last) = (link.seq, link.hash);
            followed += 1;
        }
    }
    Ok(Observation::of(followed, violations, format!("followed to link {seq}")))
}

/// Whether a link's hash covers what it says: computed here, not where it was made.
fn holds(link: &crate::trust::controls::queries::LinkRow) -> bool {
    let mut context = digest::Context::new(&digest::SHA256);
    context.update(&link.prev_hash);
    context.update(link.said.as_bytes());
    context.finish().as_ref() == link.hash
}
