-- The data key of each person, wrapped by the root key, which is never in the database. Deleting the
-- wrapped bytes makes everything that the person wrote unreadable for good.
CREATE TABLE app.data_keys (
    id          uuid        PRIMARY KEY,
    user_id     uuid        NOT NULL REFERENCES authn.users (id),
    root_key_id text        NOT NULL CHECK (octet_length(root_key_id) BETWEEN 32 AND 36),
    -- Version, nonce, key and tag; a longer value would be a place to keep data.
    wrapped     bytea       CHECK (octet_length(wrapped) = 78),
    created_at  timestamptz NOT NULL DEFAULT statement_timestamp(),
    shredded_at timestamptz,
    CHECK ((wrapped IS NULL) = (shredded_at IS NOT NULL))
);
ALTER TABLE app.data_keys OWNER TO kairo_owner;
ALTER TABLE app.data_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE app.data_keys FORCE ROW LEVEL SECURITY;
CREATE INDEX data_keys_user_id ON app.data_keys (user_id, created_at DESC);

GRANT SELECT, INSERT ON app.data_keys TO kairo_auth;
CREATE POLICY data_keys_select_auth ON app.data_keys FOR SELECT TO kairo_auth USING (true);
CREATE POLICY data_keys_insert_auth ON app.data_keys FOR INSERT TO kairo_auth WITH CHECK (true);

-- No other role reads this table: a caller's own wrapped keys come with `authn.my_account`.
