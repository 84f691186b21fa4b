-- API tokens, made on the host. Granted to no runtime role: `kairo token create` signs in as the migrating
-- user and becomes kairo_auth.
CREATE FUNCTION authn.key_create(
    p_user uuid, p_session uuid, p_token_hash bytea, p_name_sealed bytea, p_scopes text[],
    p_expires_at timestamptz, p_plan text, p_keys_max integer
) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    is_suspended boolean;
BEGIN
    SELECT u.suspended INTO STRICT is_suspended FROM authn.users u WHERE u.id = p_user FOR UPDATE;
    IF p_plan IS NOT NULL THEN
        UPDATE authn.users u SET plan = p_plan WHERE u.id = p_user;
    END IF;
    IF (SELECT count(*) FROM authn.live l WHERE l.user_id = p_user AND l.kind = 'key') >= p_keys_max THEN
        RETURN false;
    END IF;
    -- A suspended person's token is made, and works when the suspension is over.
    INSERT INTO authn.sessions (id, token_hash, user_id, suspended, kind, scopes, method, name_sealed,
                                absolute_expires_at)
    VALUES (p_session, p_token_hash, p_user, is_suspended, 'key', p_scopes, 'host', p_name_sealed,
            p_expires_at);
    RETURN true;
END
$$;
ALTER FUNCTION authn.key_create OWNER TO kairo_auth;
REVOKE ALL ON FUNCTION authn.key_create FROM PUBLIC;
