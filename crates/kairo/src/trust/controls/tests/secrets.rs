//! What is taken for a secret, in the log and in files.

use std::io::Write as _;

use tracing_subscriber::fmt::MakeWriter as _;

use crate::trust::controls::secrets::found;
use crate::trust::controls::watch::{LINES_MAX, Watch};

/// Random signs of base64url, as a real secret has them.
const RANDOM: &str = "Zq3vN8xK1mP0sTfR7wYcJ2hLbA9dUeG5oViX4nQtHkE";

// Goal: real secrets are found wherever they stand; names and examples are not.
#[test]
fn secrets_are_told_from_names() {
    let pem = format!("-----BEGIN PRIVATE KEY-----\n{RANDOM}{RANDOM}\n");
    let escaped = format!("\"-----BEGIN PRIVATE KEY-----\\n{RANDOM}{RANDOM}\\n\"");
    for secret in [format!("cookie: ks1_{RANDOM}; x"), format!("kt1_{RANDOM}"), pem, escaped] {
        assert_eq!(found(secret.as_bytes()).count(), 1, "{secret}");
    }
    let harmless = [
        format!("xks1_{RANDOM}"),
        format!("ks1_{}", "A".repeat(43)),
        "ks1_ + base64url".to_owned(),
        "kb1_oncebookstoplostlukebumpladspeteemmajoanveradatalsegSHA".to_owned(),
        "-----BEGIN PRIVATE KEY-----\nthen nothing".to_owned(),
        String::new(),
    ];
    for text in harmless {
        assert_eq!(found(text.as_bytes()).count(), 0, "{text}");
    }
}

// Goal: the watch keeps the newest lines within its bound, says when some are gone, and counts
// leaks.
#[test]
fn the_watch_is_bounded() {
    let watch = Watch::silent();
    let write = |line: &str| watch.make_writer().write_all(line.as_bytes()).unwrap();
    let begin = watch.mark();
    write("one\n");
    assert_eq!(watch.since(begin), Some(vec!["one".to_owned()]));
    let mark = watch.mark();
    for _line in 0..LINES_MAX {
        write("more\n");
    }
    assert_eq!(watch.since(mark).map(|lines| lines.len()), Some(LINES_MAX));
    write(&format!("cookie=ks1_{RANDOM}\n"));
    assert_eq!(watch.since(mark), None);
    assert_eq!(watch.counts(), (LINES_MAX as u64 + 2, 1));
}
