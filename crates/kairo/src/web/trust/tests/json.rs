//! The same for programs.

use serde_json::Value;

use crate::trust::controls::catalogue::Detail;
use crate::web::trust::json::document;
use crate::web::trust::sample::{NOW, known, look, mixed, page};
use crate::web::trust::{AWAY, Look};

fn read(look: &Look<'_>) -> (String, Value) {
    let text = serde_json::to_string(&document(look)).unwrap();
    let value = serde_json::from_str(&text).unwrap();
    (text, value)
}

// Goal: whoever reads it finds each fact, whether it was stated, and totals that add up.
#[test]
fn facts_and_totals_are_told() {
    let page = page(|name| (name == "hosting").then(|| "A rack".to_owned()));
    let (text, said) = read(&look(&page, mixed(&page)));
    assert!(text.contains("\"hosting\":{\"value\":\"A rack\",\"stated\":true}"), "{text}");
    assert!(text.contains("\"regions\":{\"value\":\"US\",\"stated\":false}"));
    assert_eq!(said["facts"].as_object().unwrap().len(), 7);
    let states = said["totals"]["by_state"].as_object().unwrap();
    assert_eq!(states.values().map(|it| it.as_u64().unwrap()).sum::<u64>(), 97);
    let kinds = said["totals"]["by_kind"].as_object().unwrap();
    let by_kind = kinds.values().flat_map(|kind| kind.as_object().unwrap().values());
    assert_eq!(by_kind.map(|it| it.as_u64().unwrap()).sum::<u64>(), 97);
    assert_eq!(said["claims"].as_array().unwrap().len(), 97);
}

// Goal: a number that is kept back on the page is kept back here, and no detail of a failure is in.
#[test]
fn numbers_can_be_kept_back() {
    let mut page = page(|_| None);
    let sections = page.catalogue.sections.iter_mut().flat_map(|it| &mut it.blocks);
    for claim in sections.flat_map(|it| &mut it.sentences).flat_map(|it| &mut it.claims) {
        claim.detail = Detail::None;
    }
    let (_, said) = read(&look(&page, mixed(&page)));
    for claim in said["claims"].as_array().unwrap() {
        assert!(claim["held"].is_null() && claim["population"].is_null(), "{claim}");
        assert!(claim.get("detail").is_none() && claim.get("violations").is_none());
    }
}

// Goal: without a database it has the same shape, and nothing passes.
#[test]
fn without_evidence_it_has_the_same_shape() {
    let page = page(|_| None);
    let (_, away) = read(&Look::new(&page, Err(AWAY), NOW));
    let (_, there) = read(&look(&page, known(&page)));
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&away), keys(&there));
    assert_eq!(keys(&away["claims"][0]), keys(&there["claims"][0]));
    assert_eq!(away["totals"]["by_state"]["pass"], 0);
    assert_eq!(away["claims"][0]["reason"], AWAY);
}
