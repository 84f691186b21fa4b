//! Headers, fault shapes and redirects of every kind of answer.

use super::*;
use crate::web::edge::{LOCKED_POLICY, PAGE_POLICY};
use crate::web::error::AsWritten;

/// One request for every kind of answer that can leave, with its status.
fn every_kind() -> Vec<(Request, u16)> {
    let long = format!("/{}", "a".repeat(5_000));
    let own = |path: &str| ask("POST", path).header("sec-fetch-site", "same-origin");
    vec![
        (empty(ask("GET", "/")), 200),
        (empty(ask("HEAD", "/")), 200),
        (empty(ask("GET", "/healthz")), 200),
        (empty(ask("GET", assets::asset("app.css"))), 200),
        (empty(ask("GET", "/items/7")), 303),
        (empty(own("/broken")), 405),
        (empty(ask("POST", "/form").header("sec-fetch-site", "cross-site")), 403),
        (empty(ask("GET", "/nowhere")), 404),
        (empty(ask("GET", "/api/v1/nowhere")), 404),
        (empty(ask("GET", "/v1/models")), 401),
        (empty(ask("TRACE", "/")), 405),
        (empty(own("/echo").header("content-length", "99999999")), 413),
        (empty(ask("GET", &long)), 414),
        (empty(ask("POST", "/api/v1/echo")), 415),
        (empty(own("/form")), 422),
        (empty(ask("GET", "/").header("a", "b".repeat(17_000))), 431),
        (empty(ask("GET", "/broken")), 500),
        (empty(ask("GET", "/panics")), 500),
    ]
}

// Goal: no answer leaves without the headers, whatever made it.
#[tokio::test]
async fn every_answer_carries_the_headers() {
    let app = app();
    for (request, status) in every_kind() {
        let asked = format!("{} {:.40}", request.method(), request.uri());
        let (parts, _) = send(&app, request).await;
        assert_eq!(parts.status.as_u16(), status, "{asked}");
        let is_page = header(&parts, "content-type").starts_with("text/html");
        let policy = if is_page { PAGE_POLICY } else { LOCKED_POLICY };
        for (name, wanted) in [
            ("strict-transport-security", "max-age=63072000; includeSubDomains; preload"),
            ("content-security-policy", policy),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            ("origin-agent-cluster", "?1"),
            ("x-frame-options", "DENY"),
        ] {
            assert_eq!(header(&parts, name), wanted, "{name} of {asked}");
        }
        let immutable = asked.contains("/assets/");
        assert_eq!(header(&parts, "cache-control") == "no-store", !immutable, "{asked}");
        assert!(header(&parts, "permissions-policy").contains("camera=()"), "{asked}");
        assert!(!parts.headers.contains_key("server"), "{asked}");
        assert_eq!(header(&parts, "x-request-id").len(), 36, "{asked}");
    }
}

// Goal: the policy of pages is the published one, letter by letter.
#[test]
fn the_page_policy_is_pinned() {
    assert_eq!(
        PAGE_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; \
         connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; \
         require-trusted-types-for 'script'; trusted-types 'none'"
    );
}

// Goal: on loopback HSTS is short and leaves other hosts alone.
#[tokio::test]
async fn hsts_is_short_on_loopback() {
    let edge = EdgeState::new(EdgeSettings { loopback: true, ..settings(Bounds::default()) });
    let (parts, _) = send(&wrap(routes(), edge), empty(ask("GET", "/"))).await;
    assert_eq!(header(&parts, "strict-transport-security"), "max-age=300");
}

// Goal: the request id is Kairo's own, new each time, and a UUIDv7.
#[tokio::test]
async fn a_client_cannot_choose_the_request_id() {
    let forged = "01900000-0000-7000-8000-000000000000";
    let app = app();
    let (first, _) = send(&app, empty(ask("GET", "/").header("x-request-id", forged))).await;
    let (second, _) = send(&app, empty(ask("GET", "/"))).await;
    assert_ne!(header(&first, "x-request-id"), forged);
    assert_ne!(header(&first, "x-request-id"), header(&second, "x-request-id"));
    assert_eq!(header(&first, "x-request-id").as_bytes()[14], b'7');
}

// Goal: what broke inside is never shown, in any shape, and the number to quote is.
#[tokio::test]
async fn causes_are_not_shown() {
    for path in ["/broken", "/panics"] {
        for accept in ["text/html", "application/json"] {
            let request = empty(ask("GET", path).header("accept", accept));
            let (parts, body) = send(&app(), request).await;
            assert_eq!(parts.status.as_u16(), 500);
            assert!(!body.contains("secret cause") && !body.contains("person typed"), "{body}");
            assert!(body.contains(header(&parts, "x-request-id")), "{body}");
        }
    }
}

// Goal: `/api` answers RFC 9457, `/v1` OpenAI's object, a page HTML; `/apiary` is a page.
#[tokio::test]
async fn each_caller_reads_its_own_shape() {
    let (parts, body) = fetch("/api/nowhere").await;
    let problem: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert_eq!(header(&parts, "content-type"), "application/problem+json");
    assert_eq!(problem["code"], "not_found");
    assert_eq!(problem["status"], 404);
    assert_eq!(problem["request_id"], header(&parts, "x-request-id"));
    let (_, body) = fetch("/v1/models").await;
    let open_ai: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert_eq!(open_ai["error"]["type"], "authentication_error");
    assert!(open_ai["error"]["param"].is_null());
    let (parts, body) = fetch("/apiary").await;
    assert_eq!(header(&parts, "content-type"), "text/html; charset=utf-8");
    assert!(body.contains("<h1>Nothing here</h1>"));
}

// Goal: a page that needs sign-in leads there and back; anything else is told 401.
#[tokio::test]
async fn sign_in_leads_back() {
    let (parts, body) = fetch("/items/7?token=secret").await;
    assert_eq!((header(&parts, "location"), body.as_str()), ("/sign-in?next=/items/7", ""));
    let (parts, _) =
        send(&app(), empty(ask("GET", "/items/7").header("accept", "application/json"))).await;
    assert_eq!(parts.status.as_u16(), 401);
    let (parts, _) = fetch("/v1/models").await;
    assert_eq!(header(&parts, "www-authenticate"), "Bearer");
}

// Goal: a path that a browser would read as another host is not carried through sign-in.
#[tokio::test]
async fn sign_in_does_not_lead_to_another_host() {
    let needs = Router::new().fallback(async || Error::SignInNeeded);
    let app = wrap(needs, EdgeState::new(settings(Bounds::default())));
    for path in ["//evil.example/", "/\\evil.example", "/"] {
        let Ok(request) = ask("GET", path).body(Body::empty()) else { continue };
        let (parts, _) = send(&app, request).await;
        assert_eq!(header(&parts, "location"), "/sign-in", "{path}");
    }
}

// Goal: a page that a handler wrote for its reader stays as written, with its status.
#[tokio::test]
async fn a_filled_in_form_stays() {
    let own = ask("POST", "/form").header("sec-fetch-site", "same-origin");
    let (parts, body) = send(&app(), empty(own)).await;
    assert_eq!((parts.status.as_u16(), body.as_str()), (422, "kept"));
    let marked = async || (axum::http::StatusCode::CONFLICT, axum::Extension(AsWritten), "plain");
    let app =
        wrap(Router::new().route("/", get(marked)), EdgeState::new(settings(Bounds::default())));
    let (parts, body) = send(&app, empty(ask("GET", "/"))).await;
    assert_eq!((parts.status.as_u16(), body.as_str()), (409, "plain"));
}

// Goal: the words of axum's extractors reach nobody.
#[tokio::test]
async fn extractor_rejections_are_rewritten() {
    let request = ask("POST", "/api/v1/echo").header("content-type", "application/json");
    let (parts, body) = send(&app(), request.body(Body::from("{not json")).unwrap()).await;
    let problem: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert_eq!((parts.status.as_u16(), &problem["code"]), (400, &"malformed".into()));
    assert!(!body.contains("line 1"), "{body}");
}

// Goal: 405 names what the address takes.
#[tokio::test]
async fn allow_is_kept() {
    let (parts, _) = send(&app(), empty(ask("DELETE", "/api/v1/cookie"))).await;
    assert_eq!(parts.status.as_u16(), 405);
    assert_eq!(header(&parts, "allow"), "GET,HEAD");
}

// Goal: the answer to HEAD has the length of the page and no page.
#[tokio::test]
async fn head_has_no_body() {
    let (parts, body) = send(&app(), empty(ask("HEAD", "/nowhere"))).await;
    assert!(body.is_empty());
    assert_ne!(header(&parts, "content-length"), "0");
}
