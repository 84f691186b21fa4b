-- How much of its share each source of requests has used on the routes whose limits hold over all nodes:
-- signing in, and what may ask a model. A source is a keyed digest of a network, under a pepper that turns
-- each day; nothing in here leads to an address.
--
-- A table of fixed size: two bytes of the digest name a slot, which belongs to one source until its buckets
-- are full again, and then to whoever comes. So neither the table nor its index can be made to grow by a
-- flood from a million addresses, no row has to be counted, and every change is an update in place. A
-- source that finds its slot taken is let through, on the bucket of its node alone: refusing it would let a
-- flood lock everybody out.
--
-- Unlogged: what it holds is worth an hour at most, and it is written before anything is known of who asks.
-- After a crash of the server, and on a standby that takes over, every bucket is full; each node's own
-- bucket still stands in front.
CREATE UNLOGGED TABLE authn.source_buckets (
    bucket         text        NOT NULL CHECK (bucket IN ('sign_in', 'ai')),
    -- Whether it is the /48 that an IPv6 network lies in.
    wide           boolean     NOT NULL,
    slot           integer     NOT NULL CHECK (slot BETWEEN 0 AND 65535),
    digest         bytea       NOT NULL CHECK (octet_length(digest) = 32),
    -- When the bucket of a minute, and that of an hour, is full again if nobody asks (GCRA).
    minute_full_at timestamptz NOT NULL,
    hour_full_at   timestamptz NOT NULL,
    PRIMARY KEY (bucket, wide, slot)
) WITH (fillfactor = 70);
ALTER TABLE authn.source_buckets OWNER TO kairo_owner;
ALTER TABLE authn.source_buckets ENABLE ROW LEVEL SECURITY;
ALTER TABLE authn.source_buckets FORCE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, DELETE ON authn.source_buckets TO kairo_auth;
GRANT UPDATE (digest, minute_full_at, hour_full_at) ON authn.source_buckets TO kairo_auth;
CREATE POLICY source_buckets_select_auth ON authn.source_buckets FOR SELECT TO kairo_auth USING (true);
CREATE POLICY source_buckets_insert_auth ON authn.source_buckets FOR INSERT TO kairo_auth
    WITH CHECK (true);
CREATE POLICY source_buckets_update_auth ON authn.source_buckets FOR UPDATE TO kairo_auth
    USING (true) WITH CHECK (true);
CREATE POLICY source_buckets_delete_auth ON authn.source_buckets FOR DELETE TO kairo_auth USING (true);

-- Counts requests in every bucket of their sources, or tells of each in how many seconds its source has room
-- (0 where it passes). `p_nths` says which request a digest belongs to. The digests of one are those of the
-- network and, for IPv6, of the /48 around it; in the hour after a turn of the pepper those under the former
-- one, too. All of them count and any refuses, so that a turn gives no second share: after that hour the new
-- digests alone have counted all that an hour's bucket looks back on.
--
-- Several of one source count together or not at all. Where they do not fit together they get NULL, and have
-- to come one by one.
--
-- The bounds are constants and not parameters, so that kairo_login cannot loosen them.
--
-- A plan that is made while the table is empty must not read all of it once a flood has filled it: so each
-- slot is looked up by a sub-select of its own, which no join can turn around, and by its key.
CREATE FUNCTION authn.sources_pass(p_bucket text, p_nths integer[], p_digests bytea[], p_wide boolean[])
RETURNS TABLE (nth integer, wait_s integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET enable_seqscan = off AS $$
DECLARE
    sign_in_per_minute CONSTANT integer := 10;
    sign_in_per_hour   CONSTANT integer := 50;
    ai_per_minute      CONSTANT integer := 300;
    site_times         CONSTANT integer := 8;
    t timestamptz := statement_timestamp();
    minute_step interval;
    hour_step   interval;
    times       integer[];
    slots       integer[];
    left_over   integer[] := p_nths;
    crowded     integer[];
    nths        integer[];
    waits       interval[];
BEGIN
    CASE p_bucket
        WHEN 'sign_in' THEN
            minute_step := interval '1 minute' / sign_in_per_minute;
            hour_step := interval '1 hour' / sign_in_per_hour;
        WHEN 'ai' THEN
            minute_step := interval '1 minute' / ai_per_minute;
            hour_step := minute_step;
    END CASE;
    SELECT array_agg(CASE WHEN d.wide THEN site_times ELSE 1 END ORDER BY d.n),
           array_agg((get_byte(d.digest, 30) << 8) + get_byte(d.digest, 31) ORDER BY d.n)
      INTO times, slots
      FROM unnest(p_digests, p_wide) WITH ORDINALITY d (digest, wide, n);
    FOR look IN 1..2 LOOP
        -- Whoever has to wait writes nothing: asking on and on costs the database one read.
        SELECT array_agg(w.nth), array_agg(w.wait) INTO nths, waits
          FROM (SELECT k.nth,
                       max((SELECT greatest(
                                       b.minute_full_at + minute_step / k.times - interval '1 minute',
                                       b.hour_full_at + hour_step / k.times - interval '1 hour') - t
                              FROM authn.source_buckets b
                             WHERE b.bucket = p_bucket AND b.wide = k.wide AND b.slot = k.slot
                               AND b.digest = k.digest)) AS wait
                  FROM unnest(p_nths, p_digests, p_wide, times, slots) k (nth, digest, wide, times, slot)
                 WHERE k.nth = ANY (left_over)
                 GROUP BY k.nth) w;
        RETURN QUERY SELECT w.nth, ceil(extract(epoch FROM w.wait))::integer
                       FROM unnest(nths, waits) w (nth, wait) WHERE w.wait > interval '0';
        SELECT array_agg(w.nth) INTO left_over
          FROM unnest(nths, waits) w (nth, wait) WHERE (w.wait > interval '0') IS NOT TRUE;
        EXIT WHEN look = 2 OR left_over IS NULL;
        -- Looks once more at each row, under its lock, so that requests at once cannot pass together; in
        -- the order of the slots, so that two cannot wait for one another.
        WITH asked AS (
            SELECT k.nth, k.digest, k.wide, k.times, k.slot,
                   count(*) OVER (PARTITION BY k.wide, k.slot, k.digest) AS n
              FROM unnest(p_nths, p_digests, p_wide, times, slots) k (nth, digest, wide, times, slot)
             WHERE k.nth = ANY (left_over)
        ), counted AS (
            INSERT INTO authn.source_buckets AS b
                   (bucket, wide, slot, digest, minute_full_at, hour_full_at)
            SELECT DISTINCT ON (a.wide, a.slot) p_bucket, a.wide, a.slot, a.digest,
                   t + minute_step * a.n / a.times, t + hour_step * a.n / a.times
              FROM asked a
             WHERE minute_step * a.n / a.times <= interval '1 minute'
               AND hour_step * a.n / a.times <= interval '1 hour'
             ORDER BY a.wide, a.slot, a.digest
            ON CONFLICT (bucket, wide, slot) DO UPDATE
               SET digest = excluded.digest,
                   minute_full_at = greatest(b.minute_full_at, t) + (excluded.minute_full_at - t),
                   hour_full_at = greatest(b.hour_full_at, t) + (excluded.hour_full_at - t)
             WHERE greatest(b.minute_full_at, b.hour_full_at) <= t
                OR b.digest = excluded.digest
                   AND b.minute_full_at + (excluded.minute_full_at - t) <= t + interval '1 minute'
                   AND b.hour_full_at + (excluded.hour_full_at - t) <= t + interval '1 hour'
            RETURNING b.wide, b.slot, b.digest
        )
        SELECT array_agg(DISTINCT a.nth) FILTER (WHERE c.slot IS NULL),
               array_agg(DISTINCT a.nth) FILTER (WHERE c.slot IS NULL AND a.n > 1),
               array_agg(DISTINCT a.nth)
          INTO left_over, crowded, nths
          FROM asked a LEFT JOIN counted c
            ON c.wide = a.wide AND c.slot = a.slot AND c.digest = a.digest;
        RETURN QUERY SELECT n.nth, 0 FROM unnest(nths) n (nth) WHERE (n.nth = ANY (left_over)) IS NOT TRUE;
        EXIT WHEN left_over IS NULL;
    END LOOP;
    -- Not all of these was counted: somebody was first, who is seen now and made them wait; or a slot is
    -- another source's, which lets them pass; or several did not fit together.
    RETURN QUERY SELECT n.nth, CASE WHEN n.nth = ANY (crowded) THEN NULL ELSE 0 END
                   FROM unnest(left_over) n (nth);
END
$$;
ALTER FUNCTION authn.sources_pass OWNER TO kairo_auth;
REVOKE ALL ON FUNCTION authn.sources_pass FROM PUBLIC;
GRANT EXECUTE ON FUNCTION authn.sources_pass TO kairo_login;

-- Removes what has been full for an hour, so that no digest stays for longer than it is good for.
CREATE FUNCTION authn.sources_purge() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    n integer;
BEGIN
    DELETE FROM authn.source_buckets WHERE (bucket, wide, slot) IN (
        SELECT bucket, wide, slot FROM authn.source_buckets
         WHERE greatest(minute_full_at, hour_full_at) < statement_timestamp() - interval '1 hour'
           FOR UPDATE SKIP LOCKED);
    GET DIAGNOSTICS n = ROW_COUNT;
    RETURN n;
END
$$;
ALTER FUNCTION authn.sources_purge OWNER TO kairo_auth;
REVOKE ALL ON FUNCTION authn.sources_purge FROM PUBLIC;
GRANT EXECUTE ON FUNCTION authn.sources_purge TO kairo_worker;
