-- What an operator sees of the guard: money, calls, who is slowed down, who uses most. Sums over everybody,
-- so they belong to kairo_guard, which alone may read the rows; no e-mail address is among them.

-- What today's calls hold of the ceiling: what was cut off it, without what lies unused in slices.
CREATE FUNCTION guard.spend()
RETURNS TABLE (day date, spent_nano bigint, ceiling_nano bigint, alarmed_at timestamptz,
               stopped_at timestamptz, counted_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
    SELECT t.day,
           coalesce(d.granted_nano, 0)
           - coalesce((SELECT sum(s.left_nano)::bigint FROM guard.slices s WHERE s.day = t.day), 0),
           coalesce(r.day_nano_max, 0), d.alarmed_at, d.stopped_at, statement_timestamp()
      FROM (SELECT (statement_timestamp() AT TIME ZONE 'UTC')::date AS day) t
      LEFT JOIN guard.days d ON d.day = t.day
      LEFT JOIN guard.rules r ON true
$$;
ALTER FUNCTION guard.spend OWNER TO kairo_guard;
REVOKE ALL ON FUNCTION guard.spend FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.spend TO kairo_worker;

-- What the last 24 hours came to, and how it stands now.
CREATE FUNCTION guard.overview()
RETURNS TABLE (captures bigint, chats bigint, small bigint, hits bigint, credits bigint,
               downshifted bigint, under_way bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
    SELECT coalesce(sum(u.captures), 0), coalesce(sum(u.chats), 0), coalesce(sum(u.small), 0),
           coalesce(sum(u.hits), 0), coalesce(sum(u.credits), 0),
           (SELECT count(*) FROM guard.quotas q
             WHERE q.downshift AND q.hour_start = date_trunc('hour', statement_timestamp(), 'UTC')),
           (SELECT count(*) FROM guard.reservations r
             WHERE r.state = 'R' AND r.expires_at >= '-infinity')
      FROM guard.usage_hours u WHERE u.hour > statement_timestamp() - interval '24 hours'
$$;
ALTER FUNCTION guard.overview OWNER TO kairo_guard;
REVOKE ALL ON FUNCTION guard.overview FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.overview TO kairo_worker;

-- Attempts at providers in the last 24 hours, by model and by what they came to.
CREATE FUNCTION guard.overview_calls()
RETURNS TABLE (model text, outcome text, calls bigint, tokens_in bigint, tokens_out bigint,
               cost_nano bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
    SELECT a.model, a.outcome, count(*), sum(a.tokens_in)::bigint, sum(a.tokens_out)::bigint,
           sum(a.cost_nano)::bigint
      FROM guard.attempts a WHERE a.at > statement_timestamp() - interval '24 hours'
     GROUP BY a.model, a.outcome ORDER BY count(*) DESC, a.model, a.outcome LIMIT 100
$$;
ALTER FUNCTION guard.overview_calls OWNER TO kairo_guard;
REVOKE ALL ON FUNCTION guard.overview_calls FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.overview_calls TO kairo_worker;

-- Who used most credits in the last 24 hours, by id.
CREATE FUNCTION guard.overview_people(p_limit integer)
RETURNS TABLE (user_id uuid, credits bigint, small bigint, hits bigint, cost_nano bigint,
               downshifted boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
    SELECT u.user_id, sum(u.credits), sum(u.small), sum(u.hits), sum(u.cost_nano)::bigint,
           EXISTS (SELECT FROM guard.quotas q
                    WHERE q.user_id = u.user_id AND q.downshift
                      AND q.hour_start = date_trunc('hour', statement_timestamp(), 'UTC'))
      FROM guard.usage_hours u WHERE u.hour > statement_timestamp() - interval '24 hours'
     GROUP BY u.user_id ORDER BY sum(u.credits) DESC, u.user_id LIMIT p_limit
$$;
ALTER FUNCTION guard.overview_people OWNER TO kairo_guard;
REVOKE ALL ON FUNCTION guard.overview_people FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.overview_people TO kairo_worker;
