-- The fingerprint of the key ring that this database is sealed with. A node with another ring refuses to
-- start, so two first starts cannot make two rings.
CREATE TABLE app.key_ring (
    one         boolean PRIMARY KEY DEFAULT true CHECK (one),
    fingerprint bytea   NOT NULL CHECK (octet_length(fingerprint) = 32)
);
ALTER TABLE app.key_ring OWNER TO kairo_owner;
ALTER TABLE app.key_ring ENABLE ROW LEVEL SECURITY;
ALTER TABLE app.key_ring FORCE ROW LEVEL SECURITY;

GRANT SELECT, INSERT ON app.key_ring TO kairo_auth;
CREATE POLICY key_ring_select_auth ON app.key_ring FOR SELECT TO kairo_auth USING (true);
CREATE POLICY key_ring_insert_auth ON app.key_ring FOR INSERT TO kairo_auth WITH CHECK (true);
GRANT SELECT ON app.key_ring TO kairo_app;
CREATE POLICY key_ring_select ON app.key_ring FOR SELECT TO kairo_app USING (one);
