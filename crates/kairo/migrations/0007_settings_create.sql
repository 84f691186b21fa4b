-- How a person's words are read: the zone, the first day of the week, and whether the day comes first.
CREATE TABLE app.settings (
    user_id    uuid    PRIMARY KEY REFERENCES authn.users (id),
    time_zone  text    NOT NULL CHECK (octet_length(time_zone) BETWEEN 1 AND 64),
    week_start smallint NOT NULL DEFAULT 1 CHECK (week_start IN (1, 6, 7)),
    day_first  boolean NOT NULL DEFAULT false,
    -- WCAG 2.1.4: shortcuts of a single letter can be turned off.
    single_keys boolean NOT NULL DEFAULT true,
    version    integer NOT NULL DEFAULT 1
);
ALTER TABLE app.settings OWNER TO kairo_owner;
ALTER TABLE app.settings ENABLE ROW LEVEL SECURITY;
ALTER TABLE app.settings FORCE ROW LEVEL SECURITY;

GRANT INSERT, SELECT ON app.settings TO kairo_auth;
GRANT UPDATE (time_zone) ON app.settings TO kairo_auth;
CREATE POLICY settings_select_auth ON app.settings FOR SELECT TO kairo_auth USING (true);
CREATE POLICY settings_update_auth ON app.settings FOR UPDATE TO kairo_auth
    USING (version = 1) WITH CHECK (version = 1);
CREATE POLICY settings_insert_auth ON app.settings FOR INSERT TO kairo_auth WITH CHECK (true);

GRANT SELECT ON app.settings TO kairo_app, kairo_worker;
GRANT UPDATE (time_zone, week_start, day_first, single_keys, version) ON app.settings TO kairo_app;
CREATE POLICY settings_select ON app.settings FOR SELECT TO kairo_app, kairo_worker
    USING (user_id = (SELECT user_id FROM authn.caller));
CREATE POLICY settings_update ON app.settings FOR UPDATE TO kairo_app
    USING (user_id = (SELECT user_id FROM authn.caller))
    WITH CHECK (user_id = (SELECT user_id FROM authn.caller));
CREATE POLICY settings_update_scope ON app.settings AS RESTRICTIVE FOR UPDATE TO kairo_app
    USING ((SELECT 'write' = ANY (scopes) FROM authn.me));
