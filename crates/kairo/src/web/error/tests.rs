//! Words and shapes of every error.

use super::*;

fn every_error() -> Vec<Error> {
    let detail = || Cow::Borrowed("It was taken a moment ago. Choose another.");
    vec![
        Error::SignInNeeded,
        Error::SessionEnded,
        Error::Forbidden,
        Error::CrossSite,
        Error::NotFound,
        Error::MethodNotAllowed,
        Error::Conflict { code: "name_taken", detail: detail() },
        Error::VersionMoved,
        Error::VersionMissing,
        Error::field("title", "too_long", "A title takes up to 500 characters."),
        Error::Malformed { detail: detail() },
        Error::TooLarge,
        Error::UriTooLong,
        Error::HeadersTooLarge,
        Error::UnsupportedMedia,
        Error::TooMany { retry_after_s: 7 },
        Error::CreditsSpent { retry_after_s: 7_200, detail: detail() },
        Error::Unavailable { retry_after_s: 30 },
        Error::SlowBody,
        Error::TimedOut,
        Gateway::failed(502, "provider_refused", detail()).into(),
        Error::internal("the secret cause"),
    ]
}

fn asked(method: &str, path: &str) -> Asked {
    Asked::of(&Request::builder().method(method).uri(path).body(()).unwrap())
}

async fn answer(error: Error, asked: &Asked) -> (Response, String) {
    use http_body_util::BodyExt as _;
    let response = render(error.into_response(), asked, Uuid::nil());
    let (parts, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    (Response::from_parts(parts, Body::empty()), String::from_utf8(body.to_vec()).unwrap())
}

// Goal: the words keep to the house's manner, and codes are stable words for programs.
#[test]
fn words_are_short_and_human() {
    let mut codes = std::collections::HashSet::new();
    for error in every_error() {
        let facts = error.facts();
        assert!(facts.status.as_u16() >= 400, "{error}");
        assert!(codes.insert(facts.code), "{} is used twice", facts.code);
        assert!(facts.code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'));
        assert!(facts.detail.ends_with('.') && facts.detail.len() <= 160, "{}", facts.detail);
        for word in ["!", "oops", "please", "sorry", "later"] {
            let said = format!("{} {}", facts.title, facts.detail).to_lowercase();
            assert!(!said.contains(word), "{said}");
        }
    }
}

// Goal: every error renders in every shape, with its status and without its cause.
#[tokio::test]
async fn every_error_has_three_shapes() {
    for (path, kind) in [
        ("/x", "text/html; charset=utf-8"),
        ("/api/x", "application/problem+json"),
        ("/v1/x", "application/json"),
    ] {
        for error in every_error() {
            let facts = error.facts();
            let (response, body) = answer(error, &asked("POST", path)).await;
            assert_eq!(response.status(), facts.status);
            assert_eq!(response.headers()[CONTENT_TYPE], kind);
            assert_eq!(response.headers()[CONTENT_LENGTH], body.len().to_string());
            assert!(!body.contains("secret cause"));
            assert!(
                kind.starts_with("text") || body.contains(facts.code) || body.contains("too_long")
            );
        }
    }
}

// Goal: a refused field is named in JSON and OpenAI's shape, and its sentence stands on the page.
#[tokio::test]
async fn refused_fields_are_named() {
    let fault = || Error::field("title", "too_long", "A title takes up to 500 <characters>.");
    let (_, problem) = answer(fault(), &asked("POST", "/api/x")).await;
    let problem: serde_json::Value = serde_json::from_str(&problem).unwrap();
    assert_eq!(problem["errors"][0]["field"], "title");
    let (_, open_ai) = answer(fault(), &asked("POST", "/v1/x")).await;
    let open_ai: serde_json::Value = serde_json::from_str(&open_ai).unwrap();
    assert_eq!(open_ai["error"]["param"], "title");
    let (_, page) = answer(fault(), &asked("POST", "/x")).await;
    assert!(page.contains("up to 500 &#60;characters&#62;."), "{page}");
}

// Goal: waiting is told in seconds to programs; spent credits also say that asking again is
// useless.
#[tokio::test]
async fn waits_are_told() {
    let spent = Error::CreditsSpent { retry_after_s: 60, detail: "None are left.".into() };
    let (response, _) = answer(spent, &asked("POST", "/v1/x")).await;
    assert_eq!(response.headers()["retry-after"], "60");
    assert_eq!(response.headers()["x-should-retry"], "false");
    let (response, _) = answer(Error::TooMany { retry_after_s: 0 }, &asked("GET", "/")).await;
    assert_eq!(response.headers()["retry-after"], "1");
    assert!(!response.headers().contains_key("x-should-retry"));
}
