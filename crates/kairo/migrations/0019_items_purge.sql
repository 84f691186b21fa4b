-- What was deleted goes for good after 30 days, with all that hangs on it: only the worker may delete
-- rows, only of the person whose session it holds, and items only once they are marked as deleted.
GRANT DELETE ON app.items, app.item_revisions, app.captures, app.capture_keys TO kairo_worker;
GRANT SELECT ON app.capture_keys TO kairo_worker;

CREATE POLICY items_delete ON app.items FOR DELETE TO kairo_worker
    USING (user_id = (SELECT user_id FROM authn.me) AND deleted_at IS NOT NULL);
CREATE POLICY item_revisions_delete ON app.item_revisions FOR DELETE TO kairo_worker
    USING (user_id = (SELECT user_id FROM authn.me));
CREATE POLICY captures_delete ON app.captures FOR DELETE TO kairo_worker
    USING (user_id = (SELECT user_id FROM authn.me));
CREATE POLICY capture_keys_select_worker ON app.capture_keys FOR SELECT TO kairo_worker
    USING (user_id = (SELECT user_id FROM authn.me));
CREATE POLICY capture_keys_delete ON app.capture_keys FOR DELETE TO kairo_worker
    USING (user_id = (SELECT user_id FROM authn.me));

CREATE POLICY items_delete_scope ON app.items AS RESTRICTIVE FOR DELETE TO kairo_worker
    USING ((SELECT 'write' = ANY (scopes) FROM authn.me));
CREATE POLICY item_revisions_delete_scope ON app.item_revisions AS RESTRICTIVE FOR DELETE
    TO kairo_worker USING ((SELECT 'write' = ANY (scopes) FROM authn.me));
CREATE POLICY captures_delete_scope ON app.captures AS RESTRICTIVE FOR DELETE TO kairo_worker
    USING ((SELECT 'write' = ANY (scopes) FROM authn.me));
CREATE POLICY capture_keys_delete_scope ON app.capture_keys AS RESTRICTIVE FOR DELETE
    TO kairo_worker USING ((SELECT 'write' = ANY (scopes) FROM authn.me));
