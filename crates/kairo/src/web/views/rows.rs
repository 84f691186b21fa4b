//! Items in lists: a row is the time, a shape, the title and a few facts.
//!
//! **Invariant:** the shape tells the kind without colour: a circle can be done, a bar cannot.

/// The shape before a title.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mark {
    /// A circle to press.
    #[default]
    Task,
    /// A bar.
    Event,
    /// A dot.
    Note,
}

impl Mark {
    /// The kind in the words of the forms: `task`, `event` or `note`.
    #[must_use]
    pub fn kind(self) -> &'static str {
        match self {
            Self::Task => "task",
            Self::Event => "event",
            Self::Note => "note",
        }
    }

    /// The kind for ears.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Task => "Task",
            Self::Event => "Event",
            Self::Note => "Note",
        }
    }

    /// Whether the item can be done.
    #[must_use]
    pub fn is_task(self) -> bool {
        self == Self::Task
    }
}

/// The picture beside a fact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Icon {
    /// None: the words stand alone.
    #[default]
    None,
    /// A recurrence.
    Loop,
    /// A place.
    Place,
    /// A person.
    Who,
    /// A tag.
    Tag,
    /// A day.
    Day,
    /// A time.
    Hour,
    /// A priority.
    Flag,
}

impl Icon {
    /// The name of the symbol on the page; empty for none.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Loop => "loop",
            Self::Place => "place",
            Self::Who => "who",
            Self::Tag => "tag",
            Self::Day => "day",
            Self::Hour => "hour",
            Self::Flag => "flag",
        }
    }
}

/// One fact on a row.
#[derive(Clone, Debug, Default)]
pub struct Fact {
    /// Its picture.
    pub icon: Icon,
    /// Its words: "every weekday", "Pier Street 14".
    pub text: String,
}

/// One item in a list.
#[derive(Clone, Debug, Default)]
pub struct Row {
    /// Unique on the page, from [`anchor`]; a change redirects back to it.
    pub anchor: String,
    /// The item, from [`item_href`].
    pub href: String,
    /// What it is called.
    pub title: String,
    /// "1:00 pm", or "Fri 20" where the list is not one day; empty without a time.
    pub when: String,
    /// The same for machines (`2026-11-24T13:00`); empty without a time.
    pub when_iso: String,
    /// Its shape.
    pub mark: Mark,
    /// Whether it is done: struck and faint.
    pub done: bool,
    /// Whether it should have been done before today: the date is red, the title is not.
    pub late: bool,
    /// Whether it is the item beside the list.
    pub current: bool,
    /// Where the circle POSTs `version` and `back`, from [`tick_action`].
    pub tick: String,
    /// Version of the item as it is shown.
    pub version: i32,
    /// Facts, the most telling first; two at most are useful.
    pub facts: Vec<Fact>,
}

/// The line of now.
#[derive(Clone, Debug, Default)]
pub struct Now {
    /// "10:42 am".
    pub time: String,
    /// `2026-11-23T10:42`.
    pub iso: String,
}

/// A heading and its rows.
#[derive(Clone, Debug, Default)]
pub struct Day {
    /// Unique on the page and fit for an address: `today`, `d2026-11-25`, `next-week`.
    pub id: String,
    /// "Today".
    pub title: String,
    /// "3 to go", "Tuesday 24 November"; empty for none.
    pub note: String,
    /// Rows, and in today those before the line of now.
    pub rows: Vec<Row>,
    /// The line of now, in today only.
    pub now: Option<Now>,
    /// Rows of today after the line of now.
    pub later: Vec<Row>,
    /// One sentence where there is no row.
    pub empty: String,
}

impl Day {
    /// Whether there is a list to show.
    #[must_use]
    pub fn has_rows(&self) -> bool {
        self.now.is_some() || !self.rows.is_empty() || !self.later.is_empty()
    }
}

/// The element id of a row; `occurrence` is the original local time of a recurring item's
/// occurrence (`2026-12-01T09:00:00`) and empty otherwise.
#[must_use]
pub fn anchor(id: &str, occurrence: &str) -> String {
    if occurrence.is_empty() { format!("row-{id}") } else { format!("row-{id}-{occurrence}") }
}

/// The page of an item, or of one occurrence of it.
#[must_use]
pub fn item_href(id: &str, occurrence: &str) -> String {
    if occurrence.is_empty() {
        format!("/items/{id}")
    } else {
        format!("/items/{id}/occurrences/{occurrence}")
    }
}

/// Where a circle is POSTed: `completion` makes it done, `reopening` makes it open again.
#[must_use]
pub fn tick_action(id: &str, occurrence: &str, done: bool) -> String {
    let verb = if done { "reopening" } else { "completion" };
    if occurrence.is_empty() {
        format!("/items/{id}/{verb}")
    } else {
        format!("/items/{id}/occurrences/{occurrence}/{verb}")
    }
}
