-- A task, an event or a note. Words are sealed in `body_sealed`; dates, status and kind are plain, for
-- order and search. `start_local` in `zone` is what was meant; the instants are derived from it.
CREATE TABLE app.items (
    id          uuid        PRIMARY KEY,
    user_id     uuid        NOT NULL REFERENCES authn.users (id),
    capture_id  uuid,
    kind        text        NOT NULL CHECK (kind IN ('task', 'event', 'note')),
    status      text        NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'done')),
    body_sealed bytea       NOT NULL,
    priority    smallint    CHECK (priority BETWEEN 1 AND 4),
    start_local timestamp,
    end_local   timestamp,
    all_day     boolean     NOT NULL DEFAULT false,
    role        text        CHECK (role IN ('start', 'due', 'not_before')),
    zone        text        CHECK (octet_length(zone) BETWEEN 1 AND 64),
    start_at    timestamptz,
    end_at      timestamptz,
    rrule       text        CHECK (octet_length(rrule) <= 500),
    anchor      text        CHECK (anchor IN ('due', 'completion')),
    exdates     timestamp[] NOT NULL DEFAULT '{}',
    version     integer     NOT NULL DEFAULT 1,
    created_at  timestamptz NOT NULL DEFAULT statement_timestamp(),
    updated_at  timestamptz NOT NULL DEFAULT statement_timestamp(),
    done_at     timestamptz,
    deleted_at  timestamptz,
    UNIQUE (user_id, id),
    -- The tenant is part of every key: a foreign key alone does not obey the policies.
    FOREIGN KEY (user_id, capture_id) REFERENCES app.captures (user_id, id),
    CHECK ((start_local IS NULL) = (zone IS NULL)),
    CHECK ((start_local IS NULL) = (start_at IS NULL)),
    CHECK ((start_local IS NULL) = (role IS NULL)),
    CHECK ((end_local IS NULL) = (end_at IS NULL)),
    CHECK (end_local IS NULL OR end_local >= start_local),
    CHECK ((rrule IS NULL) = (anchor IS NULL)),
    CHECK ((status = 'done') = (done_at IS NOT NULL))
);
ALTER TABLE app.items OWNER TO kairo_owner;
ALTER TABLE app.items ENABLE ROW LEVEL SECURITY;
ALTER TABLE app.items FORCE ROW LEVEL SECURITY;
CREATE INDEX items_user_id_created_at ON app.items (user_id, created_at DESC);
CREATE INDEX items_user_id_open ON app.items (user_id, start_at) WHERE status = 'open' AND deleted_at IS NULL;
CREATE INDEX items_user_id_done ON app.items (user_id, done_at DESC) WHERE status = 'done' AND deleted_at IS NULL;
CREATE INDEX items_user_id_capture ON app.items (user_id, capture_id);

GRANT SELECT, INSERT ON app.items TO kairo_app;
GRANT SELECT ON app.items TO kairo_worker;
-- Never the tenant, never the capture: a row cannot change hands.
GRANT UPDATE (kind, status, body_sealed, priority, start_local, end_local, all_day, role, zone, start_at,
              end_at, rrule, anchor, exdates, version, updated_at, done_at, deleted_at)
    ON app.items TO kairo_app;
CREATE POLICY items_select ON app.items FOR SELECT TO kairo_app, kairo_worker
    USING (user_id = (SELECT user_id FROM authn.caller));
CREATE POLICY items_insert ON app.items FOR INSERT TO kairo_app
    WITH CHECK (user_id = (SELECT user_id FROM authn.caller));
-- `deleted_at` stands in queries and not here: a SELECT policy that hides deleted rows makes the very
-- UPDATE fail that deletes.
CREATE POLICY items_update ON app.items FOR UPDATE TO kairo_app
    USING (user_id = (SELECT user_id FROM authn.caller))
    WITH CHECK (user_id = (SELECT user_id FROM authn.caller));
CREATE POLICY items_insert_scope ON app.items AS RESTRICTIVE FOR INSERT TO kairo_app
    WITH CHECK ((SELECT 'write' = ANY (scopes) FROM authn.me));
CREATE POLICY items_update_scope ON app.items AS RESTRICTIVE FOR UPDATE TO kairo_app
    USING ((SELECT 'write' = ANY (scopes) FROM authn.me));
