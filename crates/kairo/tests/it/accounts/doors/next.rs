//! Where a person goes after signing in: a path of this site, or home.

use super::*;

/// Each has sent people of other products to other hosts.
const ELSEWHERE: [&str; 16] = [
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "https://evil.example",
    "https:evil.example",
    "javascript:alert(1)",
    "evil.example",
    "%2f%2fevil.example",
    "/\t/evil.example",
    " //evil.example",
    "/inbox\r\nSet-Cookie: a=b",
    "/\u{2f}/evil.example",
    "/\u{ff0f}evil.example",
    "@evil.example",
];

// Goal: no value of `next` leads to another site, into a header, or to script.
#[tokio::test]
async fn next_stays_on_this_site() {
    let app = Kairo::start().await;
    for next in ELSEWHERE {
        let ana = app.anonymous();
        let letter = mailed(&app, &ana, ANA, next).await;
        let answer = press(&ana, &letter).await;
        assert_eq!((status(&answer), answer.location()), (303, "/"), "{next:?}");
        assert!(answer.cookies().iter().all(|(name, ..)| name.starts_with("__Host-")));
    }
}

// Goal: the form carries only what may be gone to, however it is encoded in the address.
#[tokio::test]
async fn the_form_carries_local_paths() {
    let app = Kairo::start().await;
    let nobody = app.anonymous();
    let bad = ["//evil.example", "%2f%2fevil.example", "/%5cevil.example", "/%0d%0aX:1", "%ff"];
    for next in bad {
        let form = nobody.get(&format!("/sign-in?next={next}")).await;
        assert_eq!(status(&form), 200, "{next}");
        says(&form, "name=\"next\" value=\"\"");
    }
    let form = nobody.get("/sign-in?next=/items/1?a=%22b").await;
    assert!(!form.text().contains("value=\"/items/1?a=\"b"), "a quote ended the attribute");
}

// Goal: a path, its query included, is reached; one byte more than the limit is not carried.
#[tokio::test]
async fn local_paths_are_reached() {
    let app = Kairo::start().await;
    let most = format!("/{}", "a".repeat(kairo::limits::NEXT_BYTES_MAX - 1));
    let one_past = format!("{most}a");
    for (next, to) in [("/done?q=boat", "/done?q=boat"), (&most, &most), (&one_past, "/")] {
        let ana = app.anonymous();
        let letter = mailed(&app, &ana, ANA, next).await;
        assert_eq!(type_code(&ana, &letter.code).await.location(), to);
    }
}

// Goal: a cookie of the browser that somebody tampered with leads nowhere else either.
#[tokio::test]
async fn a_tampered_cookie_stays_here() {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let app = Kairo::start().await;
    let ana = app.anonymous();
    let letter = mailed(&app, &ana, ANA, "/inbox").await;
    let cookie = URL_SAFE_NO_PAD.decode(ana.cookie(ASKED).unwrap()).unwrap();
    let mut asked: serde_json::Value = serde_json::from_slice(&cookie).unwrap();
    assert_eq!(asked["next"], "/inbox");
    asked["next"] = "//evil.example".into();
    ana.keep_cookie(ASKED, &URL_SAFE_NO_PAD.encode(asked.to_string()));
    assert_eq!(press(&ana, &letter).await.location(), "/");
}
