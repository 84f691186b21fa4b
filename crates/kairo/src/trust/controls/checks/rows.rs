//! Every value of every row, for looks at what must be nowhere.
//!
//! **Invariant:** reads only, one table at a time, a few hundred rows at a time.

use serde_json::Value;

use super::{Untold, queries};
use crate::db::Host;
use crate::trust::controls::subject::Subject;

/// How far a look went.
#[derive(Debug, Default)]
pub(super) struct Looked {
    /// Columns of every table, also of those without rows.
    pub(super) columns: usize,
    /// Rows.
    pub(super) rows: u64,
}

/// A connection that reads every row, where there is one.
pub(super) async fn host(subject: &Subject) -> Result<Host, Untold> {
    let Some(endpoint) = subject.every_row.clone() else {
        return Err(Untold("no role of this server may read every row".to_owned()));
    };
    Ok(Host::connect(endpoint).await?)
}

/// Shows each value with its column; bytes as bytes, everything else as its text.
pub(super) async fn each(
    subject: &Subject,
    mut see: impl FnMut(&str, &[u8]) + Send,
) -> Result<Looked, Untold> {
    let host = host(subject).await?;
    let mut looked = Looked::default();
    for row in host.query(queries::EVERY_TABLE, &[]).await? {
        let (table, columns): (String, Vec<String>) = (row.get("name"), row.get("columns"));
        looked.columns += columns.len();
        host.execute(&queries::open_rows(&table)).await?;
        loop {
            let rows = host.query(queries::NEXT_ROWS, &[]).await?;
            if rows.is_empty() {
                break;
            }
            for row in rows {
                looked.rows += 1;
                let Ok(Value::Object(fields)) = serde_json::from_str(row.get::<_, &str>("row"))
                else {
                    return Err(Untold("a row could not be read".to_owned()));
                };
                for (name, value) in fields {
                    let column = format!("{table}.{name}");
                    show(&column, &value, &mut see);
                }
            }
        }
        host.execute(queries::CLOSE_ROWS).await?;
    }
    Ok(looked)
}

fn show(column: &str, value: &Value, see: &mut impl FnMut(&str, &[u8])) {
    match value {
        Value::Null | Value::Bool(_) => {}
        Value::String(text) => match text.strip_prefix("\\x").and_then(bytes) {
            Some(bytes) => see(column, &bytes),
            None => see(column, text.as_bytes()),
        },
        Value::Number(number) => see(column, number.to_string().as_bytes()),
        Value::Array(values) => values.iter().for_each(|value| show(column, value, see)),
        Value::Object(fields) => fields.values().for_each(|value| show(column, value, see)),
    }
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    let pairs = hex.as_bytes().chunks(2);
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}
