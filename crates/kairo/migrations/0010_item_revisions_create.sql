-- What an item was before each change, whole and sealed: what undo restores.
CREATE TABLE app.item_revisions (
    id           uuid        PRIMARY KEY,
    user_id      uuid        NOT NULL,
    item_id      uuid        NOT NULL,
    version      integer     NOT NULL,
    state_sealed bytea       NOT NULL,
    cause        text        NOT NULL
        CHECK (cause IN ('edit', 'done', 'reopen', 'delete', 'undo', 'refine')),
    created_at   timestamptz NOT NULL DEFAULT statement_timestamp(),
    UNIQUE (user_id, item_id, version),
    FOREIGN KEY (user_id, item_id) REFERENCES app.items (user_id, id)
);
ALTER TABLE app.item_revisions OWNER TO kairo_owner;
ALTER TABLE app.item_revisions ENABLE ROW LEVEL SECURITY;
ALTER TABLE app.item_revisions FORCE ROW LEVEL SECURITY;

GRANT SELECT, INSERT ON app.item_revisions TO kairo_app;
GRANT SELECT ON app.item_revisions TO kairo_worker;
CREATE POLICY item_revisions_select ON app.item_revisions FOR SELECT TO kairo_app, kairo_worker
    USING (user_id = (SELECT user_id FROM authn.caller));
CREATE POLICY item_revisions_insert ON app.item_revisions FOR INSERT TO kairo_app
    WITH CHECK (user_id = (SELECT user_id FROM authn.caller));
CREATE POLICY item_revisions_insert_scope ON app.item_revisions AS RESTRICTIVE
    FOR INSERT TO kairo_app
    WITH CHECK ((SELECT 'write' = ANY (scopes) FROM authn.me));
