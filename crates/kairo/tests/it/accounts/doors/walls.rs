//! What keeps others out: fixation, other sites, floods.

use super::*;
use axum::body::Body;
use axum::http::Request;

// Goal: a session that was in the browser before dies with the sign-in, and a planted value is
// never taken over (session fixation, ASVS 7.2.4).
#[tokio::test]
async fn a_sign_in_makes_a_new_session() {
    let app = Kairo::start().await;
    let mallory = app.member(BEN).await;
    let planted = mallory.cookie(SESSION).unwrap();
    let victim = app.anonymous();
    let letter = mailed(&app, &victim, ANA, "").await;
    victim.keep_cookie(SESSION, &planted);
    assert_eq!(status(&type_code(&victim, &letter.code).await), 303);
    assert_ne!(victim.cookie(SESSION).unwrap(), planted);
    says(&victim.get("/settings/account").await, ANA);
    assert!(!is_in(&mallory).await, "the planted session is still live");
    let drawn = format!("ks1_{}", "A".repeat(43));
    let letter = mailed(&app, &victim, ANA, "").await;
    victim.keep_cookie(SESSION, &drawn);
    press(&victim, &letter).await;
    assert_ne!(victim.cookie(SESSION).unwrap(), drawn);
}

/// Every form of these pages.
const FORMS: [&str; 8] = [
    "/sign-in",
    "/sign-in/code",
    "/sign-in/link",
    "/sign-out",
    "/settings/reading",
    "/settings/sessions/revocation",
    "/settings/sessions/018f2f6e-4c3a-7000-8000-000000000000/revocation",
    "/settings/tokens/018f2f6e-4c3a-7000-8000-000000000000/revocation",
];

// Goal: no other site can send one of the forms, sign-in included (login CSRF), and nothing is done
// before that is known.
#[tokio::test]
async fn other_sites_cannot_send_forms() {
    let app = Kairo::start().await;
    let ana = app.member(ANA).await;
    let cookie = format!("{SESSION}={}", ana.cookie(SESSION).unwrap());
    let kinds: [&[(&str, &str)]; 6] = [
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site"), ("origin", "https://localhost:8443")],
        &[("sec-fetch-site", "none")],
        &[("origin", "https://localhost:9443")],
        &[("origin", "null")],
        &[],
    ];
    for (path, kind) in FORMS.iter().flat_map(|path| kinds.map(|kind| (path, kind))) {
        let kind_header = ("content-type", "application/x-www-form-urlencoded");
        let mut request = Request::post(*path).header("cookie", &cookie);
        for (name, value) in kind.iter().chain([&kind_header]) {
            request = request.header(*name, *value);
        }
        let body = Body::from("email=ana%40example.org&zone=UTC");
        let answer = app.anonymous().send(request.body(body).unwrap()).await;
        assert_eq!((status(&answer), answer.cookies().len()), (403, 0), "{path} {kind:?}");
    }
    assert!(is_in(&ana).await);
    assert_eq!(app.letters().len(), 1);
}

// Goal: one sign-in post more than the strict bucket holds is refused, whatever it is; looking is
// not counted, and another address has a bucket of its own.
#[tokio::test]
async fn the_strict_bucket_holds() {
    let app = Kairo::start_with(|settings| settings.bounds.sign_in_per_minute = 6).await;
    let browser = app.anonymous();
    for path in ["/sign-in", "/sign-in/code", "/sign-in/link"].repeat(2) {
        assert_eq!(status(&browser.get(path).await), 200);
        assert_eq!(status(&browser.post_form(path, &[("email", "x")]).await), 422);
    }
    for path in ["/sign-in", "/sign-in/code", "/sign-in/link"] {
        let refused = browser.post_form(path, &[("email", ANA)]).await;
        assert_eq!((status(&refused), refused.header("retry-after")), (429, "10"), "{path}");
        assert_eq!(status(&browser.get(path).await), 200);
    }
    assert_eq!(status(&browser.post_form("/sign-out", &[]).await), 303);
    let mut other = app.anonymous();
    other.peer = "192.0.2.7:40000".parse().unwrap();
    assert_eq!(status(&other.post_form("/sign-in", &[("email", ANA)]).await), 303);
}

// Goal: a lost session is told to a reader by the way to sign in and back, and to a writer by a
// page that says that nothing was saved.
#[tokio::test]
async fn a_lost_session_is_told() {
    let app = Kairo::start().await;
    let ana = app.member(ANA).await;
    end_all(&app).await;
    for path in ["/settings/account", "/settings/reading", "/settings/tokens"] {
        let answer = ana.get(path).await;
        let to = format!("/sign-in?next={path}");
        assert_eq!((status(&answer), answer.location()), (303, &*to));
    }
    for path in FORMS.iter().filter(|path| path.starts_with("/settings")) {
        let form = [("zone", "Europe/Berlin"), ("week_start", "monday"), ("date_order", "DMY")];
        let answer = ana.post_form(path, &form).await;
        assert_eq!(status(&answer), 401, "{path}");
        says(&answer, "ession has ended");
        says(&answer, "href=\"/sign-in");
    }
}

// Goal: an API token in the cookie's place opens no page, and a session in the header's place
// neither.
#[tokio::test]
async fn bearers_stay_in_their_places() {
    let app = Kairo::start().await;
    let (ana, program) = (app.member(ANA).await, app.program(ANA).await);
    let head = program.request("GET", "/settings/account").body(Body::empty()).unwrap();
    let token = head.headers()["authorization"].to_str().unwrap().replace("Bearer ", "");
    assert_eq!(status(&program.send(head).await), 303);
    let browser = app.anonymous();
    browser.keep_cookie(SESSION, &token);
    assert_eq!(status(&browser.get("/settings/account").await), 303);
    let request = Request::get("/api/v1/items")
        .header("authorization", format!("Bearer {}", ana.cookie(SESSION).unwrap()));
    let answer = app.anonymous().send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(status(&answer), 401);
}
