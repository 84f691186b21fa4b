//! What a change says on the page that follows it: "Deleted “Call the bank”. Undo".
//!
//! The cookie carries the verb, the item's id and its version; the words are made from the item
//! when the page is read, so no title stands in a cookie, an address or a log.

use axum::http::{HeaderMap, HeaderValue};
use jiff::SignedDuration;
use uuid::Uuid;

use crate::capture::desk::Second;
use crate::capture::refine::Refine;
use crate::items::Item;
use crate::web::Site;
use crate::web::caller::Jar;
use crate::web::views::{Hidden, Notice, Undo, words};

/// What happened to an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// It was kept, without a date.
    Kept,
    /// It was kept, with a date.
    Dated,
    /// It is the first of several that one text gave.
    Several,
    /// It was marked done.
    Done,
    /// It was opened again.
    Reopened,
    /// It was deleted.
    Deleted,
    /// Fields were changed.
    Changed,
    /// One occurrence was left out.
    Skipped,
    /// A series goes on as another item.
    Split,
    /// A change was taken back.
    Restored,
    /// The page was older than the item; nothing was changed.
    Moved,
}

const VERBS: [(Verb, &str); 11] = [
    (Verb::Kept, "kept"),
    (Verb::Dated, "dated"),
    (Verb::Several, "several"),
    (Verb::Done, "done"),
    (Verb::Reopened, "reopened"),
    (Verb::Deleted, "deleted"),
    (Verb::Changed, "changed"),
    (Verb::Skipped, "skipped"),
    (Verb::Split, "split"),
    (Verb::Restored, "restored"),
    (Verb::Moved, "moved"),
];

/// One sentence that waits for the next page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told {
    /// What happened.
    pub verb: Verb,
    /// To which item.
    pub id: Uuid,
    /// The version that it has since.
    pub version: i32,
}

/// A page follows a change at once; a sentence older than this would be about something else.
pub const LIFE: SignedDuration = SignedDuration::from_secs(60);

impl Told {
    /// The cookie that carries it to the next page.
    pub fn cookie(self, site: &Site) -> Option<HeaderValue> {
        let (_, word) = VERBS.iter().find(|(verb, _)| *verb == self.verb)?;
        let value = format!("item.{word}.{}.{}", self.id, self.version);
        Jar::Notice.set(site, &value, Some(LIFE))
    }

    /// Reads the cookie; `None` where there is none, or it is about something else.
    pub fn read(site: &Site, headers: &HeaderMap) -> Option<Self> {
        let value = Jar::Notice.read(site, headers)?;
        let mut parts = value.split('.');
        if parts.next()? != "item" {
            return None;
        }
        let word = parts.next()?;
        let (verb, _) = VERBS.iter().find(|(_, known)| *known == word)?;
        let id = parts.next()?.parse().ok()?;
        let version = parts.next()?.parse().ok()?;
        Some(Self { verb: *verb, id, version })
    }

    /// The sentence, with a way back while the item has not changed since. What was just kept may
    /// be read a `second` time: then it says how far that has come.
    pub fn notice(self, item: &Item, back: &str, second: Option<Second>) -> Notice {
        let title = words::quoted(&item.state.body.title);
        let text = match self.verb {
            Verb::Kept => format!("Kept {title} in the inbox."),
            Verb::Dated => format!("Kept {title}."),
            Verb::Several => format!("Kept {title}, and what else you wrote."),
            Verb::Done => format!("Done: {title}."),
            Verb::Reopened => format!("{title} is to be done again."),
            Verb::Deleted => format!("Deleted {title}."),
            Verb::Changed => format!("Changed {title}."),
            Verb::Skipped => format!("Skipped {title} this time."),
            Verb::Split => format!("Changed {title} from this time on."),
            Verb::Restored => format!("{title} is as it was before."),
            Verb::Moved => format!("{title} was changed elsewhere meanwhile, so nothing was done."),
        };
        let undo = match self.verb {
            Verb::Several | Verb::Moved => None,
            // What was just made has no earlier state: it goes to what was deleted, which can be
            // undone in turn.
            Verb::Kept | Verb::Dated => Some(undo_by("deletion", item, back)),
            _ => Some(undo(item, back)),
        };
        let undo = undo.filter(|_| item.version == self.version);
        let plain = Notice { text, undo, asks: String::new() };
        match second.filter(|_| matches!(self.verb, Verb::Kept | Verb::Dated)) {
            Some(second) => self.with_second(second, item, back, plain),
            None => plain,
        }
    }

    fn with_second(self, second: Second, item: &Item, back: &str, plain: Notice) -> Notice {
        // The model's is the first change of a thought, or none.
        let changed = self.version == 1 && item.version == 2;
        let more = match second.refine {
            Refine::None => return plain,
            Refine::Running => " A model reads it once more.",
            Refine::Done if changed => " A model refined it.",
            Refine::Done => " A model read it, too, and changed nothing.",
            Refine::Refused => " It was read without a model.",
            Refine::Failed => " No model could say more, so it stays as it was read.",
        };
        let asks = match second.refine {
            Refine::Running => format!("/captures/{}", second.capture_id),
            _ => String::new(),
        };
        let refined = (second.refine == Refine::Done && changed).then(|| Undo {
            label: "Undo the model\u{2019}s change".to_owned(),
            ..undo(item, back)
        });
        Notice { text: format!("{}{more}", plain.text), undo: refined.or(plain.undo), asks }
    }
}

/// The form that takes the last change of an item back.
pub(super) fn undo(item: &Item, back: &str) -> Undo {
    undo_by("restoration", item, back)
}

fn undo_by(verb: &str, item: &Item, back: &str) -> Undo {
    let hidden = |name: &str, value: String| Hidden { name: name.to_owned(), value };
    Undo {
        action: format!("/items/{}/{verb}", item.id),
        label: "Undo".to_owned(),
        fields: vec![hidden("version", item.version.to_string()), hidden("back", back.to_owned())],
    }
}
