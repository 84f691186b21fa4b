-- One table for every bearer: a browser, an API token, a job. The database never sees the secret: the
-- application sends T = hex(SHA-256("kairo/db/v1" || secret)) behind the kind of bearer ("web:" and T), and
-- this table keeps the SHA-256 of that.
CREATE TABLE authn.sessions (
    id                  uuid        PRIMARY KEY,
    -- The digest of the empty setting must name nobody.
    token_hash          bytea       NOT NULL UNIQUE
        CHECK (octet_length(token_hash) = 32 AND token_hash <> sha256(''::bytea)),
    user_id             uuid        NOT NULL,
    -- Whether the person is suspended. The foreign key below keeps it so: it changes with the person's row,
    -- at once and in every session, and a session that says otherwise cannot be made.
    suspended           boolean     NOT NULL DEFAULT false,
    kind                text        NOT NULL CHECK (kind IN ('web', 'key', 'job')),
    scopes              text[]      NOT NULL CHECK (scopes <@ ARRAY['read', 'write']),
    method              text        NOT NULL CHECK (method IN ('link', 'code', 'host', 'job')),
    aal                 smallint    NOT NULL DEFAULT 1 CHECK (aal BETWEEN 1 AND 3),
    -- A browser family and a system from a closed list, so there is nothing to seal.
    device              text        CHECK (octet_length(device) <= 60),
    -- The name that a person gave to an API token, sealed with that person's key.
    name_sealed         bytea,
    purpose             text        CHECK (purpose IN ('purge', 'refine')),
    created_at          timestamptz NOT NULL DEFAULT statement_timestamp(),
    last_seen_at        timestamptz NOT NULL DEFAULT statement_timestamp(),
    idle_expires_at     timestamptz,
    absolute_expires_at timestamptz,
    revoked_at          timestamptz,
    revoke_reason       text        CHECK (revoke_reason IN ('sign_out', 'everywhere', 'cap', 'rotated')),
    FOREIGN KEY (user_id, suspended) REFERENCES authn.users (id, suspended) ON UPDATE CASCADE,
    CHECK ((kind = 'web') = (idle_expires_at IS NOT NULL)),
    CHECK (kind = 'key' OR absolute_expires_at IS NOT NULL),
    CHECK ((kind = 'job') = (purpose IS NOT NULL)),
    CHECK ((revoked_at IS NULL) = (revoke_reason IS NULL))
) WITH (fillfactor = 80);
ALTER TABLE authn.sessions OWNER TO kairo_owner;
ALTER TABLE authn.sessions ENABLE ROW LEVEL SECURITY;
ALTER TABLE authn.sessions FORCE ROW LEVEL SECURITY;
CREATE INDEX sessions_user_id ON authn.sessions (user_id, created_at DESC);

GRANT SELECT, INSERT ON authn.sessions TO kairo_auth;
GRANT UPDATE (last_seen_at, idle_expires_at, revoked_at, revoke_reason) ON authn.sessions TO kairo_auth;
CREATE POLICY sessions_select_auth ON authn.sessions FOR SELECT TO kairo_auth USING (true);
CREATE POLICY sessions_insert_auth ON authn.sessions FOR INSERT TO kairo_auth WITH CHECK (true);
CREATE POLICY sessions_update_auth ON authn.sessions FOR UPDATE TO kairo_auth
    USING (true) WITH CHECK (true);
-- Only what has been dead for a day may ever go.
GRANT DELETE ON authn.sessions TO kairo_auth;
CREATE POLICY sessions_delete_auth ON authn.sessions FOR DELETE TO kairo_auth
    USING (least(revoked_at, idle_expires_at, absolute_expires_at)
           < statement_timestamp() - interval '1 day');
