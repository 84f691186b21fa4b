//! The verbs on one occurrence of a series: its standing, and its words and time for it alone, for
//! it and those after it, or for all.

use jiff::civil::DateTime;
use uuid::Uuid;

use super::change::{self, Cause};
use super::{Amendment, Item, ItemError, Override, Standing};
use crate::accounts::{Base, Person};
use crate::db::Identity;

/// How much of a series a change is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// One occurrence.
    This,
    /// It and those after it.
    Following,
    /// The series.
    All,
}

impl Scope {
    /// The word that is sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::This => "this",
            Self::Following => "following",
            Self::All => "all",
        }
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::This, Self::Following, Self::All].into_iter().find(|it| it.as_str() == word)
    }
}

/// What an amendment left behind.
#[derive(Debug)]
pub enum Amended {
    /// Nothing was to be changed.
    Not,
    /// The item was.
    Item {
        /// At its new version.
        item: Box<Item>,
        /// What differs in it since.
        overrides: Vec<Override>,
    },
    /// The series as it was ended, and the item that goes on.
    Split {
        /// It ends before the occurrence.
        ended: Box<Item>,
        /// It begins with it.
        following: Box<Item>,
    },
}

/// One occurrence of an item as it was read.
pub struct At<'a> {
    /// The item.
    pub item: &'a Item,
    /// What differs in it.
    pub overrides: &'a [Override],
    /// The occurrence.
    pub original: DateTime,
}

/// What is to be changed.
#[derive(Clone, Copy)]
pub struct Change<'a> {
    /// Words and time.
    pub by: &'a Amendment,
    /// How much of the series they are about.
    pub scope: Scope,
    /// How this one shall stand.
    pub standing: Option<Standing>,
}

/// Changes an occurrence on top of the version that was read.
pub async fn amend(
    base: &Base,
    identity: &Identity,
    person: &Person,
    at: At<'_>,
    change: Change<'_>,
) -> Result<Amended, ItemError> {
    change::writes(person)?;
    let (item, now) = (at.item.clone(), base.clock.now());
    let mut overrides = at.overrides.to_vec();
    if change.scope != Scope::This
        && let Some(from) = earlier_start(&item, at.original, change.by)
    {
        let known = |own: &Override| overrides.iter().any(|other| other.id == own.id);
        let behind = change::behind(base, identity, &item, from).await?;
        let unknown: Vec<Override> = behind.into_iter().filter(|own| !known(own)).collect();
        overrides.extend(unknown);
    }
    let mut draft = change::draft(base, &item, overrides)?;
    let nothing = *change.by == Amendment::default();
    let rest = match change.scope {
        _ if nothing => Ok(None),
        Scope::This => draft.amend(at.original, change.by).map(|()| None),
        Scope::All => draft.amend_all(at.original, change.by, now).map(|()| None),
        Scope::Following => draft.amend_following(at.original, change.by, now),
    }?;
    if let Some(rest) = rest {
        let split = change::keep_split(base, identity, person, item, draft, rest).await?;
        let (ended, following) = (Box::new(split.0), Box::new(split.1));
        return Ok(Amended::Split { ended, following });
    }
    if let Some(standing) = change.standing {
        draft.set_standing(at.original, standing, now)?;
    }
    if draft.state == item.state && draft.beside().is_nothing() {
        return Ok(Amended::Not);
    }
    let overrides = draft.overrides().to_vec();
    let cause = change.standing.map_or(Cause::Edit, cause);
    let item = change::keep(base, identity, person, item, draft, cause).await?;
    Ok(Amended::Item { item: Box::new(item), overrides })
}

/// Where the series would begin, if that is earlier than it does: the days before are of what is
/// done already.
fn earlier_start(item: &Item, original: DateTime, by: &Amendment) -> Option<DateTime> {
    let start = item.state.when.as_ref()?.start;
    let by = by.times.as_ref()?.start.duration_since(original);
    start.checked_add(by).ok().filter(|moved| *moved < start)
}

/// Makes one occurrence open, done or skipped.
pub async fn set_standing(
    base: &Base,
    identity: &Identity,
    (id, original): (Uuid, DateTime),
    version: i32,
    standing: Standing,
) -> Result<(Person, Item), ItemError> {
    let now = base.clock.now();
    let at = (id, Some(original));
    change::edit_at(base, identity, at, version, cause(standing), |_, draft| {
        draft.set_standing(original, standing, now)
    })
    .await
}

/// Why an item changes whose occurrence stands differently.
pub fn cause(standing: Standing) -> Cause {
    match standing {
        Standing::Open => Cause::Reopen,
        Standing::Done => Cause::Done,
        Standing::Skipped => Cause::Skip,
    }
}
