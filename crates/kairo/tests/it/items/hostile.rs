//! Text that would be more than text, if a page let it.

use super::*;

const TEXTS: [&str; 12] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "</textarea><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "<!-- --><svg/onload=alert(1)>",
    "javascript:alert(1) {{7*7}} {% raw %} ${7*7}",
    "&lt;script&gt; &#60;b&#62; &amp;amp;",
    "\u{202E}txet gnorw\u{2066} \u{200F}\u{5E9}\u{5DC}\u{5D5}\u{5DD}",
    "\u{1F469}\u{200D}\u{1F469}\u{200D}\u{1F467} e\u{301}\u{301}\u{301} \u{FEFF}x",
    "a\u{0}b \u{1}\u{7F}\u{FFFE}",
    "'; DROP TABLE app.items; --",
];

/// Whether a page holds nothing that a browser would take for more than text.
fn is_text_only(page: &Answer, shown: &str) {
    let html = page.text();
    let tags = ["<script>", "<img", "<svg/onload", "<!-- -->", "onerror=alert(1)>"];
    for tag in tags {
        assert!(!html.contains(tag), "{shown} made {tag}");
    }
    // Inside of a tag a quote would end a value: none of ours holds these words but in a value.
    for (at, _) in html.match_indices("onmouseover=") {
        assert!(html[..at].ends_with("&#39; "), "{shown}");
    }
    assert!(page.header("content-security-policy").contains("script-src 'self'"));
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
}

/// A text without what no keyboard makes and no page can show.
fn written(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

/// Whether the words stand on the page as they were typed, but for runs of white space.
fn shows(page: &Answer, text: &str) {
    let text = written(text);
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(unescape(page.text()).contains(&words), "{words:?} is not shown");
}

// Goal: what was typed is shown as typed on every page that shows it, in every field, and is never
// more than text.
#[tokio::test]
async fn hostile_text_stays_text() {
    let app = monday().await;
    let ana = app.member(ANA).await;
    for text in TEXTS {
        let quoted = format!("\u{201C}{text}\u{201D} tomorrow");
        for typed in [text, &quoted] {
            keep(&ana, typed).await;
        }
        let item = keep(&ana, "plain").await;
        let page = ana.get(&item).await.is(200);
        let all =
            [("title", text), ("notes", text), ("place", text), ("people", text), ("tags", text)];
        save(&ana, &item, &page, &all).await.is(303);
        let page = ana.get(&format!("{item}?back={text}", text = "%3Cscript%3E")).await.is(200);
        is_text_only(&page, text);
        shows(&page, text);
        assert_eq!(page.area("notes"), written(text).trim());
        press(&ana, &item, "completion", "2", "/").await.is(303);
        for path in ["/", "/inbox", "/done"] {
            let page = ana.get(path).await.is(200);
            is_text_only(&page, text);
            shows(&page, text);
        }
    }
}

// Goal: hostile words in an address, a refused form or a conflict are text too.
#[tokio::test]
async fn refusals_show_text_only() {
    let app = monday().await;
    let ana = app.member(ANA).await;
    let item = keep(&ana, "plain #x with Sam tomorrow").await;
    let page = ana.get(&item).await.is(200);
    for text in TEXTS {
        let query = crate::harness::http::form(&[
            ("q", text),
            ("tag", text),
            ("person", text),
            ("text", text),
        ]);
        for path in ["/", "/inbox", "/done", "/sign-in", "/nothing"] {
            let answer = ana.get(&format!("{path}?{query}")).await;
            if answer.status.as_u16() != 303 {
                is_text_only(&answer, text);
            }
        }
        let refused = save(&ana, &item, &page, &[("when", text), ("kind", text), ("title", text)])
            .await
            .is(422);
        is_text_only(&refused, text);
        let old =
            [("version", "99"), ("title", text), ("notes", text), ("place", text), ("kind", text)];
        is_text_only(&save(&ana, &item, &page, &old).await.is(409), text);
        let ended = app.anonymous().post_form("/captures", &[("text", text)]).await.is(401);
        is_text_only(&ended, text);
        shows(&ended, text);
    }
}

// Goal: somebody's words inside of our own sentence are isolated, so that they cannot turn it
// around.
#[tokio::test]
async fn words_are_isolated_in_sentences() {
    let app = monday().await;
    let ana = app.member(ANA).await;
    keep(&ana, "\u{202E}evil").await;
    let notice = ana.get("/").await.notice();
    assert_eq!(notice, "Kept “\u{2068}\u{202E}evil\u{2069}” in the inbox.");
}
