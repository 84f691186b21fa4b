-- What differs in one occurrence of a series, keyed by the time it would have had.
CREATE TABLE app.item_occurrences (
    id             uuid        PRIMARY KEY,
    user_id        uuid        NOT NULL,
    item_id        uuid        NOT NULL,
    original_local timestamp   NOT NULL,
    change         text        NOT NULL CHECK (change IN ('done', 'skipped', 'moved', 'edited')),
    start_local    timestamp,
    end_local      timestamp,
    body_sealed    bytea,
    created_at     timestamptz NOT NULL DEFAULT statement_timestamp(),
    UNIQUE (user_id, item_id, original_local),
    FOREIGN KEY (user_id, item_id) REFERENCES app.items (user_id, id)
);
ALTER TABLE app.item_occurrences OWNER TO kairo_owner;
ALTER TABLE app.item_occurrences ENABLE ROW LEVEL SECURITY;
ALTER TABLE app.item_occurrences FORCE ROW LEVEL SECURITY;

-- A row that changes goes and comes again: it may get another name among its neighbours.
GRANT SELECT, INSERT, DELETE ON app.item_occurrences TO kairo_app;
GRANT SELECT ON app.item_occurrences TO kairo_worker;
CREATE POLICY item_occurrences_select ON app.item_occurrences FOR SELECT TO kairo_app, kairo_worker
    USING (user_id = (SELECT user_id FROM authn.caller));
CREATE POLICY item_occurrences_insert ON app.item_occurrences FOR INSERT TO kairo_app
    WITH CHECK (user_id = (SELECT user_id FROM authn.caller));
CREATE POLICY item_occurrences_delete ON app.item_occurrences FOR DELETE TO kairo_app
    USING (user_id = (SELECT user_id FROM authn.caller));
CREATE POLICY item_occurrences_insert_scope ON app.item_occurrences AS RESTRICTIVE
    FOR INSERT TO kairo_app
    WITH CHECK ((SELECT 'write' = ANY (scopes) FROM authn.me));
CREATE POLICY item_occurrences_delete_scope ON app.item_occurrences AS RESTRICTIVE
    FOR DELETE TO kairo_app
    USING ((SELECT 'write' = ANY (scopes) FROM authn.me));
