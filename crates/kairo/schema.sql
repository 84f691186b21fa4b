-- The schema of Kairo, made from the catalogue after every migration; a test compares. Never
-- edited: KAIRO_SCHEMA_WRITE=1 cargo nextest run -p kairo --test it schema

CREATE ROLE kairo_app LOGIN NOINHERIT;
ALTER ROLE kairo_app SET idle_in_transaction_session_timeout=10s;
ALTER ROLE kairo_app SET lock_timeout=5s;
ALTER ROLE kairo_app SET search_path="";
ALTER ROLE kairo_app SET statement_timeout=10s;
CREATE ROLE kairo_audit NOLOGIN NOINHERIT;
CREATE ROLE kairo_auth NOLOGIN NOINHERIT;
CREATE ROLE kairo_guard NOLOGIN NOINHERIT;
CREATE ROLE kairo_login LOGIN NOINHERIT;
ALTER ROLE kairo_login SET idle_in_transaction_session_timeout=10s;
ALTER ROLE kairo_login SET lock_timeout=5s;
ALTER ROLE kairo_login SET search_path="";
ALTER ROLE kairo_login SET statement_timeout=10s;
CREATE ROLE kairo_owner NOLOGIN NOINHERIT;
CREATE ROLE kairo_support LOGIN NOINHERIT;
ALTER ROLE kairo_support SET idle_in_transaction_session_timeout=10s;
ALTER ROLE kairo_support SET lock_timeout=5s;
ALTER ROLE kairo_support SET search_path="";
ALTER ROLE kairo_support SET statement_timeout=10s;
CREATE ROLE kairo_worker LOGIN NOINHERIT;
ALTER ROLE kairo_worker SET idle_in_transaction_session_timeout=10s;
ALTER ROLE kairo_worker SET lock_timeout=5s;
ALTER ROLE kairo_worker SET search_path="";
ALTER ROLE kairo_worker SET statement_timeout=10s;

-- New functions of kairo_audit: {kairo_audit=X/kairo_audit}
-- New functions of kairo_auth: {kairo_auth=X/kairo_auth}
-- New functions of kairo_guard: {kairo_guard=X/kairo_guard}
-- New functions of kairo_owner: {kairo_owner=X/kairo_owner}
GRANT CONNECT ON DATABASE kairo TO kairo_app;
GRANT CONNECT ON DATABASE kairo TO kairo_login;
GRANT CONNECT ON DATABASE kairo TO kairo_support;
GRANT CONNECT ON DATABASE kairo TO kairo_worker;
GRANT kairo_audit TO kairo_super;
GRANT kairo_auth TO kairo_super;
GRANT kairo_guard TO kairo_super;
GRANT kairo_owner TO kairo_super;

CREATE SCHEMA app AUTHORIZATION kairo_owner;
GRANT USAGE ON SCHEMA app TO kairo_app;
GRANT USAGE ON SCHEMA app TO kairo_auth;
GRANT USAGE ON SCHEMA app TO kairo_worker;

CREATE TABLE app.capture_keys (
    user_id uuid NOT NULL,
    key_hash bytea NOT NULL,
    request_mac bytea NOT NULL,
    capture_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL DEFAULT statement_timestamp(),
    CONSTRAINT capture_keys_pkey PRIMARY KEY (user_id, key_hash),
    CONSTRAINT capture_keys_user_id_capture_id_fkey FOREIGN KEY (user_id, capture_id) REFERENCES app.captures(user_id, id),
    CONSTRAINT capture_keys_key_hash_check CHECK ((octet_length(key_hash) = 32)),
    CONSTRAINT capture_keys_request_mac_check CHECK ((octet_length(request_mac) = 32))
);
ALTER TABLE app.capture_keys OWNER TO kairo_owner;
ALTER TABLE app.capture_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE app.capture_keys FORCE ROW LEVEL SECURITY;
CREATE INDEX capture_keys_user_id_capture ON app.capture_keys USING btree (user_id, capture_id);
GRANT INSERT, SELECT ON app.capture_keys TO kairo_app;
GRANT DELETE, SELECT ON app.capture_keys TO kairo_worker;
CREATE POLICY capture_keys_delete ON app.capture_keys FOR DELETE TO kairo_worker
    USING (((user_id = ( SELECT caller.user_id FROM authn.caller)) AND (created_at < (statement_timestamp() - '30 days'::interval)) AND (NOT (EXISTS ( SELECT FROM app.items i WHERE ((i.user_id = capture_keys.user_id) AND (i.capture_id = capture_keys.capture_id)))))));
CREATE POLICY capture_keys_delete_scope ON app.capture_keys AS RESTRICTIVE FOR DELETE TO kairo_worker
    USING (( SELECT ('write'::text = ANY (me.scopes)) FROM authn.me));
CREATE POLICY capture_keys_insert ON app.capture_keys FOR INSERT TO kairo_app
    WITH CHECK ((user_id = ( SELECT caller.user_id FROM authn.caller)));
CREATE POLICY capture_keys_insert_scope ON app.capture_keys AS RESTRICTIVE FOR INSERT TO kairo_app
    WITH CHECK (( SELECT ('write'::text = ANY (me.scopes)) FROM authn.me));
CREATE POLICY capture_keys_select ON app.capture_keys FOR SELECT TO kairo_app
    USING ((user_id = ( SELECT caller.user_id FROM authn.caller)));
CREATE POLICY capture_keys_select_worker ON app.capture_keys FOR SELECT TO kairo_worker
    USING ((user_id = ( SELECT caller.user_id FROM authn.caller)));

CREATE TABLE app.captures (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    text_sealed bytea NOT NULL,
    reader_version text NOT NULL,
    confidence text NOT NULL,
    refine text NOT NULL DEFAULT 'none'::text,
    reference_local timestamp without time zone NOT NULL,
    zone text NOT NULL,
    created_at timestamp with time zone NOT NULL DEFAULT statement_timestamp(),
    CONSTRAINT captures_pkey PRIMARY KEY (id),
    CONSTRAINT captures_user_id_id_key UNIQUE (user_id, id),
    CONSTRAINT captures_user_id_fkey FOREIGN KEY (user_id) REFERENCES authn.users(id),
    CONSTRAINT captures_confidence_check CHECK ((confidence = ANY (ARRAY['sure'::text, 'likely'::text, 'unsure'::text]))),
    CONSTRAINT captures_reader_version_check CHECK ((octet_length(reader_version) <= 32)),
    CONSTRAINT captures_refine_check CHECK ((refine = ANY (ARRAY['none'::text, 'running'::text, 'done'::text, 'refused'::text, 'failed'::text]))),
    CONSTRAINT captures_zone_check CHECK (((octet_length(zone) >= 1) AND (octet_length(zone) <= 64)))
);
ALTER TABLE app.captures OWNER TO kairo_owner;
ALTER TABLE app.captures ENABLE ROW LEVEL SECURITY;
ALTER TABLE app.captures FORCE ROW LEVEL SECURITY;
CREATE INDEX captures_user_id_created_at ON app.captures USING btree (user_id, created_at DESC);
GRANT INSERT, SELECT, UPDATE (refine) ON app.captures TO kairo_app;
GRANT DELETE, SELECT ON app.captures TO kairo_worker;
CREATE POLICY captures_delete ON app.captures FOR DELETE TO kairo_worker
    USING (((user_id = ( SELECT caller.user_id FROM authn.caller)) AND (created_at < (statement_timestamp() - '30 days'::interval)) AND (NOT (EXISTS ( SELECT FROM app.items i WHERE ((i.user_id = captures.user_id) AND (i.capture_id = captures.id)))))));
CREATE POLICY captures_delete_scope ON app.captures AS RESTRICTIVE FOR DELETE TO kairo_worker
    USING (( SELECT ('write'::text = ANY (me.scopes)) FROM authn.me));
CREATE POLICY captures_insert ON app.captures FOR INSERT TO kairo_app
    WITH CHECK ((user_id = ( SELECT caller.user_id FROM authn.caller)));
CREATE POLICY captures_insert_scope ON app.captures AS RESTRICTIVE FOR INSERT TO kairo_app
    WITH CHECK (( SELECT ('write'::text = ANY (me.scopes)) FROM authn.me));
CREATE POLICY captures_select ON app.captures FOR SELECT TO kairo_app, kairo_worker
    USING ((user_id = ( SELECT caller.user_id FROM authn.caller)));
CREATE POLICY captures_update ON app.captures FOR UPDATE TO kairo_app
    USING ((user_id = ( SELECT caller.user_id FROM authn.caller)))
    WITH CHECK ((user_id = ( SELECT caller.user_id FROM authn.caller)));
CREATE POLICY captures_update_scope ON app.captures AS RESTRICTIVE FOR UPDATE TO kairo_app
    USING (( SELECT ('write'::text = ANY (me.scopes)) FROM authn.me));

CREATE TABLE app.data_keys (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    root_key_id text NOT NULL,
    wrapped bytea,
    created_at timestamp with time zone NOT NULL DEFAULT statement_timestamp(),
    shredded_at timestamp with time zone,
    CONSTRAINT data_keys_pkey PRIMARY KEY (id),
    CONSTRAINT data_keys_user_id_fkey FOREIGN KEY (user_id) REFERENCES authn.users(id),
    CONSTRAINT data_keys_check CHECK (((wrapped IS NULL) = (shredded_at IS NOT NULL))),
    CONSTRAINT data_keys_root_key_id_check CHECK (((octet_length(root_key_id) >= 32) AND (octet_length(root_key_id) <= 36))),
    CONSTRAINT data_keys_wrapped_check CHECK ((octet_length(wrapped) = 78))
);
ALTER TABLE app.data_keys OWNER TO kairo_owner;
ALTER TABLE app.data_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE app.data_keys FORCE ROW LEVEL SECURITY;
CREATE INDEX data_keys_user_id ON app.data_keys USING btree (user_id, created_at DESC);
GRANT INSERT, SELECT ON app.data_keys TO kairo_auth;
CREATE POLICY data_keys_insert_auth ON app.data_keys FOR INSERT TO kairo_auth
    WITH CHECK (true);
CREATE POLICY data_keys_select_auth ON app.data_keys FOR SELECT TO kairo_auth
    USING (true);

CREATE TABLE app.item_occurrences (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    item_id uuid NOT NULL,
    original_local timestamp without time zone NOT NULL,
    change text NOT NULL,
    start_local timestamp without time zone,
    end_local timestamp without time zone,
    body_sealed bytea,
    created_at timestamp with time zone NOT NULL DEFAULT statement_timestamp(),
    all_day boolean NOT NULL DEFAULT false,
    settled_at timestamp with time zone,
    CONSTRAINT item_occurrences_pkey PRIMARY KEY (id),
    CONSTRAINT item_occurrences_user_id_item_id_original_local_key UNIQUE (user_id, item_id, original_local),
    CONSTRAINT item_occurrences_user_id_item_id_fkey FOREIGN KEY (user_id, item_id) REFERENCES app.items(user_id, id),
    CONSTRAINT item_occurrences_change_check CHECK ((change = ANY (ARRAY['done'::text, 'skipped'::text, 'moved'::text, 'edited'::text]))),
    CONSTRAINT item_occurrences_settled_check CHECK (((change = ANY (ARRAY['done'::text, 'skipped'::text])) = (settled_at IS NOT NULL))),
    CONSTRAINT item_occurrences_times_check CHECK (((end_local IS NULL) OR ((start_local IS NOT NULL) AND (end_local >= start_local))))
);
ALTER TABLE app.item_occurrences OWNER TO kairo_owner;
ALTER TABLE app.item_occurrences ENABLE ROW LEVEL SECURITY;
ALTER TABLE app.item_occurrences FORCE ROW LEVEL SECURITY;
CREATE INDEX item_occurrences_user_id_not_done ON app.item_occurrences USING btree (user_id) WHERE (change <> 'done'::text);
CREATE INDEX item_occurrences_user_id_original ON app.item_occurrences USING btree (user_id, original_local);
CREATE INDEX item_occurrences_user_id_settled ON app.item_occurrences USING btree (user_id, settled_at DESC) WHERE (settled_at IS NOT NULL);
GRANT DELETE, INSERT, SELECT ON app.item_occurrences TO kairo_app;
GRANT DELETE, SELECT ON app.item_occurrences TO kairo_worker;
CREATE POLICY item_occurrences_delete ON app.item_occurrences FOR DELETE TO kairo_app
    USING ((user_id = ( SELECT caller.user_id FROM authn.caller)));
CREATE POLICY item_occurrences_delete_scope ON app.item_occurrences AS RESTRICTIVE FOR DELETE TO kairo_app
    USING (( SELECT ('write'::text = ANY (me.scopes)) FROM authn.me));
CREATE POLICY item_occurrences_delete_worker ON app.item_occurrences FOR DELETE TO kairo_worker
    USING (((user_id = ( SELECT caller.user_id FROM authn.caller)) AND (EXISTS ( SELECT FROM app.items i WHERE ((i.user_id = item_occurrences.user_id) AND (i.id = item_occurrences.item_id) AND (i.deleted_at < (statement_timestamp() - '30 days'::interval)))))));
CREATE POLICY item_occurrences_delete_worker_scope ON app.item_occurrences AS RESTRICTIVE FOR DELETE TO kairo_worker
    USING (( SELECT ('write'::text = ANY (me.scopes)) FROM authn.me));
CREATE POLICY item_occurrences_insert ON app.item_occurrences FOR INSERT TO kairo_app
    WITH CHECK ((user_id = ( SELECT caller.user_id FROM authn.caller)));
CREATE POLICY item_occurrences_insert_scope ON app.item_occurrences AS RESTRICTIVE FOR INSERT TO kairo_app
    WITH CHECK (( SELECT ('write'::text = ANY (me.scopes)) FROM authn.me));
CREATE POLICY item_occurrences_select ON app.item_occurrences FOR SELECT TO kairo_app, kairo_worker
    USING ((user_id = ( SELECT caller.user_id FROM authn.caller)));

CREATE TABLE app.item_revisions (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    item_id uuid NOT NULL,
    version integer NOT NULL,
    state_sealed bytea NOT NULL,
    cause text NOT NULL,
    created_at timestamp with time zone NOT NULL DEFAULT statement_timestamp(),
    CONSTRAINT item_revisions_pkey PRIMARY KEY (id),
    CONSTRAINT item_revisions_user_id_item_id_version_key UNIQUE (user_id, item_id, version),
    CONSTRAINT item_revisions_user_id_item_id_fkey FOREIGN KEY (user_id, item_id) REFERENCES app.items(user_id, id),
    CONSTRAINT item_revisions_cause_check CHECK ((cause = ANY (ARRAY['edit'::text, 'done'::text, 'reopen'::text, 'skip'::text, 'split'::text, 'delete'::text, 'undo'::text, 'refine'::text])))
);
ALTER TABLE app.item_revisions OWNER TO kairo_owner;
ALTER TABLE app.item_revisions ENABLE ROW LEVEL SECURITY;
ALTER TABLE app.item_revisions FORCE ROW LEVEL SECURITY;
GRANT INSERT, SELECT ON app.item_revisions TO kairo_app;
GRANT DELETE, SELECT ON app.item_revisions TO kairo_worker;
CREATE POLICY item_revisions_delete ON app.item_revisions FOR DELETE TO kairo_worker
    USING (((user_id = ( SELECT caller.user_id FROM authn.caller)) AND (EXISTS ( SELECT FROM app.items i WHERE ((i.user_id = item_revisions.user_id) AND (i.id = item_revisions.item_id) AND (i.deleted_at < (statement_timestamp() - '30 days'::interval)))))));
CREATE POLICY item_revisions_delete_scope ON app.item_revisions AS RESTRICTIVE FOR DELETE TO kairo_worker
    USING (( SELECT ('write'::text = ANY (me.scopes)) FROM authn.me));
CREATE POLICY item_revisions_insert ON app.item_revisions FOR INSERT TO kairo_app
    WITH CHECK ((user_id = ( SELECT caller.user_id FROM authn.caller)));
CREATE POLICY item_revisions_insert_scope ON app.item_revisions AS RESTRICTIVE FOR INSERT TO kairo_app
    WITH CHECK (( SELECT ('write'::text = ANY (me.scopes)) FROM authn.me));
CREATE POLICY item_revisions_select ON app.item_revisions FOR SELECT TO kairo_app, kairo_worker
    USING ((user_id = ( SELECT caller.user_id FROM authn.caller)));

CREATE TABLE app.items (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    capture_id uuid,
    kind text NOT NULL,
    status text NOT NULL DEFAULT 'open'::text,
    body_sealed bytea NOT NULL,
    priority smallint,
    start_local timestamp without time zone,
    end_local timestamp without time zone,
    all_day boolean NOT NULL DEFAULT false,
    role text,
    zone text,
    start_at timestamp with time zone,
    end_at timestamp with time zone,
    rrule text,
    anchor text,
    exdates timestamp without time zone[] NOT NULL DEFAULT '{}'::timestamp without time zone[],
    version integer NOT NULL DEFAULT 1,
    created_at timestamp with time zone NOT NULL DEFAULT statement_timestamp(),
    updated_at timestamp with time zone NOT NULL DEFAULT statement_timestamp(),
    done_at timestamp with time zone,
    deleted_at timestamp with time zone,
    CONSTRAINT items_pkey PRIMARY KEY (id),
    CONSTRAINT items_user_id_id_key UNIQUE (user_id, id),
    CONSTRAINT items_user_id_capture_id_fkey FOREIGN KEY (user_id, capture_id) REFERENCES app.captures(user_id, id),
    CONSTRAINT items_user_id_fkey FOREIGN KEY (user_id) REFERENCES authn.users(id),
    CONSTRAINT items_anchor_check CHECK ((anchor = ANY (ARRAY['due'::text, 'completion'::text]))),
    CONSTRAINT items_check CHECK (((start_local IS NULL) = (zone IS NULL))),
    CONSTRAINT items_check1 CHECK (((start_local IS NULL) = (start_at IS NULL))),
    CONSTRAINT items_check2 CHECK (((start_local IS NULL) = (role IS NULL))),
    CONSTRAINT items_check3 CHECK (((end_local IS NULL) = (end_at IS NULL))),
    CONSTRAINT items_check4 CHECK (((end_local IS NULL) OR (end_local >= start_local))),
    CONSTRAINT items_check5 CHECK (((rrule IS NULL) = (anchor IS NULL))),
    CONSTRAINT items_check6 CHECK (((status = 'done'::text) = (done_at IS NOT NULL))),
    CONSTRAINT items_kind_check CHECK ((kind = ANY (ARRAY['task'::text, 'event'::text, 'note'::text]))),
    CONSTRAINT items_priority_check CHECK (((priority >= 1) AND (priority <= 4))),
    CONSTRAINT items_role_check CHECK ((role = ANY (ARRAY['start'::text, 'due'::text, 'not_before'::text]))),
    CONSTRAINT items_rrule_check CHECK ((octet_length(rrule) <= 500)),
    CONSTRAINT items_status_check CHECK ((status = ANY (ARRAY['open'::text, 'done'::text]))),
    CONSTRAINT items_zone_check CHECK (((octet_length(zone) >= 1) AND (octet_length(zone) <= 64)))
);
ALTER TABLE app.items OWNER TO kairo_owner;
ALTER TABLE app.items ENABLE ROW LEVEL SECURITY;
ALTER TABLE app.items FORCE ROW LEVEL SECURITY;
CREATE INDEX items_deleted_at ON app.items USING btree (deleted_at) WHERE (deleted_at IS NOT NULL);
CREATE INDEX items_user_id_capture ON app.items USING btree (user_id, capture_id);
CREATE INDEX items_user_id_created_at ON app.items USING btree (user_id, created_at DESC);
CREATE INDEX items_user_id_done ON app.items USING btree (user_id, done_at DESC) WHERE ((status = 'done'::text) AND (deleted_at IS NULL));
CREATE INDEX items_user_id_open ON app.items USING btree (user_id, start_at) WHERE ((status = 'open'::text) AND (deleted_at IS NULL));
GRANT INSERT, SELECT, UPDATE (kind, status, body_sealed, priority, start_local, end_local, all_day, role, zone, start_at, end_at, rrule, anchor, exdates, version, updated_at, done_at, deleted_at) ON app.items TO kairo_app;
GRANT SELECT (user_id, deleted_at) ON app.items TO kairo_auth;
GRANT DELETE, SELECT ON app.items TO kairo_worker;
CREATE POLICY items_delete ON app.items FOR DELETE TO kairo_worker
    USING (((user_id = ( SELECT caller.user_id FROM authn.caller)) AND (deleted_at < (statement_timestamp() - '30 days'::interval))));
CREATE POLICY items_delete_scope ON app.items AS RESTRICTIVE FOR DELETE TO kairo_worker
    USING (( SELECT ('write'::text = ANY (me.scopes)) FROM authn.me));
CREATE POLICY items_insert ON app.items FOR INSERT TO kairo_app
    WITH CHECK ((user_id = ( SELECT caller.user_id FROM authn.caller)));
CREATE POLICY items_insert_scope ON app.items AS RESTRICTIVE FOR INSERT TO kairo_app
    WITH CHECK (( SELECT ('write'::text = ANY (me.scopes)) FROM authn.me));
CREATE POLICY items_select ON app.items FOR SELECT TO kairo_app, kairo_worker
    USING ((user_id = ( SELECT caller.user_id FROM authn.caller)));
CREATE POLICY items_select_auth ON app.items FOR SELECT TO kairo_auth
    USING ((deleted_at IS NOT NULL));
CREATE POLICY items_update ON app.items FOR UPDATE TO kairo_app
    USING ((user_id = ( SELECT caller.user_id FROM authn.caller)))
    WITH CHECK ((user_id = ( SELECT caller.user_id FROM authn.caller)));
CREATE POLICY items_update_scope ON app.items AS RESTRICTIVE FOR UPDATE TO kairo_app
    USING (( SELECT ('write'::text = ANY (me.scopes)) FROM authn.me));

CREATE TABLE app.key_ring (
    one boolean NOT NULL DEFAULT true,
    fingerprint bytea NOT NULL,
    CONSTRAINT key_ring_pkey PRIMARY KEY (one),
    CONSTRAINT key_ring_fingerprint_check CHECK ((octet_length(fingerprint) = 32)),
    CONSTRAINT key_ring_one_check CHECK (one)
);
ALTER TABLE app.key_ring OWNER TO kairo_owner;
ALTER TABLE app.key_ring ENABLE ROW LEVEL SECURITY;
ALTER TABLE app.key_ring FORCE ROW LEVEL SECURITY;
GRANT SELECT ON app.key_ring TO kairo_app;
GRANT INSERT, SELECT ON app.key_ring TO kairo_auth;
CREATE POLICY key_ring_insert_auth ON app.key_ring FOR INSERT TO kairo_auth
    WITH CHECK (true);
CREATE POLICY key_ring_select ON app.key_ring FOR SELECT TO kairo_app
    USING (one);
CREATE POLICY key_ring_select_auth ON app.key_ring FOR SELECT TO kairo_auth
    USING (true);

CREATE TABLE app.model_answers (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    key_mac bytea NOT NULL,
    model text NOT NULL,
    answer_sealed bytea NOT NULL,
    created_at timestamp with time zone NOT NULL DEFAULT statement_timestamp(),
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT model_answers_pkey PRIMARY KEY (id),
    CONSTRAINT model_answers_user_id_key_mac_model_key UNIQUE (user_id, key_mac, model),
    CONSTRAINT model_answers_user_id_fkey FOREIGN KEY (user_id) REFERENCES authn.users(id),
    CONSTRAINT model_answers_answer_sealed_check CHECK ((octet_length(answer_sealed) <= 16384)),
    CONSTRAINT model_answers_key_mac_check CHECK ((octet_length(key_mac) = 32)),
    CONSTRAINT model_answers_model_check CHECK ((model = ANY (ARRAY['normal'::text, 'small'::text])))
);
ALTER TABLE app.model_answers OWNER TO kairo_owner;
ALTER TABLE app.model_answers ENABLE ROW LEVEL SECURITY;
ALTER TABLE app.model_answers FORCE ROW LEVEL SECURITY;
CREATE INDEX model_answers_expires_at ON app.model_answers USING btree (expires_at);
GRANT DELETE, INSERT, SELECT ON app.model_answers TO kairo_app;
GRANT DELETE, SELECT (id, expires_at) ON app.model_answers TO kairo_auth;
CREATE POLICY model_answers_delete ON app.model_answers FOR DELETE TO kairo_app
    USING ((user_id = ( SELECT caller.user_id FROM authn.caller)));
CREATE POLICY model_answers_delete_auth ON app.model_answers FOR DELETE TO kairo_auth
    USING ((expires_at < statement_timestamp()));
CREATE POLICY model_answers_delete_scope ON app.model_answers AS RESTRICTIVE FOR DELETE TO kairo_app
    USING (( SELECT ('write'::text = ANY (me.scopes)) FROM authn.me));
CREATE POLICY model_answers_insert ON app.model_answers FOR INSERT TO kairo_app
    WITH CHECK ((user_id = ( SELECT caller.user_id FROM authn.caller)));
CREATE POLICY model_answers_insert_scope ON app.model_answers AS RESTRICTIVE FOR INSERT TO kairo_app
    WITH CHECK (( SELECT ('write'::text = ANY (me.scopes)) FROM authn.me));
CREATE POLICY model_answers_select ON app.model_answers FOR SELECT TO kairo_app
    USING ((user_id = ( SELECT caller.user_id FROM authn.caller)));
CREATE POLICY model_answers_select_auth ON app.model_answers FOR SELECT TO kairo_auth
    USING ((expires_at < statement_timestamp()));

CREATE TABLE app.settings (
    user_id uuid NOT NULL,
    time_zone text NOT NULL,
    week_start smallint NOT NULL DEFAULT 1,
    day_first boolean NOT NULL DEFAULT false,
    single_keys boolean NOT NULL DEFAULT true,
    version integer NOT NULL DEFAULT 1,
    CONSTRAINT settings_pkey PRIMARY KEY (user_id),
    CONSTRAINT settings_user_id_fkey FOREIGN KEY (user_id) REFERENCES authn.users(id),
    CONSTRAINT settings_time_zone_check CHECK (((octet_length(time_zone) >= 1) AND (octet_length(time_zone) <= 64))),
    CONSTRAINT settings_week_start_check CHECK ((week_start = ANY (ARRAY[1, 6, 7])))
);
ALTER TABLE app.settings OWNER TO kairo_owner;
ALTER TABLE app.settings ENABLE ROW LEVEL SECURITY;
ALTER TABLE app.settings FORCE ROW LEVEL SECURITY;
GRANT SELECT, UPDATE (time_zone, week_start, day_first, single_keys, version) ON app.settings TO kairo_app;
GRANT INSERT, SELECT, UPDATE (time_zone) ON app.settings TO kairo_auth;
GRANT SELECT ON app.settings TO kairo_worker;
CREATE POLICY settings_insert_auth ON app.settings FOR INSERT TO kairo_auth
    WITH CHECK (true);
CREATE POLICY settings_select ON app.settings FOR SELECT TO kairo_app, kairo_worker
    USING ((user_id = ( SELECT caller.user_id FROM authn.caller)));
CREATE POLICY settings_select_auth ON app.settings FOR SELECT TO kairo_auth
    USING (true);
CREATE POLICY settings_update ON app.settings FOR UPDATE TO kairo_app
    USING ((user_id = ( SELECT caller.user_id FROM authn.caller)))
    WITH CHECK ((user_id = ( SELECT caller.user_id FROM authn.caller)));
CREATE POLICY settings_update_auth ON app.settings FOR UPDATE TO kairo_auth
    USING ((version = 1))
    WITH CHECK ((version = 1));
CREATE POLICY settings_update_scope ON app.settings AS RESTRICTIVE FOR UPDATE TO kairo_app
    USING (( SELECT ('write'::text = ANY (me.scopes)) FROM authn.me));

CREATE SCHEMA authn AUTHORIZATION kairo_owner;
GRANT USAGE ON SCHEMA authn TO kairo_app;
GRANT CREATE, USAGE ON SCHEMA authn TO kairo_auth;
GRANT USAGE ON SCHEMA authn TO kairo_guard;
GRANT USAGE ON SCHEMA authn TO kairo_login;
GRANT USAGE ON SCHEMA authn TO kairo_worker;

CREATE VIEW authn.caller WITH (security_barrier=true) AS
 SELECT l.user_id
   FROM authn.live l
  WHERE (l.token_hash = sha256(convert_to(current_setting('kairo.session'::text, true), 'utf8'::name)));
ALTER VIEW authn.caller OWNER TO kairo_auth;
GRANT SELECT ON authn.caller TO kairo_app;
GRANT SELECT ON authn.caller TO kairo_worker;

CREATE VIEW authn.live AS
 SELECT s.id,
    s.token_hash,
    s.user_id,
    s.kind,
    s.scopes,
    s.aal,
    s.purpose,
    s.last_seen_at,
    u.email_norm,
    u.plan
   FROM (authn.sessions s
     LEFT JOIN authn.users u ON ((u.id = s.user_id)))
  WHERE ((s.revoked_at IS NULL) AND (COALESCE(LEAST(s.idle_expires_at, s.absolute_expires_at), 'infinity'::timestamp with time zone) > statement_timestamp()) AND (NOT s.suspended));
ALTER VIEW authn.live OWNER TO kairo_auth;
GRANT SELECT ON authn.live TO kairo_guard;

CREATE VIEW authn.me WITH (security_barrier=true) AS
 SELECT l.user_id,
    l.id AS session_id,
    l.kind,
    l.scopes,
    l.aal,
    l.last_seen_at,
    l.email_norm,
    l.plan
   FROM authn.live l
  WHERE (l.token_hash = sha256(convert_to(current_setting('kairo.session'::text, true), 'utf8'::name)));
ALTER VIEW authn.me OWNER TO kairo_auth;
GRANT SELECT ON authn.me TO kairo_app;
GRANT SELECT ON authn.me TO kairo_guard;
GRANT SELECT ON authn.me TO kairo_worker;

CREATE VIEW authn.my_account WITH (security_barrier=true) AS
 SELECT m.user_id,
    m.session_id,
    m.kind,
    m.scopes,
    m.last_seen_at,
    m.email_norm,
    s.time_zone,
    s.week_start,
    s.day_first,
    s.single_keys,
    s.version,
    k.id AS key_id,
    k.root_key_id,
    k.wrapped,
    k.created_at AS key_created_at
   FROM ((authn.me m
     JOIN app.settings s ON ((s.user_id = m.user_id)))
     LEFT JOIN app.data_keys k ON (((k.user_id = m.user_id) AND (k.wrapped IS NOT NULL))));
ALTER VIEW authn.my_account OWNER TO kairo_auth;
GRANT SELECT ON authn.my_account TO kairo_app;

CREATE TABLE authn.proof_address_budgets (
    email_norm text NOT NULL,
    hour_start timestamp with time zone NOT NULL,
    sent integer NOT NULL,
    CONSTRAINT proof_address_budgets_pkey PRIMARY KEY (email_norm),
    CONSTRAINT proof_address_budgets_email_norm_check CHECK (((octet_length(email_norm) >= 3) AND (octet_length(email_norm) <= 254)))
);
ALTER TABLE authn.proof_address_budgets OWNER TO kairo_owner;
ALTER TABLE authn.proof_address_budgets ENABLE ROW LEVEL SECURITY;
ALTER TABLE authn.proof_address_budgets FORCE ROW LEVEL SECURITY;
CREATE INDEX proof_address_budgets_hour_start ON authn.proof_address_budgets USING btree (hour_start);
GRANT DELETE, INSERT, SELECT, UPDATE (hour_start, sent) ON authn.proof_address_budgets TO kairo_auth;
CREATE POLICY proof_address_budgets_delete_auth ON authn.proof_address_budgets FOR DELETE TO kairo_auth
    USING (true);
CREATE POLICY proof_address_budgets_insert_auth ON authn.proof_address_budgets FOR INSERT TO kairo_auth
    WITH CHECK (true);
CREATE POLICY proof_address_budgets_select_auth ON authn.proof_address_budgets FOR SELECT TO kairo_auth
    USING (true);
CREATE POLICY proof_address_budgets_update_auth ON authn.proof_address_budgets FOR UPDATE TO kairo_auth
    USING (true)
    WITH CHECK (true);

CREATE TABLE authn.proof_budgets (
    email_norm text NOT NULL,
    source bytea NOT NULL,
    hour_start timestamp with time zone NOT NULL,
    sent integer NOT NULL,
    last_at timestamp with time zone NOT NULL,
    CONSTRAINT proof_budgets_pkey PRIMARY KEY (email_norm, source),
    CONSTRAINT proof_budgets_email_norm_check CHECK (((octet_length(email_norm) >= 3) AND (octet_length(email_norm) <= 254))),
    CONSTRAINT proof_budgets_source_check CHECK ((octet_length(source) = 32))
);
ALTER TABLE authn.proof_budgets OWNER TO kairo_owner;
ALTER TABLE authn.proof_budgets ENABLE ROW LEVEL SECURITY;
ALTER TABLE authn.proof_budgets FORCE ROW LEVEL SECURITY;
CREATE INDEX proof_budgets_last_at ON authn.proof_budgets USING btree (last_at);
GRANT DELETE, INSERT, SELECT, UPDATE (hour_start, sent, last_at) ON authn.proof_budgets TO kairo_auth;
CREATE POLICY proof_budgets_delete_auth ON authn.proof_budgets FOR DELETE TO kairo_auth
    USING (true);
CREATE POLICY proof_budgets_insert_auth ON authn.proof_budgets FOR INSERT TO kairo_auth
    WITH CHECK (true);
CREATE POLICY proof_budgets_select_auth ON authn.proof_budgets FOR SELECT TO kairo_auth
    USING (true);
CREATE POLICY proof_budgets_update_auth ON authn.proof_budgets FOR UPDATE TO kairo_auth
    USING (true)
    WITH CHECK (true);

CREATE TABLE authn.proofs (
    id uuid NOT NULL,
    purpose text NOT NULL,
    email_norm text NOT NULL,
    link_hash bytea NOT NULL,
    binding_hash bytea NOT NULL,
    code_mac bytea NOT NULL,
    tries smallint NOT NULL DEFAULT 0,
    created_at timestamp with time zone NOT NULL DEFAULT statement_timestamp(),
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    superseded_at timestamp with time zone,
    CONSTRAINT proofs_pkey PRIMARY KEY (id),
    CONSTRAINT proofs_binding_hash_key UNIQUE (binding_hash),
    CONSTRAINT proofs_link_hash_key UNIQUE (link_hash),
    CONSTRAINT proofs_binding_hash_check CHECK ((octet_length(binding_hash) = 32)),
    CONSTRAINT proofs_code_mac_check CHECK ((octet_length(code_mac) = 32)),
    CONSTRAINT proofs_email_norm_check CHECK (((octet_length(email_norm) >= 3) AND (octet_length(email_norm) <= 254))),
    CONSTRAINT proofs_link_hash_check CHECK ((octet_length(link_hash) = 32)),
    CONSTRAINT proofs_purpose_check CHECK ((purpose = 'sign_in'::text))
);
ALTER TABLE authn.proofs OWNER TO kairo_owner;
ALTER TABLE authn.proofs ENABLE ROW LEVEL SECURITY;
ALTER TABLE authn.proofs FORCE ROW LEVEL SECURITY;
CREATE INDEX proofs_email_norm ON authn.proofs USING btree (email_norm, created_at DESC);
CREATE INDEX proofs_expires_at ON authn.proofs USING btree (expires_at);
GRANT DELETE, INSERT, SELECT, UPDATE (tries, used_at, superseded_at) ON authn.proofs TO kairo_auth;
CREATE POLICY proofs_delete_auth ON authn.proofs FOR DELETE TO kairo_auth
    USING (true);
CREATE POLICY proofs_insert_auth ON authn.proofs FOR INSERT TO kairo_auth
    WITH CHECK (true);
CREATE POLICY proofs_select_auth ON authn.proofs FOR SELECT TO kairo_auth
    USING (true);
CREATE POLICY proofs_update_auth ON authn.proofs FOR UPDATE TO kairo_auth
    USING (true)
    WITH CHECK (true);

CREATE TABLE authn.sessions (
    id uuid NOT NULL,
    token_hash bytea NOT NULL,
    user_id uuid NOT NULL,
    suspended boolean NOT NULL DEFAULT false,
    kind text NOT NULL,
    scopes text[] NOT NULL,
    method text NOT NULL,
    aal smallint NOT NULL DEFAULT 1,
    device text,
    name_sealed bytea,
    purpose text,
    created_at timestamp with time zone NOT NULL DEFAULT statement_timestamp(),
    last_seen_at timestamp with time zone NOT NULL DEFAULT statement_timestamp(),
    idle_expires_at timestamp with time zone,
    absolute_expires_at timestamp with time zone,
    revoked_at timestamp with time zone,
    revoke_reason text,
    CONSTRAINT sessions_pkey PRIMARY KEY (id),
    CONSTRAINT sessions_token_hash_key UNIQUE (token_hash),
    CONSTRAINT sessions_user_id_suspended_fkey FOREIGN KEY (user_id, suspended) REFERENCES authn.users(id, suspended) ON UPDATE CASCADE,
    CONSTRAINT sessions_aal_check CHECK (((aal >= 1) AND (aal <= 3))),
    CONSTRAINT sessions_check CHECK (((kind = 'web'::text) = (idle_expires_at IS NOT NULL))),
    CONSTRAINT sessions_check1 CHECK (((kind = 'key'::text) OR (absolute_expires_at IS NOT NULL))),
    CONSTRAINT sessions_check2 CHECK (((kind = 'job'::text) = (purpose IS NOT NULL))),
    CONSTRAINT sessions_check3 CHECK (((revoked_at IS NULL) = (revoke_reason IS NULL))),
    CONSTRAINT sessions_device_check CHECK ((octet_length(device) <= 60)),
    CONSTRAINT sessions_kind_check CHECK ((kind = ANY (ARRAY['web'::text, 'key'::text, 'job'::text]))),
    CONSTRAINT sessions_method_check CHECK ((method = ANY (ARRAY['link'::text, 'code'::text, 'host'::text, 'job'::text]))),
    CONSTRAINT sessions_purpose_check CHECK ((purpose = ANY (ARRAY['purge'::text, 'refine'::text]))),
    CONSTRAINT sessions_revoke_reason_check CHECK ((revoke_reason = ANY (ARRAY['sign_out'::text, 'everywhere'::text, 'cap'::text, 'rotated'::text]))),
    CONSTRAINT sessions_scopes_check CHECK ((scopes <@ ARRAY['read'::text, 'write'::text])),
    CONSTRAINT sessions_token_hash_check CHECK (((octet_length(token_hash) = 32) AND (token_hash <> sha256('\x'::bytea))))
);
ALTER TABLE authn.sessions OWNER TO kairo_owner;
ALTER TABLE authn.sessions SET (fillfactor=80);
ALTER TABLE authn.sessions ENABLE ROW LEVEL SECURITY;
ALTER TABLE authn.sessions FORCE ROW LEVEL SECURITY;
CREATE INDEX sessions_user_id ON authn.sessions USING btree (user_id, created_at DESC);
GRANT DELETE, INSERT, SELECT, UPDATE (last_seen_at, idle_expires_at, revoked_at, revoke_reason) ON authn.sessions TO kairo_auth;
CREATE POLICY sessions_delete_auth ON authn.sessions FOR DELETE TO kairo_auth
    USING ((LEAST(revoked_at, idle_expires_at, absolute_expires_at) < (statement_timestamp() - '1 day'::interval)));
CREATE POLICY sessions_insert_auth ON authn.sessions FOR INSERT TO kairo_auth
    WITH CHECK (true);
CREATE POLICY sessions_select_auth ON authn.sessions FOR SELECT TO kairo_auth
    USING (true);
CREATE POLICY sessions_update_auth ON authn.sessions FOR UPDATE TO kairo_auth
    USING (true)
    WITH CHECK (true);

CREATE UNLOGGED TABLE authn.source_buckets (
    bucket text NOT NULL,
    wide boolean NOT NULL,
    slot integer NOT NULL,
    digest bytea NOT NULL,
    minute_full_at timestamp with time zone NOT NULL,
    hour_full_at timestamp with time zone NOT NULL,
    CONSTRAINT source_buckets_pkey PRIMARY KEY (bucket, wide, slot),
    CONSTRAINT source_buckets_bucket_check CHECK ((bucket = ANY (ARRAY['sign_in'::text, 'ai'::text]))),
    CONSTRAINT source_buckets_digest_check CHECK ((octet_length(digest) = 32)),
    CONSTRAINT source_buckets_slot_check CHECK (((slot >= 0) AND (slot <= 65535)))
);
ALTER TABLE authn.source_buckets OWNER TO kairo_owner;
ALTER TABLE authn.source_buckets SET (fillfactor=70);
ALTER TABLE authn.source_buckets ENABLE ROW LEVEL SECURITY;
ALTER TABLE authn.source_buckets FORCE ROW LEVEL SECURITY;
GRANT DELETE, INSERT, SELECT, UPDATE (digest, minute_full_at, hour_full_at) ON authn.source_buckets TO kairo_auth;
CREATE POLICY source_buckets_delete_auth ON authn.source_buckets FOR DELETE TO kairo_auth
    USING (true);
CREATE POLICY source_buckets_insert_auth ON authn.source_buckets FOR INSERT TO kairo_auth
    WITH CHECK (true);
CREATE POLICY source_buckets_select_auth ON authn.source_buckets FOR SELECT TO kairo_auth
    USING (true);
CREATE POLICY source_buckets_update_auth ON authn.source_buckets FOR UPDATE TO kairo_auth
    USING (true)
    WITH CHECK (true);

CREATE TABLE authn.users (
    id uuid NOT NULL,
    email_norm text NOT NULL,
    plan text NOT NULL DEFAULT 'free'::text,
    created_at timestamp with time zone NOT NULL DEFAULT statement_timestamp(),
    suspended_at timestamp with time zone,
    suspended boolean NOT NULL DEFAULT false,
    CONSTRAINT users_pkey PRIMARY KEY (id),
    CONSTRAINT users_email_norm_key UNIQUE (email_norm),
    CONSTRAINT users_id_suspended_key UNIQUE (id, suspended),
    CONSTRAINT users_check CHECK ((suspended = (suspended_at IS NOT NULL))),
    CONSTRAINT users_email_norm_check CHECK (((octet_length(email_norm) >= 3) AND (octet_length(email_norm) <= 254))),
    CONSTRAINT users_plan_check CHECK ((plan = ANY (ARRAY['free'::text, 'pro'::text])))
);
ALTER TABLE authn.users OWNER TO kairo_owner;
ALTER TABLE authn.users ENABLE ROW LEVEL SECURITY;
ALTER TABLE authn.users FORCE ROW LEVEL SECURITY;
GRANT SELECT (id, email_norm, plan, created_at) ON authn.users TO kairo_app;
GRANT INSERT, SELECT, UPDATE (plan, suspended_at, suspended) ON authn.users TO kairo_auth;
GRANT SELECT (id, plan) ON authn.users TO kairo_guard;
GRANT SELECT (id, email_norm, plan, created_at) ON authn.users TO kairo_worker;
CREATE POLICY users_insert_auth ON authn.users FOR INSERT TO kairo_auth
    WITH CHECK (true);
CREATE POLICY users_select ON authn.users FOR SELECT TO kairo_app, kairo_worker
    USING ((id = ( SELECT caller.user_id FROM authn.caller)));
CREATE POLICY users_select_auth ON authn.users FOR SELECT TO kairo_auth
    USING (true);
CREATE POLICY users_select_guard ON authn.users FOR SELECT TO kairo_guard
    USING (true);
CREATE POLICY users_update_auth ON authn.users FOR UPDATE TO kairo_auth
    USING (true)
    WITH CHECK (true);

CREATE OR REPLACE FUNCTION authn.answers_purge()
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
DECLARE
    n integer;
BEGIN
    DELETE FROM app.model_answers WHERE id IN (
        SELECT id FROM app.model_answers WHERE expires_at < statement_timestamp()
         LIMIT 10000);
    GET DIAGNOSTICS n = ROW_COUNT;
    RETURN n;
END
$function$;
ALTER FUNCTION authn.answers_purge() OWNER TO kairo_auth;
GRANT EXECUTE ON FUNCTION authn.answers_purge() TO kairo_worker;

CREATE OR REPLACE FUNCTION authn.job_session(p_user uuid, p_purpose text, p_session uuid, p_token_hash bytea)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
BEGIN
    INSERT INTO authn.sessions (id, token_hash, user_id, kind, scopes, method, purpose,
                                absolute_expires_at)
    SELECT p_session, p_token_hash, u.id, 'job', ARRAY['read', 'write'], 'job', p_purpose,
           statement_timestamp() + interval '15 minutes'
      FROM authn.users u WHERE u.id = p_user AND NOT u.suspended
       -- A suspension under way is waited for, as the session's foreign key would, and then seen.
       FOR KEY SHARE;
    RETURN FOUND;
END
$function$;
ALTER FUNCTION authn.job_session(uuid,text,uuid,bytea) OWNER TO kairo_auth;
GRANT EXECUTE ON FUNCTION authn.job_session(uuid,text,uuid,bytea) TO kairo_worker;

CREATE OR REPLACE FUNCTION authn.key_create(p_user uuid, p_session uuid, p_token_hash bytea, p_name_sealed bytea, p_scopes text[], p_expires_at timestamp with time zone, p_plan text, p_keys_max integer)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
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
$function$;
ALTER FUNCTION authn.key_create(uuid,uuid,bytea,bytea,text[],timestamp with time zone,text,integer) OWNER TO kairo_auth;

CREATE OR REPLACE FUNCTION authn.proof_ask(p_id uuid, p_email text, p_sources bytea[], p_earlier_binding_hash bytea, p_link_hash bytea, p_binding_hash bytea, p_code_mac bytea, p_letter uuid, p_sealed bytea, p_address_macs bytea[])
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
DECLARE
    outcome text;
BEGIN
    IF mail.is_full() THEN
        RETURN 'busy';
    END IF;
    outcome := authn.proof_begin(p_id, p_email, p_sources, p_earlier_binding_hash, p_link_hash,
                                 p_binding_hash, p_code_mac);
    IF outcome = 'sent' THEN
        -- A letter is worth as much as its proof, and for as long.
        INSERT INTO mail.letters (id, purpose, sealed, address_macs, expires_at)
        SELECT p_letter, p.purpose, p_sealed, p_address_macs, p.expires_at
          FROM authn.proofs p WHERE p.id = p_id;
    END IF;
    RETURN outcome;
END
$function$;
ALTER FUNCTION authn.proof_ask(uuid,text,bytea[],bytea,bytea,bytea,bytea,uuid,bytea,bytea[]) OWNER TO kairo_auth;
GRANT EXECUTE ON FUNCTION authn.proof_ask(uuid,text,bytea[],bytea,bytea,bytea,bytea,uuid,bytea,bytea[]) TO kairo_login;

CREATE OR REPLACE FUNCTION authn.proof_begin(p_id uuid, p_email text, p_sources bytea[], p_earlier_binding_hash bytea, p_link_hash bytea, p_binding_hash bytea, p_code_mac bytea)
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
DECLARE
    life        CONSTANT interval := '600 seconds';
    spacing     CONSTANT interval := '60 seconds';
    per_hour    CONSTANT integer := 5;
    per_address CONSTANT integer := 20;
    t timestamptz := statement_timestamp();
    sent_to_address integer;
BEGIN
    -- What is old goes a little at a time, so that no table of mailed addresses grows.
    DELETE FROM authn.proof_budgets WHERE (email_norm, source) IN (
        SELECT email_norm, source FROM authn.proof_budgets WHERE last_at < t - interval '1 day'
        LIMIT 20 FOR UPDATE SKIP LOCKED);
    DELETE FROM authn.proof_address_budgets WHERE email_norm IN (
        SELECT email_norm FROM authn.proof_address_budgets WHERE hour_start < t - interval '1 day'
        LIMIT 20 FOR UPDATE SKIP LOCKED);
    DELETE FROM authn.proofs WHERE id IN (
        SELECT id FROM authn.proofs WHERE expires_at < t - interval '1 day' LIMIT 20
        FOR UPDATE SKIP LOCKED);

    -- Locks the address's row before it reads, so that sources at once cannot pass a bound together; it
    -- counts only once the source's own share allows the mail.
    INSERT INTO authn.proof_address_budgets AS a (email_norm, hour_start, sent) VALUES (p_email, t, 0)
    ON CONFLICT (email_norm) DO UPDATE
        SET hour_start = CASE WHEN a.hour_start <= t - interval '1 hour' THEN t ELSE a.hour_start END,
            sent = CASE WHEN a.hour_start <= t - interval '1 hour' THEN 0 ELSE a.sent END
    RETURNING a.sent INTO sent_to_address;
    IF sent_to_address >= per_address THEN
        RETURN 'too_soon';
    END IF;
    -- Under the same lock: nobody else reads or writes what sources had sent to this address meanwhile.
    IF EXISTS (SELECT FROM authn.proof_budgets b
                WHERE b.email_norm = p_email AND b.source = ANY (p_sources)
                  AND (b.last_at > t - spacing
                       OR b.hour_start > t - interval '1 hour' AND b.sent >= per_hour)) THEN
        RETURN 'too_soon';
    END IF;
    INSERT INTO authn.proof_budgets AS b (email_norm, source, hour_start, sent, last_at)
    SELECT DISTINCT p_email, source, t, 1, t FROM unnest(p_sources) source
    ON CONFLICT (email_norm, source) DO UPDATE
        SET hour_start = CASE WHEN b.hour_start <= t - interval '1 hour' THEN t ELSE b.hour_start END,
            sent = CASE WHEN b.hour_start <= t - interval '1 hour' THEN 1 ELSE b.sent + 1 END,
            last_at = t;
    UPDATE authn.proof_address_budgets SET sent = sent + 1 WHERE email_norm = p_email;

    UPDATE authn.proofs SET superseded_at = t
     WHERE binding_hash = p_earlier_binding_hash AND purpose = 'sign_in'
       AND used_at IS NULL AND superseded_at IS NULL AND expires_at > t;
    INSERT INTO authn.proofs (id, purpose, email_norm, link_hash, binding_hash, code_mac, expires_at)
    VALUES (p_id, 'sign_in', p_email, p_link_hash, p_binding_hash, p_code_mac, t + life);
    RETURN 'sent';
END
$function$;
ALTER FUNCTION authn.proof_begin(uuid,text,bytea[],bytea,bytea,bytea,bytea) OWNER TO kairo_auth;

CREATE OR REPLACE FUNCTION authn.proof_redeem(p_link_hash bytea, p_binding_hash bytea, p_code_mac bytea, p_new_user uuid, p_new_key uuid, p_root_key_id text, p_wrapped bytea, p_zone text, p_session uuid, p_token_hash bytea, p_device text)
 RETURNS TABLE(outcome text, tries_left integer, user_id uuid)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
#variable_conflict use_column
DECLARE
    tries_max     CONSTANT smallint := 5;
    sessions_max  CONSTANT integer := 50;
    idle_life     CONSTANT interval := '1209600 seconds';
    absolute_life CONSTANT interval := '2592000 seconds';
    t timestamptz := statement_timestamp();
    proof authn.proofs;
    who uuid;
BEGIN
    IF p_link_hash IS NOT NULL THEN
        UPDATE authn.proofs p SET used_at = t
         WHERE p.link_hash = p_link_hash AND p.binding_hash = p_binding_hash AND p.purpose = 'sign_in'
           AND p.used_at IS NULL AND p.superseded_at IS NULL AND p.expires_at > t
        RETURNING p.* INTO proof;
        IF proof.id IS NULL THEN
            IF EXISTS (SELECT FROM authn.proofs p
                        WHERE p.link_hash = p_link_hash AND p.binding_hash IS DISTINCT FROM p_binding_hash
                          AND p.used_at IS NULL AND p.superseded_at IS NULL AND p.expires_at > t) THEN
                RETURN QUERY SELECT 'other_browser', NULL::integer, NULL::uuid;
            ELSE
                RETURN QUERY SELECT 'spent', NULL::integer, NULL::uuid;
            END IF;
            RETURN;
        END IF;
    ELSE
        UPDATE authn.proofs p SET tries = p.tries + 1
         WHERE p.binding_hash = p_binding_hash AND p.purpose = 'sign_in' AND p.tries < tries_max
           AND p.used_at IS NULL AND p.superseded_at IS NULL AND p.expires_at > t
        RETURNING p.* INTO proof;
        IF proof.id IS NULL THEN
            RETURN QUERY SELECT 'spent', NULL::integer, NULL::uuid;
            RETURN;
        END IF;
        IF proof.code_mac <> p_code_mac THEN
            RETURN QUERY SELECT 'wrong_code', (tries_max - proof.tries)::integer, NULL::uuid;
            RETURN;
        END IF;
        UPDATE authn.proofs p SET used_at = t WHERE p.id = proof.id;
    END IF;

    who := authn.user_ensure(proof.email_norm, p_new_user, p_new_key, p_root_key_id, p_wrapped, p_zone);
    -- A suspended person gets no session, and no hint: the proof counts as used.
    -- One that is under way is waited for, as the session's foreign key would, and then seen.
    PERFORM FROM authn.users u WHERE u.id = who AND NOT u.suspended FOR KEY SHARE;
    IF NOT FOUND THEN
        RETURN QUERY SELECT 'spent', NULL::integer, NULL::uuid;
        RETURN;
    END IF;
    UPDATE authn.sessions s SET revoked_at = t, revoke_reason = 'cap'
     WHERE s.id IN (SELECT o.id FROM authn.sessions o
                     WHERE o.user_id = who AND o.kind = 'web' AND o.revoked_at IS NULL
                       AND o.idle_expires_at > t AND o.absolute_expires_at > t
                     ORDER BY o.last_seen_at DESC, o.id DESC OFFSET sessions_max - 1);
    INSERT INTO authn.sessions (id, token_hash, user_id, kind, scopes, method, device,
                                idle_expires_at, absolute_expires_at)
    VALUES (p_session, p_token_hash, who, 'web', ARRAY['read', 'write'],
            CASE WHEN p_link_hash IS NULL THEN 'code' ELSE 'link' END, p_device,
            t + idle_life, t + absolute_life);
    RETURN QUERY SELECT 'signed_in', NULL::integer, who;
END
$function$;
ALTER FUNCTION authn.proof_redeem(bytea,bytea,bytea,uuid,uuid,text,bytea,text,uuid,bytea,text) OWNER TO kairo_auth;
GRANT EXECUTE ON FUNCTION authn.proof_redeem(bytea,bytea,bytea,uuid,uuid,text,bytea,text,uuid,bytea,text) TO kairo_login;

CREATE OR REPLACE FUNCTION authn.purge_due(p_after_s bigint, p_limit integer)
 RETURNS TABLE(user_id uuid, cutoff timestamp with time zone)
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
#variable_conflict use_column
DECLARE
    before timestamptz := statement_timestamp() - make_interval(secs => p_after_s);
BEGIN
    IF p_after_s < 2592000 THEN
        RAISE EXCEPTION 'deleted items are kept for 30 days' USING ERRCODE = '22023';
    END IF;
    RETURN QUERY
        SELECT DISTINCT i.user_id, before
          FROM app.items i
          JOIN authn.users u ON u.id = i.user_id AND u.suspended_at IS NULL
         WHERE i.deleted_at < before
         LIMIT p_limit;
END
$function$;
ALTER FUNCTION authn.purge_due(bigint,integer) OWNER TO kairo_auth;
GRANT EXECUTE ON FUNCTION authn.purge_due(bigint,integer) TO kairo_worker;

CREATE OR REPLACE FUNCTION authn.session_list()
 RETURNS TABLE(id uuid, kind text, device text, name_sealed bytea, scopes text[], method text, created_at timestamp with time zone, last_seen_at timestamp with time zone, expires_at timestamp with time zone, this boolean)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
    SELECT s.id, s.kind, s.device, s.name_sealed, s.scopes, s.method, s.created_at, s.last_seen_at,
           least(s.idle_expires_at, s.absolute_expires_at), s.id = m.session_id
      FROM authn.me m
      JOIN authn.live l ON l.user_id = m.user_id
      JOIN authn.sessions s ON s.id = l.id
     WHERE s.kind IN ('web', 'key')
     ORDER BY s.id = m.session_id DESC, s.last_seen_at DESC, s.id
$function$;
ALTER FUNCTION authn.session_list() OWNER TO kairo_auth;
GRANT EXECUTE ON FUNCTION authn.session_list() TO kairo_app;

CREATE OR REPLACE FUNCTION authn.session_revoke(p_id uuid)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
DECLARE
    n integer;
BEGIN
    UPDATE authn.sessions s SET revoked_at = statement_timestamp(), revoke_reason = 'sign_out'
      FROM authn.me m
     WHERE s.id = coalesce(p_id, m.session_id) AND s.user_id = m.user_id AND s.revoked_at IS NULL
       AND s.kind IN ('web', 'key')
       AND ('write' = ANY (m.scopes) OR s.id = m.session_id);
    GET DIAGNOSTICS n = ROW_COUNT;
    RETURN n;
END
$function$;
ALTER FUNCTION authn.session_revoke(uuid) OWNER TO kairo_auth;
GRANT EXECUTE ON FUNCTION authn.session_revoke(uuid) TO kairo_app;

CREATE OR REPLACE FUNCTION authn.session_revoke_all(p_keys boolean)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
DECLARE
    n integer;
BEGIN
    UPDATE authn.sessions s SET revoked_at = statement_timestamp(), revoke_reason = 'everywhere'
      FROM authn.me m
     WHERE s.user_id = m.user_id AND s.revoked_at IS NULL AND m.kind = 'web'
       AND (p_keys OR s.kind <> 'key');
    GET DIAGNOSTICS n = ROW_COUNT;
    RETURN n;
END
$function$;
ALTER FUNCTION authn.session_revoke_all(boolean) OWNER TO kairo_auth;
GRANT EXECUTE ON FUNCTION authn.session_revoke_all(boolean) TO kairo_app;

CREATE OR REPLACE FUNCTION authn.session_touch(p_every_s bigint, p_idle_s bigint)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
DECLARE
    t timestamptz := statement_timestamp();
    n integer;
BEGIN
    UPDATE authn.sessions s
       SET last_seen_at = t,
           idle_expires_at = CASE WHEN s.kind = 'web' THEN t + make_interval(secs => p_idle_s) END
     WHERE s.id = (SELECT session_id FROM authn.me)
       AND s.last_seen_at <= t - make_interval(secs => p_every_s);
    GET DIAGNOSTICS n = ROW_COUNT;
    RETURN n;
END
$function$;
ALTER FUNCTION authn.session_touch(bigint,bigint) OWNER TO kairo_auth;
GRANT EXECUTE ON FUNCTION authn.session_touch(bigint,bigint) TO kairo_app;

CREATE OR REPLACE FUNCTION authn.sessions_purge()
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
DECLARE
    n integer;
BEGIN
    DELETE FROM authn.sessions WHERE id IN (
        SELECT s.id FROM authn.sessions s
         WHERE least(s.revoked_at, s.idle_expires_at, s.absolute_expires_at)
               < statement_timestamp()
                 - CASE s.kind WHEN 'job' THEN interval '1 day' ELSE interval '30 days' END
         LIMIT 10000 FOR UPDATE SKIP LOCKED);
    GET DIAGNOSTICS n = ROW_COUNT;
    RETURN n;
END
$function$;
ALTER FUNCTION authn.sessions_purge() OWNER TO kairo_auth;
GRANT EXECUTE ON FUNCTION authn.sessions_purge() TO kairo_worker;

CREATE OR REPLACE FUNCTION authn.sources_pass(p_bucket text, p_nths integer[], p_digests bytea[], p_wide boolean[])
 RETURNS TABLE(nth integer, wait_s integer)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
 SET enable_seqscan TO 'off'
AS $function$
DECLARE
    sign_in_per_minute CONSTANT integer := 10;
    sign_in_per_hour   CONSTANT integer := 50;
    ai_per_minute      CONSTANT integer := 300;
    site_times         CONSTANT integer := 8;
    t timestamptz := statement_timestamp();
    minute_step interval;
    hour_step   interval;
    times       integer[];
    slots       integer[];
    left_over   integer[] := p_nths;
    crowded     integer[];
    nths        integer[];
    waits       interval[];
BEGIN
    CASE p_bucket
        WHEN 'sign_in' THEN
            minute_step := interval '1 minute' / sign_in_per_minute;
            hour_step := interval '1 hour' / sign_in_per_hour;
        WHEN 'ai' THEN
            minute_step := interval '1 minute' / ai_per_minute;
            hour_step := minute_step;
    END CASE;
    SELECT array_agg(CASE WHEN d.wide THEN site_times ELSE 1 END ORDER BY d.n),
           array_agg((get_byte(d.digest, 30) << 8) + get_byte(d.digest, 31) ORDER BY d.n)
      INTO times, slots
      FROM unnest(p_digests, p_wide) WITH ORDINALITY d (digest, wide, n);
    FOR look IN 1..2 LOOP
        -- Whoever has to wait writes nothing: asking on and on costs the database one read.
        SELECT array_agg(w.nth), array_agg(w.wait) INTO nths, waits
          FROM (SELECT k.nth,
                       max((SELECT greatest(
                                       b.minute_full_at + minute_step / k.times - interval '1 minute',
                                       b.hour_full_at + hour_step / k.times - interval '1 hour') - t
                              FROM authn.source_buckets b
                             WHERE b.bucket = p_bucket AND b.wide = k.wide AND b.slot = k.slot
                               AND b.digest = k.digest)) AS wait
                  FROM unnest(p_nths, p_digests, p_wide, times, slots) k (nth, digest, wide, times, slot)
                 WHERE k.nth = ANY (left_over)
                 GROUP BY k.nth) w;
        RETURN QUERY SELECT w.nth, ceil(extract(epoch FROM w.wait))::integer
                       FROM unnest(nths, waits) w (nth, wait) WHERE w.wait > interval '0';
        SELECT array_agg(w.nth) INTO left_over
          FROM unnest(nths, waits) w (nth, wait) WHERE (w.wait > interval '0') IS NOT TRUE;
        EXIT WHEN look = 2 OR left_over IS NULL;
        -- Looks once more at each row, under its lock, so that requests at once cannot pass together; in
        -- the order of the slots, so that two cannot wait for one another.
        WITH asked AS (
            SELECT k.nth, k.digest, k.wide, k.times, k.slot,
                   count(*) OVER (PARTITION BY k.wide, k.slot, k.digest) AS n
              FROM unnest(p_nths, p_digests, p_wide, times, slots) k (nth, digest, wide, times, slot)
             WHERE k.nth = ANY (left_over)
        ), counted AS (
            INSERT INTO authn.source_buckets AS b
                   (bucket, wide, slot, digest, minute_full_at, hour_full_at)
            SELECT DISTINCT ON (a.wide, a.slot) p_bucket, a.wide, a.slot, a.digest,
                   t + minute_step * a.n / a.times, t + hour_step * a.n / a.times
              FROM asked a
             WHERE minute_step * a.n / a.times <= interval '1 minute'
               AND hour_step * a.n / a.times <= interval '1 hour'
             ORDER BY a.wide, a.slot, a.digest
            ON CONFLICT (bucket, wide, slot) DO UPDATE
               SET digest = excluded.digest,
                   minute_full_at = greatest(b.minute_full_at, t) + (excluded.minute_full_at - t),
                   hour_full_at = greatest(b.hour_full_at, t) + (excluded.hour_full_at - t)
             WHERE greatest(b.minute_full_at, b.hour_full_at) <= t
                OR b.digest = excluded.digest
                   AND b.minute_full_at + (excluded.minute_full_at - t) <= t + interval '1 minute'
                   AND b.hour_full_at + (excluded.hour_full_at - t) <= t + interval '1 hour'
            RETURNING b.wide, b.slot, b.digest
        )
        SELECT array_agg(DISTINCT a.nth) FILTER (WHERE c.slot IS NULL),
               array_agg(DISTINCT a.nth) FILTER (WHERE c.slot IS NULL AND a.n > 1),
               array_agg(DISTINCT a.nth)
          INTO left_over, crowded, nths
          FROM asked a LEFT JOIN counted c
            ON c.wide = a.wide AND c.slot = a.slot AND c.digest = a.digest;
        RETURN QUERY SELECT n.nth, 0 FROM unnest(nths) n (nth) WHERE (n.nth = ANY (left_over)) IS NOT TRUE;
        EXIT WHEN left_over IS NULL;
    END LOOP;
    -- Not all of these was counted: somebody was first, who is seen now and made them wait; or a slot is
    -- another source's, which lets them pass; or several did not fit together.
    RETURN QUERY SELECT n.nth, CASE WHEN n.nth = ANY (crowded) THEN NULL ELSE 0 END
                   FROM unnest(left_over) n (nth);
END
$function$;
ALTER FUNCTION authn.sources_pass(text,integer[],bytea[],boolean[]) OWNER TO kairo_auth;
GRANT EXECUTE ON FUNCTION authn.sources_pass(text,integer[],bytea[],boolean[]) TO kairo_login;

CREATE OR REPLACE FUNCTION authn.sources_purge()
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
DECLARE
    n integer;
BEGIN
    DELETE FROM authn.source_buckets WHERE (bucket, wide, slot) IN (
        SELECT bucket, wide, slot FROM authn.source_buckets
         WHERE greatest(minute_full_at, hour_full_at) < statement_timestamp() - interval '1 hour'
           FOR UPDATE SKIP LOCKED);
    GET DIAGNOSTICS n = ROW_COUNT;
    RETURN n;
END
$function$;
ALTER FUNCTION authn.sources_purge() OWNER TO kairo_auth;
GRANT EXECUTE ON FUNCTION authn.sources_purge() TO kairo_worker;

CREATE OR REPLACE FUNCTION authn.user_ensure(p_email text, p_new_user uuid, p_new_key uuid, p_root_key_id text, p_wrapped bytea, p_zone text)
 RETURNS uuid
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
DECLARE
    found_id uuid;
BEGIN
    INSERT INTO authn.users (id, email_norm) VALUES (p_new_user, p_email)
    ON CONFLICT (email_norm) DO NOTHING RETURNING id INTO found_id;
    IF found_id IS NOT NULL THEN
        INSERT INTO app.data_keys (id, user_id, root_key_id, wrapped)
        VALUES (p_new_key, found_id, p_root_key_id, p_wrapped);
        INSERT INTO app.settings (user_id, time_zone) VALUES (found_id, p_zone);
        RETURN found_id;
    END IF;
    SELECT id INTO found_id FROM authn.users WHERE email_norm = p_email FOR UPDATE;
    -- An account that the host made, or a browser without scripts, has no zone yet: the first one that
    -- a browser tells is taken, unless the person has chosen.
    UPDATE app.settings SET time_zone = p_zone
     WHERE user_id = found_id AND version = 1 AND time_zone = 'UTC' AND p_zone <> 'UTC';
    RETURN found_id;
END
$function$;
ALTER FUNCTION authn.user_ensure(text,uuid,uuid,text,bytea,text) OWNER TO kairo_auth;

CREATE SCHEMA mail AUTHORIZATION kairo_owner;
GRANT CREATE, USAGE ON SCHEMA mail TO kairo_auth;
GRANT USAGE ON SCHEMA mail TO kairo_guard;
GRANT USAGE ON SCHEMA mail TO kairo_worker;

CREATE TABLE mail.events (
    event_hash bytea NOT NULL,
    noted_at timestamp with time zone NOT NULL DEFAULT statement_timestamp(),
    CONSTRAINT events_pkey PRIMARY KEY (event_hash),
    CONSTRAINT events_event_hash_check CHECK ((octet_length(event_hash) = 32))
);
ALTER TABLE mail.events OWNER TO kairo_owner;
ALTER TABLE mail.events ENABLE ROW LEVEL SECURITY;
ALTER TABLE mail.events FORCE ROW LEVEL SECURITY;
CREATE INDEX events_noted_at ON mail.events USING btree (noted_at);
GRANT DELETE, INSERT, SELECT ON mail.events TO kairo_auth;
CREATE POLICY events_delete_auth ON mail.events FOR DELETE TO kairo_auth
    USING ((noted_at < (statement_timestamp() - '30 days'::interval)));
CREATE POLICY events_insert_auth ON mail.events FOR INSERT TO kairo_auth
    WITH CHECK (true);
CREATE POLICY events_select_auth ON mail.events FOR SELECT TO kairo_auth
    USING (true);

CREATE TABLE mail.letters (
    id uuid NOT NULL,
    purpose text NOT NULL,
    sealed bytea,
    address_macs bytea[] NOT NULL,
    state text NOT NULL DEFAULT 'queued'::text,
    attempts smallint NOT NULL DEFAULT 0,
    attempts_max smallint NOT NULL DEFAULT 8,
    next_attempt_at timestamp with time zone NOT NULL DEFAULT statement_timestamp(),
    lease_until timestamp with time zone,
    last_error text,
    provider_id text,
    fate text,
    created_at timestamp with time zone NOT NULL DEFAULT statement_timestamp(),
    sent_at timestamp with time zone,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT letters_pkey PRIMARY KEY (id),
    CONSTRAINT letters_address_macs_check CHECK (((cardinality(address_macs) >= 1) AND (cardinality(address_macs) <= 64))),
    CONSTRAINT letters_attempts_check CHECK ((attempts >= 0)),
    CONSTRAINT letters_attempts_max_check CHECK (((attempts_max >= 1) AND (attempts_max <= 1000))),
    CONSTRAINT letters_erased CHECK (((state = ANY (ARRAY['queued'::text, 'sending'::text])) = (sealed IS NOT NULL))),
    CONSTRAINT letters_fate_check CHECK ((fate = ANY (ARRAY['delayed'::text, 'delivered'::text, 'soft_bounced'::text, 'failed'::text, 'bounced'::text, 'complained'::text]))),
    CONSTRAINT letters_last_error_check CHECK ((last_error = ANY (ARRAY['unreachable'::text, 'timed_out'::text, 'busy'::text, 'unavailable'::text, 'garbled'::text, 'refused'::text, 'unauthorized'::text, 'conflict'::text, 'unwritable'::text, 'damaged'::text, 'expired'::text, 'abandoned'::text, 'reserved'::text]))),
    CONSTRAINT letters_leased CHECK (((state = 'sending'::text) = (lease_until IS NOT NULL))),
    CONSTRAINT letters_provider_id_check CHECK ((provider_id ~ '^[A-Za-z0-9_-]{1,100}$'::text)),
    CONSTRAINT letters_purpose_check CHECK ((purpose = ANY (ARRAY['sign_in'::text, 'alert'::text]))),
    CONSTRAINT letters_sealed_check CHECK (((octet_length(sealed) >= 64) AND (octet_length(sealed) <= 16448))),
    CONSTRAINT letters_sent CHECK (((state = 'sent'::text) = (sent_at IS NOT NULL))),
    CONSTRAINT letters_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'sending'::text, 'sent'::text, 'failed'::text, 'suppressed'::text])))
);
ALTER TABLE mail.letters OWNER TO kairo_owner;
ALTER TABLE mail.letters ENABLE ROW LEVEL SECURITY;
ALTER TABLE mail.letters FORCE ROW LEVEL SECURITY;
CREATE INDEX letters_created_at ON mail.letters USING btree (created_at);
CREATE INDEX letters_provider_id ON mail.letters USING btree (provider_id) WHERE (provider_id IS NOT NULL);
CREATE INDEX letters_waiting ON mail.letters USING btree (next_attempt_at) WHERE (state = ANY (ARRAY['queued'::text, 'sending'::text]));
GRANT DELETE, INSERT, SELECT, UPDATE (sealed, state, attempts, next_attempt_at, lease_until, last_error, provider_id, fate, sent_at) ON mail.letters TO kairo_auth;
CREATE POLICY letters_delete_auth ON mail.letters FOR DELETE TO kairo_auth
    USING ((state = ANY (ARRAY['sent'::text, 'failed'::text, 'suppressed'::text])));
CREATE POLICY letters_insert_auth ON mail.letters FOR INSERT TO kairo_auth
    WITH CHECK (true);
CREATE POLICY letters_select_auth ON mail.letters FOR SELECT TO kairo_auth
    USING (true);
CREATE POLICY letters_update_auth ON mail.letters FOR UPDATE TO kairo_auth
    USING (true)
    WITH CHECK (true);

CREATE TABLE mail.suppressions (
    address_mac bytea NOT NULL,
    reason text NOT NULL,
    since timestamp with time zone NOT NULL DEFAULT statement_timestamp(),
    CONSTRAINT suppressions_pkey PRIMARY KEY (address_mac),
    CONSTRAINT suppressions_address_mac_check CHECK ((octet_length(address_mac) = 32)),
    CONSTRAINT suppressions_reason_check CHECK ((reason = ANY (ARRAY['bounced'::text, 'complained'::text])))
);
ALTER TABLE mail.suppressions OWNER TO kairo_owner;
ALTER TABLE mail.suppressions ENABLE ROW LEVEL SECURITY;
ALTER TABLE mail.suppressions FORCE ROW LEVEL SECURITY;
GRANT DELETE, INSERT, SELECT ON mail.suppressions TO kairo_auth;
CREATE POLICY suppressions_delete_auth ON mail.suppressions FOR DELETE TO kairo_auth
    USING (true);
CREATE POLICY suppressions_insert_auth ON mail.suppressions FOR INSERT TO kairo_auth
    WITH CHECK (true);
CREATE POLICY suppressions_select_auth ON mail.suppressions FOR SELECT TO kairo_auth
    USING (true);

CREATE OR REPLACE FUNCTION mail.alert_letter(p_id uuid, p_sealed bytea, p_address_macs bytea[])
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
    INSERT INTO mail.letters (id, purpose, sealed, address_macs, attempts_max, expires_at)
    VALUES (p_id, 'alert', p_sealed, p_address_macs, 1000, statement_timestamp() + interval '24 hours')
$function$;
ALTER FUNCTION mail.alert_letter(uuid,bytea,bytea[]) OWNER TO kairo_auth;
GRANT EXECUTE ON FUNCTION mail.alert_letter(uuid,bytea,bytea[]) TO kairo_guard;

CREATE OR REPLACE FUNCTION mail.claim(p_limit integer)
 RETURNS TABLE(id uuid, sealed bytea, attempt smallint)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
#variable_conflict use_column
DECLARE
    lease     CONSTANT interval := '60 seconds';
    batch_max CONSTANT integer := 8;
    t timestamptz := statement_timestamp();
BEGIN
    WITH over AS MATERIALIZED (
        SELECT l.id, why
          FROM mail.letters l,
               LATERAL (SELECT CASE
                   WHEN l.expires_at <= t THEN 'expired'
                   WHEN l.attempts >= l.attempts_max THEN 'abandoned'
                   WHEN EXISTS (SELECT FROM mail.suppressions s
                                 WHERE s.address_mac = ANY (l.address_macs)) THEN 'suppressed'
               END AS why) reasons
         WHERE (l.state = 'queued' OR l.state = 'sending' AND l.lease_until <= t) AND why IS NOT NULL
         LIMIT 1000 FOR UPDATE OF l SKIP LOCKED
    )
    UPDATE mail.letters l
       SET state = CASE why WHEN 'suppressed' THEN 'suppressed' ELSE 'failed' END,
           last_error = nullif(why, 'suppressed'), sealed = NULL, lease_until = NULL
      FROM over WHERE l.id = over.id;
    RETURN QUERY
        WITH due AS MATERIALIZED (
            SELECT l.id FROM mail.letters l
             WHERE (l.state = 'queued' AND l.next_attempt_at <= t
                    OR l.state = 'sending' AND l.lease_until <= t)
               -- Where more were over than one look ends, the rest is not due either.
               AND l.expires_at > t AND l.attempts < l.attempts_max
               AND NOT EXISTS (SELECT FROM mail.suppressions s
                                WHERE s.address_mac = ANY (l.address_macs))
             ORDER BY l.next_attempt_at, l.id
             LIMIT least(p_limit, batch_max) FOR UPDATE SKIP LOCKED
        )
        UPDATE mail.letters l
           SET state = 'sending', attempts = l.attempts + 1, lease_until = t + lease
          FROM due WHERE l.id = due.id
        RETURNING l.id, l.sealed, l.attempts;
END
$function$;
ALTER FUNCTION mail.claim(integer) OWNER TO kairo_auth;
GRANT EXECUTE ON FUNCTION mail.claim(integer) TO kairo_worker;

CREATE OR REPLACE FUNCTION mail.is_full()
 RETURNS boolean
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
DECLARE
    queue_max CONSTANT integer := 1000;
BEGIN
    -- What is past its end does not count: no stopped worker keeps people out for longer.
    RETURN queue_max <= (SELECT count(*) FROM (
        SELECT FROM mail.letters
         WHERE state IN ('queued', 'sending') AND expires_at > statement_timestamp()
         LIMIT queue_max) waiting);
END
$function$;
ALTER FUNCTION mail.is_full() OWNER TO kairo_auth;

CREATE OR REPLACE FUNCTION mail.note(p_event_hash bytea, p_fate text, p_provider_id text, p_address_macs bytea[])
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
DECLARE
    weights CONSTANT text[] := ARRAY['delayed', 'delivered', 'soft_bounced', 'failed', 'bounced',
                                     'complained'];
BEGIN
    INSERT INTO mail.events (event_hash) VALUES (p_event_hash) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    UPDATE mail.letters SET fate = p_fate
     WHERE provider_id = p_provider_id
       AND coalesce(array_position(weights, fate), 0) < array_position(weights, p_fate);
    IF p_fate IN ('bounced', 'complained') THEN
        INSERT INTO mail.suppressions (address_mac, reason)
        SELECT DISTINCT mac, p_fate FROM unnest(p_address_macs) mac
        ON CONFLICT (address_mac) DO NOTHING;
    END IF;
    RETURN true;
END
$function$;
ALTER FUNCTION mail.note(bytea,text,text,bytea[]) OWNER TO kairo_auth;
GRANT EXECUTE ON FUNCTION mail.note(bytea,text,text,bytea[]) TO kairo_worker;

CREATE OR REPLACE FUNCTION mail.purge()
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
DECLARE
    kept CONSTANT interval := '2592000 seconds';
    n integer;
BEGIN
    DELETE FROM mail.events WHERE event_hash IN (
        SELECT event_hash FROM mail.events WHERE noted_at < statement_timestamp() - kept
         LIMIT 10000);
    DELETE FROM mail.letters WHERE id IN (
        SELECT id FROM mail.letters
         WHERE created_at < statement_timestamp() - kept
           AND state IN ('sent', 'failed', 'suppressed')
         LIMIT 10000 FOR UPDATE SKIP LOCKED);
    GET DIAGNOSTICS n = ROW_COUNT;
    RETURN n;
END
$function$;
ALTER FUNCTION mail.purge() OWNER TO kairo_auth;
GRANT EXECUTE ON FUNCTION mail.purge() TO kairo_worker;

CREATE OR REPLACE FUNCTION mail.record(p_id uuid, p_attempt smallint, p_outcome text, p_error text, p_provider_id text, p_wait_ms bigint)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
DECLARE
    t timestamptz := statement_timestamp();
    again_at timestamptz := t + make_interval(secs => greatest(p_wait_ms, 0) / 1000.0);
BEGIN
    UPDATE mail.letters l
       SET state = becomes, last_error = p_error, lease_until = NULL,
           sealed = CASE becomes WHEN 'queued' THEN l.sealed END,
           next_attempt_at = CASE becomes WHEN 'queued' THEN again_at ELSE l.next_attempt_at END,
           sent_at = CASE becomes WHEN 'sent' THEN t END,
           provider_id = CASE becomes WHEN 'sent' THEN p_provider_id END
      FROM (SELECT o.id, CASE
                WHEN p_outcome = 'sent' THEN 'sent'
                WHEN p_outcome = 'later' AND o.attempts < o.attempts_max AND again_at < o.expires_at
                THEN 'queued'
                ELSE 'failed' END AS becomes
              FROM mail.letters o
             WHERE o.id = p_id AND o.attempts = p_attempt AND o.state = 'sending' FOR UPDATE) held
     WHERE l.id = held.id;
    RETURN FOUND;
END
$function$;
ALTER FUNCTION mail.record(uuid,smallint,text,text,text,bigint) OWNER TO kairo_auth;
GRANT EXECUTE ON FUNCTION mail.record(uuid,smallint,text,text,text,bigint) TO kairo_worker;

CREATE OR REPLACE FUNCTION mail.waiting()
 RETURNS integer
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
BEGIN
    RETURN (SELECT count(*) FROM mail.letters
             WHERE state IN ('queued', 'sending') AND expires_at > statement_timestamp());
END
$function$;
ALTER FUNCTION mail.waiting() OWNER TO kairo_auth;
GRANT EXECUTE ON FUNCTION mail.waiting() TO kairo_worker;

CREATE SCHEMA ops AUTHORIZATION kairo_super;
GRANT USAGE ON SCHEMA ops TO kairo_worker;

CREATE TABLE ops.migrations (
    name text NOT NULL,
    sha256 bytea NOT NULL,
    applied_at timestamp with time zone NOT NULL DEFAULT statement_timestamp(),
    CONSTRAINT migrations_pkey PRIMARY KEY (name)
);
ALTER TABLE ops.migrations OWNER TO kairo_super;
GRANT SELECT ON ops.migrations TO kairo_worker;

CREATE SCHEMA trust AUTHORIZATION kairo_owner;
GRANT USAGE ON SCHEMA trust TO kairo_app;
GRANT CREATE, USAGE ON SCHEMA trust TO kairo_audit;
GRANT USAGE ON SCHEMA trust TO kairo_worker;

CREATE TABLE trust.evidence (
    env text NOT NULL,
    seq bigint NOT NULL,
    check_id text NOT NULL,
    check_version integer NOT NULL,
    catalogue bytea NOT NULL,
    program bytea NOT NULL,
    observed_at timestamp with time zone NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    outcome text NOT NULL,
    population integer NOT NULL,
    tested integer NOT NULL,
    violations integer NOT NULL,
    reason text NOT NULL,
    detail jsonb NOT NULL,
    prev_hash bytea NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT evidence_pkey PRIMARY KEY (env, seq),
    CONSTRAINT evidence_catalogue_check CHECK ((octet_length(catalogue) = 32)),
    CONSTRAINT evidence_check CHECK (((outcome <> 'pass'::text) OR ((tested > 0) AND (violations = 0)))),
    CONSTRAINT evidence_check1 CHECK (((outcome <> 'fail'::text) OR (violations > 0))),
    CONSTRAINT evidence_check_id_check CHECK (((length(check_id) >= 1) AND (length(check_id) <= 80))),
    CONSTRAINT evidence_check_version_check CHECK ((check_version > 0)),
    CONSTRAINT evidence_detail_check CHECK ((length((detail)::text) <= 100000)),
    CONSTRAINT evidence_env_check CHECK ((env = ANY (ARRAY['production'::text, 'ci'::text]))),
    CONSTRAINT evidence_hash_check CHECK ((octet_length(hash) = 32)),
    CONSTRAINT evidence_outcome_check CHECK ((outcome = ANY (ARRAY['pass'::text, 'fail'::text, 'inconclusive'::text]))),
    CONSTRAINT evidence_population_check CHECK ((population >= 0)),
    CONSTRAINT evidence_prev_hash_check CHECK ((octet_length(prev_hash) = 32)),
    CONSTRAINT evidence_program_check CHECK ((octet_length(program) = 32)),
    CONSTRAINT evidence_reason_check CHECK ((length(reason) <= 200)),
    CONSTRAINT evidence_seq_check CHECK ((seq > 0)),
    CONSTRAINT evidence_tested_check CHECK ((tested >= 0)),
    CONSTRAINT evidence_violations_check CHECK ((violations >= 0))
);
ALTER TABLE trust.evidence OWNER TO kairo_owner;
ALTER TABLE trust.evidence ENABLE ROW LEVEL SECURITY;
ALTER TABLE trust.evidence FORCE ROW LEVEL SECURITY;
CREATE INDEX evidence_by_check ON trust.evidence USING btree (env, check_id, seq DESC);
CREATE INDEX evidence_not_passed ON trust.evidence USING btree (env, check_id, seq DESC) WHERE (outcome <> 'pass'::text);
GRANT INSERT, SELECT ON trust.evidence TO kairo_audit;
CREATE POLICY evidence_insert_audit ON trust.evidence FOR INSERT TO kairo_audit
    WITH CHECK (true);
CREATE POLICY evidence_select_audit ON trust.evidence FOR SELECT TO kairo_audit
    USING (true);

CREATE TABLE trust.roots (
    env text NOT NULL,
    day date NOT NULL,
    seq bigint NOT NULL,
    hash bytea NOT NULL,
    signer bytea NOT NULL,
    signature bytea NOT NULL,
    signed_at timestamp with time zone NOT NULL,
    CONSTRAINT roots_pkey PRIMARY KEY (env, day),
    CONSTRAINT roots_env_check CHECK ((env = ANY (ARRAY['production'::text, 'ci'::text]))),
    CONSTRAINT roots_hash_check CHECK ((octet_length(hash) = 32)),
    CONSTRAINT roots_seq_check CHECK ((seq > 0)),
    CONSTRAINT roots_signature_check CHECK ((octet_length(signature) = 64)),
    CONSTRAINT roots_signer_check CHECK ((octet_length(signer) = 32))
);
ALTER TABLE trust.roots OWNER TO kairo_owner;
ALTER TABLE trust.roots ENABLE ROW LEVEL SECURITY;
ALTER TABLE trust.roots FORCE ROW LEVEL SECURITY;
GRANT INSERT, SELECT ON trust.roots TO kairo_audit;
CREATE POLICY roots_insert_audit ON trust.roots FOR INSERT TO kairo_audit
    WITH CHECK (true);
CREATE POLICY roots_select_audit ON trust.roots FOR SELECT TO kairo_audit
    USING (true);

CREATE TABLE trust.statements (
    id uuid NOT NULL,
    kind text NOT NULL,
    claim_id text NOT NULL,
    source text NOT NULL,
    owner text NOT NULL,
    reason text NOT NULL,
    made_at timestamp with time zone NOT NULL,
    until timestamp with time zone NOT NULL,
    CONSTRAINT statements_pkey PRIMARY KEY (id),
    CONSTRAINT statements_check CHECK ((until > made_at)),
    CONSTRAINT statements_check1 CHECK (((kind <> 'exception'::text) OR (until <= (made_at + '90 days'::interval)))),
    CONSTRAINT statements_check2 CHECK (((kind <> 'attestation'::text) OR (until <= (made_at + '366 days'::interval)))),
    CONSTRAINT statements_claim_id_check CHECK (((length(claim_id) >= 1) AND (length(claim_id) <= 20))),
    CONSTRAINT statements_kind_check CHECK ((kind = ANY (ARRAY['attestation'::text, 'exception'::text]))),
    CONSTRAINT statements_owner_check CHECK (((length(owner) >= 1) AND (length(owner) <= 100))),
    CONSTRAINT statements_reason_check CHECK (((length(reason) >= 1) AND (length(reason) <= 500))),
    CONSTRAINT statements_source_check CHECK (((length(source) >= 1) AND (length(source) <= 100)))
);
ALTER TABLE trust.statements OWNER TO kairo_owner;
ALTER TABLE trust.statements ENABLE ROW LEVEL SECURITY;
ALTER TABLE trust.statements FORCE ROW LEVEL SECURITY;
CREATE INDEX statements_by_claim ON trust.statements USING btree (claim_id, made_at DESC);
GRANT INSERT, SELECT ON trust.statements TO kairo_audit;
CREATE POLICY statements_insert_audit ON trust.statements FOR INSERT TO kairo_audit
    WITH CHECK (true);
CREATE POLICY statements_select_audit ON trust.statements FOR SELECT TO kairo_audit
    USING (true);

CREATE OR REPLACE FUNCTION trust.after(p_env text, p_seq bigint, p_limit integer)
 RETURNS TABLE(seq bigint, said text, prev_hash bytea, hash bytea)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
    SELECT e.seq, trust.said(e), e.prev_hash, e.hash FROM trust.evidence e
     WHERE e.env = p_env AND e.seq > p_seq ORDER BY e.seq LIMIT least(p_limit, 10000)
$function$;
ALTER FUNCTION trust.after(text,bigint,integer) OWNER TO kairo_audit;
GRANT EXECUTE ON FUNCTION trust.after(text,bigint,integer) TO kairo_worker;

CREATE OR REPLACE FUNCTION trust.chain_end(p_env text)
 RETURNS TABLE(seq bigint, hash bytea)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
    SELECT e.seq, e.hash FROM trust.evidence e WHERE e.env = p_env ORDER BY e.seq DESC LIMIT 1
$function$;
ALTER FUNCTION trust.chain_end(text) OWNER TO kairo_audit;
GRANT EXECUTE ON FUNCTION trust.chain_end(text) TO kairo_worker;

CREATE OR REPLACE FUNCTION trust.days(p_env text, p_checks text[], p_days integer)
 RETURNS TABLE(check_id text, day date, outcome text, runs bigint)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
    SELECT e.check_id, (e.observed_at AT TIME ZONE 'UTC')::date, e.outcome, count(*)
      FROM trust.evidence e
     WHERE e.env = p_env AND e.check_id = ANY (p_checks)
       AND e.observed_at >= statement_timestamp() - make_interval(days => least(p_days, 400))
     GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
$function$;
ALTER FUNCTION trust.days(text,text[],integer) OWNER TO kairo_audit;
GRANT EXECUTE ON FUNCTION trust.days(text,text[],integer) TO kairo_app;

CREATE OR REPLACE FUNCTION trust.newest(p_env text, p_checks text[])
 RETURNS TABLE(check_id text, check_version integer, program bytea, observed_at timestamp with time zone, expires_at timestamp with time zone, since timestamp with time zone, outcome text, population integer, tested integer, violations integer, reason text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
    SELECT e.check_id, e.check_version, e.program, e.observed_at, e.expires_at,
           coalesce((SELECT f.observed_at FROM trust.evidence f
                      WHERE f.env = p_env AND f.check_id = e.check_id AND f.seq > coalesce(
                            CASE e.outcome WHEN 'pass' THEN
                                (SELECT o.seq FROM trust.evidence o
                                  WHERE o.env = p_env AND o.check_id = e.check_id
                                    AND o.outcome <> 'pass' ORDER BY o.seq DESC LIMIT 1)
                            ELSE
                                (SELECT o.seq FROM trust.evidence o
                                  WHERE o.env = p_env AND o.check_id = e.check_id
                                    AND o.outcome <> e.outcome ORDER BY o.seq DESC LIMIT 1)
                            END, 0)
                      ORDER BY f.seq LIMIT 1), e.observed_at),
           e.outcome, e.population, e.tested, e.violations, e.reason
      FROM unnest(p_checks) AS wanted (id)
     CROSS JOIN LATERAL (SELECT * FROM trust.evidence n
                          WHERE n.env = p_env AND n.check_id = wanted.id
                          ORDER BY n.seq DESC LIMIT 1) e
$function$;
ALTER FUNCTION trust.newest(text,text[]) OWNER TO kairo_audit;
GRANT EXECUTE ON FUNCTION trust.newest(text,text[]) TO kairo_app;

CREATE OR REPLACE FUNCTION trust.record(p_env text, p_check text, p_version integer, p_catalogue bytea, p_program bytea, p_took_ms bigint, p_counts_s bigint, p_outcome text, p_population integer, p_tested integer, p_violations integer, p_reason text, p_detail jsonb)
 RETURNS bigint
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
DECLARE
    t    timestamptz;
    e    trust.evidence;
    last trust.evidence;
BEGIN
    -- One at a time: the next row needs the hash of this one.
    PERFORM pg_advisory_xact_lock(hashtextextended('trust.evidence ' || p_env, 0));
    t := clock_timestamp();
    SELECT * INTO last FROM trust.evidence WHERE env = p_env ORDER BY seq DESC LIMIT 1;
    e.env := p_env;
    e.seq := coalesce(last.seq, 0) + 1;
    e.check_id := p_check;
    e.check_version := p_version;
    e.catalogue := p_catalogue;
    e.program := p_program;
    e.observed_at := t - make_interval(secs => least(greatest(p_took_ms, 0), 3600000) / 1000.0);
    e.recorded_at := t;
    e.expires_at := e.observed_at + make_interval(secs => least(greatest(p_counts_s, 1), 31622400));
    e.outcome := p_outcome;
    e.population := p_population;
    e.tested := p_tested;
    e.violations := p_violations;
    e.reason := p_reason;
    e.detail := p_detail;
    e.prev_hash := coalesce(last.hash, sha256(convert_to('kairo/evidence/v1 ' || p_env, 'UTF8')));
    e.hash := sha256(e.prev_hash || convert_to(trust.said(e), 'UTF8'));
    INSERT INTO trust.evidence SELECT e.*;
    RETURN e.seq;
END
$function$;
ALTER FUNCTION trust.record(text,text,integer,bytea,bytea,bigint,bigint,text,integer,integer,integer,text,jsonb) OWNER TO kairo_audit;
GRANT EXECUTE ON FUNCTION trust.record(text,text,integer,bytea,bytea,bigint,bigint,text,integer,integer,integer,text,jsonb) TO kairo_worker;

CREATE OR REPLACE FUNCTION trust.root_keep(p_env text, p_seq bigint, p_hash bytea, p_signer bytea, p_signature bytea)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
BEGIN
    IF NOT EXISTS (SELECT FROM trust.evidence e
                    WHERE e.env = p_env AND e.seq = p_seq AND e.hash = p_hash) THEN
        RETURN false;
    END IF;
    INSERT INTO trust.roots (env, day, seq, hash, signer, signature, signed_at)
    VALUES (p_env, (statement_timestamp() AT TIME ZONE 'UTC')::date, p_seq, p_hash, p_signer,
            p_signature, statement_timestamp())
    ON CONFLICT (env, day) DO NOTHING;
    RETURN FOUND;
END
$function$;
ALTER FUNCTION trust.root_keep(text,bigint,bytea,bytea,bytea) OWNER TO kairo_audit;
GRANT EXECUTE ON FUNCTION trust.root_keep(text,bigint,bytea,bytea,bytea) TO kairo_worker;

CREATE OR REPLACE FUNCTION trust.roots_kept(p_env text, p_limit integer)
 RETURNS TABLE(day date, seq bigint, hash bytea, signer bytea, signature bytea, signed_at timestamp with time zone)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
    SELECT r.day, r.seq, r.hash, r.signer, r.signature, r.signed_at FROM trust.roots r
     WHERE r.env = p_env ORDER BY r.day DESC LIMIT least(p_limit, 400)
$function$;
ALTER FUNCTION trust.roots_kept(text,integer) OWNER TO kairo_audit;
GRANT EXECUTE ON FUNCTION trust.roots_kept(text,integer) TO kairo_app;

CREATE OR REPLACE FUNCTION trust.said(e trust.evidence)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
AS $function$
    SELECT jsonb_build_array(
        e.env, e.seq, e.check_id, e.check_version, encode(e.catalogue, 'hex'), encode(e.program, 'hex'),
        (extract(epoch FROM e.observed_at) * 1000000)::bigint,
        (extract(epoch FROM e.recorded_at) * 1000000)::bigint,
        (extract(epoch FROM e.expires_at) * 1000000)::bigint,
        e.outcome, e.population, e.tested, e.violations, e.reason, e.detail)::text
$function$;
ALTER FUNCTION trust.said(trust.evidence) OWNER TO kairo_audit;

CREATE OR REPLACE FUNCTION trust.statements_made()
 RETURNS TABLE(kind text, claim_id text, source text, owner text, reason text, made_at timestamp with time zone, until timestamp with time zone)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
    SELECT DISTINCT ON (s.claim_id, s.kind, s.source)
           s.kind, s.claim_id, s.source, s.owner, s.reason, s.made_at, s.until
      FROM trust.statements s ORDER BY s.claim_id, s.kind, s.source, s.made_at DESC
$function$;
ALTER FUNCTION trust.statements_made() OWNER TO kairo_audit;
GRANT EXECUTE ON FUNCTION trust.statements_made() TO kairo_app;
