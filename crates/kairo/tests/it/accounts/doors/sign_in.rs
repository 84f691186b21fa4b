//! The whole path from the form to the session, by link and by code.

use super::*;

// Goal: a person signs in with the mailed link and lands where they wanted to go.
#[tokio::test]
async fn a_link_signs_in() {
    let app = Kairo::start().await;
    let ana = app.anonymous();
    let away = ana.get("/settings/reading").await;
    assert_eq!((status(&away), away.location()), (303, "/sign-in?next=/settings/reading"));
    let form = ana.get(away.location()).await;
    says(&form, "<input type=\"hidden\" name=\"next\" value=\"/settings/reading\">");
    let letter = mailed(&app, &ana, ANA, "/settings/reading").await;
    says(&ana.get("/sign-in/code").await, ANA);
    says(&ana.get("/sign-in/link").await, "action=\"/sign-in/link\"");
    let answer = press(&ana, &letter).await;
    assert_eq!((status(&answer), answer.location()), (303, "/settings/reading"));
    says(&ana.get("/settings/reading").await, "value=\"Europe/Rome\"");
    assert!(ana.cookie(ASKED).is_none(), "the binding outlived the sign-in");
}

// Goal: without a script (no zone, no fragment) the code of the same mail does it, typed as people
// type.
#[tokio::test]
async fn a_code_signs_in_without_a_script() {
    let app = Kairo::start().await;
    let ana = app.anonymous();
    let letter = mailed(&app, &ana, ANA, "").await;
    let page = ana.get("/sign-in/code").await;
    says(&page, "<form class=\"fields\" method=\"post\" action=\"/sign-in/code\">");
    let typed = letter.code.replace('-', " ").to_lowercase();
    let answer = type_code(&ana, &typed).await;
    assert_eq!((status(&answer), answer.location()), (303, "/"));
    assert_eq!(status(&ana.get("/").await), 200);
    says(&ana.get("/settings/reading").await, "value=\"UTC\"");
    says(&ana.get("/settings/account").await, "with a mailed code");
}

// Goal: each cookie has exactly the attributes that keep it from scripts, other sites and plain
// text.
#[tokio::test]
async fn cookies_are_exact() {
    let app = Kairo::start().await;
    let ana = app.anonymous();
    let asked = ana.post_form("/sign-in", &[("email", ANA), ("next", ""), ("zone", "")]).await;
    let (value, attributes) = cookie_of(&asked, ASKED).unwrap();
    let exact = |age: u32| format!("Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={age}");
    assert_eq!(attributes, exact(600));
    assert!(value.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
    assert_eq!(asked.cookies().len(), 1);
    let answer = press(&ana, &app.letter(ANA).await).await;
    let (value, attributes) = cookie_of(&answer, SESSION).unwrap();
    assert_eq!((&value[..4], value.len(), attributes), ("ks1_", 47, exact(30 * 86_400)));
    assert_eq!(cookie_of(&answer, ASKED).unwrap(), (String::new(), exact(0)));
    assert_eq!(answer.cookies().len(), 2);
    assert!(answer.body.is_empty() && !answer.location().contains(&value));
}

// Goal: what is not an address comes back in its field, with words, and no mail is written.
#[tokio::test]
async fn a_bad_address_comes_back() {
    let app = Kairo::start().await;
    let nobody = app.anonymous();
    let long = format!("{}@example.org", "a".repeat(260));
    for bad in ["", "ana", "ana@", "a\u{ff20}example.org", "ana@example.org\r\nBcc: x@y.z", &long] {
        let form = [("email", bad), ("next", "/inbox"), ("zone", "")];
        let answer = nobody.post_form("/sign-in", &form).await;
        assert_eq!(status(&answer), 422, "{bad:?}");
        says(&answer, &format!("value=\"{bad}\""));
        says(&answer, "aria-describedby=\"email-fault\"");
        says(&answer, "name=\"next\" value=\"/inbox\"");
        assert!(answer.cookies().is_empty());
    }
    assert!(app.letters().is_empty());
}

// Goal: who is signed in already is not asked again; whose session ended is, and loses the dead
// cookie.
#[tokio::test]
async fn the_form_is_for_those_outside() {
    let app = Kairo::start().await;
    let ana = app.member(ANA).await;
    assert_eq!(ana.get("/sign-in").await.location(), "/");
    assert_eq!(ana.get("/sign-in?next=/done").await.location(), "/done");
    assert_eq!(ana.get("/sign-in?next=//evil.example").await.location(), "/");
    end_all(&app).await;
    let form = ana.get("/sign-in").await;
    assert_eq!(status(&form), 200);
    assert_eq!(cookie_of(&form, SESSION).unwrap().0, "");
    assert!(ana.cookie(SESSION).is_none());
}

// Goal: a mail goes to the address as it is written to, whatever case it was typed in.
#[tokio::test]
async fn an_address_is_normalised() {
    let app = Kairo::start().await;
    let ana = app.anonymous();
    let form = [("email", " Ana@EXAMPLE.org "), ("next", ""), ("zone", "")];
    assert_eq!(status(&ana.post_form("/sign-in", &form).await), 303);
    assert_eq!(press(&ana, &app.letter(ANA).await).await.location(), "/");
    let again = app.member(ANA).await;
    assert_eq!(app.person(&again).await.email, ANA);
    assert_eq!(count(&app, USERS).await, 1);
}
