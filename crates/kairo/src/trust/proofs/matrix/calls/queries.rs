//! The statements of the calls, each with what it gives.

use crate::trust::proofs::actors::{APP, LOGIN, WORKER};
use crate::trust::proofs::expected::Call;

/// What definer functions give.
pub const CALLS: [Call; 54] = [
    // The record: what the page shows is everybody's, and whoever appends cannot change.
    Call {
        role: APP,
        sql: "SELECT check_id FROM trust.newest('ci', ARRAY['one', 'two'])",
        gives: |_| &["one"],
    },
    Call { role: APP, sql: "SELECT runs FROM trust.days('ci', '{one}', 9)", gives: |_| &["1"] },
    Call { role: APP, sql: "SELECT seq FROM trust.roots_kept('ci', 9)", gives: |_| &["1"] },
    Call { role: APP, sql: "SELECT count(*) FROM trust.statements_made()", gives: |_| &["1"] },
    Call { role: WORKER, sql: "SELECT seq FROM trust.chain_end('ci')", gives: |_| &["1"] },
    Call { role: WORKER, sql: "SELECT seq FROM trust.after('ci', 0, 9)", gives: |_| &["1"] },
    Call {
        role: WORKER,
        sql: "SELECT trust.record('ci', 'two', 1, sha256(''), sha256(''), 0, 60, 'fail', 1, 1, 1,
                  '', '{}')",
        gives: |_| &["2"],
    },
    // Only what is in the chain can be signed for.
    Call {
        role: WORKER,
        sql: "SELECT trust.root_keep('ci', 1, sha256('x'), sha256(''), sha512(''))",
        gives: |_| &["f"],
    },
    // Digests in, a word out; nothing of the person.
    Call {
        role: LOGIN,
        sql: "SELECT authn.proof_ask('f0000000-0000-7000-8000-000000000001', 'dan@example.org',
                  ARRAY[sha256('s')], NULL, sha256('l'), sha256('b'), sha256('c'),
                  'f0000000-0000-7000-8000-000000000002', decode(repeat('00', 64), 'hex'),
                  ARRAY[sha256('a')])",
        gives: |_| &["sent"],
    },
    // Seconds to wait, and nothing of whose bucket it is.
    Call {
        role: LOGIN,
        sql: "SELECT wait_s FROM authn.sources_pass('sign_in', '{0}', ARRAY[sha256('s')], '{f}')",
        gives: |_| &["0"],
    },
    // A link that nobody was sent makes no session.
    Call {
        role: LOGIN,
        sql: "SELECT outcome FROM authn.proof_redeem(sha256('l'), sha256('b'), NULL,
                  'f0000000-0000-7000-8000-000000000001', 'f0000000-0000-7000-8000-000000000002',
                  repeat('0', 32), NULL, 'UTC', 'f0000000-0000-7000-8000-000000000003',
                  sha256('t'), NULL)",
        gives: |_| &["spent"],
    },
    // Live sessions of the asking person; a job's is not shown.
    Call {
        role: APP,
        sql: "SELECT id FROM authn.session_list()",
        gives: |actor| match actor.who {
            Some('a') => &["a1", "a2", "a3"],
            Some(_) => &["b1"],
            None => &[],
        },
    },
    Call {
        role: APP,
        sql: "SELECT authn.session_touch(0, 60)",
        gives: |actor| if actor.who.is_some() { &["1"] } else { &["0"] },
    },
    // Somebody else's session: Ben's.
    Call {
        role: APP,
        sql: "SELECT authn.session_revoke('b0000000-0000-7000-8000-000000000001')",
        gives: |actor| if actor.who == Some('b') { &["1"] } else { &["0"] },
    },
    // Ana's token, which neither Ben nor a read-only token may end.
    Call {
        role: APP,
        sql: "SELECT authn.session_revoke('a0000000-0000-7000-8000-000000000002')",
        gives: |actor| if actor.who == Some('a') && actor.writes { &["1"] } else { &["0"] },
    },
    // One's own, whatever it is; a job ends by itself.
    Call {
        role: APP,
        sql: "SELECT authn.session_revoke(NULL)",
        gives: |actor| {
            if actor.who.is_some() && actor.bearer != "job" { &["1"] } else { &["0"] }
        },
    },
    // Everywhere is a browser's verb: a stolen token must not sign its owner out.
    Call {
        role: APP,
        sql: "SELECT authn.session_revoke_all(true)",
        gives: |actor| match (actor.who, actor.bearer) {
            (Some('a'), "web") => &["6"],
            (Some('b'), "web") => &["1"],
            _ => &["0"],
        },
    },
    // Cid is suspended: nobody acts for him.
    Call {
        role: WORKER,
        sql: "SELECT user_id FROM authn.purge_due(2592000, 10)",
        gives: |_| &["a0"],
    },
    Call {
        role: WORKER,
        sql: "SELECT authn.job_session('a0000000-0000-7000-8000-000000000000', 'purge',
                  'f0000000-0000-7000-8000-000000000001', sha256('x'))",
        gives: |_| &["t"],
    },
    Call {
        role: WORKER,
        sql: "SELECT authn.job_session('c0000000-0000-7000-8000-000000000000', 'purge',
                  'f0000000-0000-7000-8000-000000000001', sha256('x'))",
        gives: |_| &["f"],
    },
    Call { role: WORKER, sql: "SELECT authn.sessions_purge()", gives: |_| &["1"] },
    Call { role: WORKER, sql: "SELECT authn.answers_purge()", gives: |_| &["3"] },
    Call { role: WORKER, sql: "SELECT authn.sources_purge()", gives: |_| &["1"] },
    // Letters that wait, and no other; whoever asks, for mail is nobody's.
    Call { role: WORKER, sql: "SELECT id FROM mail.claim(10)", gives: |_| &["a1", "b1", "c1"] },
    // Nobody holds this one, so nothing can be said of it.
    Call {
        role: WORKER,
        sql: "SELECT mail.record('a0000000-0000-7000-8000-000000000001', 0::smallint, 'sent', NULL,
                  NULL, 0)",
        gives: |_| &["f"],
    },
    Call {
        role: WORKER,
        sql: "SELECT mail.note(sha256('e'), 'bounced', NULL, ARRAY[sha256('a')])",
        gives: |_| &["t"],
    },
    Call { role: WORKER, sql: "SELECT mail.waiting()", gives: |_| &["3"] },
    Call { role: WORKER, sql: "SELECT mail.purge()", gives: |_| &["3"] },
    // A grant is the asking person's, whoever that is; a read-only token buys nothing.
    Call {
        role: APP,
        sql: "SELECT left(verdict, 5)
                FROM guard.reserve('f0000000-0000-7000-8000-000000000001', 1, 'chat', 1)",
        gives: |actor| match (actor.who, actor.writes) {
            (Some(_), true) => &["grant"],
            (Some(_), false) => &["scope"],
            (None, _) => &["nobod"],
        },
    },
    // A batch is its members, whoever sends it.
    Call {
        role: APP,
        sql: "SELECT left(verdict, 5) FROM guard.reserve_batch(
                  '{web:ana-web,key:ana-reader,web:ana-idle}',
                  ARRAY[gen_random_uuid(), gen_random_uuid(), gen_random_uuid()],
                  '{1,1,1}', '{chat,chat,chat}', '{1,1,1}') ORDER BY 1",
        gives: |_| &["grant", "nobod", "scope"],
    },
    Call {
        role: APP,
        sql: "SELECT month_cap FROM guard.standing()",
        gives: |actor| if actor.who.is_some() { &["5"] } else { &[] },
    },
    Call {
        role: WORKER,
        sql: "SELECT guard.settle('{a0000000-0000-7000-8000-000000000001}', '{0}', '{0}', '{0}')",
        gives: |_| &["1"],
    },
    Call {
        role: WORKER,
        sql: "SELECT guard.release('a0000000-0000-7000-8000-000000000001')",
        gives: |_| &["t"],
    },
    Call {
        role: WORKER,
        sql: "SELECT count(*) FROM guard.log_attempts('{a0000000-0000-7000-8000-000000000001}',
                  '{2}', '{m}', '{answered}', '{200}', '{0}', '{0}', '{0}',
                  '{tls}')",
        gives: |_| &["1"],
    },
    Call { role: WORKER, sql: "SELECT guard.sweep()", gives: |_| &["3"] },
    Call { role: WORKER, sql: "SELECT ceiling_nano FROM guard.spend()", gives: |_| &["1000"] },
    Call { role: WORKER, sql: "SELECT under_way FROM guard.overview()", gives: |_| &["6"] },
    Call { role: WORKER, sql: "SELECT model FROM guard.overview_calls()", gives: |_| &["m"] },
    // Ben's hour was long ago.
    Call { role: WORKER, sql: "SELECT count(*) FROM guard.overview_people(5)", gives: |_| &["2"] },
    // Ben's counter was set by no call.
    Call { role: WORKER, sql: "SELECT bucket FROM guard.drift()", gives: |_| &["month"] },
    Call { role: WORKER, sql: "SELECT guard.purge(9)", gives: |_| &["3"] },
    Call {
        role: WORKER,
        sql: "SELECT count(*) FROM guard.plan_set('free', 'small', 1, 1, NULL)",
        gives: |_| &["1"],
    },
    Call { role: WORKER, sql: "SELECT count(*) FROM guard.rules_set(1)", gives: |_| &["1"] },
    // The hour that has just begun: nobody had used a model before it.
    Call { role: WORKER, sql: "SELECT people FROM guard.watch()", gives: |_| &["0"] },
    Call { role: WORKER, sql: "SELECT guard.notice() / 600", gives: |_| &["6"] },
    Call { role: WORKER, sql: "SELECT guard.alarm_drift(1)", gives: |_| &["t"] },
    Call { role: WORKER, sql: "SELECT people FROM guard.runs_newest(9)", gives: |_| &["1", "3"] },
    Call {
        role: WORKER,
        sql: "SELECT id FROM guard.alerts_waiting('mail')",
        gives: |_| &["a1", "b1", "c1"],
    },
    Call { role: WORKER, sql: "SELECT count(*) FROM guard.alerts_newest(9)", gives: |_| &["6"] },
    Call {
        role: WORKER,
        sql: "SELECT guard.alerts_logged('{a0000000-0000-7000-8000-000000000001}')",
        gives: |_| &["1"],
    },
    Call {
        role: WORKER,
        sql: "SELECT guard.alerts_mail('{a0000000-0000-7000-8000-000000000001}',
                  'f0000000-0000-7000-8000-000000000001', decode(repeat('00', 64), 'hex'),
                  ARRAY[sha256('a')])",
        gives: |_| &["t"],
    },
    Call {
        role: WORKER,
        sql: "SELECT guard.alerts_send('{a0000000-0000-7000-8000-000000000001}',
                  'f0000000-0000-7000-8000-000000000001', 'x')",
        gives: |_| &["t"],
    },
    Call { role: WORKER, sql: "SELECT id FROM guard.message_claim()", gives: |_| &["a1", "b1"] },
    // Nobody holds this one.
    Call {
        role: WORKER,
        sql: "SELECT guard.message_record('a0000000-0000-7000-8000-000000000001',
                  0::int2, NULL, 0)",
        gives: |_| &["f"],
    },
];
