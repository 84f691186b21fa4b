//! Where signing in leads, and from where it may be pressed.

use kairo::limits::NEXT_BYTES_MAX;

use super::*;
use crate::harness::ORIGIN;

/// What may stand behind `next=`, and where it leads.
fn table() -> Vec<(String, String)> {
    let longest = format!("/{}", "a".repeat(NEXT_BYTES_MAX - 1));
    let mut table: Vec<(String, String)> =
        ["/", "/inbox", "/items/7?back=/done", "/%2f%2fevil.example"]
            .map(|own| (own.to_owned(), own.to_owned()))
            .to_vec();
    table.push((longest.clone(), longest.clone()));
    for refused in [
        "",
        "inbox",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/a\\..\\\\evil.example",
        "https://evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        " //evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "/x\r\nSet-Cookie: a=b",
        "/\u{0}",
        "/caf\u{e9}",
        "/a b",
        &format!("{longest}a"),
        &"/".repeat(10_000),
    ] {
        table.push((refused.to_owned(), "/".to_owned()));
    }
    table
}

// Goal: no `next` leads off this site or into a header, in the form, by link, by code, by the cookie, or
// for somebody who is in already.
#[tokio::test]
async fn next_stays_on_this_site() {
    let app = Kairo::start().await;
    let member = app.member(ANA).await;
    for (at, (next, leads)) in table().into_iter().enumerate() {
        let query = format!("/sign-in?{}", form(&[("next", &next)]));
        if query.len() <= kairo::limits::URI_BYTES_MAX {
            let page = app.anonymous().get(&query).await.is(200);
            let kept = page.input("next");
            assert!(kept == leads || (leads == "/" && kept.is_empty()), "{next:?}: {kept}");
            assert_eq!(member.get(&query).await.is(303).location(), leads, "{next:?}");
        }
        let browser = app.anonymous();
        let letter = asked(&app, &browser, BEN, &next).await;
        let answer = match at % 2 {
            0 => press(&browser, &letter).await.is(303),
            _ => type_code(&browser, &letter.code).await.is(303),
        };
        assert_eq!(answer.location(), leads, "{next:?}");
        assert_eq!(answer.headers.get_all("location").iter().count(), 1);
        assert!(answer.cookies().iter().all(|(name, ..)| name.starts_with("__Host-kairo")));
    }
}

// Goal: a `next` that somebody wrote into the waiting browser's cookie leads no further.
#[tokio::test]
async fn a_forged_cookie_leads_nowhere() {
    let app = Kairo::start().await;
    for next in ["//evil.example", "/\\evil.example", "https://evil.example", "/x\r\ny"] {
        let browser = app.anonymous();
        let letter = asked(&app, &browser, ANA, "/done").await;
        let mut content = opened(&browser.cookie(ASKED).unwrap());
        content["next"] = next.into();
        browser.keep_cookie(ASKED, &forged(&content));
        assert_eq!(press(&browser, &letter).await.is(303).location(), "/", "{next}");
    }
}

// Goal: no form of a signed-in browser works when another site sends it, whichever way a browser says so.
#[tokio::test]
async fn other_sites_press_nothing() {
    let app = Kairo::start().await;
    let ana = app.member(ANA).await;
    let cookie = format!("{SESSION}={}", ana.cookie(SESSION).unwrap());
    let foreign: [&[(&str, &str)]; 9] = [
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        &[("sec-fetch-site", "none")],
        &[("sec-fetch-site", "")],
        &[("sec-fetch-site", "cross-site"), ("origin", ORIGIN)],
        &[("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")],
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
        &[("referer", ORIGIN)],
    ];
    let forms = [
        "/captures",
        "/sign-in",
        "/sign-in/link",
        "/sign-in/code",
        "/sign-out",
        "/settings/reading",
        "/settings/sessions/revocation",
    ];
    let fields = [("text", "planted"), ("zone", "Asia/Tokyo"), ("email", ANA)];
    for path in forms {
        for headers in foreign {
            let headers: Vec<_> =
                [("cookie", cookie.as_str())].iter().chain(headers).copied().collect();
            let refused = post_with(&app, path, &headers, &fields).await.is(403);
            assert_eq!(refused.heading(), "This came from another site");
        }
    }
    assert_eq!(ana.get("/settings/reading").await.is(200).input("zone"), "UTC");
    assert!(!ana.get("/inbox").await.text().contains("planted"));
}

// Goal: our own pages' forms work in browsers that send the newer header, and in those that do not.
#[tokio::test]
async fn our_pages_press_all() {
    let app = Kairo::start().await;
    let ana = app.member(ANA).await;
    let cookie = format!("{SESSION}={}", ana.cookie(SESSION).unwrap());
    for own in [("sec-fetch-site", "same-origin"), ("origin", ORIGIN)] {
        let headers = [("cookie", cookie.as_str()), own];
        post_with(&app, "/captures", &headers, &[("text", "buy milk")]).await.is(303);
    }
}
