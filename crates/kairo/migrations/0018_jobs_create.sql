-- Jobs act for one person each, under a session of their own that lives 15 minutes. The worker learns
-- whose deleted items are due, and nothing else about them.
CREATE FUNCTION authn.job_session(p_user uuid, p_purpose text, p_session uuid, p_token_hash bytea)
RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    INSERT INTO authn.sessions (id, token_hash, user_id, kind, scopes, method, purpose,
                                absolute_expires_at)
    SELECT p_session, p_token_hash, u.id, 'job', ARRAY['read', 'write'], 'job', p_purpose,
           statement_timestamp() + interval '15 minutes'
      FROM authn.users u WHERE u.id = p_user AND NOT u.suspended
       -- A suspension under way is waited for, as the session's foreign key would, and then seen.
       FOR KEY SHARE;
    RETURN FOUND;
END
$$;
ALTER FUNCTION authn.job_session OWNER TO kairo_auth;
REVOKE ALL ON FUNCTION authn.job_session FROM PUBLIC;
GRANT EXECUTE ON FUNCTION authn.job_session TO kairo_worker;

GRANT SELECT (user_id, deleted_at) ON app.items TO kairo_auth;
CREATE POLICY items_select_auth ON app.items FOR SELECT TO kairo_auth USING (deleted_at IS NOT NULL);
CREATE INDEX items_deleted_at ON app.items (deleted_at) WHERE deleted_at IS NOT NULL;

-- Whose deleted items are due, with one instant for the whole batch by this clock: an item that comes
-- of age between two statements would lose its row and keep what hangs on it.
CREATE FUNCTION authn.purge_due(p_after_s bigint, p_limit integer)
RETURNS TABLE (user_id uuid, cutoff timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    before timestamptz := statement_timestamp() - make_interval(secs => p_after_s);
BEGIN
    IF p_after_s < 2592000 THEN
        RAISE EXCEPTION 'deleted items are kept for 30 days' USING ERRCODE = '22023';
    END IF;
    RETURN QUERY
        SELECT DISTINCT i.user_id, before
          FROM app.items i
          JOIN authn.users u ON u.id = i.user_id AND u.suspended_at IS NULL
         WHERE i.deleted_at < before
         LIMIT p_limit;
END
$$;
ALTER FUNCTION authn.purge_due OWNER TO kairo_auth;
REVOKE ALL ON FUNCTION authn.purge_due FROM PUBLIC;
GRANT EXECUTE ON FUNCTION authn.purge_due TO kairo_worker;

-- Removes sessions that are dead for good: those of jobs a day after their end, others after 30 days.
CREATE FUNCTION authn.sessions_purge() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    n integer;
BEGIN
    DELETE FROM authn.sessions WHERE id IN (
        SELECT s.id FROM authn.sessions s
         WHERE least(s.revoked_at, s.idle_expires_at, s.absolute_expires_at)
               < statement_timestamp()
                 - CASE s.kind WHEN 'job' THEN interval '1 day' ELSE interval '30 days' END
         LIMIT 10000 FOR UPDATE SKIP LOCKED);
    GET DIAGNOSTICS n = ROW_COUNT;
    RETURN n;
END
$$;
ALTER FUNCTION authn.sessions_purge OWNER TO kairo_auth;
REVOKE ALL ON FUNCTION authn.sessions_purge FROM PUBLIC;
GRANT EXECUTE ON FUNCTION authn.sessions_purge TO kairo_worker;
