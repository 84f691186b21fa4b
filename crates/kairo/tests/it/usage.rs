//! The page of usage and the meter: the numbers are the database's, each person's own.

use std::time::Duration;

use kairo::config::Plans;
use serde_json::json;

use crate::harness::Kairo;
use crate::harness::actors::Actor;
use crate::harness::http::Answer;
use crate::harness::page::between;
use crate::harness::upstream::{Say, Upstream};

const USAGE: &str = "/settings/usage";
/// A thought that the reader is not sure of.
const DOUBTFUL: &str = "coffee w/ Dana the morrow half past nine-ish";

/// A Kairo with a provider.
async fn metered() -> (Kairo, Upstream) {
    let upstream = Upstream::start().await;
    let provider = upstream.settings();
    let app = Kairo::start_with(|settings| {
        settings.ai = Some((provider, Plans::default()));
    })
    .await;
    (app, upstream)
}

/// Puts hours of a person into the past: days ago, thoughts, of those small, kept answers.
async fn plant(app: &Kairo, who: &Actor, hours: &[(i32, i32, i32, i32)]) {
    let (user, host) = (app.person(who).await.user_id, app.superuser().await);
    for (days, captures, small, hits) in hours {
        let sql = "INSERT INTO guard.usage_hours (user_id, hour, captures, small, hits, credits)
                   VALUES ($1, date_trunc('day', now(), 'UTC') - make_interval(days => $2), $3, $4,
                           $5, $3)";
        host.query(sql, &[&user, days, captures, small, hits]).await.unwrap();
    }
}

async fn set_quota(app: &Kairo, who: &Actor, month: i32, hour: i32) {
    let (user, host) = (app.person(who).await.user_id, app.superuser().await);
    let sql = "INSERT INTO guard.quotas (user_id, month_start, month_used, hour_start, hour_used)
               VALUES ($1, date_trunc('month', now(), 'UTC'), $2, date_trunc('hour', now(), 'UTC'),
                       $3)";
    host.query(sql, &[&user, &month, &hour]).await.unwrap();
}

fn says(answer: &Answer, words: &str) {
    assert!(answer.text().contains(words), "{words} is not in {}", answer.text());
}

// Goal: every number of the page is what was counted: both windows, each day, the table behind it.
#[tokio::test]
async fn the_page_says_what_was_counted() {
    let (app, _upstream) = metered().await;
    let ana = app.member("ana@example.org").await;
    plant(&app, &ana, &[(29, 7, 2, 0), (30, 900, 0, 0), (3, 11, 11, 0), (0, 4, 1, 2)]).await;
    set_quota(&app, &ana, 42, 6).await;
    let page = ana.get(USAGE).await.is(200);
    for words in ["<b>6</b> of 10", "<b>42</b> of 50", "22 calls to a model."] {
        says(&page, words);
    }
    let row = |all: &str| format!("<td>{all}</td>");
    assert_eq!(page.text().matches("<th scope=\"row\">").count(), 34, "30 days and 4 sources");
    for cells in [["7", "5", "2"], ["11", "0", "11"], ["4", "3", "1"]] {
        says(&page, &cells.map(row).concat());
    }
    assert_eq!(page.text().matches("<g><title>").count(), 3, "a day without a call has no bar");
    says(&page, "00:00 UTC");
}

// Goal: where the credits went is this month's, and adds up with what the lead says.
#[tokio::test]
async fn the_sources_are_of_this_month() {
    let (app, _upstream) = metered().await;
    let ana = app.member("ana@example.org").await;
    plant(&app, &ana, &[(0, 4, 0, 2), (40, 90, 0, 9)]).await;
    for text in ["lunch with Sam tomorrow 1pm", "pay rent every 1st"] {
        ana.post_form("/captures", &[("text", text)]).await.is(303);
    }
    let page = ana.get(USAGE).await.is(200);
    says(&page, "4 of 8 thoughts this month cost nothing.");
    for (name, times, credits) in [
        ("Read without a model", "2", "0"),
        ("Answered from your cache", "2", "0"),
        ("Thoughts refined by a model", "4", "4"),
        ("Your API tokens", "0", "0"),
    ] {
        says(&page, &format!("<th scope=\"row\">{name}</th><td>{times}</td><td>{credits}</td>"));
    }
}

// Goal: nobody's page counts what another used.
#[tokio::test]
async fn nobody_sees_what_another_used() {
    let (app, _upstream) = metered().await;
    let (ana, ben) = (app.member("ana@example.org").await, app.member("ben@example.org").await);
    plant(&app, &ana, &[(0, 31, 5, 3), (3, 17, 0, 0)]).await;
    set_quota(&app, &ana, 48, 9).await;
    let page = ben.get(USAGE).await.is(200);
    for words in ["<b>0</b> of 10", "<b>0</b> of 50", "No model was asked."] {
        says(&page, words);
    }
    assert!(!page.text().contains("<td>31</td>") && !page.text().contains("<g><title>"));
    says(&ben.get("/").await, "<b>0</b> of 50 this month");
    says(&ana.get("/").await, "<b>48</b> of 50 this month");
}

// Goal: without a provider the page says so in words, and the agenda has no meter.
#[tokio::test]
async fn without_a_provider_nothing_is_metered() {
    let app = Kairo::start().await;
    let ana = app.member("ana@example.org").await;
    let page = ana.get(USAGE).await.is(200);
    says(&page, "No model is set up here.");
    assert!(
        !page.text().contains("class=\"gauge\"") && !page.text().contains("<svg class=\"strip")
    );
    assert!(!ana.get("/").await.text().contains("class=\"spend\""));
}

// Goal: at four fifths of a month and at its end the agenda says so, and not before.
#[tokio::test]
async fn the_agenda_tells_when_little_is_left() {
    let (app, _upstream) = metered().await;
    for (email, used, words) in [
        ("ana@example.org", 39, None),
        ("ben@example.org", 40, Some("10 of this month’s credits are left")),
        ("cid@example.org", 50, Some("This month’s credits are used up.")),
    ] {
        let who = app.member(email).await;
        set_quota(&app, &who, used, 0).await;
        let page = who.get("/").await.is(200);
        match words {
            Some(words) => says(&page, words),
            None => assert!(!page.text().contains("this month’s credits"), "{used}"),
        }
    }
}

// Goal: kept answers are forgotten on request, the asking person's alone, and the page says so.
#[tokio::test]
async fn kept_answers_are_forgotten() {
    let (app, upstream) = metered().await;
    upstream.always(Say::Answer(tagged()));
    for email in ["ana@example.org", "ben@example.org"] {
        let who = app.program(email).await;
        who.post_json("/api/v1/captures?wait_s=10", &json!({ "text": DOUBTFUL })).await.is(201);
    }
    let ana = app.member("ana@example.org").await;
    for said in ["The kept answers are forgotten.", "There was no kept answer to forget."] {
        let to = ana.post_form("/settings/usage/answers/deletion", &[]).await.is(303);
        assert_eq!(to.location(), USAGE);
        says(&ana.get(USAGE).await, said);
    }
    let host = app.superuser().await;
    let left = host.query("SELECT count(*) FROM app.model_answers", &[]).await.unwrap();
    assert_eq!(left[0].get::<_, i64>(0), 1);
}

/// What a model says of the doubtful thought.
fn tagged() -> String {
    json!({
        "title": "coffee", "kind": "event", "when_text": "the morrow half past nine-ish",
        "when_norm": "tomorrow 9:30am", "role": "start", "people": ["Dana"], "labels": [],
        "priority": "none", "confidence": "high", "leftovers": [],
    })
    .to_string()
}

/// Keeps the doubtful thought in a browser, with a provider that never answers; gives the page that
/// the agenda asks.
async fn kept(ana: &Actor, upstream: &Upstream) -> String {
    upstream.always(Say::Hang);
    ana.post_form("/captures", &[("text", DOUBTFUL)]).await.is(303);
    let agenda = ana.get("/").await.is(200);
    says(&agenda, "A model reads it once more.");
    assert!(agenda.text().contains("/assets/refine."), "the script that waits");
    let asks = between(agenda.text(), "data-asks=\"", "\"");
    (*asks.first().unwrap()).to_owned()
}

// Goal: the agenda says that a thought is read once more until that has ended, and then once what
// came of it.
#[tokio::test]
async fn a_second_reading_is_told() {
    let (app, upstream) = metered().await;
    let ana = app.member("ana@example.org").await;
    let asks = kept(&ana, &upstream).await;
    let page = ana.get(&asks).await.is(200);
    assert_eq!(page.header("kairo-refine"), "running");
    says(&page, "half past nine-ish");
    says(&ana.get("/").await, "A model reads it once more.");
    app.superuser().await.execute("UPDATE app.captures SET refine = 'done'").await.unwrap();
    assert_eq!(ana.get(&asks).await.is(200).header("kairo-refine"), "done");
    let after = ana.get("/").await.is(200);
    says(&after, "A model read it, too, and changed nothing.");
    assert!(!after.text().contains("data-asks"), "nothing waits any more");
    assert!(!ana.get("/").await.text().contains("class=\"notice\""), "it is said once");
}

// Goal: what a model changed says so on the item, with a way back to what the reader made of it.
#[tokio::test]
async fn a_refined_item_can_be_taken_back() {
    let (app, upstream) = metered().await;
    let ana = app.member("ana@example.org").await;
    upstream.always(Say::Answer(tagged()));
    let to = ana.post_form("/captures", &[("text", DOUBTFUL)]).await.is(303);
    let id = to.location().trim_start_matches("/#row-").to_owned();
    let path = format!("/items/{id}");
    let mut page = ana.get(&path).await.is(200);
    for _look in 0..1_000 {
        if page.text().contains("Refined by a model.") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
        page = ana.get(&path).await.is(200);
    }
    says(&page, "Undo the model’s change");
    let fields = [("version", "2"), ("back", path.as_str())];
    ana.post_form(&format!("{path}/restoration"), &fields).await.is(303);
    assert!(!ana.get(&path).await.text().contains("Undo the model"));
}

// Goal: a refused reading says quietly that nothing was lost.
#[tokio::test]
async fn a_refused_reading_is_told() {
    let (app, upstream) = metered().await;
    let ana = app.member("ana@example.org").await;
    set_quota(&app, &ana, 50, 0).await;
    ana.post_form("/captures", &[("text", DOUBTFUL)]).await.is(303);
    let agenda = ana.get("/").await.is(200);
    says(&agenda, "It was read without a model.");
    assert_eq!(upstream.calls(), 0);
}

// Goal: the page stays light with its fullest chart.
#[tokio::test]
async fn the_page_is_light() {
    let (app, _upstream) = metered().await;
    let ana = app.member("ana@example.org").await;
    let hours: Vec<_> = (0..30).map(|days| (days, 1_000_000, 500_000, 1)).collect();
    plant(&app, &ana, &hours).await;
    let page = ana.get(USAGE).await.is(200);
    assert!(page.body.len() < 32 * 1024, "{}", page.body.len());
}
