-- Who the caller is, with all that every page needs: the address, how words are read, and the wrapped
-- keys, a row for each (nearly always one). One look at the session instead of one a table, since the
-- view reads with its owner's rights: it may show nothing but the caller's own rows, and joins on
-- `authn.me` alone. Every page pays for each node of its plan, so the keys are no aggregates.
CREATE VIEW authn.my_account WITH (security_barrier) AS
    SELECT m.user_id, m.session_id, m.kind, m.scopes, m.last_seen_at, m.email_norm,
           s.time_zone, s.week_start, s.day_first, s.single_keys, s.version,
           k.id AS key_id, k.root_key_id, k.wrapped, k.created_at AS key_created_at
      FROM authn.me m
      JOIN app.settings s ON s.user_id = m.user_id
      LEFT JOIN app.data_keys k ON k.user_id = m.user_id AND k.wrapped IS NOT NULL;
ALTER VIEW authn.my_account OWNER TO kairo_auth;
GRANT SELECT ON authn.my_account TO kairo_app;
