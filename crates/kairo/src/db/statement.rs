//! Typed statements: what a domain's `queries.rs` is made of.
//!
//! [`queries!`](crate::queries) makes, from SQL, parameters and a row, one struct a statement and
//! an [`Entry`] for the registry. Connections prepare the registry when they are made, and a test
//! prepares, type-checks and explains each entry as the role that will run it.

use tokio_postgres::Row;
use tokio_postgres::types::{ToSql, Type};

/// A role that a pool of `serve` signs in as.
pub trait RuntimeRole: Send + Sync + 'static {
    /// Name in PostgreSQL.
    const NAME: &'static str;
}

/// Requests of a signed-in person.
pub enum App {}
/// Functions before there is a session.
pub enum Login {}
/// Jobs, each under a session of its own.
pub enum Worker {}

impl RuntimeRole for App {
    const NAME: &'static str = "kairo_app";
}
impl RuntimeRole for Login {
    const NAME: &'static str = "kairo_login";
}
impl RuntimeRole for Worker {
    const NAME: &'static str = "kairo_worker";
}

/// One column of a row, as the struct has it.
#[derive(Clone, Copy)]
pub struct Column {
    /// Name in the statement's result.
    pub name: &'static str,
    /// Whether the field's Rust type takes a PostgreSQL type.
    pub accepts: fn(&Type) -> bool,
}

/// A struct that a row becomes.
pub trait FromRow: Sized {
    /// The columns in order.
    const COLUMNS: &'static [Column];
    /// Reads one row, whose columns are those above: a door compares names, order and types when
    /// its connection is made, so that none has to be looked for in each row.
    fn from_row(row: &Row) -> Result<Self, tokio_postgres::Error>;
}

/// A row without columns, for statements that only write.
#[derive(Debug)]
pub struct Nothing;

impl FromRow for Nothing {
    const COLUMNS: &'static [Column] = &[];
    fn from_row(_: &Row) -> Result<Self, tokio_postgres::Error> {
        Ok(Self)
    }
}

/// What is known of a statement without running it.
#[derive(Clone, Copy)]
pub struct Entry {
    /// Name of the statement's struct.
    pub name: &'static str,
    /// The SQL text; also the key under which connections keep the prepared statement.
    pub sql: &'static str,
    /// The role that runs it.
    pub role: &'static str,
    /// Whether it says itself who the transaction is: its first parameter is the session, which
    /// the door fills in, and it comes first in its batch.
    pub introduces: bool,
    /// Whether each parameter's Rust type takes a PostgreSQL type; of one that introduces, with
    /// the one that the door fills in.
    pub params: &'static [fn(&Type) -> bool],
    /// The columns that it gives.
    pub columns: &'static [Column],
}

/// A statement with its parameters.
pub trait Statement: Send + Sync {
    /// The role that runs it; a batch has one role.
    type As: RuntimeRole;
    /// What a row becomes.
    type Row: FromRow;
    /// Registry entry.
    const ENTRY: Entry;
    /// The parameters in order, without those that the door fills in.
    fn params(&self) -> Vec<&(dyn ToSql + Sync)>;
}

/// Makes a row struct that several statements can share.
#[macro_export]
macro_rules! rows {
    ($(
        $(#[$doc:meta])*
        $name:ident { $( $(#[$fdoc:meta])* $c:ident : $ct:ty ),* $(,)? }
    )*) => { $(
        $(#[$doc])*
        pub struct $name { $( $(#[$fdoc])* pub $c: $ct ),* }
        impl $crate::db::FromRow for $name {
            const COLUMNS: &'static [$crate::db::Column] = &[ $( $crate::db::Column {
                name: stringify!($c),
                accepts: <$ct as ::tokio_postgres::types::FromSql>::accepts,
            } ),* ];
            fn from_row(row: &::tokio_postgres::Row) -> Result<Self, ::tokio_postgres::Error> {
                // A struct's fields are read in the order in which they stand here.
                let mut columns = 0_usize..;
                let mut next = move || columns.next().unwrap_or_default();
                Ok(Self { $( $c: row.try_get(next())? ),* })
            }
        }
    )* };
}

/// Makes the statements of a domain and their registry.
#[macro_export]
macro_rules! queries {
    ($(
        $(#[$doc:meta])*
        $role:ident $name:ident { $( $p:ident : $pt:ty ),* $(,)? } -> $row:ty
            $( , $introduces:ident )? = $sql:expr;
    )*) => {
        $(
            $(#[$doc])*
            pub struct $name { $( pub $p: $pt ),* }
            impl $crate::db::Statement for $name {
                type As = $crate::db::$role;
                type Row = $row;
                const ENTRY: $crate::db::Entry = $crate::db::Entry {
                    name: stringify!($name),
                    sql: $sql,
                    role: <$crate::db::$role as $crate::db::RuntimeRole>::NAME,
                    introduces: !stringify!($( $introduces )?).is_empty(),
                    params: $crate::entry_params!($( $introduces )? ; $( $pt ),*),
                    columns: <$row as $crate::db::FromRow>::COLUMNS,
                };
                fn params(&self) -> Vec<&(dyn ::tokio_postgres::types::ToSql + Sync)> {
                    vec![ $( &self.$p ),* ]
                }
            }
        )*
        /// Every statement of this domain.
        pub const REGISTRY: &[$crate::db::Entry] =
            &[ $( <$name as $crate::db::Statement>::ENTRY ),* ];
    };
}

/// The parameters of a statement, of one that introduces after the session. No other word may
/// stand there.
#[doc(hidden)]
#[macro_export]
macro_rules! entry_params {
    (; $( $pt:ty ),*) => {
        &[ $( <$pt as ::tokio_postgres::types::ToSql>::accepts ),* ]
    };
    (introduces ; $( $pt:ty ),*) => {
        &[
            <&str as ::tokio_postgres::types::ToSql>::accepts,
            $( <$pt as ::tokio_postgres::types::ToSql>::accepts ),*
        ]
    };
}
