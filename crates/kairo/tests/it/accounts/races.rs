//! The same verbs from fifty clients at once. Each promise is shown twice: it holds, and with its
//! guard taken out of the database function (a read first, a write later) the very same race breaks
//! it.

use std::sync::Arc;

use futures_util::future::join_all;
use kairo::accounts::proofs::Redeemed;
use kairo::accounts::queries::ProofAsk;
use kairo::db::Db;
use kairo::limits::{CODE_TRIES_MAX, SESSIONS_MAX};
use tokio::sync::Barrier;

use super::*;
use crate::guard::becomes;

const CROWD: usize = 50;

/// As many clients as asked for, each with a connection of its own that is made already.
pub(super) async fn crowd(app: &Kairo, size: usize) -> Vec<Base> {
    let open = || {
        Db::open(|role| app.pg_config(role), kairo::STATEMENTS, kairo::QUOTA_STATEMENTS).unwrap()
    };
    let bases = (0..size).map(|_| Base { db: open(), ..app.base.clone() });
    let warm = bases.map(async |base| {
        let nothing: Option<ProofAsk> = None;
        base.db.login.read(None, nothing).await.unwrap();
        base
    });
    join_all(warm).await
}

/// Brings what each client has, all at the same moment.
async fn rush(bases: Vec<Base>, carried: Vec<(Evidence, Arc<Secret>)>) -> Vec<Redeemed> {
    let start = Arc::new(Barrier::new(bases.len()));
    let clients = bases.into_iter().zip(carried).map(|(base, (evidence, binding))| {
        let start = Arc::clone(&start);
        tokio::spawn(async move {
            start.wait().await;
            redeem(&base, &evidence, Some(&binding)).await
        })
    });
    join_all(clients).await.into_iter().map(Result::unwrap).collect()
}

/// Replaces a part of a database function, as somebody would who did not know why it is there.
pub(super) async fn unguard(app: &Kairo, function: &str, guarded: &str, unguarded: &str) {
    let host = app.superuser().await;
    let ask = format!("SELECT pg_get_functiondef('{function}'::regproc)");
    let whole: String = host.query(&ask, &[]).await.unwrap().first().unwrap().get(0);
    assert_eq!(whole.matches(guarded).count(), 1, "{function} has no such guard any more");
    host.execute(&whole.replace(guarded, unguarded)).await.unwrap();
}

/// How many of fifty browsers with the one link get a session.
async fn sessions_of_one_link(app: &Kairo) -> i64 {
    let (binding, letter) = asked(app, ANA).await;
    let binding = Arc::new(binding);
    let carried = (0..CROWD).map(|_| (link(&letter), Arc::clone(&binding))).collect();
    let redeemed = rush(crowd(app, CROWD).await, carried).await;
    let began = redeemed.iter().filter(|it| matches!(it, Redeemed::SignedIn(_))).count();
    let spent = redeemed.iter().filter(|it| matches!(it, Redeemed::Spent)).count();
    assert_eq!(began + spent, CROWD, "{redeemed:?}");
    let rows = count(app, "SELECT count(*) FROM authn.sessions").await;
    assert_eq!(usize::try_from(rows).unwrap(), began);
    rows
}

// Goal: fifty uses of one link at once make exactly one session.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_makes_one_session() {
    let app = Kairo::start().await;
    assert_eq!(sessions_of_one_link(&app).await, 1);
}

// Goal: that race is a race: a link that is read first and marked later makes several sessions.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unguarded_link_makes_several() {
    let app = Kairo::start().await;
    let guarded = "UPDATE authn.proofs p SET used_at = t
         WHERE p.link_hash = p_link_hash AND p.binding_hash = p_binding_hash \
           AND p.purpose = 'sign_in'
           AND p.used_at IS NULL AND p.superseded_at IS NULL AND p.expires_at > t
        RETURNING p.* INTO proof;";
    let unguarded = "SELECT p.* INTO proof FROM authn.proofs p
         WHERE p.link_hash = p_link_hash AND p.binding_hash = p_binding_hash AND p.used_at IS NULL;
        PERFORM pg_catalog.pg_sleep(0.05);
        UPDATE authn.proofs p SET used_at = t WHERE p.id = proof.id;";
    unguard(&app, "authn.proof_redeem", guarded, unguarded).await;
    assert!(sessions_of_one_link(&app).await > 1);
}

/// How many of fifty wrong codes are compared with the right one.
async fn compared_codes(app: &Kairo) -> usize {
    let (binding, letter) = asked(app, ANA).await;
    let binding = Arc::new(binding);
    let carried = (0..CROWD).map(|_| (wrong_code(&letter), Arc::clone(&binding))).collect();
    let redeemed = rush(crowd(app, CROWD).await, carried).await;
    let right = redeem(&app.base, &code(&letter), Some(&binding)).await;
    assert!(matches!(right, Redeemed::Spent), "the right code was still good: {right:?}");
    redeemed.iter().filter(|it| matches!(it, Redeemed::WrongCode { .. })).count()
}

// Goal: guesses in parallel are counted before they are compared: five, never more.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_codes_are_compared() {
    let app = Kairo::start().await;
    assert_eq!(compared_codes(&app).await, usize::try_from(CODE_TRIES_MAX).unwrap());
}

// Goal: that race is a race: tries that are read first and counted later are more than five.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unguarded_codes_are_compared_more_often() {
    let app = Kairo::start().await;
    let guarded = "UPDATE authn.proofs p SET tries = p.tries + 1
         WHERE p.binding_hash = p_binding_hash AND p.purpose = 'sign_in' AND p.tries < tries_max
           AND p.used_at IS NULL AND p.superseded_at IS NULL AND p.expires_at > t
        RETURNING p.* INTO proof;";
    let unguarded = "SELECT p.* INTO proof FROM authn.proofs p
         WHERE p.binding_hash = p_binding_hash AND p.tries < tries_max AND p.used_at IS NULL;
        PERFORM pg_catalog.pg_sleep(0.05);
        UPDATE authn.proofs p SET tries = p.tries + 1 WHERE p.id = proof.id;";
    unguard(&app, "authn.proof_redeem", guarded, unguarded).await;
    assert!(compared_codes(&app).await > usize::try_from(CODE_TRIES_MAX).unwrap());
}

/// How many live sessions a person has after twelve sign-ins at once on top of the most but one.
async fn sessions_after_a_rush(app: &Kairo) -> i64 {
    let mut carried = Vec::new();
    for _mail in 0..12 {
        let (binding, letter) = asked(app, ANA).await;
        carried.push((link(&letter), Arc::new(binding)));
    }
    app.member(ANA).await;
    // The zone has been chosen: taking a browser's would make the sign-ins wait for one another.
    let chosen = "UPDATE app.settings SET version = 2";
    let fill = format!(
        "INSERT INTO authn.sessions (id, token_hash, user_id, kind, scopes, method, idle_expires_at,
                                     absolute_expires_at, last_seen_at)
         SELECT gen_random_uuid(), sha256(n::text::bytea), u.id, 'web', '{{read}}', 'link',
                now() + interval '1 day', now() + interval '1 day', now() - interval '1 hour'
           FROM authn.users u, generate_series(3, {SESSIONS_MAX}) n"
    );
    app.superuser().await.execute(&format!("{chosen}; {fill}")).await.unwrap();
    assert_eq!(count(app, LIVE_WEB).await, i64::from(SESSIONS_MAX) - 1);
    let redeemed = rush(crowd(app, carried.len()).await, carried).await;
    assert!(redeemed.iter().all(|it| matches!(it, Redeemed::SignedIn(_))), "{redeemed:?}");
    count(app, LIVE_WEB).await
}

// Goal: sign-ins at once do not pass the cap of sessions together.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sign_ins_at_once_keep_the_cap() {
    let app = Kairo::start().await;
    assert_eq!(sessions_after_a_rush(&app).await, i64::from(SESSIONS_MAX));
}

// Goal: that race is a race: without the lock on the person's row they pass it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sign_ins_without_the_lock_pass_the_cap() {
    let app = Kairo::start().await;
    let lock = "SELECT id INTO found_id FROM authn.users WHERE email_norm = p_email FOR UPDATE;";
    let no_lock = "SELECT id INTO found_id FROM authn.users WHERE email_norm = p_email;";
    unguard(&app, "authn.user_ensure", lock, no_lock).await;
    let insert =
        "INSERT INTO authn.sessions (id, token_hash, user_id, kind, scopes, method, device,";
    let late = format!("PERFORM pg_catalog.pg_sleep(0.05); {insert}");
    unguard(&app, "authn.proof_redeem", insert, &late).await;
    assert!(sessions_after_a_rush(&app).await > i64::from(SESSIONS_MAX));
}

// Goal: of twenty requests for a mail at once one is sent.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_mail_of_many_requests() {
    let app = Kairo::start().await;
    let asked = join_all((0..20).map(|_| ask(&app, ANA))).await;
    assert_eq!(asked.iter().filter(|it| it.is_ok()).count(), 1);
    assert_eq!(count(&app, "SELECT count(*) FROM authn.proofs").await, 1);
    app.letter(ANA).await;
    assert_eq!(app.letters().len(), 1);
}

// Goal: the first sign-ins of one person at once make one account with one key.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn first_sign_ins_make_one_account() {
    let app = Kairo::start().await;
    let mut carried = Vec::new();
    for _mail in 0..12 {
        let (binding, letter) = asked(&app, ANA).await;
        carried.push((link(&letter), Arc::new(binding)));
    }
    let redeemed = rush(crowd(&app, carried.len()).await, carried).await;
    assert!(redeemed.iter().all(|it| matches!(it, Redeemed::SignedIn(_))), "{redeemed:?}");
    let rows = "SELECT (SELECT count(*) FROM authn.users) * 100
                     + (SELECT count(*) FROM app.data_keys) * 10
                     + (SELECT count(*) FROM app.settings)";
    assert_eq!(count(&app, rows).await, 111);
}

// Goal: a sign-in beside a suspension that is under way waits for it, and is told no like one that
// came later.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sign_in_waits_for_a_suspension() {
    let app = Kairo::start().await;
    app.member(ANA).await;
    app.forget_mails(ANA).await;
    let (binding, letter) = asked(&app, ANA).await;
    let (host, look) = (app.superuser().await, app.superuser().await);
    host.execute("BEGIN; UPDATE authn.users SET suspended = true, suspended_at = now()")
        .await
        .unwrap();
    let base = crowd(&app, 1).await.remove(0);
    let signs_in = tokio::spawn(async move { redeem(&base, &link(&letter), Some(&binding)).await });
    becomes(&look, "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'", 1).await;
    host.execute("COMMIT").await.unwrap();
    let came = signs_in.await.unwrap();
    assert!(matches!(came, Redeemed::Spent), "{came:?}");
    assert_eq!(count(&app, "SELECT count(*) FROM authn.sessions").await, 1);
}
