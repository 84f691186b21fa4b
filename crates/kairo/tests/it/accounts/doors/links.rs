//! The mailed link: inert until a person presses, good in one browser, once.

use super::*;
use axum::body::Body;
use axum::http::Request;

// Goal: mail scanners, which open links without cookies and even press buttons, use nothing up.
#[tokio::test]
async fn scanners_use_nothing_up() {
    let app = Kairo::start().await;
    let ana = app.anonymous();
    let letter = mailed(&app, &ana, ANA, "").await;
    for round in 0..100 {
        let scanner = app.anonymous();
        for method in ["GET", "HEAD"] {
            let opened = scanner.request(method, "/sign-in/link").body(Body::empty()).unwrap();
            let opened = scanner.send(opened).await;
            assert_eq!((status(&opened), opened.cookies().len()), (200, 0), "round {round}");
        }
        let pressed = press(&scanner, &letter).await;
        assert_eq!((status(&pressed), pressed.cookies().len()), (422, 0), "round {round}");
        assert_eq!(status(&type_code(&scanner, &letter.code).await), 422, "round {round}");
    }
    assert_eq!(press(&ana, &letter).await.location(), "/");
    assert!(is_in(&ana).await);
}

// Goal: a scanner that sends no headers of a browser at all uses nothing up either.
#[tokio::test]
async fn a_bare_post_uses_nothing_up() {
    let app = Kairo::start().await;
    let ana = app.anonymous();
    let letter = mailed(&app, &ana, ANA, "").await;
    let bare = Request::post("/sign-in/link")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(format!("token={}&zone=", link_token(&letter.link))))
        .unwrap();
    assert_eq!(status(&app.anonymous().send(bare).await), 422);
    assert_eq!(press(&ana, &letter).await.location(), "/");
}

// Goal: a link that was forwarded opens nothing in another browser, also not in one that asked for
// itself, and stays good where it was asked for.
#[tokio::test]
async fn another_browser_is_told_so() {
    let app = Kairo::start().await;
    let (ana, ben) = (app.anonymous(), app.anonymous());
    let letter = mailed(&app, &ana, ANA, "").await;
    mailed(&app, &ben, BEN, "").await;
    let answer = press(&ben, &letter).await;
    assert_eq!(status(&answer), 422);
    says(&answer, "This is not the browser that asked");
    assert!(answer.cookies().is_empty() && !answer.text().contains(ANA));
    assert!(!is_in(&ben).await);
    assert_eq!(status(&press(&ana, &letter).await), 303);
}

// Goal: a used link is dead, also in its own browser with its own cookie put back.
#[tokio::test]
async fn a_used_link_is_dead() {
    let app = Kairo::start().await;
    let ana = app.anonymous();
    let letter = mailed(&app, &ana, ANA, "").await;
    let binding = ana.cookie(ASKED).unwrap();
    assert_eq!(status(&press(&ana, &letter).await), 303);
    let thief = app.anonymous();
    thief.keep_cookie(ASKED, &binding);
    let replayed = press(&thief, &letter).await;
    assert_eq!(status(&replayed), 422);
    says(&replayed, "This link no longer works");
    says(&type_code(&thief, &letter.code).await, "This code no longer works");
    assert_eq!(count(&app, LIVE_WEB).await, 1);
}

// Goal: what is no link is answered as a dead one, however it looks.
#[tokio::test]
async fn nonsense_is_a_dead_link() {
    let app = Kairo::start().await;
    let ana = app.anonymous();
    mailed(&app, &ana, ANA, "").await;
    let long = "kl1_".repeat(20_000);
    for token in ["", "kl1_", "\0", "ks1_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", &long] {
        let answer = ana.post_form("/sign-in/link", &[("token", token), ("zone", "")]).await;
        assert_eq!(status(&answer), 422);
        says(&answer, "This link no longer works");
    }
}

// Goal: links lead to the configured origin, whatever host a request names (a stolen token
// otherwise).
#[tokio::test]
async fn links_lead_to_the_origin() {
    let app = Kairo::start().await;
    let body = Body::from("email=ana%40example.org&next=&zone=");
    let request = Request::post("/sign-in")
        .header("host", "evil.example")
        .header("x-forwarded-host", "evil.example")
        .header("forwarded", "host=evil.example")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body)
        .unwrap();
    assert_eq!(app.anonymous().send(request).await.location(), "/sign-in/code");
    let letter = app.letter(ANA).await;
    assert!(letter.link.starts_with("https://localhost:8443/sign-in/link#t=kl1_"));
    assert!(!letter.text.contains("evil"));
}
