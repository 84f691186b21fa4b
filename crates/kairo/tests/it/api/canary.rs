//! What a person wrote lies nowhere on the disk in clear.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::{CAPTURES, change, one_item, problem, thought};
use crate::harness::Kairo;

/// Files below a folder that hold a word.
fn holders(folder: &Path, word: &str, found: &mut Vec<PathBuf>) -> usize {
    let mut files = 0;
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            files += holders(&entry.path(), word, found);
        } else if kind.is_file() {
            files += 1;
            let bytes = fs::read(entry.path()).unwrap_or_default().to_ascii_lowercase();
            if bytes.windows(word.len()).any(|window| window == word.as_bytes()) {
                found.push(entry.path());
            }
        }
    }
    files
}

// Goal: every word of captures, changes, deleted items and refusals is sealed before it reaches a
// file; a word that is not sealed is found by the same search.
#[tokio::test]
async fn words_lie_nowhere_in_clear() {
    let app = Kairo::start().await;
    let program = app.program("ana@example.org").await;
    let path = one_item(&program, "call zebrafinch tomorrow 9am").await;
    let words = json!({ "title": "zebrafinch", "notes": "zebrafinch", "place": "zebrafinch",
        "people": ["zebrafinch"], "tags": ["zebrafinch"] });
    assert_eq!(change(&program, &path, 1, &words).await.status.as_u16(), 200);
    change(&program, &path, 2, &json!({ "title": "x" })).await;
    let key = [("idempotency-key", "zebrafinch")];
    program.send_json("POST", CAPTURES, &key, &thought("zebrafinch")).await;
    program.get("/api/v1/items?status=zebrafinch").await;
    problem(&program.post_json(CAPTURES, &json!({ "zebrafinch": 1 })).await, 400);
    let host = app.superuser().await;
    host.query("CREATE TABLE public.witness AS SELECT 'wood'||'pigeon' AS word", &[])
        .await
        .unwrap();
    host.query("CHECKPOINT", &[]).await.unwrap();
    let folder = host.query("SHOW data_directory", &[]).await.unwrap();
    let folder = PathBuf::from(folder[0].get::<_, String>(0));
    let folder = folder.parent().unwrap();
    let (mut sealed, mut witness) = (Vec::new(), Vec::new());
    assert!(holders(folder, "zebrafinch", &mut sealed) > 500);
    assert_eq!(sealed, Vec::<PathBuf>::new());
    holders(folder, "woodpigeon", &mut witness);
    assert!(witness.len() >= 2, "the table and its log: {witness:?}");
}
