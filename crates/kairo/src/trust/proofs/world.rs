//! The world that matrix and mutants run in: people, their bearers and their rows, and what the
//! catalogue holds.

use super::expected::{self, Relation};
use super::lint::Expected;
use super::matrix::queries;
use crate::db::{DbError, Host};

/// A table or view as the catalogue has it, with the rows that were made for it.
#[derive(Debug)]
pub struct Found {
    /// Name with its schema.
    pub name: String,
    /// Whether it is a view, which nobody can write to.
    pub is_view: bool,
    /// Its columns in order.
    pub columns: Vec<String>,
    /// Its rows: label, and the row as a literal.
    pub rows: Vec<(String, String)>,
}

/// A function as the catalogue has it.
#[derive(Debug)]
pub struct FoundFunction {
    /// Name with its schema and the types of its parameters.
    pub signature: String,
    /// A statement that calls it.
    pub call: String,
}

/// What there is to try.
#[derive(Debug)]
pub struct World {
    /// Tables and views.
    pub relations: Vec<Found>,
    /// Functions.
    pub functions: Vec<FoundFunction>,
    /// Schemas.
    pub schemas: Vec<String>,
}

impl World {
    /// Makes the people and their rows in a database without any, and reads the catalogue.
    ///
    /// # Errors
    /// The database refused; people are there already, for one.
    pub async fn make(root: &Host) -> Result<Self, DbError> {
        root.execute(queries::LOOSEN).await?;
        root.execute(queries::SEED).await?;
        Self::read(root).await
    }

    /// Reads the catalogue, and the rows of what is expected.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn read(root: &Host) -> Result<Self, DbError> {
        let mut relations = Vec::new();
        for row in root.query(queries::RELATIONS, &[]).await? {
            let name: String = row.get("name");
            let rows = match expectation(&name) {
                Some(expected) => {
                    let found = root.query(&queries::rows(&name, expected.label), &[]).await?;
                    let read = |row: &tokio_postgres::Row| {
                        (label(row.get::<_, &str>("label")), row.get("row"))
                    };
                    found.iter().map(read).collect()
                }
                None => Vec::new(),
            };
            let (is_view, columns) = (row.get("is_view"), row.get("columns"));
            relations.push(Found { name, is_view, columns, rows });
        }
        let functions = root.query(queries::FUNCTIONS, &[]).await?;
        let function = |row: &tokio_postgres::Row| FoundFunction {
            signature: row.get("signature"),
            call: row.get("call"),
        };
        let schemas = root.query(queries::SCHEMAS, &[]).await?;
        Ok(Self {
            relations,
            functions: functions.iter().map(function).collect(),
            schemas: schemas.iter().map(|row| row.get("name")).collect(),
        })
    }

    /// What the catalogue holds and nobody expects, or the other way round.
    pub fn unexpected(&self) -> Vec<String> {
        let relations = self.relations.iter().map(|it| it.name.as_str());
        let functions = self.functions.iter().map(|it| it.signature.as_str());
        let schemas = self.schemas.iter().map(String::as_str);
        let found: Vec<&str> = relations.chain(functions).chain(schemas).collect();
        let expected = expected_names();
        let unknown = found.iter().filter(|name| !expected.contains(name));
        let gone = expected.iter().filter(|name| !found.contains(name));
        let unknown = unknown.map(|name| format!("{name} is there, and nothing says what it may"));
        unknown.chain(gone.map(|name| format!("{name} is expected and not there"))).collect()
    }
}

fn expected_names() -> Vec<&'static str> {
    let relations = expected::relations().map(|it| it.name);
    let functions = expected::functions().map(|it| it.signature);
    relations.chain(functions).chain(expected::SCHEMAS.iter().map(|it| it.schema)).collect()
}

/// The names that the lint's last rule compares with.
pub fn expected_objects() -> Expected {
    Expected {
        relations: expected::relations().map(|it| it.name.to_owned()).collect(),
        functions: expected::functions().map(|it| it.signature.to_owned()).collect(),
    }
}

/// What is expected of a table or view.
pub fn expectation(name: &str) -> Option<&'static Relation> {
    expected::relations().find(|it| it.name == name)
}

/// A row's label: whose it is and what is special about it, by the first and the last sign of what
/// names it. Short values are themselves.
pub fn label(key: &str) -> String {
    let key = key.strip_prefix("\\x").unwrap_or(key);
    let (Some(first), Some(last)) = (key.chars().next(), key.chars().last()) else {
        return String::new();
    };
    match key.len() {
        0..=5 => key.to_owned(),
        _ if last.is_ascii_digit() => format!("{first}{last}"),
        _ => format!("{first}0"),
    }
}
