-- What was typed, sealed, and how it was read. `reference_local` and `zone` let the text be read again.
CREATE TABLE app.captures (
    id              uuid        PRIMARY KEY,
    user_id         uuid        NOT NULL REFERENCES authn.users (id),
    text_sealed     bytea       NOT NULL,
    reader_version  text        NOT NULL CHECK (octet_length(reader_version) <= 32),
    confidence      text        NOT NULL CHECK (confidence IN ('sure', 'likely', 'unsure')),
    refine          text        NOT NULL DEFAULT 'none'
        CHECK (refine IN ('none', 'running', 'done', 'refused', 'failed')),
    reference_local timestamp   NOT NULL,
    zone            text        NOT NULL CHECK (octet_length(zone) BETWEEN 1 AND 64),
    created_at      timestamptz NOT NULL DEFAULT statement_timestamp(),
    UNIQUE (user_id, id)
);
ALTER TABLE app.captures OWNER TO kairo_owner;
ALTER TABLE app.captures ENABLE ROW LEVEL SECURITY;
ALTER TABLE app.captures FORCE ROW LEVEL SECURITY;
CREATE INDEX captures_user_id_created_at ON app.captures (user_id, created_at DESC);

GRANT SELECT, INSERT ON app.captures TO kairo_app;
GRANT SELECT ON app.captures TO kairo_worker;
CREATE POLICY captures_select ON app.captures FOR SELECT TO kairo_app, kairo_worker
    USING (user_id = (SELECT user_id FROM authn.caller));
CREATE POLICY captures_insert ON app.captures FOR INSERT TO kairo_app
    WITH CHECK (user_id = (SELECT user_id FROM authn.caller));
CREATE POLICY captures_insert_scope ON app.captures AS RESTRICTIVE FOR INSERT TO kairo_app
    WITH CHECK ((SELECT 'write' = ANY (scopes) FROM authn.me));
