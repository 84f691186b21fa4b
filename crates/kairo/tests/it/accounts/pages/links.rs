//! A mailed link is opened by scanners, by the wrong browser, and twice.

use super::*;

/// Requests as mail scanners send them: no cookie, and whatever else.
async fn scan(app: &Kairo, letter: &OutboxLetter, at: usize) -> Answer {
    let token = link_token(&letter.link);
    let (method, path, headers): (_, _, &[(&str, &str)]) = match at % 5 {
        0 => ("GET", "/sign-in/link".to_owned(), &[("user-agent", "Scanner/1.0")]),
        1 => ("HEAD", "/sign-in/link".to_owned(), &[]),
        2 => ("GET", format!("/sign-in/link?t={token}"), &[("sec-fetch-site", "cross-site")]),
        3 => ("POST", "/sign-in/link".to_owned(), &[("content-type", FORM)]),
        _ => {
            let own = &[("content-type", FORM), ("sec-fetch-site", "same-origin")];
            ("POST", "/sign-in/link".to_owned(), own)
        }
    };
    let request = Request::builder().method(method).uri(path);
    let request = headers.iter().fold(request, |it, (name, value)| it.header(*name, *value));
    let body = if method == "POST" { form(&[("token", &token)]) } else { String::new() };
    sent(app, request, body).await
}

// Goal: a hundred requests without the browser's cookie spend nothing; the browser that asked is let in.
#[tokio::test]
async fn scanners_spend_nothing() {
    let app = Kairo::start().await;
    let browser = app.anonymous();
    let letter = asked(&app, &browser, ANA, "").await;
    for at in 0..100 {
        let answer = scan(&app, &letter, at).await;
        assert_eq!(answer.status.as_u16(), if at % 5 < 3 { 200 } else { 422 }, "{at}");
        assert!(answer.cookies().is_empty(), "{at}: a scanner was given a cookie");
    }
    press(&browser, &letter).await.is(303);
    assert!(is_in(&browser).await);
}

// Goal: another browser is told so, spends nothing and stays out, also when it waits for a mail itself.
#[tokio::test]
async fn another_browser_stays_out() {
    let app = Kairo::start().await;
    let (browser, other, fresh) = (app.anonymous(), app.anonymous(), app.anonymous());
    let letter = asked(&app, &browser, ANA, "").await;
    asked(&app, &other, BEN, "").await;
    for stranger in [&other, &fresh] {
        let page = press(stranger, &letter).await.is(422);
        assert_eq!(page.heading(), "This is not the browser that asked");
        assert!(!is_in(stranger).await);
        type_code(stranger, &letter.code).await.is(422);
        assert!(!is_in(stranger).await);
    }
    press(&browser, &letter).await.is(303);
    assert!(is_in(&browser).await);
}

// Goal: link and code work once, in whichever order, and what is used twice makes no second session.
#[tokio::test]
async fn a_used_proof_is_dead() {
    let app = Kairo::start().await;
    for by_code in [false, true] {
        let browser = app.anonymous();
        let letter = asked(&app, &browser, ANA, "").await;
        let binding = browser.cookie(ASKED).unwrap();
        let first = if by_code {
            type_code(&browser, &letter.code).await
        } else {
            press(&browser, &letter).await
        };
        first.is(303);
        let thief = app.anonymous();
        thief.keep_cookie(ASKED, &binding);
        let link = press(&thief, &letter).await.is(422);
        assert_eq!(link.heading(), "This link no longer works");
        let code = type_code(&thief, &letter.code).await.is(422);
        assert!(code.faults()[0].contains("no longer works"), "{:?}", code.faults());
        assert!(!is_in(&thief).await && is_in(&browser).await);
    }
}

// Goal: what is no token is refused in the same words, whatever it is.
#[tokio::test]
async fn rubbish_is_no_link() {
    let app = Kairo::start().await;
    let browser = app.anonymous();
    asked(&app, &browser, ANA, "").await;
    let long = format!("kl1_{}", "A".repeat(10_000));
    let session = format!("ks1_{}", "A".repeat(43));
    for token in ["", "kl1_", "\u{0}", "kl1_\u{fc}", &long, &session] {
        let page = browser.post_form("/sign-in/link", &[("token", token)]).await.is(422);
        assert_eq!(page.heading(), "This link no longer works");
    }
    assert!(!is_in(&browser).await);
}
