//! Who may send a change.

use super::*;

/// Header names and values of one request.
type Sent = &'static [(&'static str, &'static str)];

// Goal: only Kairo's own pages, and clients without cookies, can change anything.
#[tokio::test]
async fn only_own_pages_send_changes() {
    let table: [(Sent, u16); 15] = [
        (&[("sec-fetch-site", "same-origin")], 200),
        (&[("sec-fetch-site", "same-origin"), ("origin", "https://evil.example")], 200),
        (&[("sec-fetch-site", "same-site"), ("origin", ORIGIN)], 403),
        (&[("sec-fetch-site", "cross-site"), ("origin", ORIGIN)], 403),
        (&[("sec-fetch-site", "none"), ("origin", ORIGIN)], 403),
        (&[("sec-fetch-site", "")], 403),
        (&[("sec-fetch-site", "Same-Origin")], 403),
        (&[("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")], 403),
        (&[("origin", ORIGIN), ("cookie", "a=b")], 200),
        (&[("origin", "https://kairo.example:444")], 403),
        (&[("origin", "http://kairo.example")], 403),
        (&[("origin", "null")], 403),
        (&[("origin", ORIGIN), ("origin", "https://evil.example")], 403),
        (&[("cookie", "a=b")], 403),
        (&[], 200),
    ];
    let app = app();
    for method in ["POST", "PUT", "PATCH", "DELETE", "PROPFIND"] {
        for (sent, status) in table {
            let request = sent.iter().fold(ask(method, "/items/7"), |it, (n, v)| it.header(*n, *v));
            let (parts, _) = send(&app, empty(request)).await;
            let passed = parts.status.as_u16() != 403;
            assert_eq!(passed, status == 200, "{method} {sent:?}");
        }
    }
}

// Goal: reading from anywhere is allowed; a link from another site opens the page.
#[tokio::test]
async fn reading_needs_no_proof() {
    for method in ["GET", "HEAD", "OPTIONS"] {
        let request =
            ask(method, "/").header("sec-fetch-site", "cross-site").header("cookie", "a=b");
        let (parts, _) = send(&app(), empty(request)).await;
        assert_ne!(parts.status.as_u16(), 403, "{method}");
    }
}

// Goal: the API takes JSON alone, which no form of another site can send, and sees no cookie.
#[tokio::test]
async fn the_api_takes_json_and_no_cookies() {
    let app = app();
    let kinds = [
        ("application/json", 200),
        ("application/json; charset=utf-8", 200),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        ("multipart/form-data", 415),
        ("application/jsonp", 415),
        ("text/plain; application/json", 415),
    ];
    for (kind, status) in kinds {
        let request = ask("POST", "/api/v1/echo").header("content-type", kind);
        let request = request.header("sec-fetch-site", "cross-site").header("cookie", "a=b");
        let (parts, _) = send(&app, request.body(Body::from("{}")).unwrap()).await;
        assert_eq!(parts.status.as_u16(), status, "{kind}");
    }
    // A method that is not there is told as that where no body came.
    for (body, status) in [("", 405), ("{}", 415)] {
        let request = ask("PUT", "/api/v1/echo").body(Body::from(body)).unwrap();
        assert_eq!(send(&app, request).await.0.status.as_u16(), status, "{body}");
    }
    let (_, saw_cookie) =
        send(&app, empty(ask("GET", "/api/v1/cookie").header("cookie", "a=b"))).await;
    assert_eq!(saw_cookie, "false");
}

// Goal: TRACE, which would echo a cookie, and CONNECT are refused everywhere.
#[tokio::test]
async fn trace_and_connect_are_refused() {
    for (method, uri) in
        [("TRACE", "/"), ("TRACE", "/api/v1/echo"), ("CONNECT", "evil.example:443")]
    {
        let (parts, _) = send(&app(), empty(ask(method, uri).header("cookie", "secret=1"))).await;
        assert_eq!((parts.status.as_u16(), header(&parts, "allow")), (405, "GET, HEAD"));
    }
}
