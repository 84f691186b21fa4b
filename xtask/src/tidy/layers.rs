//! The direction of dependencies inside the application crate.
//!
//! **Invariant:** the table lists every module that may exist, and each may use only what stands on
//! a lower line. So a domain can be read without what is built on it.

use super::source::{Source, leading_word};
use super::{File, Finding};

const FOLDER: &str = "crates/kairo/src/";

/// From what a person sees down to what everything stands on.
const LAYERS: [&[&str]; 13] = [
    &["main", "cli", "web"],
    &["trust", "ops"],
    &["staff"],
    &["capture"],
    &["items"],
    &["ai"],
    &["guard"],
    &["teams"],
    &["accounts"],
    &["audit"],
    &["mail", "objects", "keys"],
    &["db"],
    &["config", "limits", "clock", "meters"],
];

/// Uses on one line that are meant: the program starts the server; settings have bounds, and the
/// data folder that they name is made with randomness.
const ALONGSIDE: [(&str, &str); 5] = [
    ("main", "cli"),
    ("cli", "web"),
    ("config", "limits"),
    ("config", "clock"),
    ("meters", "clock"),
];

/// Crates whose types are about HTTP or pages.
const OF_THE_WEB: [&str; 10] = [
    "askama",
    "axum",
    "axum_core",
    "http",
    "http_body",
    "http_body_util",
    "hyper",
    "hyper_util",
    "tower",
    "tower_http",
];

/// The file below `web` that sends requests of its own making, and answers none: it asks a provider
/// for every call, where what reqwest does besides is dear.
const CLIENT: &str = "ai/client.rs";

/// What it may use of [`OF_THE_WEB`].
const OF_A_CLIENT: [&str; 4] = ["http_body_util", "hyper", "hyper_util", "tower"];

/// Uses upwards or sideways, modules that the table does not know, and HTTP outside `web`.
pub fn check(source: &Source) -> Vec<Finding> {
    let Some(inner) = source.path.strip_prefix(FOLDER).filter(|inner| *inner != "lib.rs") else {
        return Vec::new();
    };
    let own = inner.split('/').next().unwrap_or(inner).trim_end_matches(".rs");
    let Some(own_layer) = layer(own) else {
        let what = format!("`{own}` is no module of the table in xtask/src/tidy/layers.rs");
        return vec![Finding::new(&source.path, 1, what)];
    };
    let mut findings = Vec::new();
    for (at, used) in uses(source, depth(inner)) {
        // A lower-case name that the table does not know is a macro or an item of lib.rs.
        let Some(used_layer) = layer(&used) else { continue };
        let meant = ALONGSIDE.contains(&(own, used.as_str()));
        if used != own && used_layer <= own_layer && !meant {
            let what = format!("`{own}` stands below `{used}` or beside it and must not use it");
            findings.push(Finding::new(&source.path, source.line_of(at), what));
        }
    }
    if own != "web" {
        let client: &[&str] = if inner == CLIENT { &OF_A_CLIENT } else { &[] };
        findings.extend(check_web_types(source, client));
    }
    findings
}

fn check_web_types(source: &Source, allowed: &[&str]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for name in OF_THE_WEB.into_iter().filter(|name| !allowed.contains(name)) {
        for at in source.places(&format!("{name}::")) {
            if source.code.get(..at).is_some_and(|before| before.ends_with(':')) {
                continue;
            }
            let what = format!("`{name}` belongs to `web`; answer with a type of this domain");
            findings.push(Finding::new(&source.path, source.line_of(at), what));
        }
    }
    findings
}

/// The table as ARCHITECTURE.md shows it must be this one.
pub fn check_document(files: &[File]) -> Vec<Finding> {
    let name = "ARCHITECTURE.md";
    let document = files.iter().find(|file| file.path == name);
    if document.is_none_or(|document| document.text.contains(&table())) {
        return Vec::new();
    }
    let what = format!("its table of layers differs from the one that is checked:\n{}", table());
    vec![Finding::new(name, 1, what)]
}

/// The table, a layer to a line.
pub fn table() -> String {
    LAYERS.iter().map(|names| format!("{}\n", names.join(", "))).collect()
}

fn layer(name: &str) -> Option<usize> {
    LAYERS.iter().position(|names| names.contains(&name))
}

/// How many times `super` leads from a file to the crate's root.
fn depth(inner: &str) -> usize {
    let parts = inner.split('/').count();
    if inner.ends_with("/mod.rs") { parts - 1 } else { parts }
}

/// First names of paths from the crate's root, with their places.
fn uses(source: &Source, depth: usize) -> Vec<(usize, String)> {
    let code = &source.code;
    let climb = "super::".repeat(depth);
    let mut uses = Vec::new();
    for root in ["crate::", climb.as_str()] {
        for at in source.places(root) {
            let climbs_on = code.get(..at).is_some_and(|before| before.ends_with("super::"));
            if climbs_on {
                continue;
            }
            let from = at + root.len();
            uses.extend(first_names(source, from).into_iter().map(|name| (at, name)));
        }
    }
    uses
}

/// The name at a place, or all names of a group in braces.
fn first_names(source: &Source, from: usize) -> Vec<String> {
    let rest = source.code.get(from..).unwrap_or_default();
    let group = rest.starts_with('{').then(|| source.braces(from)).flatten();
    let Some(group) = group.and_then(|range| source.code.get(range)) else {
        return vec![leading_word(rest).to_owned()];
    };
    let mut depth = 0_usize;
    let mut names = Vec::new();
    for (at, letter) in group.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 1 && (letter == ',' || at == 0) {
            let name = group.get(at + 1..).unwrap_or_default().trim_start();
            names.push(leading_word(name).to_owned());
        }
    }
    names
}
