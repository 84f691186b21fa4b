//! What every page of a signed-in person has around it: the places, the notice, the capture line.
//!
//! **Invariant:** the capture line is on every one of these pages, and a text that was refused
//! comes back in it as it was typed.

/// A place of the main navigation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// `/` and the item that is open beside it.
    Agenda,
    /// `/inbox`.
    Inbox,
    /// `/done`.
    Done,
    /// Settings, errors and all else that the navigation does not name.
    #[default]
    Elsewhere,
}

/// The common part of every page of a signed-in person.
#[derive(Clone, Debug, Default)]
pub struct Frame {
    /// Stands before "- Kairo" in the title of the window.
    pub title: String,
    /// Which place of the navigation is the current one.
    pub place: Place,
    /// Open items without a date; 0 shows no number.
    pub inbox: usize,
    /// One or two letters of the account, from [`super::words::initials`].
    pub initials: String,
    /// The account for ears: its name, or its e-mail address while it has none.
    pub name: String,
    /// What happened, on the page that follows a change.
    pub notice: Option<Notice>,
    /// The capture line.
    pub line: CaptureLine,
    /// Whether the person turned the single-key shortcuts off (WCAG 2.2, 2.1.4): speech input would
    /// set them off by chance.
    pub keys_off: bool,
}

impl Frame {
    /// Whether the agenda is the current place.
    #[must_use]
    pub fn at_agenda(&self) -> bool {
        self.place == Place::Agenda
    }

    /// Whether the inbox is the current place.
    #[must_use]
    pub fn at_inbox(&self) -> bool {
        self.place == Place::Inbox
    }

    /// Whether the page of done items is the current place.
    #[must_use]
    pub fn at_done(&self) -> bool {
        self.place == Place::Done
    }
}

/// One sentence on what happened, with a way back.
#[derive(Clone, Debug, Default)]
pub struct Notice {
    /// A whole sentence: "Deleted “Call the bank”."
    pub text: String,
    /// The way back, if there is one.
    pub undo: Option<Undo>,
    /// The page of a capture that is being read a second time, for refine.js to ask; or empty.
    pub asks: String,
}

/// A form of one button that takes a change back.
#[derive(Clone, Debug, Default)]
pub struct Undo {
    /// Where it is POSTed: `/items/{id}/restoration`.
    pub action: String,
    /// What the button says: "Undo".
    pub label: String,
    /// Fields that go with it, such as the version.
    pub fields: Vec<Hidden>,
}

/// A hidden field of a form.
#[derive(Clone, Debug, Default)]
pub struct Hidden {
    /// Name of the field.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// The capture line: POST `/captures` with `text`, `key`, `dismissed` and `choices`.
///
/// [`super::preview`] says what the last two hold. Without JavaScript they come as they were sent.
#[derive(Clone, Debug, Default)]
pub struct CaptureLine {
    /// What stands in the line: empty, `?text=` of the address, or a text that was refused.
    pub text: String,
    /// Why the text was refused, and what to do next, in whole sentences.
    pub fault: Option<String>,
    /// Idempotency key of the form, new for each page, so that a second press makes no second item.
    /// It counts together with the text: after Back, another text under the same key is another
    /// thought and must not be lost.
    pub key: String,
    /// Spans that the person keeps as words.
    pub dismissed: String,
    /// Readings that the person chose.
    pub choices: String,
    /// Whether the line has the focus when the page opens: on a first visit, or after a refusal.
    pub focus: bool,
}
