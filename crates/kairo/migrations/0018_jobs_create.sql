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
      FROM authn.users u WHERE u.id = p_user AND u.suspended_at IS NULL;
    RETURN FOUND;
END
$$;
ALTER FUNCTION authn.job_session OWNER TO kairo_auth;
REVOKE ALL ON FUNCTION authn.job_session FROM PUBLIC;
GRANT EXECUTE ON FUNCTION authn.job_session TO kairo_worker;

GRANT SELECT (user_id, deleted_at) ON app.items TO kairo_auth;
CREATE POLICY items_select_auth ON app.items FOR SELECT TO kairo_auth USING (deleted_at IS NOT NULL);
CREATE INDEX items_deleted_at ON app.items (deleted_at) WHERE deleted_at IS NOT NULL;

CREATE FUNCTION authn.purge_due(p_after_s bigint, p_limit integer) RETURNS TABLE (user_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
    SELECT DISTINCT i.user_id
      FROM app.items i
      JOIN authn.users u ON u.id = i.user_id AND u.suspended_at IS NULL
     WHERE i.deleted_at < statement_timestamp() - make_interval(secs => p_after_s)
     LIMIT p_limit
$$;
ALTER FUNCTION authn.purge_due OWNER TO kairo_auth;
REVOKE ALL ON FUNCTION authn.purge_due FROM PUBLIC;
GRANT EXECUTE ON FUNCTION authn.purge_due TO kairo_worker;
