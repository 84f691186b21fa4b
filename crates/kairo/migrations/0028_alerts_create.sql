-- The watch for what is out of the ordinary: each hour everybody's last 24 hours with models are compared
-- with the seven days before, and what an operator should know becomes an alert. Alerts leave by mail and by
-- webhook through queues, so that a node that dies loses none, and none is told twice on one way.
--
-- An alert is a row whether or not anybody is told: who runs Kairo without mail or webhook sees it in the
-- log and in the list. It names a person by their id alone.

-- Which hours were compared. The row and its alerts are one transaction, so an hour is compared once,
-- however many nodes look, and one whose node died is compared by the next.
CREATE TABLE guard.watch_runs (
    -- The end of the 24 hours that were compared.
    hour   timestamptz PRIMARY KEY,
    ran_at timestamptz NOT NULL,
    -- How many people had used a model in them, and how many of those are told of.
    people integer     NOT NULL CHECK (people >= 0),
    alerts integer     NOT NULL CHECK (alerts >= 0)
);
ALTER TABLE guard.watch_runs OWNER TO kairo_owner;
ALTER TABLE guard.watch_runs ENABLE ROW LEVEL SECURITY;
ALTER TABLE guard.watch_runs FORCE ROW LEVEL SECURITY;

-- What an operator should know, with its figures. For `usage` what somebody used in 24 hours and what is
-- usual; for `spend_alarm` and `spend_stop` what was granted of the day's budget, and all of it; for `drift`
-- how many counters; for `missed` for how many hours nothing was compared.
CREATE TABLE guard.alerts (
    id          uuid        PRIMARY KEY,
    kind        text        NOT NULL CHECK (kind IN ('usage', 'spend_alarm', 'spend_stop', 'drift',
                                                     'missed')),
    user_id     uuid,
    day         date        NOT NULL,
    credits     bigint      CHECK (credits >= 0),
    -- A mean has parts: in thousandths.
    usual_milli bigint      CHECK (usual_milli >= 0),
    cost_nano   bigint      CHECK (cost_nano >= 0),
    usual_nano  bigint      CHECK (usual_nano >= 0),
    number      integer     CHECK (number >= 0),
    -- Whose days are the usual ones: the person's own, or those of others on the plan.
    basis       text        CHECK (basis IN ('own', 'plan')),
    created_at  timestamptz NOT NULL,
    -- Where it went: into a log, a letter, a message. Neither letter nor message lives as long as this row.
    logged_at   timestamptz,
    letter_id   uuid,
    message_id  uuid,
    CONSTRAINT alerts_person CHECK ((kind = 'usage') = (user_id IS NOT NULL)),
    UNIQUE NULLS NOT DISTINCT (kind, user_id, day)
);
ALTER TABLE guard.alerts OWNER TO kairo_owner;
ALTER TABLE guard.alerts ENABLE ROW LEVEL SECURITY;
ALTER TABLE guard.alerts FORCE ROW LEVEL SECURITY;
CREATE INDEX alerts_created_at ON guard.alerts (created_at);

-- Messages to the operator's webhook. The bytes are kept, so that each attempt sends the same ones under
-- the same id, and erased by the statement that ends the row.
CREATE TABLE guard.messages (
    id              uuid        PRIMARY KEY,
    body            text        CHECK (octet_length(body) BETWEEN 1 AND 16384),
    state           text        NOT NULL DEFAULT 'queued'
                                CHECK (state IN ('queued', 'sending', 'sent', 'failed')),
    attempts        smallint    NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    next_attempt_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    lease_until     timestamptz,
    -- Words of ours alone.
    last_error      text        CHECK (last_error IN ('unreachable', 'timed_out', 'busy', 'unavailable',
                                                      'refused', 'expired')),
    created_at      timestamptz NOT NULL DEFAULT statement_timestamp(),
    expires_at      timestamptz NOT NULL,
    sent_at         timestamptz,
    CONSTRAINT messages_erased CHECK ((state IN ('queued', 'sending')) = (body IS NOT NULL)),
    CONSTRAINT messages_leased CHECK ((state = 'sending') = (lease_until IS NOT NULL)),
    CONSTRAINT messages_sent CHECK ((state = 'sent') = (sent_at IS NOT NULL))
);
ALTER TABLE guard.messages OWNER TO kairo_owner;
ALTER TABLE guard.messages ENABLE ROW LEVEL SECURITY;
ALTER TABLE guard.messages FORCE ROW LEVEL SECURITY;
CREATE INDEX messages_waiting ON guard.messages (next_attempt_at) WHERE state IN ('queued', 'sending');

GRANT SELECT, INSERT, DELETE ON guard.watch_runs, guard.alerts, guard.messages TO kairo_guard;
-- What an alert says stays as it was found.
GRANT UPDATE (logged_at, letter_id, message_id) ON guard.alerts TO kairo_guard;
GRANT UPDATE (state, body, attempts, next_attempt_at, lease_until, last_error, sent_at)
    ON guard.messages TO kairo_guard;
CREATE POLICY watch_runs_select_guard ON guard.watch_runs FOR SELECT TO kairo_guard USING (true);
CREATE POLICY watch_runs_insert_guard ON guard.watch_runs FOR INSERT TO kairo_guard WITH CHECK (true);
CREATE POLICY watch_runs_delete_guard ON guard.watch_runs FOR DELETE TO kairo_guard
    USING (ran_at < statement_timestamp() - interval '90 days');
CREATE POLICY alerts_select_guard ON guard.alerts FOR SELECT TO kairo_guard USING (true);
CREATE POLICY alerts_insert_guard ON guard.alerts FOR INSERT TO kairo_guard WITH CHECK (true);
CREATE POLICY alerts_update_guard ON guard.alerts FOR UPDATE TO kairo_guard USING (true) WITH CHECK (true);
CREATE POLICY alerts_delete_guard ON guard.alerts FOR DELETE TO kairo_guard
    USING (created_at < statement_timestamp() - interval '90 days');
CREATE POLICY messages_select_guard ON guard.messages FOR SELECT TO kairo_guard USING (true);
CREATE POLICY messages_insert_guard ON guard.messages FOR INSERT TO kairo_guard WITH CHECK (true);
CREATE POLICY messages_update_guard ON guard.messages FOR UPDATE TO kairo_guard
    USING (true) WITH CHECK (true);
CREATE POLICY messages_delete_guard ON guard.messages FOR DELETE TO kairo_guard
    USING (created_at < statement_timestamp() - interval '90 days');
-- On which plan somebody is, whose usual use stands in for a newcomer's.
GRANT SELECT (id, plan) ON authn.users TO kairo_guard;
CREATE POLICY users_select_guard ON authn.users FOR SELECT TO kairo_guard USING (true);

-- Compares one hour: the one after the last that was compared, up to the one that has just begun. No row
-- where there is none, or where another node is at it. Whoever was away for long compares hour after hour
-- as if it had been there, a week back at most.
--
-- Somebody is told of who used more than three times what is usual, in credits or in money, and at least 20
-- credits that cost at least a quarter of a dollar; where models cost nothing, the credits alone count. What
-- is usual is a day's mean of the seven before. Somebody who began less than three days before them is
-- compared with the median of those on the plan who did not. Where nothing is usual the floor decides.
CREATE FUNCTION guard.watch_at(p_now timestamptz)
RETURNS TABLE (hour timestamptz, people integer, alerts integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
-- A million people are added up in memory, by a plan for these very hours.
SET work_mem = '128MB' SET jit = off SET plan_cache_mode = force_custom_plan AS $$
#variable_conflict use_column
DECLARE
    credits_min CONSTANT integer := 20;
    nano_min    CONSTANT bigint := 250000000;
    kept        CONSTANT interval := '90 days';
    this_hour timestamptz := date_trunc('hour', p_now, 'UTC');
    last_hour timestamptz;
    due       timestamptz;
    since     timestamptz;
    before    timestamptz;
    known     timestamptz;
    n_people  integer;
    n_alerts  integer;
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtextextended('guard.watch', 0)) THEN
        RETURN;
    END IF;
    SELECT max(r.hour) INTO last_hour FROM guard.watch_runs r;
    due := CASE WHEN last_hour IS NULL THEN this_hour
                ELSE greatest(last_hour + interval '1 hour', this_hour - interval '167 hours') END;
    IF due > this_hour THEN
        RETURN;
    END IF;
    since := due - interval '24 hours';
    before := since - interval '168 hours';
    known := since - interval '72 hours';
    WITH used AS MATERIALIZED (
        SELECT u.user_id, sum(u.credits) AS credits, sum(u.cost_nano)::bigint AS nano
          FROM guard.usage_hours u
         WHERE u.hour >= since AND u.hour < due
         GROUP BY u.user_id
    ), much AS MATERIALIZED (
        SELECT u.user_id, u.credits, u.nano,
               -- No EXISTS: for many people the planner would read everybody's weeks.
               (SELECT 1 FROM guard.usage_hours o
                 WHERE o.user_id = u.user_id AND o.hour <= known LIMIT 1) IS NULL AS is_new
          FROM used u
         WHERE u.credits >= credits_min
           AND (u.nano >= nano_min OR NOT EXISTS (SELECT FROM used p WHERE p.nano > 0))
    ), plans AS MATERIALIZED (
        -- Looked at only where somebody is new. Of many people one in so many, by the hash of their id,
        -- says as much as all.
        SELECT p.plan, percentile_disc(0.5) WITHIN GROUP (ORDER BY e.credits) AS credits,
               percentile_disc(0.5) WITHIN GROUP (ORDER BY e.nano) AS nano
          FROM authn.users p
         CROSS JOIN LATERAL (
               SELECT sum(b.credits) AS credits, sum(b.cost_nano)::bigint AS nano
                 FROM guard.usage_hours b
                WHERE b.user_id = p.id AND b.hour >= before AND b.hour < since
               HAVING sum(b.credits) > 0 AND min(b.hour) <= known) e
         WHERE uuid_hash(p.id) % (SELECT greatest(count(*) / 20000, 1) FROM authn.users) = 0
         GROUP BY p.plan
    ), judged AS (
        SELECT m.user_id, m.credits, m.nano, m.is_new, coalesce(w.credits, 0) AS week_credits,
               coalesce(w.nano, 0) AS week_nano
          FROM much m
          LEFT JOIN LATERAL (
               -- By the key, for the few who used much.
               SELECT sum(b.credits) AS credits, sum(b.cost_nano)::bigint AS nano
                 FROM guard.usage_hours b
                WHERE b.user_id = m.user_id AND b.hour >= before AND b.hour < since
               HAVING NOT m.is_new
               UNION ALL
               SELECT s.credits, s.nano FROM authn.users p JOIN plans s ON s.plan = p.plan
                WHERE p.id = m.user_id AND m.is_new) w ON true
    ), told AS (
        INSERT INTO guard.alerts (id, kind, user_id, day, credits, usual_milli, cost_nano, usual_nano,
                                  basis, created_at)
        SELECT gen_random_uuid(), 'usage', j.user_id,
               -- Of its last hour: at midnight a day is looked back on.
               ((due - interval '1 hour') AT TIME ZONE 'UTC')::date,
               j.credits, j.week_credits * 1000 / 7, j.nano, j.week_nano / 7,
               CASE WHEN j.is_new THEN 'plan' ELSE 'own' END, p_now
          FROM judged j
         WHERE j.week_credits > 0 AND j.credits * 7 > j.week_credits * 3
            OR j.week_nano > 0 AND j.nano * 7 > j.week_nano * 3
            OR j.week_credits = 0 AND j.week_nano = 0
        ON CONFLICT DO NOTHING
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM used), (SELECT count(*) FROM told) INTO n_people, n_alerts;
    INSERT INTO guard.watch_runs (hour, ran_at, people, alerts) VALUES (due, p_now, n_people, n_alerts);
    DELETE FROM guard.watch_runs r WHERE r.ran_at < statement_timestamp() - kept;
    DELETE FROM guard.alerts a WHERE a.created_at < statement_timestamp() - kept;
    DELETE FROM guard.messages m WHERE m.created_at < statement_timestamp() - kept;
    RETURN QUERY SELECT due, n_people, n_alerts;
END
$$;
ALTER FUNCTION guard.watch_at OWNER TO kairo_guard;
REVOKE ALL ON FUNCTION guard.watch_at FROM PUBLIC;

CREATE FUNCTION guard.watch() RETURNS TABLE (hour timestamptz, people integer, alerts integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    RETURN QUERY SELECT * FROM guard.watch_at(clock_timestamp());
END
$$;
ALTER FUNCTION guard.watch OWNER TO kairo_guard;
REVOKE ALL ON FUNCTION guard.watch FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.watch TO kairo_worker;

-- Makes alerts of what others noted: that most, or all, of a day's budget is given out, and that for two
-- hours nothing was compared. Gives the seconds since something was; NULL where nothing ever was.
CREATE FUNCTION guard.notice_at(p_now timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    late CONSTANT interval := '2 hours';
    d    date := (p_now AT TIME ZONE 'UTC')::date;
    last timestamptz;
BEGIN
    INSERT INTO guard.alerts (id, kind, day, cost_nano, usual_nano, created_at)
    SELECT gen_random_uuid(), n.kind, b.day, b.granted_nano, r.day_nano_max, p_now
      FROM guard.days b CROSS JOIN guard.rules r
     CROSS JOIN LATERAL (VALUES ('spend_alarm', b.alarmed_at), ('spend_stop', b.stopped_at)) n (kind, at)
     WHERE b.day BETWEEN d - 1 AND d AND n.at IS NOT NULL
    ON CONFLICT DO NOTHING;
    SELECT max(r.ran_at) INTO last FROM guard.watch_runs r;
    IF p_now - last > late THEN
        INSERT INTO guard.alerts (id, kind, day, number, created_at)
        VALUES (gen_random_uuid(), 'missed', d, extract(epoch FROM p_now - last)::bigint / 3600, p_now)
        ON CONFLICT DO NOTHING;
    END IF;
    RETURN extract(epoch FROM p_now - last)::bigint;
END
$$;
ALTER FUNCTION guard.notice_at OWNER TO kairo_guard;
REVOKE ALL ON FUNCTION guard.notice_at FROM PUBLIC;

CREATE FUNCTION guard.notice() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    age_s bigint;
BEGIN
    SELECT n INTO age_s FROM guard.notice_at(clock_timestamp()) n;
    RETURN age_s;
END
$$;
ALTER FUNCTION guard.notice OWNER TO kairo_guard;
REVOKE ALL ON FUNCTION guard.notice FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.notice TO kairo_worker;

-- Makes an alert of counters that are not the sum of the ledger.
CREATE FUNCTION guard.alarm_drift(p_number integer) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    INSERT INTO guard.alerts (id, kind, day, number, created_at)
    VALUES (gen_random_uuid(), 'drift', (statement_timestamp() AT TIME ZONE 'UTC')::date, p_number,
            statement_timestamp())
    ON CONFLICT DO NOTHING;
    RETURN FOUND;
END
$$;
ALTER FUNCTION guard.alarm_drift OWNER TO kairo_guard;
REVOKE ALL ON FUNCTION guard.alarm_drift FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.alarm_drift TO kairo_worker;

-- Alerts of the last day that did not go one way yet: 'log', 'mail' or 'webhook'. What is older is no news:
-- whoever sets up mail today is not told of last month.
CREATE FUNCTION guard.alerts_waiting(p_way text) RETURNS SETOF guard.alerts
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
    SELECT a.* FROM guard.alerts a
     WHERE a.created_at > statement_timestamp() - interval '24 hours'
       AND CASE p_way WHEN 'log' THEN a.logged_at IS NULL
                      WHEN 'mail' THEN a.letter_id IS NULL
                      WHEN 'webhook' THEN a.message_id IS NULL END
     ORDER BY a.user_id IS NOT NULL, a.cost_nano DESC, a.credits DESC, a.id
     LIMIT 1000
$$;
ALTER FUNCTION guard.alerts_waiting OWNER TO kairo_guard;
REVOKE ALL ON FUNCTION guard.alerts_waiting FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.alerts_waiting TO kairo_worker;

-- The newest alerts, for whoever runs this Kairo.
CREATE FUNCTION guard.alerts_newest(p_limit integer) RETURNS SETOF guard.alerts
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
    SELECT a.* FROM guard.alerts a ORDER BY a.created_at DESC, a.id LIMIT least(p_limit, 1000)
$$;
ALTER FUNCTION guard.alerts_newest OWNER TO kairo_guard;
REVOKE ALL ON FUNCTION guard.alerts_newest FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.alerts_newest TO kairo_worker;

-- The newest hours that were compared, for whoever asks whether they were.
CREATE FUNCTION guard.runs_newest(p_limit integer) RETURNS SETOF guard.watch_runs
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
    SELECT r.* FROM guard.watch_runs r ORDER BY r.hour DESC LIMIT least(p_limit, 1000)
$$;
ALTER FUNCTION guard.runs_newest OWNER TO kairo_guard;
REVOKE ALL ON FUNCTION guard.runs_newest FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.runs_newest TO kairo_worker;

-- Says that alerts stand in a log.
CREATE FUNCTION guard.alerts_logged(p_ids uuid[]) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    n integer;
BEGIN
    UPDATE guard.alerts SET logged_at = statement_timestamp() WHERE id = ANY (p_ids) AND logged_at IS NULL;
    GET DIAGNOSTICS n = ROW_COUNT;
    RETURN n;
END
$$;
ALTER FUNCTION guard.alerts_logged OWNER TO kairo_guard;
REVOKE ALL ON FUNCTION guard.alerts_logged FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.alerts_logged TO kairo_worker;

-- Puts a letter about alerts into the queue of mail; from inside the next function alone. It is tried for a
-- day and not for the minutes of a sign-in.
GRANT USAGE ON SCHEMA mail TO kairo_guard;
CREATE FUNCTION mail.alert_letter(p_id uuid, p_sealed bytea, p_address_macs bytea[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = '' AS $$
    INSERT INTO mail.letters (id, purpose, sealed, address_macs, attempts_max, expires_at)
    VALUES (p_id, 'alert', p_sealed, p_address_macs, 1000, statement_timestamp() + interval '24 hours')
$$;
ALTER FUNCTION mail.alert_letter OWNER TO kairo_auth;
REVOKE ALL ON FUNCTION mail.alert_letter FROM PUBLIC;
GRANT EXECUTE ON FUNCTION mail.alert_letter TO kairo_guard;

-- Keeps a letter about alerts, and that it speaks of them: both or neither. False where one of them was
-- told by another letter meanwhile.
CREATE FUNCTION guard.alerts_mail(p_ids uuid[], p_letter uuid, p_sealed bytea, p_address_macs bytea[])
RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    PERFORM FROM guard.alerts WHERE id = ANY (p_ids) ORDER BY id FOR NO KEY UPDATE;
    IF (SELECT count(*) FROM guard.alerts WHERE id = ANY (p_ids) AND letter_id IS NULL)
       IS DISTINCT FROM cardinality(p_ids)::bigint OR cardinality(p_ids) = 0 THEN
        RETURN false;
    END IF;
    UPDATE guard.alerts SET letter_id = p_letter WHERE id = ANY (p_ids);
    PERFORM mail.alert_letter(p_letter, p_sealed, p_address_macs);
    RETURN true;
END
$$;
ALTER FUNCTION guard.alerts_mail OWNER TO kairo_guard;
REVOKE ALL ON FUNCTION guard.alerts_mail FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.alerts_mail TO kairo_worker;

-- The same for a message to the webhook.
CREATE FUNCTION guard.alerts_send(p_ids uuid[], p_message uuid, p_body text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    PERFORM FROM guard.alerts WHERE id = ANY (p_ids) ORDER BY id FOR NO KEY UPDATE;
    IF (SELECT count(*) FROM guard.alerts WHERE id = ANY (p_ids) AND message_id IS NULL)
       IS DISTINCT FROM cardinality(p_ids)::bigint OR cardinality(p_ids) = 0 THEN
        RETURN false;
    END IF;
    UPDATE guard.alerts SET message_id = p_message WHERE id = ANY (p_ids);
    INSERT INTO guard.messages (id, body, expires_at)
    VALUES (p_message, p_body, statement_timestamp() + interval '24 hours');
    RETURN true;
END
$$;
ALTER FUNCTION guard.alerts_send OWNER TO kairo_guard;
REVOKE ALL ON FUNCTION guard.alerts_send FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.alerts_send TO kairo_worker;

-- Takes messages that are due for one attempt, under a lease that is longer than an attempt may take. What
-- is past its end is ended first.
CREATE FUNCTION guard.message_claim() RETURNS TABLE (id uuid, body text, attempt smallint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    lease     CONSTANT interval := '60 seconds';
    batch_max CONSTANT integer := 2;
    t timestamptz := statement_timestamp();
BEGIN
    UPDATE guard.messages m SET state = 'failed', last_error = 'expired', body = NULL, lease_until = NULL
      FROM (SELECT o.id FROM guard.messages o
             WHERE (o.state = 'queued' OR o.state = 'sending' AND o.lease_until <= t) AND o.expires_at <= t
               FOR UPDATE SKIP LOCKED) over
     WHERE m.id = over.id;
    RETURN QUERY
        WITH due AS MATERIALIZED (
            SELECT m.id FROM guard.messages m
             WHERE (m.state = 'queued' AND m.next_attempt_at <= t
                    OR m.state = 'sending' AND m.lease_until <= t) AND m.expires_at > t
             ORDER BY m.next_attempt_at, m.id LIMIT batch_max FOR UPDATE SKIP LOCKED
        )
        UPDATE guard.messages m
           SET state = 'sending', attempts = m.attempts + 1, lease_until = t + lease
          FROM due WHERE m.id = due.id
        RETURNING m.id, m.body, m.attempts;
END
$$;
ALTER FUNCTION guard.message_claim OWNER TO kairo_guard;
REVOKE ALL ON FUNCTION guard.message_claim FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.message_claim TO kairo_worker;

-- Keeps what an attempt came to: no error is 'sent', and any is tried again while there is time: an address
-- or a secret may be mended. The number of the attempt says who holds the lease.
CREATE FUNCTION guard.message_record(p_id uuid, p_attempt smallint, p_error text, p_wait_ms bigint)
RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    t timestamptz := statement_timestamp();
    again_at timestamptz := t + make_interval(secs => greatest(p_wait_ms, 0) / 1000.0);
BEGIN
    UPDATE guard.messages m
       SET state = becomes, last_error = p_error, lease_until = NULL,
           body = CASE becomes WHEN 'queued' THEN m.body END,
           next_attempt_at = CASE becomes WHEN 'queued' THEN again_at ELSE m.next_attempt_at END,
           sent_at = CASE becomes WHEN 'sent' THEN t END
      FROM (SELECT o.id, CASE WHEN p_error IS NULL THEN 'sent'
                              WHEN again_at < o.expires_at THEN 'queued' ELSE 'failed' END AS becomes
              FROM guard.messages o
             WHERE o.id = p_id AND o.attempts = p_attempt AND o.state = 'sending' FOR UPDATE) held
     WHERE m.id = held.id;
    RETURN FOUND;
END
$$;
ALTER FUNCTION guard.message_record OWNER TO kairo_guard;
REVOKE ALL ON FUNCTION guard.message_record FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.message_record TO kairo_worker;
