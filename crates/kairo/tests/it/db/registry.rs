//! Every statement of the product, prepared, compared and explained as the role that runs it.
//!
//! A plain prepare checks no table grant; `EXPLAIN EXECUTE` does, and runs nothing.

use kairo::db::Entry;
use tokio_postgres::{Client, NoTls};

use super::statements::Number;
use crate::harness::Kairo;

/// A connection as a role that really signed in: with `SET ROLE`, definer functions would see
/// another `session_user`.
pub async fn sign_in(app: &Kairo, role: &str) -> Client {
    let (client, connection) = app.pg_config(role).connect(NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

/// What is wrong with an entry; nothing in most cases.
async fn finding(client: &Client, entry: &Entry) -> Option<String> {
    let statement = match client.prepare(entry.sql).await {
        Ok(statement) => statement,
        Err(error) => return Some(format!("{}: does not prepare: {error:?}", entry.name)),
    };
    let (params, columns) = (statement.params(), statement.columns());
    let counted = (params.len(), columns.len()) == (entry.params.len(), entry.columns.len());
    let params_fit = params.iter().zip(entry.params).all(|(kind, accepts)| accepts(kind));
    let columns_fit = columns
        .iter()
        .zip(entry.columns)
        .all(|(found, column)| found.name() == column.name && (column.accepts)(found.type_()));
    if !(counted && params_fit && columns_fit) {
        return Some(format!("{}: types differ: {params:?} -> {columns:?}", entry.name));
    }
    let nulls = vec!["NULL"; params.len()].join(", ");
    let arguments = if nulls.is_empty() { nulls } else { format!("({nulls})") };
    let explain =
        format!("PREPARE x AS {}; EXPLAIN EXECUTE x{arguments}; DEALLOCATE x", entry.sql.trim());
    let explained = client.batch_execute(&explain).await;
    let _gone = client.batch_execute("DEALLOCATE ALL").await;
    explained.err().map(|error| format!("{}: does not run: {error:?}", entry.name))
}

async fn findings(app: &Kairo, registry: &[&[Entry]]) -> Vec<String> {
    let mut found = Vec::new();
    for entry in registry.iter().copied().flatten() {
        found.extend(finding(&sign_in(app, entry.role).await, entry).await);
    }
    found
}

// Goal: each statement of the product fits its Rust types and is granted to its role.
#[tokio::test]
async fn every_statement_fits_and_is_granted() {
    let app = Kairo::start().await;
    assert_eq!(findings(&app, kairo::STATEMENTS).await, Vec::<String>::new());
    let count: usize = kairo::STATEMENTS.iter().map(|entries| entries.len()).sum();
    assert!(count >= 9, "the walk saw {count} statements");
}

mod wrong {
    kairo::queries! {
        App NotGranted {} -> kairo::db::Nothing = "DELETE FROM app.settings";
        App NotGrantedColumn { n: i32 } -> kairo::db::Nothing =
            "UPDATE app.items SET user_id = NULL WHERE version = $1";
        App NotItsFunction {} -> super::Number = "SELECT 1 AS n FROM authn.user_ensure(
            NULL, NULL, NULL, NULL, NULL, NULL)";
        App OtherType { n: i32 } -> super::Number = "SELECT $1::int8 AS n";
        App OtherName {} -> super::Number = "SELECT 1 AS m";
        App NoTable {} -> kairo::db::Nothing = "DELETE FROM app.nothing";
        Login NotItsTable {} -> super::Number = "SELECT 1 AS n FROM authn.me";
        App Fine { n: i32 } -> super::Number = "SELECT $1::int4 AS n";
    }
}

// Goal: the walk is no empty one: each kind of mistake is found, and only the mistakes.
#[tokio::test]
async fn mistaken_statements_are_found() {
    let app = Kairo::start().await;
    let found = findings(&app, &[wrong::REGISTRY]).await;
    let kinds: Vec<&str> =
        found.iter().filter_map(|text| text.rsplit_once(": ")).map(|it| it.0).collect();
    let expected = [
        ("NotGranted", "does not run"),
        ("NotGrantedColumn", "does not run"),
        ("NotItsFunction", "does not run"),
        ("OtherType", "types differ"),
        ("OtherName", "types differ"),
        ("NoTable", "does not prepare"),
        ("NotItsTable", "does not run"),
    ];
    assert_eq!(kinds.len(), expected.len(), "{found:#?}");
    for ((name, kind), text) in expected.iter().zip(&found) {
        assert!(text.starts_with(&format!("{name}: {kind}")), "{text}");
    }
}
