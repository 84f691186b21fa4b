//! Whether a recurrence rule that somebody sent is one that Kairo expands.
//!
//! **Invariant:** a rule that is kept is one that the reader's expansion understands whole; a rule
//! that it would half read shows other days than were meant.

use jiff::civil::DateTime;
use kairo_capture::{Anchor, Recurrence};

use super::{Fault, Repeat};
use crate::limits::ITEM_RRULE_BYTES_MAX;

impl Repeat {
    /// Checks the rule of a series that begins at `start`.
    pub fn check(&self, start: DateTime) -> Result<(), Fault> {
        let fault = |code, message: String| Err(Fault { field: "rrule", code, message });
        if self.rrule.len() > ITEM_RRULE_BYTES_MAX {
            let message = format!("A rule has up to {ITEM_RRULE_BYTES_MAX} characters.");
            return fault("too_long", message);
        }
        if !is_plain(&self.rrule) || !is_understood(&self.rrule, start) {
            let message = "This is not a rule that Kairo keeps. Use one such as \
                           FREQ=WEEKLY;BYDAY=MO;UNTIL=20261218.";
            return fault("bad_rule", message.to_owned());
        }
        Ok(())
    }
}

/// The form of RFC 5545 3.3.10: each part once, COUNT or UNTIL but not both, and an UNTIL that ends
/// where its date or date-time does.
fn is_plain(rrule: &str) -> bool {
    let mut names = Vec::new();
    for part in rrule.split(';') {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        let written = |byte: u8| {
            byte.is_ascii_uppercase() || byte.is_ascii_digit() || matches!(byte, b',' | b'-' | b'+')
        };
        if names.contains(&name) || value.is_empty() || !value.bytes().all(written) {
            return false;
        }
        if name == "UNTIL" && !is_date_or_time(value) {
            return false;
        }
        names.push(name);
    }
    !(names.contains(&"COUNT") && names.contains(&"UNTIL"))
}

fn is_date_or_time(value: &str) -> bool {
    let digits =
        |text: &str, count| text.len() == count && text.bytes().all(|b| b.is_ascii_digit());
    match value.split_once('T') {
        None => digits(value, 8),
        Some((day, clock)) => digits(day, 8) && digits(clock.strip_suffix('Z').unwrap_or(clock), 6),
    }
}

/// Whether the reader's crate reads it; it parses the whole rule before it expands, here to a
/// single moment.
fn is_understood(rrule: &str, start: DateTime) -> bool {
    let series = Recurrence {
        rrule: rrule.to_owned(),
        anchor: Anchor::Due,
        exdates: Vec::new(),
        time: None,
    };
    series.occurrences(start, start, start, 1).is_ok()
}
