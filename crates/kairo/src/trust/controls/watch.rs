//! The log, watched on its way out: each line is looked at for secrets, and the newest are kept for
//! the checks that ask what a request left behind.
//!
//! **Invariant:** bounded: the newest [`LINES_MAX`] lines of at most [`LINE_BYTES_MAX`] bytes.
//! **Invariant:** watching loses no line: what is written goes on to where it was going.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tracing_subscriber::fmt::MakeWriter;

use super::secrets;

/// Lines that are kept.
pub const LINES_MAX: usize = 2_000;
/// Bytes of a line that are kept; the whole line is looked at for secrets.
pub const LINE_BYTES_MAX: usize = 2_048;

/// What was seen. Cheap to clone.
#[derive(Clone)]
pub struct Watch {
    seen: Arc<Mutex<Seen>>,
    prints: bool,
}

#[derive(Default)]
struct Seen {
    lines: VecDeque<String>,
    total: u64,
    leaks: u64,
}

/// A place in the log.
#[derive(Debug, Clone, Copy)]
pub struct Mark(u64);

impl Watch {
    /// Over standard error.
    pub fn printing() -> Self {
        Self { seen: Arc::default(), prints: true }
    }

    /// Of a scratch server, whose lines nobody wants to read.
    pub fn silent() -> Self {
        Self { seen: Arc::default(), prints: false }
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The present end of the log.
    pub fn mark(&self) -> Mark {
        Mark(self.seen().total)
    }

    /// The lines after a mark; `None` where so many came that some are gone.
    pub fn since(&self, mark: Mark) -> Option<Vec<String>> {
        let seen = self.seen();
        let new = usize::try_from(seen.total.saturating_sub(mark.0)).unwrap_or(usize::MAX);
        let skipped = seen.lines.len().checked_sub(new)?;
        Some(seen.lines.iter().skip(skipped).cloned().collect())
    }

    /// Lines so far, and those of them that held something shaped like a secret.
    pub fn counts(&self) -> (u64, u64) {
        let seen = self.seen();
        (seen.total, seen.leaks)
    }

    fn take(&self, bytes: &[u8]) {
        let leaks = secrets::found(bytes).next().is_some();
        let text = String::from_utf8_lossy(bytes.get(..LINE_BYTES_MAX).unwrap_or(bytes));
        let mut seen = self.seen();
        seen.total += 1;
        seen.leaks += u64::from(leaks);
        if seen.lines.len() == LINES_MAX {
            seen.lines.pop_front();
        }
        seen.lines.push_back(text.trim_end().to_owned());
    }
}

/// A writer to standard error that is watched; one value takes one line.
pub struct Watched<'a>(&'a Watch);

impl Write for Watched<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.take(bytes);
        if self.0.prints {
            io::stderr().write_all(bytes)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

impl<'a> MakeWriter<'a> for Watch {
    type Writer = Watched<'a>;

    fn make_writer(&'a self) -> Watched<'a> {
        Watched(self)
    }
}
