//! The mutations. Each query gives one mutant a row: its `name`, the `change`, and where it should
//! show: on which `object`, as which `role`, by which `verb` (any, where there is none).

/// What mutations are made from.
macro_rules! catalogue {
    ($mutation:literal) => {
        concat!(
            "WITH kairo AS (
                SELECT n.oid, n.nspname, n.nspowner, n.nspacl FROM pg_namespace n
                 WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
            ), roles (role, signs_in) AS (
                VALUES ('kairo_app', true), ('kairo_login', true), ('kairo_worker', true),
                       ('kairo_support', true), ('kairo_owner', false), ('kairo_auth', false),
                       ('kairo_guard', false), ('kairo_audit', false)
            ), grantees (grantee) AS (
                SELECT role FROM roles UNION ALL SELECT 'PUBLIC'
            ), relations AS (
                SELECT c.oid, c.relkind, c.relacl, k.nspname || '.' || c.relname AS object,
                       c.relowner::regrole::text AS owner,
                       'security_barrier=true' = ANY (coalesce(c.reloptions, '{}')) AS barrier
                  FROM pg_class c JOIN kairo k ON k.oid = c.relnamespace
                 WHERE c.relkind IN ('r', 'p', 'v')
            ), functions AS (
                SELECT p.oid, p.proacl, p.oid::regprocedure::text AS object, p.prosecdef,
                       p.proowner::regrole::text AS owner
                  FROM pg_proc p JOIN kairo k ON k.oid = p.pronamespace
            ), policies AS (
                SELECT p.oid, r.object, p.polname,
                       format('policy %s.%s', r.object, p.polname) AS name,
                       format('ALTER POLICY %I ON %s', p.polname, r.object) AS alter,
                       format('DROP POLICY %I ON %s;', p.polname, r.object) AS dropped,
                       format('CREATE POLICY %I ON %s', p.polname, r.object) AS made,
                       CASE WHEN p.polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END AS kind,
                       CASE WHEN p.polpermissive THEN 'RESTRICTIVE' ELSE 'PERMISSIVE' END AS other,
                       CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT'
                                     WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE'
                                     ELSE 'ALL' END AS command,
                       ARRAY(SELECT role::regrole::text FROM unnest(p.polroles) role) AS roles,
                       pg_get_expr(p.polqual, p.polrelid) AS uses,
                       pg_get_expr(p.polwithcheck, p.polrelid) AS checks
                  FROM relations r JOIN pg_policy p ON p.polrelid = r.oid
            ), expressions AS (
                SELECT name, object, alter, roles[1] AS role, command AS verb, 'USING' AS clause,
                       uses AS text
                  FROM policies
                 WHERE uses IS NOT NULL
                UNION ALL
                SELECT name, object, alter, roles[1], command, 'WITH CHECK', checks FROM policies
                 WHERE checks IS NOT NULL
            ), commands (command) AS (
                VALUES ('SELECT'), ('INSERT'), ('UPDATE'), ('DELETE')
            ) ",
            $mutation
        )
    };
}

/// Queries that make mutants, by what they break.
pub const MUTATIONS: [&str; 17] = [
    POLICY_DROPPED,
    POLICY_TRUE,
    POLICY_NEGATED,
    POLICY_WORDS,
    POLICY_FLIPPED,
    POLICY_FOR_ALL,
    POLICY_ROLE_ADDED,
    POLICY_ROLE_TAKEN,
    ROW_SECURITY,
    OWNER,
    GRANT,
    GRANT_OF_COLUMN,
    REVOKED,
    FUNCTION,
    VIEW,
    SCHEMA,
    ROLE,
];

const POLICY_DROPPED: &str = catalogue!(
    "SELECT name || ': dropped' AS name, dropped AS change, object, roles[1] AS role,
            command AS verb FROM policies"
);

const POLICY_TRUE: &str = catalogue!(
    "SELECT format('%s: %s (%s)', name, clause, always) AS name,
            format('%s %s (%s)', alter, clause, always) AS change, object, role, verb
       FROM expressions, (VALUES ('true'), ('false')) constants (always) WHERE text <> always"
);

const POLICY_NEGATED: &str = catalogue!(
    "SELECT format('%s: %s (NOT …)', name, clause) AS name,
            format('%s %s (NOT coalesce(%s, false))', alter, clause, text) AS change, object, role,
            verb
       FROM expressions WHERE text <> 'true'"
);

/// Another word in place of one: the session for the person, reading for writing, no wait.
const POLICY_WORDS: &str = catalogue!(
    "SELECT format('%s: %s with %s for %s', name, clause, other, word) AS name,
            format('%s %s (%s)', alter, clause, replace(text, word, other)) AS change, object, role,
            verb
       FROM expressions, (VALUES ('me.user_id', 'me.session_id'), ('''write''', '''read'''),
                                 ('''30 days''', '''1 second'''), ('''1 day''', '''1 second'''),
                                 ('NOT (EXISTS', '(EXISTS'), ('<', '>'),
                                 ('IS NOT NULL', 'IS NULL'))
            words (word, other)
      WHERE strpos(text, word) > 0"
);

const POLICY_FLIPPED: &str = catalogue!(
    "SELECT format('%s: %s', name, other) AS name,
            concat_ws(' ', dropped, made, 'AS', other, 'FOR', command, 'TO',
                      array_to_string(roles, ', '), 'USING (' || uses || ')',
                      'WITH CHECK (' || checks || ')') AS change, object, roles[1] AS role,
            command AS verb
       FROM policies"
);

const POLICY_FOR_ALL: &str = catalogue!(
    "SELECT name || ': FOR ALL' AS name,
            concat_ws(' ', dropped, made, 'AS', kind, 'FOR ALL TO', array_to_string(roles, ', '),
                      'USING (' || coalesce(uses, checks) || ')',
                      'WITH CHECK (' || coalesce(checks, uses) || ')') AS change,
            object, roles[1] AS role
       FROM policies"
);

const POLICY_ROLE_ADDED: &str = catalogue!(
    "SELECT format('%s: for %s too', name, grantee) AS name,
            format('%s TO %s', alter, array_to_string(roles || grantee, ', ')) AS change, object,
            nullif(grantee, 'PUBLIC') AS role, command AS verb
       FROM policies, grantees
      WHERE grantee <> ALL (roles) AND grantee <> 'PUBLIC'
     UNION ALL
     SELECT name || ': for PUBLIC', alter || ' TO PUBLIC', object, NULL, command FROM policies"
);

const POLICY_ROLE_TAKEN: &str = catalogue!(
    "SELECT format('%s: not for %s', name, role) AS name,
            format('%s TO %s', alter, array_to_string(array_remove(roles, role), ', ')) AS change,
            object, role, command AS verb
       FROM policies, unnest(roles) role WHERE cardinality(roles) > 1"
);

const ROW_SECURITY: &str = catalogue!(
    "SELECT format('table %s: %s', object, word) AS name,
            format('ALTER TABLE %s %s ROW LEVEL SECURITY', object, word) AS change, object,
            NULL AS role
       FROM relations, (VALUES ('DISABLE'), ('NO FORCE')) words (word)
      WHERE relkind <> 'v' AND object <> 'ops.migrations'"
);

const OWNER: &str = catalogue!(
    "SELECT format('%s: owned by %s', object, role) AS name,
            format('ALTER TABLE %s OWNER TO %s', object, role) AS change, object, role
       FROM relations, roles WHERE role <> owner AND relkind <> 'v' AND object <> 'ops.migrations'
     UNION ALL
     SELECT format('%s: owned by %s', object, role),
            format('ALTER VIEW %s OWNER TO %s', object, role), object, NULL
       FROM relations, roles WHERE role <> owner AND relkind = 'v'"
);

const GRANT: &str = catalogue!(
    "SELECT format('grant %s on %s to %s', privilege, object, grantee) AS name,
            format('GRANT %s ON %s TO %s', privilege, object, grantee) AS change,
            CASE WHEN privilege IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE') THEN object END
            AS object, nullif(grantee, 'PUBLIC') AS role, privilege AS verb
       FROM relations, grantees,
            (VALUES ('SELECT'), ('INSERT'), ('UPDATE'), ('DELETE'), ('TRUNCATE'), ('REFERENCES'),
                    ('TRIGGER')) privileges (privilege)
      WHERE grantee <> owner
        AND NOT EXISTS (SELECT FROM aclexplode(relacl) a
                         WHERE a.grantee <> 0 AND a.grantee::regrole::text = grantees.grantee
                           AND a.privilege_type = privilege)"
);

const GRANT_OF_COLUMN: &str = catalogue!(
    "SELECT format('grant %s (%s) on %s to %s', privilege, a.attname, object, role) AS name,
            format('GRANT %s (%I) ON %s TO %s', privilege, a.attname, object, role) AS change,
            CASE privilege WHEN 'REFERENCES' THEN NULL ELSE object END AS object, role,
            privilege AS verb
       FROM relations r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0, roles,
            (VALUES ('SELECT'), ('INSERT'), ('UPDATE'), ('REFERENCES')) privileges (privilege)
      WHERE role IN ('kairo_app', 'kairo_login', 'kairo_worker', 'kairo_support', 'kairo_auth')
        AND role <> owner AND NOT a.attisdropped
        AND NOT has_column_privilege(role, r.oid, a.attnum, privilege)"
);

const REVOKED: &str = catalogue!(
    "SELECT format('revoke %s on %s from %s', a.privilege_type, object, a.grantee::regrole) AS name,
            format('REVOKE %s ON %s FROM %s', a.privilege_type, object, a.grantee::regrole)
            AS change, object, a.grantee::regrole::text AS role, a.privilege_type AS verb
       FROM relations, aclexplode(relacl) a WHERE a.grantee::regrole::text <> owner
     UNION ALL
     SELECT format('revoke %s (%s) on %s from %s', a.privilege_type, t.attname, object,
                   a.grantee::regrole),
            format('REVOKE %s (%I) ON %s FROM %s', a.privilege_type, t.attname, object,
                   a.grantee::regrole), object, a.grantee::regrole::text, a.privilege_type
       FROM relations r JOIN pg_attribute t ON t.attrelid = r.oid, aclexplode(t.attacl) a"
);

const FUNCTION: &str = catalogue!(
    "SELECT format('grant EXECUTE on %s to %s', object, grantee) AS name,
            format('GRANT EXECUTE ON FUNCTION %s TO %s', object, grantee) AS change, object,
            nullif(grantee, 'PUBLIC') AS role
       FROM functions, grantees
      WHERE grantee <> owner
        AND NOT EXISTS (SELECT FROM aclexplode(proacl) a
                         WHERE a.grantee <> 0 AND a.grantee::regrole::text = grantees.grantee)
     UNION ALL
     SELECT format('revoke EXECUTE on %s from %s', object, a.grantee::regrole),
            format('REVOKE EXECUTE ON FUNCTION %s FROM %s', object, a.grantee::regrole), object,
            a.grantee::regrole::text
       FROM functions, aclexplode(proacl) a WHERE a.grantee::regrole::text <> owner
     UNION ALL
     SELECT format('function %s: %s', object, how), format('ALTER FUNCTION %s %s', object, how),
            object, NULL
       FROM functions, (VALUES ('SECURITY INVOKER'), ('RESET search_path'),
                               ('OWNER TO kairo_app'), ('OWNER TO kairo_super')) ways (how)"
);

const VIEW: &str = catalogue!(
    "SELECT format('view %s: %s', object, how) AS name,
            format('ALTER VIEW %s %s', object, how) AS change, object, NULL AS role
       FROM relations, (VALUES ('RESET (security_barrier)'), ('SET (security_invoker = true)'))
            ways (how)
      WHERE relkind = 'v' AND (barrier OR how <> 'RESET (security_barrier)')"
);

const SCHEMA: &str = catalogue!(
    "SELECT format('grant %s on schema %s to %s', privilege, nspname, grantee) AS name,
            format('GRANT %s ON SCHEMA %I TO %s', privilege, nspname, grantee) AS change,
            nspname::text AS object, nullif(grantee, 'PUBLIC') AS role
       FROM kairo, grantees, (VALUES ('USAGE'), ('CREATE')) privileges (privilege)
      WHERE nspowner::regrole::text <> grantee
        AND NOT EXISTS (SELECT FROM aclexplode(nspacl) a
                         WHERE a.grantee <> 0 AND a.grantee::regrole::text = grantees.grantee
                           AND a.privilege_type = privilege)
     UNION ALL
     SELECT format('revoke %s on schema %s from %s', a.privilege_type, nspname,
                   a.grantee::regrole),
            format('REVOKE %s ON SCHEMA %I FROM %s', a.privilege_type, nspname,
                   a.grantee::regrole), nspname::text, a.grantee::regrole::text
       FROM kairo, aclexplode(nspacl) a
      WHERE a.grantee <> nspowner AND a.grantee::regrole::text ~ '^kairo_'"
);

const ROLE: &str = catalogue!(
    "SELECT format('role %s: %s', role, power) AS name,
            format('ALTER ROLE %s %s', role, power) AS change, NULL AS object, NULL AS role
       FROM roles, (VALUES ('SUPERUSER'), ('BYPASSRLS'), ('CREATEROLE'), ('CREATEDB'),
                           ('REPLICATION'), ('INHERIT'), ('LOGIN')) powers (power)
      WHERE power <> 'LOGIN' OR NOT signs_in
     UNION ALL
     SELECT format('role %s: member of %s', r.role, o.role),
            format('GRANT %s TO %s', o.role, r.role), NULL, NULL
       FROM roles r, roles o WHERE r.role <> o.role AND NOT o.signs_in
     UNION ALL
     SELECT format('grant %s on the database to %s', privilege, grantee),
            format('GRANT %s ON DATABASE %I TO %s', privilege, current_database(), grantee), NULL,
            NULL
       FROM grantees, (VALUES ('TEMPORARY'), ('CREATE')) privileges (privilege)"
);

/// Every policy's expressions, to drop their conditions one by one.
pub const EXPRESSIONS: &str = catalogue!(
    "SELECT name, object, alter, clause, text, role, verb FROM expressions ORDER BY 1, 4"
);

/// The second database.
pub const COPY_NAME: &str = "kairo_mutants";

/// Statements that copy this database; its own grants do not come with it.
pub const COPY: &str = "
    SELECT format(statement, of) FROM current_database() of, (VALUES
        ('CREATE DATABASE kairo_mutants TEMPLATE %I'),
        ('REVOKE ALL ON DATABASE kairo_mutants FROM PUBLIC'),
        ('GRANT CONNECT ON DATABASE kairo_mutants
              TO kairo_app, kairo_login, kairo_worker, kairo_support')) statements (statement)";

/// A view as PostgreSQL writes it.
pub const VIEW_TEXT: &str = "SELECT pg_get_viewdef($1::text::regclass)";

/// A part of a view, and what takes its place. What `authn.live` says is what a session's end is
/// worth.
pub const VIEW_CHANGES: [(&str, &str, &str); 17] = [
    ("authn.live", "(s.revoked_at IS NULL)", "true"),
    ("authn.live", "(s.revoked_at IS NULL)", "(s.revoked_at IS NOT NULL)"),
    ("authn.live", "LEAST(s.idle_expires_at, s.absolute_expires_at)", "s.idle_expires_at"),
    ("authn.live", "LEAST(s.idle_expires_at, s.absolute_expires_at)", "s.absolute_expires_at"),
    ("authn.live", "LEAST(", "GREATEST("),
    ("authn.live", "'infinity'", "'-infinity'"),
    ("authn.live", "> statement_timestamp()", "< statement_timestamp()"),
    // `now()` stands still in a transaction, which could so outlive its session.
    ("authn.live", "> statement_timestamp()", "> now()"),
    ("authn.live", "(NOT s.suspended)", "true"),
    ("authn.live", "(u.id = s.user_id)", "true"),
    ("authn.live", "s.scopes", "ARRAY['read'::text, 'write'::text] AS scopes"),
    (
        "authn.me",
        "(l.token_hash = sha256(convert_to(current_setting('kairo.session'::text, true), \
         'utf8'::name)))",
        "true",
    ),
    ("authn.me", "l.token_hash = sha256", "l.token_hash <> sha256"),
    ("authn.me", "l.id AS session_id", "l.user_id AS session_id"),
    (
        "authn.caller",
        "(l.token_hash = sha256(convert_to(current_setting('kairo.session'::text, true), \
         'utf8'::name)))",
        "true",
    ),
    ("authn.caller", "l.token_hash = sha256", "l.token_hash <> sha256"),
    ("authn.caller", "l.user_id", "l.id AS user_id"),
];

/// A view made anew.
pub fn view_made(view: &str, text: &str) -> String {
    format!("CREATE OR REPLACE VIEW {view} WITH (security_barrier) AS {text}")
}

/// A policy with another expression.
pub fn policy_made(alter: &str, clause: &str, text: &str) -> String {
    format!("{alter} {clause} ({text})")
}

/// Two sessions end now, after the transaction has begun: one that asks what time it was at the
/// beginning takes them for live.
pub const LAPSE: &str = "
    UPDATE authn.sessions SET idle_expires_at = clock_timestamp()
     WHERE id = 'a0000000-0000-7000-8000-000000000005';
    UPDATE authn.sessions SET absolute_expires_at = clock_timestamp()
     WHERE id = 'a0000000-0000-7000-8000-000000000006';";

/// Begins a mutant; what is tried afterwards goes back to here.
pub fn begin(change: &str) -> String {
    format!("BEGIN; {LAPSE} {change}; SAVEPOINT cell")
}

/// Goes back to where [`begin`] came to.
pub const BACK: &str = "ROLLBACK TO SAVEPOINT cell";
