//! Sizes: what fits on a page can be read, and only what was read can be trusted.

use super::Finding;
use super::source::{Source, leading_word};

const FUNCTION_LINES_MAX: usize = 70;
const FILE_LINES_MAX: usize = 500;
const COLUMNS_MAX: usize = 100;

/// Lengths of files, lines and functions, and the words that a file opens with.
pub fn check(source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    let path = &source.path;
    if !source.text.starts_with("//!") {
        let what = "open the file with `//!`: what it owns and what must always hold";
        findings.push(Finding::new(path, 1, what));
    }
    let lines = source.text.lines().count();
    if lines > FILE_LINES_MAX {
        let what = format!("{lines} lines; split the file by noun below {FILE_LINES_MAX}");
        findings.push(Finding::new(path, FILE_LINES_MAX + 1, what));
    }
    for (at, line) in source.text.lines().enumerate() {
        let columns = line.chars().count();
        if columns > COLUMNS_MAX {
            let what = format!("{columns} columns; break the line at {COLUMNS_MAX}");
            findings.push(Finding::new(path, at + 1, what));
        }
    }
    for (line, name, lines) in functions(source) {
        if lines > FUNCTION_LINES_MAX {
            let what = format!("`{name}` has {lines} lines; cut it below {FUNCTION_LINES_MAX}");
            findings.push(Finding::new(path, line, what));
        }
    }
    findings
}

/// Line, name and length of each function that has a body.
fn functions(source: &Source) -> Vec<(usize, String, usize)> {
    let mut functions = Vec::new();
    for at in source.places("fn") {
        let after = source.code.get(at + 2..).unwrap_or_default();
        let name = leading_word(after.trim_start());
        if name.is_empty() {
            continue;
        }
        if let Some(open) = body(source, at)
            && let Some(braces) = source.braces(open)
        {
            let first = source.line_of(at);
            let last = source.line_of(braces.end);
            functions.push((first, name.to_owned(), last - first + 1));
        }
    }
    functions
}

/// Where the body of the function at `at` opens; a declaration in a trait has none.
fn body(source: &Source, at: usize) -> Option<usize> {
    let mut depth = 0_i32;
    for (offset, letter) in source.code.get(at..)?.char_indices() {
        match letter {
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            ';' if depth == 0 => return None,
            '{' if depth == 0 => return Some(at + offset),
            _ => {}
        }
    }
    None
}
