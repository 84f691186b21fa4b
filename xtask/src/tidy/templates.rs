//! Templates: nothing that the Content-Security-Policy would refuse, and nothing past the escaping.

use super::{File, Finding};

/// Inline code and styles, and text that is not escaped.
pub fn check(file: &File) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (at, line) in file.text.lines().enumerate() {
        for what in faults(&line.to_lowercase()) {
            findings.push(Finding::new(&file.path, at + 1, what));
        }
    }
    findings
}

fn faults(line: &str) -> Vec<&'static str> {
    let mut faults = Vec::new();
    if line.contains(" style=") || line.contains("<style") {
        faults.push("move the style to assets/css; the policy refuses inline styles");
    }
    if has_handler(line) {
        faults.push("listen in a module of assets/js; the policy refuses `on…=`");
    }
    let scripts = line.match_indices("<script").filter_map(|(at, _)| line.get(at..));
    if scripts.into_iter().any(|tag| !tag.split('>').next().unwrap_or(tag).contains("src=")) {
        faults.push("move the script to assets/js; the policy refuses inline scripts");
    }
    if line.contains("javascript:") {
        faults.push("a link is an address, never code");
    }
    if line.split('|').skip(1).any(|filter| filter.trim_start().starts_with("safe")) {
        faults.push("never `|safe`: what a person typed would become markup");
    }
    faults
}

/// Whether an attribute such as `onclick=` stands in the line.
fn has_handler(line: &str) -> bool {
    let names = line.split('=').filter_map(|before| before.rsplit([' ', '\t', '"', '\'']).next());
    let last = line.matches('=').count();
    names.take(last).any(|name| {
        let event = name.strip_prefix("on").unwrap_or_default();
        event.len() > 2 && event.chars().all(|letter| letter.is_ascii_lowercase())
    })
}
