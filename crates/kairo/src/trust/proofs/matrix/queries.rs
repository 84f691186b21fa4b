//! The statements of the matrix: the world it runs in, what the catalogue holds, and what is tried.

/// Makes foreign keys wait for COMMIT, which never comes: a row may then be tried alone, and what
/// refuses it is a policy or nothing. (They obey no policy, so they prove nothing here.)
pub const LOOSEN: &str = "
    DO $$
    DECLARE
        t record;
    BEGIN
        FOR t IN SELECT conrelid::regclass AS relation, conname FROM pg_constraint
                  WHERE contype = 'f' LOOP
            EXECUTE format('ALTER TABLE %s ALTER CONSTRAINT %I DEFERRABLE INITIALLY DEFERRED',
                           t.relation, t.conname);
        END LOOP;
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'kairo_stranger') THEN
            CREATE ROLE kairo_stranger LOGIN NOINHERIT;
        END IF;
    END
    $$";

/// The rows. An id begins with its person's letter and ends in what is special about the row:
/// 1 is as usual, 2 was deleted yesterday, 3 may be purged, 4 is old but still needed, 5 is young.
/// Of sessions: 1 browser, 2 token, 3 read-only token, 4 job, 5 idle too long, 6 past its end,
/// 7 revoked just now, 8 two days ago, 9 a month ago. Of letters: 1 waits, 2 was sent, 3 failed a
/// month ago; of what a provider told: 1 just now, 3 a month ago. Of calls: 1 is open, 2 settled, 3
/// settled long ago, 4 open past its end. Of alerts and messages: 1 waits, 3 is of long ago.
pub const SEED: &str = r"
    INSERT INTO authn.users (id, email_norm, suspended_at, suspended)
    SELECT (letter || '0000000-0000-7000-8000-000000000000')::uuid, name || '@example.org', ended,
           ended IS NOT NULL
      FROM (VALUES ('a', 'ana', NULL), ('b', 'ben', NULL), ('c', 'cid', now()))
           people (letter, name, ended);

    CREATE TEMP TABLE row_ids AS
    SELECT u.id AS user_id, n, substr(u.email_norm, 1, 3) AS name,
           (left(u.id::text, 35) || n)::uuid AS id,
           decode(rpad(left(u.id::text, 1), 63, '0') || n, 'hex') AS digest
      FROM authn.users u, generate_series(1, 9) n;

    INSERT INTO authn.sessions (id, token_hash, user_id, kind, scopes, method, purpose,
                                idle_expires_at, absolute_expires_at, revoked_at, revoke_reason,
                                suspended)
    SELECT r.id, sha256(convert_to(s.kind || ':' || r.name || '-' || s.name, 'utf8')),
           r.user_id, s.kind, s.scopes::text[], 'host', s.purpose, now() + s.idle,
           now() + s.absolute,
           now() + s.revoked, CASE WHEN s.revoked IS NOT NULL THEN 'sign_out' END, r.name = 'cid'
      FROM (VALUES
            ('web', 1, 'web', '{read,write}', NULL, interval '1 day', interval '1 day',
             NULL::interval),
            ('key', 2, 'key', '{read,write}', NULL, NULL, NULL, NULL),
            ('reader', 3, 'key', '{read}', NULL, NULL, NULL, NULL),
            ('job', 4, 'job', '{read,write}', 'purge', NULL, '15 minutes', NULL),
            ('idle', 5, 'web', '{read,write}', NULL, '-1 minute', '1 day', NULL),
            ('lapsed', 6, 'web', '{read,write}', NULL, '1 day', '0', NULL),
            ('revoked', 7, 'web', '{read,write}', NULL, '1 day', '1 day', '0'),
            ('dead', 8, 'web', '{read,write}', NULL, '1 day', '1 day', '-2 days'),
            ('gone', 9, 'web', '{read,write}', NULL, '1 day', '1 day', '-31 days')
           ) s (name, n, kind, scopes, purpose, idle, absolute, revoked)
      JOIN row_ids r ON r.n = s.n AND (r.name = 'ana' OR s.name = 'web');

    INSERT INTO app.data_keys (id, user_id, root_key_id, wrapped)
    SELECT id, user_id, repeat('0', 32), decode(repeat('00', 78), 'hex') FROM row_ids WHERE n = 1;
    INSERT INTO app.settings (user_id, time_zone, version)
    SELECT user_id, 'UTC', CASE name WHEN 'ana' THEN 2 ELSE 1 END FROM row_ids WHERE n = 1;
    INSERT INTO app.key_ring (fingerprint) VALUES (sha256('a ring')) ON CONFLICT DO NOTHING;

    INSERT INTO app.captures (id, user_id, text_sealed, reader_version, confidence,
                              reference_local, zone, created_at)
    SELECT id, user_id, 'x', '1', 'sure', localtimestamp, 'UTC',
           CASE WHEN n IN (3, 4) THEN now() - interval '31 days' ELSE now() END
      FROM row_ids WHERE n IN (1, 3, 4, 5);
    INSERT INTO app.model_answers (id, user_id, key_mac, model, answer_sealed, expires_at)
    SELECT id, user_id, digest, 'normal', 'x',
           CASE n WHEN 3 THEN now() - interval '1 day' ELSE now() + interval '1 day' END
      FROM row_ids WHERE n IN (1, 3);
    INSERT INTO app.capture_keys (user_id, key_hash, request_mac, capture_id, created_at)
    SELECT user_id, digest, digest, id,
           CASE WHEN n IN (3, 4) THEN now() - interval '31 days' ELSE now() END
      FROM row_ids WHERE n IN (1, 3, 4, 5);
    INSERT INTO app.items (id, user_id, capture_id, kind, body_sealed, deleted_at)
    SELECT id, user_id, (left(id::text, 35) || CASE n WHEN 1 THEN 1 ELSE 4 END)::uuid, 'task', 'x',
           CASE n WHEN 2 THEN now() - interval '1 day'
                  WHEN 3 THEN now() - interval '31 days' END
      FROM row_ids WHERE n = 1 OR n IN (2, 3) AND name <> 'ben';
    INSERT INTO app.items (id, user_id, capture_id, kind, body_sealed)
    SELECT id, user_id, id, 'note', 'x' FROM row_ids WHERE n = 4;
    INSERT INTO app.item_revisions (id, user_id, item_id, version, state_sealed, cause)
    SELECT id, user_id, id, 1, 'x', 'edit' FROM app.items;
    INSERT INTO app.item_occurrences (id, user_id, item_id, original_local, change, settled_at)
    SELECT id, user_id, id, localtimestamp, 'done', now() FROM app.items;

    INSERT INTO authn.proofs (id, purpose, email_norm, link_hash, binding_hash, code_mac,
                              expires_at)
    SELECT id, 'sign_in', name || '@example.org', digest, digest, digest, now() + interval '1 day'
      FROM row_ids WHERE n = 1;
    INSERT INTO authn.proof_budgets (email_norm, source, hour_start, sent, last_at)
    SELECT name || '@example.org', digest, now(), 1, now() FROM row_ids WHERE n = 1;
    INSERT INTO authn.proof_address_budgets (email_norm, hour_start, sent)
    SELECT name || '@example.org', now(), 1 FROM row_ids WHERE n = 1;
    INSERT INTO authn.source_buckets (bucket, wide, slot, digest, minute_full_at, hour_full_at)
    SELECT 'sign_in', false, ascii(name), digest, full_at, full_at
      FROM row_ids, LATERAL (SELECT CASE name WHEN 'ana' THEN now() - interval '2 hours'
                                    ELSE now() END AS full_at) f WHERE n = 1;

    INSERT INTO trust.evidence (env, seq, check_id, check_version, catalogue, program, observed_at,
                                recorded_at, expires_at, outcome, population, tested, violations,
                                reason, detail, prev_hash, hash)
    SELECT 'ci', 1, 'one', 1, sha256(''), sha256(''), now(), now(), now() + interval '1 hour',
           'pass', 1, 1, 0, '', '{}', sha256(''), sha256('');
    INSERT INTO trust.roots (env, day, seq, hash, signer, signature, signed_at)
    SELECT 'ci', current_date, 1, sha256(''), sha256(''), sha512(''), now();
    INSERT INTO trust.statements (id, kind, claim_id, source, owner, reason, made_at, until)
    SELECT id, 'attestation', '1.4', 'a provider', name, 'a report', now(), now() + interval '1 day'
      FROM row_ids WHERE n = 1;
    INSERT INTO mail.letters (id, purpose, sealed, address_macs, state, sent_at, created_at,
                              expires_at)
    SELECT id, 'sign_in', CASE n WHEN 1 THEN decode(repeat('00', 64), 'hex') END, ARRAY[digest],
           CASE n WHEN 1 THEN 'queued' WHEN 2 THEN 'sent' ELSE 'failed' END,
           CASE n WHEN 2 THEN now() END,
           CASE n WHEN 3 THEN now() - interval '31 days' ELSE now() END, now() + interval '1 day'
      FROM row_ids WHERE n IN (1, 2, 3);
    INSERT INTO mail.suppressions (address_mac, reason)
    SELECT digest, 'bounced' FROM row_ids WHERE n = 2;
    INSERT INTO mail.events (event_hash, noted_at)
    SELECT digest, CASE n WHEN 3 THEN now() - interval '31 days' ELSE now() END
      FROM row_ids WHERE n IN (1, 3);
    INSERT INTO guard.plans (plan, model, month_cap, hour_cap) VALUES ('free', 'small', 5, 5);
    INSERT INTO guard.rules (day_nano_max) VALUES (1000);
    INSERT INTO guard.quotas (user_id, month_used)
    SELECT user_id, CASE name WHEN 'ben' THEN 7 ELSE 0 END FROM row_ids WHERE n = 1;
    INSERT INTO guard.reservations (id, user_id, task, state, cost, small, month_start, hour_start,
                                    day, nano_max, created_at, expires_at)
    SELECT id, user_id, 'chat', CASE WHEN n IN (1, 4) THEN 'R' ELSE 'S' END, 1, true, now(), now(),
           '2026-01-01', 0, CASE n WHEN 3 THEN now() - interval '91 days' ELSE now() END,
           CASE n WHEN 4 THEN now() - interval '1 day' ELSE now() + interval '1 day' END
      FROM row_ids WHERE n IN (1, 2, 3, 4);
    INSERT INTO guard.attempts (reservation_id, attempt, model, outcome, tokens_in, tokens_out,
                                cost_nano, channel, at)
    SELECT id, 1, 'm', 'answered', 0, 0, 0, 'tls',
           CASE n WHEN 3 THEN now() - interval '91 days' ELSE now() END
      FROM row_ids WHERE n IN (1, 3);
    INSERT INTO guard.usage_hours (user_id, hour)
    SELECT user_id, now() - CASE name WHEN 'ben' THEN interval '100 days' ELSE '0' END
      FROM row_ids WHERE n = 1;
    INSERT INTO guard.days (day) VALUES ('2026-01-01');
    INSERT INTO guard.slices (day, slot, left_nano) VALUES ('2026-01-01', 1, 0);
    INSERT INTO guard.watch_runs (hour, ran_at, people, alerts)
    VALUES (date_trunc('hour', now(), 'UTC') - interval '1 hour', now() - interval '1 hour', 1, 0),
           ('2026-01-01', now() - interval '91 days', 3, 0);
    INSERT INTO guard.alerts (id, kind, user_id, day, created_at)
    SELECT id, 'usage', user_id, date '2026-01-01' + n,
           CASE n WHEN 3 THEN now() - interval '91 days' ELSE now() END
      FROM row_ids WHERE n IN (1, 3);
    INSERT INTO guard.messages (id, body, state, created_at, expires_at)
    SELECT id, CASE n WHEN 1 THEN 'x' END, CASE n WHEN 1 THEN 'queued' ELSE 'failed' END,
           CASE n WHEN 3 THEN now() - interval '91 days' ELSE now() END, now() + interval '1 day'
      FROM row_ids WHERE n IN (1, 3);
    DROP TABLE row_ids";

/// Tables and views with their columns in order.
pub const RELATIONS: &str = "
    SELECT n.nspname || '.' || c.relname AS name, c.relkind = 'v' AS is_view,
           array_agg(a.attname::text ORDER BY a.attnum) AS columns
      FROM pg_class c
      JOIN pg_namespace n ON n.oid = c.relnamespace
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
     WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
       AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
     GROUP BY 1, 2 ORDER BY 1";

/// Functions, each with a call of it.
pub const FUNCTIONS: &str = "
    SELECT p.oid::regprocedure::text AS signature,
           format('SELECT count(*) FROM %I.%I(%s)', n.nspname, p.proname,
                  (SELECT string_agg('NULL::' || format_type(t, NULL), ', ' ORDER BY place)
                     FROM unnest(p.proargtypes::oid[]) WITH ORDINALITY args (t, place))) AS call
      FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
     WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' ORDER BY 1";

/// Schemas.
pub const SCHEMAS: &str = "
    SELECT n.nspname::text AS name FROM pg_namespace n
     WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' ORDER BY 1";

/// What a schema is entered and filled by.
pub const ENTER: &str = "USAGE";
/// See [`ENTER`].
pub const MAKE: &str = "CREATE";

/// Whether the role that asks has a privilege on a schema.
pub fn schema_right(schema: &str, privilege: &str) -> String {
    format!("SELECT has_schema_privilege('{schema}', '{privilege}')")
}

/// Every row of a relation by its label, and as a literal that can be inserted.
pub fn rows(relation: &str, label: &str) -> String {
    format!(
        "SELECT format('%s', {label}) AS label, quote_literal(to_jsonb(t)::text) AS row
           FROM {relation} t ORDER BY 1"
    )
}

/// Reads one column.
pub fn select(relation: &str, column: &str) -> String {
    format!("SELECT {column} FROM {relation}")
}

/// Reads no column, which any right to read any column allows.
pub fn count(relation: &str) -> String {
    format!("SELECT count(*) FROM {relation}")
}

/// Inserts a row of [`rows`].
pub fn insert(relation: &str, row: &str) -> String {
    format!("INSERT INTO {relation} SELECT * FROM jsonb_populate_record(NULL::{relation}, {row})")
}

/// Inserts nothing in particular, which a right to insert any column allows.
pub fn insert_default(relation: &str) -> String {
    format!("INSERT INTO {relation} DEFAULT VALUES")
}

/// Writes a column as it is, and tells of which rows.
pub fn update(relation: &str, column: &str, label: &str) -> String {
    format!("UPDATE {relation} SET {column} = {column} RETURNING {label}")
}

/// Writes a column without reading any.
pub fn update_blind(relation: &str, column: &str) -> String {
    format!("UPDATE {relation} SET {column} = NULL")
}

/// Assignments that read no column and break no constraint, for a role that may make them.
const CONSTANTS: [(&str, &str); 19] = [
    ("app.captures", "refine = 'none'"),
    ("app.items", "version = 9"),
    ("app.settings", "time_zone = 'UTC'"),
    ("authn.users", "plan = 'free'"),
    ("authn.sessions", "last_seen_at = now()"),
    ("authn.proofs", "tries = 1"),
    ("authn.proof_budgets", "sent = 1"),
    ("authn.proof_address_budgets", "sent = 1"),
    ("authn.source_buckets", "hour_full_at = now()"),
    ("mail.letters", "attempts = 1"),
    ("guard.plans", "month_cap = 1"),
    ("guard.rules", "day_nano_max = 1"),
    ("guard.quotas", "passes = 1"),
    ("guard.reservations", "state = 'R'"),
    ("guard.usage_hours", "hits = 1"),
    ("guard.days", "granted_nano = 1"),
    ("guard.slices", "left_nano = 1"),
    ("guard.alerts", "logged_at = now()"),
    ("guard.messages", "attempts = 1"),
];

/// Writes a constant into every row. PostgreSQL asks the policies of SELECT, too, where a statement
/// reads; this one has those of UPDATE alone against it.
pub fn update_constant(relation: &str) -> Option<String> {
    let (_, constant) = CONSTANTS.iter().find(|(name, _)| *name == relation)?;
    Some(format!("UPDATE {relation} SET {constant}"))
}

/// Deletes what can be deleted, and tells which rows.
pub fn delete(relation: &str, label: &str) -> String {
    format!("DELETE FROM {relation} RETURNING {label}")
}

/// Deletes without reading.
pub fn delete_blind(relation: &str) -> String {
    format!("DELETE FROM {relation}")
}

/// What every attempt begins with: who asks. The names are constants of [`super::super::actors`].
pub fn identity(session: &str, bearer: &str) -> String {
    let between = if bearer.is_empty() { "" } else { ":" };
    format!("SET LOCAL kairo.session = '{bearer}{between}{session}'; ")
}

/// Acts as a role that nobody signs in as.
pub fn act_as(role: &str) -> String {
    format!("SET LOCAL ROLE {role}; ")
}

/// Becomes a role as if it had signed in.
pub fn become_role(role: &str) -> String {
    format!("SET LOCAL SESSION AUTHORIZATION {role}; ")
}
