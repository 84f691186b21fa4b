-- A person who proved a mailbox. No row exists before that proof (pre-account hijack).
CREATE TABLE authn.users (
    id           uuid        PRIMARY KEY,
    email_norm   text        NOT NULL UNIQUE CHECK (octet_length(email_norm) BETWEEN 3 AND 254),
    plan         text        NOT NULL DEFAULT 'free' CHECK (plan IN ('free', 'pro')),
    created_at   timestamptz NOT NULL DEFAULT statement_timestamp(),
    suspended_at timestamptz,
    -- For sessions to carry, so that a look at one does not need the person's row.
    suspended    boolean     NOT NULL DEFAULT false,
    UNIQUE (id, suspended),
    CHECK (suspended = (suspended_at IS NOT NULL))
);
ALTER TABLE authn.users OWNER TO kairo_owner;
ALTER TABLE authn.users ENABLE ROW LEVEL SECURITY;
ALTER TABLE authn.users FORCE ROW LEVEL SECURITY;

GRANT SELECT, INSERT ON authn.users TO kairo_auth;
GRANT UPDATE (plan, suspended_at, suspended) ON authn.users TO kairo_auth;
CREATE POLICY users_select_auth ON authn.users FOR SELECT TO kairo_auth USING (true);
CREATE POLICY users_insert_auth ON authn.users FOR INSERT TO kairo_auth WITH CHECK (true);
CREATE POLICY users_update_auth ON authn.users FOR UPDATE TO kairo_auth USING (true) WITH CHECK (true);
