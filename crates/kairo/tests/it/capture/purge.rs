//! Deleted items go for good after 30 days, and nothing else does.

use axum::body::Body;
use kairo::capture::purge::purge;
use kairo::limits::{DELETED_KEPT_S, PURGE_PEOPLE_MAX};
use tokio_postgres::NoTls;

use crate::harness::Kairo;
use crate::harness::actors::Actor;

async fn capture(actor: &Actor, text: &str) -> String {
    let body = serde_json::json!({ "text": text, "time_zone": "UTC" });
    let answer = actor.post_json("/api/v1/captures", &body).await;
    answer.json().pointer("/items/0/id").unwrap().as_str().unwrap().to_owned()
}

async fn rows(app: &Kairo, table: &str) -> i64 {
    let host = app.superuser().await;
    let sql = format!("SELECT count(*) FROM app.{table}");
    host.query(&sql, &[]).await.unwrap().first().unwrap().get(0)
}

// Goal: what was deleted 30 days ago goes with its revisions and its text; what was deleted since,
// and what another person has, stays.
#[tokio::test]
async fn deleted_items_go_after_thirty_days() {
    // Given: two deleted items of Ana's, one long ago, a live one, and one of Ben's.
    let app = Kairo::start().await;
    let (ana, ben) = (app.program("ana@example.org").await, app.program("ben@example.org").await);
    let (old, recent) = (capture(&ana, "old").await, capture(&ana, "recent").await);
    capture(&ana, "live").await;
    capture(&ben, "of another").await;
    for id in [&old, &recent] {
        let request = ana.request("DELETE", &format!("/api/v1/items/{id}"));
        let request = request.header("if-match", "\"1\"").body(Body::empty()).unwrap();
        assert_eq!(ana.send(request).await.status, 204);
    }
    let host = app.superuser().await;
    let back = "UPDATE app.items SET deleted_at = deleted_at - interval '31 days',
                created_at = created_at - interval '40 days' WHERE id = $1::text::uuid";
    host.query(back, &[&old]).await.unwrap();
    let all = "UPDATE app.captures SET created_at = created_at - interval '40 days'";
    host.execute(all).await.unwrap();

    // When: the job runs, twice.
    assert_eq!(purge(&app.base).await.unwrap(), 1);
    assert_eq!(purge(&app.base).await.unwrap(), 0);

    // Then: one item, its revision and its capture are gone.
    assert_eq!(rows(&app, "items").await, 3);
    assert_eq!(rows(&app, "item_revisions").await, 1);
    assert_eq!(rows(&app, "captures").await, 3);
}

async fn delete(actor: &Actor, id: &str) {
    let request = actor.request("DELETE", &format!("/api/v1/items/{id}"));
    let request = request.header("if-match", "\"1\"").body(Body::empty()).unwrap();
    assert_eq!(actor.send(request).await.status, 204);
}

const AGE: &str = "
    UPDATE app.items SET deleted_at = deleted_at - interval '31 days';
    UPDATE app.captures SET created_at = created_at - interval '40 days'";

// Goal: a person whose purge fails keeps nobody else's from being done, and is tried again.
#[tokio::test]
async fn one_failure_stops_nobody_else() {
    let app = Kairo::start().await;
    for email in ["ana@example.org", "ben@example.org", "eva@example.org"] {
        let person = app.program(email).await;
        delete(&person, &capture(&person, "old").await).await;
    }
    let host = app.superuser().await;
    host.execute(AGE).await.unwrap();
    let fail = "CREATE FUNCTION app.fail() RETURNS trigger LANGUAGE plpgsql AS
                    'BEGIN RAISE ''no''; END';
                GRANT EXECUTE ON FUNCTION app.fail() TO PUBLIC;
                CREATE TRIGGER fail BEFORE DELETE ON app.items FOR EACH ROW
                    WHEN (old.id IS NOT NULL) EXECUTE FUNCTION app.fail()";
    let fail_ana = "SELECT format('(old.user_id = %L)', id) FROM authn.users
                     WHERE email_norm = 'ana@example.org'";
    let ana: String = host.query(fail_ana, &[]).await.unwrap()[0].get(0);
    host.execute(&fail.replace("(old.id IS NOT NULL)", &ana)).await.unwrap();
    assert_eq!(purge(&app.base).await.unwrap(), 2);
    assert_eq!((rows(&app, "items").await, rows(&app, "captures").await), (1, 1));
    host.execute("DROP TRIGGER fail ON app.items").await.unwrap();
    assert_eq!(purge(&app.base).await.unwrap(), 1);
    assert_eq!(rows(&app, "items").await, 0);
}

// Goal: dead sessions go (of jobs after a day, others after 30), and live ones stay.
#[tokio::test]
async fn dead_sessions_go() {
    let app = Kairo::start().await;
    app.member("ana@example.org").await;
    let host = app.superuser().await;
    let plant =
        "INSERT INTO authn.sessions (id, token_hash, user_id, kind, scopes, method, purpose,
                                             idle_expires_at, absolute_expires_at)
        SELECT gen_random_uuid(), sha256(n::text::bytea), u.id, k, '{read}', m, p,
               CASE k WHEN 'web' THEN now() - ended END, now() - ended
          FROM authn.users u, (VALUES (1, 'job', 'job', 'purge', interval '25 hours'),
               (2, 'job', 'job', 'purge', interval '23 hours'),
               (3, 'web', 'link', NULL, interval '31 days'),
               (4, 'web', 'link', NULL, interval '29 days')) v (n, k, m, p, ended)";
    host.execute(plant).await.unwrap();
    purge(&app.base).await.unwrap();
    let left = "SELECT string_agg(n::text, ' ' ORDER BY n) FROM generate_series(1, 4) n
                  JOIN authn.sessions ON token_hash = sha256(n::text::bytea)";
    assert_eq!(host.query(left, &[]).await.unwrap()[0].get::<_, String>(0), "2 4");
    let all = "SELECT count(*) FROM authn.sessions";
    assert_eq!(host.query(all, &[]).await.unwrap()[0].get::<_, i64>(0), 3);
}

const PURGEABLE: [&str; 5] =
    ["item_occurrences", "item_revisions", "items", "capture_keys", "captures"];

// Goal: a worker that was taken over removes nothing that is live or was deleted of late, writes
// nothing, and begins no job but the one that there is.
#[tokio::test]
async fn the_worker_can_do_no_more_than_purge() {
    let app = Kairo::start().await;
    let ana = app.program("ana@example.org").await;
    capture(&ana, "live").await;
    delete(&ana, &capture(&ana, "recent").await).await;
    app.superuser().await.execute(AGE.split(';').nth(1).unwrap()).await.unwrap();
    let (worker, connection) = app.pg_config("kairo_worker").connect(NoTls).await.unwrap();
    tokio::spawn(connection);
    let user = app.person(&ana).await.user_id;
    let begin = |purpose: &str| {
        format!("SELECT authn.job_session('{user}', '{purpose}', gen_random_uuid(), sha256('x'))")
    };
    worker.batch_execute(&begin("purge")).await.unwrap();
    worker.batch_execute("SET kairo.session = 'x'").await.unwrap();
    let seen = worker.query("SELECT FROM app.items", &[]).await.unwrap();
    assert_eq!(seen.len(), 2, "the job's session is not live");
    for table in PURGEABLE {
        assert_eq!(worker.execute(&format!("DELETE FROM app.{table}"), &[]).await.unwrap(), 0);
        let written =
            worker.batch_execute(&format!("INSERT INTO app.{table} DEFAULT VALUES")).await;
        assert_eq!(written.unwrap_err().code().unwrap().code(), "42501", "{table}");
        let written = worker.batch_execute(&format!("UPDATE app.{table} SET user_id = NULL")).await;
        assert_eq!(written.unwrap_err().code().unwrap().code(), "42501", "{table}");
    }
    let other = worker.batch_execute(&begin("other")).await.unwrap_err();
    assert_eq!(other.code().unwrap().code(), "23514");
    let due = format!("SELECT FROM authn.purge_due({}, 1)", DELETED_KEPT_S - 1);
    assert_eq!(worker.batch_execute(&due).await.unwrap_err().code().unwrap().code(), "22023");
}

// Goal: one look removes what is due of so many people, and the next look goes on with the rest.
#[tokio::test]
async fn a_look_has_a_bound() {
    let app = Kairo::start().await;
    let people = format!(
        "INSERT INTO authn.users (id, email_norm)
         SELECT gen_random_uuid(), format('p%s@example.org', n)
           FROM generate_series(0, {PURGE_PEOPLE_MAX}) n;
         INSERT INTO app.items (id, user_id, kind, body_sealed, created_at, deleted_at)
         SELECT gen_random_uuid(), id, 'task', '', now() - interval '40 days',
                now() - interval '31 days' FROM authn.users"
    );
    app.superuser().await.execute(&people).await.unwrap();
    assert_eq!(purge(&app.base).await.unwrap(), usize::try_from(PURGE_PEOPLE_MAX).unwrap());
    assert_eq!(purge(&app.base).await.unwrap(), 1);
    assert_eq!(rows(&app, "items").await, 0);
}
