//! Rust source with comments and literals taken out, so that rules look at code alone.
//!
//! **Invariant:** `code` has the lines and columns of `text`; only what stands in comments, strings
//! and characters is blank there.

use std::ops::Range;

/// One file, read three ways.
pub struct Source {
    /// Path from the repository's root.
    pub path: String,
    /// As written.
    pub text: String,
    /// As written, with comments and literals blank.
    pub code: String,
    /// String literals, with the line they begin on.
    pub strings: Vec<(usize, String)>,
}

impl Source {
    /// Reads a file that compiles; others give some answer, but not a panic.
    pub fn read(path: &str, text: &str) -> Self {
        let mut reader = Reader { rest: text, line: 1, code: String::new(), strings: Vec::new() };
        while reader.step() {}
        let Reader { code, strings, .. } = reader;
        Self { path: path.to_owned(), text: text.to_owned(), code, strings }
    }

    /// Lines of code with their numbers.
    pub fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.code.lines().enumerate().map(|(at, line)| (at + 1, line))
    }

    /// The line that a byte of `code` stands on.
    pub fn line_of(&self, at: usize) -> usize {
        1 + self.code.get(..at).map_or(0, |before| before.matches('\n').count())
    }

    /// Whether the file holds tests and not the product.
    pub fn is_test(&self) -> bool {
        let folders = ["/tests/", "/benches/", "/fuzz/"];
        folders.iter().any(|folder| self.path.contains(folder)) || self.path.ends_with("/tests.rs")
    }

    /// Places of a word in the code that are not part of a longer word. A word that ends in `_`,
    /// `:` or a bracket is a beginning, and matches whatever follows.
    pub fn places(&self, word: &str) -> impl Iterator<Item = usize> {
        let is_whole = word.ends_with(char::is_alphanumeric);
        let found = self.code.match_indices(word);
        let found = found.map(|(at, _)| at).filter(move |at| {
            let (before, rest) = self.code.split_at_checked(*at).unwrap_or_default();
            let after = rest.get(word.len()..).unwrap_or_default();
            let goes_on = before.ends_with(is_word) || is_whole && after.starts_with(is_word);
            !goes_on
        });
        found.collect::<Vec<_>>().into_iter()
    }

    /// From an opening brace to the one that closes it.
    pub fn braces(&self, open: usize) -> Option<Range<usize>> {
        let mut depth = 0_usize;
        for (at, letter) in self.code.get(open..)?.char_indices() {
            match letter {
                '{' => depth += 1,
                '}' => depth = depth.saturating_sub(1),
                _ => continue,
            }
            if depth == 0 {
                return Some(open..open + at + 1);
            }
        }
        None
    }
}

/// Whether a letter can be part of a name.
pub fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// The name that a text begins with.
pub fn leading_word(text: &str) -> &str {
    let end = text.find(|letter| !is_word(letter)).unwrap_or(text.len());
    text.get(..end).unwrap_or(text)
}

struct Reader<'text> {
    rest: &'text str,
    line: usize,
    code: String,
    strings: Vec<(usize, String)>,
}

impl Reader<'_> {
    /// Reads one token or letter; false at the end.
    fn step(&mut self) -> bool {
        let Some(letter) = self.rest.chars().next() else { return false };
        let in_word = self.code.ends_with(is_word);
        if self.rest.starts_with("//") {
            self.blank(self.rest.find('\n').unwrap_or(self.rest.len()));
        } else if self.rest.starts_with("/*") {
            self.blank(comment_len(self.rest));
        } else if letter == '"' {
            self.string(1, quoted_len(self.rest), 1);
        } else if !in_word && let Some((open, len)) = raw_string(self.rest) {
            self.string(open, len, open - raw_prefix(self.rest));
        } else if letter == '\''
            && let Some(len) = character_len(self.rest)
        {
            self.blank(len);
        } else {
            self.keep(letter.len_utf8());
        }
        true
    }

    fn take(&mut self, len: usize) -> &str {
        let (taken, rest) = self.rest.split_at_checked(len).unwrap_or((self.rest, ""));
        self.rest = rest;
        self.line += taken.matches('\n').count();
        taken
    }

    fn keep(&mut self, len: usize) {
        let taken = self.take(len).to_owned();
        self.code.push_str(&taken);
    }

    fn blank(&mut self, len: usize) {
        let blanks: String =
            self.take(len).chars().map(|letter| if letter == '\n' { '\n' } else { ' ' }).collect();
        self.code.push_str(&blanks);
    }

    fn string(&mut self, open: usize, len: usize, close: usize) {
        let inner = self.rest.get(open..len.saturating_sub(close)).unwrap_or_default();
        self.strings.push((self.line, inner.to_owned()));
        self.blank(len);
    }
}

fn comment_len(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        if rest.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with("*/") {
            depth -= 1;
            at += 2;
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
        if depth == 0 {
            break;
        }
    }
    at
}

fn quoted_len(text: &str) -> usize {
    let mut escaped = false;
    for (at, letter) in text.char_indices().skip(1) {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// Letters before the hashes of a raw string: `r`, `br` or `cr`.
fn raw_prefix(text: &str) -> usize {
    if text.starts_with('r') { 1 } else { 2 }
}

/// Length of a raw string's opening, and of the whole.
fn raw_string(text: &str) -> Option<(usize, usize)> {
    let after = ["r", "br", "cr"].iter().find_map(|prefix| text.strip_prefix(prefix))?;
    let hashes = after.len() - after.trim_start_matches('#').len();
    let inner = after.get(hashes..)?.strip_prefix('"')?;
    let open = text.len() - inner.len();
    let close = format!("\"{}", "#".repeat(hashes));
    let end = inner.find(&close).map_or(text.len(), |at| open + at + close.len());
    Some((open, end))
}

/// Length of a character literal; none where the quote begins a lifetime.
fn character_len(text: &str) -> Option<usize> {
    let mut letters = text.char_indices().skip(1);
    let (_, first) = letters.next()?;
    if first == '\\' {
        letters.next();
        return letters.find(|(_, letter)| *letter == '\'').map(|(at, _)| at + 1);
    }
    let (at, second) = letters.next()?;
    (second == '\'').then_some(at + 1)
}
