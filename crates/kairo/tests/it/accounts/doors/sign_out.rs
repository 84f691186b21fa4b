//! Leaving: here, or everywhere.

use super::*;

// Goal: signing out ends the session on the server, takes the cookie, and clears what was cached,
// but no cookie of other ports of this host.
#[tokio::test]
async fn signing_out_ends_the_session() {
    let app = Kairo::start().await;
    let (ana, phone) = (app.member(ANA).await, app.member(ANA).await);
    let secret = ana.cookie(SESSION).unwrap();
    let answer = ana.post_form("/sign-out", &[]).await;
    assert_eq!((status(&answer), answer.location()), (303, "/signed-out"));
    assert_eq!(answer.header("clear-site-data"), "\"cache\", \"storage\"");
    let (value, attributes) = cookie_of(&answer, SESSION).unwrap();
    assert_eq!((value.as_str(), attributes.ends_with("Max-Age=0")), ("", true));
    let page = ana.get("/signed-out").await;
    assert_eq!(status(&page), 200);
    assert!(!page.text().contains("Every device"));
    let thief = app.anonymous();
    thief.keep_cookie(SESSION, &secret);
    assert!(!is_in(&thief).await && is_in(&phone).await);
}

// Goal: whoever is signed out already, or never was in, is signed out as well; a link cannot do it.
#[tokio::test]
async fn signing_out_always_works() {
    let app = Kairo::start().await;
    let ana = app.member(ANA).await;
    assert_eq!(status(&ana.get("/sign-out").await), 405);
    assert!(is_in(&ana).await);
    end_all(&app).await;
    for browser in [ana, app.anonymous()] {
        let answer = browser.post_form("/sign-out", &[]).await;
        assert_eq!((status(&answer), answer.location()), (303, "/signed-out"));
        assert_eq!(cookie_of(&answer, SESSION).unwrap().0, "");
        assert!(browser.cookie(SESSION).is_none());
    }
}

// Goal: signing out everywhere ends every browser and, where it is asked for, every token; the page
// says so, once.
#[tokio::test]
async fn everywhere_is_everywhere() {
    let app = Kairo::start().await;
    let (ana, phone) = (app.member(ANA).await, app.member(ANA).await);
    let (program, ben) = (app.program(ANA).await, app.member(BEN).await);
    let answer = ana.post_form("/settings/sessions/revocation", &[]).await;
    assert_eq!((status(&answer), answer.location()), (303, "/signed-out"));
    assert_eq!(answer.header("clear-site-data"), "\"cache\", \"storage\"");
    let page = ana.get("/signed-out").await;
    says(&page, "Every device is signed out. ");
    assert!(!ana.get("/signed-out").await.text().contains("Every device"));
    assert!(!is_in(&ana).await && !is_in(&phone).await && is_in(&ben).await);
    assert_eq!(status(&program.get("/api/v1/items").await), 200);
    let again = app.member(ANA).await;
    again.post_form("/settings/sessions/revocation", &[("keys", "1")]).await;
    says(&again.get("/signed-out").await, "and 1 API token has ended");
    assert_eq!(status(&program.get("/api/v1/items").await), 401);
}
