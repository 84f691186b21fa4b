//! The most that a request can cost.

use serde_json::json;

use super::*;

fn bound(body: Value) -> Option<Bound> {
    Bound::of(body.as_object().unwrap())
}

// Goal: the bound is never below the bytes of what the model reads.
#[test]
fn a_prompt_has_no_more_tokens_than_bytes() {
    let text = "\u{1F600}\"\n".repeat(100);
    let body = json!({ "messages": [{ "role": "user", "content": text }], "max_tokens": 7 });
    let bound = bound(body).unwrap();
    assert!(bound.tokens_in > 600 && bound.tokens_in < 1_200, "{bound:?}");
    assert_eq!(bound.tokens_out, 7);
}

// Goal: of two names for the answer's most tokens the larger counts, and one is needed.
#[test]
fn an_answer_has_a_bound() {
    let with = |more: Value| {
        let mut body = json!({ "messages": [] });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        bound(body).map(|bound| bound.tokens_out)
    };
    assert_eq!(with(json!({ "max_tokens": 5, "max_completion_tokens": 9 })), Some(9));
    assert_eq!(with(json!({ "max_tokens": 9, "max_completion_tokens": null })), Some(9));
    for none in [
        json!({}),
        json!({ "max_tokens": null }),
        json!({ "max_tokens": -1 }),
        json!({ "max_tokens": "9" }),
        json!({ "max_tokens": 1.5 }),
        json!({ "max_tokens": 5, "max_completion_tokens": u64::MAX }),
    ] {
        assert_eq!(with(none.clone()), None, "{none}");
    }
}

// Goal: what is not text has no bound.
#[test]
fn only_text_has_a_bound() {
    let with = |content: Value| {
        let message = json!({ "role": "user", "content": content });
        bound(json!({ "messages": [message], "max_tokens": 1 })).is_some()
    };
    assert!(with(json!("x")) && with(json!([{ "type": "text", "text": "x" }])));
    assert!(with(Value::Null));
    for other in [
        json!([{ "type": "image_url", "image_url": { "url": "https://example.org/x" } }]),
        json!([{ "type": "text", "text": "x" }, { "type": "input_audio" }]),
        json!([{ "type": "file" }]),
        json!([{}]),
        json!(["x"]),
        json!({ "type": "text" }),
        json!(7),
    ] {
        assert!(!with(other.clone()), "{other}");
    }
    assert_eq!(bound(json!({ "messages": ["x"], "max_tokens": 1 })), None);
    assert_eq!(bound(json!({ "max_tokens": 1 })), None);
}
