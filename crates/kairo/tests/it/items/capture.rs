//! The capture line: typed, kept once, found on its day.

use futures_util::future::join_all;
use kairo::limits::CAPTURE_TEXT_CHARS_MAX;

use super::*;

// Goal: the main job: a thought that is typed stands on its day, with the sentence that says so.
#[tokio::test]
async fn a_thought_stands_on_its_day() {
    let app = monday().await;
    let ana = app.member(ANA).await;
    let item = keep(&ana, "lunch with Sam tomorrow 1pm").await;
    let page = ana.get("/").await.is(200);
    assert_eq!(rows(&page, "tomorrow"), row("1:00 pm", "lunch with Sam"));
    assert_eq!(page.notice(), "Kept “\u{2068}lunch with Sam\u{2069}”.");
    let sheet = ana.get(&item).await.is(200);
    assert_eq!(sheet_input(&sheet, "people"), "Sam");
    assert!(
        sheet.text().contains("<q>lunch with Sam tomorrow 1pm</q>"),
        "the words as they were typed"
    );
    for (text, section, expected) in [
        ("call the bank today 16:30", "today", row("4:30 pm", "call the bank")),
        ("dentist friday 9am", "d2026-11-27", row("9:00 am", "dentist")),
        ("pay rent 1 Dec", "next-week", row("Tue 1", "pay rent")),
    ] {
        keep(&ana, text).await;
        assert_eq!(rows(&ana.get("/").await, section), expected, "{text}");
    }
    assert!(all_rows(&ana.get("/inbox").await).is_empty());
}

// Goal: a thought that was kept can be taken back at once, and that in turn; of several from one
// text the notice names one, and offers nothing that would reach that one alone.
#[tokio::test]
async fn a_new_thought_can_be_taken_back() {
    let app = monday().await;
    let ana = app.member(ANA).await;
    for text in ["lunch with Sam tomorrow 1pm", "buy milk"] {
        keep(&ana, text).await;
        let page = ana.get("/").await.is(200);
        undo(&ana, &page).await.expect("a way back").is(303);
        let page = ana.get("/").await.is(200);
        assert!(page.notice().starts_with("Deleted "), "{text}: {}", page.notice());
        undo(&ana, &page).await.expect("a way back").is(303);
        assert!(ana.get("/").await.notice().ends_with(" is as it was before."));
    }
    keep(&ana, "- call Tom\n- buy bread").await;
    let page = ana.get("/").await.is(200);
    assert!(page.notice().ends_with(", and what else you wrote."), "{}", page.notice());
    assert!(undo(&ana, &page).await.is_none());
}

// Goal: what has no day waits in the inbox, and every page counts it.
#[tokio::test]
async fn undated_thoughts_wait() {
    let app = monday().await;
    let ana = app.member(ANA).await;
    keep(&ana, "buy milk").await;
    let inbox = ana.get("/inbox").await.is(200);
    assert_eq!(all_rows(&inbox), row("", "buy milk"));
    assert_eq!(inbox.notice(), "Kept “\u{2068}buy milk\u{2069}” in the inbox.");
    keep(&ana, "buy bread").await;
    for path in
        ["/", "/inbox", "/done", "/settings/account", "/settings/reading", "/settings/tokens"]
    {
        let page = ana.get(path).await.is(200);
        assert!(page.text().contains("figures\">2<span class=\"hidden\"> waiting"), "{path}");
    }
    assert!(all_rows(&ana.get("/").await).is_empty());
}

// Goal: yesterday's open task is overdue, and stays until it is done.
#[tokio::test]
async fn what_is_late_comes_first() {
    let app = monday().await;
    let ana = app.member(ANA).await;
    let item = keep(&ana, "pay the bill by tomorrow 9am").await;
    app.time.set("2026-11-26T08:00:00Z".parse().unwrap());
    let page = ana.get("/").await.is(200);
    assert_eq!(rows(&page, "overdue"), row("Tue 24", "pay the bill"));
    press(&ana, &item, "completion", "1", "/").await.is(303);
    let page = ana.get("/").await.is(200);
    assert_eq!(rows(&page, "overdue"), []);
    assert_eq!(rows(&page, "today")[0].1, "pay the bill");
}

// Goal: what a person dismissed stays words.
#[tokio::test]
async fn dismissed_words_stay_words() {
    let app = monday().await;
    let ana = app.member(ANA).await;
    let fields = [("text", "buy milk tomorrow"), ("dismissed", "9-17")];
    ana.post_form("/captures", &fields).await.is(303);
    assert_eq!(all_rows(&ana.get("/inbox").await), row("", "buy milk tomorrow"));
    for broken in ["17-9", "0-99999999999999999999", "x", "-", "9-17,,", ":"] {
        let fields = [("text", "buy milk"), ("dismissed", broken), ("choices", broken)];
        ana.post_form("/captures", &fields).await.is(303);
    }
}

// Goal: a line that is pressed twice is one item, one after the other and at once.
#[tokio::test(flavor = "multi_thread")]
async fn a_double_press_is_one_item() {
    let app = monday().await;
    let ana = app.member(ANA).await;
    let key = ana.get("/").await.input("key");
    let fields = [("text", "buy milk"), ("key", key.as_str())];
    let first = ana.post_form("/captures", &fields).await.is(303);
    let second = ana.post_form("/captures", &fields).await.is(303);
    assert_eq!(first.location(), second.location());
    let fields = [("text", "buy bread"), ("key", key.as_str())];
    let presses = join_all((0..10).map(|_| ana.post_form("/captures", &fields))).await;
    for press in presses {
        press.is(303);
    }
    assert_eq!(all_rows(&ana.get("/inbox").await).len(), 2, "one of each text");
}

// Goal: a key makes nothing disappear: another text under it, and the same text under another, are
// kept.
#[tokio::test]
async fn a_key_hides_nothing() {
    let app = monday().await;
    let (ana, ben) = (app.member(ANA).await, app.member(BEN).await);
    let long = "k".repeat(65);
    for (text, key) in [
        ("buy milk", "one"),
        ("buy bread", "one"),
        ("buy milk ", "one"),
        ("buy milk", "two"),
        ("buy milk", ""),
        ("buy milk", ""),
        ("buy milk", &long),
        ("buy milk", &long),
    ] {
        ana.post_form("/captures", &[("text", text), ("key", key)]).await.is(303);
    }
    assert_eq!(all_rows(&ana.get("/inbox").await).len(), 8);
    ben.post_form("/captures", &[("text", "buy milk"), ("key", "one")]).await.is(303);
    assert_eq!(all_rows(&ben.get("/inbox").await).len(), 1, "another person's key is another key");
}

// Goal: a line that is refused comes back as it was typed, with the reason and all that was
// pressed.
#[tokio::test]
async fn a_refused_line_comes_back() {
    let app = monday().await;
    let ana = app.member(ANA).await;
    keep(&ana, "lunch tomorrow 1pm").await;
    let long = "ä".repeat(CAPTURE_TEXT_CHARS_MAX + 1);
    let longer = format!("  {}  ", "<i>\"&".repeat(2_000));
    for (text, told) in [
        ("", "Type a thought first."),
        (" \n ", "Type a thought first."),
        (long.as_str(), "This has 2,001 characters; 2,000 are the most."),
        (longer.as_str(), "This has 10,004 characters; 2,000 are the most."),
    ] {
        let fields = [("text", text), ("dismissed", "0-1"), ("choices", "0-1:x"), ("key", "k")];
        let page = ana.post_form("/captures", &fields).await.is(422);
        assert!(page.faults()[0].starts_with(told), "{:?}", page.faults());
        assert_eq!(page.input("text"), text);
        assert_eq!(
            (page.input("dismissed"), page.input("choices")),
            ("0-1".into(), "0-1:x".into())
        );
        assert_eq!(rows(&page, "tomorrow").len(), 1, "the agenda is still there");
    }
    let longest = "ä".repeat(CAPTURE_TEXT_CHARS_MAX);
    keep(&ana, &longest).await;
}

// Goal: a shared text waits in the line and is not kept before somebody presses Enter.
#[tokio::test]
async fn a_link_fills_the_line() {
    let app = monday().await;
    let ana = app.member(ANA).await;
    let page = ana.get("/?text=buy+%3Cb%3Emilk").await.is(200);
    assert_eq!(page.input("text"), "buy <b>milk");
    assert!(all_rows(&ana.get("/inbox").await).is_empty());
    let long = ana.get(&format!("/?text={}", "a".repeat(CAPTURE_TEXT_CHARS_MAX + 1))).await.is(200);
    assert_eq!(long.input("text").len(), CAPTURE_TEXT_CHARS_MAX);
}

// Goal: word, tag and person narrow each list, and a word that nothing holds says so.
#[tokio::test]
async fn lists_are_narrowed() {
    let app = monday().await;
    let ana = app.member(ANA).await;
    for text in ["lunch with Sam tomorrow 1pm #food", "call Priya tomorrow 3pm", "buy milk #food"] {
        keep(&ana, text).await;
    }
    for (path, count) in [
        ("/?q=LUNCH", 1),
        ("/?tag=food", 1),
        ("/?tag=Food&q=call", 0),
        ("/?person=sam", 1),
        ("/?q=nothing", 0),
        ("/inbox?tag=food", 1),
        ("/inbox?q=lunch", 0),
        ("/inbox?q=+Milk+", 1),
    ] {
        let page = ana.get(path).await.is(200);
        assert_eq!(all_rows(&page).len(), count, "{path}");
    }
    assert!(ana.get("/inbox?q=lunch").await.text().contains("Nothing matches."));
}
