//! SQL only where a reader looks for it, and where a test prepares every statement.

use super::Finding;
use super::source::Source;

/// How statements begin. Two words where one alone could begin a sentence.
const OPENINGS: [&str; 20] = [
    "SELECT ",
    "INSERT INTO ",
    "UPDATE ",
    "DELETE FROM ",
    "WITH ",
    "CREATE ",
    "ALTER ",
    "DROP ",
    "GRANT ",
    "REVOKE ",
    "TRUNCATE ",
    "COPY ",
    "LOCK TABLE ",
    "EXPLAIN ",
    "PREPARE ",
    "EXECUTE ",
    "CALL ",
    "SET LOCAL ",
    "SET ROLE ",
    "MERGE INTO ",
];

/// Statements outside `queries.rs`, `db/` and tests.
pub fn check(source: &Source) -> Vec<Finding> {
    let product = source.path.starts_with("crates/kairo/src/");
    let door = source.path.starts_with("crates/kairo/src/db/");
    if !product || door || source.is_test() || source.path.ends_with("/queries.rs") {
        return Vec::new();
    }
    let statements = source.strings.iter().filter(|(_, text)| is_statement(text));
    let what = "move the statement to the `queries.rs` of its domain, where a test prepares it";
    statements.map(|(line, _)| Finding::new(&source.path, *line, what)).collect()
}

fn is_statement(text: &str) -> bool {
    let words: String = text.split_whitespace().take(3).map(|word| format!("{word} ")).collect();
    OPENINGS.iter().any(|opening| words.starts_with(opening))
}
