//! The operator's page: for this machine alone, and without anybody's name.

use axum::body::Body;
use kairo::config::Plans;
use kairo::guard::overview;

use crate::harness::Kairo;
use crate::harness::actors::Actor;
use crate::harness::http::Answer;
use crate::harness::upstream::Upstream;

const OWN: &str = "localhost:8443";

async fn look(actor: &Actor, host: &str) -> Answer {
    let request = actor.request("GET", "/ops").header("host", host);
    actor.send(request.body(Body::empty()).unwrap()).await
}

async fn metered() -> (Kairo, Upstream) {
    let upstream = Upstream::start().await;
    let provider = upstream.settings();
    let app = Kairo::start_with(|settings| {
        settings.ai = Some((provider, Plans::default()));
    })
    .await;
    (app, upstream)
}

// Goal: it exists for a client of this machine under the site's own name, and for nobody else.
#[tokio::test]
async fn only_this_machine_sees_it() {
    let app = Kairo::start().await;
    let here = app.anonymous();
    look(&here, OWN).await.is(200);
    for host in ["evil.example:8443", "localhost", "127.0.0.1:8443"] {
        look(&here, host).await.is(404);
    }
    let mut far = app.anonymous();
    far.peer = ([192, 0, 2, 1], 40_000).into();
    look(&far, OWN).await.is(404);
    let mut ana = app.member("ana@example.org").await;
    ana.peer = far.peer;
    look(&ana, OWN).await.is(404);
}

// Goal: on a public origin it is not there, not even for this machine.
#[tokio::test]
async fn a_public_site_has_none() {
    let app = Kairo::start_with(|settings| {
        settings.loopback = false;
        settings.origin = "https://kairo.example";
    })
    .await;
    look(&app.anonymous(), "kairo.example").await.is(404);
}

/// A day on which somebody used much.
fn planted(user: &str) -> String {
    format!(
        "INSERT INTO guard.days (day, granted_nano)
         VALUES ((now() AT TIME ZONE 'UTC')::date, 5000000000);
         INSERT INTO guard.slices VALUES ((now() AT TIME ZONE 'UTC')::date, 1, 1000000000);
         INSERT INTO guard.usage_hours (user_id, hour, captures, chats, small, hits, credits,
                                        cost_nano)
         VALUES ('{user}', now() - interval '1 hour', 30, 7, 5, 10, 37, 123456789);
         INSERT INTO guard.quotas (user_id, hour_start, downshift)
         VALUES ('{user}', date_trunc('hour', now(), 'UTC'), true);
         INSERT INTO guard.attempts (reservation_id, attempt, model, outcome, tokens_in, tokens_out,
                                     cost_nano, channel)
         SELECT gen_random_uuid(), 1, 'normal-model', 'timed_out', 10, 20, 0, 'tls'
           FROM generate_series(1, 3);"
    )
}

// Goal: money, calls, the cache and people are what was counted; a person is an id.
#[tokio::test]
async fn the_numbers_are_the_databases() {
    let (app, _upstream) = metered().await;
    let ana = app.member("ana@example.org").await;
    let plant = planted(&app.person(&ana).await.user_id.to_string());
    app.superuser().await.execute(&plant).await.unwrap();
    let page = look(&app.anonymous(), OWN).await.is(200);
    let user = app.person(&ana).await.user_id.to_string();
    for words in [
        "<b>$4.00</b> of $20.00",
        "<dd>10 of 40 (25 %)</dd>",
        "<dt>Downshifted now</dt><dd>1</dd>",
        "normal-model</th><td class=\"word\">timed out</td><td>3</td><td>30</td><td>60</td>",
        &user,
        "<td>$0.1234</td>",
        "Every counter is the sum of its ledger.",
        "Nothing is out of the ordinary.",
    ] {
        assert!(page.text().contains(words), "{words} is not in {}", page.text());
    }
    assert!(!page.text().contains("ana@"), "no address");
}

// Goal: a counter that no ledger explains is shown.
#[tokio::test]
async fn drift_is_shown() {
    let app = Kairo::start().await;
    let ana = app.member("ana@example.org").await;
    let user = app.person(&ana).await.user_id;
    let plant = format!("INSERT INTO guard.quotas (user_id, month_used) VALUES ('{user}', 9)");
    app.superuser().await.execute(&plant).await.unwrap();
    let page = look(&app.anonymous(), OWN).await.is(200);
    let words = "1 counter is not the sum of the ledger.";
    assert!(page.text().contains(words), "{}", page.text());
}

// Goal: the list of people has an end, and begins with who used most.
#[tokio::test]
async fn the_list_of_people_has_an_end() {
    let app = Kairo::start().await;
    let plant = "INSERT INTO guard.usage_hours (user_id, hour, credits)
                 SELECT gen_random_uuid(), now(), n FROM generate_series(1, 11) n";
    app.superuser().await.execute(plant).await.unwrap();
    let sight = overview::look(&app.base.db.worker).await.unwrap();
    let credits: Vec<i64> = sight.people.iter().map(|person| person.credits).collect();
    assert_eq!(credits, [11, 10, 9, 8, 7, 6, 5, 4, 3, 2]);
}
