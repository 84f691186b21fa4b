//! Done, deleted, and taken back.

use super::*;

// Goal: a task is done, is found among the done, and undo puts it back where it was.
#[tokio::test]
async fn done_and_undone() {
    let app = monday().await;
    let ana = app.member(ANA).await;
    let item = keep(&ana, "call the bank tomorrow").await;
    let answer = press(&ana, &item, "completion", "1", "/").await.is(303);
    assert_eq!(answer.location(), format!("/#row-{}", &item["/items/".len()..]));
    let page = ana.get("/").await.is(200);
    assert_eq!(page.notice(), "Done: “\u{2068}call the bank\u{2069}”.");
    let done = ana.get("/done").await.is(200);
    assert_eq!(rows(&done, "d2026-11-23"), row("2:00 pm", "call the bank"));
    assert_eq!(undo(&ana, &page).await.unwrap().is(303).location(), answer.location());
    let page = ana.get("/").await.is(200);
    assert_eq!(page.notice(), "“\u{2068}call the bank\u{2069}” is as it was before.");
    assert_eq!(rows(&page, "tomorrow"), row("", "call the bank"));
    assert!(all_rows(&ana.get("/done").await).is_empty());
    undo(&ana, &page).await.unwrap().is(303);
    assert_eq!(all_rows(&ana.get("/done").await).len(), 1, "an undo is undone too");
}

// Goal: a circle that was pressed by mistake is pressed again, from the list of the done.
#[tokio::test]
async fn reopened_from_the_done() {
    let app = monday().await;
    let ana = app.member(ANA).await;
    let item = keep(&ana, "buy milk").await;
    press(&ana, &item, "completion", "1", "/inbox").await.is(303);
    let answer = press(&ana, &item, "reopening", "2", "/done").await.is(303);
    assert!(answer.location().starts_with("/done#row-"));
    let page = ana.get("/done").await.is(200);
    assert_eq!(page.notice(), "“\u{2068}buy milk\u{2069}” is to be done again.");
    assert_eq!(all_rows(&ana.get("/inbox").await).len(), 1);
}

// Goal: a deleted item is gone from every page, and comes back whole.
#[tokio::test]
async fn deleted_and_brought_back() {
    let app = monday().await;
    let ana = app.member(ANA).await;
    let item = keep(&ana, "lunch with Sam tomorrow 1pm").await;
    let before = sheet(&ana.get(&item).await);
    let answer = press(&ana, &item, "deletion", "1", &item).await.is(303);
    assert!(answer.location().starts_with("/#row-"), "back to a page that is gone");
    let page = ana.get("/").await.is(200);
    assert_eq!(page.notice(), "Deleted “\u{2068}lunch with Sam\u{2069}”.");
    ana.get(&item).await.is(404);
    assert!(all_rows(&ana.get("/").await).is_empty());
    undo(&ana, &page).await.unwrap().is(303);
    let mut after = sheet(&ana.get(&item).await.is(200));
    for (name, value) in &mut after {
        if *name == "version" {
            assert_eq!(std::mem::replace(value, "1".to_owned()), "3");
        }
    }
    assert_eq!(after, before);
}

// Goal: the sentence and its undo stay for one page, and belong to the browser that pressed.
#[tokio::test]
async fn the_sentence_is_said_once() {
    let app = monday().await;
    let (ana, other) = (app.member(ANA).await, app.member(ANA).await);
    let item = keep(&ana, "buy milk").await;
    press(&ana, &item, "deletion", "1", "/").await.is(303);
    assert_eq!(other.get("/").await.notice(), "");
    assert_ne!(ana.get("/inbox").await.notice(), "");
    assert_eq!(ana.get("/inbox").await.notice(), "");
}

// Goal: a button of a page that is older than the item changes nothing and says so.
#[tokio::test]
async fn an_old_page_changes_nothing() {
    let app = monday().await;
    let ana = app.member(ANA).await;
    let item = keep(&ana, "buy milk").await;
    press(&ana, &item, "completion", "1", "/").await.is(303);
    for (verb, back) in [("deletion", "/inbox"), ("reopening", "/"), ("restoration", "/done")] {
        press(&ana, &item, verb, "1", back).await.is(303);
        let page = ana.get(back).await.is(200);
        let told =
            "“\u{2068}buy milk\u{2069}” was changed elsewhere meanwhile, so nothing was done.";
        assert_eq!(page.notice(), told);
        assert!(undo(&ana, &page).await.is_none());
    }
    assert_eq!(all_rows(&ana.get("/done").await).len(), 1);
}

// Goal: what cannot be pressed is refused clearly: nothing to undo, no version, another list.
#[tokio::test]
async fn odd_presses_are_refused() {
    let app = monday().await;
    let ana = app.member(ANA).await;
    let item = keep(&ana, "buy milk").await;
    let nothing = press(&ana, &item, "restoration", "1", "/").await.is(409);
    assert!(nothing.text().contains("There is no change to take back."));
    for version in ["", "x", "99999999999", "1.0"] {
        press(&ana, &item, "completion", version, "/").await.is(422);
    }
    ana.post_form(&format!("{item}/completion"), &[]).await.is(422);
    for path in ["/items/x/completion", "/items/1/deletion", "/items/%FF/restoration"] {
        ana.post_form(path, &[("version", "1")]).await.is(404);
    }
    ana.get(&format!("{item}/completion")).await.is(405);
    for back in ["//evil.example", "https://evil.example", "/settings/account", "/\r\nx: y"] {
        let answer = press(&ana, &item, "completion", "1", back).await.is(303);
        assert!(answer.location().starts_with("/#row-"), "{}", answer.location());
    }
}
