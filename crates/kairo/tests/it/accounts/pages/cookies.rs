//! What the cookies are called, what guards them, and what becomes of false ones.

use super::*;
use serde_json::json;

async fn attributes(app: &Kairo) -> Vec<(String, String)> {
    let browser = app.anonymous();
    app.forget_mails(ANA).await;
    let asking = ask(&browser, ANA, "").await.is(303);
    let beginning = press(&browser, &app.letter(ANA).await).await.is(303);
    let ending = browser.post_form("/sign-out", &[]).await.is(303);
    let answers = [asking, beginning, ending];
    let cookies = answers.iter().flat_map(|answer| answer.cookies());
    cookies.map(|(name, _, attributes)| (name, attributes)).collect()
}

fn expected(suffix: &str) -> Vec<(String, String)> {
    let guarded = |age: u32| format!("Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={age}");
    vec![
        (format!("__Host-kairo-asked{suffix}"), guarded(600)),
        (format!("__Host-kairo{suffix}"), guarded(30 * 86_400)),
        (format!("__Host-kairo-asked{suffix}"), guarded(0)),
        (format!("__Host-kairo{suffix}"), guarded(0)),
        (format!("__Host-kairo-notice{suffix}"), guarded(60)),
    ]
}

// Goal: every cookie has the prefix that browsers enforce, every guard, and no domain; on loopback its
// name holds the port.
#[tokio::test]
async fn cookies_are_guarded() {
    let app = Kairo::start().await;
    assert_eq!(attributes(&app).await, expected("-8443"));
}

// Goal: on a public origin the names are plain, also where that origin has a port.
#[tokio::test]
async fn public_cookies_have_plain_names() {
    for origin in ["https://kairo.example.org", "https://kairo.example.org:8443"] {
        let app = Kairo::start_with(|settings| {
            (settings.origin, settings.loopback) = (origin, false);
            settings.outbox_page = false;
        })
        .await;
        assert_eq!(attributes(&app).await, expected(""), "{origin}");
    }
}

// Goal: a session cookie that comes twice is nobody's, in one header or in two.
#[tokio::test]
async fn a_doubled_cookie_is_refused() {
    let app = Kairo::start().await;
    let ana = app.member(ANA).await;
    let own = format!("{SESSION}={}", ana.cookie(SESSION).unwrap());
    let planted = format!("{SESSION}=ks1_{}", "A".repeat(43));
    let get = |cookies: Vec<String>| {
        let request = Request::builder().method("GET").uri("/").header("accept", "text/html");
        let request = cookies.into_iter().fold(request, |it, value| it.header("cookie", value));
        sent(&app, request, String::new())
    };
    get(vec![own.clone()]).await.is(200);
    get(vec![format!("other=1; {own}"), "another=2".to_owned()]).await.is(200);
    for twice in [
        vec![format!("{own}; {planted}")],
        vec![format!("{planted}; {own}")],
        vec![own.clone(), planted.clone()],
        vec![format!("{own}; {own}")],
    ] {
        assert_eq!(get(twice).await.is(303).location(), "/sign-in");
    }
}

// Goal: a session cookie of another port, another case or another kind of secret opens nothing.
#[tokio::test]
async fn other_cookies_open_nothing() {
    let app = Kairo::start().await;
    let (ana, program) = (app.member(ANA).await, app.program(ANA).await);
    let value = ana.cookie(SESSION).unwrap();
    let token = program.request("GET", "/").body(()).unwrap();
    let token = token.headers()["authorization"].to_str().unwrap()["Bearer ".len()..].to_owned();
    for (name, value) in [
        ("__Host-kairo", value.clone()),
        ("__Host-kairo-8444", value.clone()),
        ("__host-kairo-8443", value.clone()),
        (SESSION, token.clone()),
        (SESSION, value.replace("ks1_", "KS1_")),
        (SESSION, format!("{value}A")),
        (SESSION, String::new()),
    ] {
        let browser = app.anonymous();
        browser.keep_cookie(name, &value);
        assert!(!is_in(&browser).await, "{name}={value}");
    }
}

/// What no Kairo writes into its cookies, or not for this browser.
fn rubbish() -> Vec<String> {
    let past = json!({ "binding": "kb1_x", "email": ANA, "next": "//evil.example", "zone": "Mars",
        "at": "-009999-01-01T00:00:00Z" });
    let words = json!({ "binding": "", "email": "planted words <script>alert(1)</script>@x.org",
        "next": "", "zone": "", "at": "2026-11-23T09:00:00Z" });
    let id = "01900000-0000-7000-8000-000000000000";
    let huge = "A".repeat(4_000);
    let plain = [
        "",
        "x",
        "item",
        "item.",
        "item.done",
        "item.done.x.1",
        "ended",
        "ended.",
        "ended.planted_words",
        "ended.<script>alert(1)</script>",
        "reading.lost",
        "%00",
        "\"x\"",
        "out.everywhere.99999999999999999999",
        "out.everywhere.-1",
        &huge,
    ];
    let mut values: Vec<String> = plain.map(str::to_owned).to_vec();
    values.extend([format!("item.done.{id}.1"), format!("item.moved.{id}.-99999999999")]);
    values.extend([past, words, json!(null), json!([])].iter().map(forged));
    values
}

const PAGES: [&str; 10] = [
    "/",
    "/inbox",
    "/done",
    "/settings/account",
    "/settings/reading",
    "/settings/tokens",
    "/signed-out",
    "/sign-in",
    "/sign-in/code",
    "/sign-in/link",
];

// Goal: rubbish in the cookies that pages read harms no page, and puts no words on one.
#[tokio::test]
async fn rubbish_in_cookies_is_harmless() {
    let app = Kairo::start().await;
    let (ana, nobody) = (app.member(ANA).await, app.anonymous());
    for value in rubbish() {
        for browser in [&ana, &nobody] {
            for path in PAGES {
                browser.keep_cookie(ASKED, &value);
                browser.keep_cookie(NOTICE, &value);
                let answer = browser.get(path).await;
                assert!([200, 303].contains(&answer.status.as_u16()), "{path} {value}");
                for planted in ["<script>alert", "planted words"] {
                    assert!(!answer.text().contains(planted), "{path} {value}");
                }
            }
            browser.keep_cookie(ASKED, &value);
            type_code(browser, "0000-0000").await.is(422);
        }
    }
}
