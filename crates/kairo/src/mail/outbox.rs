//! The development outbox: each mail a file that only this user can read.
//!
//! **Invariant:** it keeps the newest [`OUTBOX_MAX`] mails and deletes older ones.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::Letter;
use crate::limits::OUTBOX_MAX;

/// A folder of mails.
#[derive(Clone)]
pub struct Outbox {
    folder: PathBuf,
}

/// A mail as the folder keeps it.
#[derive(Serialize, Deserialize)]
pub struct OutboxLetter {
    /// To whom.
    pub to: String,
    /// Subject.
    pub subject: String,
    /// Text.
    pub text: String,
    /// The link in the text.
    pub link: String,
    /// The code in the text.
    pub code: String,
    /// When it was written.
    pub at: jiff::Timestamp,
}

impl Outbox {
    /// The outbox in a folder that exists.
    pub fn in_folder(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Keeps a mail and says so on the terminal, where a developer looks first.
    pub fn keep(&self, letter: &Letter) -> io::Result<()> {
        let kept = OutboxLetter {
            to: letter.to.clone(),
            subject: letter.subject.clone(),
            text: letter.text.to_string(),
            link: letter.link.to_string(),
            code: letter.code.to_string(),
            at: letter.at,
        };
        let name = format!("{:020}.json", letter.at.as_nanosecond().max(0));
        let partial = self.folder.join(format!("{name}.part"));
        // A Kairo that was killed here left the file; the letter is kept again under its name.
        let mut open = OpenOptions::new();
        let mut file = open.write(true).create(true).truncate(true).mode(0o600).open(&partial)?;
        file.write_all(&serde_json::to_vec(&kept)?)?;
        fs::rename(&partial, self.folder.join(&name))?;
        for old in self.names()?.iter().skip(OUTBOX_MAX) {
            fs::remove_file(self.folder.join(old))?;
        }
        eprintln!("Mail for {}: {}  or the code {}", kept.to, kept.link, kept.code);
        Ok(())
    }

    /// The mails, the newest first.
    pub fn letters(&self) -> io::Result<Vec<OutboxLetter>> {
        let mut letters = Vec::new();
        for name in self.names()? {
            if let Ok(letter) = serde_json::from_slice(&fs::read(self.folder.join(name))?) {
                letters.push(letter);
            }
        }
        Ok(letters)
    }

    fn names(&self) -> io::Result<Vec<String>> {
        let mut names: Vec<String> = fs::read_dir(&self.folder)?
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter(|name| name.ends_with(".json"))
            .collect();
        names.sort_unstable_by(|a, b| b.cmp(a));
        Ok(names)
    }
}
