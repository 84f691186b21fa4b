//! What can go wrong between Kairo and its database, told apart by what the caller can do about it.

use tokio_postgres::error::SqlState;

/// A failure at the door.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// The server is away, is shutting down, or every connection is busy. Trying again later may
    /// help.
    #[error("the database cannot be reached: {0}")]
    Unavailable(String),
    /// A policy or a missing grant refused the statement (SQLSTATE 42501): the session has ended,
    /// its scopes do not reach, or the row belongs to somebody else.
    #[error("the database refused the statement")]
    Refused,
    /// A unique constraint says that the row exists (SQLSTATE 23505).
    #[error("the row exists already ({constraint})")]
    Exists {
        /// Name of the constraint.
        constraint: String,
    },
    /// Another constraint says that the row cannot be (SQLSTATE class 23).
    #[error("a constraint refused the row ({constraint})")]
    Constraint {
        /// Name of the constraint.
        constraint: String,
    },
    /// Kairo and the schema disagree: a programming error.
    #[error("statement {statement} does not fit: {detail}")]
    Misfit {
        /// Name of the statement.
        statement: &'static str,
        /// What does not fit.
        detail: String,
    },
    /// Anything else that the server or the protocol said.
    #[error("the database answered with an error")]
    Other(#[source] tokio_postgres::Error),
}

impl DbError {
    /// The variant in a word, for counters.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::Unavailable(_) => "unavailable",
            Self::Refused => "refused",
            Self::Exists { .. } => "exists",
            Self::Constraint { .. } => "constraint",
            Self::Misfit { .. } => "misfit",
            Self::Other(_) => "other",
        }
    }
}

impl From<tokio_postgres::Error> for DbError {
    fn from(error: tokio_postgres::Error) -> Self {
        let Some(db) = error.as_db_error() else {
            return if error.is_closed()
                || std::error::Error::source(&error).is_some_and(|s| s.is::<std::io::Error>())
            {
                Self::Unavailable(with_cause(&error))
            } else {
                Self::Other(error)
            };
        };
        let constraint = || db.constraint().unwrap_or_default().to_owned();
        let code = db.code();
        if *code == SqlState::INSUFFICIENT_PRIVILEGE {
            Self::Refused
        } else if *code == SqlState::UNIQUE_VIOLATION {
            Self::Exists { constraint: constraint() }
        } else if code.code().starts_with("23") {
            Self::Constraint { constraint: constraint() }
        } else if is_passing(code) {
            Self::Unavailable(db.message().to_owned())
        } else {
            Self::Other(error)
        }
    }
}

/// What failed and why: "error performing TLS handshake" alone hides an untrusted certificate.
fn with_cause(error: &tokio_postgres::Error) -> String {
    match std::error::Error::source(error) {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}

/// Whether the same request may succeed a moment later (a server that starts, stops, is full or
/// waited too long for a lock).
fn is_passing(code: &SqlState) -> bool {
    ["08", "53", "57", "55P03", "40"].iter().any(|class| code.code().starts_with(class))
}
