//! No answer tells whether an address has an account, and none is worse to one that has.

use super::*;
use kairo::limits::MAIL_QUEUE_MAX;

/// Everything of an answer but what differs from one answer to the next, with the address masked.
fn face(answer: &Answer, email: &str) -> (u16, Vec<String>, String) {
    let mut headers: Vec<String> = answer
        .headers
        .iter()
        .filter(|(name, _)| *name != "date" && *name != "x-request-id" && *name != "set-cookie")
        .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
        .collect();
    headers.sort();
    let cookies = answer.cookies().into_iter();
    headers.extend(cookies.map(|(name, value, more)| format!("{name} {} {more}", value.len())));
    (status(answer), headers, answer.text().replace(email, "ADDRESS"))
}

/// What a new browser sees that asks for a mail, twice, and then looks at the page.
async fn faces(app: &Kairo, email: &str) -> Vec<(u16, Vec<String>, String)> {
    app.forget_mails(email).await;
    let browser = app.anonymous();
    let form = [("email", email), ("next", "/inbox"), ("zone", "")];
    let first = browser.post_form("/sign-in", &form).await;
    let page = browser.get("/sign-in/code").await;
    let again = browser.post_form("/sign-in", &form).await;
    let stranger = app.anonymous().post_form("/sign-in", &form).await;
    let wrong = type_code(&browser, "0000-0000").await;
    [first, page, again, stranger, wrong].iter().map(|answer| face(answer, email)).collect()
}

// Goal: known and unknown addresses get the same bytes at every step, limits included.
#[tokio::test]
async fn known_and_unknown_get_the_same_bytes() {
    let app = Kairo::start().await;
    app.member(ANA).await;
    let (known, unknown) = (faces(&app, ANA).await, faces(&app, BEN).await);
    assert_eq!(known, unknown);
    let statuses: Vec<u16> = known.iter().map(|(status, ..)| *status).collect();
    assert_eq!(statuses, [303, 200, 429, 429, 422]);
    assert_eq!(count(&app, USERS).await, 1);
}

// Goal: asking again too soon keeps the first mail good: its cookie is not taken away.
#[tokio::test]
async fn asking_again_keeps_the_first_mail() {
    let app = Kairo::start().await;
    let ana = app.anonymous();
    let letter = mailed(&app, &ana, ANA, "/done").await;
    let binding = ana.cookie(ASKED);
    let again = ana.post_form("/sign-in", &[("email", ANA), ("next", ""), ("zone", "")]).await;
    assert_eq!((status(&again), again.header("retry-after")), (429, "60"));
    says(&again, "We wrote to this address a moment ago");
    says(&again, "name=\"code\"");
    assert!(again.cookies().is_empty() && ana.cookie(ASKED) == binding);
    assert_eq!(type_code(&ana, &letter.code).await.location(), "/done");
}

// Goal: a stranger who asks too soon is offered no field that could not work.
#[tokio::test]
async fn a_stranger_gets_no_field() {
    let app = Kairo::start().await;
    mailed(&app, &app.anonymous(), ANA, "").await;
    let form = [("email", ANA), ("next", "/inbox"), ("zone", "")];
    let answer = app.anonymous().post_form("/sign-in", &form).await;
    says(&answer, "It works in the browser that asked for it.");
    says(&answer, "name=\"next\" value=\"/inbox\"");
    assert!(!answer.text().contains("name=\"code\"") && answer.cookies().is_empty());
}

// Goal: while too many mails wait, the form comes back filled in, and the address keeps its share.
#[tokio::test]
async fn a_full_queue_gives_the_form_back() {
    let app = Kairo::start().await;
    let ana = app.anonymous();
    let form = [("email", ANA), ("next", "/inbox"), ("zone", "")];
    // Letters that are not due yet, so nobody takes them.
    let fill = format!(
        "INSERT INTO mail.letters (id, purpose, sealed, address_macs, next_attempt_at, expires_at)
         SELECT gen_random_uuid(), 'sign_in', decode(repeat('00', 64), 'hex'), ARRAY[sha256('a')],
                now() + interval '1 day', now() + interval '1 day'
           FROM generate_series(1, {MAIL_QUEUE_MAX})"
    );
    let host = app.superuser().await;
    host.execute(&fill).await.unwrap();
    let busy = ana.post_form("/sign-in", &form).await;
    assert_eq!((status(&busy), busy.header("retry-after")), (503, "60"));
    says(&busy, "value=\"ana@example.org\"");
    says(&busy, "name=\"next\" value=\"/inbox\"");
    assert!(busy.cookies().is_empty());
    let one = "DELETE FROM mail.letters WHERE id = (SELECT id FROM mail.letters LIMIT 1)";
    host.execute(one).await.unwrap();
    assert_eq!(status(&ana.post_form("/sign-in", &form).await), 303);
    assert_eq!(app.letter(ANA).await.to, ANA);
}
