//! Deleted items go for good after 30 days, with their revisions and, once no item of it is left,
//! what was typed. What became of mails goes with them.
//!
//! The job holds no wide right: it learns whose items are due, begins a session of its own for each
//! person, and deletes under that person's policies.
//!
//! **Invariant:** one person whose purge fails keeps nobody else's from being done.
//! **Invariant:** running it twice, or on two nodes at once, deletes nothing more.

use std::time::Duration;

use super::queries::{
    AnswersPurge, CaptureKeysPurge, CapturesPurge, DuePerson, ItemsPurge, JobBegin,
    OccurrencesPurge, PurgeDue, RevisionsPurge, SessionsPurge,
};
use crate::accounts::bearer::{Secret, Use};
use crate::accounts::queries::SourcesPurge;
use crate::accounts::{AccountError, Base};
use crate::limits::{DELETED_KEPT_S, PURGE_EVERY, PURGE_PEOPLE_MAX};
use crate::mail::queries::MailPurge;

/// Purges now and then for as long as the runtime lives.
pub async fn run(base: Base) {
    loop {
        match purge(&base).await {
            Ok(0) => {}
            Ok(people) => tracing::info!(people, "deleted items were removed for good"),
            Err(error) => tracing::warn!(%error, "deleted items were not removed; trying later"),
        }
        tokio::time::sleep(PURGE_EVERY.max(Duration::from_secs(1))).await;
    }
}

/// Removes what is due, and sessions, mails and digests of sources that ended long ago; gives the
/// number of people whose items it removed.
pub async fn purge(base: &Base) -> Result<usize, AccountError> {
    let due = PurgeDue { after_s: DELETED_KEPT_S, limit: PURGE_PEOPLE_MAX };
    let people = base.db.worker.read(None, due).await?;
    let mut purged = 0;
    for person in &people {
        match purge_person(base, person).await {
            Ok(true) => purged += 1,
            Ok(false) => {}
            Err(error) => tracing::warn!(%error, "one person's deleted items were not removed"),
        }
    }
    base.db.worker.write(None, SessionsPurge {}).await?;
    base.db.worker.write(None, AnswersPurge {}).await?;
    base.db.worker.write(None, MailPurge {}).await?;
    base.db.worker.write(None, SourcesPurge {}).await?;
    Ok(purged)
}

/// False where the account was suspended since it was looked up.
async fn purge_person(base: &Base, person: &DuePerson) -> Result<bool, AccountError> {
    let secret = Secret::draw(Use::Job, &base.random)?;
    let identity = secret.identity();
    let begin = JobBegin {
        user_id: person.user_id,
        purpose: "purge".to_owned(),
        session: base.ids.next()?,
        token_hash: identity.token_hash().to_vec(),
    };
    let begun = base.db.worker.write(None, begin).await?;
    if !begun.first().is_some_and(|row| row.begun) {
        return Ok(false);
    }
    let cutoff = person.cutoff;
    let of_items = (OccurrencesPurge { cutoff }, RevisionsPurge { cutoff }, ItemsPurge { cutoff });
    let of_captures = (CaptureKeysPurge { cutoff }, CapturesPurge { cutoff });
    base.db.worker.write(Some(&identity), (of_items, of_captures)).await?;
    Ok(true)
}
