//! One at each bound, and one past it.

use super::*;

fn echo(body: Body) -> Request {
    ask("POST", "/echo").header("sec-fetch-site", "same-origin").body(body).unwrap()
}

/// A body without a length, as a chunked request has.
fn stream(bytes: usize) -> Body {
    let piece = Bytes::from(vec![b'a'; 1_000]);
    let pieces = bytes.div_ceil(1_000);
    let last = bytes - (pieces - 1) * 1_000;
    Body::from_stream(futures_util::stream::iter((0..pieces).map(move |at| {
        let piece = if at + 1 == pieces { piece.slice(..last) } else { piece.clone() };
        Ok::<_, std::io::Error>(piece)
    })))
}

// Goal: a body of the largest size arrives whole, one byte more is 413, promised or streamed.
#[tokio::test]
async fn one_byte_past_the_body() {
    let app = app();
    let max = crate::limits::BODY_BYTES_MAX;
    for (body, status) in [
        (Body::from(vec![b'a'; max]), 200),
        (stream(max), 200),
        (Body::from(vec![b'a'; max + 1]), 413),
        (stream(max + 1), 413),
    ] {
        let (parts, text) = send(&app, echo(body)).await;
        assert_eq!(parts.status.as_u16(), status, "{text}");
    }
}

// Goal: a promise of too much is refused before any of it is read.
#[tokio::test]
async fn a_promise_is_refused_at_once() {
    let never = Body::from_stream(futures_util::stream::pending::<Result<Bytes, std::io::Error>>());
    let mut request = echo(never);
    let promised = (crate::limits::BODY_BYTES_MAX + 1).into();
    request.headers_mut().insert("content-length", promised);
    let app = app();
    let answer = tokio::time::timeout(Duration::from_secs(1), send(&app, request)).await;
    assert_eq!(answer.unwrap().0.status.as_u16(), 413);
}

// Goal: the longest address is answered, one byte more is 414.
#[tokio::test]
async fn one_byte_past_the_address() {
    for (bytes, status) in
        [(crate::limits::URI_BYTES_MAX, 200), (crate::limits::URI_BYTES_MAX + 1, 414)]
    {
        let uri = format!("/?{}", "a".repeat(bytes - 2));
        assert_eq!(fetch(&uri).await.0.status.as_u16(), status);
    }
}

// Goal: as many headers as may be are read, one more is 431; likewise their bytes.
#[tokio::test]
async fn one_past_the_headers() {
    let app = app();
    let count = |count: usize| {
        empty((0..count).fold(ask("GET", "/"), |it, at| it.header(format!("x-{at}"), "1")))
    };
    let bytes = |bytes: usize| empty(ask("GET", "/").header("x", "a".repeat(bytes - 1)));
    let (most, longest) = (crate::limits::HEADERS_MAX, crate::limits::HEADER_BYTES_MAX);
    for (request, status) in [
        (count(most), 200),
        (count(most + 1), 431),
        (bytes(longest), 200),
        (bytes(longest + 1), 431),
    ] {
        assert_eq!(send(&app, request).await.0.status.as_u16(), status);
    }
}

// Goal: a handler that takes too long is 503 with a time to wait; a body that does not come is 408.
#[tokio::test]
async fn time_runs_out() {
    let bounds = Bounds { request_max: Duration::from_millis(50), ..Bounds::default() };
    let app = app_within(bounds);
    let (parts, _) = send(&app, empty(ask("GET", "/slow"))).await;
    assert_eq!((parts.status.as_u16(), header(&parts, "retry-after")), (503, "5"));
    let never = Body::from_stream(futures_util::stream::pending::<Result<Bytes, std::io::Error>>());
    let (parts, _) = send(&app, echo(never)).await;
    assert_eq!(parts.status.as_u16(), 408);
}

// Goal: the words that name a bound name the true one.
#[test]
fn words_name_the_true_bounds() {
    assert!(Error::TooLarge.facts().detail.contains("256 KiB"));
    assert_eq!(crate::limits::BODY_BYTES_MAX, 256 * 1024);
    assert!(Error::UriTooLong.facts().detail.contains("4,096"));
    assert_eq!(crate::limits::URI_BYTES_MAX, 4_096);
}
