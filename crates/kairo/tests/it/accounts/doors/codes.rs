//! The mailed code: counted tries, and a field only where a code can be right.

use super::*;

// Goal: a wrong code stays in its field and says how many tries are left; the fifth is the last.
#[tokio::test]
async fn wrong_codes_are_counted() {
    let app = Kairo::start().await;
    let ana = app.anonymous();
    let letter = mailed(&app, &ana, ANA, "").await;
    let wrong = other_code(&letter);
    for left in ["4 tries are", "3 tries are", "2 tries are", "1 try is"] {
        let answer = type_code(&ana, wrong).await;
        assert_eq!(status(&answer), 422);
        let words = "That is not the code we sent. Look for the newest mail; ";
        says(&answer, &format!("{words}{left} left."));
        says(&answer, &format!("value=\"{wrong}\""));
    }
    says(&type_code(&ana, wrong).await, "That was the last try");
    let dead = type_code(&ana, &letter.code).await;
    assert_eq!((status(&dead), dead.cookies().len()), (422, 0));
    says(&dead, "This code no longer works");
    assert!(!dead.text().contains("name=\"code\""), "a field for a code that cannot be right");
    says(&dead, "name=\"email\" value=\"ana@example.org\"");
    assert_eq!(status(&press(&ana, &letter).await), 303);
}

// Goal: a browser that did not ask has no field for a code, and is told where the code works.
#[tokio::test]
async fn a_browser_that_did_not_ask_is_told() {
    let app = Kairo::start().await;
    let letter = mailed(&app, &app.anonymous(), ANA, "").await;
    let other = app.anonymous();
    let (page, typed) = (other.get("/sign-in/code").await, type_code(&other, &letter.code).await);
    assert_eq!((status(&page), status(&typed)), (200, 422));
    for answer in [page, typed] {
        says(&answer, "This browser has not asked for one.");
        says(&answer, "href=\"/sign-in\"");
        assert!(!answer.text().contains("name=\"code\""));
        assert!(!answer.text().contains(ANA));
    }
}

// Goal: a cookie that Kairo did not write puts no words on a page and leads nowhere.
#[tokio::test]
async fn a_planted_cookie_says_nothing() {
    let app = Kairo::start().await;
    let ana = app.anonymous();
    mailed(&app, &ana, ANA, "/inbox").await;
    let real = ana.cookie(ASKED).unwrap();
    let encode = |text: &str| {
        use base64::Engine as _;
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text)
    };
    let words =
        r#"{"binding":"","email":"Call 555 now","next":"","at":"2026-11-24T09:00:00Z","zone":""}"#;
    let padded = format!("{}{}", real, "A".repeat(3_073 - real.len()));
    for planted in ["", "e30", "!", &encode(words), &padded] {
        let victim = app.anonymous();
        victim.keep_cookie(ASKED, planted);
        let page = victim.get("/sign-in/code").await;
        says(&page, "This browser has not asked for one.");
        assert!(!page.text().contains("Call 555"));
    }
}

// Goal: the page offers the outbox only where there is one.
#[tokio::test]
async fn the_page_names_the_outbox() {
    let app = Kairo::start().await;
    let ana = app.anonymous();
    mailed(&app, &ana, ANA, "").await;
    says(&ana.get("/sign-in/code").await, "href=\"/outbox\"");
}
