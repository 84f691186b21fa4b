//! Two people side by side: no route shows or changes what is the other's, by either of the two
//! walls.
//!
//! The table below is held against the sources, so that a route cannot be added and left out here.

use axum::body::Body;
use serde_json::{Value, json};

use crate::harness::Kairo;
use crate::harness::actors::Actor;
use crate::harness::http::{Answer, form, with_body};

/// Who may use a route.
#[derive(Clone, Copy, PartialEq, Eq)]
enum For {
    /// Anybody.
    All,
    /// A signed-in browser, about itself.
    Member,
    /// A signed-in browser, about one row.
    Owner(Row),
    /// An API token, about itself.
    Program,
    /// An API token, about one row.
    Holder(Row),
}

/// What an id names.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Row {
    Item,
    Series,
    Capture,
    Session,
    Token,
}

use For::{All, Holder, Member, Owner, Program};

/// Every method of every route.
const TABLE: [(&str, &str, For); 61] = [
    ("GET", "/", Member),
    ("GET", "/inbox", Member),
    ("GET", "/done", Member),
    ("GET", "/items/{id}", Owner(Row::Item)),
    ("POST", "/items/{id}", Owner(Row::Item)),
    ("POST", "/items/{id}/completion", Owner(Row::Item)),
    ("POST", "/items/{id}/reopening", Owner(Row::Item)),
    ("POST", "/items/{id}/deletion", Owner(Row::Item)),
    ("POST", "/items/{id}/restoration", Owner(Row::Item)),
    ("GET", "/items/{id}/occurrences/{original}", Owner(Row::Series)),
    ("POST", "/items/{id}/occurrences/{original}", Owner(Row::Series)),
    ("POST", "/items/{id}/occurrences/{original}/completion", Owner(Row::Series)),
    ("POST", "/items/{id}/occurrences/{original}/reopening", Owner(Row::Series)),
    ("POST", "/items/{id}/occurrences/{original}/skip", Owner(Row::Series)),
    ("POST", "/captures", Member),
    ("POST", "/captures/preview", Member),
    ("GET", "/captures/{id}", Owner(Row::Capture)),
    ("GET", "/sign-in", All),
    ("POST", "/sign-in", All),
    ("GET", "/sign-in/code", All),
    ("POST", "/sign-in/code", All),
    ("GET", "/sign-in/link", All),
    ("POST", "/sign-in/link", All),
    ("POST", "/sign-out", All),
    ("GET", "/signed-out", All),
    ("GET", "/settings", All),
    ("GET", "/settings/account", Member),
    ("POST", "/settings/sessions/revocation", Member),
    ("POST", "/settings/sessions/{id}/revocation", Owner(Row::Session)),
    ("GET", "/settings/reading", Member),
    ("POST", "/settings/reading", Member),
    ("GET", "/settings/usage", Member),
    ("POST", "/settings/usage/answers/deletion", Member),
    ("GET", "/settings/tokens", Member),
    ("POST", "/settings/tokens/{id}/revocation", Owner(Row::Token)),
    ("GET", "/outbox", All),
    // For this machine alone, see `ops.rs`.
    ("GET", "/ops", All),
    ("GET", "/assets/{file}", All),
    // By its signature, see `mail/`; nobody's without one.
    ("POST", "/webhooks/resend", All),
    // Public pages; what a check found in full is on none of them.
    ("GET", "/security", All),
    ("GET", "/security.json", All),
    ("GET", "/security/criteria", All),
    ("GET", "/security/{id}", All),
    ("GET", "/privacy", All),
    ("GET", "/.well-known/security.txt", All),
    ("GET", "/.well-known/kairo-evidence.json", All),
    ("GET", "/healthz", All),
    ("GET", "/readyz", All),
    ("GET", "/api/v1/openapi.json", All),
    ("POST", "/api/v1/captures", Program),
    ("POST", "/api/v1/captures/preview", Program),
    ("GET", "/api/v1/captures/{id}", Holder(Row::Capture)),
    ("GET", "/api/v1/items", Program),
    ("GET", "/api/v1/items/{id}", Holder(Row::Item)),
    ("PATCH", "/api/v1/items/{id}", Holder(Row::Item)),
    ("DELETE", "/api/v1/items/{id}", Holder(Row::Item)),
    ("POST", "/api/v1/items/{id}/restoration", Holder(Row::Item)),
    ("GET", "/api/v1/items/{id}/occurrences", Holder(Row::Series)),
    ("PATCH", "/api/v1/items/{id}/occurrences/{original}", Holder(Row::Series)),
    // The caller's own credits, by its session; see `v1/`.
    ("POST", "/v1/chat/completions", Program),
    ("GET", "/v1/models", Program),
];

/// One person's rows, by what names them.
struct Rows {
    item: String,
    series: String,
    original: String,
    capture: String,
    session: String,
    token: String,
}

impl Rows {
    async fn of(app: &Kairo, browser: &Actor, program: &Actor) -> Self {
        let thought = json!({ "text": "secret lunch with Sam tomorrow 1pm #hidden" });
        let made = program.post_json("/api/v1/captures", &thought).await.is(201).json();
        let id = |value: &Value| value["id"].as_str().unwrap().to_owned();
        let thought = json!({ "text": "secret lunch every day 1pm #hidden" });
        let series = program.post_json("/api/v1/captures", &thought).await.is(201).json();
        let series = &series["items"][0];
        assert!(series["rrule"].is_string());
        Self {
            item: id(&made["items"][0]),
            series: id(series),
            original: series["start"].as_str().unwrap().to_owned(),
            capture: id(&made["capture"]),
            session: app.person(browser).await.session_id.to_string(),
            token: app.person(program).await.session_id.to_string(),
        }
    }

    fn path(&self, route: &str, row: Row) -> String {
        let id = match row {
            Row::Item => &self.item,
            Row::Series => &self.series,
            Row::Capture => &self.capture,
            Row::Session => &self.session,
            Row::Token => &self.token,
        };
        self.named(route, id)
    }

    fn named(&self, route: &str, id: &str) -> String {
        route.replace("{id}", id).replace("{original}", &self.original)
    }
}

/// A request that its owner could make.
async fn call(actor: &Actor, method: &str, path: &str) -> Answer {
    let request = actor.request(method, path).header("if-match", "\"1\"");
    let json = path.starts_with("/api/") || path.starts_with("/v1/") || path.ends_with("/preview");
    let request = match (method, json) {
        ("GET" | "DELETE", _) => request.body(Body::empty()).unwrap(),
        (_, true) => {
            let body = if path.ends_with("/restoration") {
                json!({ "version": 1 })
            } else if path.contains("/items/") {
                json!({ "title": "taken" })
            } else {
                json!({ "text": "taken" })
            };
            with_body(request, "application/json", body.to_string())
        }
        (_, false) => {
            let fields = [
                ("version", "1"),
                ("title", "taken"),
                ("kind", "task"),
                ("when", "tomorrow 2pm"),
                ("scope", "this"),
                ("text", "taken"),
                ("zone", "Asia/Tokyo"),
            ];
            with_body(request, "application/x-www-form-urlencoded", form(&fields))
        }
    };
    actor.send(request).await
}

/// Every row that somebody's words or sessions lie in, as one text.
async fn all_rows(app: &Kairo, owner: &Actor) -> String {
    let user = app.person(owner).await.user_id;
    let mut all = String::new();
    for table in [
        "app.items",
        "app.item_occurrences",
        "app.item_revisions",
        "app.captures",
        "app.settings",
        "app.data_keys",
    ] {
        let sql = format!("SELECT t::text FROM {table} t WHERE user_id = $1 ORDER BY 1");
        for row in app.superuser().await.query(&sql, &[&user]).await.unwrap() {
            all.push_str(&row.get::<_, String>(0));
        }
    }
    let sql =
        "SELECT id::text || revoked_at::text FROM authn.sessions WHERE user_id = $1 ORDER BY 1";
    let sessions = app.superuser().await.query(sql, &[&user]).await.unwrap();
    assert!(all.len() > 500);
    format!("{all}{sessions:?}")
}

/// The routes in a source, as method and path.
fn routes_in(source: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for route in source.split(".route(").skip(1) {
        let path = route.split('"').nth(1).unwrap().to_owned();
        let handlers = route.split("\n}").next().unwrap();
        for method in ["get", "post", "put", "patch", "delete", "any", "on", "head", "options"] {
            let called = format!("{method}(");
            let is_call = |(at, _): (usize, &str)| {
                !handlers[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_')
            };
            if handlers.match_indices(&called).any(is_call) {
                found.push((method.to_uppercase(), path.clone()));
            }
        }
    }
    found
}

fn sources(folder: &std::path::Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let (path, name) = (entry.path(), entry.file_name());
        if path.is_dir() && name != "tests" {
            sources(&path, found);
        } else if path.is_file() && name != "tests.rs" {
            found.push(std::fs::read_to_string(path).unwrap());
        }
    }
}

// Goal: the table is every method of every route, so that a new one must be given its wall here.
#[test]
fn the_table_is_whole() {
    let mut files = Vec::new();
    sources(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web"), &mut files);
    let mut there: Vec<_> = files.iter().flat_map(|source| routes_in(source)).collect();
    let mut table: Vec<_> = TABLE
        .iter()
        .map(|(method, route, _)| ((*method).to_owned(), (*route).to_owned()))
        .collect();
    there.sort();
    table.sort();
    assert_eq!(there, table);
    for way_around in [".nest(", ".nest_service(", ".route_service(", ".fallback_service("] {
        assert!(!files.iter().any(|source| source.contains(way_around)), "{way_around}");
    }
}

// Goal: what is one person's is 404 for another on every route that names a row, in the same words
// as what never was, and nothing of it changes; also where row-level security stands alone.
#[tokio::test]
async fn what_is_not_yours_is_not_there() {
    for owner_checks in [true, false] {
        let app = Kairo::start_with(|settings| settings.owner_checks = owner_checks).await;
        let (ana, anas) =
            (app.member("ana@example.org").await, app.program("ana@example.org").await);
        let (ben, bens) =
            (app.member("ben@example.org").await, app.program("ben@example.org").await);
        let rows = Rows::of(&app, &ana, &anas).await;
        let nowhere = app.base.ids.next().unwrap().to_string();
        let before = all_rows(&app, &ana).await;
        for (method, route, access) in TABLE {
            let (actor, row) = match access {
                Owner(row) => (&ben, row),
                Holder(row) => (&bens, row),
                All | Member | Program => continue,
            };
            let theirs = call(actor, method, &rows.path(route, row)).await.is(404);
            let never = call(actor, method, &rows.named(route, &nowhere)).await.is(404);
            let id = |answer: &Answer| answer.header("x-request-id").to_owned();
            let masked = |answer: &Answer| answer.text().replace(&id(answer), "");
            assert_eq!(masked(&theirs), masked(&never), "{method} {route}");
        }
        assert_eq!(all_rows(&app, &ana).await, before, "owner checks: {owner_checks}");
    }
}

// Goal: no page, list or answer of another person's holds a word of the first one's, whatever
// cookie or cursor names it.
#[tokio::test]
async fn words_never_cross() {
    for owner_checks in [true, false] {
        let app = Kairo::start_with(|settings| settings.owner_checks = owner_checks).await;
        let (ana, anas) =
            (app.member("ana@example.org").await, app.program("ana@example.org").await);
        let (ben, bens) =
            (app.member("ben@example.org").await, app.program("ben@example.org").await);
        let rows = Rows::of(&app, &ana, &anas).await;
        assert!(ana.get("/").await.text().contains("secret lunch"), "there is something to find");
        for (method, route, access) in TABLE {
            let actor = match access {
                Member | All => &ben,
                Program => &bens,
                Owner(_) | Holder(_) => continue,
            };
            if method != "GET" || route.contains("{file}") || route == "/outbox" {
                continue;
            }
            for query in ["", "?q=secret", "?tag=hidden", &format!("?after={}", rows.item)] {
                ben.keep_cookie("__Host-kairo-notice-8443", &format!("item.done.{}.1", rows.item));
                let answer = call(actor, method, &format!("{route}{query}")).await;
                assert!(answer.status.as_u16() < 500, "{route}{query}");
                for word in ["secret lunch", "ana@example.org", &rows.item, &rows.series] {
                    assert!(
                        !answer.text().replace(query, "").contains(word),
                        "{word}: {route}{query}"
                    );
                }
            }
        }
    }
}

// Goal: nobody is led to sign in by a page and refused by everything else, and changes nothing.
#[tokio::test]
async fn nobody_is_led_to_sign_in() {
    let app = Kairo::start().await;
    let (ana, anas) = (app.member("ana@example.org").await, app.program("ana@example.org").await);
    let rows = Rows::of(&app, &ana, &anas).await;
    let before = all_rows(&app, &ana).await;
    for (method, route, access) in TABLE {
        let path = match access {
            All => continue,
            Owner(row) | Holder(row) => rows.path(route, row),
            Member | Program => route.to_owned(),
        };
        let answer = call(&app.anonymous(), method, &path).await;
        if method == "GET" && !matches!(access, Holder(_) | Program) {
            let next = if path == "/" {
                String::new()
            } else {
                format!("?next={}", path.replace(':', "%3A"))
            };
            assert_eq!(answer.is(303).location(), format!("/sign-in{next}"));
        } else {
            assert_eq!(answer.is(401).header("set-cookie"), "", "{method} {route}");
        }
    }
    assert_eq!(all_rows(&app, &ana).await, before);
}

// Goal: the owner is let in everywhere with the same requests, so that a refusal above is the
// wall's.
#[tokio::test]
async fn the_owner_passes() {
    let app = Kairo::start().await;
    for (method, route, access) in TABLE {
        let (Owner(row) | Holder(row)) = access else { continue };
        let (ana, anas) =
            (app.member("ana@example.org").await, app.program("ana@example.org").await);
        let rows = Rows::of(&app, &ana, &anas).await;
        let actor = if matches!(access, Owner(_)) { &ana } else { &anas };
        let answer = call(actor, method, &rows.path(route, row)).await;
        let undone = route.ends_with("/restoration");
        let wanted: &[u16] = if undone { &[409] } else { &[200, 204, 303] };
        assert!(wanted.contains(&answer.status.as_u16()), "{method} {route}: {}", answer.status);
    }
}
