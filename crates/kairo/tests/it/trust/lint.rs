//! The lint of the catalogue: clean as the migrations leave it, and each rule seen to be awake.

use kairo::db::Host;
use kairo::trust::proofs::lint::{self, RULES};
use kairo::trust::proofs::refuse_unsound;
use kairo::trust::proofs::world::expected_objects;

use crate::harness::Kairo;

/// Rule and object of each finding.
async fn findings(host: &Host) -> Vec<String> {
    let found = lint::run(host, &expected_objects()).await.unwrap();
    found.iter().map(|finding| format!("{} {}", finding.rule.id, finding.object)).collect()
}

// Goal: the catalogue as the migrations left it is clean.
#[tokio::test]
async fn the_catalogue_is_clean() {
    let app = Kairo::start().await;
    assert_eq!(findings(&app.superuser().await).await, Vec::<String>::new());
}

/// A pitfall, and what must be found when it is planted. A new table is always L23's, too.
const PITFALLS: [(&str, &[&str]); 52] = [
    ("ALTER TABLE authn.users DISABLE ROW LEVEL SECURITY", &["L1 authn.users"]),
    ("ALTER TABLE app.items NO FORCE ROW LEVEL SECURITY", &["L2 app.items"]),
    (
        "CREATE TABLE app.x (a int); ALTER TABLE app.x OWNER TO kairo_owner",
        &["L1 app.x", "L2 app.x", "L23 app.x"],
    ),
    (
        "CREATE TABLE app.x (a int) PARTITION BY LIST (a); ALTER TABLE app.x OWNER TO kairo_owner;
         CREATE TABLE app.y PARTITION OF app.x DEFAULT; ALTER TABLE app.y OWNER TO kairo_owner;
         ALTER TABLE app.x ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
         ALTER TABLE app.y ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
         CREATE POLICY y ON app.y FOR SELECT TO kairo_app USING (a = 1);
         CREATE INDEX ON app.y (a); GRANT SELECT ON app.y TO kairo_app",
        &["L3 app.y", "L23 app.x", "L23 app.y"],
    ),
    ("GRANT DELETE ON app.items TO kairo_app", &["L4 app.items DELETE kairo_app without a policy"]),
    (
        "GRANT UPDATE (text_sealed) ON app.captures TO kairo_worker",
        &["L4 app.captures UPDATE kairo_worker without a policy"],
    ),
    (
        "REVOKE SELECT ON app.captures FROM kairo_worker",
        &["L4 app.captures captures_select kairo_worker without a grant"],
    ),
    (
        "GRANT SELECT ON authn.me TO kairo_support",
        &["L4 authn.me kairo_support without its schema"],
    ),
    (
        "GRANT EXECUTE ON FUNCTION authn.session_list TO kairo_support",
        &["L4 authn.session_list() kairo_support without its schema"],
    ),
    (
        "CREATE VIEW app.v AS SELECT id FROM app.items; ALTER VIEW app.v OWNER TO kairo_owner",
        &["L5 app.v", "L23 app.v"],
    ),
    ("ALTER VIEW authn.me RESET (security_barrier)", &["L5 authn.me"]),
    ("ALTER VIEW authn.caller RESET (security_barrier)", &["L5 authn.caller"]),
    (
        "GRANT SELECT ON authn.live TO kairo_app",
        &["L5 authn.live", "L19 authn.live.token_hash for kairo_app"],
    ),
    ("GRANT SELECT (id) ON authn.live TO PUBLIC", &["L5 authn.live", "L8 authn.live"]),
    ("GRANT UPDATE ON authn.me TO kairo_app", &["L5 authn.me UPDATE"]),
    (
        "CREATE MATERIALIZED VIEW app.m AS SELECT 1 AS a;
         ALTER MATERIALIZED VIEW app.m OWNER TO kairo_owner",
        &["L6 app.m", "L23 app.m"],
    ),
    ("GRANT TRUNCATE ON app.items TO kairo_app", &["L7 app.items TRUNCATE"]),
    ("GRANT TRIGGER ON app.items TO kairo_worker", &["L7 app.items TRIGGER"]),
    ("GRANT REFERENCES (id) ON app.items TO kairo_auth", &["L7 app.items REFERENCES"]),
    ("CREATE POLICY x ON app.items FOR SELECT USING (false)", &["L8 app.items x"]),
    ("GRANT SELECT ON app.items TO PUBLIC", &["L8 app.items"]),
    ("GRANT USAGE ON SCHEMA app TO PUBLIC", &["L8 app"]),
    ("ALTER POLICY items_select ON app.items USING (true)", &["L9 app.items items_select"]),
    (
        "ALTER POLICY captures_insert ON app.captures WITH CHECK (true)",
        &["L9 app.captures captures_insert"],
    ),
    (
        "CREATE POLICY x ON app.items FOR SELECT TO kairo_app USING (user_id IS NULL)",
        &["L10 app.items SELECT for kairo_app"],
    ),
    (
        "CREATE POLICY x ON app.items AS RESTRICTIVE TO kairo_app USING (user_id IS NOT NULL)",
        &["L10 app.items x"],
    ),
    (
        "CREATE FUNCTION authn.mine(uuid) RETURNS boolean LANGUAGE sql AS 'SELECT true';
         ALTER FUNCTION authn.mine OWNER TO kairo_auth;
         REVOKE ALL ON FUNCTION authn.mine FROM PUBLIC;
         ALTER POLICY items_select ON app.items USING (authn.mine(user_id))",
        &["L11 app.items items_select", "L23 authn.mine(uuid)"],
    ),
    (
        "ALTER POLICY items_select ON app.items USING (user_id IN (SELECT user_id FROM authn.me))",
        &["L12 app.items items_select"],
    ),
    (
        "ALTER POLICY items_select ON app.items
            USING (EXISTS (SELECT FROM authn.me m WHERE m.user_id = items.user_id))",
        &["L12 app.items items_select"],
    ),
    ("ALTER FUNCTION authn.session_list RESET search_path", &["L13 authn.session_list()"]),
    (
        "ALTER FUNCTION authn.session_list SET search_path = authn, pg_temp",
        &["L13 authn.session_list()"],
    ),
    ("GRANT EXECUTE ON FUNCTION authn.session_list TO PUBLIC", &["L14 authn.session_list()"]),
    ("ALTER ROLE kairo_app BYPASSRLS", &["L15 kairo_app bypasses row-level security"]),
    ("ALTER ROLE kairo_support CREATEROLE", &["L15 kairo_support makes roles"]),
    ("ALTER ROLE kairo_login REPLICATION", &["L15 kairo_login replicates"]),
    ("ALTER ROLE kairo_worker INHERIT", &["L15 kairo_worker inherits"]),
    ("GRANT kairo_auth TO kairo_app", &["L15 kairo_app is a member of kairo_auth"]),
    ("GRANT CREATE ON SCHEMA app TO kairo_worker", &["L15 kairo_worker makes objects in app"]),
    ("GRANT TEMP ON DATABASE kairo TO kairo_app", &["L15 kairo_app makes temporary tables"]),
    ("GRANT CREATE ON DATABASE kairo TO kairo_app", &["L15 kairo_app makes schemas"]),
    ("ALTER TABLE authn.proofs OWNER TO kairo_app", &["L15 kairo_app owns authn.proofs"]),
    (
        "ALTER TABLE app.settings DROP CONSTRAINT settings_pkey",
        &["L16 app.settings settings_select", "L16 app.settings settings_update"],
    ),
    (
        "ALTER TABLE app.item_revisions ADD FOREIGN KEY (item_id) REFERENCES app.items (id)",
        &["L17 app.item_revisions item_revisions_item_id_fkey"],
    ),
    ("GRANT UPDATE ON app.items TO kairo_app", &["L18 app.items.user_id for kairo_app"]),
    ("GRANT UPDATE (id) ON authn.users TO kairo_auth", &["L18 authn.users.id for kairo_auth"]),
    (
        "ALTER TABLE app.settings ADD COLUMN api_token text",
        &[
            "L19 app.settings.api_token for kairo_app",
            "L19 app.settings.api_token for kairo_worker",
        ],
    ),
    (
        "ALTER TABLE app.items ADD COLUMN n serial; GRANT USAGE ON app.items_n_seq TO kairo_app",
        &["L20 app.items_n_seq"],
    ),
    ("CREATE TYPE app.pair AS (a int, b int)", &["L21 app.pair"]),
    ("ALTER VIEW authn.me OWNER TO kairo_super", &["L22 authn.me"]),
    ("ALTER FUNCTION authn.session_list OWNER TO kairo_app", &["L22 authn.session_list()"]),
    (
        "CREATE TABLE app.x (a int); ALTER TABLE app.x OWNER TO kairo_owner;
         ALTER TABLE app.x ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY",
        &["L23 app.x"],
    ),
    (
        "CREATE FUNCTION app.f() RETURNS int LANGUAGE sql AS 'SELECT 1';
         ALTER FUNCTION app.f OWNER TO kairo_owner; REVOKE ALL ON FUNCTION app.f FROM PUBLIC",
        &["L23 app.f()"],
    ),
];

// Goal: each rule sees what it is for, and nothing else turns red with it.
#[tokio::test]
async fn each_rule_sees_its_pitfall() {
    let app = Kairo::start().await;
    let host = app.superuser().await;
    for (plant, expected) in PITFALLS {
        host.execute(&format!("BEGIN; {plant}")).await.unwrap();
        let found = findings(&host).await;
        host.execute("ROLLBACK").await.unwrap();
        assert_eq!(found, expected, "{plant}");
    }
    assert_eq!(findings(&host).await, Vec::<String>::new());
}

// Goal: no rule is without a pitfall that turns it red.
#[test]
fn each_rule_has_a_pitfall() {
    for rule in RULES {
        let is_of_it = |finding: &&str| finding.split(' ').next() == Some(rule.id);
        let seen = PITFALLS.iter().any(|(_, findings)| findings.iter().any(is_of_it));
        assert!(seen, "{}: {}", rule.id, rule.title);
    }
}

// Goal: a sound database is served; one that was changed by hand is refused, in words that name
// what to do.
#[tokio::test]
async fn an_unsound_database_is_refused() {
    let app = Kairo::start().await;
    let host = app.superuser().await;
    refuse_unsound(&host).await.unwrap();
    host.execute("ALTER ROLE kairo_app BYPASSRLS").await.unwrap();
    host.execute("ALTER TABLE app.items DISABLE ROW LEVEL SECURITY").await.unwrap();
    let told = refuse_unsound(&host).await.unwrap_err().to_string();
    for words in [
        "L1: app.items: a table without row-level security. ENABLE ROW LEVEL SECURITY on it",
        "L15: kairo_app bypasses row-level security: a role with a power of its own. Take it away",
    ] {
        assert!(told.contains(words), "{told}");
    }
}
