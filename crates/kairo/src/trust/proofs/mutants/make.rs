//! Makes the mutants from what the catalogue holds.

use std::ops::Range;

use super::Mutant;
use super::queries;
use crate::db::{DbError, Host};

/// Every mutant of this schema.
pub(super) async fn all(host: &Host) -> Result<Vec<Mutant>, DbError> {
    let mut mutants = Vec::new();
    for mutation in queries::MUTATIONS {
        for row in host.query(mutation, &[]).await? {
            mutants.push(Mutant {
                name: row.get("name"),
                change: row.get("change"),
                object: row.get("object"),
                role: row.get("role"),
                // Only some mutations show by one command.
                verb: row.try_get("verb").unwrap_or_default(),
            });
        }
    }
    mutants.extend(conditions(host).await?);
    mutants.extend(views(host).await?);
    Ok(mutants)
}

/// Each condition of each policy, taken for true.
async fn conditions(host: &Host) -> Result<Vec<Mutant>, DbError> {
    let mut mutants = Vec::new();
    for row in host.query(queries::EXPRESSIONS, &[]).await? {
        let (name, clause): (String, String) = (row.get("name"), row.get("clause"));
        let (alter, text): (String, String) = (row.get("alter"), row.get("text"));
        for range in conjuncts(&text) {
            let condition = text.get(range.clone()).unwrap_or_default();
            let condition: Vec<&str> = condition.split_whitespace().collect();
            let condition = condition.join(" ");
            let mut without = text.clone();
            without.replace_range(range.clone(), "true");
            mutants.push(Mutant {
                name: format!("{name}: {clause} without {condition}"),
                change: queries::policy_made(&alter, &clause, &without),
                object: row.get("object"),
                role: row.get("role"),
                verb: row.get("verb"),
            });
        }
    }
    Ok(mutants)
}

/// The views that tell who asks, with parts of them changed.
async fn views(host: &Host) -> Result<Vec<Mutant>, DbError> {
    let mut mutants = Vec::new();
    for (view, part, other) in queries::VIEW_CHANGES {
        let rows = host.query(queries::VIEW_TEXT, &[&view]).await?;
        let text = rows.first().map(|row| row.get::<_, String>(0)).unwrap_or_default();
        // Where the part is not there, the text stays as it is, and the mutant survives: a fault.
        let changed = text.replacen(part, other, 1);
        mutants.push(Mutant {
            name: format!("view {view}: {part} becomes {other}"),
            change: queries::view_made(view, &changed),
            // The rule itself is read by nobody who signs in, and seen in what stands on it.
            object: Some(if view == "authn.live" { "authn.me" } else { view }.to_owned()),
            role: None,
            verb: None,
        });
    }
    Ok(mutants)
}

/// Places of the terms that AND joins, at any depth, in an expression as PostgreSQL writes it.
pub(super) fn conjuncts(text: &str) -> Vec<Range<usize>> {
    const AND: &str = " AND ";
    let mut terms = Vec::new();
    // For each open bracket: where its terms begin.
    let mut groups: Vec<Vec<usize>> = vec![vec![0]];
    let mut quoted = false;
    for (at, letter) in text.char_indices() {
        match letter {
            '\'' => quoted = !quoted,
            _ if quoted => {}
            '(' => groups.push(vec![at + 1]),
            ')' => terms.extend(groups.pop().map(|begins| ranges(&begins, at)).unwrap_or_default()),
            ' ' if text.get(at..).is_some_and(|rest| rest.starts_with(AND)) => {
                if let Some(begins) = groups.last_mut() {
                    begins.push(at + AND.len());
                }
            }
            _ => {}
        }
    }
    let whole = groups.pop().unwrap_or_default();
    terms.extend(ranges(&whole, text.len()));
    terms
}

/// The terms of one bracket, if there are several.
fn ranges(begins: &[usize], end: usize) -> Vec<Range<usize>> {
    const AND_LEN: usize = 5;
    let ends = begins.iter().skip(1).map(|next| next - AND_LEN).chain([end]);
    let terms: Vec<Range<usize>> = begins.iter().copied().zip(ends).map(|(a, b)| a..b).collect();
    if terms.len() > 1 { terms } else { Vec::new() }
}
