//! Migrations: one order, one name that tells what changes, one reason.

use super::{File, Finding};

const FOLDER: &str = "crates/kairo/migrations/";

/// Names, numbers and first lines.
pub fn check(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut expected = 1_u32;
    for file in files.iter().filter(|file| file.path.starts_with(FOLDER)) {
        let name = file.path.strip_prefix(FOLDER).unwrap_or_default();
        match number(name) {
            Some(number) if number == expected => {}
            Some(_) => {
                let what = format!("the next migration is number {expected:04}");
                findings.push(Finding::new(&file.path, 1, what));
            }
            None => {
                let what = "name it NNNN_noun_change.sql, such as 0007_teams_add_closed_at.sql";
                findings.push(Finding::new(&file.path, 1, what));
            }
        }
        expected = number(name).unwrap_or(expected) + 1;
        let first = file.text.lines().next().unwrap_or_default();
        if first.strip_prefix("--").is_none_or(|reason| reason.trim().is_empty()) {
            let what = "open with a comment: why, and which tables' rows it reads";
            findings.push(Finding::new(&file.path, 1, what));
        }
    }
    findings
}

/// The number of a well-named migration.
fn number(name: &str) -> Option<u32> {
    let (number, words) = name.strip_suffix(".sql")?.split_once('_')?;
    let words: Vec<&str> = words.split('_').collect();
    let plain = |word: &&str| {
        !word.is_empty() && word.chars().all(|letter| matches!(letter, 'a'..='z' | '0'..='9'))
    };
    if number.len() != 4 || words.len() < 2 || !words.iter().all(plain) {
        return None;
    }
    number.parse().ok()
}
