//! What a word may mean: the one place that knows a language.
//!
//! **Invariant:** the grammar names [`W`] and never spells a word; a second language is a table.
//! Words are looked up in lower case, with straight apostrophes.

mod english;
mod names;

use jiff::civil::Weekday;
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

pub(crate) use names::{is_given_name, is_rare_name, is_relation, is_surname};

/// A length of time that has a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    Second,
    Minute,
    Hour,
    Day,
    Workday,
    Week,
    Fortnight,
    Weekend,
    Month,
    Quarter,
    Year,
    Decade,
}

/// A part of the day that has a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Daypart {
    Morning,
    Noon,
    Afternoon,
    Evening,
    Night,
}

/// Days that have a name of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holiday {
    Fixed(i8, i8),
    /// Nth weekday of a month; -1 is the last.
    Nth(i8, Weekday, i8),
    /// Days after Easter Sunday.
    Easter(i8),
}

/// How often an adverb such as "fortnightly" says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Often {
    pub(crate) unit: Unit,
    pub(crate) every: u32,
}

/// What a word means to the grammar. A word of several meanings ("second", "may", "sun") has its
/// most specific one here, and the grammar asks for company.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum W {
    /// A word the grammar does not know.
    None,
    /// Number and whether the word is also something else ("may", "mar", "march").
    Month(i8, bool),
    Wd(Weekday, Form),
    Unit(Unit),
    Units(Unit),
    Num(u32),
    Nth(u32),
    Part(Daypart),
    Parts(Daypart),
    Tonight,
    Am,
    Pm,
    Oclock,
    Rel(i8),
    Now,
    Noon,
    Midnight,
    Half,
    Past,
    To,
    Until,
    Through,
    From,
    Between,
    And,
    Or,
    In,
    On,
    At,
    By,
    Before,
    After,
    Since,
    For,
    Of,
    The,
    A,
    This,
    Next,
    Last,
    Coming,
    Following,
    Every,
    Other,
    Alternate,
    Often(Often),
    Workdays,
    Weekends,
    Starting,
    Ending,
    Except,
    Not,
    No,
    But,
    Times,
    Once,
    Ago,
    Hence,
    Later,
    Earlier,
    Than,
    End,
    Beginning,
    Middle,
    Early,
    Late,
    Due,
    Deadline,
    Is,
    Be,
    Approx,
    Sharp,
    Ish,
    Couple,
    Few,
    Within,
    Over,
    During,
    Holiday(Holiday),
    Eod,
    Eom,
    Eow,
    Eoy,
    Remind,
    Reminder,
    Me,
    With,
    Takes,
    Only,
    Scheduled,
    Single,
    Time,
    Completion,
}

/// How a weekday was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Full,
    Short,
    /// Short, and a word of its own ("sat", "sun", "wed").
    Weak,
    Plural,
}

static TABLE: LazyLock<HashMap<&'static str, W>> =
    LazyLock::new(|| english::WORDS.iter().copied().collect());

/// Longest word of the table, in bytes; longer ones are unknown without a look.
const WORD_BYTES_MAX: usize = 16;

/// The meaning of a word; case does not matter.
pub(crate) fn meaning(word: &str) -> W {
    if word.len() > WORD_BYTES_MAX {
        return W::None;
    }
    TABLE.get(folded(word).as_ref()).copied().unwrap_or(W::None)
}

/// [`lowered`], without a copy where nothing changes.
pub(crate) fn folded(word: &str) -> Cow<'_, str> {
    let same = word.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase());
    if same { Cow::Borrowed(word) } else { Cow::Owned(lowered(word)) }
}

/// Lower case with straight apostrophes.
pub(crate) fn lowered(word: &str) -> String {
    word.chars().flat_map(char::to_lowercase).map(|c| if c == '’' { '\'' } else { c }).collect()
}

/// Whether a long table holds a word: it is sorted, and its test sees to that.
pub(crate) fn listed(table: &[&str], word: &str) -> bool {
    table.binary_search(&word).is_ok()
}

/// Whether a table holds a word.
pub(crate) fn among(table: &[&str], word: &str) -> bool {
    table.contains(&word)
}

pub(crate) use english::{lists, namings};

/// Fixed sayings by their first word.
static SAYINGS: LazyLock<HashMap<&'static str, Vec<&'static [&'static str]>>> =
    LazyLock::new(|| {
        let mut by_first: HashMap<_, Vec<_>> = HashMap::new();
        for saying in namings::SAYINGS {
            if let Some(first) = saying.first() {
                by_first.entry(*first).or_default().push(*saying);
            }
        }
        by_first
    });

/// The fixed sayings that begin with a word in lower case.
pub(crate) fn sayings(first: &str) -> &'static [&'static [&'static str]] {
    SAYINGS.get(first).map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests;
