//! The tables keep their promises.

use super::{english, lists, meaning, names, namings};

// Goal: tables that are searched by halves are sorted, else a name would be missed silently.
#[test]
fn name_tables_are_sorted_and_lower_case() {
    for table in names::tables() {
        assert!(table.is_sorted(), "{table:?}");
        assert!(table.iter().all(|name| name.to_lowercase() == *name));
    }
}

// Goal: the long tables that are searched by halves are sorted, and hold every word once.
#[test]
fn long_tables_are_sorted() {
    let long = [
        lists::LABELS,
        lists::NO_PERSON,
        lists::UNITS_OF_THINGS,
        lists::VERBS,
        namings::MADE_THINGS,
        namings::SENT_THINGS,
    ];
    for table in long {
        assert!(table.is_sorted_by(|one, two| one < two), "{table:?}");
    }
}

// Goal: no word stands twice, since the later meaning would win silently.
#[test]
fn no_word_has_two_entries() {
    let mut words: Vec<&str> = english::WORDS.iter().map(|(word, _)| *word).collect();
    words.sort_unstable();
    let twice: Vec<&[&str]> = words.windows(2).filter(|pair| pair[0] == pair[1]).collect();
    assert!(twice.is_empty(), "{twice:?}");
}

// Goal: case and the shape of the apostrophe do not matter.
#[test]
fn words_are_known_in_any_case() {
    assert_eq!(meaning("TOMORROW"), meaning("tomorrow"));
    assert_eq!(meaning("O’Clock"), meaning("o'clock"));
}
