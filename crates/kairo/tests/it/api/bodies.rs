//! Bodies that cannot be read, and requests that lead nowhere: each a clear refusal.

use kairo::limits::BODY_BYTES_MAX;

use super::{CAPTURES, ITEMS, bare, problem, raw};
use crate::harness::Kairo;

const JSON: &str = "application/json";

// Goal: no body breaks the API: what cannot be read is 400 with the place or the field in words.
#[tokio::test]
async fn broken_bodies_are_described() {
    let app = Kairo::start().await;
    let program = app.program("ana@example.org").await;
    let deep = format!("{{\"text\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    for (body, told) in [
        (b"".to_vec(), "line 1"),
        (b"{".to_vec(), "line 1, column 1"),
        (b"{\"text\":\"x\"} y".to_vec(), "line 1, column 14"),
        (b"{\"text\":\"\xff\"}".to_vec(), "not JSON in UTF-8"),
        (b"\xef\xbb\xbf{\"text\":\"x\"}".to_vec(), "not JSON"),
        (br#"{"text":"\ud800"}"#.to_vec(), "not JSON"),
        (br#"{"text":1e999}"#.to_vec(), "not JSON"),
        (br#"{"text":NaN}"#.to_vec(), "not JSON"),
        (b"[]".to_vec(), "not an object"),
        (b"\"x\"".to_vec(), "not an object"),
        (b"null".to_vec(), "not an object"),
        (br#"{"text":"x","text":"x"}"#.to_vec(), "\"text\" came twice"),
        (br#"{"text":"x","zone":"UTC"}"#.to_vec(), "no field \"zone\""),
        (br#"{"text":"x","__proto__":{}}"#.to_vec(), "no field \"__proto__\""),
        (deep.into_bytes(), "not JSON"),
    ] {
        let answer = raw(&program, CAPTURES, JSON, body).await;
        assert_eq!(problem(&answer, 400), "malformed");
        let detail = answer.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains(told), "{detail}");
    }
}

// Goal: an unknown name is repeated in part only, and nothing else that was sent comes back.
#[tokio::test]
async fn refusals_repeat_little() {
    let app = Kairo::start().await;
    let program = app.program("ana@example.org").await;
    let long = format!("{{\"{}\":\"marker\"}}", "n".repeat(100_000));
    let answer = raw(&program, CAPTURES, JSON, long).await;
    assert_eq!(problem(&answer, 400), "malformed");
    assert!(answer.body.len() < 600 && !answer.text().contains("marker"), "{}", answer.text());
    let broken = raw(&program, CAPTURES, JSON, r#"{"text":"marker" "x"}"#).await;
    assert_eq!(problem(&broken, 400), "malformed");
    assert!(!broken.text().contains("marker"));
}

// Goal: numbers of any size are a wrong type or out of range, and never something else's fault.
#[tokio::test]
async fn huge_numbers_are_refused() {
    let app = Kairo::start().await;
    let program = app.program("ana@example.org").await;
    let path = super::one_item(&program, "buy milk").await;
    let restoration = format!("{path}/restoration");
    for (number, fault) in [
        ("99999999999999999999999", "version wrong_type"),
        ("1.5", "version wrong_type"),
        ("1e300", "version wrong_type"),
        ("-1.0", "version bad_version"),
        ("2147483648.0", "version bad_version"),
        ("9223372036854775807", "version bad_version"),
        ("2147483648", "version bad_version"),
        ("-1", "version bad_version"),
        ("0", "version bad_version"),
        ("null", "version bad_version"),
    ] {
        let body = format!("{{\"version\":{number}}}");
        assert_eq!(problem(&raw(&program, &restoration, JSON, body).await, 422), fault, "{number}");
    }
    let whole = raw(&program, &restoration, JSON, "{\"version\":1.0}").await;
    assert_eq!(problem(&whole, 409), "nothing_to_undo");
}

// Goal: a body is taken at its limit and refused one past it, also at 4 MiB and whatever length it
// says.
#[tokio::test]
async fn large_bodies_are_refused() {
    let app = Kairo::start().await;
    let program = app.program("ana@example.org").await;
    let padded = |bytes: usize| {
        let body = r#"{"text":"x"}"#;
        format!("{body}{}", " ".repeat(bytes - body.len()))
    };
    let fits = raw(&program, CAPTURES, JSON, padded(BODY_BYTES_MAX)).await;
    assert_eq!(fits.status.as_u16(), 201, "{}", fits.text());
    for bytes in [BODY_BYTES_MAX + 1, 4 * 1024 * 1024] {
        let answer = raw(&program, CAPTURES, JSON, padded(bytes)).await;
        assert_eq!(problem(&answer, 413), "too_large");
        let chunks = futures_util::stream::iter(
            padded(bytes).into_bytes().chunks(8_192).map(<[u8]>::to_vec).collect::<Vec<_>>(),
        );
        let chunks = futures_util::StreamExt::map(chunks, Ok::<_, std::io::Error>);
        let streamed = axum::body::Body::from_stream(chunks);
        assert_eq!(problem(&raw(&program, CAPTURES, JSON, streamed).await, 413), "too_large");
    }
}

// Goal: only JSON is read.
#[tokio::test]
async fn other_types_are_refused() {
    let app = Kairo::start().await;
    let program = app.program("ana@example.org").await;
    let body = r#"{"text":"x"}"#;
    for kind in ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""] {
        let answer = raw(&program, CAPTURES, kind, body).await;
        assert_eq!(problem(&answer, 415), "unsupported_media", "{kind}");
    }
    let charset = raw(&program, CAPTURES, "Application/JSON; charset=utf-8", body).await;
    assert_eq!(charset.status.as_u16(), 201);
}

// Goal: an address that is not there is a problem document, also for nobody; a method is 405 with
// `Allow`.
#[tokio::test]
async fn unknown_addresses_are_problems() {
    let app = Kairo::start().await;
    let (program, nobody) = (app.program("ana@example.org").await, app.anonymous());
    for path in
        ["/api", "/api/", "/api/v1", "/api/v1/", "/api/v2/items", "/api/v1/items/", "/api/v1/me"]
    {
        for actor in [&program, &nobody] {
            assert_eq!(problem(&actor.get(path).await, 404), "not_found", "{path}");
        }
    }
    let put = bare(&program, "DELETE", ITEMS, &[]).await;
    assert_eq!(
        (problem(&put, 405).as_str(), put.header("allow")),
        ("method_not_allowed", "GET,HEAD")
    );
    let bad = bare(&program, "GET", "/api/v1/items/%FF", &[]).await;
    assert_eq!(problem(&bad, 404), "not_found");
}
