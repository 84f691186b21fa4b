//! The answer of `POST /captures/preview`, and the two hidden fields that it leads to.
//!
//! The browser sends JSON `{"text", "dismissed", "choices"}` and draws what comes back. Offsets
//! count UTF-16 code units, because that is what a browser's strings count. `dismissed` is a list
//! of spans that stay words, `"start-end,start-end"`. `choices` is a list of readings that were
//! chosen, `"start-end:choice,…"`, where `choice` is the word that the alternative had in the
//! answer. Both travel with the capture as form fields, over the same text.
//!
//! **Invariant:** a preview stores nothing, and a field that does not fit the text is passed over,
//! never an error: a thought must not be lost over its decoration.

use serde::{Deserialize, Serialize};

/// What the browser asks.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct PreviewRequest {
    /// The line as it stands.
    pub text: String,
    /// Spans that stay words.
    #[serde(default)]
    pub dismissed: String,
    /// Readings that were chosen.
    #[serde(default)]
    pub choices: String,
}

/// How the line is read.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Preview {
    /// What is left as the title.
    pub title: String,
    /// `task`, `event` or `note`.
    pub kind: &'static str,
    /// What was read from which words, in the order of the text, never overlapping.
    pub spans: Vec<Span>,
    /// Whether nothing is in doubt.
    pub sure: bool,
}

/// One thing that was read.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Span {
    /// First UTF-16 code unit.
    pub start: usize,
    /// One past the last.
    pub end: usize,
    /// The picture of the chip: `day`; `hour`, for a reminder, a duration and a zone too; `loop`
    /// for a repetition; `who`; `place`; `tag`, for a list too; `flag` for a priority; `note` for
    /// the rest.
    pub field: &'static str,
    /// How it was read: "Tue 24 Nov", "8:00", "Sam"; from [`chip_words`] where there are
    /// alternatives.
    pub text: String,
    /// Other readings, and the taken one among them; empty where there is one only.
    pub alternatives: Vec<Alternative>,
    /// Whether it may well mean something else: the chip is dashed.
    pub unsure: bool,
}

/// One reading among several.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Alternative {
    /// What the button says: "am".
    pub label: String,
    /// What `choices` says, such as the start that the item would have, `2026-11-24T20:00`.
    /// Letters, digits, `:`, `.` and `-` only.
    pub choice: String,
    /// Whether it is the one that was taken.
    pub taken: bool,
}

/// The words of a chip with several readings, and of its buttons, the taken one first: "8:00" with
/// "am" and "pm" where the readings differ in the half of the day, else nothing with them all.
#[must_use]
pub fn chip_words(taken: &str, others: &[String]) -> (String, Vec<String>) {
    let all = std::iter::once(taken).chain(others.iter().map(String::as_str));
    let halves: Option<Vec<_>> = all
        .clone()
        .map(|words| words.rsplit_once(' ').filter(|(_, half)| matches!(*half, "am" | "pm")))
        .collect();
    match halves.as_deref() {
        Some([(clock, _), rest @ ..]) if rest.iter().all(|(other, _)| other == clock) => {
            let labels = halves.iter().flatten().map(|(_, half)| (*half).to_owned());
            ((*clock).to_owned(), labels.collect())
        }
        _ => (String::new(), all.map(str::to_owned).collect()),
    }
}

/// A range of bytes in the text.
pub type ByteRange = std::ops::Range<usize>;

/// The UTF-16 offset of a byte offset; past the end it is the length.
#[must_use]
pub fn utf16_offset(text: &str, byte: usize) -> usize {
    text.char_indices().take_while(|(at, _)| *at < byte).map(|(_, c)| c.len_utf16()).sum()
}

/// The byte offset of a UTF-16 offset, where it lies on a character's edge.
#[must_use]
pub fn byte_offset(text: &str, utf16: usize) -> Option<usize> {
    let mut units = 0;
    for (at, c) in text.char_indices() {
        if units >= utf16 {
            return (units == utf16).then_some(at);
        }
        units += c.len_utf16();
    }
    (units == utf16).then_some(text.len())
}

/// The spans of `dismissed`, in bytes. What does not fit the text is left out.
#[must_use]
pub fn dismissed_spans(text: &str, dismissed: &str) -> Vec<ByteRange> {
    dismissed.split(',').filter_map(|part| span(text, part)).take(SPANS_MAX).collect()
}

/// The spans of `choices` with what was chosen. What does not fit the text is left out.
#[must_use]
pub fn chosen_spans(text: &str, choices: &str) -> Vec<(ByteRange, String)> {
    choices
        .split(',')
        .filter_map(|part| {
            let (range, choice) = part.split_once(':')?;
            Some((span(text, range)?, choice.to_owned()))
        })
        .take(SPANS_MAX)
        .collect()
}

/// More spans than any line has; the rest of a hostile field is passed over.
const SPANS_MAX: usize = 64;

fn span(text: &str, part: &str) -> Option<ByteRange> {
    let (start, end) = part.split_once('-')?;
    let start = byte_offset(text, start.trim().parse().ok()?)?;
    let end = byte_offset(text, end.trim().parse().ok()?)?;
    (start < end).then_some(start..end)
}
