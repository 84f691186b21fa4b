-- Makes the roles, the schemas and what nobody may do. Safe to run where the roles exist already:
-- roles belong to the whole server, and a test server holds many databases.
DO $$
DECLARE
    r text;
BEGIN
    FOREACH r IN ARRAY ARRAY['kairo_owner', 'kairo_auth', 'kairo_guard', 'kairo_audit'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = r) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN NOINHERIT', r);
        END IF;
    END LOOP;
    FOREACH r IN ARRAY ARRAY['kairo_app', 'kairo_login', 'kairo_worker', 'kairo_support'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = r) THEN
            EXECUTE format('CREATE ROLE %I LOGIN NOINHERIT', r);
            -- Whatever one request does wrong ends by itself, and no name is looked up by a path that
            -- an injected statement could have set.
            EXECUTE format('ALTER ROLE %I SET search_path = %L', r, '');
            EXECUTE format('ALTER ROLE %I SET statement_timeout = %L', r, '10s');
            EXECUTE format('ALTER ROLE %I SET lock_timeout = %L', r, '5s');
            EXECUTE format('ALTER ROLE %I SET idle_in_transaction_session_timeout = %L', r, '10s');
        END IF;
    END LOOP;
    -- The migrating user acts as the owners; from PostgreSQL 16 on CREATEROLE alone does not.
    EXECUTE format('GRANT kairo_owner, kairo_auth, kairo_guard, kairo_audit TO %I', current_user);
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO kairo_app, kairo_login, kairo_worker, kairo_support',
                   current_database());
    -- Everybody may enter a server's `postgres` database otherwise, where none of this is closed. Whoever
    -- does not own it may not close it; there the lines of pg_hba.conf have to.
    IF EXISTS (SELECT FROM pg_database d WHERE d.datname = 'postgres'
                  AND pg_has_role(current_user, d.datdba, 'USAGE')) THEN
        REVOKE CONNECT, TEMPORARY ON DATABASE postgres FROM PUBLIC;
    END IF;
END
$$;

REVOKE ALL ON SCHEMA public FROM PUBLIC;

CREATE SCHEMA authn AUTHORIZATION kairo_owner;
CREATE SCHEMA app AUTHORIZATION kairo_owner;

GRANT USAGE ON SCHEMA authn, app TO kairo_auth;
GRANT USAGE ON SCHEMA authn TO kairo_app, kairo_login, kairo_worker;
GRANT USAGE ON SCHEMA app TO kairo_app, kairo_worker;
-- Views and functions of `authn` belong to kairo_auth, so it makes them there.
GRANT CREATE ON SCHEMA authn TO kairo_auth;

-- PostgreSQL lets everybody execute a new function; here nobody may until a grant says so.
ALTER DEFAULT PRIVILEGES FOR ROLE kairo_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE kairo_auth REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
