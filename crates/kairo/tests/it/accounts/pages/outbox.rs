//! The page of the development outbox, which shows everybody's sign-in links.

use super::*;

// Goal: it is there on a developer's machine, with every mail escaped, and is named where it helps.
#[tokio::test]
async fn a_developer_reads_the_mail() {
    let app = Kairo::start().await;
    let browser = app.anonymous();
    assert!(browser.get("/outbox").await.is(200).text().contains("No mail yet"));
    let letter = asked(&app, &browser, "a&b'c@example.org", "").await;
    let page = browser.get("/outbox").await.is(200);
    assert!(page.text().contains(&letter.code) && page.text().contains(&letter.link));
    assert!(page.text().contains("To a&#38;b&#39;c@example.org"), "{}", page.text());
    assert!(browser.get("/sign-in/code").await.text().contains("href=\"/outbox\""));
}

// Goal: where mail goes by a server, or others can reach the site, there is no such page at all.
#[tokio::test]
async fn nowhere_else_is_there_an_outbox() {
    for (loopback, outbox_page) in [(true, false), (false, true), (false, false)] {
        let app = Kairo::start_with(|settings| {
            (settings.loopback, settings.outbox_page) = (loopback, outbox_page);
        })
        .await;
        let browser = app.anonymous();
        app.forget_mails(ANA).await;
        ask(&browser, ANA, "").await.is(303);
        let code = app.letter(ANA).await.code;
        let page = browser.get("/outbox").await.is(404);
        assert!(!page.text().contains(&code) && !page.text().contains(ANA));
        let named = browser.get("/sign-in/code").await.text().contains("/outbox");
        assert!(!named || outbox_page, "{loopback} {outbox_page}");
    }
}
