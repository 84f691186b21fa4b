-- How long the hourly watch takes for a million people: see benchmarks.md. For a scratch database with the
-- migrations, as a superuser; it plants 1 million people with 8 million rows of usage and leaves them there.
\set ON_ERROR_STOP on
SET synchronous_commit = off;
INSERT INTO authn.users (id, email_norm, plan)
SELECT encode(substring(sha256(n::text::bytea) FOR 16), 'hex')::uuid, n || '@example.org',
       CASE WHEN n % 20 = 0 THEN 'pro' ELSE 'free' END
  FROM generate_series(1, 1000000) n;
-- Five in a hundred pass the floor each day. One in a thousand uses ten times the usual on the last day, and
-- one in a hundred began on it.
INSERT INTO guard.usage_hours (user_id, hour, captures, credits, cost_nano)
SELECT u.id, date_trunc('hour', now(), 'UTC') - make_interval(hours => 192 - d * 24 - (hashtext(u.id::text) & 15)),
       5, c.credits, c.credits * 12000000::bigint
  FROM generate_series(0, 7) d
 CROSS JOIN authn.users u
 CROSS JOIN LATERAL (SELECT CASE u.plan WHEN 'pro' THEN 25 ELSE 3 END
                            * CASE WHEN d = 7 AND hashtext(u.id::text) % 1000 = 0 THEN 10 ELSE 1 END
                            AS credits) c
 WHERE d = 7 OR hashtext(u.id::text) % 100 <> 7;
CLUSTER guard.usage_hours USING usage_hours_hour;
ANALYZE authn.users;
VACUUM ANALYZE guard.usage_hours;
SET client_min_messages = log;
SET log_statement_stats = on;
\timing on
SELECT * FROM guard.watch();
DELETE FROM guard.watch_runs;
DELETE FROM guard.alerts;
SELECT * FROM guard.watch();
