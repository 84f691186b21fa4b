//! What a runtime role may not do, tried as that role, and as the superuser for a witness that the
//! statement is one that could be done.

use kairo::db::{App, Door, Entry};

use super::registry::sign_in;
use crate::harness::Kairo;

const LOGIN_ROLES: [&str; 4] = ["kairo_app", "kairo_login", "kairo_worker", "kairo_support"];

/// No role of `serve` may do any of these.
const FORBIDDEN: [&str; 34] = [
    "SET ROLE kairo_owner",
    "SET ROLE kairo_auth",
    "SET ROLE kairo_super",
    "SELECT set_config('role', 'kairo_auth', true)",
    "SET SESSION AUTHORIZATION kairo_super",
    "CREATE TABLE app.x (a int)",
    "CREATE TABLE authn.x (a int)",
    "CREATE TABLE public.x (a int)",
    "CREATE TEMP TABLE x (a int)",
    "CREATE SCHEMA x",
    "CREATE FUNCTION app.x() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "SELECT FROM authn.sessions",
    "SELECT FROM authn.proofs",
    "SELECT FROM authn.proof_budgets",
    "SELECT FROM authn.proof_address_budgets",
    "SELECT FROM authn.live",
    "SELECT FROM mail.letters",
    "SELECT FROM mail.suppressions",
    "SELECT FROM mail.events",
    "UPDATE mail.letters SET attempts = 0",
    "SELECT mail.is_full()",
    "SELECT authn.proof_begin(NULL, NULL, NULL, NULL, NULL, NULL, NULL)",
    "INSERT INTO ops.migrations (name, sha256) VALUES ('x', '')",
    "DELETE FROM ops.migrations",
    "SELECT authn.user_ensure(NULL, NULL, NULL, NULL, NULL, NULL)",
    "SELECT authn.key_create(NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)",
    "SELECT lo_create(0)",
    "SELECT lo_from_bytea(0, 'x')",
    "SELECT query_to_xml('SELECT 1', true, true, '')",
    "SELECT table_to_xml('pg_class', true, true, '')",
    "SELECT pg_read_file('PG_VERSION')",
    "COPY (SELECT 1) TO PROGRAM 'true'",
    "SET session_replication_role = replica",
    "ALTER ROLE kairo_owner LOGIN",
];

/// Verbs before there is a session: kairo_login's alone.
const LOGIN_VERBS: [&str; 2] = [
    "SELECT authn.proof_ask(NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)",
    "SELECT authn.proof_redeem('x', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)",
];

/// Verbs of a signed-in person: kairo_app's alone.
const APP_VERBS: [&str; 4] = [
    "SELECT FROM authn.session_list()",
    "SELECT authn.session_touch(1, 1)",
    "SELECT authn.session_revoke(NULL)",
    "SELECT authn.session_revoke_all(true)",
];

/// Verbs of whoever carries mail: kairo_worker's alone.
const MAIL_VERBS: [&str; 4] = [
    "SELECT FROM mail.claim(1)",
    "SELECT mail.record(NULL, NULL, NULL, NULL, NULL, NULL)",
    "SELECT mail.note(sha256('x'), 'delivered', NULL, NULL)",
    "SELECT mail.purge()",
];

/// Tries a statement in a transaction that is thrown away; gives the SQLSTATE of a failure.
async fn attempt(client: &tokio_postgres::Client, sql: &str) -> Option<String> {
    client.batch_execute("BEGIN").await.unwrap();
    let tried = client.batch_execute(sql).await;
    client.batch_execute("ROLLBACK").await.unwrap();
    tried.err().map(|error| error.code().map_or_else(|| error.to_string(), |c| c.code().to_owned()))
}

const REFUSED: &str = "42501";

// Goal: nothing that would reach past the policies is allowed to a role of `serve`.
#[tokio::test]
async fn runtime_roles_cannot_reach_further() {
    let app = Kairo::start().await;
    let superuser = sign_in(&app, "kairo_super").await;
    for sql in FORBIDDEN {
        let witness = attempt(&superuser, sql).await;
        assert_ne!(witness.as_deref(), Some(REFUSED), "{sql} is refused to everybody");
    }
    for role in LOGIN_ROLES {
        let client = sign_in(&app, role).await;
        for sql in FORBIDDEN {
            assert_eq!(attempt(&client, sql).await.as_deref(), Some(REFUSED), "{role}: {sql}");
        }
    }
}

// Goal: the server's own database is closed to the roles of `serve` by its grants too.
#[tokio::test]
async fn no_other_database_is_open() {
    let app = Kairo::start().await;
    let may = "SELECT has_database_privilege($1, $2, 'CONNECT'),
                      has_database_privilege($1, $2, 'TEMPORARY')";
    for role in LOGIN_ROLES {
        for (database, connect) in [("postgres", false), ("kairo", true)] {
            let rows = app.superuser().await.query(may, &[&role, &database]).await.unwrap();
            let found: (bool, bool) = (rows[0].get(0), rows[0].get(1));
            assert_eq!(found, (connect, false), "{role} in {database}");
        }
    }
}

// Goal: each verb belongs to one role.
#[tokio::test]
async fn each_verb_belongs_to_one_role() {
    let app = Kairo::start().await;
    for role in LOGIN_ROLES {
        let client = sign_in(&app, role).await;
        for (verbs, owner) in [
            (&LOGIN_VERBS[..], "kairo_login"),
            (&APP_VERBS[..], "kairo_app"),
            (&MAIL_VERBS[..], "kairo_worker"),
        ] {
            for sql in verbs {
                let refused = attempt(&client, sql).await.as_deref() == Some(REFUSED);
                assert_eq!(refused, role != owner, "{role}: {sql}");
            }
        }
    }
}

const RELATIONS: &str = "
    SELECT c.oid::regclass::text FROM pg_class c
     WHERE c.relnamespace IN ('authn'::regnamespace, 'app'::regnamespace, 'mail'::regnamespace,
                              'ops'::regnamespace)
       AND c.relkind IN ('r', 'p', 'v', 'm', 'f') ORDER BY 1";

// Goal: the role that works before there is a session reads no table, and the one of support none
// yet.
#[tokio::test]
async fn kairo_login_reads_no_table() {
    let app = Kairo::start().await;
    let relations = app.superuser().await.query(RELATIONS, &[]).await.unwrap();
    assert!(relations.len() > 12, "the list is empty");
    for role in ["kairo_login", "kairo_support"] {
        let client = sign_in(&app, role).await;
        for relation in &relations {
            let name: String = relation.get(0);
            let read = attempt(&client, &format!("SELECT FROM {name}")).await;
            assert_eq!(read.as_deref(), Some(REFUSED), "{role} reads {name}");
            let emptied = attempt(&client, &format!("DELETE FROM {name}")).await;
            assert!(emptied.is_some(), "{role} empties {name}");
        }
    }
}

const POWERS: &str = "
    SELECT r.rolname, r.rolsuper OR r.rolinherit OR r.rolcreaterole OR r.rolcreatedb
           OR r.rolreplication OR r.rolbypassrls AS powers,
           (SELECT count(*) FROM pg_auth_members m WHERE m.member = r.oid) AS memberships,
           (SELECT count(*) FROM pg_shdepend d
             WHERE d.refobjid = r.oid AND d.deptype = 'o') AS owned,
           coalesce(array_length(r.rolconfig, 1), 0) AS settings
      FROM pg_roles r WHERE r.rolname = ANY($1) ORDER BY 1";

// Goal: roles of `serve` own nothing, are members of nothing, and have no power of their own; each
// has its search path and its three timeouts.
#[tokio::test]
async fn runtime_roles_have_no_power() {
    let app = Kairo::start().await;
    let host = app.superuser().await;
    let rows = host.query(POWERS, &[&LOGIN_ROLES.as_slice()]).await.unwrap();
    assert_eq!(rows.len(), LOGIN_ROLES.len());
    for row in rows {
        let role: String = row.get("rolname");
        let counts: [i64; 2] = [row.get("memberships"), row.get("owned")];
        assert!(!row.get::<_, bool>("powers"), "{role} has a power");
        assert_eq!(counts, [0, 0], "{role} is a member or owns something");
        assert_eq!(row.get::<_, i32>("settings"), 4, "{role} lacks a setting");
    }
    let owners = host.query(POWERS, &[&["kairo_owner", "kairo_auth"].as_slice()]).await.unwrap();
    assert!(owners.iter().all(|row| row.get::<_, i64>("owned") > 0), "the count of owned is blind");
}

// Goal: a role that loosens its own defaults loosens nothing: connections say their own bounds.
#[tokio::test]
async fn a_role_cannot_loosen_its_bounds() {
    let app = Kairo::start().await;
    let host = app.superuser().await;
    host.execute("ALTER ROLE kairo_app SET statement_timeout = 0").await.unwrap();
    host.execute("ALTER ROLE kairo_app SET search_path = public").await.unwrap();
    let registry: &[&[Entry]] = &[bounds::REGISTRY];
    let door: Door<App> = Door::open(app.pg_config("kairo_app"), registry).unwrap();
    let rows = door.read(None, bounds::Bounds {}).await.unwrap();
    let row = rows.first().unwrap();
    assert_eq!((row.timeout.as_str(), row.path.as_str()), ("10s", ""));
}

mod bounds {
    kairo::rows! {
        /// What a connection has.
        BoundsRow {
            /// `statement_timeout`.
            timeout: String,
            /// `search_path`.
            path: String,
        }
    }
    kairo::queries! {
        /// Reads the settings in force.
        App Bounds {} -> BoundsRow = "
            SELECT current_setting('statement_timeout') AS timeout,
                   current_setting('search_path') AS path";
    }
}
