-- What was deleted goes for good after 30 days, with all that hangs on it. Only the worker may delete
-- rows, only of the person whose session it holds, and the policies keep the 30 days by themselves: a
-- worker that was taken over removes nothing that is live or that can still be brought back.
GRANT DELETE ON app.items, app.item_revisions, app.item_occurrences, app.captures, app.capture_keys
    TO kairo_worker;
GRANT SELECT ON app.capture_keys TO kairo_worker;

CREATE POLICY items_delete ON app.items FOR DELETE TO kairo_worker
    USING (user_id = (SELECT user_id FROM authn.caller)
           AND deleted_at < statement_timestamp() - interval '30 days');
CREATE POLICY item_revisions_delete ON app.item_revisions FOR DELETE TO kairo_worker
    USING (user_id = (SELECT user_id FROM authn.caller)
           AND EXISTS (SELECT FROM app.items i
                        WHERE i.user_id = item_revisions.user_id AND i.id = item_revisions.item_id
                          AND i.deleted_at < statement_timestamp() - interval '30 days'));
CREATE POLICY item_occurrences_delete_worker ON app.item_occurrences FOR DELETE TO kairo_worker
    USING (user_id = (SELECT user_id FROM authn.caller)
           AND EXISTS (SELECT FROM app.items i
                        WHERE i.user_id = item_occurrences.user_id AND i.id = item_occurrences.item_id
                          AND i.deleted_at < statement_timestamp() - interval '30 days'));
CREATE POLICY captures_delete ON app.captures FOR DELETE TO kairo_worker
    USING (user_id = (SELECT user_id FROM authn.caller)
           AND created_at < statement_timestamp() - interval '30 days'
           AND NOT EXISTS (SELECT FROM app.items i
                            WHERE i.user_id = captures.user_id AND i.capture_id = captures.id));
CREATE POLICY capture_keys_select_worker ON app.capture_keys FOR SELECT TO kairo_worker
    USING (user_id = (SELECT user_id FROM authn.caller));
CREATE POLICY capture_keys_delete ON app.capture_keys FOR DELETE TO kairo_worker
    USING (user_id = (SELECT user_id FROM authn.caller)
           AND created_at < statement_timestamp() - interval '30 days'
           AND NOT EXISTS (SELECT FROM app.items i
                            WHERE i.user_id = capture_keys.user_id
                              AND i.capture_id = capture_keys.capture_id));

CREATE POLICY items_delete_scope ON app.items AS RESTRICTIVE FOR DELETE TO kairo_worker
    USING ((SELECT 'write' = ANY (scopes) FROM authn.me));
CREATE POLICY item_revisions_delete_scope ON app.item_revisions AS RESTRICTIVE FOR DELETE
    TO kairo_worker USING ((SELECT 'write' = ANY (scopes) FROM authn.me));
CREATE POLICY captures_delete_scope ON app.captures AS RESTRICTIVE FOR DELETE TO kairo_worker
    USING ((SELECT 'write' = ANY (scopes) FROM authn.me));
CREATE POLICY capture_keys_delete_scope ON app.capture_keys AS RESTRICTIVE FOR DELETE
    TO kairo_worker USING ((SELECT 'write' = ANY (scopes) FROM authn.me));
CREATE POLICY item_occurrences_delete_worker_scope ON app.item_occurrences AS RESTRICTIVE FOR DELETE
    TO kairo_worker USING ((SELECT 'write' = ANY (scopes) FROM authn.me));
