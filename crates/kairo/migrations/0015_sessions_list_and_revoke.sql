-- What a signed-in person may do with the own sessions. Each function finds the caller by `authn.me`, so
-- none takes a user id.
CREATE FUNCTION authn.session_list()
RETURNS TABLE (id uuid, kind text, device text, name_sealed bytea, scopes text[], method text,
               created_at timestamptz, last_seen_at timestamptz, expires_at timestamptz, this boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
    SELECT s.id, s.kind, s.device, s.name_sealed, s.scopes, s.method, s.created_at, s.last_seen_at,
           least(s.idle_expires_at, s.absolute_expires_at), s.id = m.session_id
      FROM authn.me m
      JOIN authn.live l ON l.user_id = m.user_id
      JOIN authn.sessions s ON s.id = l.id
     WHERE s.kind IN ('web', 'key')
     ORDER BY s.id = m.session_id DESC, s.last_seen_at DESC, s.id
$$;
ALTER FUNCTION authn.session_list OWNER TO kairo_auth;
REVOKE ALL ON FUNCTION authn.session_list FROM PUBLIC;
GRANT EXECUTE ON FUNCTION authn.session_list TO kairo_app;

-- Writes that the session was seen, at most once in `p_every_s`, and moves its idle end.
CREATE FUNCTION authn.session_touch(p_every_s bigint, p_idle_s bigint) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    t timestamptz := statement_timestamp();
    n integer;
BEGIN
    UPDATE authn.sessions s
       SET last_seen_at = t,
           idle_expires_at = CASE WHEN s.kind = 'web' THEN t + make_interval(secs => p_idle_s) END
     WHERE s.id = (SELECT session_id FROM authn.me)
       AND s.last_seen_at <= t - make_interval(secs => p_every_s);
    GET DIAGNOSTICS n = ROW_COUNT;
    RETURN n;
END
$$;
ALTER FUNCTION authn.session_touch OWNER TO kairo_auth;
REVOKE ALL ON FUNCTION authn.session_touch FROM PUBLIC;
GRANT EXECUTE ON FUNCTION authn.session_touch TO kairo_app;

-- Ends one session or API token of the caller; without an id, the caller's own. A key that may only read
-- ends nothing but itself.
CREATE FUNCTION authn.session_revoke(p_id uuid) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    n integer;
BEGIN
    UPDATE authn.sessions s SET revoked_at = statement_timestamp(), revoke_reason = 'sign_out'
      FROM authn.me m
     WHERE s.id = coalesce(p_id, m.session_id) AND s.user_id = m.user_id AND s.revoked_at IS NULL
       AND s.kind IN ('web', 'key')
       AND ('write' = ANY (m.scopes) OR s.id = m.session_id);
    GET DIAGNOSTICS n = ROW_COUNT;
    RETURN n;
END
$$;
ALTER FUNCTION authn.session_revoke OWNER TO kairo_auth;
REVOKE ALL ON FUNCTION authn.session_revoke FROM PUBLIC;
GRANT EXECUTE ON FUNCTION authn.session_revoke TO kairo_app;

-- Signs out everywhere, by one UPDATE: every browser and job, the asking one too, and the API tokens
-- where the person said so.
CREATE FUNCTION authn.session_revoke_all(p_keys boolean) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    n integer;
BEGIN
    UPDATE authn.sessions s SET revoked_at = statement_timestamp(), revoke_reason = 'everywhere'
      FROM authn.me m
     WHERE s.user_id = m.user_id AND s.revoked_at IS NULL AND m.kind = 'web'
       AND (p_keys OR s.kind <> 'key');
    GET DIAGNOSTICS n = ROW_COUNT;
    RETURN n;
END
$$;
ALTER FUNCTION authn.session_revoke_all OWNER TO kairo_auth;
REVOKE ALL ON FUNCTION authn.session_revoke_all FROM PUBLIC;
GRANT EXECUTE ON FUNCTION authn.session_revoke_all TO kairo_app;
