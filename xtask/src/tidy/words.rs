//! Words that must not be in the code: names that say nothing, and ways round a check.

use super::Finding;
use super::source::{Source, leading_word};

/// Parts of names that fit anything, so that anything ends up there.
const EMPTY_PARTS: [&str; 4] = ["manager", "helper", "util", "service"];

/// Code that must not be committed, and what to do instead.
const BANNED: [(&str, &str); 8] = [
    ("#[allow(", "use `#[expect(…, reason = \"…\")]`, which ends when its cause does"),
    ("#![allow(", "use `#![expect(…, reason = \"…\")]`, which ends when its cause does"),
    ("#[ignore", "mend the test or take it out; nobody runs an ignored one"),
    ("#[should_panic", "return the error and compare it"),
    ("todo!", "finish it, or leave it out"),
    ("unimplemented!", "finish it, or leave it out"),
    ("dbg!", "take it out, or trace it"),
    ("fn get_", "name it after what it answers, without `get_`"),
];

/// Banned words and names.
pub fn check(source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (word, instead) in BANNED {
        for at in source.places(word) {
            let what = format!("`{word}`: {instead}");
            findings.push(Finding::new(&source.path, source.line_of(at), what));
        }
    }
    for (line, name) in declared(source) {
        if let Some(part) = empty_part(name) {
            let what = format!("`{name}`: name it after what it does, not `{part}`");
            findings.push(Finding::new(&source.path, line, what));
        }
    }
    for (line, text) in source.lines() {
        let inline = text.trim_start().starts_with("mod tests {");
        if inline {
            let what = "move the tests to `tests.rs` beside the module";
            findings.push(Finding::new(&source.path, line, what));
        }
    }
    findings
}

/// Types and modules that the file declares.
fn declared(source: &Source) -> impl Iterator<Item = (usize, &str)> {
    source.lines().filter_map(|(line, text)| {
        // An associated type of a foreign trait has the name that the trait gives it.
        let is_outer = !text.starts_with(' ');
        let text = text.trim_start();
        let text = text.strip_prefix("pub").map_or(text, |rest| match rest.split_once(") ") {
            Some((scope, rest)) if scope.starts_with('(') => rest,
            _ => rest.trim_start(),
        });
        let (kind, rest) = text.split_once(' ')?;
        let declares = match kind {
            "struct" | "enum" | "trait" | "mod" | "union" => true,
            "type" => is_outer,
            _ => false,
        };
        declares.then(|| (line, leading_word(rest)))
    })
}

fn empty_part(name: &str) -> Option<&'static str> {
    let parts = parts(name);
    EMPTY_PARTS.into_iter().find(|banned| {
        parts.iter().any(|part| part == banned || part.strip_suffix('s') == Some(banned))
    })
}

/// The words of a name in either case: `AddressBook` and `address_book` have two.
fn parts(name: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    for letter in name.chars() {
        if letter == '_' || letter.is_uppercase() {
            parts.push(String::new());
        }
        if letter != '_'
            && let Some(part) = parts.last_mut()
        {
            part.extend(letter.to_lowercase());
        }
    }
    parts
}
