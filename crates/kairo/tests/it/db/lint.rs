//! What the catalogue may not hold, whatever a migration wrote.

use kairo::db::Host;

use crate::harness::Kairo;

/// Each row is a finding: the rule and the object.
const LINT: &str = "
    WITH kairo AS (
        SELECT oid, nspname FROM pg_namespace WHERE nspname IN ('authn', 'app')
    ), relations AS (
        SELECT c.*, c.oid::regclass::text AS name
          FROM pg_class c JOIN kairo k ON k.oid = c.relnamespace
    ), functions AS (
        SELECT p.*, p.oid::regprocedure::text AS name,
               EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
                        WHERE a.grantee = 0) AS for_all
          FROM pg_proc p JOIN kairo k ON k.oid = p.pronamespace
    )
    SELECT 'row-level security is not forced' AS rule, name FROM relations
     WHERE relkind IN ('r', 'p') AND NOT (relrowsecurity AND relforcerowsecurity)
    UNION ALL
    SELECT 'a policy for everybody', name || ' ' || p.polname
      FROM relations r JOIN pg_policy p ON p.polrelid = r.oid WHERE 0 = ANY (p.polroles)
    UNION ALL
    SELECT 'a login role''s policy is true', r.name || ' ' || p.polname
      FROM relations r JOIN pg_policy p ON p.polrelid = r.oid
     WHERE EXISTS (SELECT FROM pg_roles o WHERE o.oid = ANY (p.polroles) AND o.rolcanlogin)
       AND 'true' IN (pg_get_expr(p.polqual, r.oid), pg_get_expr(p.polwithcheck, r.oid))
    UNION ALL
    SELECT 'a grant that passes policies', name || ' ' || a.privilege_type
      FROM relations, aclexplode(relacl) a
     WHERE a.grantee <> relowner AND a.privilege_type IN ('TRUNCATE', 'REFERENCES', 'TRIGGER')
    UNION ALL
    SELECT 'a grant for everybody', name FROM relations, aclexplode(relacl) a WHERE a.grantee = 0
    UNION ALL
    SELECT 'a grant for everybody', k.nspname FROM kairo k JOIN pg_namespace n USING (oid),
           aclexplode(n.nspacl) a WHERE a.grantee = 0
    UNION ALL
    SELECT 'a grant for everybody', 'the database' FROM pg_database d,
           aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
     WHERE d.datname = current_database() AND a.grantee = 0
    UNION ALL
    SELECT 'a view with its owner''s rights', name FROM relations
     WHERE relkind = 'v' AND name NOT IN ('authn.live', 'authn.me', 'authn.my_account')
       AND NOT coalesce('security_invoker=true' = ANY (reloptions), false)
    UNION ALL
    SELECT 'no policies reach it', name FROM relations WHERE relkind IN ('m', 'f')
    UNION ALL
    SELECT 'an open search path', name FROM functions
     WHERE prosecdef AND NOT coalesce('search_path=\"\"' = ANY (proconfig), false)
    UNION ALL
    SELECT 'a function for everybody', name FROM functions WHERE for_all
    UNION ALL
    SELECT 'a foreign owner', name FROM relations
     WHERE relowner NOT IN ('kairo_owner'::regrole, 'kairo_auth'::regrole) AND relkind <> 'i'
    UNION ALL
    SELECT 'a foreign owner', name FROM functions
     WHERE proowner NOT IN ('kairo_owner'::regrole, 'kairo_auth'::regrole)
    ORDER BY 1, 2";

async fn findings(host: &Host) -> Vec<(String, String)> {
    let rows = host.query(LINT, &[]).await.unwrap();
    rows.iter().map(|row| (row.get("rule"), row.get("name"))).collect()
}

// Goal: the catalogue as the migrations left it is clean.
#[tokio::test]
async fn the_catalogue_is_clean() {
    let app = Kairo::start().await;
    assert_eq!(findings(&app.superuser().await).await, []);
}

/// A change that must turn a rule red, the rule, and the object.
const SABOTAGE: [(&str, &str, &str); 17] = [
    (
        "CREATE TABLE app.x (a int); ALTER TABLE app.x OWNER TO kairo_owner",
        "row-level security is not forced",
        "app.x",
    ),
    (
        "ALTER TABLE app.items NO FORCE ROW LEVEL SECURITY",
        "row-level security is not forced",
        "app.items",
    ),
    (
        "ALTER TABLE authn.users DISABLE ROW LEVEL SECURITY",
        "row-level security is not forced",
        "authn.users",
    ),
    (
        "CREATE POLICY x ON app.items FOR SELECT USING (false)",
        "a policy for everybody",
        "app.items x",
    ),
    (
        "CREATE POLICY x ON app.items FOR SELECT TO kairo_app USING (true)",
        "a login role's policy is true",
        "app.items x",
    ),
    (
        "CREATE POLICY x ON app.items FOR INSERT TO kairo_worker WITH CHECK (true)",
        "a login role's policy is true",
        "app.items x",
    ),
    (
        "GRANT TRUNCATE ON app.items TO kairo_app",
        "a grant that passes policies",
        "app.items TRUNCATE",
    ),
    (
        "GRANT TRIGGER ON app.items TO kairo_worker",
        "a grant that passes policies",
        "app.items TRIGGER",
    ),
    (
        "GRANT REFERENCES ON app.items TO kairo_auth",
        "a grant that passes policies",
        "app.items REFERENCES",
    ),
    ("GRANT SELECT ON app.items TO PUBLIC", "a grant for everybody", "app.items"),
    ("GRANT USAGE ON SCHEMA app TO PUBLIC", "a grant for everybody", "app"),
    ("GRANT TEMP ON DATABASE kairo TO PUBLIC", "a grant for everybody", "the database"),
    (
        "CREATE VIEW app.v AS SELECT id FROM app.items; ALTER VIEW app.v OWNER TO kairo_owner",
        "a view with its owner's rights",
        "app.v",
    ),
    (
        "CREATE MATERIALIZED VIEW app.m AS SELECT 1 AS a;
      ALTER MATERIALIZED VIEW app.m OWNER TO kairo_owner",
        "no policies reach it",
        "app.m",
    ),
    (
        "ALTER FUNCTION authn.session_list RESET search_path",
        "an open search path",
        "authn.session_list()",
    ),
    (
        "GRANT EXECUTE ON FUNCTION authn.session_list TO PUBLIC",
        "a function for everybody",
        "authn.session_list()",
    ),
    ("ALTER VIEW authn.me OWNER TO kairo_super", "a foreign owner", "authn.me"),
];

// Goal: each rule sees what it is for, and nothing else turns red with it.
#[tokio::test]
async fn each_rule_sees_its_sabotage() {
    let app = Kairo::start().await;
    let host = app.superuser().await;
    for (change, rule, name) in SABOTAGE {
        host.execute(&format!("BEGIN; {change}")).await.unwrap();
        let found = findings(&host).await;
        host.execute("ROLLBACK").await.unwrap();
        assert_eq!(found, [(rule.to_owned(), name.to_owned())], "{change}");
    }
    assert_eq!(findings(&host).await, []);
}
