//! What the words of an owner promise.

use crate::{OwnerKind, VaultError};

// Goal: every kind is read back from its word, and nothing else is read.
#[test]
fn words() {
    let words = ["user", "profile", "team", "system"];

    let kinds = words.map(|word| word.parse::<OwnerKind>().unwrap().to_string());

    assert_eq!(kinds, words);
    for word in ["", "User", "users", "team "] {
        assert_eq!(word.parse::<OwnerKind>(), Err(VaultError::OwnerKind));
    }
}
