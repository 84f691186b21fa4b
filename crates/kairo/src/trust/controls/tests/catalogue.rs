//! The catalogue and its lint.

use std::fs;
use std::path::{Path, PathBuf};

use crate::config::scratch::Scratch;
use crate::trust::controls::Catalogue;
use crate::trust::controls::checks::{ALL, implemented};
use crate::trust::controls::lint;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../controls")
}

fn faults(catalogue: &Catalogue) -> Vec<String> {
    lint::run(catalogue, &implemented(catalogue))
}

// Goal: the catalogue that is compiled in is whole, and is the folder's.
#[test]
fn the_catalogue_is_whole() {
    let (compiled, folder) =
        (Catalogue::compiled().unwrap(), Catalogue::in_folder(&folder()).unwrap());
    assert_eq!(faults(&compiled), Vec::<String>::new());
    assert_eq!(compiled.text_sha256(), folder.text_sha256());
    assert_eq!(compiled.claims().count(), 97);
    assert_eq!(compiled.sections.len(), 11);
}

// Goal: whatever a claim says that enforces it is there.
#[test]
fn what_enforces_a_claim_exists() {
    let catalogue = Catalogue::compiled().unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for claim in catalogue.claims() {
        for path in &claim.enforced_by {
            assert!(root.join(path).exists(), "claim {}: {path}", claim.id);
        }
    }
}

// Goal: there is no code for a check that the catalogue does not know, and each has its sabotage.
#[test]
fn code_and_catalogue_name_the_same_checks() {
    let catalogue = Catalogue::compiled().unwrap();
    for implementation in ALL {
        assert!(catalogue.check(implementation.id).is_some(), "{}", implementation.id);
    }
}

/// The catalogue with words of one file replaced.
fn edited(name: &str, file: &str, from: &str, to: &str) -> Result<Catalogue, String> {
    let copy = Scratch::new(&format!("controls-{name}"));
    for entry in fs::read_dir(folder()).unwrap().flatten() {
        fs::copy(entry.path(), copy.join(entry.file_name())).unwrap();
    }
    let text = fs::read_to_string(copy.join(file)).unwrap();
    assert!(text.contains(from), "{file} has no {from}");
    fs::write(copy.join(file), text.replacen(from, to, 1)).unwrap();
    Catalogue::in_folder(&copy).map_err(|error| error.to_string())
}

// Goal: each thing that a writer could forget is a fault of its own.
#[test]
fn the_lint_sees_what_is_forgotten() {
    let (one, checks) = ("01-encryption.toml", "checks.toml");
    let edits = [
        ("word", one, "modern cipher suites only", "good cipher suites only", "add a version"),
        ("check", one, "checks = [\"tls.versions\"]", "checks = []", "no check asks"),
        ("unknown", one, "\"tls.versions\"", "\"tls.version\"", "there is no check tls.version"),
        ("twice", one, "id = \"1.2\"", "id = \"1.1\"", "claim 1.1 is there twice"),
        ("section", one, "id = \"1.2\"", "id = \"2.2\"", "stands in section 1"),
        ("criterion", one, "\"CC6.7\"", "\"CC99.9\"", "no criterion CC99.9"),
        ("kind", one, "kind = \"attested\"", "kind = \"measured\"", "a person's word alone"),
        ("sabotage", checks, "sabotage = \"", "sabotage = \"\" # \"", "without a sabotage"),
        ("witness", checks, "witness = \"", "witness = \"\" # \"", "without a witness"),
        ("nothing", checks, "population_min = ", "population_min = 0 # ", "pass on nothing"),
        ("age", checks, "max_age = \"90m\"", "max_age = \"1m\"", "stale before"),
        ("code", checks, "id = \"tls.suites\"", "id = \"tls.nobody\"", "no code for it"),
        ("fact", "10-contact.toml", "{security_address}", "{address}", "no fact {address}"),
    ];
    for (name, file, from, to, expected) in edits {
        let found = faults(&edited(name, file, from, to).unwrap());
        assert!(found.iter().any(|it| it.contains(expected)), "{name}: {found:?}");
    }
}

// Goal: a sentence that loses its claims is a fault; a key that nobody knows is an error.
#[test]
fn a_bare_sentence_and_a_misspelt_key_are_refused() {
    let ten = "10-contact.toml";
    let text = fs::read_to_string(folder().join(ten)).unwrap();
    let claim = text.get(text.find("[[block.sentence.claim]]").unwrap()..).unwrap();
    let bare = faults(&edited("bare", ten, claim, "").unwrap());
    assert!(bare.iter().any(|it| it.contains("no claim for")), "{bare:?}");
    let misspelt = edited("misspelt", ten, "checks = ", "cheks = ").unwrap_err();
    assert!(misspelt.contains("controls/10-contact.toml"), "{misspelt}");
}
