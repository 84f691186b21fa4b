//! Every text file: clean ends, and no word about the machine it was written on.

use super::{File, Finding};

/// Folders that only a machine of its writer's has.
const MACHINE_FOLDERS: [&str; 3] = ["home", "root", "work"];

/// White space, line ends, machine paths and download addresses in lock files.
pub fn check(file: &File) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut add = |line: usize, what: &str| findings.push(Finding::new(&file.path, line, what));
    let generated = file.path.ends_with(".lock") || file.path.ends_with("-lock.json");
    for (at, line) in file.text.split_terminator('\n').enumerate() {
        if line.ends_with([' ', '\t']) {
            add(at + 1, "take out the white space at the end of the line");
        }
        if line.ends_with('\r') {
            add(at + 1, "end the line with a line feed alone");
        }
        if !generated && names_machine_folder(line) {
            add(at + 1, "a path of one machine; name the folder by what it is for");
        }
        if generated && line.trim_start().starts_with("\"resolved\": \"http") {
            add(at + 1, "a download address; set omit-lockfile-registry-resolved and lock again");
        }
    }
    if !file.text.is_empty() && !file.text.ends_with('\n') {
        add(file.text.lines().count(), "end the file with a line feed");
    }
    if file.text.ends_with("\n\n") {
        add(file.text.lines().count(), "take out the empty lines at the end");
    }
    findings
}

/// Whether a line holds an absolute path into such a folder. In `a/home/b` it is none.
fn names_machine_folder(line: &str) -> bool {
    MACHINE_FOLDERS.iter().any(|folder| {
        line.match_indices(&format!("/{folder}/")).any(|(at, _)| {
            let before = line.get(..at).and_then(|text| text.chars().next_back());
            !before.is_some_and(|letter| letter.is_alphanumeric() || "_.~}-".contains(letter))
        })
    })
}
