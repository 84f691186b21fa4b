//! What of the server's own log reaches Kairo's.
//!
//! **Invariant:** the text of an error never does: "invalid input syntax: …" and "Key (email)=(…)
//! already exists" quote what a person typed. Of an error only its SQLSTATE and the kind of process
//! are kept; whoever sent the statement has the rest.

/// Most lines that are kept for an error message.
pub(super) const TAIL_LINES_MAX: usize = 20;

/// The prefix that `parse` reads: `<SQLSTATE|kind of process|>`. The brackets tell it from a line
/// that an error's text may have broken into.
pub(super) const LINE_PREFIX: &str = "<%e|%b|> ";

/// SQLSTATE `lock_file_exists`: another server, or what is left of one, holds the folder.
pub(super) const LOCK_FILE_EXISTS: &str = "F0001";

/// One line of the server's log, fit to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// The SQLSTATE; empty for a line from before the log was set up.
    pub sqlstate: String,
    /// The message, without anything that a person typed.
    pub text: String,
}

impl LogLine {
    /// Reads one line; `None` for what must not be shown. `shown` remembers whether the message
    /// that a continuation line (it begins with a tab) belongs to was.
    pub(super) fn parse(line: &str, shown: &mut bool) -> Option<Self> {
        let Some((sqlstate, process, rest)) = prefix(line) else {
            let plain = !line.is_empty() && *shown;
            return plain.then(|| Self { sqlstate: String::new(), text: line.trim().to_owned() });
        };
        let (severity, _) = rest.split_once(':').unwrap_or((rest, ""));
        // The server's own sentences are safe; those of a client's session quote the client.
        let own = process != "client backend";
        *shown = own && matches!(severity, "LOG" | "FATAL" | "PANIC" | "HINT" | "DETAIL");
        let text = match (*shown, severity) {
            (true, _) => rest.to_owned(),
            (false, "ERROR" | "FATAL" | "PANIC" | "WARNING") => {
                format!("{severity} in a {process}")
            }
            (false, _) => return None,
        };
        Some(Self { sqlstate: sqlstate.to_owned(), text })
    }

    /// Hands the line to Kairo's log.
    pub(super) fn trace(&self) {
        let Self { sqlstate, text } = self;
        let calm = text.starts_with("LOG:") || text.starts_with("ERROR");
        if calm || sqlstate.is_empty() {
            tracing::debug!(target: "kairo::postgres", sqlstate, "{text}");
        } else {
            tracing::warn!(target: "kairo::postgres", sqlstate, "{text}");
        }
    }
}

fn prefix(line: &str) -> Option<(&str, &str, &str)> {
    let (head, rest) = line.strip_prefix('<')?.split_once("|> ")?;
    let (sqlstate, process) = head.split_once('|')?;
    let whole = sqlstate.len() == 5 && sqlstate.bytes().all(|byte| byte.is_ascii_alphanumeric());
    whole.then_some((sqlstate, process, rest.trim_start()))
}
