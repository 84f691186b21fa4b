-- One row for each `Idempotency-Key`: a second request with the same key fails here and gets the first
-- answer, built again from the items. `request_mac` is keyed by the person's data key, since a plain
-- digest of a short thought could be guessed.
CREATE TABLE app.capture_keys (
    user_id     uuid        NOT NULL,
    key_hash    bytea       NOT NULL CHECK (octet_length(key_hash) = 32),
    request_mac bytea       NOT NULL CHECK (octet_length(request_mac) = 32),
    capture_id  uuid        NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT statement_timestamp(),
    PRIMARY KEY (user_id, key_hash),
    FOREIGN KEY (user_id, capture_id) REFERENCES app.captures (user_id, id)
);
ALTER TABLE app.capture_keys OWNER TO kairo_owner;
ALTER TABLE app.capture_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE app.capture_keys FORCE ROW LEVEL SECURITY;
-- The foreign key looks here for each capture that is purged.
CREATE INDEX capture_keys_user_id_capture ON app.capture_keys (user_id, capture_id);

GRANT SELECT, INSERT ON app.capture_keys TO kairo_app;
CREATE POLICY capture_keys_select ON app.capture_keys FOR SELECT TO kairo_app
    USING (user_id = (SELECT user_id FROM authn.caller));
CREATE POLICY capture_keys_insert ON app.capture_keys FOR INSERT TO kairo_app
    WITH CHECK (user_id = (SELECT user_id FROM authn.caller));
CREATE POLICY capture_keys_insert_scope ON app.capture_keys AS RESTRICTIVE FOR INSERT TO kairo_app
    WITH CHECK ((SELECT 'write' = ANY (scopes) FROM authn.me));
