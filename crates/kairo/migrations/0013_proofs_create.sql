-- A link and a code that were mailed to prove a mailbox, bound to the browser that asked. Only digests.
CREATE TABLE authn.proofs (
    id            uuid        PRIMARY KEY,
    purpose       text        NOT NULL CHECK (purpose IN ('sign_in')),
    email_norm    text        NOT NULL CHECK (octet_length(email_norm) BETWEEN 3 AND 254),
    link_hash     bytea       NOT NULL UNIQUE CHECK (octet_length(link_hash) = 32),
    binding_hash  bytea       NOT NULL UNIQUE CHECK (octet_length(binding_hash) = 32),
    code_mac      bytea       NOT NULL CHECK (octet_length(code_mac) = 32),
    tries         smallint    NOT NULL DEFAULT 0,
    created_at    timestamptz NOT NULL DEFAULT statement_timestamp(),
    expires_at    timestamptz NOT NULL,
    used_at       timestamptz,
    superseded_at timestamptz
);
ALTER TABLE authn.proofs OWNER TO kairo_owner;
ALTER TABLE authn.proofs ENABLE ROW LEVEL SECURITY;
ALTER TABLE authn.proofs FORCE ROW LEVEL SECURITY;
CREATE INDEX proofs_email_norm ON authn.proofs (email_norm, created_at DESC);
CREATE INDEX proofs_expires_at ON authn.proofs (expires_at);

-- How many mails one source (a keyed digest of a network) had sent to an address, whether an account
-- stands behind it or not. Kept for each pair, so that a stranger who asks for somebody else's mails
-- uses up the stranger's share and not the owner's.
CREATE TABLE authn.proof_budgets (
    email_norm text        NOT NULL CHECK (octet_length(email_norm) BETWEEN 3 AND 254),
    source     bytea       NOT NULL CHECK (octet_length(source) = 32),
    hour_start timestamptz NOT NULL,
    sent       integer     NOT NULL,
    last_at    timestamptz NOT NULL,
    PRIMARY KEY (email_norm, source)
);
ALTER TABLE authn.proof_budgets OWNER TO kairo_owner;
ALTER TABLE authn.proof_budgets ENABLE ROW LEVEL SECURITY;
ALTER TABLE authn.proof_budgets FORCE ROW LEVEL SECURITY;
CREATE INDEX proof_budgets_last_at ON authn.proof_budgets (last_at);

-- How many mails an address was sent by all sources together: a mailbox is not flooded without bound.
CREATE TABLE authn.proof_address_budgets (
    email_norm text        PRIMARY KEY CHECK (octet_length(email_norm) BETWEEN 3 AND 254),
    hour_start timestamptz NOT NULL,
    sent       integer     NOT NULL
);
ALTER TABLE authn.proof_address_budgets OWNER TO kairo_owner;
ALTER TABLE authn.proof_address_budgets ENABLE ROW LEVEL SECURITY;
ALTER TABLE authn.proof_address_budgets FORCE ROW LEVEL SECURITY;
CREATE INDEX proof_address_budgets_hour_start ON authn.proof_address_budgets (hour_start);

GRANT SELECT, INSERT, DELETE ON authn.proofs, authn.proof_budgets, authn.proof_address_budgets
    TO kairo_auth;
GRANT UPDATE (tries, used_at, superseded_at) ON authn.proofs TO kairo_auth;
GRANT UPDATE (hour_start, sent, last_at) ON authn.proof_budgets TO kairo_auth;
GRANT UPDATE (hour_start, sent) ON authn.proof_address_budgets TO kairo_auth;
CREATE POLICY proofs_select_auth ON authn.proofs FOR SELECT TO kairo_auth USING (true);
CREATE POLICY proofs_insert_auth ON authn.proofs FOR INSERT TO kairo_auth WITH CHECK (true);
CREATE POLICY proofs_update_auth ON authn.proofs FOR UPDATE TO kairo_auth USING (true) WITH CHECK (true);
CREATE POLICY proofs_delete_auth ON authn.proofs FOR DELETE TO kairo_auth USING (true);
CREATE POLICY proof_budgets_select_auth ON authn.proof_budgets FOR SELECT TO kairo_auth USING (true);
CREATE POLICY proof_budgets_insert_auth ON authn.proof_budgets FOR INSERT TO kairo_auth WITH CHECK (true);
CREATE POLICY proof_budgets_update_auth ON authn.proof_budgets FOR UPDATE TO kairo_auth
    USING (true) WITH CHECK (true);
CREATE POLICY proof_budgets_delete_auth ON authn.proof_budgets FOR DELETE TO kairo_auth USING (true);
CREATE POLICY proof_address_budgets_select_auth ON authn.proof_address_budgets FOR SELECT
    TO kairo_auth USING (true);
CREATE POLICY proof_address_budgets_insert_auth ON authn.proof_address_budgets FOR INSERT
    TO kairo_auth WITH CHECK (true);
CREATE POLICY proof_address_budgets_update_auth ON authn.proof_address_budgets FOR UPDATE
    TO kairo_auth USING (true) WITH CHECK (true);
CREATE POLICY proof_address_budgets_delete_auth ON authn.proof_address_budgets FOR DELETE
    TO kairo_auth USING (true);
