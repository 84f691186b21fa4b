//! Settings, Account: where one is signed in, and an end to each of them.

use super::*;

async fn id_of(app: &Kairo, actor: &Actor) -> uuid::Uuid {
    app.person(actor).await.session_id
}

fn revocation(kind: &str, id: uuid::Uuid) -> String {
    format!("/settings/{kind}/{id}/revocation")
}

// Goal: the page shows each browser by name, time and method, this one first, and no address.
#[tokio::test]
async fn sessions_are_listed() {
    let app = Kairo::start().await;
    let (phone, ana) = (app.member(ANA).await, app.member(ANA).await);
    app.member(BEN).await;
    let host = app.superuser().await;
    let aged = "UPDATE authn.sessions SET method = 'code',
                       last_seen_at = last_seen_at - interval '190 minutes'
                 WHERE id = ";
    host.execute(&format!("{aged}'{}'", id_of(&app, &phone).await)).await.unwrap();
    let page = ana.get("/settings/account").await;
    says(&page, ANA);
    assert_eq!(page.text().matches("<b>Firefox on Linux</b>").count(), 2);
    says(&page, "Active 3 hours ago. Signed in today with a mailed code.");
    says(&page, "Active now. Signed in today with a mailed link.");
    let here = page.text().find("This device").unwrap();
    let there = page.text().find(&revocation("sessions", id_of(&app, &phone).await)).unwrap();
    assert!(here < there, "this device does not come first");
    assert!(!page.text().contains("127.0.0.1"));
}

// Goal: one press ends one other browser, and the page that follows says so, once.
#[tokio::test]
async fn one_session_can_be_ended() {
    let app = Kairo::start().await;
    let (ana, phone) = (app.member(ANA).await, app.member(ANA).await);
    let path = revocation("sessions", id_of(&app, &phone).await);
    let answer = ana.post_form(&path, &[]).await;
    assert_eq!((status(&answer), answer.location()), (303, "/settings/account"));
    let (_, attributes) = cookie_of(&answer, NOTICE).unwrap();
    assert_eq!(attributes, "Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=60");
    let page = ana.get("/settings/account").await;
    says(&page, "Signed out on Firefox on Linux. It cannot open anything from now on.");
    assert!(!ana.get("/settings/account").await.text().contains("Signed out on"));
    assert!(!is_in(&phone).await && is_in(&ana).await);
    assert_eq!(status(&ana.post_form(&path, &[]).await), 404);
}

// Goal: ending the session that asks is signing out.
#[tokio::test]
async fn ending_this_session_signs_out() {
    let app = Kairo::start().await;
    let ana = app.member(ANA).await;
    let path = revocation("sessions", id_of(&app, &ana).await);
    let answer = ana.post_form(&path, &[]).await;
    assert_eq!(answer.location(), "/signed-out");
    assert_eq!(answer.header("clear-site-data"), "\"cache\", \"storage\"");
    assert!(ana.cookie(SESSION).is_none());
}

// Goal: what belongs to somebody else, or to nobody, is not there, and nothing happens to it.
#[tokio::test]
async fn others_have_nothing_to_end() {
    let app = Kairo::start().await;
    let (ana, ben) = (app.member(ANA).await, app.member(BEN).await);
    let program = app.program(ANA).await;
    let (session, token) = (id_of(&app, &ana).await, id_of(&app, &program).await);
    let nobody = app.base.ids.next().unwrap();
    for (kind, id) in [("sessions", session), ("tokens", token), ("sessions", nobody)] {
        let answer = ben.post_form(&revocation(kind, id), &[]).await;
        assert_eq!((status(&answer), answer.cookies().len()), (404, 0), "{kind}");
    }
    for (kind, id) in [("sessions", "x"), ("tokens", "%00"), ("sessions", "1%27--")] {
        let path = format!("/settings/{kind}/{id}/revocation");
        assert_eq!(status(&ben.post_form(&path, &[]).await), 404, "{path}");
    }
    assert!(is_in(&ana).await);
    assert_eq!(status(&program.get("/api/v1/items").await), 200);
}

// Goal: a token is no session: its name, a person's words, must not get into the notice's cookie.
#[tokio::test]
async fn a_token_is_no_session() {
    let app = Kairo::start().await;
    let (ana, program) = (app.member(ANA).await, app.program(ANA).await);
    let answer = ana.post_form(&revocation("sessions", id_of(&app, &program).await), &[]).await;
    assert_eq!((status(&answer), answer.cookies().len()), (404, 0));
    let answer = ana.post_form(&revocation("tokens", id_of(&app, &ana).await), &[]).await;
    assert_eq!(status(&answer), 404);
    assert!(is_in(&ana).await);
}

// Goal: a visit after five minutes is written down, after the answer.
#[tokio::test]
async fn a_visit_is_written_down() {
    let app = Kairo::start().await;
    let ana = app.member(ANA).await;
    let host = app.superuser().await;
    let age = "UPDATE authn.sessions SET last_seen_at = last_seen_at - interval '6 minutes'";
    host.execute(age).await.unwrap();
    let old =
        "SELECT count(*) FROM authn.sessions WHERE last_seen_at < now() - interval '5 minutes'";
    assert_eq!(count(&app, old).await, 1);
    for path in ["/settings/account", "/settings/reading", "/settings/tokens"] {
        host.execute(age).await.unwrap();
        assert_eq!(status(&ana.get(path).await), 200);
        let mut looks = 0;
        while count(&app, old).await > 0 {
            looks += 1;
            assert!(looks < 500, "{path} wrote nothing");
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    }
}

// Goal: the settings begin with the account.
#[tokio::test]
async fn the_settings_lead_to_the_account() {
    let app = Kairo::start().await;
    let ana = app.member(ANA).await;
    let answer = ana.get("/settings").await;
    assert_eq!((status(&answer), answer.location()), (303, "/settings/account"));
}
