//! How a provider is got to answer in a form.

use super::*;

fn form(body: &Value) -> String {
    let format = body["response_format"]["type"].as_str();
    let forced = body.get("tool_choice").map(|_| "tool");
    forced.or(format).unwrap_or("words").to_owned()
}

// Goal: a provider that refuses one form after the other is asked in the next one, within one
// credit, and the next thought begins where that ended.
#[tokio::test]
async fn forms_are_learnt() {
    let desk = Desk::open().await;
    let refuse = |name| Say::Refuse(400, Some(name));
    desk.upstream.script([refuse("response_format"), refuse("tools")]);
    assert_eq!(desk.captures(DOUBTFUL).await["capture"]["refine"], "done");
    assert_eq!(
        desk.captures("tea w/ Dana the morrow half past nine-ish").await["capture"]["refine"],
        "done"
    );
    let forms: Vec<String> = desk.upstream.asked().iter().map(|it| form(&it.body)).collect();
    assert_eq!(forms, ["json_schema", "tool", "json_object", "json_object"]);
    assert_eq!(desk.count("SELECT sum(month_used)::bigint FROM guard.quotas").await, 2);
}

// Goal: a server that breaks at the first form, as llama.cpp's for Python does, is asked in the
// next within one credit; later thoughts begin there.
#[tokio::test]
async fn a_form_that_breaks_the_server_is_learnt() {
    let desk = Desk::open().await;
    let tries = 1 + kairo::limits::AI_RETRIES_MAX;
    desk.upstream.script(vec![Say::Refuse(500, None); tries]);
    for what in ["coffee", "tea", "cake"] {
        let made = desk.captures(&format!("{what} w/ Dana the morrow half past nine-ish")).await;
        assert_eq!(made["capture"]["refine"], "done", "{made}");
    }
    let forms: Vec<String> = desk.upstream.asked().iter().map(|it| form(&it.body)).collect();
    let mut expected = vec!["json_schema"; tries];
    expected.extend(["tool"; 3]);
    assert_eq!(forms, expected);
    assert_eq!(desk.count("SELECT sum(month_used)::bigint FROM guard.quotas").await, 3);
}

// Goal: a parameter that is refused by name is left out from then on.
#[tokio::test]
async fn parameters_are_learnt() {
    let desk = Desk::open().await;
    desk.upstream.script([Say::Refuse(400, Some("temperature"))]);
    assert_eq!(desk.captures(DOUBTFUL).await["capture"]["refine"], "done");
    let asked = desk.upstream.asked();
    assert!(asked[0].body.get("temperature").is_some());
    assert!(asked[1].body.get("temperature").is_none());
    assert_eq!(form(&asked[1].body), "json_schema");
}

// Goal: an answer that cannot be used is asked for once more, with the reason.
#[tokio::test]
async fn an_answer_is_repaired_once() {
    let desk = Desk::open().await;
    desk.upstream.script([Say::Answer("I would say tomorrow".into())]);
    assert_eq!(desk.captures(DOUBTFUL).await["capture"]["refine"], "done");
    let asked = desk.upstream.asked();
    assert_eq!(asked.len(), 2);
    let last = asked[1].body["messages"].as_array().unwrap().last().unwrap().clone();
    assert!(last["content"].as_str().unwrap().contains("cannot be used"), "{last}");
}

// Goal: whatever a provider does, the thought stays as it was read, and says so.
#[tokio::test]
async fn any_failure_keeps_the_reading() {
    let desk = Desk::open_with(|plans| plans.free.hour = 50).await;
    for say in [
        Say::Close,
        Say::Refuse(401, None),
        Say::Garbage("<html>".into()),
        Say::Answer("{\"title\":\"x\",\"when_text\":\"coffee\",\"when_norm\":\"never\"}".into()),
    ] {
        desk.upstream.always(say.clone());
        let made = desk.captures(DOUBTFUL).await;
        assert_eq!(made["capture"]["refine"], "failed", "{say:?}");
        assert_eq!(made["items"][0]["version"], 1, "{say:?}");
    }
}
