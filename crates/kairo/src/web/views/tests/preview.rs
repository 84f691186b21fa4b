//! Offsets between the browser's strings and ours.

use crate::web::views::preview::{
    byte_offset, chip_words, chosen_spans, dismissed_spans, utf16_offset,
};

const TEXT: &str = "tea 🫖 with Zoë tomorrow";

// Goal: offsets count UTF-16 code units, as a browser does.
#[test]
fn offsets_survive_the_round_trip() {
    for (byte, _) in TEXT.char_indices().chain([(TEXT.len(), ' ')]) {
        assert_eq!(byte_offset(TEXT, utf16_offset(TEXT, byte)), Some(byte));
    }
    assert_eq!(utf16_offset(TEXT, TEXT.find("with").unwrap()), 7);
    assert_eq!(utf16_offset(TEXT, usize::MAX), TEXT.encode_utf16().count());
}

// Goal: an offset inside a surrogate pair, or past the end, is refused.
#[test]
fn offsets_off_the_edge_are_none() {
    assert_eq!(byte_offset(TEXT, 5), None);
    assert_eq!(byte_offset(TEXT, TEXT.encode_utf16().count() + 1), None);
}

// Goal: the spans of the hidden field find their words.
#[test]
fn dismissed_spans_find_their_words() {
    let spans = dismissed_spans(TEXT, "7-11,16-24");
    let words: Vec<_> = spans.into_iter().map(|span| &TEXT[span]).collect();
    assert_eq!(words, ["with", "tomorrow"]);
}

// Goal: a field that does not fit the text is passed over.
#[test]
fn hostile_fields_are_passed_over() {
    let fields =
        ["", ",", "1", "3-1", "2-2", "0-999", "4-5", "-1-2", "a-b", "99999999999999999999-1"];
    for field in fields {
        assert!(dismissed_spans(TEXT, field).is_empty(), "{field}");
        assert!(chosen_spans(TEXT, field).is_empty(), "{field}");
    }
    assert_eq!(dismissed_spans(TEXT, &"0-3,".repeat(1_000)).len(), 64);
    assert_eq!(chosen_spans(TEXT, &"0-3:am,".repeat(1_000)).len(), 64);
}

// Goal: a choice keeps its word, colons and all.
#[test]
fn choices_keep_their_word() {
    assert_eq!(
        chosen_spans(TEXT, "0-3:pm,7-11:2026-11-24T20:00"),
        [(0..3, "pm".to_owned()), (9..13, "2026-11-24T20:00".to_owned())]
    );
}

// Goal: readings that differ in the half of the day share their clock; others stand side by side.
#[test]
fn chips_say_a_shared_clock_once() {
    let words = |taken, other: &str| chip_words(taken, &[other.to_owned()]);
    assert_eq!(words("8:00 am", "8:00 pm"), ("8:00".into(), vec!["am".into(), "pm".into()]));
    let apart = (String::new(), vec!["8:00 am".into(), "9:00 pm".into()]);
    assert_eq!(words("8:00 am", "9:00 pm"), apart);
    let days = (String::new(), vec!["Fri 3 Apr".into(), "Wed 4 Mar".into()]);
    assert_eq!(words("Fri 3 Apr", "Wed 4 Mar"), days);
}
