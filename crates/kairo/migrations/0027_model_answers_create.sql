-- What a model answered to a thought, sealed, so that the same thought costs nothing again; and how far the
-- second reading of a thought has come.
--
-- A row is one person's: the key is a digest under a key of theirs, so that nobody learns from a hit what
-- somebody else typed, and the answer is sealed as everything that is theirs.
CREATE TABLE app.model_answers (
    id            uuid        PRIMARY KEY,
    user_id       uuid        NOT NULL REFERENCES authn.users (id),
    -- Keyed digest of SHA-256 over text, zone, reference, prompt and reader.
    key_mac       bytea       NOT NULL CHECK (octet_length(key_mac) = 32),
    model         text        NOT NULL CHECK (model IN ('normal', 'small')),
    answer_sealed bytea       NOT NULL CHECK (octet_length(answer_sealed) <= 16384),
    created_at    timestamptz NOT NULL DEFAULT statement_timestamp(),
    expires_at    timestamptz NOT NULL,
    UNIQUE (user_id, key_mac, model)
);
ALTER TABLE app.model_answers OWNER TO kairo_owner;
ALTER TABLE app.model_answers ENABLE ROW LEVEL SECURITY;
ALTER TABLE app.model_answers FORCE ROW LEVEL SECURITY;
CREATE INDEX model_answers_expires_at ON app.model_answers (expires_at);

GRANT SELECT, INSERT, DELETE ON app.model_answers TO kairo_app;
CREATE POLICY model_answers_select ON app.model_answers FOR SELECT TO kairo_app
    USING (user_id = (SELECT user_id FROM authn.caller));
CREATE POLICY model_answers_insert ON app.model_answers FOR INSERT TO kairo_app
    WITH CHECK (user_id = (SELECT user_id FROM authn.caller));
CREATE POLICY model_answers_insert_scope ON app.model_answers AS RESTRICTIVE FOR INSERT TO kairo_app
    WITH CHECK ((SELECT 'write' = ANY (scopes) FROM authn.me));
CREATE POLICY model_answers_delete ON app.model_answers FOR DELETE TO kairo_app
    USING (user_id = (SELECT user_id FROM authn.caller));
CREATE POLICY model_answers_delete_scope ON app.model_answers AS RESTRICTIVE FOR DELETE TO kairo_app
    USING ((SELECT 'write' = ANY (scopes) FROM authn.me));

-- What has expired goes, whosever it was.
GRANT SELECT (id, expires_at), DELETE ON app.model_answers TO kairo_auth;
CREATE POLICY model_answers_select_auth ON app.model_answers FOR SELECT TO kairo_auth
    USING (expires_at < statement_timestamp());
CREATE POLICY model_answers_delete_auth ON app.model_answers FOR DELETE TO kairo_auth
    USING (expires_at < statement_timestamp());
CREATE FUNCTION authn.answers_purge() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    n integer;
BEGIN
    DELETE FROM app.model_answers WHERE id IN (
        SELECT id FROM app.model_answers WHERE expires_at < statement_timestamp()
         LIMIT 10000);
    GET DIAGNOSTICS n = ROW_COUNT;
    RETURN n;
END
$$;
ALTER FUNCTION authn.answers_purge OWNER TO kairo_auth;
REVOKE ALL ON FUNCTION authn.answers_purge FROM PUBLIC;
GRANT EXECUTE ON FUNCTION authn.answers_purge TO kairo_worker;

-- How far the second reading has come is all that changes of a capture.
GRANT UPDATE (refine) ON app.captures TO kairo_app;
CREATE POLICY captures_update ON app.captures FOR UPDATE TO kairo_app
    USING (user_id = (SELECT user_id FROM authn.caller))
    WITH CHECK (user_id = (SELECT user_id FROM authn.caller));
CREATE POLICY captures_update_scope ON app.captures AS RESTRICTIVE FOR UPDATE TO kairo_app
    USING ((SELECT 'write' = ANY (scopes) FROM authn.me));
