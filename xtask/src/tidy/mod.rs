//! `cargo xtask tidy`: the house rules that neither rustc nor clippy knows.
//!
//! **Invariant:** every finding names a file and a line and says what to do, and `tests.rs` has a
//! sample that breaks each rule.

mod layers;
mod migrations;
mod sizes;
mod source;
mod sql;
mod templates;
mod text;
mod tree;
mod words;

use std::fmt;
use std::fs;

use crate::sh::{self, About, Failure, Result};
use source::Source;

/// One breach of one rule.
#[derive(Debug, PartialEq, Eq)]
struct Finding {
    path: String,
    line: usize,
    what: String,
}

impl Finding {
    fn new(path: &str, line: usize, what: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, what: what.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}: {}", self.path, self.line, self.what)
    }
}

/// A text file of the repository.
struct File {
    path: String,
    text: String,
}

/// Checks every file that is, or could be, committed.
pub fn tidy(arguments: &[String]) -> Result<()> {
    if !arguments.is_empty() {
        return Err(Failure::new("`cargo xtask tidy` takes no options."));
    }
    let files = files()?;
    let mut findings = check(&files);
    findings.extend(tree::check()?);
    for finding in &findings {
        println!("{finding}");
    }
    if findings.is_empty() {
        println!("{} files are tidy.", files.len());
        return Ok(());
    }
    let count = findings.len();
    Err(Failure::new(format!("{count} things are not tidy.")))
}

/// All rules that look at files alone.
fn check(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files {
        findings.extend(text::check(file));
        if file.path.ends_with(".rs") {
            let source = Source::read(&file.path, &file.text);
            findings.extend(sizes::check(&source));
            findings.extend(words::check(&source));
            findings.extend(layers::check(&source));
            findings.extend(sql::check(&source));
        }
        if file.path.starts_with("crates/kairo/templates/") {
            findings.extend(templates::check(file));
        }
    }
    findings.extend(migrations::check(files));
    findings.extend(layers::check_document(files));
    findings
}

/// The text files that git knows or would take.
fn files() -> Result<Vec<File>> {
    // In a container the clone often belongs to somebody else, which git would refuse to read.
    let mut git = sh::command("git");
    git.args(["-c", "safe.directory=*", "ls-files", "-z", "-co", "--exclude-standard"]);
    let mut files = Vec::new();
    for path in sh::output(&mut git)?.split('\0').filter(|path| !path.is_empty()) {
        let full = sh::root().join(path);
        if !full.is_file() {
            continue;
        }
        let bytes = fs::read(&full).about(path)?;
        if let Ok(text) = String::from_utf8(bytes)
            && !text.contains('\0')
        {
            files.push(File { path: path.to_owned(), text });
        }
    }
    files.sort_by(|one, other| one.path.cmp(&other.path));
    files.dedup_by(|one, other| one.path == other.path);
    Ok(files)
}

#[cfg(test)]
mod tests;
