//! A form that cannot be done gives back what was typed.

use super::*;

/// All that a person can type into an item's form.
const TYPED: [(&str, &str); 6] = [
    ("title", "my <title>"),
    ("when", "friday 2pm"),
    ("place", "my place"),
    ("people", "my people"),
    ("tags", "my tags"),
    ("notes", "my notes,\nline two"),
];

fn holds_all(page: &Answer) {
    let line = page.input("text");
    for (_, typed) in TYPED {
        for typed in typed.lines() {
            assert!(line.contains(typed), "{typed} is not in {line}");
        }
    }
}

// Goal: a session that ended meanwhile, or whose cookie is gone, costs no word.
#[tokio::test]
async fn an_ended_session_costs_no_word() {
    let app = monday().await;
    let ana = app.member(ANA).await;
    let item = keep(&ana, "buy milk").await;
    let page = ana.get(&item).await.is(200);
    let ended = app.anonymous();
    ended.keep_cookie(SESSION, &ana.cookie(SESSION).unwrap());
    ana.post_form("/sign-out", &[]).await.is(303);
    let long = "word ".repeat(1_000);
    for browser in [&ended, &app.anonymous()] {
        for text in ["lunch with \"Sam\" tomorrow 1pm", long.trim()] {
            let told = browser.post_form("/captures", &[("text", text)]).await.is(401);
            assert_eq!(
                (told.heading(), told.input("text")),
                ("You are signed out".into(), text.into())
            );
            assert!(told.text().contains("href=\"/sign-in\""));
        }
        holds_all(&save(browser, &item, &page, &TYPED).await.is(401));
    }
    // Signed in again in another tab, the page that gave the words back keeps them.
    let again = app.member(ANA).await;
    keep(&again, "lunch with \"Sam\" tomorrow 1pm").await;
    assert_eq!(rows(&again.get("/").await, "tomorrow").len(), 1);
}

// Goal: an item that was deleted in another tab costs no word, and tells nothing of other people's.
#[tokio::test]
async fn a_deleted_item_costs_no_word() {
    let app = monday().await;
    let (ana, ben) = (app.member(ANA).await, app.member(BEN).await);
    let item = keep(&ana, "buy milk").await;
    let page = ana.get(&item).await.is(200);
    press(&ana, &item, "deletion", "1", "/").await.is(303);
    let told = save(&ana, &item, &page, &TYPED).await.is(404);
    holds_all(&told);
    let foreign = save(&ben, &keep(&ana, "secret").await, &page, &TYPED).await.is(404);
    assert_eq!(foreign.text(), told.text());
}

// Goal: while the database is away every page says so within seconds, with a time to come back,
// and no word is lost.
#[tokio::test]
async fn an_absent_database_costs_no_word() {
    let mut app = monday().await;
    let ana = app.member(ANA).await;
    let item = keep(&ana, "buy milk").await;
    let page = ana.get(&item).await.is(200);
    app.stop_database();
    let since = tokio::time::Instant::now();
    let told = ana.post_form("/captures", &[("text", "lunch with Sam tomorrow 1pm")]).await.is(503);
    assert_eq!(
        (told.heading(), told.input("text")),
        ("Not saved".into(), "lunch with Sam tomorrow 1pm".into())
    );
    holds_all(&save(&ana, &item, &page, &TYPED).await.is(503));
    let zone = ana.post_form("/settings/reading", &[("zone", "Asia/Tokyo")]).await.is(503);
    assert_eq!(zone.input("zone"), "Asia/Tokyo");
    for path in ["/", "/inbox", "/done", &item, "/settings/account", "/settings/tokens"] {
        let page = ana.get(path).await.is(503);
        assert_eq!(page.heading(), "Kairo cannot answer now", "{path}");
        assert_eq!(page.header("retry-after"), "5");
    }
    press(&ana, &item, "completion", "1", "/").await.is(503);
    ana.post_form("/sign-in", &[("email", ANA)]).await.is(503);
    ana.post_form("/sign-out", &[]).await.is(503);
    assert!(ana.cookie(SESSION).is_some(), "a session that is alive lost its browser");
    ana.get("/readyz").await.is(503);
    ana.get("/healthz").await.is(200);
    assert!(since.elapsed().as_secs() < 30, "it took {:?}", since.elapsed());
}

// Goal: connections that the server ends between two requests are no reason to refuse the second.
#[tokio::test]
async fn ended_connections_are_made_again() {
    let app = monday().await;
    let ana = app.member(ANA).await;
    let host = app.superuser().await;
    let end = "SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity
                WHERE usename = 'kairo_app'";
    for n in 0..3 {
        keep(&ana, &format!("errand {n}")).await;
        host.query(end, &[]).await.unwrap();
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(all_rows(&ana.get("/inbox").await).len(), 3);
}
