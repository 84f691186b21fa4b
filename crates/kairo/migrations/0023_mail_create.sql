-- Mail on its way out: letters that wait, what became of them, and addresses that get no more of them.
-- A letter is made in the transaction of what it speaks of, so neither is there without the other, and the
-- answer to a browser waits for no mail server. A worker of any node takes it under a lease and sends it.
--
-- No row holds an address, a subject or a text that can be read: the letter is sealed with a key that is
-- not in here, and erased by the statement that ends its row. An address is known again by a keyed digest.
CREATE SCHEMA mail AUTHORIZATION kairo_owner;
GRANT USAGE ON SCHEMA mail TO kairo_auth, kairo_worker;
-- Its functions belong to kairo_auth, so it makes them there.
GRANT CREATE ON SCHEMA mail TO kairo_auth;

CREATE TABLE mail.letters (
    id              uuid        PRIMARY KEY,
    purpose         text        NOT NULL CHECK (purpose IN ('sign_in', 'alert')),
    sealed          bytea       CHECK (octet_length(sealed) BETWEEN 64 AND 16448),
    -- One digest for each root key that still serves, the active one first.
    address_macs    bytea[]     NOT NULL CHECK (cardinality(address_macs) BETWEEN 1 AND 64),
    state           text        NOT NULL DEFAULT 'queued'
                                CHECK (state IN ('queued', 'sending', 'sent', 'failed', 'suppressed')),
    attempts        smallint    NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    attempts_max    smallint    NOT NULL DEFAULT 8 CHECK (attempts_max BETWEEN 1 AND 1000),
    next_attempt_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    lease_until     timestamptz,
    -- Words of ours alone: a provider's own words quote the address that it refused.
    last_error      text        CHECK (last_error IN (
                                'unreachable', 'timed_out', 'busy', 'unavailable', 'garbled', 'refused',
                                'unauthorized', 'conflict', 'unwritable', 'damaged', 'expired', 'abandoned',
                                'reserved')),
    provider_id     text        CHECK (provider_id ~ '^[A-Za-z0-9_-]{1,100}$'),
    -- What the provider told afterwards.
    fate            text        CHECK (fate IN ('delayed', 'delivered', 'soft_bounced', 'failed', 'bounced',
                                                'complained')),
    created_at      timestamptz NOT NULL DEFAULT statement_timestamp(),
    sent_at         timestamptz,
    expires_at      timestamptz NOT NULL,
    CONSTRAINT letters_erased CHECK ((state IN ('queued', 'sending')) = (sealed IS NOT NULL)),
    CONSTRAINT letters_leased CHECK ((state = 'sending') = (lease_until IS NOT NULL)),
    CONSTRAINT letters_sent CHECK ((state = 'sent') = (sent_at IS NOT NULL))
);
ALTER TABLE mail.letters OWNER TO kairo_owner;
ALTER TABLE mail.letters ENABLE ROW LEVEL SECURITY;
ALTER TABLE mail.letters FORCE ROW LEVEL SECURITY;
CREATE INDEX letters_waiting ON mail.letters (next_attempt_at) WHERE state IN ('queued', 'sending');
CREATE INDEX letters_provider_id ON mail.letters (provider_id) WHERE provider_id IS NOT NULL;
CREATE INDEX letters_created_at ON mail.letters (created_at);

-- Addresses whose mail came back for good, or whose owners called it spam.
CREATE TABLE mail.suppressions (
    address_mac bytea       PRIMARY KEY CHECK (octet_length(address_mac) = 32),
    reason      text        NOT NULL CHECK (reason IN ('bounced', 'complained')),
    since       timestamptz NOT NULL DEFAULT statement_timestamp()
);
ALTER TABLE mail.suppressions OWNER TO kairo_owner;
ALTER TABLE mail.suppressions ENABLE ROW LEVEL SECURITY;
ALTER TABLE mail.suppressions FORCE ROW LEVEL SECURITY;

-- What a provider told already, so that the same message counts once.
CREATE TABLE mail.events (
    event_hash bytea       PRIMARY KEY CHECK (octet_length(event_hash) = 32),
    noted_at   timestamptz NOT NULL DEFAULT statement_timestamp()
);
ALTER TABLE mail.events OWNER TO kairo_owner;
ALTER TABLE mail.events ENABLE ROW LEVEL SECURITY;
ALTER TABLE mail.events FORCE ROW LEVEL SECURITY;
CREATE INDEX events_noted_at ON mail.events (noted_at);

GRANT SELECT, INSERT, DELETE ON mail.letters, mail.suppressions, mail.events TO kairo_auth;
GRANT UPDATE (state, sealed, attempts, next_attempt_at, lease_until, last_error, provider_id, fate, sent_at)
    ON mail.letters TO kairo_auth;
CREATE POLICY letters_select_auth ON mail.letters FOR SELECT TO kairo_auth USING (true);
CREATE POLICY letters_insert_auth ON mail.letters FOR INSERT TO kairo_auth WITH CHECK (true);
CREATE POLICY letters_update_auth ON mail.letters FOR UPDATE TO kairo_auth USING (true) WITH CHECK (true);
CREATE POLICY letters_delete_auth ON mail.letters FOR DELETE TO kairo_auth
    USING (state IN ('sent', 'failed', 'suppressed'));
CREATE POLICY suppressions_select_auth ON mail.suppressions FOR SELECT TO kairo_auth USING (true);
CREATE POLICY suppressions_insert_auth ON mail.suppressions FOR INSERT TO kairo_auth WITH CHECK (true);
CREATE POLICY suppressions_delete_auth ON mail.suppressions FOR DELETE TO kairo_auth USING (true);
CREATE POLICY events_select_auth ON mail.events FOR SELECT TO kairo_auth USING (true);
CREATE POLICY events_insert_auth ON mail.events FOR INSERT TO kairo_auth WITH CHECK (true);
CREATE POLICY events_delete_auth ON mail.events FOR DELETE TO kairo_auth
    USING (noted_at < statement_timestamp() - interval '30 days');

-- Whether as many letters wait as may. Askers at once can pass the bound by one each, so by no more than
-- there are connections; a lock to keep them from it would make every sign-in wait for the one before.
CREATE FUNCTION mail.is_full() RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    queue_max CONSTANT integer := 1000;
BEGIN
    -- What is past its end does not count: no stopped worker keeps people out for longer.
    RETURN queue_max <= (SELECT count(*) FROM (
        SELECT FROM mail.letters
         WHERE state IN ('queued', 'sending') AND expires_at > statement_timestamp()
         LIMIT queue_max) waiting);
END
$$;
ALTER FUNCTION mail.is_full OWNER TO kairo_auth;
REVOKE ALL ON FUNCTION mail.is_full FROM PUBLIC;

-- How many letters wait, for an operator to see.
CREATE FUNCTION mail.waiting() RETURNS integer
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    RETURN (SELECT count(*) FROM mail.letters
             WHERE state IN ('queued', 'sending') AND expires_at > statement_timestamp());
END
$$;
ALTER FUNCTION mail.waiting OWNER TO kairo_auth;
REVOKE ALL ON FUNCTION mail.waiting FROM PUBLIC;
GRANT EXECUTE ON FUNCTION mail.waiting TO kairo_worker;

-- Asks for a mail: counts and keeps digests as authn.proof_begin does, and with them the letter. 'busy'
-- comes first and for everybody, so that it uses up nobody's share and tells nothing about an address;
-- whether the address gets mail at all is looked at when the letter leaves, which no asker sees.
CREATE FUNCTION authn.proof_ask(
    p_id uuid, p_email text, p_sources bytea[], p_earlier_binding_hash bytea,
    p_link_hash bytea, p_binding_hash bytea, p_code_mac bytea,
    p_letter uuid, p_sealed bytea, p_address_macs bytea[]
) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
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
$$;
ALTER FUNCTION authn.proof_ask OWNER TO kairo_auth;
REVOKE ALL ON FUNCTION authn.proof_ask FROM PUBLIC;
GRANT EXECUTE ON FUNCTION authn.proof_ask TO kairo_login;
-- A proof without a letter could never be used; nobody may make one.
REVOKE EXECUTE ON FUNCTION authn.proof_begin FROM kairo_login;

-- Takes letters that are due for one attempt, under a lease that is longer than an attempt may take: two
-- nodes never hold one letter, and a letter whose node died is taken again. What is past its end, was
-- tried too often, or is for an address that gets no more mail is ended first.
CREATE FUNCTION mail.claim(p_limit integer)
RETURNS TABLE (id uuid, sealed bytea, attempt smallint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
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
$$;
ALTER FUNCTION mail.claim OWNER TO kairo_auth;
REVOKE ALL ON FUNCTION mail.claim FROM PUBLIC;
GRANT EXECUTE ON FUNCTION mail.claim TO kairo_worker;

-- Keeps what an attempt came to: 'sent', 'later' or 'failed'. The number of the attempt says who holds
-- the lease: an answer that comes after the letter was taken again changes nothing. The letter is erased
-- by the statement that ends its row.
CREATE FUNCTION mail.record(
    p_id uuid, p_attempt smallint, p_outcome text, p_error text, p_provider_id text, p_wait_ms bigint
) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
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
$$;
ALTER FUNCTION mail.record OWNER TO kairo_auth;
REVOKE ALL ON FUNCTION mail.record FROM PUBLIC;
GRANT EXECUTE ON FUNCTION mail.record TO kairo_worker;

-- Keeps what the provider told of a letter, once, and shuts an address off whose mail came back for good
-- or was called spam. Events come in any order: what weighs more stays.
CREATE FUNCTION mail.note(
    p_event_hash bytea, p_fate text, p_provider_id text, p_address_macs bytea[]
) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
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
$$;
ALTER FUNCTION mail.note OWNER TO kairo_auth;
REVOKE ALL ON FUNCTION mail.note FROM PUBLIC;
GRANT EXECUTE ON FUNCTION mail.note TO kairo_worker;

-- Removes what ended 30 days ago, and events that no provider tells again.
CREATE FUNCTION mail.purge() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
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
$$;
ALTER FUNCTION mail.purge OWNER TO kairo_auth;
REVOKE ALL ON FUNCTION mail.purge FROM PUBLIC;
GRANT EXECUTE ON FUNCTION mail.purge TO kairo_worker;
