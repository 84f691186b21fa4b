//! The SQL of an external server's checks. Everybody may read these catalogues.

/// The release, as one number: 150018 is 15.18.
pub(super) const VERSION: &str = "SELECT current_setting('server_version_num')::int4 AS version";

/// Whether the connection's start-up options reached the server.
pub(super) const WAY: &str =
    "SELECT coalesce(current_setting('kairo.way', true) = 'straight', false) AS straight";

/// Whether this statement has another name on the server than the driver gave it (`s1`, `s2`).
pub(super) const PREPARED_AS: &str = "
    SELECT name !~ '^s[0-9]+$' AS renamed FROM pg_catalog.pg_prepared_statements
     WHERE statement ~ 'this one, as the server has it'";

/// Which of these roles are there.
pub(super) const ROLES_THERE: &str =
    "SELECT rolname::text FROM pg_roles WHERE rolname = ANY ($1::text[]) ORDER BY 1";

/// What a server gives to everybody and a migrating user without superuser cannot take away.
pub(super) const FINDINGS: &str = "
    SELECT 'catalogue functions such as query_to_xml run any SELECT that their caller may' AS fact,
           'REVOKE EXECUTE ON FUNCTION pg_catalog.query_to_xml(text, boolean, boolean, text) '
           'FROM PUBLIC (and those beside it)' AS mend
     WHERE has_function_privilege('kairo_app',
               'pg_catalog.query_to_xml(text,boolean,boolean,text)', 'EXECUTE')
    UNION ALL
    SELECT 'the runtime roles may enter the database ' || datname,
           format('REVOKE CONNECT, TEMPORARY ON DATABASE %I FROM PUBLIC', datname)
      FROM pg_database
     WHERE datallowconn AND datname <> current_database()
       AND has_database_privilege('kairo_app', oid, 'CONNECT')
    UNION ALL
    SELECT 'statements that fail are written to the server''s log with what people wrote',
           'ALTER SYSTEM SET log_min_error_statement = ''panic'''
     WHERE current_setting('log_min_error_statement') <> 'panic'
       AND current_setting('log_parameter_max_length_on_error', true) IS DISTINCT FROM '0'
    ORDER BY 1";

/// A role's password as its verifier; a definition takes no parameters, and a verifier has no
/// character that would end the quotes.
pub(super) fn role_password(role: &str, verifier: &str) -> String {
    format!("ALTER ROLE {role} PASSWORD '{verifier}'")
}
