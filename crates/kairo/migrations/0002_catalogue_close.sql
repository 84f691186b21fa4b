-- Takes from everybody what an injected expression could use to run any SELECT (`query_to_xml`) or to
-- keep data where no policy looks (large objects). A migrating user without superuser may not do this
-- to catalogue functions; there the lines only warn, and the finding is shown.
DO $$
DECLARE
    f regprocedure;
BEGIN
    FOR f IN
        SELECT p.oid::regprocedure
          FROM pg_proc p
         WHERE p.pronamespace = 'pg_catalog'::regnamespace
           AND (p.proname ~ '^(query|table|schema|database|cursor)_to_xml'
                OR p.proname ~ '^lo_' OR p.proname IN ('loread', 'lowrite'))
           -- Where nobody but a superuser may execute one, a REVOKE of somebody else's is an error.
           AND has_function_privilege(p.oid, 'EXECUTE')
    LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', f);
    END LOOP;
END
$$;
