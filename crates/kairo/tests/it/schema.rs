//! The schema as it is now, for a reviewer: `crates/kairo/schema.sql` is made from the catalogue,
//! and a change of a migration shows there as a change of tables, policies and grants.
//!
//! `KAIRO_SCHEMA_WRITE=1` writes the file; without it the test compares.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use kairo::db::Host;
use tokio_postgres::Row;

use crate::harness::Kairo;

const HEAD: &str = "\
-- The schema of Kairo, made from the catalogue after every migration; a test compares. Never
-- edited: KAIRO_SCHEMA_WRITE=1 cargo nextest run -p kairo --test it schema
";

/// Roles with what they may be and their settings.
const ROLES: &str = "
    SELECT format(E'\\nCREATE ROLE %I %s %s;%s', r.rolname,
                  CASE WHEN r.rolcanlogin THEN 'LOGIN' ELSE 'NOLOGIN' END,
                  CASE WHEN r.rolinherit THEN 'INHERIT' ELSE 'NOINHERIT' END,
                  (SELECT string_agg(format(E'\\nALTER ROLE %I SET %s;', r.rolname, s), ''
                                     ORDER BY s)
                     FROM unnest(r.rolconfig) s)) AS text
      FROM pg_roles r WHERE r.rolname ~ '^kairo_' AND NOT r.rolsuper ORDER BY r.rolname";

/// Who may act as whom, and what is granted on the database and by default.
const POWERS: &str = "
    SELECT format(E'\\nGRANT %s TO %s;', m.roleid::regrole, m.member::regrole) AS text
      FROM pg_auth_members m WHERE m.roleid::regrole::text ~ '^kairo_'
    UNION ALL
    SELECT format(E'\\nGRANT %s ON DATABASE %I TO %s;', a.privilege_type, d.datname,
                  CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END)
      FROM pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
     WHERE d.datname = current_database() AND a.grantee <> d.datdba
    UNION ALL
    SELECT format(E'\\n-- New %s of %s: %s', CASE d.defaclobjtype WHEN 'f' THEN 'functions'
                  WHEN 'r' THEN 'tables' ELSE d.defaclobjtype::text END, d.defaclrole::regrole,
                  d.defaclacl)
      FROM pg_default_acl d
    UNION ALL
    SELECT format(E'\\nGRANT %s ON SCHEMA public TO PUBLIC;', a.privilege_type)
      FROM pg_namespace n, aclexplode(n.nspacl) a WHERE n.nspname = 'public' AND a.grantee = 0
    ORDER BY text";

/// Schemas of Kairo.
const SCHEMAS: &str = "
    SELECT n.oid,
           format(E'\\n\\nCREATE SCHEMA %I AUTHORIZATION %s;', n.nspname, n.nspowner::regrole)
           AS text
      FROM pg_namespace n
     WHERE n.nspname IN ('app', 'authn', 'mail', 'ops', 'trust') ORDER BY n.nspname";

const SCHEMA_GRANTS: &str = "
    SELECT format(E'\\nGRANT %s ON SCHEMA %I TO %s;', privileges, nspname, grantee) AS text FROM (
        SELECT n.nspname,
               string_agg(a.privilege_type, ', ' ORDER BY a.privilege_type) AS privileges,
               CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END AS grantee
          FROM pg_namespace n, aclexplode(n.nspacl) a
         WHERE n.oid = $1 AND a.grantee <> n.nspowner
         GROUP BY n.nspname, a.grantee) g
     ORDER BY grantee";

/// Tables and views, each with what follows it.
const RELATIONS: &str = "
    SELECT c.oid, c.relkind = 'v' AS is_view FROM pg_class c
     WHERE c.relnamespace = $1 AND c.relkind IN ('r', 'p', 'v', 'm', 'f') ORDER BY c.relname";

const TABLE: &str = "
    SELECT format(E'\\n\\nCREATE %sTABLE %s (\\n%s\\n);',
           CASE c.relpersistence WHEN 'u' THEN 'UNLOGGED ' END, c.oid::regclass, (
        SELECT string_agg(line, E',\\n' ORDER BY kind, place, line) FROM (
            SELECT 1 AS kind, a.attnum AS place, format('    %I %s%s%s', a.attname,
                   format_type(a.atttypid, a.atttypmod),
                   CASE WHEN a.attnotnull THEN ' NOT NULL' END,
                   ' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid)) AS line
              FROM pg_attribute a
              LEFT JOIN pg_attrdef d ON (d.adrelid, d.adnum) = (a.attrelid, a.attnum)
             WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
            UNION ALL
            SELECT 2, strpos('pufcx', t.contype::text), format('    CONSTRAINT %I %s', t.conname,
                   pg_get_constraintdef(t.oid))
              FROM pg_constraint t
             WHERE t.conrelid = c.oid AND t.contype IN ('p', 'u', 'f', 'c', 'x')
        ) lines))
        || format(E'\\nALTER TABLE %s OWNER TO %s;', c.oid::regclass, c.relowner::regrole)
        || CASE WHEN c.reloptions IS NOT NULL
                THEN format(E'\\nALTER TABLE %s SET (%s);', c.oid::regclass,
                            array_to_string(c.reloptions, ', '))
                ELSE '' END
        || CASE WHEN c.relrowsecurity
                THEN format(E'\\nALTER TABLE %s ENABLE ROW LEVEL SECURITY;', c.oid::regclass)
                ELSE '' END
        || CASE WHEN c.relforcerowsecurity
                THEN format(E'\\nALTER TABLE %s FORCE ROW LEVEL SECURITY;', c.oid::regclass)
                ELSE '' END
        AS text
      FROM pg_class c WHERE c.oid = $1";

const VIEW: &str = "
    SELECT format(E'\\n\\nCREATE VIEW %s%s AS\\n%s', c.oid::regclass,
                  ' WITH (' || array_to_string(c.reloptions, ', ') || ')', pg_get_viewdef(c.oid))
        || format(E'\\nALTER VIEW %s OWNER TO %s;', c.oid::regclass, c.relowner::regrole) AS text
      FROM pg_class c WHERE c.oid = $1";

/// Indexes that no constraint makes.
const INDEXES: &str = "
    SELECT format(E'\\n%s;', pg_get_indexdef(i.indexrelid)) AS text
      FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
     WHERE i.indrelid = $1
       AND NOT EXISTS (SELECT FROM pg_constraint t
                        WHERE t.conindid = i.indexrelid AND t.conrelid = i.indrelid)
     ORDER BY c.relname";

const TRIGGERS: &str = "
    SELECT format(E'\\n%s;', pg_get_triggerdef(t.oid)) AS text
      FROM pg_trigger t WHERE t.tgrelid = $1 AND NOT t.tgisinternal ORDER BY t.tgname";

/// Grants on a whole relation, then on its columns.
const GRANTS: &str = "
    SELECT format(E'\\nGRANT %s ON %s TO %s;', string_agg(what, ', ' ORDER BY what),
                  $1::oid::regclass, grantee)
           AS text FROM (
        SELECT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END AS grantee,
               a.privilege_type AS what
          FROM pg_class c, aclexplode(c.relacl) a WHERE c.oid = $1 AND a.grantee <> c.relowner
        UNION ALL
        SELECT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END,
               format('%s (%s)', a.privilege_type,
                      string_agg(quote_ident(t.attname), ', ' ORDER BY t.attnum))
          FROM pg_attribute t, aclexplode(t.attacl) a
         WHERE t.attrelid = $1 AND t.attnum > 0 GROUP BY a.grantee, a.privilege_type) g
     GROUP BY grantee ORDER BY grantee";

const POLICIES: &str = "
    SELECT format(E'\\nCREATE POLICY %I ON %s%s FOR %s TO %s%s%s;', p.polname, p.polrelid::regclass,
                  CASE WHEN p.polpermissive THEN '' ELSE ' AS RESTRICTIVE' END,
                  CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE'
                                WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
                  (SELECT string_agg(CASE r WHEN 0 THEN 'PUBLIC' ELSE r::regrole::text END, ', '
                                     ORDER BY r::regrole::text) FROM unnest(p.polroles) r),
                  E'\\n    USING ('
                      || regexp_replace(pg_get_expr(p.polqual, p.polrelid), '\\s+', ' ', 'g')
                      || ')',
                  E'\\n    WITH CHECK ('
                      || regexp_replace(pg_get_expr(p.polwithcheck, p.polrelid), '\\s+', ' ', 'g')
                      || ')') AS text
      FROM pg_policy p WHERE p.polrelid = $1 ORDER BY p.polname";

const FUNCTIONS: &str = "
    SELECT format(E'\\n\\n%s;\\nALTER FUNCTION %s OWNER TO %s;%s',
                  rtrim(pg_get_functiondef(p.oid), E'\\n'),
                  p.oid::regprocedure, p.proowner::regrole,
                  (SELECT string_agg(format(E'\\nGRANT EXECUTE ON FUNCTION %s TO %s;',
                          p.oid::regprocedure,
                          CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END), ''
                          ORDER BY a.grantee::regrole::text)
                     FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
                    WHERE a.grantee <> p.proowner)) AS text
      FROM pg_proc p WHERE p.pronamespace = $1 ORDER BY p.proname, p.oid::regprocedure::text";

/// What kinds of objects this file has no words for; it must not stay silent about them.
const UNSHOWN: &str = "
    SELECT format('%s %s', c.relkind, c.oid::regclass) AS text FROM pg_class c
     WHERE c.relnamespace::regnamespace::text IN ('app', 'authn', 'mail', 'ops', 'trust')
       AND c.relkind NOT IN ('r', 'v', 'i')
    UNION ALL
    SELECT format('type %s', t.oid::regtype) FROM pg_type t
     WHERE t.typnamespace::regnamespace::text IN ('app', 'authn', 'mail', 'ops', 'trust')
       AND t.typtype <> 'b' AND t.typrelid = 0
    UNION ALL
    SELECT format('a column of %s', a.attrelid::regclass) FROM pg_attribute a JOIN pg_class c
           ON c.oid = a.attrelid
     WHERE c.relnamespace::regnamespace::text IN ('app', 'authn', 'mail', 'ops', 'trust')
       AND (a.attgenerated <> '' OR a.attidentity <> '')
    UNION ALL
    SELECT format('event trigger %s', evtname) FROM pg_event_trigger
    UNION ALL
    SELECT format('in public: %s', c.oid::regclass) FROM pg_class c
     WHERE c.relnamespace = 'public'::regnamespace
    UNION ALL
    SELECT format('extension %s', extname) FROM pg_extension WHERE extname <> 'plpgsql'";

async fn texts(host: &Host, sql: &str, oid: u32) -> String {
    let rows = host.query(sql, &[&oid]).await.unwrap();
    rows.iter().map(|row: &Row| row.get::<_, String>("text")).collect()
}

/// The whole schema as text, the same for the same catalogue.
pub async fn render(host: &Host) -> String {
    let mut out = HEAD.to_owned();
    for role in host.query(ROLES, &[]).await.unwrap() {
        out.push_str(&role.get::<_, String>("text"));
    }
    out.push('\n');
    for power in host.query(POWERS, &[]).await.unwrap() {
        out.push_str(&power.get::<_, String>("text"));
    }
    for schema in host.query(SCHEMAS, &[]).await.unwrap() {
        let oid: u32 = schema.get("oid");
        write!(out, "{}", schema.get::<_, String>("text")).unwrap();
        out.push_str(&texts(host, SCHEMA_GRANTS, oid).await);
        for relation in host.query(RELATIONS, &[&oid]).await.unwrap() {
            let (oid, is_view): (u32, bool) = (relation.get("oid"), relation.get("is_view"));
            let head = if is_view { VIEW } else { TABLE };
            for part in [head, INDEXES, TRIGGERS, GRANTS, POLICIES] {
                out.push_str(&texts(host, part, oid).await);
            }
        }
        out.push_str(&texts(host, FUNCTIONS, oid).await);
    }
    out.push('\n');
    out
}

fn file() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("schema.sql")
}

// Goal: the file that reviewers read is what the migrations make.
#[tokio::test]
async fn the_schema_file_is_the_schema() {
    let app = Kairo::start().await;
    let now = render(&app.superuser().await).await;
    if std::env::var_os("KAIRO_SCHEMA_WRITE").is_some() {
        let draft = file().with_extension("sql.new");
        fs::write(&draft, &now).unwrap();
        fs::rename(&draft, file()).unwrap();
    }
    let kept = fs::read_to_string(file()).unwrap_or_default();
    let differs = kept.lines().zip(now.lines()).position(|(kept, now)| kept != now);
    let line = differs.unwrap_or(kept.lines().count().min(now.lines().count()));
    assert!(
        kept == now,
        "schema.sql differs from the catalogue at line {}:\n- {}\n+ {}\nLook at the change, \
         then run with KAIRO_SCHEMA_WRITE=1",
        line + 1,
        kept.lines().nth(line).unwrap_or_default(),
        now.lines().nth(line).unwrap_or_default(),
    );
}

// Goal: there is nothing in the schemas that the file has no words for.
#[tokio::test]
async fn nothing_is_left_out() {
    let app = Kairo::start().await;
    let rows = app.superuser().await.query(UNSHOWN, &[]).await.unwrap();
    let unshown: Vec<String> = rows.iter().map(|row| row.get("text")).collect();
    assert_eq!(unshown, Vec::<String>::new());
}

/// Changes that a reviewer must see.
const CHANGES: [&str; 18] = [
    "GRANT SELECT ON app.settings TO kairo_support",
    "GRANT SELECT (id) ON app.items TO kairo_support",
    "REVOKE UPDATE (status) ON app.items FROM kairo_app",
    "ALTER TABLE app.items NO FORCE ROW LEVEL SECURITY",
    "DROP POLICY items_update_scope ON app.items",
    "ALTER POLICY items_select ON app.items USING (user_id IS NOT NULL)",
    "ALTER POLICY items_select ON app.items TO kairo_app, kairo_worker, kairo_support",
    "ALTER TABLE app.items ALTER COLUMN version SET DEFAULT 2",
    "ALTER TABLE app.items DROP CONSTRAINT items_priority_check",
    "DROP INDEX app.items_user_id_open",
    "ALTER FUNCTION authn.session_list RESET search_path",
    "GRANT EXECUTE ON FUNCTION authn.session_list TO kairo_worker",
    "ALTER VIEW authn.me RESET (security_barrier)",
    "ALTER ROLE kairo_app SET statement_timeout = '20s'",
    "GRANT kairo_auth TO kairo_app",
    "GRANT TEMP ON DATABASE kairo TO PUBLIC",
    "GRANT CREATE ON SCHEMA public TO PUBLIC",
    "ALTER DEFAULT PRIVILEGES FOR ROLE kairo_owner GRANT SELECT ON TABLES TO kairo_app",
];

// Goal: each change of a policy, a grant or a shape changes the text, and only that.
#[tokio::test]
async fn each_change_shows() {
    let app = Kairo::start().await;
    let host = app.superuser().await;
    let before = render(&host).await;
    for change in CHANGES {
        host.execute(&format!("BEGIN; {change}")).await.unwrap();
        let after = render(&host).await;
        host.execute("ROLLBACK").await.unwrap();
        assert_ne!(before, after, "{change} does not show");
    }
    assert_eq!(before, render(&host).await);
}
