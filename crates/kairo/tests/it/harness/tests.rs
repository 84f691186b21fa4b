//! What the harness itself promises to its users.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::Kairo;
use super::actors::link_token;
use super::cluster::Private;
use super::http::form;

// Goal: actors are who they say, each by their own bearer, and a person's two bearers are one
// person.
#[tokio::test]
async fn actors_are_known() {
    let app = Kairo::start().await;
    let (ana, program) =
        (app.member("ana@example.org").await, app.program("ana@example.org").await);
    let (ben, reader) = (app.member("ben@example.org").await, app.reader("ben@example.org").await);
    assert_eq!((ana.email.as_str(), reader.email.as_str()), ("ana@example.org", "ben@example.org"));
    let (ana, program) = (app.person(&ana).await, app.person(&program).await);
    let (ben, reader) = (app.person(&ben).await, app.person(&reader).await);
    assert_eq!((ana.user_id, ana.email.as_str()), (program.user_id, "ana@example.org"));
    assert_eq!((ben.user_id, reader.may_write), (reader.user_id, false));
    assert!(program.may_write && ana.user_id != ben.user_id);
}

// Goal: requests pass the real edge and the real router, and cookies stay with their browser.
#[tokio::test]
async fn requests_pass_the_edge() {
    let app = Kairo::start().await;
    let (nobody, program) = (app.anonymous(), app.program("ana@example.org").await);
    let ready = nobody.get("/readyz").await;
    assert_eq!((ready.status.as_u16(), ready.text().is_empty()), (200, false));
    assert_ne!(ready.header("x-content-type-options"), "");
    let gone = program.post_json("/api/v1/nothing", &json!({})).await;
    assert_eq!((gone.status.as_u16(), gone.json()["status"].as_u64()), (404, Some(404)));
    assert_eq!(nobody.post_form("/nothing", &[("a", "b c")]).await.location(), "");
    nobody.keep_cookie("taste", "sweet");
    assert_eq!(nobody.cookie("taste").as_deref(), Some("sweet"));
    let request = nobody.request("GET", "/").body(()).unwrap();
    assert_eq!(request.headers()["cookie"], "taste=sweet");
    assert_eq!(form(&[("a b", "\u{e4}&=")]), "a+b=%C3%A4%26%3D");
}

// Goal: the application's time moves by hand alone, and letters of one moment are told apart.
#[tokio::test]
async fn time_moves_by_hand() {
    let start: Timestamp = "2026-11-24T09:00:00Z".parse().unwrap();
    let app = Kairo::start_with(|settings| settings.now = start).await;
    app.member("ana@example.org").await;
    app.member("ana@example.org").await;
    assert_eq!(app.letters().len(), 2);
    assert_ne!(link_token(&app.letters()[0].link), link_token(&app.letters()[1].link));
    app.time.forward(SignedDuration::from_hours(1));
    assert!(start.duration_until(app.base.clock.now()) >= SignedDuration::from_hours(1));
    app.time.set(start);
    assert_eq!(start.duration_until(app.base.clock.now()), SignedDuration::from_micros(1));
}

// Goal: without its own owner checks the application sees what it is given; only a cluster without
// durability can have that.
#[tokio::test]
async fn owner_checks_can_be_taken_down() {
    let app = Kairo::start_with(|settings| settings.owner_checks = false).await;
    let (a, b) = (app.base.ids.next().unwrap(), app.base.ids.next().unwrap());
    assert!(app.base.checks.allow(a, b));
    let _mark = app.throwaway();
}

// Goal: an empty cluster holds no database of Kairo's, so that a test can migrate it.
#[tokio::test]
async fn an_empty_cluster_is_empty() {
    let private = tokio::task::spawn_blocking(Private::start_empty).await.unwrap();
    let server = kairo::db::Host::connect(private.pg_config_of("kairo_super", "postgres")).await;
    let server = server.unwrap();
    let names = server.query("SELECT datname FROM pg_database ORDER BY 1", &[]).await.unwrap();
    let names: Vec<String> = names.iter().map(|row| row.get(0)).collect();
    assert_eq!(names, ["postgres", "template0", "template1"]);
}

// Goal: a test that fails leaves neither its server nor its files.
#[tokio::test]
async fn a_failed_test_leaves_nothing() {
    let (told, places) = tokio::sync::oneshot::channel();
    let failed = tokio::spawn(async move {
        let app = Kairo::start().await;
        let folder = app.private.outbox();
        let socket = app.pg_config("kairo_app").get_hosts().first().cloned().unwrap();
        let tokio_postgres::config::Host::Unix(socket) = socket else { unreachable!() };
        assert!(folder.exists() && socket.exists());
        told.send((folder, socket)).unwrap();
        unreachable!("this test fails on purpose");
    });
    assert!(failed.await.unwrap_err().is_panic());
    let (folder, socket) = places.await.unwrap();
    assert!(!folder.exists() && !folder.parent().unwrap().exists(), "{} is left", folder.display());
    assert!(!socket.exists(), "{} is left", socket.display());
}
