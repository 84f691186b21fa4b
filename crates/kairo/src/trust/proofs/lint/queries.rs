//! The catalogue queries of the lint, one a rule. Each gives the offending objects in a column
//! `object`.

/// What the rules look at: every schema that PostgreSQL did not make itself; relations; grants to
/// others than the owner, on whole relations and on columns; policies by role; the roles that the
/// migrations make, by name, since a migrating user may be called kairo_admin.
macro_rules! catalogue {
    ($rule:literal) => {
        concat!(
            "WITH kairo AS (
                SELECT n.oid, n.nspname, n.nspowner, n.nspacl FROM pg_namespace n
                 WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
            ), relations AS (
                SELECT c.*, k.nspname || '.' || c.relname AS name,
                       c.relkind IN ('r', 'p') AS is_table
                  FROM pg_class c JOIN kairo k ON k.oid = c.relnamespace
            ), functions AS (
                SELECT p.*, p.oid::regprocedure::text AS name
                  FROM pg_proc p JOIN kairo k ON k.oid = p.pronamespace
            ), grants AS (
                SELECT r.oid AS relid, r.name, a.grantee, a.privilege_type AS privilege,
                       0::smallint AS attnum, NULL::name AS attname
                  FROM relations r, aclexplode(r.relacl) a
                 WHERE r.relacl IS NOT NULL AND a.grantee <> r.relowner
                UNION ALL
                SELECT r.oid, r.name, a.grantee, a.privilege_type, t.attnum, t.attname
                  FROM relations r JOIN pg_attribute t ON t.attrelid = r.oid,
                       aclexplode(t.attacl) a
                 WHERE t.attacl IS NOT NULL AND a.grantee <> r.relowner
            ), policies AS (
                SELECT p.oid, p.polrelid, p.polname, p.polcmd, p.polpermissive, p.polqual,
                       p.polwithcheck, r.name, role, r.name || ' ' || p.polname AS object
                  FROM relations r JOIN pg_policy p ON p.polrelid = r.oid, unnest(p.polroles) role
            ), commands (privilege, cmd) AS (
                VALUES ('SELECT', 'r'), ('INSERT', 'a'), ('UPDATE', 'w'), ('DELETE', 'd')
            ), ours AS (
                SELECT o.* FROM pg_roles o
                 WHERE o.rolname IN ('kairo_owner', 'kairo_auth', 'kairo_guard', 'kairo_audit',
                                     'kairo_app', 'kairo_login', 'kairo_worker', 'kairo_support')
            ), runtime AS (
                SELECT * FROM ours WHERE rolcanlogin
            ) ",
            $rule
        )
    };
}

/// L1. The record of migrations is the migrating user's own; the matrix shows that nobody changes
/// it.
pub const ROW_SECURITY_OFF: &str = catalogue!(
    "SELECT name AS object FROM relations
      WHERE is_table AND NOT relrowsecurity AND name <> 'ops.migrations' ORDER BY 1"
);

/// L2.
pub const NOT_FORCED: &str = catalogue!(
    "SELECT name AS object FROM relations
      WHERE is_table AND NOT relforcerowsecurity AND name <> 'ops.migrations' ORDER BY 1"
);

/// L3.
pub const PARTITION_GRANTED: &str = catalogue!(
    "SELECT DISTINCT g.name AS object FROM grants g JOIN relations r ON r.oid = g.relid
      WHERE r.relispartition ORDER BY 1"
);

/// L4. A grant without a permissive policy, a policy without the grant (the owner has none), and a
/// grant behind a schema that the role may not enter: each means that somebody meant something
/// else. The record of migrations is nobody's, and has no policies.
pub const LEADS_NOWHERE: &str = catalogue!(
    "SELECT DISTINCT format('%s %s %s without a policy', g.name, g.privilege,
                            g.grantee::regrole) AS object
       FROM grants g JOIN commands c USING (privilege) JOIN relations r ON r.oid = g.relid
      WHERE r.is_table AND g.grantee <> 0 AND r.name <> 'ops.migrations'
        AND NOT EXISTS (SELECT FROM policies p
                         WHERE p.polrelid = g.relid AND p.polpermissive
                           AND p.role IN (0, g.grantee) AND p.polcmd::text IN (c.cmd, '*'))
     UNION
     SELECT format('%s %s without a grant', p.object, p.role::regrole)
       FROM policies p
      WHERE p.role <> 0
        AND NOT EXISTS (SELECT FROM grants g JOIN commands c USING (privilege)
                         WHERE g.relid = p.polrelid AND g.grantee IN (0, p.role)
                           AND p.polcmd::text IN (c.cmd, '*'))
     UNION
     SELECT format('%s %s without its schema', g.name, g.grantee::regrole)
       FROM grants g JOIN relations r ON r.oid = g.relid
      WHERE g.grantee <> 0 AND NOT has_schema_privilege(g.grantee, r.relnamespace, 'USAGE')
     UNION
     SELECT format('%s %s without its schema', f.name, a.grantee::regrole)
       FROM functions f, aclexplode(f.proacl) a
      WHERE a.grantee <> 0 AND a.grantee <> f.proowner
        AND NOT has_schema_privilege(a.grantee, f.pronamespace, 'USAGE')
     ORDER BY 1"
);

/// L5. The views that tell who asks must have their owner's rights, and then a barrier, since a
/// function that leaks its argument would see other people's sessions. `authn.live`, of which they
/// are made, needs none while nobody reads it who signs in. And no view is written to.
pub const VIEW_RIGHTS: &str = catalogue!(
    "SELECT name AS object FROM relations
      WHERE relkind = 'v'
        AND NOT (CASE WHEN name IN ('authn.me', 'authn.caller', 'authn.my_account')
                      THEN 'security_barrier=true' = ANY (coalesce(reloptions, '{}'))
                      WHEN name = 'authn.live'
                      THEN NOT EXISTS (SELECT FROM grants g WHERE g.relid = relations.oid
                                          AND (g.grantee = 0
                                               OR g.grantee IN (SELECT oid FROM runtime)))
                      ELSE 'security_invoker=true' = ANY (coalesce(reloptions, '{}')) END)
     UNION
     SELECT g.name || ' ' || g.privilege FROM grants g JOIN relations r ON r.oid = g.relid
      WHERE r.relkind = 'v' AND g.privilege <> 'SELECT' ORDER BY 1"
);

/// L6.
pub const BEYOND_POLICIES: &str =
    catalogue!("SELECT name AS object FROM relations WHERE relkind IN ('m', 'f') ORDER BY 1");

/// L7.
pub const GRANT_PASSES_POLICIES: &str = catalogue!(
    "SELECT DISTINCT g.name || ' ' || g.privilege AS object
       FROM grants g JOIN relations r ON r.oid = g.relid
      WHERE r.relkind IN ('r', 'p', 'm', 'f')
        AND g.privilege NOT IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE') ORDER BY 1"
);

/// L8.
pub const FOR_EVERYBODY: &str = catalogue!(
    "SELECT object FROM policies WHERE role = 0
     UNION
     SELECT name FROM grants WHERE grantee = 0
     UNION
     SELECT k.nspname FROM kairo k, aclexplode(k.nspacl) a WHERE a.grantee = 0 ORDER BY 1"
);

/// L9. For roles that sign in; the roles of definer functions need such policies under FORCE.
pub const POLICY_TRUE: &str = catalogue!(
    "SELECT DISTINCT p.object FROM policies p JOIN pg_roles o ON o.oid = p.role
      WHERE o.rolcanlogin AND p.polpermissive
        AND 'true' IN (pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
      ORDER BY 1"
);

/// L10. Permissive policies add up, so the wider one decides; one `FOR ALL` adds to four commands.
pub const PERMISSIVE_TWICE: &str = catalogue!(
    "SELECT DISTINCT p.object FROM policies p
      WHERE p.polcmd = '*'
     UNION
     SELECT format('%s %s for %s', p.name, c.privilege, p.role::regrole)
       FROM policies p JOIN commands c ON p.polcmd::text = c.cmd
      WHERE p.polpermissive
      GROUP BY p.name, c.privilege, p.role HAVING count(*) > 1 ORDER BY 1"
);

/// L11. The catalogue's own functions are pinned and leave no dependency; any other would run once
/// a row.
pub const FUNCTION_IN_POLICY: &str = catalogue!(
    "SELECT DISTINCT p.object FROM policies p
       JOIN pg_depend d ON d.classid = 'pg_policy'::regclass AND d.objid = p.oid
      WHERE d.refclassid = 'pg_proc'::regclass ORDER BY 1"
);

/// L12. Deleting is exempt: the purge looks at the one item that a row hangs on, by its whole key.
pub const SUBSELECT_SHAPE: &str = catalogue!(
    "SELECT DISTINCT p.object FROM policies p
      WHERE p.polcmd <> 'd'
        AND concat(p.polqual, p.polwithcheck) ~ '[{]SUBLINK :subLinkType [012] ' ORDER BY 1"
);

/// L13.
pub const OPEN_SEARCH_PATH: &str = catalogue!(
    "SELECT name AS object FROM functions
      WHERE prosecdef AND prosqlbody IS NULL
        AND NOT 'search_path=\"\"' = ANY (coalesce(proconfig, '{}')) ORDER BY 1"
);

/// L14.
pub const FUNCTION_FOR_EVERYBODY: &str = catalogue!(
    "SELECT DISTINCT f.name AS object
       FROM functions f, aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) a
      WHERE a.grantee = 0 ORDER BY 1"
);

/// L15. The roles of definer functions have no powers either, and nobody signs in as them.
pub const RUNTIME_POWER: &str = catalogue!(
    "SELECT format('%s %s', o.rolname, power) AS object
       FROM ours o, LATERAL (VALUES
            ('is superuser', o.rolsuper), ('bypasses row-level security', o.rolbypassrls),
            ('makes roles', o.rolcreaterole), ('makes databases', o.rolcreatedb),
            ('replicates', o.rolreplication), ('inherits', o.rolinherit),
            ('signs in', o.rolcanlogin AND o.rolname IN
                ('kairo_owner', 'kairo_auth', 'kairo_guard', 'kairo_audit')),
            ('makes temporary tables',
             has_database_privilege(o.oid, current_database(), 'TEMPORARY')),
            ('makes schemas', has_database_privilege(o.oid, current_database(), 'CREATE'))
       ) powers (power, has) WHERE has
     UNION
     SELECT format('%s is a member of %s', m.member::regrole, m.roleid::regrole)
       FROM pg_auth_members m JOIN ours o ON o.oid = m.member
     UNION
     SELECT format('%s makes objects in %s', o.rolname, k.nspname)
       FROM runtime o, kairo k WHERE has_schema_privilege(o.oid, k.oid, 'CREATE')
     UNION
     SELECT format('%s owns %s', o.rolname, k.nspname)
       FROM runtime o JOIN kairo k ON k.nspowner = o.oid
     UNION
     SELECT format('%s owns %s', o.rolname, r.name)
       FROM runtime o JOIN relations r ON r.relowner = o.oid
      WHERE r.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
     UNION
     SELECT format('%s may %s', 'PUBLIC', a.privilege_type)
       FROM pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
      WHERE d.datname = current_database() AND a.grantee = 0
        AND a.privilege_type <> 'CONNECT'
     ORDER BY 1"
);

/// L16. Of the roles that sign in: the others read by the keys of their functions.
pub const POLICY_WITHOUT_INDEX: &str = catalogue!(
    "SELECT DISTINCT p.object FROM policies p JOIN pg_roles o ON o.oid = p.role
      WHERE o.rolcanlogin
        AND EXISTS (SELECT FROM pg_depend d
                     WHERE d.classid = 'pg_policy'::regclass AND d.objid = p.oid
                       AND d.refobjid = p.polrelid AND d.refobjsubid > 0)
        AND NOT EXISTS (SELECT FROM pg_depend d
                          JOIN pg_index i ON i.indrelid = p.polrelid
                                         AND i.indkey[0] = d.refobjsubid
                         WHERE d.classid = 'pg_policy'::regclass AND d.objid = p.oid
                           AND d.refobjid = p.polrelid AND d.refobjsubid > 0
                           AND i.indisvalid AND i.indpred IS NULL)
      ORDER BY 1"
);

/// L17. A foreign key does not obey policies: with one column it tells whether a stranger's row is
/// there, and hangs rows on it. A person and a team are what keys begin with.
pub const KEY_WITHOUT_TENANT: &str = catalogue!(
    "SELECT r.name || ' ' || t.conname AS object
       FROM pg_constraint t
       JOIN relations r ON r.oid = t.conrelid
       JOIN relations f ON f.oid = t.confrelid
      WHERE t.contype = 'f' AND cardinality(t.conkey) = 1
        AND r.relrowsecurity AND f.relrowsecurity
        AND f.name NOT IN ('authn.users', 'app.teams') ORDER BY 1"
);

/// L18.
pub const TENANT_MOVES: &str = catalogue!(
    "SELECT DISTINCT format('%s.%s for %s', g.name, t.attname,
                            CASE g.grantee WHEN 0 THEN 'everybody'
                                           ELSE g.grantee::regrole::text END) AS object
       FROM grants g JOIN pg_attribute t ON t.attrelid = g.relid AND g.attnum IN (0, t.attnum)
       JOIN relations r ON r.oid = g.relid AND r.is_table
      WHERE g.privilege = 'UPDATE' AND t.attnum > 0 AND NOT t.attisdropped
        AND (t.attname IN ('user_id', 'team_id')
             OR t.attname = 'id' AND r.name IN ('authn.users', 'app.teams')) ORDER BY 1"
);

/// L19. Names of what opens something, as digests too.
pub const SECRET_READABLE: &str = catalogue!(
    "SELECT DISTINCT format('%s.%s for %s', g.name, t.attname, o.rolname) AS object
       FROM grants g JOIN pg_attribute t ON t.attrelid = g.relid AND g.attnum IN (0, t.attnum)
       JOIN pg_roles o ON o.oid = g.grantee AND o.rolcanlogin
      WHERE g.privilege = 'SELECT' AND t.attnum > 0 AND NOT t.attisdropped
        AND t.attname ~ ('(^|_)(password|passwd|passphrase|secret|token|otp|totp|pin|code|link'
                         || '|binding|credential|cookie|bearer|private_key|api_key)($|_)')
      ORDER BY 1"
);

/// L20.
pub const SEQUENCE_GRANTED: &str = catalogue!(
    "SELECT DISTINCT g.name AS object FROM grants g JOIN relations r ON r.oid = g.relid
      WHERE r.relkind = 'S' ORDER BY 1"
);

/// L21. Tables, partitioned tables, views, indexes, sequences and TOAST are known, and L6 speaks of
/// two more; whatever else there is, no rule looks at, but for the row that the guard's functions
/// give, which is a type and holds none.
pub const UNKNOWN_KIND: &str = catalogue!(
    "SELECT name AS object FROM relations
      WHERE relkind NOT IN ('r', 'p', 'v', 'm', 'f', 'i', 'I', 'S', 't')
        AND name <> 'guard.answer' ORDER BY 1"
);

/// L22. A definer function has the rights of its owner, so each owner is one that was thought of;
/// tables of a runtime role are L15's.
pub const FOREIGN_OWNER: &str = catalogue!(
    "SELECT f.name AS object FROM functions f JOIN pg_roles o ON o.oid = f.proowner
      WHERE o.rolname NOT IN ('kairo_owner', 'kairo_auth', 'kairo_guard', 'kairo_audit')
     UNION
     SELECT r.name FROM relations r JOIN pg_roles o ON o.oid = r.relowner
      WHERE r.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
        AND o.rolname NOT IN ('kairo_owner', 'kairo_auth', 'kairo_guard', 'kairo_audit')
        AND o.oid NOT IN (SELECT oid FROM runtime) AND r.name <> 'ops.migrations' ORDER BY 1"
);

/// L23. `$1`: names of relations, `$2`: signatures of functions that the matrix expects.
pub const WITHOUT_EXPECTATION: &str = catalogue!(
    "SELECT name AS object FROM relations
      WHERE relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT name = ANY ($1::text[])
     UNION
     SELECT name FROM functions WHERE NOT name = ANY ($2::text[]) ORDER BY 1"
);
