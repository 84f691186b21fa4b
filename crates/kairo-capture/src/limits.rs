//! Every limit of the reader, in one place.
//!
//! **Invariant:** a text beyond a limit is cut or refused, never read for longer.

/// Longest text that is read, in characters. What comes after is kept in the title, unread.
pub const TEXT_CHARS_MAX: usize = 2_000;

/// Most tokens of a text that the grammar looks at; with `TEXT_CHARS_MAX` it bounds the work.
pub const TOKENS_MAX: usize = 2_000;

/// How far into a run without spaces what makes it an address is looked for, in bytes; the longest
/// host name (RFC 1035) and the longest mailbox (RFC 5321) fit. Without it a run of brackets would
/// be searched to its end from each of them.
pub const ADDRESS_BYTES_MAX: usize = 256;

/// Most items that one text may give (a list of lines or of days).
pub const ITEMS_MAX: usize = 50;

/// Longest line that `kairo-capture --jsonl` takes, in bytes.
pub const LINE_BYTES_MAX: usize = 64 * 1024;

/// Largest interval of a recurrence ("every 999 days").
pub const INTERVAL_MAX: u32 = 999;

/// Largest number of times a recurrence may be said to happen.
pub const COUNT_MAX: u32 = 9_999;

/// Most dates that one call of `Recurrence::occurrences` gives.
pub const OCCURRENCES_MAX: usize = 5_000;

/// Most periods (days, weeks, months, years) that one expansion looks at, so that a rule which
/// never happens ("30 February") ends.
pub const PERIODS_MAX: u32 = 100_000;

/// Furthest a reading may lie from the reference, in years.
pub const YEARS_AWAY_MAX: i16 = 200;
