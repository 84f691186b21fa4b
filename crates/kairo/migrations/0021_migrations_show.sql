-- `serve` compares the schema with its own before it serves, as a runtime role: it never holds the
-- migrating user's password. Names and digests of the steps are no secret.
GRANT USAGE ON SCHEMA ops TO kairo_worker;
GRANT SELECT ON ops.migrations TO kairo_worker;
