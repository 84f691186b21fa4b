//! From an address to a session, by link and by code, and back out.

use kairo::limits::{CODE_TRIES_MAX, SIGN_IN_PER_MINUTE};
use kairo::web::edge::Ticks;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::*;

// Goal: address, mail, link, agenda: each page leads to the next one, and the zone comes along.
#[tokio::test]
async fn a_link_leads_in() {
    let app = Kairo::start().await;
    let browser = app.anonymous();
    let door = browser.get("/inbox").await.is(303);
    assert_eq!(door.location(), "/sign-in?next=/inbox");
    let page = browser.get(door.location()).await.is(200);
    assert_eq!(page.input("next"), "/inbox");
    ask(&browser, " Ana@Example.ORG ", "/inbox").await.is(303);
    let letter = app.letter(ANA).await;
    assert!(browser.get("/sign-in/code").await.is(200).text().contains("<b>ana@example.org</b>"));
    let landing = browser.get("/sign-in/link").await.is(200);
    assert_eq!((landing.heading(), landing.input("token")), ("Sign in".into(), "".into()));
    let answer = press(&browser, &letter).await.is(303);
    assert_eq!(answer.location(), "/inbox");
    assert_eq!(browser.get("/inbox").await.is(200).heading(), "Inbox");
    assert_eq!(browser.get("/settings/reading").await.input("zone"), "Europe/Rome");
    assert_eq!(browser.get("/sign-in?next=/done").await.is(303).location(), "/done");
    assert!(browser.cookie(ASKED).is_none(), "the binding outlived its use");
}

// Goal: the code does the same, typed as people type.
#[tokio::test]
async fn a_code_leads_in() {
    let app = Kairo::start().await;
    let browser = app.anonymous();
    let letter = asked(&app, &browser, ANA, "/done").await;
    let typed = letter.code.to_lowercase().replace('-', " ");
    assert_eq!(type_code(&browser, &typed).await.is(303).location(), "/done");
    assert!(is_in(&browser).await);
    let about = browser.get("/settings/account").await;
    assert!(
        about.text().contains("with a mailed code") && about.text().contains("Firefox on Linux")
    );
}

// Goal: a wrong code comes back with the tries that are left, and the last one says that it was.
#[tokio::test]
async fn wrong_codes_are_counted() {
    let app = Kairo::start().await;
    let browser = app.anonymous();
    let letter = asked(&app, &browser, ANA, "").await;
    let wrong = if letter.code == "0000-0000" { "1111-1111" } else { "0000-0000" };
    for left in (0..CODE_TRIES_MAX).rev() {
        let page = type_code(&browser, wrong).await.is(422);
        let told = match left {
            0 => "no try is left".to_owned(),
            1 => "1 try is left".to_owned(),
            left => format!("{left} tries are left"),
        };
        assert!(page.faults()[0].contains(&told), "{:?}", page.faults());
        assert_eq!(page.input("code"), wrong);
    }
    let late = type_code(&browser, &letter.code).await.is(422);
    assert!(late.faults()[0].contains("no longer works"), "{:?}", late.faults());
    assert!(!is_in(&browser).await);
}

// Goal: what is no address is told so, stays in the field, and no mail leaves.
#[tokio::test]
async fn what_is_no_address_stays() {
    let app = Kairo::start().await;
    let browser = app.anonymous();
    for email in ["", "ana", "ana@", "a@b@example.org", "ana@example.org\r\nBcc: x@example.org"] {
        let page = ask(&browser, email, "/done").await.is(422);
        assert_eq!(
            page.faults(),
            ["This is not an e-mail address. It looks like name@example.org."]
        );
        assert_eq!((page.input("email"), page.input("next")), (email.into(), "/done".into()));
        assert!(page.cookies().is_empty());
    }
    let markup = ask(&browser, "\"><script>alert(1)</script>", "").await.is(422);
    assert!(!markup.text().contains("<script>alert"));
    assert!(app.letters().is_empty());
}

// Goal: posts at the doors of sign-in share a strict bucket; one past it waits, other addresses and
// reading do not.
#[tokio::test]
async fn one_past_the_strict_bucket() {
    let at = Arc::new(AtomicU64::new(0));
    let hand = Arc::clone(&at);
    let app = Kairo::start_with(|settings| {
        settings.bounds.sign_in_per_minute = SIGN_IN_PER_MINUTE;
        settings.ticks = Ticks::from_fn(move || Duration::from_secs(hand.load(Ordering::Relaxed)));
    })
    .await;
    let (browser, mut neighbour) = (app.anonymous(), app.anonymous());
    neighbour.peer.set_ip([127, 0, 0, 2].into());
    let doors = ["/sign-in", "/sign-in/code", "/sign-in/link"];
    for door in doors.iter().cycle().take(usize::try_from(SIGN_IN_PER_MINUTE).unwrap()) {
        browser.post_form(door, &[]).await.is(422);
    }
    for door in doors {
        let refused = browser.post_form(door, &[]).await.is(429);
        assert_eq!(refused.header("retry-after"), "3");
        browser.get(door).await.is(200);
        neighbour.post_form(door, &[]).await.is(422);
    }
    at.store(3, Ordering::Relaxed);
    browser.post_form("/sign-in", &[]).await.is(422);
    browser.post_form("/sign-in", &[]).await.is(429);
}
