//! Sessions as their owner sees them: a new one at each sign-in, and an end to one or all.

use super::*;
use crate::harness::page::between;

/// The buttons that end something on a page of the settings.
fn revocations(page: &Answer) -> Vec<String> {
    let actions = between(page.text(), "<form method=\"post\" action=\"", "\"");
    let ends = actions.into_iter().filter(|action| action.ends_with("/revocation"));
    ends.filter(|action| action.matches('/').count() == 4).map(str::to_owned).collect()
}

// Goal: whatever session the browser carried before, it has another after signing in, and the old one
// opens nothing (session fixation).
#[tokio::test]
async fn signing_in_changes_the_secret() {
    let app = Kairo::start().await;
    let browser = signed_in(&app, ANA).await;
    for email in [ANA, BEN] {
        let before = browser.cookie(SESSION).unwrap();
        let letter = asked(&app, &browser, email, "").await;
        press(&browser, &letter).await.is(303);
        assert_ne!(browser.cookie(SESSION).unwrap(), before);
        let thief = app.anonymous();
        thief.keep_cookie(SESSION, &before);
        assert!(!is_in(&thief).await, "the session from before is alive");
        assert!(is_in(&browser).await);
    }
}

// Goal: a cookie that an attacker planted is worth nothing after its victim signed in.
#[tokio::test]
async fn a_planted_cookie_is_worth_nothing() {
    let app = Kairo::start().await;
    let planted = format!("ks1_{}", "A".repeat(43));
    let (victim, attacker) = (app.anonymous(), app.anonymous());
    for browser in [&victim, &attacker] {
        browser.keep_cookie(SESSION, &planted);
    }
    let letter = asked(&app, &victim, ANA, "").await;
    press(&victim, &letter).await.is(303);
    assert_ne!(victim.cookie(SESSION).unwrap(), planted);
    assert!(is_in(&victim).await && !is_in(&attacker).await);
}

// Goal: another device is signed out by its button, is told when it comes back, and this one stays.
#[tokio::test]
async fn one_session_ends() {
    let app = Kairo::start().await;
    let (here, there) = (signed_in(&app, ANA).await, signed_in(&app, ANA).await);
    let page = here.get("/settings/account").await.is(200);
    let ends = revocations(&page);
    assert_eq!((ends.len(), page.text().matches("This device</span>").count()), (1, 1));
    let answer = here.post_form(&ends[0], &[]).await.is(303);
    assert_eq!(answer.location(), "/settings/account");
    let after = here.get("/settings/account").await.is(200);
    assert!(after.notice().starts_with("Signed out on Firefox on Linux."), "{}", after.notice());
    assert!(revocations(&after).is_empty());
    assert_eq!(here.get("/settings/account").await.notice(), "", "the sentence stayed");
    assert!(!is_in(&there).await && is_in(&here).await);
    here.post_form(&ends[0], &[]).await.is(404);
}

// Goal: a session that ends itself by its own id is told that it is out.
#[tokio::test]
async fn this_session_ends_by_its_id() {
    let app = Kairo::start().await;
    let ana = signed_in(&app, ANA).await;
    let id = app.superuser().await.query("SELECT id::text FROM authn.sessions", &[]).await.unwrap();
    let path = format!("/settings/sessions/{}/revocation", id[0].get::<_, String>(0));
    let answer = ana.post_form(&path, &[]).await.is(303);
    assert_eq!((answer.location(), ana.cookie(SESSION)), ("/signed-out", None));
}

// Goal: signing out ends the session in the database, empties the browser, and may be pressed again.
#[tokio::test]
async fn signing_out_is_final() {
    let app = Kairo::start().await;
    let (ana, other) = (signed_in(&app, ANA).await, signed_in(&app, ANA).await);
    let cookie = ana.cookie(SESSION).unwrap();
    let answer = ana.post_form("/sign-out", &[]).await.is(303);
    assert_eq!(answer.location(), "/signed-out");
    assert_eq!(answer.header("clear-site-data"), "\"cache\", \"storage\"");
    assert_eq!(ana.cookie(SESSION), None);
    let page = ana.get("/signed-out").await.is(200);
    assert_eq!(page.heading(), "You are signed out");
    assert!(!page.text().contains("Every device"));
    ana.keep_cookie(SESSION, &cookie);
    assert!(!is_in(&ana).await && is_in(&other).await);
    ana.post_form("/sign-out", &[]).await.is(303);
    app.anonymous().post_form("/sign-out", &[]).await.is(303);
}

// Goal: signing out everywhere ends every browser; API tokens end with them only when that was ticked.
#[tokio::test]
async fn signing_out_everywhere() {
    let app = Kairo::start().await;
    for (keys, told) in [(false, ""), (true, "2 API tokens have ended")] {
        let (program, reader) = (app.program(ANA).await, app.reader(ANA).await);
        let (here, there) = (signed_in(&app, ANA).await, signed_in(&app, ANA).await);
        let ben = signed_in(&app, BEN).await;
        let ticked: &[(&str, &str)] = if keys { &[("keys", "1")] } else { &[] };
        if !keys {
            // The tokens of this turn are the ones that the next turn must not count.
            here.post_form("/settings/sessions/revocation", ticked).await.is(303);
        } else {
            let page = here.get("/settings/account").await.is(200);
            let tokens: usize = between(page.text(), "End my ", " API tokens")[0].parse().unwrap();
            assert_eq!(tokens, 4);
            here.post_form("/settings/sessions/revocation", ticked).await.is(303);
        }
        let page = here.get("/signed-out").await.is(200);
        assert!(page.text().contains("Every device is signed out"));
        assert_eq!(page.text().contains("API token"), keys);
        let told = told.replace('2', if keys { "4" } else { "2" });
        assert!(page.text().contains(&told));
        assert!(!is_in(&here).await && !is_in(&there).await && is_in(&ben).await);
        let status = if keys { 401 } else { 200 };
        for bearer in [&program, &reader] {
            assert_eq!(bearer.get("/api/v1/items").await.status.as_u16(), status);
        }
    }
}

// Goal: a token is shown by its name and scopes, ends by its button, and its owner is told.
#[tokio::test]
async fn one_token_ends() {
    let app = Kairo::start().await;
    let ana = signed_in(&app, ANA).await;
    assert!(ana.get("/settings/tokens").await.is(200).text().contains("There is none."));
    let (program, reader) = (app.program(ANA).await, app.reader(ANA).await);
    let page = ana.get("/settings/tokens").await.is(200);
    assert!(page.text().contains("Scopes: reads only.") && page.text().contains("<b>A test</b>"));
    let ends = revocations(&page);
    assert_eq!(ends.len(), 2);
    let answer = ana.post_form(&ends[0], &[]).await.is(303);
    assert_eq!(answer.location(), "/settings/tokens");
    let after = ana.get("/settings/tokens").await;
    assert_eq!(after.notice(), "The token is revoked. It cannot open anything from now on.");
    assert_eq!(revocations(&after), ends[1..]);
    let alive = [program.get("/api/v1/items").await, reader.get("/api/v1/items").await];
    assert_eq!(alive.iter().filter(|answer| answer.status.as_u16() == 401).count(), 1);
    ana.post_form(&ends[0], &[]).await.is(404);
    // A browser's session is not ended by the form of tokens, nor the other way about in silence.
    let id = app.person(&app.member(ANA).await).await.session_id;
    ana.post_form(&format!("/settings/tokens/{id}/revocation"), &[]).await.is(404);
    ana.post_form("/settings/tokens/nothing/revocation", &[]).await.is(400);
}
