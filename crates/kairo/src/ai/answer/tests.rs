//! What of an answer is read.

use serde_json::json;

use super::*;

// Goal: counts that cannot be are no counts.
#[test]
fn counts() {
    let of = |usage: Value| Usage::of(&usage).map(|it| (it.tokens_in, it.tokens_out));
    let counted = json!({ "prompt_tokens": 9, "completion_tokens": 4, "total_tokens": 13 });
    assert_eq!(of(counted), Some((9, 4)));
    assert_eq!(of(json!({ "prompt_tokens": 9 })), Some((9, 0)));
    for none in [
        json!(null),
        json!({}),
        json!({ "prompt_tokens": 0, "completion_tokens": 0 }),
        json!({ "prompt_tokens": -9, "completion_tokens": 4 }),
        json!({ "prompt_tokens": 9, "completion_tokens": AI_TOKENS_MAX + 1 }),
        json!({ "prompt_tokens": "9" }),
    ] {
        assert_eq!(of(none.clone()), None, "{none}");
    }
}

// Goal: a whole answer is one JSON object with a choice, and a count that cannot be makes no other.
#[test]
fn whole_answers() {
    let of = |text: &str| whole(text.as_bytes()).map(|it| it.usage);
    let usage = Some(Usage { tokens_in: 9, tokens_out: 4 });
    let counted = r#" {"usage":{"prompt_tokens":9,"completion_tokens":4},"choices":[{}]} "#;
    assert_eq!(of(counted), Some(usage));
    for uncounted in ["", r#","usage":null"#, r#","usage":7"#, r#","usage":{"prompt_tokens":0}"#] {
        assert_eq!(of(&format!("{{\"choices\":[7]{uncounted}}}")), Some(None), "{uncounted}");
    }
    for none in [
        "",
        "<html>",
        "7",
        "[[7],null]",
        "{}",
        r#"{"choices":[]}"#,
        r#"{"choices":null}"#,
        r#"{"choices":{"0":7}}"#,
        r#"{"choices":[7]"#,
        r#"{"choices":[7]}{}"#,
        r#"{"choices":[7]} x"#,
        r#"{"choices":[7,]}"#,
    ] {
        assert_eq!(of(none), None, "{none}");
    }
    assert_eq!(whole(b"{\"choices\":[\"\xff\"]}"), None);
}

// Goal: an event is a piece, a count, the end, or wrong; an error of the provider is wrong.
#[test]
fn events() {
    let piece = |counts_only, last, usage| Said::Piece { usage, counts_only, last };
    let of = |text: &str| said(text.as_bytes());
    let usage = Some(Usage { tokens_in: 9, tokens_out: 4 });
    assert_eq!(of(" [DONE] "), Said::Done);
    let text = r#"{"choices":[{"delta":{},"finish_reason":null}],"usage":null}"#;
    assert_eq!(of(text), piece(false, false, None));
    let text = r#"{"choices":[{"delta":{},"finish_reason":"stop"}]}"#;
    assert_eq!(of(text), piece(false, true, None));
    let text = r#"{"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":4}}"#;
    assert_eq!(of(text), piece(true, false, usage));
    assert_eq!(of(r#"{"choices":[],"prompt_filter_results":[]}"#), piece(false, false, None));
    for wrong in [r#"{"error":{"message":"x"}}"#, "<html>", "", "[]", "{\"choices\":7}", "\u{0}"] {
        assert_eq!(of(wrong), Said::Wrong, "{wrong}");
    }
}

// Goal: of a refusal only a known parameter's name is read.
#[test]
fn refusals_name_a_parameter() {
    let of = |error: Value| refused_parameter(json!({ "error": error }).to_string().as_bytes());
    assert_eq!(of(json!({ "param": "temperature" })), Some("temperature"));
    assert_eq!(of(json!({ "param": "response_format.json_schema" })), Some("response_format"));
    let message = "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.";
    assert_eq!(of(json!({ "param": null, "message": message })), Some("max_tokens"));
    let message = "stop and store n things; my key is sk-1";
    assert_eq!(of(json!({ "param": "sk-1", "message": message })), None);
    assert_eq!(refused_parameter(b"response_format"), None);
}
