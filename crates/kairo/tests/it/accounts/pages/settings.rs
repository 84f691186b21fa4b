//! How words are read: the form of it.

use kairo_capture::DateOrder;

use super::*;

fn fields<'a>(zone: &'a str, week: &'a str, order: &'a str) -> [(&'a str, &'a str); 3] {
    [("zone", zone), ("week_start", week), ("date_order", order)]
}

// Goal: what is chosen is kept, shown, and counts for the next thought.
#[tokio::test]
async fn choices_are_kept() {
    let now = "2026-11-23T17:00:00Z".parse().unwrap();
    let app = Kairo::start_with(|settings| settings.now = now).await;
    let ana = app.member(ANA).await;
    for (zone, week, order) in [
        ("Asia/Tokyo", "sunday", "DMY"),
        ("America/New_York", "saturday", "MDY"),
        ("UTC", "monday", "DMY"),
    ] {
        let answer = ana.post_form("/settings/reading", &fields(zone, week, order)).await.is(303);
        assert_eq!(answer.location(), "/settings/reading");
        let page = ana.get("/settings/reading").await.is(200);
        assert_eq!(page.notice(), "Kept. It counts from the next thought on.");
        assert_eq!(page.input("zone"), zone);
        assert_eq!(
            (page.chosen("week_start").as_str(), page.chosen("date_order").as_str()),
            (week, order)
        );
        let kept = app.person(&ana).await.settings;
        assert_eq!(kept.date_order == DateOrder::Dmy, order == "DMY");
    }
    ana.post_form("/settings/reading", &fields("Asia/Tokyo", "monday", "DMY")).await.is(303);
    ana.post_form("/captures", &[("text", "dentist 3/4 at 9:00")]).await.is(303);
    let agenda = ana.get("/").await;
    assert!(agenda.text().contains("2027-04-03T09:00"), "day first, in Tokyo");
    assert!(agenda.text().contains("in Tokyo"));
}

// Goal: a zone that is none is refused with the reason, stays in the field with all else, and changes
// nothing.
#[tokio::test]
async fn an_unknown_zone_stays_in_its_field() {
    let app = Kairo::start().await;
    let ana = app.member(ANA).await;
    let before = app.person(&ana).await.settings;
    let long = "A".repeat(5_000);
    for zone in ["Mars/Olympus", "", "Europe/Berlin\u{0}", "<b>", "../etc/passwd", &long] {
        let page = ana.post_form("/settings/reading", &fields(zone, "sunday", "DMY")).await.is(422);
        assert!(page.faults()[0].starts_with("There is no time zone of this name."));
        assert_eq!(page.input("zone"), zone);
        assert_eq!(
            (page.chosen("week_start").as_str(), page.chosen("date_order").as_str()),
            ("sunday", "DMY")
        );
    }
    assert_eq!(app.person(&ana).await.settings, before);
}

// Goal: who is signed out meanwhile is told so, and what was typed is on the page.
#[tokio::test]
async fn an_ended_session_keeps_the_words() {
    let app = Kairo::start().await;
    let ana = app.member(ANA).await;
    let cookie = ana.cookie(SESSION).unwrap();
    ana.post_form("/sign-out", &[]).await.is(303);
    for cookie in [None, Some(cookie)] {
        if let Some(cookie) = &cookie {
            ana.keep_cookie(SESSION, cookie);
        }
        let page = ana.post_form("/settings/reading", &fields("Asia/Tokyo", "", "")).await.is(401);
        assert_eq!(
            (page.heading(), page.input("text")),
            ("You are signed out".into(), "Asia/Tokyo".into())
        );
    }
}
