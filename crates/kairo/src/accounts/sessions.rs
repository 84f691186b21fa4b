//! The sessions of a signed-in person: list, end one, end all.

use jiff::Timestamp;
use uuid::Uuid;

use super::queries::{
    SessionList, SessionRevoke, SessionRevokeAll, SessionRow, SessionTouch, WhoAmI,
};
use super::{AccountError, Base, Person, SessionKind, unchanged, visit};
use crate::db::{App, Identity, Member};
use crate::keys::Column;
use crate::limits::{SESSION_IDLE_S, SESSION_TOUCH_S};

/// Where the name of an API token is sealed.
pub(super) const NAME: Column = Column { table: "authn.sessions", column: "name_sealed" };

/// A live session or API token, as its owner sees it.
pub struct Session {
    /// Public id; not a secret.
    pub id: Uuid,
    /// Browser or token.
    pub kind: SessionKind,
    /// "Firefox on macOS", or the name of a token.
    pub name: String,
    /// How it began: `link`, `code` or `host`.
    pub method: String,
    /// Whether it may change anything.
    pub may_write: bool,
    /// Begin.
    pub created_at: Timestamp,
    /// Last sight, to five minutes.
    pub last_seen_at: Timestamp,
    /// End.
    pub expires_at: Option<Timestamp>,
    /// Whether it is the one that asks.
    pub this: bool,
}

/// The caller's live sessions and tokens, this one first.
pub async fn list(
    base: &Base,
    identity: &Identity,
) -> Result<(Person, Vec<Session>), AccountError> {
    let (person, rows) = visit(base, identity, SessionList {}).await?;
    let sessions = open_all(&person, rows)?;
    Ok((person, sessions))
}

/// The same, with what the page reads beside it in the same round trip.
pub async fn list_beside<M: Member<As = App>>(
    base: &Base,
    identity: &Identity,
    beside: M,
) -> Result<(Person, Vec<Session>, M::Out), AccountError> {
    let (person, (rows, beside)) = visit(base, identity, (SessionList {}, beside)).await?;
    let sessions = open_all(&person, rows)?;
    Ok((person, sessions, beside))
}

fn open_all(person: &Person, rows: Vec<SessionRow>) -> Result<Vec<Session>, AccountError> {
    rows.into_iter().map(|row| open(person, row)).collect()
}

fn open(person: &Person, row: SessionRow) -> Result<Session, AccountError> {
    let name = match (&row.name_sealed, row.device) {
        (Some(sealed), _) => person.keychain.open_text(NAME, row.id, sealed)?,
        (None, device) => device.unwrap_or_default(),
    };
    Ok(Session {
        id: row.id,
        kind: if row.kind == "key" { SessionKind::Key } else { SessionKind::Web },
        name,
        method: row.method,
        may_write: row.scopes.iter().any(|scope| scope == "write"),
        created_at: row.created_at,
        last_seen_at: row.last_seen_at,
        expires_at: row.expires_at,
        this: row.this,
    })
}

/// Writes that the session was seen; once in five minutes is enough, since a write on each request
/// would be most of the database's work.
pub async fn touch(base: &Base, identity: &Identity) -> Result<(), AccountError> {
    let statement = SessionTouch { every_s: SESSION_TOUCH_S, idle_s: SESSION_IDLE_S };
    base.db.app.write(Some(identity), statement).await?;
    Ok(())
}

/// Ends the session that asks.
pub async fn sign_out(base: &Base, identity: &Identity) -> Result<(), AccountError> {
    base.db.app.write(Some(identity), SessionRevoke { id: None }).await?;
    Ok(())
}

/// Ends one session or token of the caller.
pub async fn revoke(base: &Base, identity: &Identity, id: Uuid) -> Result<(), AccountError> {
    let batch = (WhoAmI {}, SessionRevoke { id: Some(id) });
    let (me, rows) = base.db.app.write(Some(identity), batch).await?;
    match rows.first() {
        Some(row) if row.changed > 0 => Ok(()),
        _ => Err(unchanged(&me, AccountError::NotFound)),
    }
}

/// Ends every session of the caller, this one too, and the API tokens if `keys`. Gives how many
/// ended.
pub async fn sign_out_everywhere(
    base: &Base,
    identity: &Identity,
    keys: bool,
) -> Result<usize, AccountError> {
    let batch = (WhoAmI {}, SessionRevokeAll { keys });
    let (me, rows) = base.db.app.write(Some(identity), batch).await?;
    match rows.first() {
        Some(row) if row.changed > 0 => Ok(usize::try_from(row.changed).unwrap_or(0)),
        // An API token cannot do this for its person.
        _ => Err(unchanged(&me, AccountError::OutOfScope)),
    }
}
