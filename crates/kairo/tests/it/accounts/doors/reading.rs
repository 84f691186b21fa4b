//! Settings, Reading: the form keeps, refuses with words, and never loses what was filled in.

use super::*;

const GOOD: [(&str, &str); 3] =
    [("zone", "Asia/Kolkata"), ("week_start", "sunday"), ("date_order", "DMY")];

async fn save(browser: &Actor, version: &str, fields: &[(&str, &str)]) -> Answer {
    let version = [("version", version)];
    let form: Vec<_> = version.iter().chain(fields).copied().collect();
    browser.post_form("/settings/reading", &form).await
}

fn chosen(answer: &Answer, value: &str) {
    says(answer, &format!("<option value=\"{value}\" selected>"));
}

// Goal: what is saved is shown on the page that follows, which says that it was kept.
#[tokio::test]
async fn settings_are_kept() {
    let app = Kairo::start_with(|it| it.now = "2026-11-23T15:42:00Z".parse().unwrap()).await;
    let ana = app.member(ANA).await;
    let page = ana.get("/settings/reading").await;
    chosen(&page, "monday");
    says(&page, "Day first: 3/4 is 3 April");
    says(&page, "<option value=\"America/New_York\">");
    let answer = save(&ana, "1", &GOOD).await;
    assert_eq!((status(&answer), answer.location()), (303, "/settings/reading"));
    let page = ana.get("/settings/reading").await;
    says(&page, "Kept. ");
    says(&page, "value=\"Asia/Kolkata\"");
    says(&page, "It is 9:12 pm on Monday 23 November there.");
    chosen(&page, "sunday");
    chosen(&page, "DMY");
    assert!(!ana.get("/settings/reading").await.text().contains("Kept. "));
}

// Goal: single letters are shortcuts until a person turns them off (WCAG 2.1.4); a form that does
// not name them leaves them as they are.
#[tokio::test]
async fn single_keys_can_be_turned_off() {
    let app = Kairo::start().await;
    let ana = app.member(ANA).await;
    let keys = |page: &Answer| page.text().contains("/assets/keys.");
    assert!(keys(&ana.get("/").await));
    let off: Vec<_> = GOOD.into_iter().chain([("single_keys", "off")]).collect();
    assert_eq!(status(&save(&ana, "1", &off).await), 303);
    assert!(!keys(&ana.get("/").await));
    assert_eq!(status(&save(&ana, "2", &GOOD).await), 303);
    let page = ana.get("/settings/reading").await;
    chosen(&page, "off");
    assert!(!keys(&page));
    let wrong: Vec<_> = GOOD.into_iter().chain([("single_keys", "maybe")]).collect();
    let refused = save(&ana, "3", &wrong).await;
    assert_eq!(status(&refused), 422);
    says(&refused, "Choose whether single keys do things.");
}

// Goal: a zone that does not exist comes back with a fault, and nothing is saved.
#[tokio::test]
async fn an_unknown_zone_comes_back() {
    let app = Kairo::start().await;
    let ana = app.member(ANA).await;
    let long = "A/".repeat(5_000);
    for bad in ["Mars/Olympus", "", "../etc/passwd", "UTC\0", &long] {
        let fields = [("zone", bad), ("week_start", "saturday"), ("date_order", "DMY")];
        let answer = save(&ana, "1", &fields).await;
        assert_eq!(status(&answer), 422, "{bad:?}");
        says(&answer, "There is no time zone of this name.");
        says(&answer, &format!("value=\"{bad}\""));
        says(&answer, "name=\"version\" value=\"1\"");
        chosen(&answer, "saturday");
        chosen(&answer, "DMY");
    }
    assert_eq!(app.person(&ana).await.settings.version, 1);
}

// Goal: a value that the form does not offer is refused at its field, not read as another.
#[tokio::test]
async fn unknown_choices_are_refused() {
    let app = Kairo::start().await;
    let ana = app.member(ANA).await;
    for (field, bad) in [("week_start", "tuesday"), ("date_order", "YMD"), ("week_start", "")] {
        let fields = GOOD.map(|(name, value)| (name, if name == field { bad } else { value }));
        let answer = save(&ana, "1", &fields).await;
        assert_eq!(status(&answer), 422, "{field} {bad}");
        says(&answer, &format!("aria-describedby=\"{field}-fault\""));
        says(&answer, "value=\"Asia/Kolkata\"");
    }
    assert_eq!(app.person(&ana).await.settings.version, 1);
}

// Goal: a zone is understood in any case and kept under its own name.
#[tokio::test]
async fn a_zone_is_kept_by_its_name() {
    let app = Kairo::start().await;
    let ana = app.member(ANA).await;
    let fields = [("zone", " europe/BERLIN "), ("week_start", "monday"), ("date_order", "MDY")];
    assert_eq!(status(&save(&ana, "1", &fields).await), 303);
    assert_eq!(app.person(&ana).await.settings.time_zone, "Europe/Berlin");
}

// Goal: of two tabs the second to save sees both texts, and saving again is knowingly on top.
#[tokio::test]
async fn two_tabs_do_not_overwrite_each_other() {
    let app = Kairo::start().await;
    let ana = app.member(ANA).await;
    assert_eq!(status(&save(&ana, "1", &GOOD).await), 303);
    let mine = [("zone", "Europe/Berlin"), ("week_start", "monday"), ("date_order", "DMY")];
    let conflict = save(&ana, "1", &mine).await;
    assert_eq!(status(&conflict), 409);
    says(&conflict, "Both texts are below; keep what you want.");
    says(&conflict, "value=\"Europe/Berlin\"");
    for stored in ["<q>Asia/Kolkata</q>", "<q>Sunday</q>"] {
        says(&conflict, stored);
    }
    assert!(!conflict.text().contains("<q>Day first"), "what is the same is shown as different");
    says(&conflict, "name=\"version\" value=\"2\"");
    assert_eq!(app.person(&ana).await.settings.time_zone, "Asia/Kolkata");
    assert_eq!(status(&save(&ana, "2", &mine).await), 303);
    assert_eq!(app.person(&ana).await.settings.time_zone, "Europe/Berlin");
}

// Goal: a session that ended while the form was open loses nothing: the form comes back filled in
// and saves once the person is in again.
#[tokio::test]
async fn a_lost_session_loses_no_form() {
    let app = Kairo::start().await;
    let ana = app.member(ANA).await;
    for cookie in [true, false] {
        if cookie {
            end_all(&app).await;
        } else {
            ana.keep_cookie(SESSION, "");
        }
        let answer = save(&ana, "1", &GOOD).await;
        assert_eq!(status(&answer), 401);
        says(&answer, "Your session has ended, so nothing was saved.");
        says(&answer, "href=\"/sign-in?next=/settings/reading\"");
        says(&answer, "value=\"Asia/Kolkata\"");
        says(&answer, "name=\"version\" value=\"1\"");
        chosen(&answer, "sunday");
        assert!(!answer.text().contains(ANA));
    }
    let again = app.member(ANA).await;
    assert_eq!(status(&save(&again, "1", &GOOD).await), 303);
}

// Goal: hostile words in a field stay words.
#[tokio::test]
async fn hostile_words_stay_words() {
    let app = Kairo::start().await;
    let ana = app.member(ANA).await;
    let hostile = "\"><script>alert(1)</script>";
    let fields = [("zone", hostile), ("week_start", hostile), ("date_order", hostile)];
    let answer = save(&ana, "1", &fields).await;
    assert_eq!(status(&answer), 422);
    assert!(!answer.text().contains("<script>"));
    let form = [("email", hostile), ("next", hostile), ("zone", hostile)];
    let answer = ana.post_form("/sign-in", &form).await;
    assert!(status(&answer) == 422 && !answer.text().contains("<script>"));
}
