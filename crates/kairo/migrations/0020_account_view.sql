-- Who the caller is, with all that every page needs: the address, how words are read, and the wrapped
-- keys, the one that seals first. One look at the session instead of one a table, since the view reads
-- with its owner's rights: it may show nothing but the caller's own rows, and joins on `authn.me` alone.
CREATE VIEW authn.my_account WITH (security_barrier) AS
    SELECT m.user_id, m.session_id, m.kind, m.scopes, m.last_seen_at, u.email_norm,
           s.time_zone, s.week_start, s.day_first, s.single_keys, s.version,
           k.key_ids, k.root_key_ids, k.wrapped_keys
      FROM authn.me m
      JOIN authn.users u ON u.id = m.user_id
      JOIN app.settings s ON s.user_id = m.user_id
     CROSS JOIN LATERAL (
           SELECT coalesce(array_agg(id ORDER BY created_at DESC, id DESC), '{}') AS key_ids,
                  coalesce(array_agg(root_key_id ORDER BY created_at DESC, id DESC), '{}')
                      AS root_key_ids,
                  coalesce(array_agg(wrapped ORDER BY created_at DESC, id DESC), '{}')
                      AS wrapped_keys
             FROM app.data_keys
            WHERE user_id = m.user_id AND wrapped IS NOT NULL) k;
ALTER VIEW authn.my_account OWNER TO kairo_auth;
GRANT SELECT ON authn.my_account TO kairo_app;
