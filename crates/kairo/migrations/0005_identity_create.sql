-- The rule of what a live session is, in one place, and the caller by that rule. `statement_timestamp()`
-- and not `now()`: the latter stands still within a transaction, which could outlive its session.
--
-- No barrier: nobody who signs in may read it (the lint holds that), so there is no reader to keep a leaking
-- function from; and each policy would start one node more, at each statement.
--
-- The person is joined from the left, and what is asked of the person stands in the session: so whoever asks
-- for the id alone, as policies do, has the join left out.
CREATE VIEW authn.live AS
    SELECT s.id, s.token_hash, s.user_id, s.kind, s.scopes, s.aal, s.purpose, s.last_seen_at,
           u.email_norm, u.plan
      FROM authn.sessions s
      LEFT JOIN authn.users u ON u.id = s.user_id
     WHERE s.revoked_at IS NULL
       -- The earlier of two ends, of which either may be missing (LEAST passes over NULL).
       AND coalesce(least(s.idle_expires_at, s.absolute_expires_at), 'infinity') > statement_timestamp()
       AND NOT s.suspended;
ALTER VIEW authn.live OWNER TO kairo_auth;

-- Owner-rights views, expanded into each cached plan: one index lookup a policy. The setting says as what
-- the secret was brought, too ("web:" and T), and so does the digest: one secret is one kind of bearer, and
-- an API token is nobody as a cookie.
CREATE VIEW authn.me WITH (security_barrier) AS
    SELECT l.user_id, l.id AS session_id, l.kind, l.scopes, l.aal, l.last_seen_at, l.email_norm,
           l.plan
      FROM authn.live l
     WHERE l.token_hash = sha256(convert_to(current_setting('kairo.session', true), 'utf8'));
ALTER VIEW authn.me OWNER TO kairo_auth;

-- The caller's id alone, for policies. Of a view with more columns the planner would keep a node that hands
-- on one of them, and each statement of each policy would start it.
CREATE VIEW authn.caller WITH (security_barrier) AS
    SELECT l.user_id
      FROM authn.live l
     WHERE l.token_hash = sha256(convert_to(current_setting('kairo.session', true), 'utf8'));
ALTER VIEW authn.caller OWNER TO kairo_auth;

GRANT SELECT ON authn.me, authn.caller TO kairo_app, kairo_worker;

-- A person sees the own account row, to read the address it was made for.
GRANT SELECT (id, email_norm, plan, created_at) ON authn.users TO kairo_app, kairo_worker;
CREATE POLICY users_select ON authn.users FOR SELECT TO kairo_app, kairo_worker
    USING (id = (SELECT user_id FROM authn.caller));
