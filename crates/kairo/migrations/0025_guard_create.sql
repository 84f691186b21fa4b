-- The guard in front of every call to a model: what each person may use in a month and in an hour, what
-- the whole installation may spend in a day, and a ledger of every call that was let through.
--
-- One statement decides and charges. READ COMMITTED re-evaluates its WHERE on the newest version of the
-- row after a wait for its lock, so of any number of requests at once no more are granted than fit. A
-- crash leaves credits charged that nobody used, never the other way round.
--
-- Locks are taken in one order everywhere: quota, ledger, hour of usage, slice of the day's budget, day.
CREATE SCHEMA guard AUTHORIZATION kairo_owner;
GRANT USAGE ON SCHEMA guard TO kairo_guard, kairo_app, kairo_worker;
-- Its functions belong to kairo_guard, so it makes them there.
GRANT CREATE ON SCHEMA guard TO kairo_guard;
ALTER DEFAULT PRIVILEGES FOR ROLE kairo_guard REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
GRANT USAGE ON SCHEMA authn TO kairo_guard;
-- Who asks, by the rule of what a live session is, and on which plan.
GRANT SELECT ON authn.me, authn.live TO kairo_guard;

-- What a plan gives. Written from the configuration at each start; a change never touches what is used.
CREATE TABLE guard.plans (
    plan      text    PRIMARY KEY CHECK (plan IN ('free', 'pro')),
    model     text    NOT NULL CHECK (model IN ('normal', 'small')),
    month_cap integer NOT NULL CHECK (month_cap BETWEEN 0 AND 1000000000),
    hour_cap  integer NOT NULL CHECK (hour_cap BETWEEN 0 AND 1000000000),
    -- Past this many credits in an hour the small model answers for the rest of it.
    burst_at  integer CHECK (burst_at BETWEEN 0 AND 1000000000)
);
ALTER TABLE guard.plans OWNER TO kairo_owner;
ALTER TABLE guard.plans ENABLE ROW LEVEL SECURITY;
ALTER TABLE guard.plans FORCE ROW LEVEL SECURITY;

-- What all calls of a day may cost at most, in nano-dollars; one row.
CREATE TABLE guard.rules (
    one          boolean PRIMARY KEY DEFAULT true CHECK (one),
    day_nano_max bigint  NOT NULL CHECK (day_nano_max >= 0)
);
ALTER TABLE guard.rules OWNER TO kairo_owner;
ALTER TABLE guard.rules ENABLE ROW LEVEL SECURITY;
ALTER TABLE guard.rules FORCE ROW LEVEL SECURITY;

-- Both windows of a person in one row: one lock, one update in place. Windows are UTC calendar months and
-- hours, and nothing resets them: a request that comes in a newer one begins it.
CREATE TABLE guard.quotas (
    user_id     uuid        PRIMARY KEY REFERENCES authn.users (id),
    month_start timestamptz NOT NULL DEFAULT '-infinity',
    month_used  integer     NOT NULL DEFAULT 0 CHECK (month_used >= 0),
    hour_start  timestamptz NOT NULL DEFAULT '-infinity',
    hour_used   integer     NOT NULL DEFAULT 0 CHECK (hour_used >= 0),
    -- The small model answers until the hour is over, whatever is given back meanwhile.
    downshift   boolean     NOT NULL DEFAULT false,
    -- Every request that passed, those that cost nothing among them.
    passes      bigint      NOT NULL DEFAULT 0
) WITH (fillfactor = 50);
ALTER TABLE guard.quotas OWNER TO kairo_owner;
ALTER TABLE guard.quotas ENABLE ROW LEVEL SECURITY;
ALTER TABLE guard.quotas FORCE ROW LEVEL SECURITY;

-- One row a call that was let through: the key that makes a repeated request the same one, what may be
-- given back, and into which windows. No foreign key: it would lock the person's row with every call, and
-- the functions below, which alone write here, take the person from a live session.
CREATE TABLE guard.reservations (
    -- Made of person and key, so nobody's key meets anybody else's row.
    id          uuid        PRIMARY KEY,
    user_id     uuid        NOT NULL,
    task        text        NOT NULL CHECK (task IN ('capture', 'chat')),
    -- R reserved, S settled, X released, E expired (kept as spent).
    state       "char"      NOT NULL DEFAULT 'R' CHECK (state IN ('R', 'S', 'X', 'E')),
    cost        integer     NOT NULL CHECK (cost > 0),
    small       boolean     NOT NULL,
    month_start timestamptz NOT NULL,
    hour_start  timestamptz NOT NULL,
    day         date        NOT NULL,
    -- The most that it can cost, in nano-dollars, which is taken from the day's budget.
    nano_max    bigint      NOT NULL CHECK (nano_max >= 0),
    created_at  timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL
) WITH (fillfactor = 80);
ALTER TABLE guard.reservations OWNER TO kairo_owner;
ALTER TABLE guard.reservations ENABLE ROW LEVEL SECURITY;
ALTER TABLE guard.reservations FORCE ROW LEVEL SECURITY;
-- Of the open ones, for whoever names an end. The other statements name a call, and would read all that are
-- open for it, in the order of their ends: an end is always one from '-infinity' on, and they do not say so.
CREATE INDEX reservations_open ON guard.reservations (expires_at)
 WHERE state = 'R' AND expires_at >= '-infinity';
CREATE INDEX reservations_created_at ON guard.reservations USING brin (created_at);

-- Each attempt at a provider, with what it cost: the log that a bill is compared with.
CREATE TABLE guard.attempts (
    reservation_id uuid        NOT NULL,
    attempt        smallint    NOT NULL CHECK (attempt BETWEEN 1 AND 10),
    model          text        NOT NULL CHECK (octet_length(model) BETWEEN 1 AND 200),
    outcome        text        NOT NULL CHECK (outcome IN (
                               'answered', 'estimated', 'refused', 'busy', 'failed', 'unreachable',
                               'timed_out', 'broken_off', 'invalid')),
    status         smallint    CHECK (status BETWEEN 100 AND 599),
    tokens_in      bigint      NOT NULL CHECK (tokens_in >= 0),
    tokens_out     bigint      NOT NULL CHECK (tokens_out >= 0),
    cost_nano      bigint      NOT NULL CHECK (cost_nano >= 0),
    -- What it went over. 'loopback' is plain text that stays on this machine.
    channel        text        NOT NULL CHECK (channel IN ('tls', 'loopback')),
    at             timestamptz NOT NULL DEFAULT statement_timestamp(),
    PRIMARY KEY (reservation_id, attempt)
);
ALTER TABLE guard.attempts OWNER TO kairo_owner;
ALTER TABLE guard.attempts ENABLE ROW LEVEL SECURITY;
ALTER TABLE guard.attempts FORCE ROW LEVEL SECURITY;
CREATE INDEX attempts_at ON guard.attempts USING brin (at);

-- What each person used in an hour, written with the settlement: the meter's chart and the watch for what
-- is out of the ordinary read it.
CREATE TABLE guard.usage_hours (
    user_id    uuid        NOT NULL,
    hour       timestamptz NOT NULL,
    captures   integer     NOT NULL DEFAULT 0 CHECK (captures >= 0),
    chats      integer     NOT NULL DEFAULT 0 CHECK (chats >= 0),
    small      integer     NOT NULL DEFAULT 0 CHECK (small >= 0),
    hits       integer     NOT NULL DEFAULT 0 CHECK (hits >= 0),
    credits    integer     NOT NULL DEFAULT 0 CHECK (credits >= 0),
    tokens_in  bigint      NOT NULL DEFAULT 0 CHECK (tokens_in >= 0),
    tokens_out bigint      NOT NULL DEFAULT 0 CHECK (tokens_out >= 0),
    cost_nano  bigint      NOT NULL DEFAULT 0 CHECK (cost_nano >= 0),
    PRIMARY KEY (user_id, hour)
) WITH (fillfactor = 70);
ALTER TABLE guard.usage_hours OWNER TO kairo_owner;
ALTER TABLE guard.usage_hours ENABLE ROW LEVEL SECURITY;
ALTER TABLE guard.usage_hours FORCE ROW LEVEL SECURITY;
CREATE INDEX usage_hours_hour ON guard.usage_hours (hour);

-- What of the ceiling of a day was given out in slices. `alarmed_at` is set at 70 %, `stopped_at` when a
-- call was refused for want of money.
CREATE TABLE guard.days (
    day          date        PRIMARY KEY,
    granted_nano bigint      NOT NULL DEFAULT 0 CHECK (granted_nano >= 0),
    alarmed_at   timestamptz,
    stopped_at   timestamptz
);
ALTER TABLE guard.days OWNER TO kairo_owner;
ALTER TABLE guard.days ENABLE ROW LEVEL SECURITY;
ALTER TABLE guard.days FORCE ROW LEVEL SECURITY;

-- Parts of the day's budget that calls are paid from, so that not every call of the fleet waits for one
-- row. They belong to no node: whoever comes takes one that nobody holds, and a dead node strands nothing.
CREATE TABLE guard.slices (
    day       date     NOT NULL,
    slot      smallint NOT NULL,
    left_nano bigint   NOT NULL CHECK (left_nano >= 0),
    PRIMARY KEY (day, slot)
) WITH (fillfactor = 50);
ALTER TABLE guard.slices OWNER TO kairo_owner;
ALTER TABLE guard.slices ENABLE ROW LEVEL SECURITY;
ALTER TABLE guard.slices FORCE ROW LEVEL SECURITY;

GRANT SELECT, INSERT, UPDATE (model, month_cap, hour_cap, burst_at) ON guard.plans TO kairo_guard;
CREATE POLICY plans_select_guard ON guard.plans FOR SELECT TO kairo_guard USING (true);
CREATE POLICY plans_insert_guard ON guard.plans FOR INSERT TO kairo_guard WITH CHECK (true);
CREATE POLICY plans_update_guard ON guard.plans FOR UPDATE TO kairo_guard USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE (day_nano_max) ON guard.rules TO kairo_guard;
CREATE POLICY rules_select_guard ON guard.rules FOR SELECT TO kairo_guard USING (true);
CREATE POLICY rules_insert_guard ON guard.rules FOR INSERT TO kairo_guard WITH CHECK (true);
CREATE POLICY rules_update_guard ON guard.rules FOR UPDATE TO kairo_guard USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE (month_start, month_used, hour_start, hour_used, downshift, passes)
    ON guard.quotas TO kairo_guard;
CREATE POLICY quotas_select_guard ON guard.quotas FOR SELECT TO kairo_guard USING (true);
CREATE POLICY quotas_insert_guard ON guard.quotas FOR INSERT TO kairo_guard WITH CHECK (true);
CREATE POLICY quotas_update_guard ON guard.quotas FOR UPDATE TO kairo_guard USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, DELETE, UPDATE (state) ON guard.reservations TO kairo_guard;
CREATE POLICY reservations_select_guard ON guard.reservations FOR SELECT TO kairo_guard USING (true);
CREATE POLICY reservations_insert_guard ON guard.reservations FOR INSERT TO kairo_guard WITH CHECK (true);
CREATE POLICY reservations_update_guard ON guard.reservations FOR UPDATE TO kairo_guard
    USING (state = 'R') WITH CHECK (true);
-- An open one that turned out to have no money behind it, or one of 90 days ago.
CREATE POLICY reservations_delete_guard ON guard.reservations FOR DELETE TO kairo_guard
    USING (state = 'R' OR created_at < statement_timestamp() - interval '90 days');
GRANT SELECT, INSERT, DELETE ON guard.attempts TO kairo_guard;
CREATE POLICY attempts_select_guard ON guard.attempts FOR SELECT TO kairo_guard USING (true);
CREATE POLICY attempts_insert_guard ON guard.attempts FOR INSERT TO kairo_guard WITH CHECK (true);
CREATE POLICY attempts_delete_guard ON guard.attempts FOR DELETE TO kairo_guard
    USING (at < statement_timestamp() - interval '90 days');
GRANT SELECT, INSERT, DELETE,
      UPDATE (captures, chats, small, hits, credits, tokens_in, tokens_out, cost_nano)
    ON guard.usage_hours TO kairo_guard;
CREATE POLICY usage_hours_select_guard ON guard.usage_hours FOR SELECT TO kairo_guard USING (true);
CREATE POLICY usage_hours_insert_guard ON guard.usage_hours FOR INSERT TO kairo_guard WITH CHECK (true);
CREATE POLICY usage_hours_update_guard ON guard.usage_hours FOR UPDATE TO kairo_guard
    USING (true) WITH CHECK (true);
CREATE POLICY usage_hours_delete_guard ON guard.usage_hours FOR DELETE TO kairo_guard
    USING (hour < statement_timestamp() - interval '90 days');
GRANT SELECT, INSERT, UPDATE (granted_nano, alarmed_at, stopped_at) ON guard.days TO kairo_guard;
CREATE POLICY days_select_guard ON guard.days FOR SELECT TO kairo_guard USING (true);
CREATE POLICY days_insert_guard ON guard.days FOR INSERT TO kairo_guard WITH CHECK (true);
CREATE POLICY days_update_guard ON guard.days FOR UPDATE TO kairo_guard USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE (left_nano) ON guard.slices TO kairo_guard;
CREATE POLICY slices_select_guard ON guard.slices FOR SELECT TO kairo_guard USING (true);
CREATE POLICY slices_insert_guard ON guard.slices FOR INSERT TO kairo_guard WITH CHECK (true);
CREATE POLICY slices_update_guard ON guard.slices FOR UPDATE TO kairo_guard USING (true) WITH CHECK (true);

-- People see what they used by the hour, for the meter's chart.
GRANT SELECT ON guard.usage_hours TO kairo_app;
CREATE POLICY usage_hours_select ON guard.usage_hours FOR SELECT TO kairo_app
    USING (user_id = (SELECT user_id FROM authn.caller));

-- What the guard answers. `verdict` is granted, replay (the key was used; `state` says what became of that
-- call), month, hour, budget (which of them is used up), nobody, scope, or alone (a batch cannot decide it).
CREATE TYPE guard.answer AS (
    ord         integer,
    verdict     text,
    reservation uuid,
    state       text,
    small       boolean,
    subject     uuid,
    plan        text,
    month_used  integer,
    month_cap   integer,
    month_end   timestamptz,
    hour_used   integer,
    hour_cap    integer,
    hour_end    timestamptz,
    burst_at    integer,
    counted_at  timestamptz
);
ALTER TYPE guard.answer OWNER TO kairo_owner;

-- Takes money from a slice that nobody holds; where none has as much, cuts a new one from what is left of
-- the day, after calling in what lies unused in the others. The sum of what calls hold and of what slices
-- have left is `granted_nano`, which never passes the ceiling.
CREATE FUNCTION guard.take(p_day date, p_nano bigint) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    ceiling bigint;
    granted bigint;
    back    bigint := 0;
    cut     bigint;
BEGIN
    IF p_nano = 0 THEN
        RETURN true;
    END IF;
    -- A slice that has less by now than the statement saw stays locked although it is passed over, and
    -- whoever has the day's row may wait for it below: two would wait in a circle. To undo the attempt gives
    -- it back.
    BEGIN
        UPDATE guard.slices s SET left_nano = s.left_nano - p_nano
         WHERE s.day = p_day AND s.slot = (
               SELECT o.slot FROM guard.slices o
                WHERE o.day = p_day AND o.left_nano >= p_nano
                  -- A ceiling that was lowered meanwhile holds for what lies in slices, too.
                  AND (SELECT d.granted_nano <= r.day_nano_max FROM guard.days d, guard.rules r
                        WHERE d.day = p_day)
                ORDER BY o.slot LIMIT 1 FOR UPDATE SKIP LOCKED);
        IF FOUND THEN
            RETURN true;
        END IF;
        RAISE EXCEPTION 'no slice has as much' USING ERRCODE = 'KA001';
    EXCEPTION WHEN SQLSTATE 'KA001' THEN
        NULL;
    END;
    SELECT r.day_nano_max INTO ceiling FROM guard.rules r;
    INSERT INTO guard.days (day) VALUES (p_day) ON CONFLICT DO NOTHING;
    SELECT d.granted_nano INTO granted FROM guard.days d WHERE d.day = p_day FOR NO KEY UPDATE;
    IF ceiling - granted < p_nano THEN
        -- A slice that somebody holds is waited for: its money is not spent, and a budget that is called
        -- spent refuses everybody. Whoever holds one of a day never waits for that day's row afterwards.
        WITH idle AS MATERIALIZED (
            SELECT s.slot, s.left_nano FROM guard.slices s
             WHERE s.day = p_day AND s.left_nano > 0 ORDER BY s.slot FOR UPDATE
        ), emptied AS (
            UPDATE guard.slices s SET left_nano = 0 FROM idle WHERE s.day = p_day AND s.slot = idle.slot
        )
        SELECT coalesce(sum(idle.left_nano), 0) INTO back FROM idle;
    END IF;
    granted := granted - back;
    IF coalesce(ceiling, 0) - granted < p_nano THEN
        UPDATE guard.days d
           SET granted_nano = granted, stopped_at = coalesce(d.stopped_at, statement_timestamp())
         WHERE d.day = p_day;
        RETURN false;
    END IF;
    cut := greatest(p_nano, least(ceiling / 256, ceiling - granted));
    UPDATE guard.days d
       SET granted_nano = granted + cut,
           alarmed_at = coalesce(d.alarmed_at, CASE WHEN granted + cut >= ceiling / 10 * 7
                                                    THEN statement_timestamp() END)
     WHERE d.day = p_day;
    IF cut > p_nano THEN
        UPDATE guard.slices s SET left_nano = s.left_nano + cut - p_nano
         WHERE s.day = p_day AND s.slot = (
               SELECT o.slot FROM guard.slices o
                WHERE o.day = p_day ORDER BY o.left_nano LIMIT 1 FOR UPDATE SKIP LOCKED);
        IF NOT FOUND THEN
            -- The day's row is held, so nobody else makes one.
            INSERT INTO guard.slices (day, slot, left_nano)
            SELECT p_day, coalesce(max(s.slot), 0) + 1, cut - p_nano
              FROM guard.slices s WHERE s.day = p_day;
        END IF;
    END IF;
    RETURN true;
END
$$;
ALTER FUNCTION guard.take OWNER TO kairo_guard;
REVOKE ALL ON FUNCTION guard.take FROM PUBLIC;

-- Gives back what a call did not cost; less than nothing is what it cost beyond its most.
CREATE FUNCTION guard.give_back(p_day date, p_nano bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    IF p_nano > 0 THEN
        UPDATE guard.slices s SET left_nano = s.left_nano + p_nano
         WHERE s.day = p_day AND s.slot = (
               SELECT o.slot FROM guard.slices o WHERE o.day = p_day
                ORDER BY o.slot LIMIT 1 FOR UPDATE SKIP LOCKED);
        IF FOUND THEN
            RETURN;
        END IF;
    END IF;
    IF p_nano <> 0 THEN
        UPDATE guard.days d SET granted_nano = d.granted_nano - p_nano WHERE d.day = p_day;
    END IF;
END
$$;
ALTER FUNCTION guard.give_back OWNER TO kairo_guard;
REVOKE ALL ON FUNCTION guard.give_back FROM PUBLIC;

-- The one statement in front of every call, with the clock as a parameter; granted to nobody. Cost 0 always
-- passes: a cap that was lowered below what is used must not refuse an answer that is free.
CREATE FUNCTION guard.reserve_at(
    p_user uuid, p_plan text, p_key uuid, p_cost integer, p_task text, p_nano bigint, p_now timestamptz
) RETURNS guard.answer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET enable_seqscan = off AS $$
DECLARE
    life CONSTANT interval := '900 seconds';
    m    timestamptz := date_trunc('month', p_now, 'UTC');
    h    timestamptz := date_trunc('hour', p_now, 'UTC');
    rid  uuid := encode(substring(sha256(uuid_send(p_user) || uuid_send(p_key)) FOR 16), 'hex')::uuid;
    p    guard.plans;
    q    guard.quotas;
    a    guard.answer;
BEGIN
    SELECT * INTO p FROM guard.plans WHERE plan = p_plan;
    FOR try IN 1..2 LOOP
        UPDATE guard.quotas t SET
            month_used = CASE WHEN t.month_start >= m THEN t.month_used ELSE 0 END + p_cost,
            hour_used  = CASE WHEN t.hour_start >= h THEN t.hour_used ELSE 0 END + p_cost,
            downshift  = CASE WHEN t.hour_start >= h THEN t.downshift ELSE false END
                         OR CASE WHEN t.hour_start >= h THEN t.hour_used ELSE 0 END + p_cost
                            > coalesce(p.burst_at, 2147483647),
            -- A transaction that took its time before a window's end must not begin an older one again:
            -- that would be a second quota at every end.
            month_start = greatest(t.month_start, m), hour_start = greatest(t.hour_start, h),
            passes = t.passes + 1
         WHERE t.user_id = p_user
           AND (p_cost = 0
                OR CASE WHEN t.month_start >= m THEN t.month_used ELSE 0 END + p_cost <= p.month_cap
                   AND CASE WHEN t.hour_start >= h THEN t.hour_used ELSE 0 END + p_cost <= p.hour_cap)
        RETURNING * INTO q;
        EXIT WHEN FOUND OR try = 2;
        -- Somebody's first request; where two come at once, one waits here for the other's row, which the
        -- UPDATE before did not see and the next one does.
        INSERT INTO guard.quotas (user_id) VALUES (p_user) ON CONFLICT DO NOTHING;
    END LOOP;
    IF q.user_id IS NOT NULL AND p_cost = 0 THEN
        -- Nothing was bought, so nothing is lost with the last moments before a crash.
        PERFORM set_config('synchronous_commit', 'off', true);
        INSERT INTO guard.usage_hours AS u (user_id, hour, hits) VALUES (p_user, q.hour_start, 1)
        ON CONFLICT (user_id, hour) DO UPDATE SET hits = u.hits + 1;
        a.verdict := 'granted';
    ELSIF q.user_id IS NOT NULL THEN
        INSERT INTO guard.reservations (id, user_id, task, cost, small, month_start, hour_start, day,
                                        nano_max, created_at, expires_at)
        VALUES (rid, p_user, p_task, p_cost, q.downshift OR p.model = 'small', q.month_start,
                q.hour_start, (p_now AT TIME ZONE 'UTC')::date, p_nano, p_now, p_now + life)
        ON CONFLICT DO NOTHING;
        IF NOT FOUND THEN
            a.verdict := 'replay';
        ELSIF guard.take((p_now AT TIME ZONE 'UTC')::date, p_nano) THEN
            a.verdict := 'granted';
            a.reservation := rid;
        ELSE
            a.verdict := 'budget';
            DELETE FROM guard.reservations WHERE id = rid;
        END IF;
        IF a.verdict <> 'granted' THEN
            -- Undone under the same lock.
            UPDATE guard.quotas t SET month_used = t.month_used - p_cost, hour_used = t.hour_used - p_cost,
                                      passes = t.passes - 1
             WHERE t.user_id = p_user RETURNING * INTO q;
        END IF;
    ELSE
        SELECT * INTO q FROM guard.quotas t WHERE t.user_id = p_user;
        a.verdict := CASE WHEN EXISTS (SELECT FROM guard.reservations r WHERE r.id = rid) THEN 'replay'
                          WHEN CASE WHEN q.month_start >= m THEN q.month_used ELSE 0 END + p_cost
                               > p.month_cap THEN 'month'
                          ELSE 'hour' END;
    END IF;
    IF a.verdict = 'replay' THEN
        SELECT r.state::text, r.small INTO a.state, a.small FROM guard.reservations r WHERE r.id = rid;
    ELSE
        a.small := q.downshift AND q.hour_start >= h OR p.model = 'small';
    END IF;
    a.subject := p_user;
    a.plan := p_plan;
    a.month_used := CASE WHEN q.month_start >= m THEN q.month_used ELSE 0 END;
    a.month_cap := p.month_cap;
    a.month_end := (date_trunc('month', greatest(m, q.month_start) AT TIME ZONE 'UTC')
                    + interval '1 month') AT TIME ZONE 'UTC';
    a.hour_used := CASE WHEN q.hour_start >= h THEN q.hour_used ELSE 0 END;
    a.hour_cap := p.hour_cap;
    a.hour_end := greatest(h, q.hour_start) + interval '1 hour';
    a.burst_at := p.burst_at;
    a.counted_at := p_now;
    RETURN a;
END
$$;
ALTER FUNCTION guard.reserve_at OWNER TO kairo_guard;
REVOKE ALL ON FUNCTION guard.reserve_at FROM PUBLIC;

-- Reserves for whoever asks. The person comes from the session, never from the application.
CREATE FUNCTION guard.reserve(p_key uuid, p_cost integer, p_task text, p_nano bigint)
RETURNS guard.answer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    who record;
    a   guard.answer;
BEGIN
    SELECT m.user_id, m.plan, m.scopes INTO who FROM authn.me m;
    IF who.user_id IS NULL THEN
        a.verdict := 'nobody';
    ELSIF NOT 'write' = ANY (who.scopes) THEN
        a.verdict := 'scope';
    ELSE
        a := guard.reserve_at(who.user_id, who.plan, p_key, p_cost, p_task, p_nano, clock_timestamp());
    END IF;
    RETURN a;
END
$$;
ALTER FUNCTION guard.reserve OWNER TO kairo_guard;
REVOKE ALL ON FUNCTION guard.reserve FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.reserve TO kairo_app;

-- Where whoever asks stands: a copy for the eye, by which nothing decides. No row for nobody.
CREATE FUNCTION guard.standing() RETURNS SETOF guard.answer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
    SELECT NULL::integer, 'shown', NULL::uuid, NULL::text,
           coalesce(q.downshift AND q.hour_start = w.hour, false) OR p.model = 'small', me.user_id, me.plan,
           CASE WHEN q.month_start = w.month THEN q.month_used ELSE 0 END, p.month_cap,
           (w.month AT TIME ZONE 'UTC' + interval '1 month') AT TIME ZONE 'UTC',
           CASE WHEN q.hour_start = w.hour THEN q.hour_used ELSE 0 END, p.hour_cap,
           w.hour + interval '1 hour', p.burst_at, statement_timestamp()
      FROM authn.me
      JOIN guard.plans p ON p.plan = me.plan
      LEFT JOIN guard.quotas q ON q.user_id = me.user_id
     CROSS JOIN (SELECT date_trunc('month', statement_timestamp(), 'UTC') AS month,
                        date_trunc('hour', statement_timestamp(), 'UTC') AS hour) w
$$;
ALTER FUNCTION guard.standing OWNER TO kairo_guard;
REVOKE ALL ON FUNCTION guard.standing FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.standing TO kairo_app;

-- Reserves for many at once, each by the digest of its own session, so that a batch has no more power than
-- its members. A person's members are granted together or not at all; who was not, who has no row yet or
-- repeats a key, and everybody where the money does not reach or a key comes in two batches at once (an
-- error, so nothing stays), goes alone.
--
-- A connection keeps the plan that it made while the ledger was short. So each row is looked up by its key,
-- in a sub-select that no join can turn around: a ledger that was read whole would make a grant the dearer
-- the more there were before it.
CREATE FUNCTION guard.reserve_batch_at(
    p_sessions text[], p_keys uuid[], p_costs integer[], p_tasks text[], p_nanos bigint[],
    p_now timestamptz
) RETURNS SETOF guard.answer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET enable_seqscan = off AS $$
DECLARE
    life   CONSTANT interval := '900 seconds';
    m      timestamptz := date_trunc('month', p_now, 'UTC');
    h      timestamptz := date_trunc('hour', p_now, 'UTC');
    d      date := (p_now AT TIME ZONE 'UTC')::date;
    given  guard.answer[];
    spent  bigint;
BEGIN
    WITH asked AS MATERIALIZED (
        SELECT a.ord, a.key, a.cost, a.task, a.nano, l.user_id, l.plan,
               coalesce('write' = ANY (l.scopes), false) AS writes,
               i.id, (SELECT true FROM guard.reservations r WHERE r.id = i.id) IS TRUE AS used
          FROM unnest(p_sessions, p_keys, p_costs, p_tasks, p_nanos)
               WITH ORDINALITY AS a (session, key, cost, task, nano, ord)
          LEFT JOIN LATERAL (
               -- OFFSET 0 keeps this from becoming a join, which could read every session there is.
               SELECT v.user_id, v.plan, v.scopes FROM authn.live v
                WHERE v.token_hash = sha256(convert_to(a.session, 'utf8'))
               OFFSET 0) l ON true
         CROSS JOIN LATERAL (
               SELECT encode(substring(sha256(uuid_send(l.user_id) || uuid_send(a.key)) FOR 16), 'hex')::uuid
                      AS id
               -- Made once, and not again in each place that names it.
               OFFSET 0) i
    ), sums AS (
        -- One person's repeated keys send that person alone, and nobody else.
        SELECT s.user_id, s.plan, (sum(s.cost) FILTER (WHERE s.writes))::integer AS cost,
               count(*) FILTER (WHERE s.writes) AS n
          FROM asked s WHERE s.user_id IS NOT NULL GROUP BY s.user_id, s.plan
        HAVING bool_or(s.writes) AND NOT bool_or(s.used AND s.writes)
               AND count(DISTINCT s.id) = count(*)
    ), held AS MATERIALIZED (
        -- An UPDATE takes its rows in no order; locks that are taken in order cannot cross.
        SELECT q.user_id, s.cost, s.n, p.model, p.month_cap, p.hour_cap, p.burst_at
          FROM sums s JOIN guard.quotas q ON q.user_id = s.user_id JOIN guard.plans p ON p.plan = s.plan
         ORDER BY q.user_id FOR NO KEY UPDATE OF q
    ), charged AS (
        UPDATE guard.quotas t SET
            month_used = CASE WHEN t.month_start >= m THEN t.month_used ELSE 0 END + k.cost,
            hour_used  = CASE WHEN t.hour_start >= h THEN t.hour_used ELSE 0 END + k.cost,
            downshift  = CASE WHEN t.hour_start >= h THEN t.downshift ELSE false END
                         OR CASE WHEN t.hour_start >= h THEN t.hour_used ELSE 0 END + k.cost
                            > coalesce(k.burst_at, 2147483647),
            month_start = greatest(t.month_start, m), hour_start = greatest(t.hour_start, h),
            passes = t.passes + k.n
          FROM held k
         WHERE t.user_id = k.user_id
           AND CASE WHEN t.month_start >= m THEN t.month_used ELSE 0 END + k.cost <= k.month_cap
           AND CASE WHEN t.hour_start >= h THEN t.hour_used ELSE 0 END + k.cost <= k.hour_cap
           -- Who would pass the threshold in the midst of a batch goes alone: the ones before it get the
           -- normal model.
           AND (CASE WHEN t.hour_start >= h THEN t.hour_used ELSE 0 END + k.cost
                <= coalesce(k.burst_at, 2147483647)
                OR t.hour_start >= h AND t.downshift)
        RETURNING t.user_id, t.month_start, t.month_used, t.hour_start, t.hour_used,
                  t.downshift OR k.model = 'small' AS small, k.month_cap, k.hour_cap, k.burst_at
    ), kept AS (
        INSERT INTO guard.reservations (id, user_id, task, cost, small, month_start, hour_start, day,
                                        nano_max, created_at, expires_at)
        SELECT a.id, a.user_id, a.task, a.cost, c.small, c.month_start, c.hour_start, d, a.nano, p_now,
               p_now + life
          FROM asked a JOIN charged c ON c.user_id = a.user_id WHERE a.writes
        RETURNING id
    )
    SELECT array_agg(ROW(a.ord, CASE WHEN a.user_id IS NULL THEN 'nobody'
                                     WHEN NOT a.writes THEN 'scope'
                                     WHEN k.id IS NULL THEN 'alone' ELSE 'granted' END,
                         k.id, NULL, c.small, a.user_id, a.plan, c.month_used, c.month_cap,
                         (date_trunc('month', c.month_start AT TIME ZONE 'UTC') + interval '1 month')
                             AT TIME ZONE 'UTC',
                         c.hour_used, c.hour_cap, c.hour_start + interval '1 hour', c.burst_at,
                         p_now)::guard.answer),
           coalesce(sum(a.nano) FILTER (WHERE k.id IS NOT NULL), 0)
      INTO given, spent
      FROM asked a LEFT JOIN charged c ON c.user_id = a.user_id AND a.writes
           LEFT JOIN kept k ON k.id = a.id AND a.writes;
    IF NOT guard.take(d, spent) THEN
        RAISE EXCEPTION 'the budget does not reach for all of them' USING ERRCODE = '23514';
    END IF;
    RETURN QUERY SELECT * FROM unnest(given);
END
$$;
ALTER FUNCTION guard.reserve_batch_at OWNER TO kairo_guard;
REVOKE ALL ON FUNCTION guard.reserve_batch_at FROM PUBLIC;

CREATE FUNCTION guard.reserve_batch(
    p_sessions text[], p_keys uuid[], p_costs integer[], p_tasks text[], p_nanos bigint[]
) RETURNS SETOF guard.answer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    RETURN QUERY SELECT * FROM guard.reserve_batch_at(p_sessions, p_keys, p_costs, p_tasks, p_nanos,
                                                      clock_timestamp());
END
$$;
ALTER FUNCTION guard.reserve_batch OWNER TO kairo_guard;
REVOKE ALL ON FUNCTION guard.reserve_batch FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.reserve_batch TO kairo_app;

-- Ends calls that were made, with what they cost. A settlement that is lost in a crash leaves its
-- reservation to expire, which keeps the most that it could have cost; so nobody waits for the disk.
--
-- Rows are looked up by their key, in its order, since no other way is left to the planner: so two that try
-- to end the same calls take them in one order, and a plan that was made while the ledger was short does not
-- read all of a long one. The sweep passes over what is held.
CREATE FUNCTION guard.settle(p_ids uuid[], p_nanos bigint[], p_in bigint[], p_out bigint[])
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE
    n    integer;
    rest record;
BEGIN
    PERFORM set_config('synchronous_commit', 'off', true);
    FOR rest IN
        WITH told AS (
            SELECT DISTINCT ON (t.id) t.id, greatest(t.nano, 0) AS nano, t.tokens_in, t.tokens_out
              FROM unnest(p_ids, p_nanos, p_in, p_out) t (id, nano, tokens_in, tokens_out)
        ), ended AS (
            UPDATE guard.reservations r SET state = 'S' WHERE r.id = ANY (p_ids) AND r.state = 'R'
            RETURNING r.id, r.user_id, r.hour_start, r.task, r.small, r.cost, r.day, r.nano_max
        ), done AS (
            SELECT e.*, t.nano, t.tokens_in, t.tokens_out FROM ended e JOIN told t ON t.id = e.id
        ), hours AS (
            INSERT INTO guard.usage_hours AS u
                   (user_id, hour, captures, chats, small, credits, tokens_in, tokens_out, cost_nano)
            SELECT user_id, hour_start, count(*) FILTER (WHERE task = 'capture'),
                   count(*) FILTER (WHERE task = 'chat'), count(*) FILTER (WHERE small), sum(cost),
                   sum(tokens_in), sum(tokens_out), sum(nano)
              FROM done GROUP BY user_id, hour_start ORDER BY user_id, hour_start
            ON CONFLICT (user_id, hour) DO UPDATE SET
                captures = u.captures + excluded.captures, chats = u.chats + excluded.chats,
                small = u.small + excluded.small, credits = u.credits + excluded.credits,
                tokens_in = u.tokens_in + excluded.tokens_in,
                tokens_out = u.tokens_out + excluded.tokens_out,
                cost_nano = u.cost_nano + excluded.cost_nano
        )
        SELECT day, sum(nano_max - nano) AS nano, count(*) AS n FROM done GROUP BY day ORDER BY day
    LOOP
        n := coalesce(n, 0) + rest.n;
        PERFORM guard.give_back(rest.day, rest.nano::bigint);
    END LOOP;
    RETURN coalesce(n, 0);
END
$$;
ALTER FUNCTION guard.settle OWNER TO kairo_guard;
REVOKE ALL ON FUNCTION guard.settle FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.settle TO kairo_worker;

-- Gives back a call that the provider provably did no work for, once, and only into windows that still
-- run. The quota's row comes first, as it does when reserving.
CREATE FUNCTION guard.release(p_id uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET enable_seqscan = off AS $$
DECLARE
    r guard.reservations;
BEGIN
    PERFORM FROM guard.quotas q
      WHERE q.user_id = (SELECT o.user_id FROM guard.reservations o WHERE o.id = p_id)
        FOR NO KEY UPDATE;
    UPDATE guard.reservations o SET state = 'X' WHERE o.id = p_id AND o.state = 'R' RETURNING * INTO r;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    UPDATE guard.quotas t SET
        month_used = t.month_used - CASE WHEN t.month_start = r.month_start THEN r.cost ELSE 0 END,
        hour_used  = t.hour_used - CASE WHEN t.hour_start = r.hour_start THEN r.cost ELSE 0 END
     WHERE t.user_id = r.user_id;
    PERFORM guard.give_back(r.day, r.nano_max);
    RETURN true;
END
$$;
ALTER FUNCTION guard.release OWNER TO kairo_guard;
REVOKE ALL ON FUNCTION guard.release FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.release TO kairo_worker;

-- Keeps what attempts at the provider came to.
CREATE FUNCTION guard.log_attempts(
    p_ids uuid[], p_attempts smallint[], p_models text[], p_outcomes text[], p_statuses smallint[],
    p_in bigint[], p_out bigint[], p_nanos bigint[], p_channels text[]
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    PERFORM set_config('synchronous_commit', 'off', true);
    INSERT INTO guard.attempts (reservation_id, attempt, model, outcome, status, tokens_in, tokens_out,
                                cost_nano, channel)
    SELECT * FROM unnest(p_ids, p_attempts, p_models, p_outcomes, p_statuses, p_in, p_out, p_nanos,
                         p_channels)
    ON CONFLICT DO NOTHING;
END
$$;
ALTER FUNCTION guard.log_attempts OWNER TO kairo_guard;
REVOKE ALL ON FUNCTION guard.log_attempts FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.log_attempts TO kairo_worker;

-- Ends calls of which nobody said what became: their node died. The provider may have worked, so they stay
-- spent, at the most that they could cost.
CREATE FUNCTION guard.sweep() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    n integer;
BEGIN
    WITH due AS MATERIALIZED (
        SELECT r.id FROM guard.reservations r
         WHERE r.state = 'R' AND r.expires_at >= '-infinity' AND r.expires_at < statement_timestamp()
         ORDER BY r.expires_at LIMIT 1000 FOR UPDATE SKIP LOCKED
    ), ended AS (
        UPDATE guard.reservations r SET state = 'E' FROM due WHERE r.id = due.id
        RETURNING r.user_id, r.hour_start, r.task, r.small, r.cost, r.nano_max
    ), hours AS (
        INSERT INTO guard.usage_hours AS u (user_id, hour, captures, chats, small, credits, cost_nano)
        SELECT user_id, hour_start, count(*) FILTER (WHERE task = 'capture'),
               count(*) FILTER (WHERE task = 'chat'), count(*) FILTER (WHERE small), sum(cost),
               sum(nano_max)
          FROM ended GROUP BY user_id, hour_start ORDER BY user_id, hour_start
        ON CONFLICT (user_id, hour) DO UPDATE SET
            captures = u.captures + excluded.captures, chats = u.chats + excluded.chats,
            small = u.small + excluded.small, credits = u.credits + excluded.credits,
            cost_nano = u.cost_nano + excluded.cost_nano
    )
    SELECT count(*) INTO n FROM ended;
    RETURN n;
END
$$;
ALTER FUNCTION guard.sweep OWNER TO kairo_guard;
REVOKE ALL ON FUNCTION guard.sweep FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.sweep TO kairo_worker;

-- Whose counter is not the sum of the ledger: nobody's, or something is broken. A window of which the
-- ledger was purged in part is not compared; it ended long ago.
CREATE FUNCTION guard.drift()
RETURNS TABLE (user_id uuid, bucket text, used integer, ledger integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
    SELECT l.user_id, w.bucket, w.used, w.ledger
      FROM (SELECT q.user_id, q.month_used, q.hour_used,
                   coalesce(sum(r.cost) FILTER (WHERE r.month_start = q.month_start), 0)::integer AS month,
                   coalesce(sum(r.cost) FILTER (WHERE r.hour_start = q.hour_start), 0)::integer AS hour
              FROM guard.quotas q
              -- One pass over the ledger: no index has the person.
              LEFT JOIN guard.reservations r
                     ON r.user_id = q.user_id AND r.month_start >= q.month_start AND r.state <> 'X'
             WHERE q.month_start >= statement_timestamp() - interval '80 days'
                OR q.month_start = '-infinity'
             GROUP BY q.user_id) l
     CROSS JOIN LATERAL (VALUES ('month', l.month_used, l.month), ('hour', l.hour_used, l.hour))
           w (bucket, used, ledger)
     WHERE w.used <> w.ledger
$$;
ALTER FUNCTION guard.drift OWNER TO kairo_guard;
REVOKE ALL ON FUNCTION guard.drift FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.drift TO kairo_worker;

-- Removes what is older than 90 days, so many rows of each table at a time that a statement ends in its
-- time; gives the largest number, which says whether there may be more.
CREATE FUNCTION guard.purge(p_rows integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    before timestamptz := statement_timestamp() - interval '90 days';
    n      integer;
    most   integer;
BEGIN
    DELETE FROM guard.attempts WHERE (reservation_id, attempt) IN (
        SELECT reservation_id, attempt FROM guard.attempts WHERE at < before LIMIT p_rows);
    GET DIAGNOSTICS most = ROW_COUNT;
    DELETE FROM guard.usage_hours WHERE (user_id, hour) IN (
        SELECT user_id, hour FROM guard.usage_hours WHERE hour < before LIMIT p_rows);
    GET DIAGNOSTICS n = ROW_COUNT;
    most := greatest(most, n);
    DELETE FROM guard.reservations WHERE id IN (
        SELECT id FROM guard.reservations WHERE created_at < before LIMIT p_rows);
    GET DIAGNOSTICS n = ROW_COUNT;
    RETURN greatest(most, n);
END
$$;
ALTER FUNCTION guard.purge OWNER TO kairo_guard;
REVOKE ALL ON FUNCTION guard.purge FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.purge TO kairo_worker;

-- Writes what a plan gives, from the configuration of a node that starts.
CREATE FUNCTION guard.plan_set(
    p_plan text, p_model text, p_month_cap integer, p_hour_cap integer, p_burst_at integer
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    INSERT INTO guard.plans (plan, model, month_cap, hour_cap, burst_at)
    VALUES (p_plan, p_model, p_month_cap, p_hour_cap, p_burst_at)
    ON CONFLICT (plan) DO UPDATE SET model = excluded.model, month_cap = excluded.month_cap,
                                     hour_cap = excluded.hour_cap, burst_at = excluded.burst_at;
END
$$;
ALTER FUNCTION guard.plan_set OWNER TO kairo_guard;
REVOKE ALL ON FUNCTION guard.plan_set FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.plan_set TO kairo_worker;

CREATE FUNCTION guard.rules_set(p_day_nano_max bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    INSERT INTO guard.rules (day_nano_max) VALUES (p_day_nano_max)
    ON CONFLICT (one) DO UPDATE SET day_nano_max = excluded.day_nano_max;
END
$$;
ALTER FUNCTION guard.rules_set OWNER TO kairo_guard;
REVOKE ALL ON FUNCTION guard.rules_set FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.rules_set TO kairo_worker;
