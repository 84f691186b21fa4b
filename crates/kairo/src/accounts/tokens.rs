//! API tokens, made on the host by somebody who may read the keys anyway.

use jiff::Timestamp;
use uuid::Uuid;

use super::AccountError;
use super::bearer::{Secret, Use};
use super::email::Email;
use super::queries::host;
use super::sessions::NAME;
use crate::clock::{Ids, Random};
use crate::db::Host;
use crate::keys::{Keys, WrappedKey};
use crate::limits::KEYS_MAX;

/// What a token is to be.
pub struct NewToken {
    /// Whose; the account is made when there is none.
    pub email: Email,
    /// Shown in the settings.
    pub name: String,
    /// `free` or `pro`; `None` leaves the plan as it is.
    pub plan: Option<String>,
    /// Whether it may change anything.
    pub may_write: bool,
    /// End.
    pub expires_at: Option<Timestamp>,
}

/// Why no token was made.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The account has as many as it may.
    #[error(
        "this account has {KEYS_MAX} API tokens, which is the most; revoke one in its settings"
    )]
    TooMany,
    /// The account's side failed.
    #[error(transparent)]
    Account(#[from] AccountError),
}

/// Makes a token and, where needed, its account. The secret is shown once and kept nowhere.
pub async fn create(
    db: &mut Host,
    keys: &Keys,
    ids: &Ids,
    random: &Random,
    new: &NewToken,
) -> Result<Secret, TokenError> {
    let failed = |error: AccountError| TokenError::Account(error);
    let user_id = ensure_user(db, keys, ids, &new.email).await?;
    let rows = db.query_as("kairo_auth", host::USER_KEYS, &[&user_id]).await;
    let rows = rows.map_err(|e| failed(e.into()))?;
    let of_row = |row: &tokio_postgres::Row| WrappedKey {
        id: row.get("id"),
        root_key_id: row.get("root_key_id"),
        wrapped: row.get("wrapped"),
    };
    let wrapped: Vec<WrappedKey> = rows.iter().map(of_row).collect();
    let keychain = keys.keychain(user_id, &wrapped).map_err(|e| failed(e.into()))?;
    let secret = Secret::draw(Use::Token, random).map_err(|e| failed(e.into()))?;
    let session = ids.next().map_err(|e| failed(e.into()))?;
    let name = keychain.seal(NAME, session, new.name.as_bytes()).map_err(|e| failed(e.into()))?;
    let scopes: &[&str] = if new.may_write { &["read", "write"] } else { &["read"] };
    let token_hash = secret.identity().token_hash();
    let made = db
        .query_as(
            "kairo_auth",
            host::KEY_CREATE,
            &[
                &user_id,
                &session,
                &token_hash.as_slice(),
                &name,
                &scopes,
                &new.expires_at,
                &new.plan,
                &KEYS_MAX,
            ],
        )
        .await
        .map_err(|e| failed(e.into()))?;
    match made.first().map(|row| row.get::<_, bool>("made")) {
        Some(true) => Ok(secret),
        _ => Err(TokenError::TooMany),
    }
}

async fn ensure_user(
    db: &mut Host,
    keys: &Keys,
    ids: &Ids,
    email: &Email,
) -> Result<Uuid, TokenError> {
    let failed = |error: AccountError| TokenError::Account(error);
    let new_user = ids.next().map_err(|e| failed(e.into()))?;
    let key_id = ids.next().map_err(|e| failed(e.into()))?;
    let key = keys.new_data_key(key_id, new_user).map_err(|e| failed(e.into()))?;
    let rows = db
        .query_as(
            "kairo_auth",
            host::USER_ENSURE,
            &[&email.as_str(), &new_user, &key.id, &key.root_key_id, &key.wrapped, &"UTC"],
        )
        .await
        .map_err(|e| failed(e.into()))?;
    rows.first().map(|row| row.get("user_id")).ok_or_else(|| failed(AccountError::NotFound))
}

/// Keeps the ring's fingerprint at the first start, and tells whether the database was sealed with
/// it.
pub async fn ring_is_ours(db: &mut Host, keys: &Keys) -> Result<bool, AccountError> {
    let fingerprint = keys.fingerprint()?;
    db.query_as("kairo_auth", host::RING_KEEP, &[&fingerprint.as_slice()]).await?;
    let rows = db.query_as("kairo_auth", host::RING_FINGERPRINT, &[]).await?;
    Ok(rows.first().is_some_and(|row| row.get::<_, Vec<u8>>("fingerprint") == fingerprint))
}
