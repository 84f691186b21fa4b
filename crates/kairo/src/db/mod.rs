//! The one door to PostgreSQL.
//!
//! Owns the pools, the transaction, the identity inside it, and the migrations. A domain hands over
//! typed statements (made by [`queries!`](crate::queries)); the door sends BEGIN, the identity, the
//! statements and COMMIT as one pipeline, so a page costs one round trip.
//!
//! **Invariant:** no statement runs without an identity set in its own transaction, not even an
//! empty one.
//! **Invariant:** a statement that a role's connections did not prepare when they were made cannot
//! run: an unprepared statement in a pipeline runs after COMMIT, without identity.
//! **Invariant:** a connection whose COMMIT was not seen is closed, never pooled.
//! **Invariant:** the pools are private. There is no way from here to a bare connection, but for
//! the migrating user's, which only the host's commands and the start of `serve` hold, and for
//! those of a throwaway cluster, which proofs break on purpose ([`Scratch`]).

mod batch;
pub mod cluster;
mod endpoint;
mod error;
pub mod external;
mod gather;
mod host;
mod identity;
pub mod migrate;
mod pool;
mod scratch;
mod statement;

pub use batch::Member;
pub use endpoint::Endpoint;
pub use error::DbError;
pub use gather::{Gather, Gathered};
pub use host::Host;
pub use identity::{Bearer, Identity, TokenHash};
pub use pool::{Db, Door};
pub use scratch::{Answer, Change, Probe, Scratch};
pub use statement::{App, Column, Entry, FromRow, Login, Nothing, RuntimeRole, Statement, Worker};
