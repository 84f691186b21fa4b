//! The SQL of the checks, and of what breaks a scratch cluster to see them fail.

/// Tables that hold something, with what guards each. `ops.migrations` holds names of steps, which
/// are nobody's.
pub(super) const TABLES: &str = "
    SELECT n.nspname || '.' || c.relname AS name, c.relrowsecurity AS is_on,
           c.relforcerowsecurity AS is_forced,
           (SELECT count(*) FROM pg_policy p WHERE p.polrelid = c.oid) AS policies
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
       AND n.nspname || '.' || c.relname <> 'ops.migrations'
     ORDER BY 1";

/// The roles that sign in, with every power of theirs.
pub(super) const ROLES: &str = "
    SELECT r.rolname::text AS name,
           array_remove(ARRAY[
               CASE WHEN r.rolsuper THEN 'is superuser' END,
               CASE WHEN r.rolbypassrls THEN 'passes by row-level security' END,
               CASE WHEN r.rolcreaterole THEN 'makes roles' END,
               CASE WHEN r.rolcreatedb THEN 'makes databases' END,
               CASE WHEN r.rolreplication THEN 'replicates' END,
               CASE WHEN EXISTS (SELECT FROM pg_auth_members m WHERE m.member = r.oid)
                    THEN 'is a member of another role' END,
               CASE WHEN EXISTS (SELECT FROM pg_class c WHERE c.relowner = r.oid)
                    THEN 'owns a relation' END,
               CASE WHEN EXISTS (SELECT FROM pg_proc p WHERE p.proowner = r.oid)
                    THEN 'owns a function' END,
               CASE WHEN EXISTS (SELECT FROM pg_namespace s WHERE s.nspowner = r.oid)
                    THEN 'owns a schema' END
           ], NULL) AS powers
      FROM pg_roles r
     WHERE r.rolname IN ('kairo_app', 'kairo_login', 'kairo_worker', 'kairo_support') ORDER BY 1";

/// Tables on which `kairo_support` has any right at all.
pub(super) const STAFF_RIGHTS: &str = "
    SELECT n.nspname || '.' || c.relname AS name,
           has_table_privilege('kairo_support', c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE')
           OR has_any_column_privilege('kairo_support', c.oid, 'SELECT, INSERT, UPDATE')
           AS has_right
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p', 'v', 'm') AND n.nspname !~ '^pg_'
       AND n.nspname <> 'information_schema'
     ORDER BY 1";

/// What staff must not be able to do, tried.
pub(super) const STAFF_TRIES: [&str; 3] = [
    "SELECT count(*) FROM app.items",
    "SELECT text_sealed FROM app.captures LIMIT 1",
    "SELECT email_norm FROM authn.users LIMIT 1",
];

/// Everything that decides who reaches what: policies, switches, grants, views and functions.
pub(super) const WALLS: &str = "
    SELECT format('policy %s on %s', p.polname, p.polrelid::regclass) AS name,
           concat_ws(' | ', p.polcmd, p.polpermissive,
                     (SELECT string_agg(r::regrole::text, ',' ORDER BY r::regrole::text)
                        FROM unnest(p.polroles) r),
                     pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
           AS body
      FROM pg_policy p
     UNION ALL
    SELECT format('table %s', c.oid::regclass),
           concat_ws(' | ', c.relrowsecurity, c.relforcerowsecurity,
                     (SELECT string_agg(concat(a.grantee::regrole, ' ', a.privilege_type), ','
                             ORDER BY a.grantee::regrole::text, a.privilege_type)
                        FROM aclexplode(c.relacl) a WHERE a.grantee <> c.relowner),
                     (SELECT string_agg(concat(t.attname, ' ', a.grantee::regrole, ' ',
                                               a.privilege_type), ','
                             ORDER BY t.attname, a.grantee::regrole::text, a.privilege_type)
                        FROM pg_attribute t, aclexplode(t.attacl) a WHERE t.attrelid = c.oid),
                     CASE WHEN c.relkind = 'v' THEN pg_get_viewdef(c.oid) END)
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p', 'v')
       AND n.nspname IN ('app', 'authn', 'guard', 'mail', 'trust', 'ops')
       AND n.nspname || '.' || c.relname <> 'ops.migrations'
     UNION ALL
    SELECT format('function %s', p.oid::regprocedure),
           concat_ws(' | ', p.prosecdef, p.prosrc, p.proowner::regrole,
                     (SELECT string_agg(concat(a.grantee::regrole, ' ', a.privilege_type), ','
                             ORDER BY a.grantee::regrole::text)
                        FROM aclexplode(p.proacl) a WHERE a.grantee <> p.proowner))
      FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
     WHERE n.nspname IN ('app', 'authn', 'guard', 'mail', 'trust', 'ops')
     ORDER BY 1";

/// Tables with their columns, for looks at every row.
pub(super) const EVERY_TABLE: &str = "
    SELECT format('%I.%I', n.nspname, c.relname) AS name,
           array_agg(format('%I.%I.%s', n.nspname, c.relname, a.attname)) AS columns
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
     WHERE c.relkind IN ('r', 'm', 'f') AND n.nspname !~ '^pg_'
       AND n.nspname <> 'information_schema'
     GROUP BY 1 ORDER BY 1";

/// Begins to read a table row by row; nothing can be written.
pub(super) fn open_rows(table: &str) -> String {
    format!(
        "BEGIN READ ONLY; SET LOCAL statement_timeout = '60s';
         DECLARE every_row NO SCROLL CURSOR FOR SELECT to_jsonb(t)::text AS row FROM {table} t"
    )
}

/// The next rows.
pub(super) const NEXT_ROWS: &str = "FETCH 500 FROM every_row";
/// The end of it.
pub(super) const CLOSE_ROWS: &str = "ROLLBACK";

/// The last two hours that were compared.
pub(super) const COMPARED_HOURS: &str =
    "SELECT hour::text AS hour FROM guard.watch_runs ORDER BY hour DESC LIMIT 2";

/// Somebody whose day was a hundred times their usual one, as rows that are never committed. They
/// cost something where models do.
pub(super) const PLANT_SPIKE: &str = "
    BEGIN; SET LOCAL statement_timeout = '50s';
    INSERT INTO guard.usage_hours (user_id, hour, credits, cost_nano)
    SELECT '00000000-0000-8000-8000-000000000000', r.hour - day.ago * interval '1 hour',
           day.credits, CASE WHEN EXISTS (SELECT FROM guard.usage_hours p WHERE p.cost_nano > 0
                                             AND p.hour >= r.hour - interval '25 hours')
                             THEN day.credits * 1000000000::bigint ELSE 0 END
      FROM (SELECT max(hour) AS hour FROM guard.watch_runs) r,
           (VALUES (4, 1000), (150, 70)) day (ago, credits)";

/// Who used more than three times their own usual, and more than the floor, in each of the last two
/// days that were compared (a call is settled up to a quarter of an hour late, so one may not have
/// had all of it), and has no alert of either.
pub(super) const UNTOLD_SPIKES: &str = "
    SELECT d.user_id::text AS person,
           d.user_id = '00000000-0000-8000-8000-000000000000' AS is_planted
      FROM (SELECT hour AS ends FROM guard.watch_runs ORDER BY hour DESC LIMIT 2) r
     CROSS JOIN LATERAL (
           SELECT u.user_id, sum(u.credits) AS credits, sum(u.cost_nano) AS nano
             FROM guard.usage_hours u
            WHERE u.hour BETWEEN r.ends - interval '24 hours' AND r.ends - interval '1 hour'
            GROUP BY u.user_id HAVING sum(u.credits) >= 20) d
     CROSS JOIN LATERAL (
           SELECT coalesce(sum(w.credits), 0) / 7.0 AS credits,
                  coalesce(sum(w.cost_nano), 0) / 7.0 AS nano
             FROM guard.usage_hours w
            WHERE w.user_id = d.user_id AND w.hour < r.ends - interval '24 hours'
              AND w.hour >= r.ends - interval '192 hours') usual
     WHERE (d.nano >= 250000000 OR NOT EXISTS (
               SELECT FROM guard.usage_hours p
                WHERE p.cost_nano > 0 AND p.hour >= r.ends - interval '24 hours'
                  AND p.hour < r.ends))
       AND (usual.credits > 0 AND d.credits > 3 * usual.credits
            OR usual.nano > 0 AND d.nano > 3 * usual.nano)
       -- Newcomers are compared with others, which this search does not repeat.
       AND EXISTS (SELECT FROM guard.usage_hours o
                    WHERE o.user_id = d.user_id AND o.hour <= r.ends - interval '96 hours')
       AND NOT EXISTS (SELECT FROM guard.alerts a
                        WHERE a.kind = 'usage' AND a.user_id = d.user_id
                          AND a.day >= ((r.ends - interval '25 hours') AT TIME ZONE 'UTC')::date
                          AND a.day <= (r.ends AT TIME ZONE 'UTC')::date)
     GROUP BY d.user_id
    HAVING count(*) = (SELECT least(count(*), 2) FROM guard.watch_runs)";
/// Everything of the guard that decides: functions, tables, their rules, rights and triggers, and
/// the two views by which it knows who asks. Bodies of functions are compared as they were written,
/// which no version of the server prints otherwise.
pub(super) const GUARD_FORM: &str = "
    WITH mine AS (
        SELECT c.* FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname = 'guard' AND c.relkind IN ('r', 'p')
            OR n.nspname = 'authn' AND c.relname IN ('me', 'live')
    )
    SELECT format('function %s', p.oid::regprocedure) AS name,
           concat_ws(' | ', p.prosrc, p.prosecdef, p.provolatile, p.proconfig, p.proowner::regrole,
                     (SELECT string_agg(concat(a.grantee::regrole, ' ', a.privilege_type), ','
                             ORDER BY a.grantee::regrole::text)
                        FROM aclexplode(p.proacl) a WHERE a.grantee <> p.proowner)) AS body
      FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = 'guard'
     UNION ALL
    SELECT format('table %s', m.oid::regclass),
           concat_ws(' | ', m.relrowsecurity, m.relforcerowsecurity,
                     (SELECT string_agg(concat(a.grantee::regrole, ' ', a.privilege_type), ','
                             ORDER BY a.grantee::regrole::text, a.privilege_type)
                        FROM aclexplode(m.relacl) a WHERE a.grantee <> m.relowner),
                     (SELECT string_agg(
                                 concat_ws(' ', t.attname, format_type(t.atttypid, t.atttypmod),
                                           t.attnotnull, pg_get_expr(d.adbin, d.adrelid)), ','
                                 ORDER BY t.attname)
                        FROM pg_attribute t
                        LEFT JOIN pg_attrdef d ON d.adrelid = t.attrelid AND d.adnum = t.attnum
                       WHERE t.attrelid = m.oid AND t.attnum > 0 AND NOT t.attisdropped),
                     (SELECT string_agg(concat(t.attname, ' ', a.grantee::regrole, ' ',
                                               a.privilege_type), ','
                             ORDER BY t.attname, a.grantee::regrole::text, a.privilege_type)
                        FROM pg_attribute t, aclexplode(t.attacl) a WHERE t.attrelid = m.oid),
                     CASE WHEN m.relkind = 'v' THEN pg_get_viewdef(m.oid) END)
      FROM mine m
     UNION ALL
    SELECT format('rule %s of %s', o.conname, m.relname),
           concat_ws(' | ', pg_get_constraintdef(o.oid), o.convalidated)
      FROM pg_constraint o JOIN mine m ON m.oid = o.conrelid WHERE o.contype IN ('c', 'p', 'u', 'f')
     UNION ALL
    SELECT format('policy %s of %s', p.polname, m.relname),
           concat_ws(' | ', p.polcmd, p.polpermissive,
                     (SELECT string_agg(r::regrole::text, ',' ORDER BY r::regrole::text)
                        FROM unnest(p.polroles) r),
                     pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
      FROM pg_policy p JOIN mine m ON m.oid = p.polrelid
     UNION ALL
    SELECT format('trigger %s of %s', t.tgname, m.relname), pg_get_triggerdef(t.oid)
      FROM pg_trigger t JOIN mine m ON m.oid = t.tgrelid WHERE NOT t.tgisinternal
     ORDER BY 1";

/// Somebody of a scratch cluster.
pub(super) const SOMEBODY: &str = "
    INSERT INTO authn.users (id, email_norm, plan) VALUES ($1, $2, 'pro')";
/// A token of theirs.
pub(super) const TOKEN: &str = "
    INSERT INTO authn.sessions (id, token_hash, user_id, kind, scopes, method)
    VALUES ($1, $2, $3, 'key', '{read,write}', 'host')";
/// What the ledger and the counters have of somebody, each counted for itself.
pub(super) const COUNTED: &str = "
    SELECT (SELECT count(*) FROM guard.reservations r WHERE r.user_id = $1 AND r.state = 'R')
           AS held,
           (SELECT count(*) FROM guard.reservations r
             WHERE r.user_id = $1 AND r.state = 'R' AND NOT r.small) AS normal,
           (SELECT count(*) FROM guard.reservations r WHERE r.user_id = $1 AND r.state = 'X')
           AS given_back,
           (SELECT coalesce(sum(q.month_used), 0) FROM guard.quotas q WHERE q.user_id = $1)
           AS month,
           (SELECT coalesce(sum(q.hour_used), 0) FROM guard.quotas q WHERE q.user_id = $1) AS hour,
           (SELECT coalesce(max(d.granted_nano), 0) FROM guard.days d) AS nano";
/// The hour in which the database is.
pub(super) const HOUR: &str = "SELECT date_trunc('hour', clock_timestamp(), 'UTC')::text AS hour";
/// Makes what somebody did in this hour a thing of the last one.
pub(super) const AN_HOUR_LATER: &str = "
    WITH moved AS (
        UPDATE guard.quotas SET hour_start = hour_start - interval '1 hour' WHERE user_id = $1)
    UPDATE guard.reservations SET hour_start = hour_start - interval '1 hour' WHERE user_id = $1";
/// Takes the day's budget back to its begin, with a ceiling.
pub(super) const BUDGET: &str = "
    WITH slices AS (DELETE FROM guard.slices), days AS (DELETE FROM guard.days)
    UPDATE guard.rules SET day_nano_max = $1";

/// The counters of the windows that run beside the sums of the ledger, attempts at a provider that
/// no reservation stands behind, and reservations that nobody ended in time.
pub(super) const LEDGER: &str = "
    WITH now AS (
        SELECT date_trunc('month', statement_timestamp(), 'UTC') AS month,
               date_trunc('hour', statement_timestamp(), 'UTC') AS hour
    ), recent AS (
        SELECT r.user_id, r.cost, r.month_start, r.hour_start FROM guard.reservations r, now
         WHERE r.created_at >= now.month - interval '1 day' AND r.state <> 'X'
    ), counters AS (
        SELECT q.user_id, 'month' AS bucket, q.month_used AS used FROM guard.quotas q, now
         WHERE q.month_start = now.month
         UNION ALL
        SELECT q.user_id, 'hour', q.hour_used FROM guard.quotas q, now
         WHERE q.hour_start = now.hour
    ), ledger AS (
        SELECT r.user_id, 'month' AS bucket, sum(r.cost) AS cost FROM recent r, now
         WHERE r.month_start = now.month GROUP BY r.user_id
         UNION ALL
        SELECT r.user_id, 'hour', sum(r.cost) FROM recent r, now
         WHERE r.hour_start = now.hour GROUP BY r.user_id
    )
    SELECT count(*) AS counters,
           coalesce(array_agg(format('%s counts %s in the %s, and the ledger %s', user_id,
                                     coalesce(c.used, 0), bucket, coalesce(l.cost, 0)))
                    FILTER (WHERE coalesce(c.used, 0) <> coalesce(l.cost, 0)), '{}') AS off,
           (SELECT count(*) FROM guard.attempts a
              LEFT JOIN guard.reservations r ON r.id = a.reservation_id
             WHERE a.at > statement_timestamp() - interval '30 days' AND r.id IS NULL) AS orphans,
           (SELECT count(*) FROM guard.reservations r
             WHERE r.state = 'R' AND r.expires_at >= '-infinity'
               AND r.expires_at < statement_timestamp() - interval '5 minutes'
               AND pg_postmaster_start_time() < statement_timestamp() - interval '5 minutes')
           AS forgotten
      FROM counters c FULL JOIN ledger l USING (user_id, bucket)";
/// One reservation.
pub(super) const RESERVATION: &str = "
    SELECT r.state::text AS state, r.cost, u.email_norm AS who
      FROM guard.reservations r JOIN authn.users u ON u.id = r.user_id WHERE r.id = $1";

/// What the cache and the ledger have of a canary.
pub(super) const CACHED: &str = "
    SELECT (SELECT count(*) FROM guard.attempts a
              JOIN guard.reservations r ON r.id = a.reservation_id WHERE r.user_id = u.id)
           AS attempts,
           (SELECT count(*) FROM guard.reservations r WHERE r.user_id = u.id) AS calls,
           (SELECT count(*) FROM guard.reservations r WHERE r.user_id = u.id AND r.state = 'R')
           AS under_way,
           (SELECT coalesce(sum(h.hits), 0) FROM guard.usage_hours h WHERE h.user_id = u.id)
           AS hits,
           (SELECT coalesce(sum(q.month_used), 0) FROM guard.quotas q WHERE q.user_id = u.id)
           AS credits,
           (SELECT count(*) FROM app.model_answers m
             WHERE m.user_id = u.id AND m.expires_at > statement_timestamp()) AS answers,
           (SELECT count(*) FROM app.model_answers m
             WHERE m.user_id = u.id AND (octet_length(m.key_mac) <> 32
                   OR position($2::bytea IN m.answer_sealed) > 0)) AS bare,
           (SELECT c.refine FROM app.captures c WHERE c.user_id = u.id ORDER BY c.id DESC LIMIT 1)
           AS refine
      FROM authn.users u WHERE u.email_norm = $1";
/// What a canary keeps.
pub(super) const ITEMS: &str = "
    SELECT i.id::text AS id, i.version FROM app.items i JOIN authn.users u ON u.id = i.user_id
     WHERE u.email_norm = $1 AND i.deleted_at IS NULL";

/// The rules that every row of the log of attempts obeys.
pub(super) const ATTEMPT_RULES: &str = "
    SELECT pg_get_constraintdef(o.oid) AS rule
      FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid
      JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = 'guard' AND c.relname = 'attempts' AND o.contype = 'c' AND o.convalidated";
/// What attempts at providers went over.
pub(super) const CHANNELS: &str = "
    SELECT a.channel, count(*) AS attempts FROM guard.attempts a
     WHERE a.at > statement_timestamp() - interval '30 days' GROUP BY 1 ORDER BY 1";

/// Each pair breaks something that a check must see, and mends it.
pub(super) const SABOTAGE_RLS: (&str, &str) = (
    "ALTER TABLE app.items DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE app.items ENABLE ROW LEVEL SECURITY",
);
pub(super) const SABOTAGE_ROLE: (&str, &str) =
    ("ALTER ROLE kairo_app BYPASSRLS", "ALTER ROLE kairo_app NOBYPASSRLS");
pub(super) const SABOTAGE_GRANT: (&str, &str) =
    ("GRANT TRUNCATE ON app.items TO kairo_app", "REVOKE TRUNCATE ON app.items FROM kairo_app");
pub(super) const SABOTAGE_POLICY: (&str, &str) = (
    "CREATE POLICY sabotage ON app.captures FOR SELECT TO kairo_app USING (true)",
    "DROP POLICY sabotage ON app.captures",
);
pub(super) const SABOTAGE_STAFF: (&str, &str) = (
    "GRANT USAGE ON SCHEMA app TO kairo_support; GRANT SELECT ON app.items TO kairo_support",
    "REVOKE SELECT ON app.items FROM kairo_support; REVOKE USAGE ON SCHEMA app FROM kairo_support",
);
pub(super) const SABOTAGE_ADDRESS: (&str, &str) = (
    "INSERT INTO authn.proof_budgets (email_norm, source, hour_start, sent, last_at)
     VALUES ('[192.0.2.7]', sha256('sabotage'), now(), 1, now())",
    "DELETE FROM authn.proof_budgets WHERE source = sha256('sabotage')",
);
pub(super) const SABOTAGE_SINGLE_USE: (&str, &str) = (
    "CREATE FUNCTION public.sabotage() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN NEW.used_at := NULL; RETURN NEW; END $$;
     CREATE TRIGGER sabotage BEFORE UPDATE ON authn.proofs
        FOR EACH ROW EXECUTE FUNCTION public.sabotage()",
    "DROP TRIGGER sabotage ON authn.proofs; DROP FUNCTION public.sabotage()",
);
pub(super) const SABOTAGE_SIGN_OUT: (&str, &str) = (
    "CREATE FUNCTION public.sabotage() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN NEW.revoked_at := NULL; NEW.revoke_reason := NULL; RETURN NEW; END $$;
     CREATE TRIGGER sabotage BEFORE UPDATE ON authn.sessions
        FOR EACH ROW EXECUTE FUNCTION public.sabotage()",
    "DROP TRIGGER sabotage ON authn.sessions; DROP FUNCTION public.sabotage()",
);
pub(super) const SABOTAGE_CHAIN: (&str, &str) = (
    "UPDATE trust.evidence SET tested = tested + 1000000
      WHERE (env, seq) IN (SELECT env, max(seq) FROM trust.evidence GROUP BY env)",
    "UPDATE trust.evidence SET tested = tested - 1000000 WHERE tested >= 1000000",
);
pub(super) const SABOTAGE_HOURS: (&str, &str) = (
    "UPDATE guard.watch_runs SET ran_at = ran_at - interval '3 hours'",
    "UPDATE guard.watch_runs SET ran_at = ran_at + interval '3 hours'",
);
pub(super) const SABOTAGE_ALERTS: (&str, &str) = (
    "INSERT INTO guard.usage_hours (user_id, hour, credits, cost_nano)
     SELECT '00000000-0000-8000-8000-000000000001', hour - day.ago * interval '1 hour', day.credits,
            day.credits * 1000000000::bigint
       FROM guard.watch_runs, (VALUES (4, 1000), (150, 70)) day (ago, credits)",
    "DELETE FROM guard.usage_hours WHERE user_id = '00000000-0000-8000-8000-000000000001'",
);
pub(super) const SABOTAGE_QUOTA: (&str, &str) = (
    "DO $$ BEGIN EXECUTE replace(pg_get_functiondef('guard.reserve_at'::regproc),
        '<= p.hour_cap', '<= p.hour_cap + 1000'); END $$",
    "DO $$ BEGIN EXECUTE replace(pg_get_functiondef('guard.reserve_at'::regproc),
        '<= p.hour_cap + 1000', '<= p.hour_cap'); END $$",
);
pub(super) const SABOTAGE_DOWNSHIFT: (&str, &str) = (
    "DO $$ BEGIN EXECUTE replace(pg_get_functiondef('guard.reserve_at'::regproc),
        'coalesce(p.burst_at, 2147483647)', '2147483646'); END $$",
    "DO $$ BEGIN EXECUTE replace(pg_get_functiondef('guard.reserve_at'::regproc),
        '2147483646', 'coalesce(p.burst_at, 2147483647)'); END $$",
);
pub(super) const SABOTAGE_LEDGER: (&str, &str) = (
    "UPDATE guard.quotas SET month_used = month_used + 1",
    "UPDATE guard.quotas SET month_used = month_used - 1",
);
pub(super) const SABOTAGE_CACHE: (&str, &str) = (
    "CREATE FUNCTION public.sabotage() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN RETURN NULL; END $$;
     CREATE TRIGGER sabotage BEFORE INSERT ON app.model_answers
        FOR EACH ROW EXECUTE FUNCTION public.sabotage();
     DELETE FROM app.model_answers",
    "DROP TRIGGER sabotage ON app.model_answers; DROP FUNCTION public.sabotage()",
);
pub(super) const SABOTAGE_EGRESS: (&str, &str) = (
    "ALTER TABLE guard.attempts DROP CONSTRAINT attempts_channel_check;
     INSERT INTO guard.attempts (reservation_id, attempt, model, outcome, tokens_in, tokens_out,
                                 cost_nano, channel)
     SELECT r.id, 10, 'sabotage', 'refused', 0, 0, 0, 'plain' FROM guard.reservations r LIMIT 1",
    "DELETE FROM guard.attempts WHERE channel = 'plain';
     ALTER TABLE guard.attempts ADD CONSTRAINT attempts_channel_check
           CHECK (channel IN ('tls', 'loopback'))",
);
/// A person's word, made older than it may be.
pub const SABOTAGE_ATTESTATION: &str = "
    UPDATE trust.statements SET made_at = made_at - interval '300 days',
                                until = until - interval '300 days'";
/// And young again.
pub const UNDO_ATTESTATION: &str = "
    UPDATE trust.statements SET made_at = made_at + interval '300 days',
                                until = until + interval '300 days'";
/// A column that the ring's bytes are written into, and the way back.
pub const SABOTAGE_KEY: &str = "
    INSERT INTO authn.proof_budgets (email_norm, source, hour_start, sent, last_at)
    VALUES ($1, sha256('sabotaged key'), now(), 1, now())";
/// See [`SABOTAGE_KEY`].
pub const UNDO_KEY: &str = "DELETE FROM authn.proof_budgets WHERE source = sha256('sabotaged key')";
