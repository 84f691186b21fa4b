//! The main job: a thought is typed, read offline, and kept as items, sealed, in one transaction.
//!
//! **Invariant:** a thought that was acknowledged is committed; a thought that was refused comes
//! back to its writer whole.
//! **Invariant:** the text of a thought is kept as it was typed, whatever the reader made of it.
//! **Invariant:** one `Idempotency-Key` makes one capture, under any race; the second request gets
//! the first answer, built again from the items.

pub mod desk;
pub mod item_page;
pub mod page;
pub mod purge;
pub mod queries;
pub mod reading;
pub mod refine;
pub mod usage;

use jiff::civil::DateTime;
use ring::digest;
use uuid::Uuid;

use crate::accounts::{AccountError, Base, Person, caller, visit};
use crate::db::{DbError, Identity};
use crate::items::queries::{ItemsInsert, ItemsOfCapture, RevisionsFirst};
use crate::items::{Item, ItemError, State, store};
use crate::keys::Column;
use crate::limits::{CAPTURE_TEXT_CHARS_MAX, IDEMPOTENCY_KEY_BYTES_MAX};
use crate::meters;

use queries::{CaptureByKey, CaptureFind, CaptureInsert, CaptureKeyInsert, CaptureKeyRow};
use reading::{Choice, Kept, Setting, read};
use refine::{Doubt, Refine, Refiner};

const TEXT: Column = Column { table: "app.captures", column: "text_sealed" };

/// A thought as it came.
#[derive(Clone, Debug, Default)]
pub struct Thought {
    /// What was typed.
    pub text: String,
    /// The zone that it is meant in; the person's own without one.
    pub zone: Option<String>,
    /// The local time that it counts from; now without one. For tests and imports.
    pub reference: Option<DateTime>,
    /// Byte ranges that stay words.
    pub dismissed: Vec<std::ops::Range<usize>>,
    /// Readings that were chosen.
    pub choices: Vec<Choice>,
    /// The request's `Idempotency-Key`.
    pub key: Option<String>,
}

/// A thought that is kept.
pub struct Captured {
    /// Its id.
    pub id: Uuid,
    /// What became of it, in the order of the text.
    pub items: Vec<Item>,
    /// Whether an earlier request with the same key had kept it.
    pub repeated: bool,
    /// How far a second reading has come.
    pub refine: Refine,
}

/// A capture as its item's page shows it.
pub struct Typed {
    /// What was typed, to the letter.
    pub text: String,
    /// `sure`, `likely` or `unsure`.
    pub confidence: String,
    /// How far a second reading has come.
    pub refine: Refine,
}

/// Why a thought was not kept.
#[derive(Debug, thiserror::Error)]
pub enum CaptureError {
    /// Nothing was typed.
    #[error("the text is empty")]
    Empty,
    /// The text is past the limit.
    #[error("the text has {chars} characters; {CAPTURE_TEXT_CHARS_MAX} are the most")]
    TooLong {
        /// Its characters.
        chars: usize,
    },
    /// No zone of that name.
    #[error("there is no time zone of this name")]
    UnknownZone,
    /// The key is empty or past the limit.
    #[error("an Idempotency-Key has 1 to {IDEMPOTENCY_KEY_BYTES_MAX} bytes")]
    BadKey,
    /// The key was used for another thought.
    #[error("the Idempotency-Key was used for another request")]
    KeyReused,
    /// Reading or keeping items failed.
    #[error(transparent)]
    Item(#[from] ItemError),
}

impl From<AccountError> for CaptureError {
    fn from(error: AccountError) -> Self {
        Self::Item(error.into())
    }
}

impl From<DbError> for CaptureError {
    fn from(error: DbError) -> Self {
        Self::Item(error.into())
    }
}

impl From<crate::keys::KeyError> for CaptureError {
    fn from(error: crate::keys::KeyError) -> Self {
        Self::Item(error.into())
    }
}

/// Keeps a thought. All of it is committed when this returns, and where the reader was not sure and
/// there is a `refiner`, a second reading has begun or was refused.
pub async fn keep(
    base: &Base,
    refiner: Option<&Refiner>,
    identity: &Identity,
    thought: &Thought,
) -> Result<(Person, Captured), CaptureError> {
    check(thought)?;
    let key_hash = thought.key.as_deref().map(hash_key);
    let page = key_hash.clone().map(|key_hash| CaptureByKey { key_hash });
    let (person, earlier) = visit(base, identity, page).await?;
    if !person.may_write {
        return Err(AccountError::OutOfScope.into());
    }
    if let Some(row) = earlier.first() {
        return repeat(base, identity, &person, thought, row).await.map(|done| (person, done));
    }
    let setting = Setting::of(base, &person, thought)?;
    let reading = read(&thought.text, &setting, &thought.dismissed, &thought.choices);
    let id = base.ids.next().map_err(AccountError::from)?;
    let refiner = refiner.filter(|_| is_doubtful(thought, &reading));
    let refine = refiner.map_or(Refine::None, |_| Refine::Running);
    let capture = CaptureInsert {
        id,
        user_id: person.user_id,
        text_sealed: person.keychain.seal(TEXT, id, thought.text.as_bytes())?,
        reader_version: kairo_capture::READER_VERSION.to_owned(),
        confidence: reading.confidence.to_owned(),
        reference_local: setting.reference,
        zone: setting.zone_name.clone(),
        refine: refine.as_str(),
    };
    let ids = ids_in_order(base, reading.states.len())?;
    let inserts = store::insert(&person, id, &ids, &reading.states)?;
    let key = match key_hash {
        Some(key_hash) => Some(CaptureKeyInsert {
            user_id: person.user_id,
            key_hash,
            request_mac: request_mac(&person, thought)?,
            capture_id: id,
        }),
        None => None,
    };
    match commit(base, identity, capture, inserts, key).await {
        Ok(made) => {
            meters::captured();
            let uses_clock = reading.uses_clock;
            let items = assemble(id, ids, reading.states, &made);
            let refine = match (refiner, items.first()) {
                (Some(refiner), Some(item)) => {
                    let (text, state) = (thought.text.clone(), item.state.clone());
                    let (capture_id, item_id) = (id, item.id);
                    let doubt = Doubt { capture_id, item_id, text, setting, state, uses_clock };
                    refiner.begin(base, identity, &person, doubt).await
                }
                _ => Refine::None,
            };
            Ok((person, Captured { id, items, repeated: false, refine }))
        }
        // Another request with the same key was committed meanwhile: its answer is the answer.
        Err(DbError::Exists { constraint }) if constraint == "capture_keys_pkey" => {
            let page = CaptureByKey { key_hash: hash_key(thought.key.as_deref().unwrap_or("")) };
            let (person, earlier) = visit(base, identity, page).await?;
            let row = earlier.first().ok_or(CaptureError::KeyReused)?;
            repeat(base, identity, &person, thought, row).await.map(|done| (person, done))
        }
        Err(error) => Err(error.into()),
    }
}

/// Whether a second reading may find more: the reader was not sure of one item, and the person has
/// not decided anything about it.
fn is_doubtful(thought: &Thought, reading: &Kept) -> bool {
    reading.confidence != "sure"
        && reading.states.len() == 1
        && thought.dismissed.is_empty()
        && thought.choices.is_empty()
}

/// Ids for the items of one text. Within a millisecond they are in no order of their own, and
/// items are found again by the order of their ids, so the order of the text is put into them here.
fn ids_in_order(base: &Base, count: usize) -> Result<Vec<Uuid>, CaptureError> {
    let ids: Result<Vec<Uuid>, _> = (0..count).map(|_| base.ids.next()).collect();
    let mut ids = ids.map_err(AccountError::from)?;
    ids.sort_unstable();
    Ok(ids)
}

async fn commit(
    base: &Base,
    identity: &Identity,
    capture: CaptureInsert,
    inserts: ItemsInsert,
    key: Option<CaptureKeyInsert>,
) -> Result<Vec<jiff::Timestamp>, DbError> {
    let (_, made, _) = base.db.app.write(Some(identity), (capture, inserts, key)).await?;
    Ok(made.into_iter().map(|row| row.created_at).collect())
}

fn assemble(
    capture_id: Uuid,
    ids: Vec<Uuid>,
    states: Vec<State>,
    made: &[jiff::Timestamp],
) -> Vec<Item> {
    let kept = ids.into_iter().zip(states).zip(made);
    kept.map(|((id, state), made)| Item {
        id,
        capture_id: Some(capture_id),
        state,
        version: 1,
        created_at: *made,
        updated_at: *made,
    })
    .collect()
}

/// The answer of an earlier request with the same key, if that asked for the same: the items as
/// they were made, whatever became of them since.
async fn repeat(
    base: &Base,
    identity: &Identity,
    person: &Person,
    thought: &Thought,
    earlier: &CaptureKeyRow,
) -> Result<Captured, CaptureError> {
    if request_mac(person, thought)? != earlier.request_mac {
        return Err(CaptureError::KeyReused);
    }
    let capture_id = earlier.capture_id;
    let page = (ItemsOfCapture { capture_id }, RevisionsFirst { capture_id });
    let (rows, firsts) = base.db.app.read(Some(identity), page).await?;
    let mut items = store::open_all(base, person, rows)?;
    // One statement made them all; what goes on where a series of theirs was ended came later.
    let made = items.iter().map(|item| item.created_at).min();
    items.retain(|item| Some(item.created_at) == made);
    for item in items.iter_mut().filter(|item| item.version > 1) {
        let first = firsts.iter().find(|row| row.item_id == item.id);
        let first = first.ok_or(AccountError::Key(crate::keys::KeyError::Content))?;
        item.state = store::open_revision(person, first.id, &first.state_sealed)?.state;
        item.version = first.version;
    }
    let refine = Refine::parse(&earlier.refine);
    Ok(Captured { id: earlier.capture_id, items, repeated: true, refine })
}

/// The items of one of the caller's captures that are still there, and how far its second reading
/// has come.
pub async fn shown(
    base: &Base,
    identity: &Identity,
    id: Uuid,
) -> Result<(Person, Vec<Item>, Refine), CaptureError> {
    let page = (CaptureFind { id }, ItemsOfCapture { capture_id: id });
    let (person, (captures, rows)) = visit(base, identity, page).await?;
    let own = |row: &queries::CaptureRow| base.checks.allow(person.user_id, row.user_id);
    let capture = captures.iter().find(|row| own(row)).ok_or(ItemError::NotFound)?;
    let refine = Refine::parse(&capture.refine);
    let mut items = store::open_all(base, &person, rows)?;
    items.retain(|item| item.state.deleted_at.is_none());
    Ok((person, items, refine))
}

/// What a thought would become if it were kept now. Nothing is kept.
pub async fn foretell(
    base: &Base,
    identity: &Identity,
    thought: &Thought,
) -> Result<(Person, Kept), CaptureError> {
    check(thought)?;
    let person = caller(base, identity).await?;
    let setting = Setting::of(base, &person, thought)?;
    let kept = read(&thought.text, &setting, &thought.dismissed, &thought.choices);
    Ok((person, kept))
}

/// How a line would be read now. Nothing is kept.
pub async fn preview(
    base: &Base,
    identity: &Identity,
    thought: &Thought,
) -> Result<kairo_capture::Reading, CaptureError> {
    let chars = thought.text.chars().count();
    if chars > CAPTURE_TEXT_CHARS_MAX {
        return Err(CaptureError::TooLong { chars });
    }
    let person = caller(base, identity).await?;
    let setting = Setting::of(base, &person, thought)?;
    Ok(setting.read(&thought.text, &thought.dismissed))
}

/// Opens what was typed for an item's page.
pub fn open_typed(person: &Person, row: &queries::CaptureRow) -> Result<Typed, CaptureError> {
    let text = person.keychain.open_text(TEXT, row.id, &row.text_sealed)?;
    Ok(Typed { text, confidence: row.confidence.clone(), refine: Refine::parse(&row.refine) })
}

fn check(thought: &Thought) -> Result<(), CaptureError> {
    let chars = thought.text.chars().count();
    if chars > CAPTURE_TEXT_CHARS_MAX {
        return Err(CaptureError::TooLong { chars });
    }
    if thought.text.trim().is_empty() {
        return Err(CaptureError::Empty);
    }
    let key = thought.key.as_deref();
    if key.is_some_and(|key| key.is_empty() || key.len() > IDEMPOTENCY_KEY_BYTES_MAX) {
        return Err(CaptureError::BadKey);
    }
    Ok(())
}

/// A key is a random word of the client's, so a plain digest tells nothing.
fn hash_key(key: &str) -> Vec<u8> {
    digest::digest(&digest::SHA256, key.as_bytes()).as_ref().to_vec()
}

/// What the request asked for, as far as it decides the answer.
fn request_mac(person: &Person, thought: &Thought) -> Result<Vec<u8>, CaptureError> {
    let zone = thought.zone.as_deref().unwrap_or("");
    let reference = thought.reference.map(|at| at.to_string()).unwrap_or_default();
    let spans = format!("{:?} {:?}", thought.dismissed, thought.choices);
    let parts = [thought.text.as_bytes(), zone.as_bytes(), reference.as_bytes(), spans.as_bytes()];
    Ok(person.keychain.mac("capture-request", &parts)?.to_vec())
}
