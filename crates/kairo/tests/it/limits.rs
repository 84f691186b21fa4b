//! Large, broken and impossible input over the pages: each has a clear answer, and the counts are
//! right afterwards. The API's are in `api/`, the edge's beside it.

use axum::body::Body;
use futures_util::future::join_all;
use kairo::limits::{BODY_BYTES_MAX, CAPTURE_TEXT_CHARS_MAX, ITEMS_AGENDA_MAX};

use crate::harness::Kairo;
use crate::harness::actors::Actor;
use crate::harness::http::Answer;
use crate::harness::page::between;

const FORM: &str = "application/x-www-form-urlencoded";

async fn post(browser: &Actor, path: &str, body: Vec<u8>) -> Answer {
    let request = browser.request("POST", path).header("content-type", FORM);
    browser.send(request.body(Body::from(body)).unwrap()).await
}

/// How many items the navigation says are waiting.
async fn waiting(browser: &Actor) -> usize {
    let page = browser.get("/done").await.is(200);
    let number = between(page.text(), "figures\">", "<");
    number.first().map_or(0, |number| number.parse().unwrap())
}

// Goal: a form of the largest size is read, one byte more and 4 MiB are refused on a page that
// names the limit, and nothing is kept.
#[tokio::test]
async fn large_forms_are_refused() {
    let app = Kairo::start().await;
    let ana = app.member("ana@example.org").await;
    let padded = |bytes: usize| {
        let mut body = b"text=x&unknown=".to_vec();
        body.resize(bytes, b'a');
        body
    };
    post(&ana, "/captures", padded(BODY_BYTES_MAX)).await.is(303);
    for bytes in [BODY_BYTES_MAX + 1, 4 * 1024 * 1024] {
        for path in ["/captures", "/sign-in", "/settings/reading"] {
            let page = post(&ana, path, padded(bytes)).await.is(413);
            assert_eq!(page.heading(), "Too much at once");
            assert!(page.text().contains("256 KiB"));
        }
    }
    assert_eq!(waiting(&ana).await, 1);
}

// Goal: a text of 10,000 characters comes back whole with its count, whatever its characters weigh.
#[tokio::test]
async fn long_texts_come_back() {
    let app = Kairo::start().await;
    let ana = app.member("ana@example.org").await;
    for character in ["a", "\u{e9}", "\u{1F600}", "<"] {
        let text = character.repeat(10_000);
        let page = ana.post_form("/captures", &[("text", &text)]).await.is(422);
        assert_eq!(page.input("text"), text);
        assert_eq!(page.faults()[0].split(';').next(), Some("This has 10,000 characters"));
    }
    let most = "\u{1F600}".repeat(CAPTURE_TEXT_CHARS_MAX);
    ana.post_form("/captures", &[("text", &most)]).await.is(303);
    assert_eq!(waiting(&ana).await, 1);
}

// Goal: bytes that are no text are refused as such on every form, and nothing like them is kept.
#[tokio::test]
async fn broken_text_is_refused() {
    let app = Kairo::start().await;
    let ana = app.member("ana@example.org").await;
    ana.post_form("/captures", &[("text", "buy milk")]).await.is(303);
    let item = app.superuser().await.query("SELECT id::text FROM app.items", &[]).await.unwrap();
    let item = format!("/items/{}", item[0].get::<_, String>(0));
    for broken in [
        &b"text=%FF%FE&version=1"[..],
        b"text=a\xffb&version=1",
        b"text=x&%C3=&version=1",
        b"text=%ED%A0%80",
    ] {
        for path in
            ["/captures", "/settings/reading", "/sign-in", &item, &format!("{item}/completion")]
        {
            let page = post(&ana, path, broken.to_vec()).await.is(400);
            assert!(page.text().contains("Send it in UTF-8."), "{path}");
        }
    }
    assert_eq!(waiting(&ana).await, 1);
}

// Goal: other bodies than forms are refused as such; a form with unknown, doubled or missing
// fields is no fault of Kairo's.
#[tokio::test]
async fn odd_forms_are_refused() {
    let app = Kairo::start().await;
    let ana = app.member("ana@example.org").await;
    for kind in ["text/plain", "multipart/form-data; boundary=x", "application/json"] {
        let request = ana.request("POST", "/captures").header("content-type", kind);
        ana.send(request.body(Body::from("text=x")).unwrap()).await.is(415);
    }
    post(&ana, "/captures", b"text=a&text=b".to_vec()).await.is(422);
    post(&ana, "/captures", b"=&&&=&a".to_vec()).await.is(422);
    let many = "a=1&".repeat(20_000);
    post(&ana, "/captures", format!("{many}text=x").into_bytes()).await.is(303);
    assert_eq!(waiting(&ana).await, 1);
}

// Goal: a zone that a browser makes up at sign-in becomes UTC, and the account works.
#[tokio::test]
async fn a_made_up_zone_is_utc() {
    let app = Kairo::start().await;
    let long = "A".repeat(1_000);
    for (at, zone) in ["Mars/Olympus", "", "\u{0}", "../UTC", &long].into_iter().enumerate() {
        let browser = app.anonymous();
        let email = format!("person{at}@example.org");
        browser.post_form("/sign-in", &[("email", &email), ("zone", zone)]).await.is(303);
        let code = app.letter(&email).await.code;
        browser.post_form("/sign-in/code", &[("code", &code), ("zone", zone)]).await.is(303);
        assert_eq!(browser.get("/settings/reading").await.is(200).input("zone"), "UTC");
    }
}

// Goal: a time that does not exist on a daylight-saving day goes forward by the gap, on the page
// and in what is stored; the hour that comes twice is the first.
#[tokio::test]
async fn times_that_do_not_exist_go_forward() {
    let now = "2027-03-13T17:00:00Z".parse().unwrap();
    let app = Kairo::start_with(|settings| settings.now = now).await;
    let ana = app.member("ana@example.org").await;
    let zone = [
        ("zone", "America/New_York"),
        ("week_start", "monday"),
        ("date_order", "MDY"),
        ("version", "1"),
    ];
    ana.post_form("/settings/reading", &zone).await.is(303);
    for (text, shown) in [
        ("call mum tomorrow 2:30am", "2027-03-14T03:30"),
        ("call dad 7 Nov 2027 1:30am", "2027-11-07T01:30"),
    ] {
        ana.post_form("/captures", &[("text", text)]).await.is(303);
        let page = ana.get("/").await.is(200);
        assert!(page.text().contains(&format!("datetime=\"{shown}\"")), "{text}");
    }
    let instants = "SELECT start_at::text FROM app.items ORDER BY 1";
    let instants = app.superuser().await.query(instants, &[]).await.unwrap();
    let instants: Vec<String> = instants.iter().map(|row| row.get(0)).collect();
    assert_eq!(instants, ["2027-03-14 07:30:00+00", "2027-11-07 05:30:00+00"]);
}

// Goal: five hundred forms at once are each kept or given back, and the number on the page is the
// number that was kept.
#[tokio::test(flavor = "multi_thread")]
async fn five_hundred_forms_at_once() {
    let app = Kairo::start().await;
    let ana = app.member("ana@example.org").await;
    let texts: Vec<String> = (0..500).map(|n| format!("errand number {n}")).collect();
    let ana_ = &ana;
    let forms = texts.iter().map(|text| async move {
        ana_.post_form("/captures", &[("text", text), ("key", "one page")]).await
    });
    let answers = join_all(forms).await;
    let mut kept = 0;
    for (answer, text) in answers.into_iter().zip(&texts) {
        match answer.status.as_u16() {
            303 => kept += 1,
            _ => assert_eq!(answer.is(503).input("text"), *text),
        }
    }
    assert!(kept > 0);
    assert_eq!(waiting(&ana).await, kept);
    assert_eq!(ana.get("/inbox").await.text().matches("<li id=\"row-").count(), kept);
}

// Goal: a list that holds more than a page reads says so, and shows as many as it says.
#[tokio::test]
async fn one_past_the_longest_list() {
    let app = Kairo::start().await;
    let ana = app.member("ana@example.org").await;
    let lines: String = (0..50).map(|n| format!("- errand {n}\n")).collect();
    let count = usize::try_from(ITEMS_AGENDA_MAX).unwrap();
    for _list in 0..count / 50 {
        ana.post_form("/captures", &[("text", &lines)]).await.is(303);
    }
    let whole = ana.get("/inbox").await.is(200);
    assert_eq!(whole.text().matches("<li id=\"row-").count(), count);
    assert!(!whole.text().contains("More than 1,000 items"));
    ana.post_form("/captures", &[("text", "one more")]).await.is(303);
    let page = ana.get("/inbox").await.is(200);
    assert_eq!(page.text().matches("<li id=\"row-").count(), count);
    assert!(page.text().contains("More than 1,000 items"));
}
