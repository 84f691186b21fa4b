-- What the checks of the Security page found, what people vouch for, and the signed roots of that record.
-- Nobody changes or deletes a row: runtime roles reach the tables by functions of kairo_audit alone, each
-- with one verb, and kairo_audit itself may only read and insert.
CREATE SCHEMA trust AUTHORIZATION kairo_owner;
GRANT USAGE ON SCHEMA trust TO kairo_audit, kairo_app, kairo_worker;
GRANT CREATE ON SCHEMA trust TO kairo_audit;
ALTER DEFAULT PRIVILEGES FOR ROLE kairo_audit REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

-- One run of one check. A row's hash covers what it says and the hash before it, so that a row that was
-- changed or taken out breaks the chain from there on. Chains of environments are apart.
CREATE TABLE trust.evidence (
    env           text        NOT NULL CHECK (env IN ('production', 'ci')),
    seq           bigint      NOT NULL CHECK (seq > 0),
    check_id      text        NOT NULL CHECK (length(check_id) BETWEEN 1 AND 80),
    check_version integer     NOT NULL CHECK (check_version > 0),
    catalogue     bytea       NOT NULL CHECK (octet_length(catalogue) = 32),
    program       bytea       NOT NULL CHECK (octet_length(program) = 32),
    observed_at   timestamptz NOT NULL,
    recorded_at   timestamptz NOT NULL,
    expires_at    timestamptz NOT NULL,
    outcome       text        NOT NULL CHECK (outcome IN ('pass', 'fail', 'inconclusive')),
    population    integer     NOT NULL CHECK (population >= 0),
    tested        integer     NOT NULL CHECK (tested >= 0),
    violations    integer     NOT NULL CHECK (violations >= 0),
    -- Why it could not tell, for everybody to read.
    reason        text        NOT NULL CHECK (length(reason) <= 200),
    -- What exactly failed and what showed that the check ran: for the operator.
    detail        jsonb       NOT NULL CHECK (length(detail::text) <= 100000),
    prev_hash     bytea       NOT NULL CHECK (octet_length(prev_hash) = 32),
    hash          bytea       NOT NULL CHECK (octet_length(hash) = 32),
    PRIMARY KEY (env, seq),
    -- What passes has tested something, and found nothing; what fails has found something.
    CHECK (outcome <> 'pass' OR (tested > 0 AND violations = 0)),
    CHECK (outcome <> 'fail' OR violations > 0)
);
CREATE INDEX evidence_by_check ON trust.evidence (env, check_id, seq DESC);
-- The few rows that a search for when something began to pass ends at.
CREATE INDEX evidence_not_passed ON trust.evidence (env, check_id, seq DESC) WHERE outcome <> 'pass';

-- The chain's end on one day, signed by a key that is not in here.
CREATE TABLE trust.roots (
    env        text        NOT NULL CHECK (env IN ('production', 'ci')),
    day        date        NOT NULL,
    seq        bigint      NOT NULL CHECK (seq > 0),
    hash       bytea       NOT NULL CHECK (octet_length(hash) = 32),
    signer     bytea       NOT NULL CHECK (octet_length(signer) = 32),
    signature  bytea       NOT NULL CHECK (octet_length(signature) = 64),
    signed_at  timestamptz NOT NULL,
    PRIMARY KEY (env, day)
);

-- What a person vouches for, or takes an exception from, until a date. Made on the host alone.
CREATE TABLE trust.statements (
    id       uuid        PRIMARY KEY,
    kind     text        NOT NULL CHECK (kind IN ('attestation', 'exception')),
    claim_id text        NOT NULL CHECK (length(claim_id) BETWEEN 1 AND 20),
    source   text        NOT NULL CHECK (length(source) BETWEEN 1 AND 100),
    owner    text        NOT NULL CHECK (length(owner) BETWEEN 1 AND 100),
    reason   text        NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
    made_at  timestamptz NOT NULL,
    until    timestamptz NOT NULL,
    -- An exception without an end is a rule; an attestation is looked at again each year.
    CHECK (until > made_at),
    CHECK (kind <> 'exception' OR until <= made_at + interval '90 days'),
    CHECK (kind <> 'attestation' OR until <= made_at + interval '366 days')
);
CREATE INDEX statements_by_claim ON trust.statements (claim_id, made_at DESC);

DO $$
DECLARE
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['evidence', 'roots', 'statements'] LOOP
        EXECUTE format('ALTER TABLE trust.%I OWNER TO kairo_owner', t);
        EXECUTE format('ALTER TABLE trust.%I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE trust.%I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('GRANT SELECT, INSERT ON trust.%I TO kairo_audit', t);
        EXECUTE format('CREATE POLICY %I ON trust.%I FOR SELECT TO kairo_audit USING (true)',
                       t || '_select_audit', t);
        EXECUTE format('CREATE POLICY %I ON trust.%I FOR INSERT TO kairo_audit WITH CHECK (true)',
                       t || '_insert_audit', t);
    END LOOP;
END
$$;

-- What a row says, as the text that its hash covers.
CREATE FUNCTION trust.said(e trust.evidence) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = '' AS $$
    SELECT jsonb_build_array(
        e.env, e.seq, e.check_id, e.check_version, encode(e.catalogue, 'hex'), encode(e.program, 'hex'),
        (extract(epoch FROM e.observed_at) * 1000000)::bigint,
        (extract(epoch FROM e.recorded_at) * 1000000)::bigint,
        (extract(epoch FROM e.expires_at) * 1000000)::bigint,
        e.outcome, e.population, e.tested, e.violations, e.reason, e.detail)::text
$$;
ALTER FUNCTION trust.said OWNER TO kairo_audit;
REVOKE ALL ON FUNCTION trust.said FROM PUBLIC;

-- Writes one run down, at the end of its chain. Times are the database's.
CREATE FUNCTION trust.record(
    p_env text, p_check text, p_version integer, p_catalogue bytea, p_program bytea, p_took_ms bigint,
    p_counts_s bigint, p_outcome text, p_population integer, p_tested integer, p_violations integer,
    p_reason text, p_detail jsonb
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
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
$$;
ALTER FUNCTION trust.record OWNER TO kairo_audit;
REVOKE ALL ON FUNCTION trust.record FROM PUBLIC;
GRANT EXECUTE ON FUNCTION trust.record TO kairo_worker;

-- The newest row of each check, and since when its runs have come to the same. A few steps of an index a
-- check: the table has one row more every few minutes, for ever, and nearly all of them pass. So the last
-- that did not is looked for in an index of its own. Details are not shown.
CREATE FUNCTION trust.newest(p_env text, p_checks text[])
RETURNS TABLE (check_id text, check_version integer, program bytea, observed_at timestamptz,
               expires_at timestamptz, since timestamptz, outcome text, population integer,
               tested integer, violations integer, reason text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
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
$$;
ALTER FUNCTION trust.newest OWNER TO kairo_audit;
REVOKE ALL ON FUNCTION trust.newest FROM PUBLIC;
GRANT EXECUTE ON FUNCTION trust.newest TO kairo_app;

-- Days of some checks: how many runs of each day came to what.
CREATE FUNCTION trust.days(p_env text, p_checks text[], p_days integer)
RETURNS TABLE (check_id text, day date, outcome text, runs bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
    SELECT e.check_id, (e.observed_at AT TIME ZONE 'UTC')::date, e.outcome, count(*)
      FROM trust.evidence e
     WHERE e.env = p_env AND e.check_id = ANY (p_checks)
       AND e.observed_at >= statement_timestamp() - make_interval(days => least(p_days, 400))
     GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
$$;
ALTER FUNCTION trust.days OWNER TO kairo_audit;
REVOKE ALL ON FUNCTION trust.days FROM PUBLIC;
GRANT EXECUTE ON FUNCTION trust.days TO kairo_app;

-- Rows after one of them, with what their hashes cover: for whoever follows the chain.
CREATE FUNCTION trust.after(p_env text, p_seq bigint, p_limit integer)
RETURNS TABLE (seq bigint, said text, prev_hash bytea, hash bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
    SELECT e.seq, trust.said(e), e.prev_hash, e.hash FROM trust.evidence e
     WHERE e.env = p_env AND e.seq > p_seq ORDER BY e.seq LIMIT least(p_limit, 10000)
$$;
ALTER FUNCTION trust.after OWNER TO kairo_audit;
REVOKE ALL ON FUNCTION trust.after FROM PUBLIC;
GRANT EXECUTE ON FUNCTION trust.after TO kairo_worker;

-- The end of a chain.
CREATE FUNCTION trust.chain_end(p_env text) RETURNS TABLE (seq bigint, hash bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
    SELECT e.seq, e.hash FROM trust.evidence e WHERE e.env = p_env ORDER BY e.seq DESC LIMIT 1
$$;
ALTER FUNCTION trust.chain_end OWNER TO kairo_audit;
REVOKE ALL ON FUNCTION trust.chain_end FROM PUBLIC;
GRANT EXECUTE ON FUNCTION trust.chain_end TO kairo_worker;

-- Keeps a signed root, once a day; it must name the row that it signs.
CREATE FUNCTION trust.root_keep(
    p_env text, p_seq bigint, p_hash bytea, p_signer bytea, p_signature bytea
) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
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
$$;
ALTER FUNCTION trust.root_keep OWNER TO kairo_audit;
REVOKE ALL ON FUNCTION trust.root_keep FROM PUBLIC;
GRANT EXECUTE ON FUNCTION trust.root_keep TO kairo_worker;

-- The signed roots, the newest first.
CREATE FUNCTION trust.roots_kept(p_env text, p_limit integer)
RETURNS TABLE (day date, seq bigint, hash bytea, signer bytea, signature bytea, signed_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
    SELECT r.day, r.seq, r.hash, r.signer, r.signature, r.signed_at FROM trust.roots r
     WHERE r.env = p_env ORDER BY r.day DESC LIMIT least(p_limit, 400)
$$;
ALTER FUNCTION trust.roots_kept OWNER TO kairo_audit;
REVOKE ALL ON FUNCTION trust.roots_kept FROM PUBLIC;
GRANT EXECUTE ON FUNCTION trust.roots_kept TO kairo_app;

-- What people vouch for now: the newest statement of each claim, kind and source.
CREATE FUNCTION trust.statements_made()
RETURNS TABLE (kind text, claim_id text, source text, owner text, reason text, made_at timestamptz,
               until timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
    SELECT DISTINCT ON (s.claim_id, s.kind, s.source)
           s.kind, s.claim_id, s.source, s.owner, s.reason, s.made_at, s.until
      FROM trust.statements s ORDER BY s.claim_id, s.kind, s.source, s.made_at DESC
$$;
ALTER FUNCTION trust.statements_made OWNER TO kairo_audit;
REVOKE ALL ON FUNCTION trust.statements_made FROM PUBLIC;
GRANT EXECUTE ON FUNCTION trust.statements_made TO kairo_app;
