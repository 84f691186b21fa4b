//! People: how they prove a mailbox, how they are known afterwards, and how their words are read.
//!
//! Owns proofs (mailed links and codes), sessions of every kind, API tokens and settings.
//!
//! **Invariant:** no account exists before its mailbox is proved.
//! **Invariant:** who the caller is comes from the database, by the digest of the bearer's secret;
//! nothing here turns a user id into an identity.
//! **Invariant:** no answer tells whether an address has an account.

pub mod bearer;
pub mod checks;
pub mod device;
pub mod email;
pub mod proofs;
pub mod queries;
pub mod sessions;
pub mod settings;
pub mod sources;
pub mod tokens;

use uuid::Uuid;

use crate::clock::{Clock, Ids, NoRandomness, Random};
use crate::db::{App, Db, DbError, Identity, Member};
use crate::keys::{KeyError, Keychain, Keys, WrappedKey};

use checks::OwnerChecks;
use queries::{WhoAmI, WhoAmIRow};
use settings::Settings;

/// What every verb stands on.
#[derive(Clone)]
pub struct Base {
    /// The doors to the database.
    pub db: Db,
    /// The root keys.
    pub keys: Keys,
    /// The present.
    pub clock: Clock,
    /// Secrets.
    pub random: Random,
    /// Identifiers.
    pub ids: Ids,
    /// The application's own check of who owns a row, the first of two walls.
    pub checks: OwnerChecks,
}

/// Why a caller's request about an account was not done.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// The bearer names no live session: it never did, it ended, or the account is suspended.
    #[error("the session has ended")]
    SessionEnded,
    /// The session is live, but is an API token that may not do this.
    #[error("the token's scopes do not reach")]
    OutOfScope,
    /// Nothing of the caller's has this id.
    #[error("there is no such thing")]
    NotFound,
    /// Another change came first.
    #[error("the version has moved")]
    VersionMoved,
    /// The database failed.
    #[error(transparent)]
    Db(DbError),
    /// A key failed.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// No randomness.
    #[error(transparent)]
    Random(#[from] NoRandomness),
}

impl From<DbError> for AccountError {
    /// A statement that a policy refuses was sent by somebody whose session ended meanwhile.
    fn from(error: DbError) -> Self {
        match error {
            DbError::Refused => Self::SessionEnded,
            other => Self::Db(other),
        }
    }
}

/// A bearer, as the table of sessions tells kinds apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionKind {
    /// A browser.
    Web,
    /// An API token.
    Key,
    /// A job that acts for a person.
    Job,
}

/// The caller, for the length of one request.
pub struct Person {
    /// The account.
    pub user_id: Uuid,
    /// The session that asks.
    pub session_id: Uuid,
    /// What it is.
    pub kind: SessionKind,
    /// Whether it may change anything.
    pub may_write: bool,
    /// The normalised address.
    pub email: String,
    /// How words are read.
    pub settings: Settings,
    /// Opens and seals this person's text.
    pub keychain: Keychain,
    /// Whether the session's last sight is old enough to be written again.
    pub touch_due: bool,
}

/// Reads who the caller is together with what the page needs: one round trip.
pub async fn visit<M: Member<As = App>>(
    base: &Base,
    identity: &Identity,
    page: M,
) -> Result<(Person, M::Out), AccountError> {
    let (me, answer) = base.db.app.read(Some(identity), (WhoAmI {}, page)).await?;
    Ok((person(base, me)?, answer))
}

/// Reads who the caller is.
pub async fn caller(base: &Base, identity: &Identity) -> Result<Person, AccountError> {
    person(base, base.db.app.read(Some(identity), WhoAmI {}).await?)
}

fn person(base: &Base, me: Vec<WhoAmIRow>) -> Result<Person, AccountError> {
    let mut me = me.into_iter();
    let mut first = me.next().ok_or(AccountError::SessionEnded)?;
    let wrapped: Vec<WrappedKey> =
        first.take_key().into_iter().chain(me.filter_map(|mut row| row.take_key())).collect();
    let kind = match first.kind.as_str() {
        "web" => SessionKind::Web,
        "job" => SessionKind::Job,
        _ => SessionKind::Key,
    };
    let settings = Settings::from_row(&first);
    Ok(Person {
        keychain: base.keys.keychain(first.user_id, &wrapped)?,
        user_id: first.user_id,
        session_id: first.session_id,
        kind,
        may_write: first.scopes.iter().any(|scope| scope == "write"),
        email: first.email_norm,
        settings,
        touch_due: first.touch_due,
    })
}

impl WhoAmIRow {
    /// The row's data key, if there is one.
    fn take_key(&mut self) -> Option<WrappedKey> {
        let (id, root_key_id) = (self.key_id.take()?, self.root_key_id.take()?);
        Some(WrappedKey { id, root_key_id, wrapped: self.wrapped.take()? })
    }
}

/// Why a change reached no row: the session ended meanwhile, the token may only read, or
/// `otherwise`. Policies hide rows silently, so the batch of the change reads the caller as well.
fn unchanged(me: &[WhoAmIRow], otherwise: AccountError) -> AccountError {
    match me.first() {
        None => AccountError::SessionEnded,
        Some(me) if !me.scopes.iter().any(|scope| scope == "write") => AccountError::OutOfScope,
        Some(_) => otherwise,
    }
}

#[cfg(test)]
mod tests;
