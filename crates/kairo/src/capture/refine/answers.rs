//! The cache of what models answered: one person's answers, sealed, for a day.
//!
//! **Invariant:** a key cannot be made without the person's keychain, so nobody meets an answer of
//! somebody else's, and a digest tells nobody what was typed.
//! **Invariant:** only an answer that was valid is kept, and what is kept is the answer, not what
//! it came to: it is resolved anew each time.

use ring::digest;
use uuid::Uuid;

use super::super::queries::{AnswerFind, AnswerInsert, AnswersForget};
use super::prompt;
use crate::accounts::{AccountError, Base, Person};
use crate::capture::reading::Setting;
use crate::db::{DbError, Identity};
use crate::guard::Class;
use crate::keys::{Column, KeyError, Keychain};
use crate::limits::ANSWER_KEPT;

const ANSWER: Column = Column { table: "app.model_answers", column: "answer_sealed" };

/// What names an answer: a digest under a key of the person's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key([u8; 32]);

impl Key {
    /// The key of a text in its setting. `uses_clock` says whether the reading depends on the
    /// minute; otherwise the day is enough.
    pub(super) fn of(
        keychain: &Keychain,
        text: &str,
        setting: &Setting,
        uses_clock: bool,
    ) -> Result<Self, KeyError> {
        let reference = match uses_clock {
            true => setting.reference.strftime("%Y-%m-%dT%H:%M").to_string(),
            false => setting.reference.date().to_string(),
        };
        let order = setting.order_word();
        let parts = [
            "kairo.capture/1",
            prompt::VERSION,
            kairo_capture::READER_VERSION,
            &order,
            &setting.zone_name,
            &reference,
            text,
        ];
        let mut content = digest::Context::new(&digest::SHA256);
        for part in parts {
            // With its length in front, no part can lend its end to the next.
            content.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            content.update(part.as_bytes());
        }
        Ok(Self(keychain.mac("model-answer", &[content.finish().as_ref()])?))
    }

    /// A number for a provider's draw, the same for the same question.
    pub(super) fn seed(&self) -> u32 {
        let [a, b, c, d, ..] = self.0;
        u32::from_be_bytes([a, b, c, d]) >> 1
    }
}

/// The answer that is kept under a key, whichever model gave it; the normal one's first.
pub(super) async fn find(
    base: &Base,
    identity: &Identity,
    person: &Person,
    key: Key,
) -> Result<Option<String>, AccountError> {
    let find = AnswerFind { key_mac: key.0.to_vec() };
    let rows = base.db.app.read(Some(identity), find).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    Ok(Some(person.keychain.open_text(ANSWER, row.id, &row.answer_sealed)?))
}

/// Keeps a valid answer for a day.
pub(super) async fn keep(
    base: &Base,
    identity: &Identity,
    person: &Person,
    key: Key,
    class: Class,
    answer: &str,
) -> Result<(), AccountError> {
    let id: Uuid = base.ids.next()?;
    let insert = AnswerInsert {
        id,
        user_id: person.user_id,
        key_mac: key.0.to_vec(),
        model: class.word(),
        answer_sealed: person.keychain.seal(ANSWER, id, answer.as_bytes())?,
        kept_s: ANSWER_KEPT.as_secs_f64(),
    };
    match base.db.app.write(Some(identity), insert).await {
        // Another node was first.
        Ok(_) | Err(DbError::Exists { .. }) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Forgets every answer that is kept for the caller; gives how many.
///
/// # Errors
/// The session has ended, or the database does not answer.
pub async fn forget(base: &Base, identity: &Identity) -> Result<usize, AccountError> {
    Ok(base.db.app.write(Some(identity), AnswersForget {}).await?.len())
}
