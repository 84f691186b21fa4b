//! One item, open: what it is, the form that changes it, and the words it came from.
//!
//! **Invariant:** a value that was refused, or that somebody else changed meanwhile, is shown
//! beside the one that is stored; neither is lost.

use super::frame::Undo;
use super::rows::Mark;

/// A text field of a form.
#[derive(Clone, Debug, Default)]
pub struct Field {
    /// What stands in it; after a refusal, what was typed.
    pub value: String,
    /// Why it was refused and what to do next.
    pub fault: Option<String>,
    /// After a conflict: the text that is stored now, where it differs from `value`.
    pub stored: Option<String>,
}

/// One of a few values.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    /// Sent with the form.
    pub value: String,
    /// Shown.
    pub label: String,
    /// Whether it is the chosen one.
    pub selected: bool,
}

/// A field with a list of values.
#[derive(Clone, Debug, Default)]
pub struct Select {
    /// The values.
    pub choices: Vec<Choice>,
    /// Why it was refused.
    pub fault: Option<String>,
    /// After a conflict: the label that is stored now, where it differs.
    pub stored: Option<String>,
}

/// The words that an item came from.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    /// What was typed, to the letter.
    pub text: String,
    /// How it was read: "Read at once, without a model."
    pub how: String,
}

/// An open item: POST `/items/{id}` with `version`, `back`, `title`, `when`, `kind`, `place`,
/// `people`, `tags`, `priority` and `notes`.
#[derive(Clone, Debug, Default)]
pub struct ItemSheet {
    /// The stored title, for the heading.
    pub heading: String,
    /// Its shape and kind.
    pub mark: Mark,
    /// Facts in one sentence: "Task, added at 9:58 am".
    pub about: String,
    /// Whether it is done.
    pub done: bool,
    /// Where the form is POSTed: `/items/{id}`.
    pub action: String,
    /// Where Done or Not done is POSTed, from [`super::rows::tick_action`].
    pub tick: String,
    /// Where Delete is POSTed: `/items/{id}/deletion`.
    pub deletion: String,
    /// Version that all these forms name. After a conflict the new one, so that saving again is
    /// knowingly on top of the other change.
    pub version: i32,
    /// Where a change returns to, and where Back leads: `/`, `/inbox` or `/done`.
    pub back: String,
    /// What Back says: "Agenda".
    pub back_label: String,
    /// Somebody changed the item while this form was open: the fields hold both texts.
    pub conflict: bool,
    /// Title. It is written in a text area, so what comes may hold line breaks, which stand for
    /// spaces.
    pub title: Field,
    /// The time as words: "today 2pm to 3pm", "every 1st"; empty for none.
    pub when: Field,
    /// How `when` was understood: "Mon 23 Nov, 2:00 to 3:00 pm, New York"; empty for none.
    pub reading: String,
    /// `kind`: task, event or note.
    pub kind: Select,
    /// Place.
    pub place: Field,
    /// People, with commas between them.
    pub people: Field,
    /// Tags, with commas between them.
    pub tags: Field,
    /// `priority`.
    pub priority: Select,
    /// Notes.
    pub notes: Field,
    /// The words that it came from.
    pub typed: Option<Typed>,
    /// Takes the last change back, if there is one: `/items/{id}/restoration`.
    pub undo: Option<Undo>,
}

/// One occurrence of a series: POST `/items/{id}/occurrences/{original}` with `version`, `back`,
/// `title`, `when`, `notes` and `scope`.
#[derive(Clone, Debug, Default)]
pub struct OccurrenceSheet {
    /// Its title, for the heading.
    pub heading: String,
    /// Its shape and kind.
    pub mark: Mark,
    /// Facts in one sentence: "Task in a series, every weekday".
    pub about: String,
    /// Whether it is done.
    pub done: bool,
    /// Whether it was skipped.
    pub skipped: bool,
    /// Where the form is POSTed.
    pub action: String,
    /// Where Done, Not done or Put back is POSTed, from [`super::rows::tick_action`].
    pub tick: String,
    /// Where Skip is POSTed.
    pub skip: String,
    /// The page of the whole series.
    pub series: String,
    /// Version of the item that all these forms name.
    pub version: i32,
    /// Where a change returns to, and where Back leads: `/`, `/inbox` or `/done`.
    pub back: String,
    /// What Back says: "Agenda".
    pub back_label: String,
    /// Somebody changed the series while this form was open: the fields hold both texts.
    pub conflict: bool,
    /// Title.
    pub title: Field,
    /// The time as words.
    pub when: Field,
    /// How `when` was understood.
    pub reading: String,
    /// Notes.
    pub notes: Field,
    /// `scope`: only this one, this and following, the whole series.
    pub scope: Select,
    /// Takes the last change of the series back, if there is one.
    pub undo: Option<Undo>,
}
