//! What tags make of a state.

use super::*;
use crate::items::{Kind, Role};

fn start_of(state: &State) -> String {
    state.when.as_ref().map(|when| when.start.to_string()).unwrap_or_default()
}

// Goal: the model points at odd words and says them plainly; Kairo works out the date.
#[test]
fn odd_words_become_a_time() {
    let text = "coffee w/ Dana the morrow, half past nine-ish in the morn";
    let state = refined(text, &answer(json!({
        "title": "coffee", "kind": "event", "people": ["Dana"], "duration_min": 45,
        "when_text": "the morrow, half past nine-ish in the morn", "when_norm": "tomorrow 9:30am",
    })))
    .unwrap();
    assert_eq!((state.body.title.as_str(), state.kind), ("coffee", Kind::Event));
    assert_eq!(state.body.people, ["Dana"]);
    let when = state.when.unwrap();
    assert_eq!(when.start.to_string(), "2026-11-24T09:30:00");
    assert_eq!(when.end.unwrap().to_string(), "2026-11-24T10:15:00");
}

// Goal: where the words that the model points at say another time than its phrase, neither counts.
#[test]
fn words_and_phrase_must_agree() {
    let text = "call Sam on Friday 3pm maybe";
    let before = offline(text);
    let state = refined(
        text,
        &answer(json!({
            "title": "call Sam", "when_text": "Friday 3pm", "when_norm": "saturday 5pm",
        })),
    )
    .unwrap();
    assert_eq!(state.when, before.when);
}

// Goal: a time that no word of the text says was made up, and so was a person.
#[test]
fn nothing_is_made_up() {
    let text = "buy milk";
    let state = refined(
        text,
        &answer(json!({
            "title": "buy expensive milk", "when_text": "tomorrow", "when_norm": "tomorrow 9am",
            "people": ["Eve"], "place": "Paris", "labels": ["dairy"],
        })),
    )
    .unwrap();
    assert_eq!(state, offline(text));
}

// Goal: a phrase that Kairo cannot read is an error that the model may be told.
#[test]
fn a_phrase_that_cannot_be_read() {
    let wrong = answer(json!({
        "title": "milk", "when_text": "buy", "when_norm": "when the cows come home",
    }));
    assert_eq!(refined("buy milk", &wrong), Err(Invalid::Phrase));
}

// Goal: roles, repeats and priorities arrive; years beyond those people plan in do not.
#[test]
fn roles_repeats_and_bounds() {
    let text = "hand in the report by the coming friday, asap";
    let state = refined(
        text,
        &answer(json!({
            "title": "hand in the report", "when_text": "by the coming friday", "role": "due",
            "when_norm": "friday", "priority": "urgent",
        })),
    )
    .unwrap();
    assert_eq!(state.when.as_ref().unwrap().role, Role::Due);
    assert_eq!((start_of(&state).as_str(), state.priority), ("2026-11-27T00:00:00", Some(1)));
    let far = refined(
        "party someday far",
        &answer(json!({
            "title": "party", "when_text": "someday far", "when_norm": "1 may 2090",
        })),
    );
    assert_eq!(far.unwrap().when, None);
    let daily = refined(
        "water plants each and every sunrise 7am",
        &answer(json!({
            "title": "water plants", "repeat_text": "each and every sunrise 7am",
            "repeat_norm": "every day 7am",
        })),
    );
    assert_eq!(daily.unwrap().repeat.unwrap().rrule, "FREQ=DAILY");
}
